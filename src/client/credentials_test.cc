#include "limpet/client/credentials.h"

#include "sources.h"

#include "limpet/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <latch>
#include <map>
#include <thread>

namespace limpet::client {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class HandClock final : public Clock {
 public:
  Timestamp now() const override { return Timestamp(std::chrono::milliseconds(now_.load())); }
  void pass(std::chrono::milliseconds time) { now_ += time.count(); }

 private:
  // 2026-01-02T03:04:05Z
  std::atomic<std::int64_t> now_{1'767'323'045'000};
};

using Variables = std::map<std::string, std::string>;

Environment variables(Variables values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto at = values.find(name);
    return at == values.end() ? std::nullopt : std::optional(at->second);
  };
}

// ---- renewal

TEST(Refreshing, RenewsFiveMinutesBeforeTheEnd) {
  HandClock clock;
  int fetched = 0;
  const auto provider = refreshing_credentials(
      [&]() -> Fetched {
        ++fetched;
        return std::optional(LimitedCredentials{.keys = {"AK" + std::to_string(fetched), "s", "t"},
                                                .expires = clock.now() + 1h});
      },
      clock);
  EXPECT_EQ(provider->get()->keys.access_key_id, "AK1");
  clock.pass(54min);
  EXPECT_EQ(provider->get()->keys.access_key_id, "AK1");
  clock.pass(1min);
  EXPECT_EQ(provider->get()->keys.access_key_id, "AK2");
  EXPECT_EQ(fetched, 2);
}

TEST(Refreshing, KeepsWhatIsStillGoodWhenRenewalFails) {
  HandClock clock;
  int fetched = 0;
  const auto provider = refreshing_credentials(
      [&]() -> Fetched {
        if (++fetched > 1) return Error::unavailable("down");
        return std::optional(
            LimitedCredentials{.keys = {"AK", "s", "t"}, .expires = clock.now() + 1h});
      },
      clock);
  ASSERT_TRUE(provider->get());
  clock.pass(56min);
  EXPECT_EQ(provider->get()->keys.access_key_id, "AK");
  EXPECT_EQ(provider->get()->keys.access_key_id, "AK");
  EXPECT_EQ(fetched, 2);  // not tried for every call
  clock.pass(30s);
  EXPECT_TRUE(provider->get());
  EXPECT_EQ(fetched, 3);
  clock.pass(4min);
  const auto ended = provider->get();
  EXPECT_EQ(code_of(ended), Code::Unavailable);
  EXPECT_EQ(ended.error().message, "down");
}

TEST(Refreshing, OneFetchesForAll) {
  HandClock clock;
  std::atomic<int> fetched{0};
  std::latch open(1);
  const auto provider = refreshing_credentials(
      [&]() -> Fetched {
        ++fetched;
        open.wait();
        return std::optional(
            LimitedCredentials{.keys = {"AK", "s", "t"}, .expires = clock.now() + 1h});
      },
      clock);
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] { good += provider->get().has_value() ? 1 : 0; });
  }
  while (fetched == 0) std::this_thread::yield();
  open.count_down();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 16);
  EXPECT_EQ(fetched, 1);
}

TEST(Refreshing, NoSourceIsAnError) {
  HandClock clock;
  const auto provider = refreshing_credentials(
      []() -> Fetched { return std::optional<LimitedCredentials>(); }, clock);
  EXPECT_EQ(code_of(provider->get()), Code::InvalidInput);
}

// ---- the chain, over a network that is a table

const std::string kStsAnswer =
    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIASTS</AccessKeyId>"
    "<SecretAccessKey>sts&amp;secret</SecretAccessKey><SessionToken>st/token==</SessionToken>"
    "<Expiration>2026-01-02T04:04:05Z</Expiration></Credentials></AssumeRoleResult>"
    "</AssumeRoleResponse>";
const std::string kJsonAnswer =
    R"({"Code":"Success","AccessKeyId":"ASIAJSON","SecretAccessKey":"js","Token":"jt",)"
    R"("Expiration":"2026-01-02T04:04:05Z"})";

struct Exchange {
  std::string method;
  std::string url;
  std::string body;
  http::Headers headers;
};

/// Knows a few addresses; everything else does not answer.
struct Network {
  std::map<std::string, http::Answer> answers{};
  std::vector<Exchange> seen{};

  ChainOptions options(ChainOptions given = {}) {
    given.send = [this](const http::Url& url,
                        const http::Outgoing& request) -> Result<http::Answer> {
      const std::string place = (url.tls ? "https://" : "http://") + url.host_header() + url.path;
      seen.push_back({request.method, place, request.body, request.headers});
      const auto found = answers.find(request.method + " " + place);
      if (found == answers.end()) return Error::unavailable("nothing answers at " + place);
      return found->second;
    };
    given.run = [](const std::string& command) -> Result<std::string> {
      if (command != "helper --now") return Error::unavailable("credential_process failed");
      return std::string(
          R"({"Version":1,"AccessKeyId":"ASIAPROC","SecretAccessKey":"ps","SessionToken":"pt"})");
    };
    return given;
  }
};

const std::string kSts = "POST https://sts.eu-west-1.amazonaws.com/";
const std::string kMeta = "http://169.254.169.254/latest/";
const std::string kMetaRoles = "GET " + kMeta + "meta-data/iam/security-credentials/";

http::Answer ok(std::string body) { return {.status = 200, .body = std::move(body)}; }

const std::map<std::string, http::Answer> kEverything{
    {kSts, ok(kStsAnswer)},
    {"GET http://169.254.170.2/v2/x", ok(kJsonAnswer)},
    {"GET http://127.0.0.1:9/creds", ok(kJsonAnswer)},
    {"PUT " + kMeta + "api/token", ok("a-token")},
    {kMetaRoles, ok("my role")},
    {kMetaRoles + "my%20role", ok(kJsonAnswer)}};

const SharedFiles kFiles{.config =
                             "[default]\nregion = eu-west-1\n"
                             "[profile keys]\naws_access_key_id=AKFILE\naws_secret_access_key=fs\n"
                             "[profile role]\nrole_arn=arn:aws:iam::123456789012:role/r\n"
                             "source_profile=keys\nexternal_id=e x\nrole_session_name=me\n"
                             "duration_seconds=900\n"
                             "[profile twice]\nrole_arn=arn:aws:iam::123456789012:role/s\n"
                             "source_profile=role\n"
                             "[profile fromenv]\nrole_arn=arn:aws:iam::123456789012:role/r\n"
                             "credential_source=Environment\n"
                             "[profile fromecs]\nrole_arn=arn:aws:iam::123456789012:role/r\n"
                             "credential_source=EcsContainer\n"
                             "[profile process]\ncredential_process = helper --now\n"
                             "[profile badprocess]\ncredential_process = other\n"
                             "[profile sso]\nsso_session = corp\n"
                             "[profile a]\nrole_arn=x\nsource_profile=b\n"
                             "[profile b]\nrole_arn=x\nsource_profile=a\n"
                             "[profile lost]\nrole_arn=x\nsource_profile=nowhere\n"
                             "[profile mfa]\nrole_arn=x\nsource_profile=keys\nmfa_serial=m\n"
                             "[profile strange]\nrole_arn=x\ncredential_source=Moon\n"
                             "[profile half]\naws_access_key_id=AKHALF\n",
                         .credentials = ""};

struct ChainRow {
  const char* name;
  ChainOptions options{};
  Variables environment{};
  std::string access_key_id{};  ///< empty: refused
  std::string message{};
  Code code = Code::InvalidInput;
};
void PrintTo(const ChainRow& row, std::ostream* out) { *out << row.name; }

class ChainTest : public testing::TestWithParam<ChainRow> {};

TEST_P(ChainTest, Finds) {
  const auto& row = GetParam();
  HandClock clock;
  Network network{.answers = kEverything};
  auto environment = row.environment;
  environment.try_emplace("AWS_REGION", "eu-west-1");
  const auto chain =
      credentials_chain(network.options(row.options), variables(environment), kFiles, clock);
  const auto keys = chain ? (*chain)->get() : Result<LimitedCredentials>(chain.error());
  if (row.access_key_id.empty()) {
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error().message, row.message);
    EXPECT_EQ(keys.error().code, row.code);
  } else {
    ASSERT_TRUE(keys) << describe(keys.error());
    EXPECT_EQ(keys->keys.access_key_id, row.access_key_id);
  }
}

const Variables kKeys{{"AWS_ACCESS_KEY_ID", "AKENV"}, {"AWS_SECRET_ACCESS_KEY", "es"}};
const Variables kRelative{{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x"}};
const std::string kNone =
    "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile, or "
    "--no-sign for a server that runs with --auth off";

INSTANTIATE_TEST_SUITE_P(
    Rows, ChainTest,
    testing::Values(
        ChainRow{
            "Explicit", {.explicit_keys = aws::Credentials{"AKGIVEN", "s", ""}}, kKeys, "AKGIVEN"},
        ChainRow{"Environment", {}, kKeys, "AKENV"},
        ChainRow{"NamedProfileBeatsTheEnvironment", {.profile = "keys"}, kKeys, "AKFILE"},
        ChainRow{"VariableProfileDoesNot",
                 {},
                 {{"AWS_PROFILE", "keys"},
                  {"AWS_ACCESS_KEY_ID", "AKENV"},
                  {"AWS_SECRET_ACCESS_KEY", "es"}},
                 "AKENV"},
        ChainRow{"VariableProfile", {}, {{"AWS_PROFILE", "keys"}}, "AKFILE"},
        ChainRow{"HalfAPair",
                 {},
                 {{"AWS_ACCESS_KEY_ID", "AKENV"}},
                 "",
                 "the environment holds only half of a key pair"},
        ChainRow{"HalfAProfile",
                 {.profile = "half"},
                 {},
                 "",
                 "profile half holds only half of a key pair"},
        ChainRow{"Role", {.profile = "role"}, {}, "ASIASTS"},
        ChainRow{"RoleOfARole", {.profile = "twice"}, {}, "ASIASTS"},
        ChainRow{"RoleFromTheEnvironment", {.profile = "fromenv"}, kKeys, "ASIASTS"},
        ChainRow{"RoleFromTheContainer", {.profile = "fromecs"}, kRelative, "ASIASTS"},
        ChainRow{"Process", {.profile = "process"}, {}, "ASIAPROC"},
        ChainRow{"ProcessFails",
                 {.profile = "badprocess"},
                 {},
                 "",
                 "credential_process failed",
                 Code::Unavailable},
        ChainRow{"AssumeOutright",
                 {.assume = AssumedRole{.arn = "arn:aws:iam::123456789012:role/r"}},
                 kKeys,
                 "ASIASTS"},
        ChainRow{
            "SingleSignOn",
            {.profile = "sso"},
            {},
            "",
            "profile sso gets its credentials through sso_session, which limpet does not read; "
            "export them first: aws configure export-credentials --profile sso --format env"},
        ChainRow{
            "Loop", {.profile = "a"}, {}, "", "the profiles name each other as source_profile: a"},
        ChainRow{"SourceIsMissing",
                 {.profile = "lost"},
                 {},
                 "",
                 "profile lost names a source_profile that does not exist: nowhere"},
        ChainRow{"StrangeSource",
                 {.profile = "strange"},
                 {},
                 "",
                 "profile strange has a credential_source of no known kind"},
        ChainRow{"NoSuchProfile",
                 {.profile = "none"},
                 {},
                 "",
                 "there is no profile none in the AWS config files"},
        ChainRow{"ContainerIsNotAskedByDefault", {}, kRelative, "", kNone},
        ChainRow{"Container", {.reach = Reach::Machine}, kRelative, "ASIAJSON"},
        ChainRow{"ContainerByAddress",
                 {.reach = Reach::Machine},
                 {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/creds"}},
                 "ASIAJSON"},
        ChainRow{"ContainerElsewhere",
                 {.reach = Reach::Machine},
                 {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/creds"}},
                 "",
                 "AWS_CONTAINER_CREDENTIALS_FULL_URI names a host that no credentials are asked "
                 "from without TLS: example.com"},
        ChainRow{"ContainerTokenWithALineBreak",
                 {.reach = Reach::Machine},
                 {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/creds"},
                  {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "a\r\nX: y"}},
                 "",
                 "the authorization token of the container has a line break in it"},
        ChainRow{"Instance", {.reach = Reach::Machine}, {}, "ASIAJSON"},
        ChainRow{"InstanceIsSwitchedOff",
                 {.reach = Reach::Machine},
                 {{"AWS_EC2_METADATA_DISABLED", "TRUE"}},
                 "",
                 kNone},
        ChainRow{"InstanceElsewhere",
                 {.reach = Reach::Machine},
                 {{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1"}},
                 "",
                 kNone},
        ChainRow{"RoleWithADevice",
                 {.profile = "mfa"},
                 {},
                 "",
                 "the role x needs a code of a device (mfa_serial), which nobody can enter here; "
                 "export the credentials first: aws configure export-credentials --format env"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Chain, AsksStsAsItsReferenceSays) {
  HandClock clock;
  Network network{.answers = kEverything};
  const auto chain = credentials_chain(network.options({.profile = "role", .region = "eu-west-1"}),
                                       variables({}), kFiles, clock);
  const auto keys = (*chain)->get();
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->keys.secret_access_key, "sts&secret");
  EXPECT_EQ(keys->keys.session_token, "st/token==");
  EXPECT_EQ(to_iso8601(*keys->expires), "2026-01-02T04:04:05.000Z");
  ASSERT_EQ(network.seen.size(), 1U);
  EXPECT_EQ(
      network.seen[0].body,
      "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fr"
      "&RoleSessionName=me&ExternalId=e%20x&DurationSeconds=900");
  EXPECT_THAT(std::string(*network.seen[0].headers.find("Authorization")),
              HasSubstr("AKFILE/20260102/eu-west-1/sts/aws4_request"));
}

class TokenFile : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() / ("limpet-token-" + std::to_string(::getpid()));
    std::ofstream(path_) << "the token\n";
  }
  void TearDown() override { std::filesystem::remove(path_); }
  std::filesystem::path path_;
};

TEST_F(TokenFile, WebIdentityIsNotSigned) {
  HandClock clock;
  Network network{.answers = kEverything};
  const auto chain = credentials_chain(network.options(),
                                       variables({{"AWS_WEB_IDENTITY_TOKEN_FILE", path_.string()},
                                                  {"AWS_ROLE_ARN", "arn:r"},
                                                  {"AWS_REGION", "eu-west-1"}}),
                                       kFiles, clock);
  ASSERT_TRUE((*chain)->get());
  EXPECT_EQ(network.seen[0].body,
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Ar&RoleSessionName="
            "limpet-1767323045&WebIdentityToken=the%20token");
  EXPECT_FALSE(network.seen[0].headers.find("Authorization"));
}

TEST_F(TokenFile, TheContainersTokenIsReadFromItsFile) {
  HandClock clock;
  Network network{.answers = kEverything};
  const auto chain = credentials_chain(
      network.options({.reach = Reach::Machine}),
      variables({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/creds"},
                 {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path_.string()},
                 {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "not this"}}),
      kFiles, clock);
  ASSERT_TRUE((*chain)->get());
  EXPECT_EQ(network.seen[0].headers.find("Authorization"), "the token");
}

TEST(Chain, TheInstanceIsAskedWithAToken) {
  HandClock clock;
  Network network{.answers = kEverything};
  const auto chain =
      credentials_chain(network.options({.reach = Reach::Machine}), variables({}), {}, clock);
  ASSERT_TRUE((*chain)->get());
  ASSERT_EQ(network.seen.size(), 3U);
  EXPECT_EQ(network.seen[0].headers.find("X-aws-ec2-metadata-token-ttl-seconds"), "21600");
  EXPECT_EQ(network.seen[1].headers.find("X-aws-ec2-metadata-token"), "a-token");
  EXPECT_EQ(network.seen[2].headers.find("X-aws-ec2-metadata-token"), "a-token");
}

struct AnswerRow {
  const char* name;
  http::Answer answer;
  Code code;
  std::string message;
};

TEST(Chain, BadAnswersAreToldWithoutWhatTheySay) {
  for (const auto& row : {
           AnswerRow{"Refused",
                     {.status = 403,
                      .body = "<Error><Code>AccessDenied</Code><Message>SECRET</Message></Error>"},
                     Code::AccessDenied,
                     "STS answered HTTP 403 AccessDenied"},
           AnswerRow{"RefusedStrangely",
                     {.status = 400, .body = "<Code>SECRET 1 / 2</Code>"},
                     Code::AccessDenied,
                     "STS answered HTTP 400"},
           AnswerRow{"Down",
                     {.status = 503, .body = "SECRET"},
                     Code::Unavailable,
                     "STS answered HTTP 503"},
           AnswerRow{"Nonsense", ok("SECRET"), Code::Unavailable, "STS answered no credentials"},
           AnswerRow{"NoEnd",
                     ok("<AccessKeyId>a</AccessKeyId><SecretAccessKey>SECRET</SecretAccessKey>"),
                     Code::Unavailable, "STS answered no credentials"},
       }) {
    HandClock clock;
    Network network{.answers = {{kSts, row.answer}}};
    const auto chain = credentials_chain(
        network.options({.profile = "role", .region = "eu-west-1"}), variables({}), kFiles, clock);
    const auto keys = (*chain)->get();
    EXPECT_EQ(code_of(keys), row.code) << row.name;
    EXPECT_EQ(keys.error().message, row.message);
  }
}

// ---- parts

TEST(Parts, ReadsTimesOfExpiration) {
  const auto text = [](std::string_view time) {
    const auto parsed = parse_expiration(time);
    return parsed ? to_iso8601(*parsed) : std::string();
  };
  EXPECT_EQ(text("2026-01-02T03:04:05Z"), "2026-01-02T03:04:05.000Z");
  EXPECT_EQ(text("2026-01-02T03:04:05.123456Z"), "2026-01-02T03:04:05.000Z");
  EXPECT_EQ(text("2026-01-02T03:04:05+01:30"), "2026-01-02T01:34:05.000Z");
  EXPECT_EQ(text("2026-01-02T03:04:05-01:00"), "2026-01-02T04:04:05.000Z");
  for (const char* bad : {"", "2026", "2026-01-02T03:04:05", "2026-01-02T03:04:05X",
                          "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05.5", "2026-13-02T03:04:05Z",
                          "2026-01-02T03:04:05+1:00", "2026-01-02T03:04:05+25:00"}) {
    EXPECT_EQ(text(bad), "") << bad;
  }
}

TEST(Parts, SplitsACommandAsTheToolsDo) {
  const auto words = [](std::string_view command) { return *split_command(command); };
  EXPECT_THAT(words("a  b\tc"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(words(R"("a b" 'c "d' e\ f "g\"h" '')"),
              ElementsAre("a b", "c \"d", "e f", "g\"h", ""));
  EXPECT_THAT(words(R"(a"b"'c' $HOME;x)"), ElementsAre("abc", "$HOME;x"));
  EXPECT_EQ(code_of(split_command("a 'b")), Code::InvalidInput);
  EXPECT_EQ(code_of(split_command("  ")), Code::InvalidInput);
}

TEST(Parts, RunsAProcess) {
  EXPECT_EQ(*run_process("printf '%s' hello", 10s), "hello");
  EXPECT_EQ(code_of(run_process("false", 10s)), Code::Unavailable);
  EXPECT_EQ(code_of(run_process("/does/not/exist", 10s)), Code::Unavailable);
  EXPECT_EQ(run_process("head -c 70000 /dev/zero", 10s).error().message,
            "credential_process answered too much");
  EXPECT_EQ(run_process("sleep 60", 50ms).error().message,
            "credential_process did not end in time");
}

// ---- a real connection

TEST(Chain, TalksToAContainerOverHttp) {
  HandClock clock;
  net::ThreadPool pool(1);
  auto server = http::Server::listen(
      pool, {"127.0.0.1", 0}, {.clock = &clock},
      [](http::Request request, http::Responder respond) {
        const bool good = request.method == "GET" && request.target == "/creds" &&
                          request.headers.find("Authorization") == "secret token";
        respond({.status = good ? 200 : 403, .body = good ? kJsonAnswer : ""});
      });
  ASSERT_TRUE(server);
  const std::string place = "http://" + net::to_string((*server)->endpoint()) + "/creds";
  const auto get = [&](const std::string& token) {
    return (*credentials_chain({.reach = Reach::Machine},
                               variables({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", place},
                                          {"AWS_CONTAINER_AUTHORIZATION_TOKEN", token}}),
                               {}, clock))
        ->get();
  };
  EXPECT_EQ(get("secret token")->keys.access_key_id, "ASIAJSON");
  const auto refused = get("other");
  EXPECT_EQ(code_of(refused), Code::AccessDenied);
  EXPECT_EQ(refused.error().message, "the container's endpoint answered HTTP 403");
}

}  // namespace
}  // namespace limpet::client
