#include "admin.h"

#include <gtest/gtest.h>

namespace limpet::app {
namespace {

class AdminTest : public testing::Test {
 protected:
  AdminRoutes routes(bool dev) {
    return AdminRoutes({.metrics = metrics_,
                        .ready = [this] { return ready_; },
                        .info = "\"store\":\"memory\"",
                        .reset = dev ? [this]() -> Status {
                          ++resets_;
                          return {};
                        }
                        : std::function<Status()>{}});
  }

  /// 0: not ours.
  int status(const AdminRoutes& admin, const char* method, const char* target,
             http::Headers headers = {{"Host", "127.0.0.1:8484"}}) {
    http::Request request;
    request.method = method;
    request.target = target;
    request.headers = std::move(headers);
    request.loopback = true;
    const auto answer = admin.answer(request);
    body_ = answer ? answer->body : "";
    return answer ? answer->status : 0;
  }

  Metrics metrics_;
  Status ready_;
  int resets_ = 0;
  std::string body_;
};

TEST_F(AdminTest, AnswersItsRoutesOnly) {
  const auto admin = routes(false);
  EXPECT_EQ(status(admin, "GET", "/healthz"), 200);
  EXPECT_EQ(status(admin, "HEAD", "/readyz?verbose"), 200);
  EXPECT_EQ(status(admin, "GET", "/metrics"), 200);
  EXPECT_NE(body_.find("limpet_build_info"), std::string::npos);
  EXPECT_EQ(status(admin, "GET", "/info"), 200);
  EXPECT_NE(body_.find("\"store\":\"memory\"}"), std::string::npos);
  EXPECT_EQ(status(admin, "POST", "/metrics"), 405);
  EXPECT_EQ(status(admin, "POST", "/"), 0);
  EXPECT_EQ(status(admin, "GET", "/healthz/"), 0);
  EXPECT_EQ(status(admin, "POST", "/_limpet/reset"), 0);  // not outside `limpet dev`
}

TEST_F(AdminTest, SaysWhyItIsNotReady) {
  ready_ = Error::unavailable("the disk is full");
  EXPECT_EQ(status(routes(false), "GET", "/readyz"), 503);
  EXPECT_EQ(body_, "the disk is full\n");
  EXPECT_EQ(status(routes(false), "GET", "/healthz"), 200);
}

TEST_F(AdminTest, ResetsForLocalProgramsOnly) {
  const auto admin = routes(true);
  EXPECT_EQ(status(admin, "POST", "/_limpet/reset"), 200);
  EXPECT_EQ(resets_, 1);
  EXPECT_EQ(status(admin, "GET", "/_limpet/reset"), 405);
  EXPECT_EQ(status(admin, "POST", "/_limpet/reset", {{"Host", "evil.example"}}), 403);
  EXPECT_EQ(status(admin, "POST", "/_limpet/reset",
                   {{"Host", "localhost"}, {"Origin", "https://evil.example"}}),
            403);
  EXPECT_EQ(resets_, 1);
}

}  // namespace
}  // namespace limpet::app
