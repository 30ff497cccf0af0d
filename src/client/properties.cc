#include "limpet/client/properties.h"

#include "limpet/http/url.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace limpet::client {
namespace {

using Properties = std::map<std::string, std::string>;

std::string upper(std::string text) {
  for (char& letter : text) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  return text;
}

constexpr std::array<std::string_view, 8> kCompatibilities{
    "NONE", "DISABLED", "BACKWARD", "BACKWARD_ALL", "FORWARD", "FORWARD_ALL", "FULL", "FULL_ALL"};

std::string list_of(const auto& words) {
  std::string out;
  for (const std::string_view word : words) out += (out.empty() ? "" : ", ") + std::string(word);
  return out;
}

class Reader {
 public:
  explicit Reader(const Properties& properties) : properties_(properties) {}

  Result<SerdeProperties> read() {
    if (properties_.empty()) return Error::invalid_input("The validated map is empty");
    LIMPET_CHECK(read_server());
    LIMPET_CHECK(read_schema());
    LIMPET_CHECK(read_maps());
    LIMPET_CHECK(read_cache());
    LIMPET_CHECK(read_records());
    LIMPET_CHECK(refuse_java());
    return std::move(out_);
  }

 private:
  const std::string* find(const std::string& name) const {
    const auto at = properties_.find(name);
    return at == properties_.end() ? nullptr : &at->second;
  }
  static Error wrong(std::string message, const std::string& name) {
    return Error::invalid_input(std::move(message), name);
  }

  Status read_server() {
    Settings& settings = out_.registry.settings;
    if (const auto* region = find("region")) settings.region = *region;
    if (settings.region.empty()) {
      return wrong("Region is not defined in the properties", "region");
    }
    if (const auto* endpoint = find("endpoint")) {
      if (!http::parse_url(*endpoint)) {
        return wrong("Malformed uri, please pass the valid uri for creating the client",
                     "endpoint");
      }
      settings.endpoint = *endpoint;
    } else {
      settings.endpoint = "https://glue." + settings.region + ".amazonaws.com" +
                          (settings.region.starts_with("cn-") ? ".cn" : "");
    }
    if (const auto* proxy = find("proxyUrl")) {
      if (!http::parse_url(*proxy)) {
        return wrong("Proxy URL property is not a valid URL: " + *proxy, "proxyUrl");
      }
      return wrong("Limpet's client calls the server itself and uses no proxy", "proxyUrl");
    }
    if (const auto* app = find("userAgentApp")) out_.registry.user_agent += " app/" + *app;
    if (const auto* role = find("assumeRoleArn")) out_.assume_role = *role;
    if (const auto* session = find("assumeRoleSessionName")) out_.assume_role_session = *session;
    return {};
  }

  Status read_schema() {
    SchemaRegistryOptions& registry = out_.registry;
    if (const auto* name = find("registry.name")) registry.registry_name = *name;
    if (const auto* name = find("schemaName")) out_.naming.fixed = *name;
    if (const auto* strategy = find("schemaNameGenerationClass")) {
      constexpr std::string_view kDefault =
          "com.amazonaws.services.schemaregistry.common.AWSSchemaNamingStrategyDefaultImpl";
      if (*strategy != kDefault) {
        return wrong(
            "Unable to locate the naming strategy class, check in the classpath for "
            "classname = " +
                *strategy,
            "schemaNameGenerationClass");
      }
    }
    if (const auto* given = find("schemaAutoRegistrationEnabled")) {
      registry.auto_register = upper(*given) == "TRUE";  // as Boolean.parseBoolean
    }
    if (const auto* given = find("compatibility")) {
      registry.compatibility = upper(*given);
      if (std::ranges::find(kCompatibilities, registry.compatibility) == kCompatibilities.end()) {
        return wrong("Invalid compatibility setting : " + *given + ", Accepted values are : [" +
                         list_of(kCompatibilities) + "]",
                     "compatibility");
      }
    }
    if (const auto* description = find("description")) registry.description = *description;
    return {};
  }

  Status read_maps() {
    if (find("tags")) return wrong("The tag config is not a instance of HashMap.", "tags");
    if (find("metadata")) return wrong("The metadata instance is not a hash map", "metadata");
    for (const auto& [name, value] : properties_) {
      if (name.starts_with("tags.")) out_.registry.tags[name.substr(5)] = value;
      if (name.starts_with("metadata.")) out_.registry.metadata[name.substr(9)] = value;
    }
    return {};
  }

  static std::optional<std::int64_t> whole_number(const std::string& text) {
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || at != end) return std::nullopt;
    return number;
  }

  Status read_cache() {
    if (const auto* given = find("timeToLiveMillis")) {
      const auto number = whole_number(*given);
      if (!number || *number < 0) {
        return wrong("Time to live cache property is not a valid time : " + *given,
                     "timeToLiveMillis");
      }
      out_.registry.time_to_live = std::chrono::milliseconds(*number);
    }
    if (const auto* given = find("cacheSize")) {
      const auto number = whole_number(*given);
      constexpr std::int64_t kIntMax = 2'147'483'647;
      if (!number || *number < 0 || *number > kIntMax) {
        return wrong("Cache size property is not a valid size : " + *given, "cacheSize");
      }
      out_.registry.entries_max = static_cast<std::size_t>(*number);
    }
    return {};
  }

  Status read_records() {
    if (const auto* given = find("dataFormat")) {
      out_.data_format = parse_data_format(upper(*given));
      if (!out_.data_format) return wrong("Unsupported data format: " + *given, "dataFormat");
    }
    if (const auto* given = find("compression")) {
      const std::string word = upper(*given);
      if (word != "NONE" && word != "ZLIB") {
        return wrong(
            "Invalid Compression type : " + *given + ", Accepted values are : [NONE, ZLIB]",
            "compression");
      }
      out_.zlib = word == "ZLIB";
    }
    if (const auto* given = find("avroRecordType")) {
      if (*given != "GENERIC_RECORD" && *given != "SPECIFIC_RECORD") {
        return wrong(
            "No enum constant com.amazonaws.services.schemaregistry.utils.AvroRecordType." + *given,
            "avroRecordType");
      }
      out_.avro_record_type = *given == "GENERIC_RECORD" ? AvroRecordType::GenericRecord
                                                         : AvroRecordType::SpecificRecord;
    }
    if (const auto* given = find("protobufMessageType")) {
      if (*given != "DYNAMIC_MESSAGE" && *given != "POJO") {
        return wrong(
            "No enum constant com.amazonaws.services.schemaregistry.utils.ProtobufMessageType." +
                *given,
            "protobufMessageType");
      }
      out_.protobuf_message =
          *given == "POJO" ? ProtobufMessageType::Pojo : ProtobufMessageType::DynamicMessage;
    }
    return {};
  }

  Status refuse_java() const {
    struct Row {
      const char* name;
      const char* message;
    };
    for (const auto& [name, message] :
         {Row{"secondaryDeserializer", "Invalid secondary de-serializer configuration"},
          Row{"jacksonSerializationFeatures", "Jackson Serialization features should be a list"},
          Row{"jacksonDeserializationFeatures",
              "Jackson Deserialization features should be a list"}}) {
      if (find(name)) return wrong(message, name);
    }
    const auto* classes = find("jsonClassNameResolutionEnabled");
    if (classes != nullptr && upper(*classes) == "TRUE") {
      return wrong("a JSON schema's className names a Java class, and there are none here",
                   "jsonClassNameResolutionEnabled");
    }
    return {};
  }

  const Properties& properties_;
  SerdeProperties out_;
};

}  // namespace

Result<SerdeProperties> options_from_properties(const Properties& properties) {
  return Reader(properties).read();
}

}  // namespace limpet::client
