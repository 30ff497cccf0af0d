#include "limpet/client/client.h"

#include "limpet/aws/sigv4.h"
#include "limpet/client/credentials.h"
#include "limpet/glue_model/limpet.h"
#include "limpet/glue_model/schema_registry.h"
#include "limpet/http/server.h"
#include "limpet/json/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace limpet::client {
namespace {

using namespace std::chrono_literals;
using glue_model::RegistryId;
namespace op = glue_model::op;
using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;

class FixedClock final : public Clock {
 public:
  Timestamp now() const override { return *parse_iso8601("2026-01-02T03:04:05.000Z"); }
};

const aws::Credentials kPair{"AKIDEXAMPLE", "secret", ""};

// A transport that plays answers and keeps what was sent.
struct Played {
  std::deque<Result<http::Answer>> answers{};
  std::vector<http::Outgoing> sent{};
  std::vector<std::chrono::milliseconds> pauses{};

  Client client() {
    auto made =
        Client::make({.settings = {"http://h:1", "eu-west-1", kPair},
                      .clock = &clock,
                      .send =
                          [this](const http::Url&, const http::Outgoing& request) {
                            sent.push_back(request);
                            auto answer = std::move(answers.front());
                            answers.pop_front();
                            return answer;
                          },
                      .pause = [this](std::chrono::milliseconds time) { pauses.push_back(time); },
                      .chance = [] { return 0.5; }});
    EXPECT_TRUE(made);
    return *std::move(made);
  }

  FixedClock clock{};
};

http::Answer ok(std::string body) { return {.status = 200, .body = std::move(body)}; }

TEST(Client, SendsASignedCallAndReadsItsAnswer) {
  Played played{.answers = {ok(R"({"RegistryName":"r1","Invented":[1]})")}};
  auto client = played.client();
  auto reply = client.call<op::GetRegistry>({.registry_id = RegistryId{.registry_name = "r1"}});
  ASSERT_TRUE(reply);
  EXPECT_THAT(reply->output.registry_name, Optional(Eq("r1")));
  EXPECT_NE(reply->document.find("Invented"), nullptr);

  ASSERT_EQ(played.sent.size(), 1U);
  const http::Outgoing& sent = played.sent[0];
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.body, R"({"RegistryId":{"RegistryName":"r1"}})");
  EXPECT_EQ(sent.headers.find("X-Amz-Target"), "AWSGlue.GetRegistry");
  EXPECT_EQ(sent.headers.find("Content-Type"), "application/x-amz-json-1.1");
  EXPECT_THAT(std::string(*sent.headers.find("Authorization")),
              HasSubstr("AKIDEXAMPLE/20260102/eu-west-1/glue/aws4_request"));
  EXPECT_FALSE(sent.headers.find("Host"));
}

TEST(Client, CallsOurOwnOperationsUnderTheirPrefix) {
  Played played{.answers = {ok("{}")}};
  auto client = played.client();
  EXPECT_TRUE(client.call<op::ListAccessKeys>({}));
  EXPECT_EQ(played.sent[0].headers.find("X-Amz-Target"), "Limpet.ListAccessKeys");
}

struct RefusalRow {
  http::Answer answer;
  std::string type;
  std::string message;
};

TEST(Client, ReadsErrorsWhereverTheyStand) {
  for (const auto& [answer, type, message] : {
           RefusalRow{
               {.status = 400, .body = R"({"__type":"EntityNotFoundException","Message":"no"})"},
               "EntityNotFoundException",
               "no"},
           RefusalRow{{.status = 400,
                       .body = R"({"__type":"com.amazonaws.glue#AccessDeniedException:http://x/",
                                   "message":"denied"})"},
                      "AccessDeniedException",
                      "denied"},
           RefusalRow{{.status = 400,
                       .headers = {{"X-Amzn-Errortype", "InvalidInputException:"}},
                       .body = "{}"},
                      "InvalidInputException",
                      "the server answered HTTP 400"},
           RefusalRow{{.status = 404, .body = "<html>not here</html>"},
                      "",
                      "the server answered HTTP 404"},
           RefusalRow{
               {.status = 200, .body = "[]"}, "", "the server's answer is not a JSON object"},
           RefusalRow{{.status = 200, .body = R"({"RegistryName":7})"},
                      "",
                      "the server's answer cannot be read: NUMBER_VALUE can not be converted to "
                      "String"},
       }) {
    Played played{.answers = {answer}};
    auto client = played.client();
    auto reply = client.call<op::GetRegistry>({});
    ASSERT_FALSE(reply) << message;
    EXPECT_EQ(reply.error().type, type);
    EXPECT_EQ(reply.error().message, message);
    EXPECT_EQ(reply.error().status, answer.status);
    EXPECT_EQ(played.sent.size(), 1U);
  }
}

TEST(Client, TriesAgainWhatMayPass) {
  Played played{.answers = {Error::unavailable("no connection"),
                            http::Answer{.status = 503, .body = "{}"}, ok("{}")}};
  auto client = played.client();
  EXPECT_TRUE(client.call<op::GetRegistry>({}));
  EXPECT_EQ(played.sent.size(), 3U);
  EXPECT_THAT(played.pauses, ElementsAre(100ms, 200ms));
}

TEST(Client, GivesUpAfterThreeAttempts) {
  const http::Answer throttled{
      .status = 400,
      .headers = {{"x-amzn-RequestId", "id-1"}},
      .body = R"({"__type":"ThrottlingException","message":"Rate exceeded"})"};
  Played played{.answers = {throttled, throttled, throttled}};
  auto client = played.client();
  auto reply = client.call<op::GetRegistry>({});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().type, "ThrottlingException");
  EXPECT_EQ(reply.error().request_id, "id-1");
  EXPECT_EQ(played.sent.size(), 3U);
}

TEST(Client, DoesNotRepeatWhatCannotPass) {
  Played played{.answers = {Error::limit_exceeded("answer too large")}};
  auto client = played.client();
  auto reply = client.call<op::GetRegistry>({});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message, "answer too large");
  EXPECT_EQ(reply.error().status, 0);
  EXPECT_TRUE(played.pauses.empty());
}

TEST(Client, RepeatsAWriteThatLostARace) {
  const http::Answer lost{.status = 400,
                          .body = R"({"__type":"ConcurrentModificationException","Message":"m"})"};
  Played write{.answers = {lost, ok("{}")}};
  EXPECT_TRUE(write.client().call<op::CreateRegistry>({.registry_name = "r"}));
  EXPECT_EQ(write.sent.size(), 2U);
}

TEST(Client, NothingGoesBeyondItsEnd) {
  const auto now = std::chrono::steady_clock::now();
  const http::Answer throttled{.status = 429, .body = "{}"};
  Played played{.answers = {throttled, throttled}};
  auto client = Client::make({.settings = {"http://h:1", "eu-west-1", kPair},
                              .clock = &played.clock,
                              .send =
                                  [&](const http::Url&, const http::Outgoing& request) {
                                    played.sent.push_back(request);
                                    return throttled;
                                  },
                              .pause = [&](std::chrono::milliseconds) { FAIL(); },
                              .chance = [] { return 1.0; },
                              .steady = [now] { return now; }});
  // The first pause would take 200 ms.
  EXPECT_EQ(client->call<op::GetRegistry>({}, {.end = now + 150ms}).error().status, 429);
  ASSERT_EQ(played.sent.size(), 1U);
  EXPECT_EQ(played.sent[0].timeout, 150ms);
  const auto late = client->call<op::GetRegistry>({}, {.end = now});
  EXPECT_EQ(late.error().message, "no time was left for the call");
  EXPECT_EQ(to_error(late.error()).code, Code::Unavailable);
}

class Numbered final : public CredentialsProvider {
 public:
  Result<LimitedCredentials> get() override {
    if (++count_ == 3) return Error::access_denied("the role is not yours");
    return LimitedCredentials{.keys = {"AK" + std::to_string(count_), "s", "token"}};
  }

 private:
  int count_ = 0;
};

TEST(Client, EachAttemptIsSignedWithWhatIsInForce) {
  Played played{.answers = {http::Answer{.status = 503, .body = "{}"}, ok("{}")}};
  Settings settings{.endpoint = "http://h:1", .region = "eu-west-1", .credentials = kPair};
  settings.provider = std::make_shared<Numbered>();
  auto client = Client::make({.settings = settings,
                              .clock = &played.clock,
                              .send =
                                  [&](const http::Url&, const http::Outgoing& request) {
                                    played.sent.push_back(request);
                                    auto answer = std::move(played.answers.front());
                                    played.answers.pop_front();
                                    return answer;
                                  },
                              .pause = [](std::chrono::milliseconds) {}});
  ASSERT_TRUE(client->call<op::GetRegistry>({}));
  ASSERT_EQ(played.sent.size(), 2U);
  EXPECT_THAT(std::string(*played.sent[1].headers.find("Authorization")),
              HasSubstr("Credential=AK2/"));
  EXPECT_EQ(played.sent[1].headers.find("X-Amz-Security-Token"), "token");
  const auto refused = client->call<op::GetRegistry>({});
  EXPECT_EQ(to_error(refused.error()).code, Code::AccessDenied);
  EXPECT_EQ(played.sent.size(), 2U);
}

TEST(Client, ErrorsAreSortedByWhatACallerCanDo) {
  struct Row {
    std::string type;
    int status;
    Code code;
  };
  for (const auto& [type, status, code] :
       {Row{"EntityNotFoundException", 400, Code::NotFound},
        Row{"AlreadyExistsException", 400, Code::AlreadyExists},
        Row{"ConcurrentModificationException", 400, Code::Conflict},
        Row{"ResourceNumberLimitExceededException", 400, Code::LimitExceeded},
        Row{"AccessDeniedException", 400, Code::AccessDenied},
        Row{"ExpiredTokenException", 400, Code::AccessDenied},
        Row{"ThrottlingException", 400, Code::Throttled}, Row{"", 429, Code::Throttled},
        Row{"InternalServiceException", 500, Code::Unavailable}, Row{"", 502, Code::Unavailable},
        Row{"", 403, Code::AccessDenied}, Row{"InvalidInputException", 400, Code::InvalidInput},
        Row{"", 200, Code::Internal}, Row{"", 0, Code::Unavailable}}) {
    EXPECT_EQ(to_error({type, "m", status, {}}).code, code) << type << status;
  }
}

TEST(Client, JoinsPages) {
  const auto play = [] {
    return Played{.answers = {ok(R"({"Schemas":[{"SchemaName":"a"},{"SchemaName":"b"}],
                                     "NextToken":"t1"})"),
                              ok(R"({"Schemas":[],"NextToken":"t2"})"),
                              ok(R"({"Schemas":[{"SchemaName":"c"}],"NextToken":""})")}};
  };
  Played played = play();
  auto client = played.client();
  auto reply = client.call_all<op::ListSchemas>({.max_results = 2});
  ASSERT_TRUE(reply);
  EXPECT_EQ(json::to_text(reply->document),
            R"({"Schemas":[{"SchemaName":"a"},{"SchemaName":"b"},{"SchemaName":"c"}]})");
  ASSERT_EQ(played.sent.size(), 3U);
  EXPECT_EQ(played.sent[0].body, R"({"MaxResults":2})");
  EXPECT_EQ(played.sent[2].body, R"({"MaxResults":2,"NextToken":"t2"})");

  Played cut = play();
  auto reply2 = cut.client().call_all<op::ListSchemas>({}, 1);
  ASSERT_TRUE(reply2);
  EXPECT_EQ(json::to_text(reply2->document), R"({"Schemas":[{"SchemaName":"a"}]})");
  EXPECT_EQ(cut.sent.size(), 1U);
}

TEST(Client, JoinsPagesOfAMap) {
  Played played{
      .answers = {ok(R"({"MetadataInfoMap":{"a":{"MetadataValue":"1"}},"SchemaVersionId":"v",
                         "NextToken":"t"})"),
                  ok(R"({"MetadataInfoMap":{"b":{"MetadataValue":"2"}},"SchemaVersionId":"v"})")}};
  auto client = played.client();
  auto reply = client.call_all<op::QuerySchemaVersionMetadata>({});
  ASSERT_TRUE(reply);
  ASSERT_TRUE(reply->output.metadata_info_map);
  EXPECT_EQ(reply->output.metadata_info_map->size(), 2U);
}

TEST(Client, ATokenThatRepeatsEndsTheList) {
  const auto page = ok(R"({"Schemas":[],"NextToken":"t"})");
  Played played{.answers = {page, page}};
  auto client = played.client();
  auto reply = client.call_all<op::ListSchemas>({});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message, "the server answered the same page token twice");
}

TEST(Client, SendsNothingThatIsNotUtf8) {
  Played played;
  auto reply = played.client().call<op::GetTags>({.resource_arn = "\xff"});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message, "the request is not valid UTF-8");
  EXPECT_TRUE(played.sent.empty());
}

TEST(Client, RefusesABadEndpoint) {
  FixedClock clock{};
  EXPECT_EQ(code_of(Client::make({.settings = {"ftp://x", "us-east-1", {}}, .clock = &clock})),
            Code::InvalidInput);
}

TEST(Client, ASignatureSurvivesARealConnection) {
  FixedClock clock{};
  net::ThreadPool pool(1);
  const aws::Verifier verifier({}, [](std::string_view id) -> std::optional<aws::KnownKey> {
    if (id != kPair.access_key_id) return std::nullopt;
    return aws::KnownKey{.secret = "secret", .account = "123456789012", .principal = "p"};
  });
  auto server = http::Server::listen(
      pool, {"127.0.0.1", 0}, {.clock = &clock},
      [&](http::Request request, http::Responder respond) {
        aws::HttpRequest seen{.method = request.method,
                              .target = request.target,
                              .headers = request.headers,
                              .body = request.body,
                              .peer = {}};
        const auto outcome = verifier.verify(seen, clock.now());
        if (const auto* error = std::get_if<aws::WireError>(&outcome)) {
          respond({.status = 400, .body = R"({"__type":")" + error->type + R"("})"});
        } else {
          respond({.status = 200, .body = "{}"});
        }
      });
  ASSERT_TRUE(server);
  const std::string endpoint = "http://" + net::to_string((*server)->endpoint());

  auto good = Client::make({.settings = {endpoint, "us-east-1", kPair}, .clock = &clock});
  EXPECT_TRUE(good->call<op::ListRegistries>({}));
  auto forged = Client::make(
      {.settings = {endpoint, "us-east-1", aws::Credentials{"AKIDEXAMPLE", "other", ""}},
       .clock = &clock});
  EXPECT_EQ(forged->call<op::ListRegistries>({}).error().type, "InvalidSignatureException");
  auto unsigned_client =
      Client::make({.settings = {endpoint, "us-east-1", std::nullopt}, .clock = &clock});
  EXPECT_EQ(unsigned_client->call<op::ListRegistries>({}).error().type,
            "MissingAuthenticationTokenException");
}

}  // namespace
}  // namespace limpet::client
