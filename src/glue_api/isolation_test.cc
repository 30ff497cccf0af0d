// Whose state a caller sees: each account and region is apart from every other.
#include "testing_service.h"

#include <gtest/gtest.h>

#include <functional>

namespace limpet::glue_api {
namespace {

TEST(Partitions, FollowTheRegion) {
  TestService service;
  for (const auto& [region, partition] :
       std::vector<std::pair<std::string, std::string>>{{"cn-north-1", "aws-cn"},
                                                        {"us-gov-west-1", "aws-us-gov"},
                                                        {"us-iso-east-1", "aws-iso"},
                                                        {"us-isob-east-1", "aws-iso-b"},
                                                        {"eu-isoe-west-1", "aws-iso-e"},
                                                        {"us-isof-south-1", "aws-iso-f"},
                                                        {"ap-southeast-12", "aws"}}) {
    EXPECT_EQ(service.call_in(region, "AWSGlue.CreateRegistry", R"({"RegistryName":"r"})")
                  .text("RegistryArn"),
              "arn:" + partition + ":glue:" + region + ":123456789012:registry/r");
  }
}

/// One schema in each of two scopes; neither sees the other by name, by ARN or by id.
void expect_apart(const std::function<Answer(int who, std::string_view, std::string_view)>& call) {
  std::string id[2];
  std::string arn[2];
  for (int who : {0, 1}) {
    const Answer made = call(who, "AWSGlue.CreateSchema",
                             R"({"SchemaName":"s","DataFormat":"AVRO","Compatibility":"NONE",
                                 "SchemaDefinition":"\"int\""})");
    ASSERT_EQ(made.status, 200) << made.body;
    id[who] = made.text("SchemaVersionId");
    arn[who] = made.text("SchemaArn");
  }
  EXPECT_NE(id[0], id[1]);
  for (int who : {0, 1}) {
    const int other = 1 - who;
    EXPECT_EQ(
        call(who, "AWSGlue.GetSchemaVersion", R"({"SchemaVersionId":")" + id[who] + "\"}").status,
        200);
    EXPECT_EQ(call(who, "AWSGlue.GetSchemaVersion", R"({"SchemaVersionId":")" + id[other] + "\"}")
                  .message(),
              "Schema version is not found. SchemaVersionId: " + id[other]);
    EXPECT_EQ(call(who, "AWSGlue.GetSchema", R"({"SchemaId":{"SchemaArn":")" + arn[other] + "\"}}")
                  .type(),
              "EntityNotFoundException");
    EXPECT_EQ(
        call(who, "AWSGlue.DeleteSchema", R"({"SchemaId":{"SchemaArn":")" + arn[other] + "\"}}")
            .type(),
        "EntityNotFoundException");
    EXPECT_EQ(call(who, "AWSGlue.ListSchemas", "{}").document.find("Schemas")->items().size(), 1U);
  }
  EXPECT_EQ(
      call(0, "AWSGlue.DeleteRegistry", R"({"RegistryId":{"RegistryName":"default-registry"}})")
          .status,
      200);
  EXPECT_EQ(call(1, "AWSGlue.GetSchemaVersion", R"({"SchemaVersionId":")" + id[1] + "\"}").status,
            200);
}

TEST(Isolation, RegionsAreApart) {
  TestService service(signed_settings(kCallerKey));
  expect_apart([&](int who, std::string_view target, std::string_view body) {
    return service.call_signed(kCallerKey, who == 0 ? "us-east-1" : "us-east-2", target, body);
  });
}

TEST(Isolation, AccountsAreApart) {
  const aws::Credentials second{"AKIAI44QH8DHBEXAMPLE", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
                                ""};
  Settings settings = signed_settings(kCallerKey);
  settings.access_keys.push_back(
      *iam::configured_access_key(second.access_key_id, second.secret_access_key, "210987654321"));
  TestService service(std::move(settings));
  expect_apart([&](int who, std::string_view target, std::string_view body) {
    return service.call_signed(who == 0 ? kCallerKey : second, "us-east-1", target, body);
  });
}

}  // namespace
}  // namespace limpet::glue_api
