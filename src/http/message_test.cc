#include "limpet/http/message.h"

#include <gtest/gtest.h>

namespace limpet::http {
namespace {

TEST(Message, PrefersTheSharedBody) {
  EXPECT_EQ((Answer{.body = "own"}).content(), "own");
  const auto shared = std::make_shared<std::string>("shared");
  EXPECT_EQ((Answer{.body = "own", .shared_body = shared}).content(), "shared");
}

TEST(Message, NamesStatuses) {
  EXPECT_EQ(reason_phrase(404), "Not Found");
  EXPECT_EQ(reason_phrase(299), "");
}

}  // namespace
}  // namespace limpet::http
