// Where an operator may choose: quotas and switches, seen through the API. And what every answer
// has.
#include "testing_service.h"

#include <gtest/gtest.h>

#include <set>

namespace limpet::glue_api {
namespace {

std::string create_schema(std::string_view name, std::string_view definition = R"(\"int\")") {
  return R"({"SchemaName":")" + std::string(name) +
         R"(","DataFormat":"AVRO","Compatibility":"BACKWARD","SchemaDefinition":")" +
         std::string(definition) + "\"}";
}

std::string register_version(std::string_view definition) {
  return R"({"SchemaId":{"RegistryName":"default-registry","SchemaName":"s"},"SchemaDefinition":")" +
         std::string(definition) + "\"}";
}

TEST(Quotas, OfSchemasAreLookedAtBeforeTheName) {
  Settings settings = open_settings();
  settings.registry.quotas.schemas = 2;
  TestService service(std::move(settings));
  EXPECT_EQ(service.call("AWSGlue.CreateSchema", create_schema("s")).status, 200);
  EXPECT_EQ(service.call("AWSGlue.CreateSchema", create_schema("s")).type(),
            "AlreadyExistsException");
  EXPECT_EQ(service.call("AWSGlue.CreateSchema", create_schema("t")).status, 200);
  const Answer refused = service.call("AWSGlue.CreateSchema", create_schema("s"));
  EXPECT_EQ(refused.type(), "ResourceNumberLimitExceededException");
  EXPECT_EQ(refused.message(),
            "More schemas cannot be created. The maximum limit has been reached.");
  EXPECT_EQ(service.call("AWSGlue.CreateSchema", create_schema("s", "{")).type(),
            "InvalidInputException")
      << "validity comes first";
  EXPECT_EQ(service.call_in("us-east-2", "AWSGlue.CreateSchema", create_schema("s")).status, 200)
      << "of one account and region";
}

TEST(Quotas, OfVersionsAreLookedAtBeforeIdentity) {
  Settings settings = open_settings();
  settings.registry.quotas.schema_versions = 2;
  TestService service(std::move(settings));
  const std::string text =
      "More schema versions cannot be created. The maximum limit has been reached.";
  EXPECT_EQ(service.call("AWSGlue.CreateSchema", create_schema("s")).status, 200);
  EXPECT_EQ(service.call("AWSGlue.RegisterSchemaVersion", register_version(R"(\"int\")"))
                .number("VersionNumber"),
            1);
  EXPECT_EQ(service.call("AWSGlue.RegisterSchemaVersion", register_version(R"(\"string\")"))
                .text("Status"),
            "FAILURE");
  EXPECT_EQ(service.call("AWSGlue.RegisterSchemaVersion", register_version(R"(\"int\")")).message(),
            text)
      << "a failed version counts too";
  EXPECT_EQ(service.call("AWSGlue.CreateSchema", create_schema("t")).message(), text);
  EXPECT_EQ(service.call("AWSGlue.RegisterSchemaVersion", register_version("{")).type(),
            "InvalidInputException");
  const std::string range =
      R"({"SchemaId":{"RegistryName":"default-registry","SchemaName":"s"},"Versions":"2"})";
  EXPECT_EQ(service.call("AWSGlue.DeleteSchemaVersions", range).status, 200);
  EXPECT_EQ(service.call("AWSGlue.RegisterSchemaVersion", register_version(R"(\"long\")"))
                .number("VersionNumber"),
            3);
}

TEST(Switches, LenientUpdateSchemaKeepsTheCheckpoint) {
  Settings settings = open_settings();
  settings.registry.lenient_update_schema = true;
  TestService service(std::move(settings));
  service.call("AWSGlue.CreateSchema", create_schema("s"));
  const std::string id = R"("SchemaId":{"RegistryName":"default-registry","SchemaName":"s"})";
  EXPECT_EQ(service.call("AWSGlue.UpdateSchema", "{" + id + R"(,"Compatibility":"FULL"})").status,
            200);
  const Answer read = service.call("AWSGlue.GetSchema", "{" + id + "}");
  EXPECT_EQ(read.text("Compatibility"), "FULL");
  EXPECT_EQ(read.number("SchemaCheckpoint"), 1);
}

TEST(Switches, DefaultCompatibilityStandsInForNone) {
  Settings settings = open_settings();
  settings.registry.default_compatibility = compat::Mode::FullAll;
  TestService service(std::move(settings));
  EXPECT_EQ(service.call("AWSGlue.CreateSchema", R"({"SchemaName":"s","DataFormat":"AVRO"})")
                .text("Compatibility"),
            "FULL_ALL");
  EXPECT_EQ(service
                .call("AWSGlue.CreateSchema",
                      R"({"SchemaName":"t","DataFormat":"AVRO","Compatibility":"X"})")
                .message(),
            "Compatibility is not valid.");
}

TEST(Switches, ASchemaNameAloneMayMeanTheDefaultRegistry) {
  Settings settings = open_settings();
  settings.schema_id_default_registry = true;
  TestService service(std::move(settings));
  service.call("AWSGlue.CreateSchema", create_schema("s"));
  EXPECT_EQ(
      service.call("AWSGlue.GetSchema", R"({"SchemaId":{"SchemaName":"s"}})").text("RegistryName"),
      "default-registry");
  EXPECT_EQ(service.call("AWSGlue.GetSchema", R"({"SchemaId":{"RegistryName":"r"}})").message(),
            "At least one of (registryName and schemaName) or schemaArn has to be provided.");
}

TEST(Switches, TheReasonMayBeKeptOutOfMetadata) {
  Settings settings = open_settings();
  settings.registry.reason_metadata = false;
  TestService service(std::move(settings));
  service.call("AWSGlue.CreateSchema", create_schema("s"));
  const std::string id =
      service.call("AWSGlue.RegisterSchemaVersion", register_version(R"(\"string\")"))
          .text("SchemaVersionId");
  EXPECT_EQ(
      service.call("AWSGlue.QuerySchemaVersionMetadata", R"({"SchemaVersionId":")" + id + "\"}")
          .body.find("limpet.reason"),
      std::string::npos);
  EXPECT_NE(service.call("Limpet.ExplainSchemaVersion", R"({"SchemaVersionId":")" + id + "\"}")
                .text("Reason"),
            "");
}

TEST(Answers, HaveAnIdThatIsAlsoInTheirEvent) {
  TestService service;
  std::set<std::string> ids;
  for (const char* target : {"AWSGlue.ListRegistries", "AWSGlue.GetSchema", "AWSGlue.Nope"}) {
    const Answer answer = service.call(target, "{}");
    const std::string id = answer.header("X-Amzn-RequestId");
    EXPECT_TRUE(Uuid::parse(id).has_value()) << id;
    EXPECT_EQ(service.events.calls.back().request_id, id);
    EXPECT_EQ(answer.header("Content-Type"), "application/x-amz-json-1.1");
    EXPECT_EQ(answer.header("x-amzn-ErrorType"), answer.type());
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 3U);
}

TEST(Answers, AreToldInFull) {
  TestService service;
  const std::string body = R"({"RegistryId":{"RegistryName":"nope"}})";
  const Answer answer = service.call("AWSGlue.GetRegistry", body);
  const RecordedCall& call = service.events.calls.at(0);
  EXPECT_EQ(call.operation, "GetRegistry");
  EXPECT_EQ(call.status, 400);
  EXPECT_EQ(call.code, "EntityNotFoundException");
  EXPECT_EQ(call.message, "Registry is not found. RegistryName: nope");
  EXPECT_EQ(call.account, kAccount);
  EXPECT_EQ(call.region, "us-east-1");
  EXPECT_EQ(call.principal, "arn:aws:iam::123456789012:root");
  EXPECT_EQ(call.peer, "127.0.0.1:52044");
  EXPECT_EQ(call.bytes_in, body.size());
  EXPECT_EQ(call.bytes_out, answer.body.size());
  service.call("Limpet.ListAccessKeys", "{}");
  EXPECT_EQ(service.events.calls.at(1).operation, "Limpet.ListAccessKeys");
  EXPECT_EQ(service.events.calls.at(1).code, "");
}

TEST(Answers, AreTimedByTheStopwatch) {
  storage::MemoryStore store;
  FakeClock clock;
  CountingIds ids;
  RecordedEvents events;
  std::chrono::nanoseconds ticks{0};
  Service service({.store = store,
                   .clock = clock,
                   .ids = ids,
                   .events = events,
                   .stopwatch = [&] { return ticks += std::chrono::nanoseconds(7); }},
                  open_settings());
  ASSERT_TRUE(service.start());
  service.handle(api_request("AWSGlue.ListRegistries", "{}"), [](const aws::HttpAnswer&) {});
  EXPECT_EQ(events.calls.at(0).duration, std::chrono::nanoseconds(7));
}

TEST(Answers, TimesAreTheClocks) {
  TestService service;
  service.call("AWSGlue.CreateRegistry", R"({"RegistryName":"r"})");
  service.clock.advance(std::chrono::milliseconds(1'500));
  service.call("AWSGlue.UpdateRegistry",
               R"({"RegistryId":{"RegistryName":"r"},"Description":"d"})");
  const Answer read = service.call("AWSGlue.GetRegistry", R"({"RegistryId":{"RegistryName":"r"}})");
  EXPECT_EQ(read.text("CreatedTime"), "2021-11-07T16:42:28.617Z");
  EXPECT_EQ(read.text("UpdatedTime"), "2021-11-07T16:42:30.117Z");
}

}  // namespace
}  // namespace limpet::glue_api
