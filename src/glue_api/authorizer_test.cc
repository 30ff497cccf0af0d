// What the service asks of an authorizer, operation by operation, and that a denial is final.
#include "testing_service.h"

#include "limpet/glue_model/operation.h"

#include <gtest/gtest.h>

#include <set>

namespace limpet::glue_api {
namespace {

/// Denies every question and remembers it.
class DenyAll final : public iam::Authorizer {
 public:
  Status authorize(const iam::AccessRequest& request) const override {
    action = request.action;
    resources.assign(request.resources.begin(), request.resources.end());
    return iam::access_denied(request.context.principal, request.action,
                              resources.empty() ? "" : resources.front());
  }

  mutable std::string action;
  mutable std::vector<std::string> resources;
};

const std::string kArn = "arn:aws:glue:us-east-1:123456789012:";
const std::string kRegistryR = kArn + "registry/r";
const std::string kSchemaS = kArn + "schema/r/s";

struct AskRow {
  const char* target;
  const char* body;
  std::vector<std::string> resources;

  friend void PrintTo(const AskRow& row, std::ostream* out) { *out << row.target << row.body; }
};

// By names, by ARN and by id; registry before schema; nothing for a version named by id
// (Service Authorization Reference, "Actions, resources, and condition keys for AWS Glue").
const std::vector<AskRow> kAsks{
    {"AWSGlue.CreateRegistry", R"({"RegistryName":"r"})", {kRegistryR}},
    {"AWSGlue.GetRegistry", R"({"RegistryId":{"RegistryName":"r"}})", {kRegistryR}},
    {"AWSGlue.GetRegistry",
     R"({"RegistryId":{"RegistryArn":"arn:aws:glue:us-east-1:123456789012:registry/r"}})",
     {kRegistryR}},
    {"AWSGlue.UpdateRegistry",
     R"({"RegistryId":{"RegistryName":"r"},"Description":""})",
     {kRegistryR}},
    {"AWSGlue.DeleteRegistry", R"({"RegistryId":{"RegistryName":"r"}})", {kRegistryR}},
    {"AWSGlue.ListRegistries", "{}", {kArn + "registry/*"}},
    {"AWSGlue.CreateSchema",
     R"({"RegistryId":{"RegistryName":"r"},"SchemaName":"s","DataFormat":"AVRO"})",
     {kRegistryR, kSchemaS}},
    {"AWSGlue.CreateSchema",
     R"({"SchemaName":"s","DataFormat":"AVRO"})",
     {kArn + "registry/default-registry", kArn + "schema/default-registry/s"}},
    {"AWSGlue.GetSchema",
     R"({"SchemaId":{"RegistryName":"r","SchemaName":"s"}})",
     {kRegistryR, kSchemaS}},
    {"AWSGlue.GetSchema",
     R"({"SchemaId":{"SchemaArn":"arn:aws:glue:us-east-1:123456789012:schema/r/s"}})",
     {kRegistryR, kSchemaS}},
    {"AWSGlue.UpdateSchema",
     R"({"SchemaId":{"RegistryName":"r","SchemaName":"s"}})",
     {kRegistryR, kSchemaS}},
    {"AWSGlue.DeleteSchema",
     R"({"SchemaId":{"RegistryName":"r","SchemaName":"s"}})",
     {kRegistryR, kSchemaS}},
    {"AWSGlue.ListSchemas", "{}", {kArn + "registry/*"}},
    {"AWSGlue.ListSchemas", R"({"RegistryId":{"RegistryName":"r"}})", {kRegistryR}},
    {"AWSGlue.RegisterSchemaVersion",
     R"({"SchemaId":{"RegistryName":"r","SchemaName":"s"},"SchemaDefinition":"x"})",
     {kRegistryR, kSchemaS}},
    {"AWSGlue.GetSchemaByDefinition",
     R"({"SchemaId":{"RegistryName":"r","SchemaName":"s"},"SchemaDefinition":"x"})",
     {kRegistryR, kSchemaS}},
    {"AWSGlue.GetSchemaVersion",
     R"({"SchemaId":{"RegistryName":"r","SchemaName":"s"},"SchemaVersionNumber":{"LatestVersion":true}})",
     {kRegistryR, kSchemaS}},
    {"AWSGlue.GetSchemaVersion", R"({"SchemaVersionId":"x"})", {}},
    // Empty text counts as absent, also here.
    {"AWSGlue.GetRegistry",
     R"({"RegistryId":{"RegistryName":"r","RegistryArn":""}})",
     {kRegistryR}},
    {"AWSGlue.ListSchemas", R"({"RegistryId":{}})", {kArn + "registry/*"}},
    {"AWSGlue.ListSchemas", R"({"RegistryId":{"RegistryName":""}})", {kArn + "registry/*"}},
    {"AWSGlue.CreateSchema",
     R"({"RegistryId":{"RegistryName":""},"SchemaName":"s","DataFormat":"AVRO"})",
     {kArn + "registry/default-registry", kArn + "schema/default-registry/s"}},
    {"AWSGlue.GetSchema",
     R"({"SchemaId":{"SchemaArn":"","RegistryName":"r","SchemaName":"s"}})",
     {kRegistryR, kSchemaS}},
    {"AWSGlue.GetSchemaVersion",
     R"({"SchemaVersionId":"","SchemaId":{"RegistryName":"r","SchemaName":"s"},"SchemaVersionNumber":{"LatestVersion":true}})",
     {kRegistryR, kSchemaS}},
    {"AWSGlue.RemoveSchemaVersionMetadata",
     R"({"SchemaVersionId":"","SchemaId":{"RegistryName":"r","SchemaName":"s"},"MetadataKeyValue":{}})",
     {kRegistryR, kSchemaS}},
    {"AWSGlue.ListSchemaVersions",
     R"({"SchemaId":{"RegistryName":"r","SchemaName":"s"}})",
     {kRegistryR, kSchemaS}},
    {"AWSGlue.DeleteSchemaVersions",
     R"({"SchemaId":{"RegistryName":"r","SchemaName":"s"},"Versions":"2"})",
     {kRegistryR, kSchemaS}},
    {"AWSGlue.GetSchemaVersionsDiff",
     R"({"SchemaId":{"RegistryName":"r","SchemaName":"s"},"FirstSchemaVersionNumber":{},
         "SecondSchemaVersionNumber":{},"SchemaDiffType":"SYNTAX_DIFF"})",
     {kRegistryR, kSchemaS}},
    {"AWSGlue.CheckSchemaVersionValidity", R"({"DataFormat":"AVRO","SchemaDefinition":"x"})", {}},
    {"AWSGlue.PutSchemaVersionMetadata", R"({"SchemaVersionId":"x","MetadataKeyValue":{}})", {}},
    {"AWSGlue.PutSchemaVersionMetadata",
     R"({"SchemaId":{"RegistryName":"r","SchemaName":"s"},"MetadataKeyValue":{}})",
     {kRegistryR, kSchemaS}},
    {"AWSGlue.QuerySchemaVersionMetadata", R"({"SchemaVersionId":"x"})", {}},
    {"AWSGlue.QuerySchemaVersionMetadata",
     R"({"SchemaId":{"RegistryName":"r","SchemaName":"s"}})",
     {kRegistryR, kSchemaS}},
    {"AWSGlue.RemoveSchemaVersionMetadata", R"({"SchemaVersionId":"x","MetadataKeyValue":{}})", {}},
    {"AWSGlue.TagResource",
     R"({"ResourceArn":"arn:aws:glue:us-east-1:123456789012:schema/r/s","TagsToAdd":{"k":"v"}})",
     {kSchemaS}},
    {"AWSGlue.UntagResource",
     R"({"ResourceArn":"arn:aws:glue:us-east-1:123456789012:registry/r","TagsToRemove":[]})",
     {kRegistryR}},
    {"AWSGlue.GetTags",
     R"({"ResourceArn":"arn:aws:glue:us-east-1:123456789012:schema/r/s"})",
     {kSchemaS}},
    {"Limpet.ExplainSchemaVersion", R"({"SchemaVersionId":"x"})", {}},
    {"Limpet.RegisterSchemaVersion",
     R"({"SchemaId":{"RegistryName":"r","SchemaName":"s"},"SchemaDefinition":"x","References":[
         {"Name":"a","SchemaId":{"RegistryName":"q","SchemaName":"t"}},
         {"Name":"b","SchemaVersionId":"x"}]})",
     {kRegistryR, kSchemaS, kArn + "registry/q", kArn + "schema/q/t", kArn + "schema/*/*"}},
    {"Limpet.GetSchemaVersionReferences",
     R"({"SchemaId":{"RegistryName":"r","SchemaName":"s"}})",
     {kRegistryR, kSchemaS}},
    {"Limpet.ListReferencingSchemaVersions", R"({"SchemaVersionId":"x"})", {}},
    {"Limpet.ImportSchemaVersion",
     R"({"SchemaId":{"RegistryName":"r","SchemaName":"s"},"SchemaDefinition":"x",
         "SchemaVersionId":"b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63","VersionNumber":1})",
     {kRegistryR, kSchemaS}},
    {"Limpet.CreateAccessKey", "{}", {}},
    {"Limpet.ListAccessKeys", "{}", {}},
    {"Limpet.RevokeAccessKey", R"({"AccessKeyId":"x"})", {}},
};

std::string action_of(std::string_view target) {
  const auto dot = target.find('.');
  return (target.starts_with("AWSGlue") ? "glue:" : "limpet:") +
         std::string(target.substr(dot + 1));
}

class Asks : public testing::TestWithParam<AskRow> {};

TEST_P(Asks, BeforeAnythingElseAndADenialIsFinal) {
  const AskRow& row = GetParam();
  storage::MemoryStore store;
  const DenyAll authorizer;
  TestService service(store, open_settings(), &authorizer);
  const auto before = store.rows();
  const Answer answer = service.call(row.target, row.body);
  EXPECT_EQ(authorizer.action, action_of(row.target));
  EXPECT_EQ(authorizer.resources, row.resources);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.type(), "AccessDeniedException");
  EXPECT_EQ(answer.message(),
            iam::access_denied("arn:aws:iam::123456789012:root", action_of(row.target),
                               row.resources.empty() ? "" : row.resources.front())
                .message);
  EXPECT_EQ(store.rows(), before);
}

INSTANTIATE_TEST_SUITE_P(Rows, Asks, testing::ValuesIn(kAsks), [](const auto& row) {
  const std::string target = row.param.target;
  return target.substr(target.find('.') + 1) + "_" + std::to_string(row.index);
});

TEST(Operations, EveryServedOneIsAsked) {
  std::set<std::string> asked;
  for (const AskRow& row : kAsks) asked.insert(row.target);
  std::set<std::string> served;
  for (const OperationInfo& operation : operations()) {
    if (operation.served) {
      served.insert(std::string(operation.service) + "." + std::string(operation.name));
    }
  }
  EXPECT_EQ(served, asked);
}

TEST(Operations, ServesTheSchemaRegistryAndAllOfOurOwn) {
  int glue = 0;
  int ours = 0;
  int not_served = 0;
  for (const OperationInfo& operation : operations()) {
    if (operation.service == "Limpet") {
      EXPECT_TRUE(operation.served) << operation.name;
      ++ours;
    } else {
      (operation.served ? glue : not_served) += 1;
    }
  }
  EXPECT_EQ(glue, 23) << "20 of the Schema Registry and three for tags";
  EXPECT_EQ(ours, 8);
  EXPECT_GT(not_served, 200);
}

/// Whatever the model knows, an empty body gets a typed answer of one of the declared kinds.
TEST(Operations, EveryOneOfTheModelAnswers) {
  TestService service;
  for (const OperationInfo& operation : operations()) {
    const std::string target = std::string(operation.service) + "." + std::string(operation.name);
    const Answer answer = service.call(target, "{}");
    if (!operation.served) {
      EXPECT_EQ(answer.status, 400) << target;
      EXPECT_EQ(answer.message(),
                target +
                    " is an AWS Glue operation that this version of Limpet does not serve. "
                    "See 'limpet operations'.");
    } else if (answer.status != 200) {
      const bool declared = glue_model::find_operation(target)->declares(answer.type());
      EXPECT_TRUE(declared || answer.type() == "ValidationException") << target << answer.body;
    }
  }
}

}  // namespace
}  // namespace limpet::glue_api
