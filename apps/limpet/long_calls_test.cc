#include "long_calls.h"

#include <gtest/gtest.h>

#include <future>

namespace limpet::app {
namespace {

http::Request request(const char* target, std::size_t bytes) {
  http::Request request;
  request.headers = {{"Host", "localhost"}, {"X-Amz-Target", target}};
  request.body.assign(bytes, ' ');
  return request;
}

TEST(LongCallsTest, TellsThemBySizeAndOperation) {
  EXPECT_FALSE(LongCalls::may_be_long(request("AWSGlue.GetSchemaVersion", 100)));
  EXPECT_FALSE(LongCalls::may_be_long(request("AWSGlue.RegisterSchemaVersion", 2000)));
  EXPECT_TRUE(LongCalls::may_be_long(request("AWSGlue.RegisterSchemaVersion", 20'000)));
  EXPECT_TRUE(LongCalls::may_be_long(request("AWSGlue.GetSchemaVersion", 20'000)));
  EXPECT_TRUE(LongCalls::may_be_long(request("AWSGlue.GetSchemaVersionsDiff", 100)));
  EXPECT_FALSE(LongCalls::may_be_long({}));
}

TEST(LongCallsTest, RunsElsewhere) {
  LongCalls calls(1);
  std::promise<std::thread::id> ran;
  calls.run([&] { ran.set_value(std::this_thread::get_id()); });
  EXPECT_NE(ran.get_future().get(), std::this_thread::get_id());
  calls.stop();
}

}  // namespace
}  // namespace limpet::app
