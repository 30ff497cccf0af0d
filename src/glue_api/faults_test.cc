// What a caller is told when the store loses races, fails or loses power, and that repeating the
// call is then right.
#include "testing_service.h"

#include <gtest/gtest.h>

#include <deque>

namespace limpet::glue_api {
namespace {

using storage::Fault;

constexpr std::string_view kSchema =
    R"({"SchemaName":"s","DataFormat":"AVRO","Compatibility":"BACKWARD",
        "SchemaDefinition":"\"int\""})";
constexpr std::string_view kRegister =
    R"({"SchemaId":{"RegistryName":"default-registry","SchemaName":"s"},
        "SchemaDefinition":"\"long\""})";

class FaultsTest : public testing::Test {
 protected:
  storage::FaultyStore store;
  TestService service{store, open_settings()};
};

TEST_F(FaultsTest, ALostRaceIsRepeated) {
  for (int lost = 1; lost <= 4; ++lost) {
    store.script(std::vector<Fault>(static_cast<std::size_t>(lost), Fault::Conflict));
    const std::string name = "r" + std::to_string(lost);
    const Answer answer =
        service.call("AWSGlue.CreateRegistry", R"({"RegistryName":")" + name + "\"}");
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
}

TEST_F(FaultsTest, FiveLostRacesAreTheCallers) {
  store.script(std::vector<Fault>(5, Fault::Conflict));
  const Answer answer = service.call("AWSGlue.CreateRegistry", R"({"RegistryName":"r"})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.type(), "ConcurrentModificationException");
  EXPECT_EQ(answer.text("Message"), "Concurrent modification of the resource. Please retry.");
  EXPECT_EQ(service.call("AWSGlue.CreateRegistry", R"({"RegistryName":"r"})").status, 200);
}

TEST_F(FaultsTest, ARepeatedCallTellsItsEventOnce) {
  ASSERT_EQ(service.call("AWSGlue.CreateSchema", kSchema).status, 200);
  store.script({Fault::Conflict, Fault::Conflict});
  const Answer answer =
      service.call("AWSGlue.RegisterSchemaVersion",
                   R"({"SchemaId":{"RegistryName":"default-registry","SchemaName":"s"},
                       "SchemaDefinition":"\"string\""})");
  EXPECT_EQ(answer.text("Status"), "FAILURE");
  EXPECT_EQ(answer.number("VersionNumber"), 2) << "a lost race uses up no number";
  ASSERT_EQ(service.events.rejections.size(), 1U);
  EXPECT_EQ(service.events.rejections[0].version_number, 2);
  EXPECT_EQ(service.events.calls.size(), 2U);
}

struct UnknownRow {
  const char* name;
  Fault fault;
  const char* again;  // what the repeated CreateRegistry answers; empty: success
};

class UnknownOutcome : public testing::TestWithParam<UnknownRow> {};

TEST_P(UnknownOutcome, IsToldAndSafeToRepeat) {
  storage::FaultyStore store;
  TestService service(store, open_settings());
  store.script({GetParam().fault});
  const Answer answer = service.call("AWSGlue.CreateRegistry", R"({"RegistryName":"r"})");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.type(), "InternalServiceException");
  EXPECT_NE(answer.text("Message").find("outcome of this call is unknown"), std::string::npos);
  EXPECT_NE(answer.text("Message").find("safe to repeat"), std::string::npos);
  EXPECT_EQ(service.call("AWSGlue.CreateRegistry", R"({"RegistryName":"r"})").type(),
            GetParam().again);

  ASSERT_EQ(service.call("AWSGlue.CreateSchema", kSchema).status, 200);
  store.script({GetParam().fault});
  EXPECT_EQ(service.call("AWSGlue.RegisterSchemaVersion", kRegister).status, 500);
  const Answer repeated = service.call("AWSGlue.RegisterSchemaVersion", kRegister);
  EXPECT_EQ(repeated.number("VersionNumber"), 2) << "once, whether it was kept or not";
  EXPECT_EQ(repeated.text("Status"), "AVAILABLE");
}

INSTANTIATE_TEST_SUITE_P(Rows, UnknownOutcome,
                         testing::Values(UnknownRow{"Kept", Fault::UnknownApplied,
                                                    "AlreadyExistsException"},
                                         UnknownRow{"Lost", Fault::UnknownLost, ""}),
                         [](const auto& row) { return row.param.name; });

TEST_F(FaultsTest, ARefusingStoreIsUnavailable) {
  for (const Fault fault :
       {Fault::Refused, Fault::BrokenRead, Fault::BrokenWrite, Fault::RolledBack}) {
    store.script({fault});
    const Answer answer = service.call("AWSGlue.CreateRegistry", R"({"RegistryName":"r"})");
    EXPECT_EQ(answer.status, 503) << answer.body;
    EXPECT_EQ(answer.type(), "ServiceUnavailableException");
  }
  EXPECT_EQ(service.call("AWSGlue.CreateRegistry", R"({"RegistryName":"r"})").status, 200);
}

TEST_F(FaultsTest, AReadThatFailsIsUnavailable) {
  store.fail_reads(1);
  const Answer answer = service.call("AWSGlue.ListRegistries", "{}");
  EXPECT_EQ(answer.status, 503) << answer.body;
  EXPECT_EQ(service.call("AWSGlue.ListRegistries", "{}").status, 200);
}

TEST_F(FaultsTest, NothingIsAnsweredBeforeItIsDurable) {
  ASSERT_EQ(service.call("AWSGlue.CreateSchema", kSchema).status, 200);
  store.stall();
  std::optional<aws::HttpAnswer> answer;
  service.service.handle(api_request("AWSGlue.RegisterSchemaVersion", kRegister),
                         [&](aws::HttpAnswer got) { answer = std::move(got); });
  EXPECT_FALSE(answer.has_value());
  store.release();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 200);
}

TEST_F(FaultsTest, AlreadyExistsIsNotAnsweredBeforeTheOtherIsDurable) {
  store.stall();
  std::vector<int> answers;
  for (int i = 0; i < 2; ++i) {
    service.service.handle(api_request("AWSGlue.CreateRegistry", R"({"RegistryName":"r"})"),
                           [&](const aws::HttpAnswer& got) { answers.push_back(got.status); });
  }
  EXPECT_TRUE(answers.empty());
  store.power_loss({.kept = 0});
  EXPECT_EQ(answers, (std::vector{500, 500})) << "neither may say that the registry exists";
  EXPECT_EQ(service.call("AWSGlue.GetRegistry", R"({"RegistryId":{"RegistryName":"r"}})").type(),
            "EntityNotFoundException");
}

TEST_F(FaultsTest, ASchemaReplacedMeanwhileGetsItsVersionInTheNewOne) {
  ASSERT_EQ(service.call("AWSGlue.CreateSchema", kSchema).status, 200);
  // The registration has looked at the schema when it is deleted and made again.
  store.stall();
  std::vector<Answer> answers;
  const auto keep = [&](aws::HttpAnswer got) { answers.push_back(to_answer(std::move(got))); };
  service.service.handle(
      api_request("AWSGlue.DeleteSchema",
                  R"({"SchemaId":{"RegistryName":"default-registry","SchemaName":"s"}})"),
      keep);
  service.service.handle(
      api_request("AWSGlue.CreateSchema",
                  R"({"SchemaName":"s","DataFormat":"AVRO","Compatibility":"NONE",
                      "SchemaDefinition":"\"string\""})"),
      keep);
  service.service.handle(api_request("AWSGlue.RegisterSchemaVersion", kRegister), keep);
  EXPECT_TRUE(answers.empty());
  store.release();
  ASSERT_EQ(answers.size(), 3U);
  for (const Answer& answer : answers) EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answers[2].number("VersionNumber"), 2);
  EXPECT_EQ(answers[2].text("Status"), "AVAILABLE") << "judged by the new schema's mode";
}

TEST_F(FaultsTest, ARevocationOfUnknownOutcomeTakesEffectIfItWasKept) {
  const Answer made = service.call("Limpet.CreateAccessKey", "{}");
  TestService second(store, signed_settings(kCallerKey));
  const aws::Credentials key{made.text("AccessKeyId"), made.text("SecretAccessKey"), ""};
  const auto list = [&] {
    return second.call_signed(key, "us-east-1", "AWSGlue.ListRegistries", "{}");
  };
  ASSERT_EQ(list().status, 200);
  store.script({Fault::UnknownApplied});
  EXPECT_EQ(second
                .call_signed(kCallerKey, "us-east-1", "Limpet.RevokeAccessKey",
                             R"({"AccessKeyId":")" + key.access_key_id + "\"}")
                .status,
            500);
  EXPECT_EQ(list().type(), "UnrecognizedClientException");
}

TEST(Start, FailsWithTheStore) {
  storage::FaultyStore store;
  FakeClock clock;
  CountingIds ids;
  RecordedEvents events;
  Service service({.store = store, .clock = clock, .ids = ids, .events = events}, open_settings());
  store.script({Fault::Refused});
  EXPECT_EQ(code_of(service.start()), Code::Unavailable);
  std::optional<aws::HttpAnswer> answer;
  service.handle(api_request("AWSGlue.ListRegistries", "{}"),
                 [&](aws::HttpAnswer got) { answer = std::move(got); });
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 503) << "not started";
  EXPECT_TRUE(service.start());
}

TEST(Start, KeepsPageTokensAcrossProcessesAndOffOtherStores) {
  storage::MemoryStore store;
  TestService first(store, open_settings());
  for (const char* name : {"a", "b"}) {
    first.call("AWSGlue.CreateRegistry", std::string(R"({"RegistryName":")") + name + "\"}");
  }
  const std::string token =
      first.call("AWSGlue.ListRegistries", R"({"MaxResults":1})").text("NextToken");
  const std::string body = R"({"NextToken":")" + token + "\"}";
  TestService second(store, open_settings());
  EXPECT_EQ(second.call("AWSGlue.ListRegistries", body).status, 200);

  storage::MemoryStore other;
  FakeClock clock;
  CountingIds ids;
  ids.next();  // another server draws other random bits
  RecordedEvents events;
  Service stranger({.store = other, .clock = clock, .ids = ids, .events = events}, open_settings());
  ASSERT_TRUE(stranger.start());
  stranger.handle(api_request("AWSGlue.ListRegistries", body), [](aws::HttpAnswer got) {
    EXPECT_EQ(to_answer(std::move(got)).message(), "NextToken is not valid.");
  });
}

TEST(Resume, GoesOnWhereItIsTold) {
  storage::MemoryStore store;
  FakeClock clock;
  CountingIds ids;
  RecordedEvents events;
  std::deque<std::function<void()>> queue;
  Service service({.store = store,
                   .clock = clock,
                   .ids = ids,
                   .events = events,
                   .resume = [&](std::function<void()> work) { queue.push_back(std::move(work)); }},
                  open_settings());
  ASSERT_TRUE(service.start());
  std::optional<aws::HttpAnswer> answer;
  service.handle(api_request("AWSGlue.CreateRegistry", R"({"RegistryName":"r"})"),
                 [&](aws::HttpAnswer got) { answer = std::move(got); });
  EXPECT_FALSE(answer.has_value());
  ASSERT_EQ(queue.size(), 1U);
  queue.front()();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 200);
}

}  // namespace
}  // namespace limpet::glue_api
