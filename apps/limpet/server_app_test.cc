#include "server_app.h"

#include "load_config.h"
#include "system.h"
#include "testing_client.h"

#include "limpet/json/parse.h"
#include "limpet/net/address.h"
#include "limpet/storage/memory_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace limpet::app {
namespace {

using http::testing::RawAnswer;
using http::testing::RawClient;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSecret = "wJalrXUtnFEMIsK7MDENGsbPxRfiCYEXAMPLEKEY";

/// A whole server in this process, on a memory store and a free port.
class ServerAppTest : public testing::Test {
 protected:
  void start(std::map<std::string, std::string, std::less<>> flags, bool dev = false) {
    flags.try_emplace("listen", "127.0.0.1:0");
    log_file_ = testing::TempDir() + "limpet-app-test-" + std::to_string(getpid()) + ".log";
    std::filesystem::remove(log_file_);
    flags["log-file"] = log_file_;
    auto config = load_config({.flags = std::move(flags),
                               .environment = [](const char*) { return std::nullopt; },
                               .file = {},
                               .defaults = {}});
    ASSERT_TRUE(config.has_value()) << describe(config.error());
    config_ = *std::move(config);
    for (auto& key : keys_) config_.service.access_keys.push_back(key);
    log_ = *Log::open(config_.log, clock_);
    app_ = ServerApp::start({.config = config_,
                             .store = store_,
                             .clock = clock_,
                             .ids = ids_,
                             .log = *log_,
                             .dev = dev});
  }

  void TearDown() override {
    if (app_) (*app_)->stop();
    std::filesystem::remove(log_file_);
  }

  RawAnswer send(const std::string& bytes, bool with_body = true) {
    RawClient client((*app_)->endpoint());
    EXPECT_TRUE(client.send(bytes));
    return client.read(with_body);
  }

  RawAnswer get(const std::string& target) {
    return send("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  }

  RawAnswer call(const std::string& operation, const std::string& body,
                 const std::string& headers = {}) {
    return send(
        "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-amz-json-1.1\r\n"
        "X-Amz-Target: AWSGlue." +
        operation + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
        "\r\n\r\n" + body);
  }

  std::string log() {
    log_->flush();
    std::ostringstream out;
    out << std::ifstream(log_file_).rdbuf();
    return out.str();
  }

  SystemClock clock_;
  RandomIds ids_;
  storage::MemoryStore store_;
  Config config_;
  std::vector<iam::AccessKey> keys_;
  std::string log_file_;
  std::unique_ptr<Log> log_;
  Result<std::unique_ptr<ServerApp>> app_;
};

TEST_F(ServerAppTest, ServesTheApi) {
  start({{"auth", "off"}});
  ASSERT_TRUE(app_.has_value()) << describe(app_.error());
  const auto made = call("CreateRegistry", R"({"RegistryName":"orders"})");
  EXPECT_EQ(made.status, 200);
  EXPECT_THAT(made.body, HasSubstr("arn:aws:glue:us-east-1:123456789012:registry/orders"));
  EXPECT_EQ(made.header("Content-Type"), "application/x-amz-json-1.1");
  const auto again = call("CreateRegistry", R"({"RegistryName":"orders"})");
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(again.header("x-amzn-ErrorType"), "AlreadyExistsException");
  EXPECT_THAT(log(), HasSubstr("event=call_finished op=CreateRegistry status=400 "
                               "code=AlreadyExistsException"));
  EXPECT_THAT(log(), HasSubstr("request_id=" + again.header("x-amzn-RequestId")));
  EXPECT_THAT(get("/metrics").body,
              HasSubstr("limpet_api_requests_total{code=\"AlreadyExistsException\","
                        "operation=\"CreateRegistry\"} 1\n"));
}

TEST_F(ServerAppTest, ServesItsOwnPages) {
  start({});
  ASSERT_TRUE(app_.has_value()) << describe(app_.error());
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_EQ(get("/readyz").body, "ready\n");
  EXPECT_THAT(get("/metrics").body, HasSubstr("limpet_http_connections "));
  const auto info = json::parse(get("/info").body);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->find("name")->text(), "limpet");
  EXPECT_EQ(get("/elsewhere").status / 100, 4);
}

TEST_F(ServerAppTest, AnswersWhatHttpRefusesAsAwsDoes) {
  start({{"max-body", "1KiB"}});
  ASSERT_TRUE(app_.has_value()) << describe(app_.error());
  const auto large = call("CreateSchema", std::string(2000, 'x'));
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(large.header("x-amzn-ErrorType"), "RequestEntityTooLargeException");
  EXPECT_THAT(large.body, HasSubstr(R"({"__type":"RequestEntityTooLargeException","message":)"));
  EXPECT_THAT(log(), HasSubstr("event=request_refused status=413"));
  EXPECT_THAT(log(), HasSubstr("request_id=" + large.header("x-amzn-RequestId")));
  EXPECT_EQ(send("nonsense\r\n\r\n").status, 400);
}

TEST_F(ServerAppTest, KeepsSecretsOutOfTheLog) {
  auto key = iam::configured_access_key("AKIAIOSFODNN7EXAMPLE", kSecret, "123456789012");
  ASSERT_TRUE(key.has_value());
  keys_.push_back(*key);
  start({{"log-level", "debug"}});
  ASSERT_TRUE(app_.has_value()) << describe(app_.error());
  const std::string signature(64, 'a');
  const auto answer =
      call("CreateRegistry", R"({"RegistryName":"payload-of-the-caller"})",
           "X-Amz-Date: 20211107T164228Z\r\nX-Amz-Security-Token: token-of-the-caller\r\n"
           "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20211107/us-east-1/"
           "glue/aws4_request, SignedHeaders=host;x-amz-date, Signature=" +
               signature + "\r\n");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(log(), HasSubstr("event=authentication_failed"));
  EXPECT_THAT(log(), HasSubstr("AKIAIOSFODNN7EXAMPLE"));
  for (const std::string& secret :
       {std::string(kSecret), signature, std::string("token-of-the-caller"),
        std::string("payload-of-the-caller")}) {
    EXPECT_THAT(log(), Not(HasSubstr(secret)));
  }
  EXPECT_THAT(get("/metrics").body, HasSubstr("limpet_auth_failures_total{reason="));
}

TEST_F(ServerAppTest, RefusesToBeCareless) {
  start({{"listen", "0.0.0.0:0"}});
  EXPECT_EQ(code_of(app_), Code::InvalidInput);
  start({{"listen", "0.0.0.0:0"}, {"auth", "off"}});
  EXPECT_EQ(code_of(app_), Code::InvalidInput);
  start({{"listen", "0.0.0.0:0"}, {"auth", "off"}, {"insecure", "on"}});
  EXPECT_TRUE(app_.has_value());
}

TEST_F(ServerAppTest, SaysThatItsPortIsTaken) {
  start({});
  ASSERT_TRUE(app_.has_value()) << describe(app_.error());
  Config second = config_;
  second.listen.port = (*app_)->endpoint().port();
  const auto app = ServerApp::start(
      {.config = second, .store = store_, .clock = clock_, .ids = ids_, .log = *log_});
  ASSERT_EQ(code_of(app), Code::Unavailable);
  EXPECT_THAT(app.error().message, HasSubstr("is in use by another program"));
  EXPECT_THAT(app.error().message, HasSubstr("ss -ltnp"));
}

TEST_F(ServerAppTest, ResetsInDevOnly) {
  const std::string reset =
      "POST /_limpet/reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
  start({{"auth", "off"}}, true);
  ASSERT_TRUE(app_.has_value()) << describe(app_.error());
  EXPECT_EQ(call("CreateRegistry", R"({"RegistryName":"orders"})").status, 200);
  EXPECT_EQ(send(reset).status, 200);
  EXPECT_EQ(call("CreateRegistry", R"({"RegistryName":"orders"})").status, 200);
  EXPECT_EQ(send("POST /_limpet/reset HTTP/1.1\r\nHost: evil.example\r\n\r\n").status, 403);
  (*app_)->stop();
  start({{"auth", "off"}}, false);
  EXPECT_NE(send(reset).status, 200);
  EXPECT_EQ(call("GetRegistry", R"({"RegistryId":{"RegistryName":"orders"}})").status, 200);
}

TEST_F(ServerAppTest, StopsTwice) {
  start({});
  ASSERT_TRUE(app_.has_value()) << describe(app_.error());
  EXPECT_TRUE((*app_)->stop());
  EXPECT_TRUE((*app_)->stop());
  EXPECT_THAT(log(), HasSubstr("event=server_stopped requests=finished"));
}

}  // namespace
}  // namespace limpet::app
