// The calls that the Python serializer (aws-glue-schema-registry) makes while somebody works
// through the well-known tutorial: a first record, a field less, a required field more, the same
// again.
#include "testing_service.h"

#include "limpet/json/writer.h"

#include <gtest/gtest.h>

namespace limpet::glue_api {
namespace {

// As json.dumps writes the user's file.
constexpr std::string_view kThreeFields =
    R"({"namespace": "my.namespace", "name": "User", "type": "record", "fields": [)"
    R"({"name": "name", "type": "string"}, {"name": "age", "type": "int"}, )"
    R"({"name": "subject", "type": "string"}]})";
constexpr std::string_view kTwoFields =
    R"({"namespace": "my.namespace", "name": "User", "type": "record", "fields": [)"
    R"({"name": "name", "type": "string"}, {"name": "age", "type": "int"}]})";
constexpr std::string_view kWithEmail =
    R"({"namespace": "my.namespace", "name": "User", "type": "record", "fields": [)"
    R"({"name": "name", "type": "string"}, {"name": "age", "type": "int"}, )"
    R"({"name": "email", "type": "string"}]})";
// The same schema as the Java library prints it.
constexpr std::string_view kTwoFieldsFromJava =
    R"({"type":"record","name":"User","namespace":"my.namespace","fields":)"
    R"([{"name":"name","type":"string"},{"name":"age","type":"int"}]})";

constexpr std::string_view kSchemaId =
    R"({"RegistryName": "my-registry", "SchemaName": "my-topic-value"})";

class TutorialTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(service.call("AWSGlue.CreateRegistry", R"({"RegistryName": "my-registry"})").status,
              200);
  }

  static std::string with_definition(std::string_view definition) {
    std::string body = R"({"SchemaId": )" + std::string(kSchemaId) + R"(, "SchemaDefinition": )";
    json::append_string(body, definition);
    return body + "}";
  }

  Answer by_definition(std::string_view definition) {
    return service.call("AWSGlue.GetSchemaByDefinition", with_definition(definition));
  }

  Answer register_version(std::string_view definition) {
    return service.call("AWSGlue.RegisterSchemaVersion", with_definition(definition));
  }

  Answer create_schema(std::string_view definition) {
    json::Writer body;
    body.begin_object()
        .key("RegistryId")
        .begin_object()
        .key("RegistryName")
        .value("my-registry")
        .end_object()
        .key("SchemaName")
        .value("my-topic-value")
        .key("DataFormat")
        .value("AVRO")
        .key("Compatibility")
        .value("BACKWARD")
        .key("Description")
        .value("")
        .key("Tags")
        .begin_object()
        .end_object()
        .key("SchemaDefinition")
        .value(definition)
        .end_object();
    return service.call("AWSGlue.CreateSchema", body.text());
  }

  Answer version(const std::string& id) {
    return service.call("AWSGlue.GetSchemaVersion", R"({"SchemaVersionId": ")" + id + "\"}");
  }

  /// The record of the tutorial's producer reaches the topic.
  std::string produce_first() {
    const Answer unknown = by_definition(kThreeFields);
    EXPECT_EQ(unknown.type(), "EntityNotFoundException");
    EXPECT_EQ(unknown.message(), "Schema is not found.");
    const Answer made = create_schema(kThreeFields);
    EXPECT_EQ(made.text("SchemaVersionStatus"), "AVAILABLE");
    const std::string id = made.text("SchemaVersionId");
    const Answer read = version(id);
    EXPECT_EQ(read.text("Status"), "AVAILABLE");
    EXPECT_EQ(read.text("SchemaDefinition"), kThreeFields);
    return id;
  }

  TestService service;
};

TEST_F(TutorialTest, FromTheFirstRecordToTheRefusal) {
  const std::string first = produce_first();
  EXPECT_EQ(by_definition(kThreeFields).text("SchemaVersionId"), first);

  // A field less: BACKWARD allows it.
  EXPECT_EQ(by_definition(kTwoFields).message(), "Schema version is not found.");
  const Answer second = register_version(kTwoFields);
  EXPECT_EQ(second.number("VersionNumber"), 2);
  EXPECT_EQ(second.text("Status"), "AVAILABLE");
  EXPECT_EQ(by_definition(kTwoFieldsFromJava).text("SchemaVersionId"),
            second.text("SchemaVersionId"))
      << "another client's spelling of the same schema";

  // A required field more: refused, and kept with its reason.
  EXPECT_EQ(by_definition(kWithEmail).message(), "Schema version is not found.");
  const Answer third = register_version(kWithEmail);
  EXPECT_EQ(third.status, 200);
  EXPECT_EQ(third.number("VersionNumber"), 3);
  EXPECT_EQ(third.text("Status"), "FAILURE");
  EXPECT_EQ(version(third.text("SchemaVersionId")).text("Status"), "FAILURE");
  const Answer again = by_definition(kWithEmail);
  EXPECT_EQ(again.text("Status"), "FAILURE");
  EXPECT_EQ(again.text("SchemaVersionId"), third.text("SchemaVersionId"));

  // Whoever was refused goes on with what was there.
  EXPECT_EQ(by_definition(kTwoFields).text("Status"), "AVAILABLE");
}

TEST_F(TutorialTest, TheRefusalIsExplainedInOneSentenceEverywhere) {
  produce_first();
  register_version(kTwoFields);
  const std::string id = register_version(kWithEmail).text("SchemaVersionId");

  const Answer explained =
      service.call("Limpet.ExplainSchemaVersion", R"({"SchemaVersionId": ")" + id + "\"}");
  const std::string reason = explained.text("Reason");
  EXPECT_NE(reason.find("email"), std::string::npos) << reason;
  EXPECT_NE(reason.find("default"), std::string::npos) << "the way out: " << reason;
  EXPECT_EQ(reason.find('\n'), std::string::npos);
  EXPECT_EQ(explained.text("Compatibility"), "BACKWARD");
  const auto findings = explained.document.find("Findings")->items();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].find("Rule")->text(), "READER_FIELD_MISSING_DEFAULT_VALUE");
  EXPECT_EQ(findings[0].find("Direction")->text(), "BACKWARD");
  EXPECT_EQ(findings[0].find("AgainstVersionNumber")->as_int64(), 2);
  EXPECT_TRUE(findings[0].find("Path")->text().starts_with("/fields/2")) << explained.body;

  const Answer queried =
      service.call("AWSGlue.QuerySchemaVersionMetadata", R"({"SchemaVersionId": ")" + id + "\"}");
  const json::Value* shown = queried.document.find("MetadataInfoMap")->find("limpet.reason");
  ASSERT_NE(shown, nullptr) << queried.body;
  EXPECT_EQ(shown->find("MetadataValue")->text(), reason);

  ASSERT_EQ(service.events.rejections.size(), 1U);
  const VersionRejected& told = service.events.rejections[0];
  EXPECT_EQ(told.reason, reason);
  EXPECT_EQ(told.schema_version_id, id);
  EXPECT_EQ(told.version_number, 3);
  EXPECT_EQ(told.compatibility, "BACKWARD");
  EXPECT_EQ(told.schema_arn,
            "arn:aws:glue:us-east-1:123456789012:schema/my-registry/my-topic-value");
  EXPECT_EQ(told.request_id, service.events.calls.at(5).request_id);
}

TEST_F(TutorialTest, AStaleRefusalHoldsNobodyCaptive) {
  produce_first();
  register_version(kTwoFields);
  register_version(kWithEmail);
  ASSERT_EQ(by_definition(kWithEmail).text("Status"), "FAILURE");
  const Answer loosened =
      service.call("AWSGlue.UpdateSchema", R"({"SchemaId": )" + std::string(kSchemaId) +
                                               R"(, "SchemaVersionNumber": {"LatestVersion": true},
                                                   "Compatibility": "FORWARD"})");
  ASSERT_EQ(loosened.status, 200) << loosened.body;
  EXPECT_EQ(by_definition(kWithEmail).message(), "Schema version is not found.")
      << "the serializer registers again";
  const Answer fresh = register_version(kWithEmail);
  EXPECT_EQ(fresh.text("Status"), "AVAILABLE");
  EXPECT_EQ(fresh.number("VersionNumber"), 4);
}

TEST_F(TutorialTest, AFailureStaysWhileNothingThatMattersChanges) {
  produce_first();
  register_version(kTwoFields);
  register_version(kWithEmail);
  service.call("AWSGlue.UpdateSchema", R"({"SchemaId": )" + std::string(kSchemaId) +
                                           R"(, "SchemaVersionNumber": {"VersionNumber": 1},
                                               "Description": "words only"})");
  EXPECT_EQ(by_definition(kWithEmail).text("Status"), "FAILURE");
}

TEST_F(TutorialTest, ASecondProducerThatLosesTheRaceRegistersInstead) {
  produce_first();
  const Answer late = create_schema(kThreeFields);
  EXPECT_EQ(late.type(), "AlreadyExistsException");
  const Answer registered = register_version(kThreeFields);
  EXPECT_EQ(registered.number("VersionNumber"), 1);
  EXPECT_EQ(registered.text("Status"), "AVAILABLE");
}

}  // namespace
}  // namespace limpet::glue_api
