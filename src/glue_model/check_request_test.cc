#include "limpet/glue_model/check_request.h"

#include "limpet/glue_model/json_codec.h"
#include "limpet/glue_model/limpet.h"
#include "limpet/glue_model/partitions.h"
#include "limpet/glue_model/schema_registry.h"
#include "limpet/json/parse.h"

#include <gtest/gtest.h>

#include <string>

namespace limpet::glue_model {
namespace {

template <class Op>
std::string verdict(std::string_view body) {
  typename Op::Input input;
  const auto document = json::parse(body);
  EXPECT_TRUE(document) << body;
  EXPECT_FALSE(decode(*document, input)) << body;
  const auto fault = check_request(Op::kOperation, input);
  if (!fault) return "good";
  EXPECT_EQ(fault->type, "ValidationException");
  return fault->message;
}

TEST(CheckRequest, NamesTheMissingMember) {
  EXPECT_EQ(verdict<op::CreateRegistry>("{}"),
            "1 validation error detected: Value null at 'registryName' failed to satisfy "
            "constraint: Member must not be null");
  EXPECT_EQ(verdict<op::CreateRegistry>(R"({"RegistryName":null})"),
            verdict<op::CreateRegistry>("{}"));
  // Lengths are the operation's business.
  EXPECT_EQ(verdict<op::CreateRegistry>(R"({"RegistryName":""})"), "good");
}

TEST(CheckRequest, JoinsSeveralInTheModelsOrder) {
  EXPECT_EQ(verdict<op::RegisterSchemaVersion>("{}"),
            "2 validation errors detected: Value null at 'schemaId' failed to satisfy constraint: "
            "Member must not be null; Value null at 'schemaDefinition' failed to satisfy "
            "constraint: Member must not be null");
  EXPECT_EQ(verdict<op::ListSchemaVersions>(R"({"MaxResults":0})"),
            "2 validation errors detected: Value null at 'schemaId' failed to satisfy constraint: "
            "Member must not be null; Value '0' at 'maxResults' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1");
}

TEST(CheckRequest, PageSizeIsWithinTheModelsBounds) {
  EXPECT_EQ(verdict<op::ListRegistries>("{}"), "good");
  EXPECT_EQ(verdict<op::ListRegistries>(R"({"MaxResults":1})"), "good");
  EXPECT_EQ(verdict<op::ListRegistries>(R"({"MaxResults":100})"), "good");
  EXPECT_EQ(verdict<op::ListRegistries>(R"({"MaxResults":101})"),
            "1 validation error detected: Value '101' at 'maxResults' failed to satisfy "
            "constraint: Member must have value less than or equal to 100");
  EXPECT_EQ(verdict<op::ListRegistries>(R"({"MaxResults":-5})"),
            "1 validation error detected: Value '-5' at 'maxResults' failed to satisfy "
            "constraint: Member must have value greater than or equal to 1");
  EXPECT_EQ(verdict<op::QuerySchemaVersionMetadata>(R"({"MaxResults":50})"), "good");
  EXPECT_EQ(verdict<op::QuerySchemaVersionMetadata>(R"({"MaxResults":51})"),
            "1 validation error detected: Value '51' at 'maxResults' failed to satisfy "
            "constraint: Member must have value less than or equal to 50");
  EXPECT_EQ(verdict<op::ListAccessKeys>(R"({"MaxResults":101})"),
            "1 validation error detected: Value '101' at 'maxResults' failed to satisfy "
            "constraint: Member must have value less than or equal to 100");
}

TEST(CheckRequest, LooksInsideStructuresAndLists) {
  EXPECT_EQ(verdict<op::BatchUpdatePartition>(
                R"({"DatabaseName":"d","TableName":"t",
                    "Entries":[{"PartitionValueList":[],"PartitionInput":{}},{}]})"),
            "2 validation errors detected: Value null at 'entries.2.member.partitionValueList' "
            "failed to satisfy constraint: Member must not be null; Value null at "
            "'entries.2.member.partitionInput' failed to satisfy constraint: Member must not be "
            "null");
}

TEST(CheckRequest, AnAnswerToManyMistakesStaysShort) {
  std::string body = R"({"DatabaseName":"d","TableName":"t","Entries":[{})";
  for (int i = 0; i < 5000; ++i) body += ",{}";
  const std::string message = verdict<op::BatchUpdatePartition>(body + "]}");
  EXPECT_TRUE(message.starts_with("10002 validation errors detected: "));
  EXPECT_LT(message.size(), 3000U);
}

}  // namespace
}  // namespace limpet::glue_model
