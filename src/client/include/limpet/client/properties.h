// Properties: the Java library's configuration, by its names, so that one properties file serves
// both.
//
//   auto read = client::options_from_properties({{"region", "eu-west-1"},
//                                                {"schemaAutoRegistrationEnabled", "true"},
//                                                {"compression", "ZLIB"}});
//   if (!read) return std::move(read).error();          // InvalidInput with Java's own sentence
//   read->registry.settings.credentials = …;            // properties hold no credentials
//
// Source: com.amazonaws.services.schemaregistry.utils.AWSSchemaRegistryConstants and
// GlueSchemaRegistryConfiguration of awslabs/aws-glue-schema-registry. A map within the map is
// written with a dot: tags.team=orders, metadata.origin=till. What has no meaning without a Java
// virtual machine is refused, unless it is set to what is the case here anyway. Names that Java
// does not know are left alone: a Kafka configuration goes through the same map.
#pragma once

#include "limpet/base/result.h"
#include "limpet/client/naming.h"
#include "limpet/client/schema_registry.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace limpet::client {

enum class AvroRecordType : std::uint8_t { GenericRecord, SpecificRecord };
enum class ProtobufMessageType : std::uint8_t { DynamicMessage, Pojo };

struct SerdeProperties {
  SchemaRegistryOptions registry{};
  NamingStrategy naming{};
  std::optional<DataFormat> data_format{};                    ///< [dataFormat]
  bool zlib = false;                                          ///< [compression]
  std::optional<AvroRecordType> avro_record_type{};           ///< [avroRecordType]
  std::optional<ProtobufMessageType> protobuf_message{};      ///< [protobufMessageType]
  std::optional<std::string> assume_role{};                   ///< [assumeRoleArn]
  std::string assume_role_session = "kafka-connect-session";  ///< [assumeRoleSessionName]
};

/// Errors: InvalidInput with the Java library's text; `where` is the property.
Result<SerdeProperties> options_from_properties(
    const std::map<std::string, std::string>& properties);

}  // namespace limpet::client
