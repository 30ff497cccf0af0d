#include "limpet/client/schema_registry.h"

#include "scripted_testing.h"

#include "limpet/json/parse.h"

#include <gmock/gmock.h>

#include <atomic>
#include <barrier>
#include <filesystem>
#include <future>
#include <latch>
#include <set>
#include <thread>

namespace limpet::client {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kIntText = "\"int\"";
const std::string kNoVersionText = "Schema version is not found.";
const std::string kNoSchemaText = "Schema is not found.";
const Turn kUnknownVersion{"GetSchemaByDefinition",
                           refused("EntityNotFoundException", kNoVersionText)};
const Turn kUnknownSchema{"GetSchemaByDefinition",
                          refused("EntityNotFoundException", kNoSchemaText)};
const Turn kPut{"PutSchemaVersionMetadata", ok("{}")};
const Turn kNotExplained{"ExplainSchemaVersion", refused("UnknownOperationException", "no")};
const Turn kThrottled{"GetSchemaVersion", refused("ThrottlingException", "Rate exceeded")};

std::shared_ptr<SchemaRegistry> open(SchemaRegistryOptions options) {
  auto opened = SchemaRegistry::open(std::move(options));
  EXPECT_TRUE(opened) << describe(opened.error());
  return *std::move(opened);
}

DefinitionRequest orders() {
  return {.schema_name = "orders",
          .format = DataFormat::Avro,
          .definition = kIntText,
          .transport = "orders-topic"};
}

// ---- by id

TEST(ByVersion, AsksOnceAndKeepsTheAnswer) {
  Script script({{"GetSchemaVersion", version()}});
  const auto registry = open(script.options());
  EXPECT_EQ(registry->peek(kId), nullptr);
  const auto first = registry->by_version(kId);
  ASSERT_TRUE(first) << describe(first.error());
  EXPECT_EQ(**first, (RegisteredSchema{.version_id = kId,
                                       .format = DataFormat::Avro,
                                       .definition = kIntText,
                                       .schema_name = "orders",
                                       .schema_arn = kArn,
                                       .version_number = 3,
                                       .status = VersionStatus::Available}));
  const auto second = registry->by_version(kId);
  EXPECT_EQ(second->get(), first->get());
  EXPECT_EQ(registry->peek(kId), first->get());
  EXPECT_THAT(script.bodies(), ElementsAre(R"({"SchemaVersionId":")" + kIdText + "\"}"));
  const auto stats = registry->stats();
  EXPECT_EQ(stats.hits, 1U);
  EXPECT_EQ(stats.misses, 1U);
  EXPECT_EQ(stats.calls, 1U);
  EXPECT_EQ(stats.entries, 1U);
}

struct ByVersionRow {
  const char* name;
  std::vector<Turn> turns;
  std::optional<Code> code;  ///< nullopt: an answer
  std::string message{};
  bool require_available = false;
};
void PrintTo(const ByVersionRow& row, std::ostream* out) { *out << row.name; }

class ByVersionTest : public testing::TestWithParam<ByVersionRow> {};

TEST_P(ByVersionTest, Answers) {
  const auto& row = GetParam();
  Script script(row.turns);
  auto options = script.options();
  options.require_available = row.require_available;
  const auto answer = open(options)->by_version(kId);
  EXPECT_EQ(code_of(answer), row.code);
  if (!answer) {
    EXPECT_EQ(answer.error().message, row.message);
  }
  EXPECT_TRUE(script.finished());
}

const std::string kFailed = "Failed to get schema version Id = " + kIdText + ": ";

INSTANTIATE_TEST_SUITE_P(
    Rows, ByVersionTest,
    testing::Values(
        ByVersionRow{"Unknown",
                     {{"GetSchemaVersion", refused("EntityNotFoundException", "no such")}},
                     Code::NotFound,
                     kFailed + "no such"},
        ByVersionRow{"Denied",
                     {{"GetSchemaVersion", refused("AccessDeniedException", "denied")}},
                     Code::AccessDenied,
                     kFailed + "denied"},
        ByVersionRow{"ThrottledThreeTimes",
                     {kThrottled, kThrottled, kThrottled, {"GetSchemaVersion", version()}},
                     std::nullopt},
        ByVersionRow{"ThrottledAlways",
                     {kThrottled, kThrottled, kThrottled, kThrottled},
                     Code::Throttled,
                     kFailed + "Rate exceeded"},
        ByVersionRow{"ServersFault",
                     {{"GetSchemaVersion", refused("InternalServiceException", "oh", 500)},
                      {"GetSchemaVersion", Error::unavailable("no connection")},
                      {"GetSchemaVersion", version()}},
                     std::nullopt},
        // Java does not look at the status of what it reads.
        ByVersionRow{"Failure", {{"GetSchemaVersion", version("FAILURE")}}, std::nullopt},
        ByVersionRow{"FailureWherePythonRefuses",
                     {{"GetSchemaVersion", version("FAILURE")}},
                     Code::InvalidInput,
                     "Schema Found but status is FAILURE",
                     true},
        ByVersionRow{"NoDefinition",
                     {{"GetSchemaVersion", ok(R"({"SchemaVersionId":")" + kIdText +
                                              R"(","DataFormat":"AVRO","SchemaArn":")" + kArn +
                                              R"(","Status":"AVAILABLE"})")}},
                     Code::Internal,
                     kFailed + "the server's answer holds no SchemaDefinition"},
        ByVersionRow{"StrangeFormat",
                     {{"GetSchemaVersion",
                       ok(R"({"SchemaVersionId":")" + kIdText +
                          R"(","DataFormat":"XML","SchemaDefinition":"x","Status":"AVAILABLE"})")}},
                     Code::Internal,
                     kFailed + "the server's answer holds no DataFormat that we know"},
        ByVersionRow{"NoArn",
                     {{"GetSchemaVersion",
                       ok(R"({"SchemaVersionId":")" + kIdText +
                          R"(","DataFormat":"JSON","SchemaDefinition":"x","SchemaArn":"orders",)" +
                          R"("Status":"AVAILABLE"})")}},
                     Code::Internal,
                     kFailed + "the server's answer holds no SchemaArn of a schema"},
        ByVersionRow{
            "AnotherVersion",
            {{"GetSchemaVersion", version("AVAILABLE", "00000000-0000-4000-8000-000000000001")}},
            Code::Internal,
            kFailed + "the server answered another version"},
        ByVersionRow{"NotJson",
                     {{"GetSchemaVersion", ok("<html>")}},
                     Code::Internal,
                     kFailed + "the server's answer is not a JSON object"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ByVersion, RemembersAFailureForAMoment) {
  Script script({{"GetSchemaVersion", refused("EntityNotFoundException", "no such")},
                 {"GetSchemaVersion", version()}});
  const auto registry = open(script.options());
  EXPECT_EQ(code_of(registry->by_version(kId)), Code::NotFound);
  script.pass(999ms);
  EXPECT_EQ(code_of(registry->by_version(kId)), Code::NotFound);
  EXPECT_EQ(registry->stats().negative_hits, 1U);
  script.pass(1ms);
  EXPECT_TRUE(registry->by_version(kId));
}

TEST(ByVersion, WithoutNegativeCacheEveryQuestionAsks) {
  Script script({{"GetSchemaVersion", refused("EntityNotFoundException", "no such")},
                 {"GetSchemaVersion", refused("EntityNotFoundException", "no such")}});
  auto options = script.options();
  options.negative_ttl = 0ms;
  const auto registry = open(options);
  EXPECT_EQ(code_of(registry->by_version(kId)), Code::NotFound);
  EXPECT_EQ(code_of(registry->by_version(kId)), Code::NotFound);
  EXPECT_TRUE(script.finished());
}

TEST(ByVersion, APendingVersionIsKeptForAMoment) {
  Script script({{"GetSchemaVersion", version("PENDING")}, {"GetSchemaVersion", version()}});
  const auto registry = open(script.options());
  EXPECT_EQ((*registry->by_version(kId))->status, VersionStatus::Pending);
  EXPECT_EQ((*registry->by_version(kId))->status, VersionStatus::Pending);
  script.pass(1s);
  EXPECT_EQ((*registry->by_version(kId))->status, VersionStatus::Available);
}

TEST(ByVersion, PausesWithFullJitterAndHeedsTheDeadline) {
  Script script({kThrottled, kThrottled, kThrottled, {"GetSchemaVersion", version()}});
  EXPECT_TRUE(open(script.options())->by_version(kId));
  EXPECT_THAT(script.pauses(), ElementsAre(100ms, 200ms, 400ms));
  EXPECT_THAT(script.timeouts(), ElementsAre(10'000ms, 9'900ms, 9'700ms, 9'300ms));

  Script hurried({kThrottled, kThrottled});
  auto options = hurried.options();
  options.deadline = 250ms;  // no time for the second pause
  const auto answer = open(options)->by_version(kId);
  EXPECT_EQ(code_of(answer), Code::Throttled);
  EXPECT_THAT(hurried.pauses(), ElementsAre(100ms));
}

/// A server that counts calls and answers when it is let.
class Gate {
 public:
  Send send() {
    return [this](const http::Url&, const http::Outgoing& request) -> Result<http::Answer> {
      ++calls;
      open_.wait();
      const auto document = json::parse(request.body);
      return version("AVAILABLE", document->find("SchemaVersionId")->text());
    };
  }
  void let() { open_.count_down(); }
  std::atomic<int> calls{0};

 private:
  std::latch open_{1};
};

TEST(ByVersion, ManyWhoMissMakeOneCall) {
  Gate gate;
  Script unused({});
  auto options = unused.options();
  options.send = gate.send();
  const auto registry = open(options);
  constexpr int kThreads = 16;
  std::barrier all(kThreads + 1);
  std::atomic<int> answered{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      all.arrive_and_wait();
      if (registry->by_version(kId)) ++answered;
    });
  }
  all.arrive_and_wait();
  while (registry->stats().misses < kThreads) std::this_thread::yield();
  gate.let();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(answered, kThreads);
  EXPECT_EQ(gate.calls, 1);
}

TEST(ByVersion, FailFastAnswersAtOnceAndFetches) {
  Gate gate;
  Script unused({});
  auto options = unused.options();
  options.send = gate.send();
  options.on_miss = OnMiss::FailFast;
  const auto registry = open(options);
  const auto miss = registry->by_version(kId);
  EXPECT_EQ(code_of(miss), Code::Unavailable);
  EXPECT_EQ(miss.error().message,
            "schema version " + kIdText + " is not in memory yet; it is being asked for");
  EXPECT_EQ(code_of(registry->by_version(kId)), Code::Unavailable);
  std::promise<bool> landed;
  registry->by_version_async(kId, [&](auto result) { landed.set_value(result.has_value()); });
  gate.let();
  EXPECT_TRUE(landed.get_future().get());
  EXPECT_TRUE(registry->by_version(kId));
  EXPECT_EQ(gate.calls, 1);
}

TEST(ByVersion, AsyncAnswersFromMemoryOnTheSpot) {
  Script script({});
  const auto registry = open(script.options());
  registry->remember({.version_id = kId,
                      .definition = "x",
                      .schema_name = "n",
                      .schema_arn = {},
                      .version_number = {}});
  bool called = false;
  registry->by_version_async(kId, [&](auto result) { called = result.has_value(); });
  EXPECT_TRUE(called);
}

TEST(ByVersion, AsyncHearsOfEveryEnd) {
  Gate gate;
  Script unused({});
  auto options = unused.options();
  options.send = gate.send();
  options.workers = 1;
  options.queued_max = 1;
  auto registry = open(options);
  std::vector<std::promise<std::optional<Code>>> ends(3);
  const auto ask = [&](std::size_t at, std::uint8_t number) {
    registry->by_version_async(Uuid::v4({number}),
                               [&ends, at](auto result) { ends[at].set_value(code_of(result)); });
  };
  ask(0, 1);
  while (gate.calls == 0) std::this_thread::yield();  // the only thread has taken it
  ask(1, 2);                                          // waits
  ask(2, 3);                                          // one too many
  EXPECT_EQ(ends[2].get_future().get(), Code::LimitExceeded);
  std::thread closing([&] { registry.reset(); });
  EXPECT_EQ(ends[1].get_future().get(), Code::Unavailable);
  gate.let();
  EXPECT_EQ(ends[0].get_future().get(), std::nullopt);
  closing.join();
}

TEST(ByVersion, PreloadFetchesWhatIsMissing) {
  Gate gate;
  gate.let();
  Script unused({});
  auto options = unused.options();
  options.send = [&gate, send = gate.send()](const http::Url& url, const http::Outgoing& request) {
    if (request.body.find("07000000") != std::string::npos) {
      ++gate.calls;
      return Result<http::Answer>(refused("EntityNotFoundException", "no such"));
    }
    return send(url, request);
  };
  const auto registry = open(options);
  std::vector<Uuid> ids;
  for (std::uint8_t i = 0; i < 100; ++i) ids.push_back(Uuid::v4({i}));
  ids.push_back(ids.front());  // twice
  const auto report = registry->preload(ids);
  EXPECT_EQ(report.loaded, 99U);
  ASSERT_EQ(report.failed.size(), 1U);
  EXPECT_EQ(report.failed[0].first, Uuid::v4({7}));
  EXPECT_EQ(report.failed[0].second.code, Code::NotFound);
  EXPECT_EQ(gate.calls, 100);
  EXPECT_EQ(registry->preload(std::span(ids).first(5)).loaded, 5U);
  EXPECT_EQ(gate.calls, 100);
}

// ---- by definition: the reaction matrix and the numbers of calls

struct DefinitionRow {
  const char* name;
  std::vector<Turn> turns;
  std::optional<Code> code;
  std::string message{};
  bool auto_register = true;
};
void PrintTo(const DefinitionRow& row, std::ostream* out) { *out << row.name; }

class ByDefinitionTest : public testing::TestWithParam<DefinitionRow> {};

TEST_P(ByDefinitionTest, Answers) {
  const auto& row = GetParam();
  Script script(row.turns);
  auto options = script.options();
  options.auto_register = row.auto_register;
  options.poll_wait = 3'000ms;
  const auto registry = open(options);
  const auto answer = registry->by_definition(orders());
  EXPECT_EQ(code_of(answer), row.code);
  if (answer) {
    EXPECT_EQ((*answer)->version_id, kId);
    EXPECT_EQ((*answer)->status, VersionStatus::Available);
  } else {
    EXPECT_EQ(answer.error().message, row.message);
  }
  EXPECT_TRUE(script.finished());
  EXPECT_EQ(registry->stats().calls, row.turns.size());
  // The same record again: nothing is asked, good or bad.
  EXPECT_EQ(code_of(registry->by_definition(orders())), row.code);
  EXPECT_EQ(registry->stats().calls, row.turns.size());
}

const std::string kCannot =
    "Exception occurred while fetching or registering schema definition = \"int\", schema name = "
    "orders. Error: ";
const std::string kRegisterFailed =
    "Register schema :: Call failed when registering the schema with the schema registry for "
    "schema "
    "name = orders: ";
const std::string kEvolution =
    "Exception occurred, while performing schema evolution check for schemaVersionId = " + kIdText +
    ": Schema evolution check failed. schemaVersionId " + kIdText + " is in FAILURE status.";

std::vector<Turn> pending(int looks, const std::string& then) {
  std::vector<Turn> turns{kUnknownVersion, {"RegisterSchemaVersion", registered("PENDING")}};
  for (int i = 0; i < looks; ++i) turns.push_back({"GetSchemaVersion", version("PENDING")});
  if (!then.empty()) turns.push_back({"GetSchemaVersion", version(then)});
  if (then == "AVAILABLE") turns.push_back(kPut);
  if (then == "FAILURE") turns.push_back(kNotExplained);
  return turns;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ByDefinitionTest,
    testing::Values(
        DefinitionRow{"Known", {{"GetSchemaByDefinition", by_definition()}}, std::nullopt},
        DefinitionRow{"KnownWithoutRegistering",
                      {{"GetSchemaByDefinition", by_definition()}},
                      std::nullopt,
                      "",
                      false},
        DefinitionRow{"PendingThere",
                      {{"GetSchemaByDefinition", by_definition("PENDING")}},
                      Code::Unavailable,
                      kCannot + "Schema Found but status is PENDING"},
        DefinitionRow{"FailureThere",
                      {{"GetSchemaByDefinition", by_definition("FAILURE")}, kNotExplained},
                      Code::InvalidInput,
                      kCannot + "Schema Found but status is FAILURE"},
        DefinitionRow{"DeletingThere",
                      {{"GetSchemaByDefinition", by_definition("DELETING")}},
                      Code::InvalidInput,
                      kCannot + "Schema Found but status is DELETING"},
        DefinitionRow{
            "NeitherPhrase",
            {{"GetSchemaByDefinition", refused("EntityNotFoundException", "Schema is not found")}},
            Code::NotFound,
            kCannot + "Schema is not found"},
        DefinitionRow{"Denied",
                      {{"GetSchemaByDefinition", refused("AccessDeniedException", "denied")}},
                      Code::AccessDenied,
                      kCannot + "denied"},
        DefinitionRow{"ThrottledAlways",
                      {4, Turn{"GetSchemaByDefinition", refused("ThrottlingException", "slow")}},
                      Code::Throttled,
                      kCannot + "slow"},
        DefinitionRow{
            "UnknownAndOff",
            {kUnknownVersion},
            Code::NotFound,
            "Failed to auto-register schema. Auto registration of schema is not enabled.: "
            "Schema version is not found.",
            false},
        DefinitionRow{"NewVersion",
                      {kUnknownVersion, {"RegisterSchemaVersion", registered("AVAILABLE")}, kPut},
                      std::nullopt},
        DefinitionRow{"NewVersionAfterAConflict",
                      {kUnknownVersion,
                       {"RegisterSchemaVersion", refused("ConcurrentModificationException", "c")},
                       {"RegisterSchemaVersion", registered("AVAILABLE")},
                       kPut},
                      std::nullopt},
        DefinitionRow{"RegisterDenied",
                      {kUnknownVersion,
                       {"RegisterSchemaVersion", refused("AccessDeniedException", "denied")}},
                      Code::AccessDenied,
                      kRegisterFailed + "denied"},
        DefinitionRow{
            "RegisterInvalid",
            {kUnknownVersion, {"RegisterSchemaVersion", refused("InvalidInputException", "bad")}},
            Code::InvalidInput,
            kRegisterFailed + "bad"},
        DefinitionRow{"Incompatible",
                      {kUnknownVersion,
                       {"RegisterSchemaVersion", registered("FAILURE")},
                       {"GetSchemaVersion", version("FAILURE")},
                       kNotExplained},
                      Code::InvalidInput,
                      kRegisterFailed + kEvolution},
        DefinitionRow{"IncompatibleAndExplained",
                      {kUnknownVersion,
                       {"RegisterSchemaVersion", registered("FAILURE")},
                       {"GetSchemaVersion", version("FAILURE")},
                       {"ExplainSchemaVersion", ok(R"({"Reason":"field age has no default"})")}},
                      Code::InvalidInput,
                      kRegisterFailed + kEvolution + " Reason: field age has no default"},
        DefinitionRow{"PendingThenAvailable", pending(2, "AVAILABLE"), std::nullopt},
        DefinitionRow{"PendingThenFailure", pending(0, "FAILURE"), Code::InvalidInput,
                      kRegisterFailed + kEvolution},
        DefinitionRow{
            "PendingForTooLong", pending(10, ""), Code::Unavailable,
            kRegisterFailed +
                "Retries exhausted for schema evolution check for schemaVersionId = " + kIdText},
        DefinitionRow{"NewSchema",
                      {kUnknownSchema,
                       {"CreateSchema", ok(R"({"SchemaVersionId":")" + kIdText + "\"}")},
                       kPut},
                      std::nullopt},
        DefinitionRow{"NewSchemaThatAnotherMade",
                      {kUnknownSchema,
                       {"CreateSchema", refused("AlreadyExistsException", "there")},
                       {"RegisterSchemaVersion", registered("AVAILABLE")},
                       kPut},
                      std::nullopt},
        DefinitionRow{
            "CreateRefused",
            {kUnknownSchema, {"CreateSchema", refused("EntityNotFoundException", "no registry")}},
            Code::NotFound,
            "Create schema :: Call failed when creating the schema with the schema "
            "registry for schema name = orders. Error = no registry"},
        DefinitionRow{"MetadataRefused",
                      {kUnknownVersion,
                       {"RegisterSchemaVersion", registered("AVAILABLE")},
                       {"PutSchemaVersionMetadata", refused("AlreadyExistsException", "there")}},
                      std::nullopt}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ByDefinition, SendsWhatTheJavaLibrarySends) {
  Script script({kUnknownSchema,
                 {"CreateSchema", ok(R"({"SchemaVersionId":")" + kIdText + "\"}")},
                 kPut,
                 kPut});
  auto options = script.options();
  options.auto_register = true;
  options.compatibility = "FULL";
  options.tags = {{"team", "till"}};
  options.metadata = {{"origin", "here"}};
  ASSERT_TRUE(open(options)->by_definition(orders()));
  const std::string id = R"("SchemaVersionId":")" + kIdText + "\"";
  EXPECT_THAT(
      script.bodies(),
      ElementsAre(
          R"({"SchemaId":{"SchemaName":"orders","RegistryName":"default-registry"},"SchemaDefinition":"\"int\""})",
          R"({"RegistryId":{"RegistryName":"default-registry"},"SchemaName":"orders","DataFormat":"AVRO",)"
          R"("Compatibility":"FULL","Description":"DEFAULT-DESCRIPTION-eu-west-1-default-registry",)"
          R"("Tags":{"team":"till"},"SchemaDefinition":"\"int\""})",
          "{" + id +
              R"(,"MetadataKeyValue":{"MetadataKey":"x-amz-meta-transport","MetadataValue":"orders-topic"}})",
          "{" + id + R"(,"MetadataKeyValue":{"MetadataKey":"origin","MetadataValue":"here"}})"));
}

TEST(ByDefinition, WaitsThreeSecondsBeforeItLooksAgain) {
  Script script(pending(1, "AVAILABLE"));
  auto options = script.options();
  options.auto_register = true;
  EXPECT_TRUE(open(options)->by_definition(orders()));
  EXPECT_THAT(script.pauses(), ElementsAre(3'000ms));  // once; the looks are back to back
}

TEST(ByDefinition, TheDeadlineEndsTheWait) {
  Script script({kUnknownVersion, {"RegisterSchemaVersion", registered("PENDING")}});
  auto options = script.options();
  options.auto_register = true;
  options.deadline = 2'000ms;
  const auto answer = open(options)->by_definition(orders());
  EXPECT_EQ(code_of(answer), Code::Unavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("the deadline leaves no time"));
  EXPECT_THAT(script.pauses(), IsEmpty());
}

TEST(ByDefinition, AsksAgainAfterItsTimeAndKeepsTheOldAnswer) {
  Script script({{"GetSchemaByDefinition", by_definition()},
                 {"GetSchemaByDefinition", refused("AccessDeniedException", "denied")},
                 {"GetSchemaByDefinition", by_definition()}});
  auto options = script.options();
  options.time_to_live = 10'000ms;
  const auto registry = open(options);
  const auto handle = registry->handle(orders());
  EXPECT_EQ(registry->peek(handle), nullptr);
  const auto first = registry->by_definition(handle);
  ASSERT_TRUE(first);
  EXPECT_EQ(registry->peek(handle), first->get());
  script.pass(10s);
  EXPECT_EQ(registry->peek(handle), nullptr);
  const auto stale = registry->by_definition(handle);  // the call fails
  ASSERT_TRUE(stale);
  EXPECT_EQ(stale->get(), first->get());
  EXPECT_EQ(registry->stats().refreshes_failed, 1U);
  EXPECT_EQ(registry->by_definition(orders())->get(), first->get());  // not tried for each record
  EXPECT_EQ(registry->stats().calls, 2U);
  script.pass(1s);
  EXPECT_EQ(registry->by_definition(handle)->get(), first->get());
  EXPECT_EQ(registry->stats().calls, 3U);
  EXPECT_EQ(registry->peek(handle), first->get());
}

TEST(ByDefinition, FormatAndNameTellDefinitionsApart) {
  Script script({3, Turn{"GetSchemaByDefinition", by_definition()}});
  const auto registry = open(script.options());
  auto request = orders();
  EXPECT_TRUE(registry->by_definition(request));
  request.format = DataFormat::Json;
  EXPECT_TRUE(registry->by_definition(request));
  request.schema_name = "others";
  EXPECT_TRUE(registry->by_definition(request));
  EXPECT_TRUE(script.finished());
}

TEST(ByDefinition, TheOneUsedLongestAgoGoesFirst) {
  Script script({4, Turn{"GetSchemaByDefinition", by_definition()}});
  auto options = script.options();
  options.entries_max = 2;
  const auto registry = open(options);
  const auto ask = [&](std::string_view name) {
    auto request = orders();
    request.schema_name = name;
    EXPECT_TRUE(registry->by_definition(request));
  };
  for (const char* name : {"a", "b", "a", "c", "a", "b"}) ask(name);  // b was pushed out by c
  EXPECT_TRUE(script.finished());
}

TEST(ByDefinition, ALongDefinitionIsCutInMessages) {
  const std::string text = "\"" + std::string(5'000, 'x') + "\"";
  Script script({{"GetSchemaByDefinition", refused("InvalidInputException", "bad")}});
  auto request = orders();
  request.definition = text;
  const auto answer = open(script.options())->by_definition(request);
  EXPECT_EQ(code_of(answer), Code::InvalidInput);
  EXPECT_LT(answer.error().message.size(), 1'300U);
  EXPECT_THAT(answer.error().message, HasSubstr("x…, schema name = orders. Error: bad"));
}

// ---- the rest

struct OptionsRow {
  const char* name;
  std::function<void(SchemaRegistryOptions&)> change;
  std::string message;
};

TEST(Open, RefusesOptionsThatMakeNoSense) {
  for (const auto& [name, change, message] : {
           OptionsRow{"Compatibility", [](auto& options) { options.compatibility = "backward"; },
                      "Invalid compatibility setting : backward, Accepted values are : [NONE, "
                      "DISABLED, BACKWARD, BACKWARD_ALL, FORWARD, FORWARD_ALL, FULL, FULL_ALL]"},
           OptionsRow{"Registry", [](auto& options) { options.registry_name.clear(); },
                      "the name of the registry is empty"},
           OptionsRow{"Deadline", [](auto& options) { options.deadline = 0ms; },
                      "an option of the schema registry is out of range"},
           OptionsRow{"Workers", [](auto& options) { options.workers = 0; },
                      "an option of the schema registry is out of range"},
       }) {
    Script script({});
    auto options = script.options();
    change(options);
    const auto opened = SchemaRegistry::open(options);
    ASSERT_EQ(code_of(opened), Code::InvalidInput) << name;
    EXPECT_EQ(opened.error().message, message);
  }
}

TEST(Snapshots, SaveThemAndStartWithThem) {
  const auto path =
      std::filesystem::temp_directory_path() / ("limpet-snapshot-" + std::to_string(::getpid()));
  Script script({{"GetSchemaVersion", version()}});
  const auto registry = open(script.options());
  ASSERT_TRUE(registry->by_version(kId));
  ASSERT_EQ(registry->save_snapshot(path.string())->schemas, 1U);

  Script silent({});
  const auto later = open(silent.options());
  EXPECT_EQ(later->load_snapshot(path.string()).schemas, 1U);
  EXPECT_EQ(**later->by_version(kId), **registry->by_version(kId));
  std::filesystem::remove(path);
  const auto gone = later->load_snapshot(path.string());
  EXPECT_EQ(gone.schemas, 0U);
  EXPECT_EQ(gone.note, "");
}

}  // namespace
}  // namespace limpet::client
