#include "limpet/client/properties.h"

#include <gtest/gtest.h>

namespace limpet::client {
namespace {

using namespace std::chrono_literals;
using Properties = std::map<std::string, std::string>;

TEST(Properties, ReadsEverythingByJavasNames) {
  const auto read = options_from_properties({{"region", "eu-west-1"},
                                             {"endpoint", "http://127.0.0.1:8484"},
                                             {"registry.name", "orders"},
                                             {"schemaName", "fixed"},
                                             {"dataFormat", "json"},
                                             {"schemaAutoRegistrationEnabled", "True"},
                                             {"compatibility", "full_all"},
                                             {"description", "d"},
                                             {"tags.team", "till"},
                                             {"metadata.origin", "here"},
                                             {"compression", "zlib"},
                                             {"avroRecordType", "SPECIFIC_RECORD"},
                                             {"protobufMessageType", "POJO"},
                                             {"timeToLiveMillis", "1000"},
                                             {"cacheSize", "7"},
                                             {"userAgentApp", "till"},
                                             {"assumeRoleArn", "arn:r"},
                                             {"jsonClassNameResolutionEnabled", "no"},
                                             {"bootstrap.servers", "k:9092"}});
  ASSERT_TRUE(read) << describe(read.error());
  const SchemaRegistryOptions& registry = read->registry;
  EXPECT_EQ(registry.settings.region, "eu-west-1");
  EXPECT_EQ(registry.settings.endpoint, "http://127.0.0.1:8484");
  EXPECT_EQ(registry.registry_name, "orders");
  EXPECT_TRUE(registry.auto_register);
  EXPECT_EQ(registry.compatibility, "FULL_ALL");
  EXPECT_EQ(registry.description, "d");
  EXPECT_EQ(registry.tags, (Properties{{"team", "till"}}));
  EXPECT_EQ(registry.metadata, (Properties{{"origin", "here"}}));
  EXPECT_EQ(registry.time_to_live, 1s);
  EXPECT_EQ(registry.entries_max, 7U);
  EXPECT_EQ(registry.user_agent, "limpet-client app/till");
  EXPECT_EQ(read->naming.fixed, "fixed");
  EXPECT_EQ(read->data_format, DataFormat::Json);
  EXPECT_TRUE(read->zlib);
  EXPECT_EQ(read->avro_record_type, AvroRecordType::SpecificRecord);
  EXPECT_EQ(read->protobuf_message, ProtobufMessageType::Pojo);
  EXPECT_EQ(read->assume_role, "arn:r");
  EXPECT_EQ(read->assume_role_session, "kafka-connect-session");
}

TEST(Properties, DefaultsAreJavas) {
  const auto read = options_from_properties({{"region", "cn-north-1"}});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->registry.settings.endpoint, "https://glue.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(read->registry.registry_name, "default-registry");
  EXPECT_FALSE(read->registry.auto_register);
  EXPECT_EQ(read->registry.compatibility, "BACKWARD");
  EXPECT_EQ(read->registry.time_to_live, 24h);
  EXPECT_EQ(read->naming.naming, Naming::JavaTopic);
  EXPECT_FALSE(read->zlib);
  EXPECT_EQ(read->data_format, std::nullopt);
}

struct RefusedRow {
  const char* property;
  const char* value;
  const char* message;
};
void PrintTo(const RefusedRow& row, std::ostream* out) { *out << row.property; }

class RefusedPropertyTest : public testing::TestWithParam<RefusedRow> {};

TEST_P(RefusedPropertyTest, Refuses) {
  const auto& row = GetParam();
  Properties properties{{"region", "us-east-1"}};
  properties[row.property] = row.value;
  const auto read = options_from_properties(properties);
  ASSERT_EQ(code_of(read), Code::InvalidInput);
  EXPECT_EQ(read.error().message, row.message);
  EXPECT_EQ(read.error().where, row.property);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RefusedPropertyTest,
    testing::Values(
        RefusedRow{"region", "", "Region is not defined in the properties"},
        RefusedRow{"endpoint", "not a uri",
                   "Malformed uri, please pass the valid uri for creating the client"},
        RefusedRow{"proxyUrl", "x y", "Proxy URL property is not a valid URL: x y"},
        RefusedRow{"proxyUrl", "http://p:1",
                   "Limpet's client calls the server itself and uses no proxy"},
        RefusedRow{"schemaNameGenerationClass", "my.Strategy",
                   "Unable to locate the naming strategy class, check in the classpath for "
                   "classname = my.Strategy"},
        RefusedRow{"dataFormat", "xml", "Unsupported data format: xml"},
        RefusedRow{"compatibility", "some",
                   "Invalid compatibility setting : some, Accepted values are : [NONE, DISABLED, "
                   "BACKWARD, BACKWARD_ALL, FORWARD, FORWARD_ALL, FULL, FULL_ALL]"},
        RefusedRow{"tags", "a=b", "The tag config is not a instance of HashMap."},
        RefusedRow{"metadata", "a=b", "The metadata instance is not a hash map"},
        RefusedRow{"compression", "gzip",
                   "Invalid Compression type : gzip, Accepted values are : [NONE, ZLIB]"},
        RefusedRow{"avroRecordType", "generic_record",
                   "No enum constant "
                   "com.amazonaws.services.schemaregistry.utils.AvroRecordType.generic_record"},
        RefusedRow{"protobufMessageType", "x",
                   "No enum constant "
                   "com.amazonaws.services.schemaregistry.utils.ProtobufMessageType.x"},
        RefusedRow{"timeToLiveMillis", "1h",
                   "Time to live cache property is not a valid time : 1h"},
        RefusedRow{"cacheSize", "-1", "Cache size property is not a valid size : -1"},
        RefusedRow{"secondaryDeserializer", "x", "Invalid secondary de-serializer configuration"},
        RefusedRow{"jacksonSerializationFeatures", "x",
                   "Jackson Serialization features should be a list"},
        RefusedRow{"jacksonDeserializationFeatures", "x",
                   "Jackson Deserialization features should be a list"},
        RefusedRow{"jsonClassNameResolutionEnabled", "true",
                   "a JSON schema's className names a Java class, and there are none here"}));

TEST(Properties, AnEmptyMapIsRefused) {
  EXPECT_EQ(options_from_properties({}).error().message, "The validated map is empty");
}

}  // namespace
}  // namespace limpet::client
