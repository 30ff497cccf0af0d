#include "limpet/glue_model/json_codec.h"

#include "limpet/glue_model/catalog.h"
#include "limpet/glue_model/connections.h"
#include "limpet/glue_model/data_quality.h"
#include "limpet/glue_model/jobs.h"
#include "limpet/glue_model/limpet.h"
#include "limpet/glue_model/machine_learning.h"
#include "limpet/glue_model/schema_registry.h"
#include "limpet/glue_model/sessions.h"
#include "limpet/json/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace limpet::glue_model {
namespace {

using testing::Eq;
using testing::Optional;

json::Value parsed(std::string_view text) {
  auto document = json::parse(text);
  EXPECT_TRUE(document) << text;
  return document ? *document : json::Value();
}

template <class T>
std::string fault_of(std::string_view text) {
  T out;
  const auto fault = decode(parsed(text), out);
  if (!fault) return "decoded";
  EXPECT_EQ(fault->type, "SerializationException");
  return fault->message;
}

TEST(JsonCodec, ReadsARequestAndWritesAnAnswer) {
  RegisterSchemaVersionInput input;
  EXPECT_FALSE(decode(parsed(R"({"SchemaId":{"SchemaName":"orders","RegistryName":"shop"},
                                 "SchemaDefinition":"\"int\""})"),
                      input));
  ASSERT_TRUE(input.schema_id);
  EXPECT_THAT(input.schema_id->schema_name, Optional(Eq("orders")));
  EXPECT_FALSE(input.schema_id->schema_arn);
  EXPECT_THAT(input.schema_definition, Optional(Eq("\"int\"")));

  EXPECT_EQ(encode(RegisterSchemaVersionResponse{.version_number = 3, .status = "AVAILABLE"}),
            R"({"VersionNumber":3,"Status":"AVAILABLE"})");
  EXPECT_EQ(encode(UpdateSchemaResponse{}), "{}");
}

TEST(JsonCodec, NullIsAbsentAndEmptyIsPresent) {
  CreateSchemaInput input;
  EXPECT_FALSE(decode(parsed(R"({"RegistryId":{},"Tags":{},"Description":"","Compatibility":null,
                                 "Invented":{"deep":[1,2]}})"),
                      input));
  EXPECT_TRUE(input.registry_id);
  ASSERT_TRUE(input.tags);
  EXPECT_TRUE(input.tags->empty());
  EXPECT_THAT(input.description, Optional(Eq("")));
  EXPECT_FALSE(input.compatibility);
  EXPECT_EQ(encode(input), R"({"RegistryId":{},"Description":"","Tags":{}})");
}

TEST(JsonCodec, TheLastOfEqualMembersWins) {
  GetTagsRequest input;
  EXPECT_FALSE(decode(parsed(R"({"ResourceArn":"first","ResourceArn":"last"})"), input));
  EXPECT_THAT(input.resource_arn, Optional(Eq("last")));
}

struct WrongRow {
  std::string name;
  std::string body;
  std::string message;  ///< of the SerializationException, or "decoded"
};

void PrintTo(const WrongRow& row, std::ostream* out) { *out << row.name; }

// Against ListSchemasInput, CreateSchemaInput and GetSchemaVersionInput at once: they share no
// member, so that a member names its struct.
class WrongTypeTest : public testing::TestWithParam<WrongRow> {};

TEST_P(WrongTypeTest, AnswersInAwsWords) {
  const WrongRow& row = GetParam();
  if (row.body.find("SchemaVersion") != std::string::npos) {
    EXPECT_EQ(fault_of<GetSchemaVersionInput>(row.body), row.message);
  } else if (row.body.find("MaxResults") != std::string::npos) {
    EXPECT_EQ(fault_of<ListSchemasInput>(row.body), row.message);
  } else {
    EXPECT_EQ(fault_of<CreateSchemaInput>(row.body), row.message);
  }
}

constexpr const char* kNoStructure = "Start of structure or map found where not expected.";
constexpr const char* kNoList = "Start of list found where not expected.";

INSTANTIATE_TEST_SUITE_P(
    Rows, WrongTypeTest,
    testing::Values(
        WrongRow{"StringForInteger", R"({"MaxResults":"5"})",
                 "STRING_VALUE can not be converted to an Integer"},
        WrongRow{"BoolForInteger", R"({"MaxResults":true})",
                 "TRUE_VALUE can not be converted to an Integer"},
        WrongRow{"FractionForInteger", R"({"MaxResults":1.5})",
                 "NUMBER_VALUE can not be converted to an Integer"},
        WrongRow{"IntegerMaximum", R"({"MaxResults":2147483647})", "decoded"},
        WrongRow{"IntegerMaximumAndOne", R"({"MaxResults":2147483648})",
                 "NUMBER_VALUE can not be converted to an Integer"},
        WrongRow{"IntegerMinimum", R"({"MaxResults":-2147483648})", "decoded"},
        WrongRow{"IntegerMinimumLessOne", R"({"MaxResults":-2147483649})",
                 "NUMBER_VALUE can not be converted to an Integer"},
        WrongRow{"ExponentForInteger", R"({"MaxResults":1e2})",
                 "NUMBER_VALUE can not be converted to an Integer"},
        WrongRow{"LongMaximum", R"({"SchemaVersionNumber":{"VersionNumber":9223372036854775807}})",
                 "decoded"},
        WrongRow{"LongMaximumAndOne",
                 R"({"SchemaVersionNumber":{"VersionNumber":9223372036854775808}})",
                 "NUMBER_VALUE can not be converted to a Long"},
        WrongRow{"NumberForBoolean", R"({"SchemaVersionNumber":{"LatestVersion":1}})",
                 "NUMBER_VALUE can not be converted to a Boolean"},
        WrongRow{"StringForBoolean", R"({"SchemaVersionNumber":{"LatestVersion":"true"}})",
                 "STRING_VALUE can not be converted to a Boolean"},
        WrongRow{"NumberForString", R"({"SchemaName":7})",
                 "NUMBER_VALUE can not be converted to String"},
        WrongRow{"FalseForString", R"({"SchemaName":false})",
                 "FALSE_VALUE can not be converted to String"},
        WrongRow{"ObjectForString", R"({"SchemaName":{"a":1}})", kNoStructure},
        WrongRow{"ListForString", R"({"SchemaName":["a"]})", kNoList},
        WrongRow{"StringForStructure", R"({"RegistryId":"r1"})", "Expected structure, map or null"},
        WrongRow{"ListForStructure", R"({"RegistryId":["r1"]})", kNoList},
        WrongRow{"ListForMap", R"({"Tags":[{"Key":"a","Value":"b"}]})", kNoList},
        WrongRow{"NumberInMap", R"({"Tags":{"a":1}})",
                 "NUMBER_VALUE can not be converted to String"},
        WrongRow{"NullInMap", R"({"Tags":{"a":null}})", "NULL_VALUE found where not expected."},
        WrongRow{"BodyIsList", "[]", kNoList},
        WrongRow{"BodyIsText", R"("{}")", "Expected structure, map or null"},
        WrongRow{"BodyIsNull", "null", "NULL_VALUE found where not expected."}),
    [](const auto& row) { return row.param.name; });

TEST(JsonCodec, ListsRefuseOtherTypesAndNulls) {
  EXPECT_EQ(fault_of<UntagResourceRequest>(R"({"TagsToRemove":"a"})"), "Expected list or null");
  EXPECT_EQ(fault_of<UntagResourceRequest>(R"({"TagsToRemove":{"a":"b"}})"), kNoStructure);
  EXPECT_EQ(fault_of<UntagResourceRequest>(R"({"TagsToRemove":["a",null]})"),
            "NULL_VALUE found where not expected.");
  EXPECT_EQ(fault_of<UntagResourceRequest>(R"({"TagsToRemove":["a",2]})"),
            "NUMBER_VALUE can not be converted to String");
}

TEST(JsonCodec, TimestampsAreSecondsAsNumbers) {
  GetResourcePolicyResponse policy;
  EXPECT_FALSE(decode(parsed(R"({"CreateTime":1636303348.617,"UpdateTime":1700000000})"), policy));
  EXPECT_THAT(policy.create_time, Optional(Eq(1636303348.617)));
  EXPECT_EQ(encode(policy), R"({"CreateTime":1636303348.617,"UpdateTime":1700000000})");
  EXPECT_EQ(fault_of<GetResourcePolicyResponse>(R"({"CreateTime":"2021-11-07"})"),
            "STRING_VALUE can not be converted to a Timestamp");
  EXPECT_EQ(fault_of<GetResourcePolicyResponse>(R"({"CreateTime":1e300})"),
            "NUMBER_VALUE can not be converted to a Timestamp");
}

TEST(JsonCodec, IsoTimestampsAreTextAndAcceptSeconds) {
  KafkaStreamingSourceOptions options;
  EXPECT_FALSE(decode(parsed(R"({"StartingTimestamp":"2021-11-07T16:42:28Z"})"), options));
  EXPECT_EQ(encode(options), R"({"StartingTimestamp":"2021-11-07T16:42:28Z"})");
  EXPECT_FALSE(decode(parsed(R"({"StartingTimestamp":1636303348.617})"), options));
  EXPECT_EQ(encode(options), R"({"StartingTimestamp":"2021-11-07T16:42:28.617Z"})");
}

struct BlobRow {
  std::string text;
  std::optional<std::string> bytes;
};

TEST(JsonCodec, BlobsAreBase64) {
  using namespace std::string_literals;
  for (const auto& [text, bytes] : {
           BlobRow{"", ""},
           BlobRow{"Zg==", "f"},
           BlobRow{"Zm8=", "fo"},
           BlobRow{"Zm9v", "foo"},
           BlobRow{"Zm9vYmFy", "foobar"},
           BlobRow{"AP8=", "\x00\xff"s},
           BlobRow{"Zg", {}},
           BlobRow{"Zg=", {}},
           BlobRow{"Zh==", {}},
           BlobRow{"Z===", {}},
           BlobRow{"Zg==Zg==", {}},
           BlobRow{"Zm9v!", {}},
           BlobRow{"Zm-v", {}},
       }) {
    DecimalNumber number;
    const std::string body = R"({"UnscaledValue":")" + text + R"(","Scale":2})";
    const auto fault = decode(parsed(body), number);
    EXPECT_EQ(!fault, bytes.has_value()) << text;
    if (!bytes) continue;
    EXPECT_EQ(number.unscaled_value, bytes) << text;
    EXPECT_EQ(encode(number), body);
  }
}

TEST(JsonCodec, DoublesAcceptTheNamedValues) {
  CreateMLTransformRequest request;
  EXPECT_FALSE(decode(parsed(R"({"MaxCapacity":"-Infinity"})"), request));
  EXPECT_EQ(encode(request), R"({"MaxCapacity":"-Infinity"})");
  EXPECT_FALSE(decode(parsed(R"({"MaxCapacity":2})"), request));
  EXPECT_EQ(encode(request), R"({"MaxCapacity":2})");
  EXPECT_EQ(fault_of<CreateMLTransformRequest>(R"({"MaxCapacity":"2.5"})"),
            "STRING_VALUE can not be converted to a Double");
  EXPECT_EQ(fault_of<CreateMLTransformRequest>(R"({"MaxCapacity":1e999})"),
            "NUMBER_VALUE can not be converted to a Double");
}

TEST(JsonCodec, SensitiveMembersAreHiddenInLogs) {
  const CreateAccessKeyResponse answer{.access_key_id = "LIMPETEXAMPLEKEY1",
                                       .secret_access_key = "do not tell"};
  EXPECT_EQ(encode(answer),
            R"({"AccessKeyId":"LIMPETEXAMPLEKEY1","SecretAccessKey":"do not tell"})");
  EXPECT_EQ(encode_redacted(answer),
            R"({"AccessKeyId":"LIMPETEXAMPLEKEY1","SecretAccessKey":"***"})");
}

TEST(JsonCodec, RecursiveShapesEndAtADepth) {
  const auto nested = [](int levels) {
    std::string body = R"({"Mapping":[)";
    for (int i = 0; i < levels; ++i) body += R"({"Children":[)";
    for (int i = 0; i < levels; ++i) body += "]}";
    return body + "]}";
  };
  EXPECT_EQ(fault_of<ApplyMapping>(nested(20)), "decoded");
  // Each level is a list and a structure; behind the parser's own limit the codec has another.
  auto deep = json::parse(nested(100), {.max_depth = 1000});
  ASSERT_TRUE(deep);
  ApplyMapping out;
  const auto fault = decode(*deep, out);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->message, "The request is nested too deeply.");
}

TEST(JsonCodec, ASmallBodyCannotFillTheMemory) {
  std::string body = R"({"Nodes":[{})";
  for (int i = 0; i < 190'000; ++i) body += ",{}";
  body += "]}";
  const std::string jobs = R"({"Jobs":[{})" + body.substr(12);
  EXPECT_EQ(fault_of<GetJobsResponse>(jobs), "The request needs too much memory.");
}

TEST(JsonCodec, CopiesOfABoxAreDeep) {
  GetSchemaInput first{.schema_id = SchemaId{.schema_name = "a"}};
  GetSchemaInput second = first;
  second.schema_id->schema_name = "b";
  EXPECT_EQ(encode(first), R"({"SchemaId":{"SchemaName":"a"}})");
  EXPECT_EQ(encode(second), R"({"SchemaId":{"SchemaName":"b"}})");
  first = std::move(second);
  EXPECT_EQ(encode(first), R"({"SchemaId":{"SchemaName":"b"}})");
  first.schema_id.reset();
  EXPECT_EQ(encode(first), "{}");
}

}  // namespace
}  // namespace limpet::glue_model
