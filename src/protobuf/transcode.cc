#include "limpet/protobuf/transcode.h"

#include "adapter.h"
#include "document.h"
#include "wire.h"

#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver.h>
#include <google/protobuf/util/type_resolver_util.h>
#include <memory>

namespace limpet::protobuf {
namespace {

constexpr std::string_view kTypes = "type.googleapis.com";
constexpr int kRecursion = 200;  // above what the walk lets through

std::string type_url(const Message& message) {
  return std::string(kTypes) + "/" + message.full_name;
}

std::unique_ptr<pb::util::TypeResolver> resolver_of(const Document& document) {
  return std::unique_ptr<pb::util::TypeResolver>(
      pb::util::NewTypeResolverForDescriptorPool(std::string(kTypes), &document.pool));
}

// The message with repeated occurrences merged, maps sorted, unknown fields gone.
Result<std::string> normalize(const Document& document, const Message& message,
                              std::string_view bytes) {
  const auto* type = document.pool.FindMessageTypeByName(message.full_name);
  if (type == nullptr) return Error::internal("no descriptor for " + message.full_name);
  pb::DynamicMessageFactory factory(&document.pool);
  const std::unique_ptr<pb::Message> dynamic(factory.GetPrototype(type)->New());
  pb::io::CodedInputStream input(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                 static_cast<int>(bytes.size()));
  input.SetRecursionLimit(kRecursion);
  if (!dynamic->ParsePartialFromCodedStream(&input) || !input.ConsumedEntireMessage()) {
    return Error::invalid_input("the bytes are no " + message.full_name);
  }
  if (!dynamic->IsInitialized()) {
    return Error::invalid_input("required fields are missing in " + message.full_name + ": " +
                                dynamic->InitializationErrorString());
  }
  dynamic->DiscardUnknownFields();
  std::string out;
  {
    pb::io::StringOutputStream stream(&out);
    pb::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    dynamic->SerializePartialToCodedStream(&coded);
  }
  return out;
}

Error too_long(std::string_view what, std::size_t limit) {
  return Error::limit_exceeded(std::string(what) + " is longer than " + std::to_string(limit) +
                               " bytes");
}

std::size_t count_nodes(const json::Value& value) {
  std::size_t count = 1;
  for (const auto& item : value.items()) count += count_nodes(item);
  for (const auto& member : value.members()) count += count_nodes(member.value);
  return count;
}

Result<Decoded> decode_checked(const Schema& schema, const Message& message, std::string_view bytes,
                               const JsonStyle& style, const TranscodeLimits& limits) {
  LIMPET_TRY(auto report, walk_wire(schema, message, bytes, limits));
  LIMPET_TRY(const auto normal, normalize(schema.document(), message, bytes));
  pb::util::JsonPrintOptions options;
  options.always_print_primitive_fields = style.defaults;
  options.preserve_proto_field_names = style.proto_names;
  Decoded decoded;
  const auto status = pb::util::BinaryToJsonString(
      resolver_of(schema.document()).get(), type_url(message), normal, &decoded.json, options);
  if (!status.ok()) return Error::invalid_input("no JSON form: " + status.message().ToString());
  if (decoded.json.size() > limits.max_json_bytes) {
    return too_long("the JSON text", limits.max_json_bytes);
  }
  decoded.unknown = std::move(report.unknown);
  decoded.unknown_count = report.unknown_count;
  return decoded;
}

Result<std::string> encode_checked(const Schema& schema, const Message& message,
                                   std::string_view text, const TranscodeLimits& limits) {
  if (text.size() > limits.max_json_bytes) return too_long("the JSON text", limits.max_json_bytes);
  // libprotobuf takes more than JSON (RFC 8259): it gets only what is JSON.
  LIMPET_TRY(const auto document, json::parse(text, {.max_bytes = limits.max_json_bytes,
                                                     .max_depth = 2UL * limits.max_depth}));
  // Its reader looks at the fields of a message one by one.
  if (count_nodes(document) * (1 + schema.document().widest) > limits.max_steps) {
    return Error::limit_exceeded("the JSON text is too large: more than " +
                                 std::to_string(limits.max_steps) + " steps");
  }
  std::string bytes;
  const auto status =
      pb::util::JsonToBinaryString(resolver_of(schema.document()).get(), type_url(message),
                                   json::to_text(document), &bytes, pb::util::JsonParseOptions());
  if (!status.ok()) return Error::invalid_input(status.message().ToString());
  if (bytes.size() > limits.max_bytes) return too_long("the message", limits.max_bytes);
  LIMPET_CHECK(walk_wire(schema, message, bytes, limits));
  return normalize(schema.document(), message, bytes);
}

}  // namespace

Result<Decoded> decode(const Schema& schema, const Message& message, std::string_view bytes,
                       const JsonStyle& style, const TranscodeLimits& limits) {
  silence_libprotobuf();
  if (bytes.size() > limits.max_bytes) return too_long("the message", limits.max_bytes);
  try {
    return decode_checked(schema, message, bytes, style, limits);
  } catch (const pb::FatalException& fatal) {
    return Error::internal(std::string("libprotobuf: ") + fatal.what());
  }
}

Result<std::string> encode(const Schema& schema, const Message& message, std::string_view json,
                           const TranscodeLimits& limits) {
  silence_libprotobuf();
  try {
    return encode_checked(schema, message, json, limits);
  } catch (const pb::FatalException& fatal) {
    return Error::internal(std::string("libprotobuf: ") + fatal.what());
  }
}

}  // namespace limpet::protobuf
