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
#include <google/protobuf/type.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver.h>
#include <google/protobuf/util/type_resolver_util.h>
#include <memory>
#include <unordered_map>
#include <utility>

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

/// Types as libprotobuf's JSON wants them. It asks again at each message, and to describe a type
/// takes longer than to copy the description: those that the message reaches are described once.
class PreparedTypes : public pb::util::TypeResolver {
 public:
  PreparedTypes(const Document& document, const pb::Descriptor& root)
      : other_(resolver_of(document)) {
    std::vector<const pb::Descriptor*> open{&root};
    while (!open.empty()) {
      const auto* type = open.back();
      open.pop_back();
      const auto url = std::string(kTypes) + "/" + type->full_name();
      const auto [at, fresh] = messages_.try_emplace(url);
      if (!fresh || !other_->ResolveMessageType(url, &at->second).ok()) continue;
      for (int i = 0; i < type->field_count(); ++i) {
        const auto& field = *type->field(i);
        if (field.message_type() != nullptr) open.push_back(field.message_type());
        if (field.enum_type() != nullptr) add(*field.enum_type());
      }
    }
  }

  pb::util::Status ResolveMessageType(const std::string& url, pb::Type* type) override {
    const auto known = messages_.find(url);
    if (known == messages_.end()) return other_->ResolveMessageType(url, type);
    *type = known->second;
    return {};
  }
  pb::util::Status ResolveEnumType(const std::string& url, pb::Enum* type) override {
    const auto known = enums_.find(url);
    if (known == enums_.end()) return other_->ResolveEnumType(url, type);
    *type = known->second;
    return {};
  }

 private:
  void add(const pb::EnumDescriptor& type) {
    const auto url = std::string(kTypes) + "/" + type.full_name();
    const auto [at, fresh] = enums_.try_emplace(url);
    if (fresh && !other_->ResolveEnumType(url, &at->second).ok()) enums_.erase(at);
  }

  std::unique_ptr<pb::util::TypeResolver> other_;
  std::unordered_map<std::string, pb::Type> messages_;
  std::unordered_map<std::string, pb::Enum> enums_;
};

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

}  // namespace

struct Transcoder::Prepared {
  /// `once`: for a single message it is not worth while to describe all types.
  Prepared(Schema of, const Message& for_message, const pb::Descriptor& descriptor, bool once)
      : schema(std::move(of)),
        message(for_message),
        factory(&schema.document().pool),
        prototype(*factory.GetPrototype(&descriptor)),
        types(once ? resolver_of(schema.document())
                   : std::make_unique<PreparedTypes>(schema.document(), descriptor)),
        url(type_url(for_message)) {}

  // The message with repeated occurrences merged, maps sorted, unknown fields gone.
  Result<std::string> normalize(std::string_view bytes) const;
  Result<Decoded> decode(std::string_view bytes, const JsonStyle& style,
                         const TranscodeLimits& limits) const;
  Result<std::string> encode(std::string_view text, const TranscodeLimits& limits) const;

  Schema schema;
  const Message& message;
  pb::DynamicMessageFactory factory;
  const pb::Message& prototype;
  std::unique_ptr<pb::util::TypeResolver> types;  // changes nothing when it is asked
  std::string url;
};

Result<std::string> Transcoder::Prepared::normalize(std::string_view bytes) const {
  const std::unique_ptr<pb::Message> dynamic(prototype.New());
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

Result<Decoded> Transcoder::Prepared::decode(std::string_view bytes, const JsonStyle& style,
                                             const TranscodeLimits& limits) const {
  LIMPET_TRY(auto report, walk_wire(schema, message, bytes, limits));
  LIMPET_TRY(const auto normal, normalize(bytes));
  pb::util::JsonPrintOptions options;
  options.always_print_primitive_fields = style.defaults;
  options.preserve_proto_field_names = style.proto_names;
  Decoded decoded;
  const auto status =
      pb::util::BinaryToJsonString(types.get(), url, normal, &decoded.json, options);
  if (!status.ok()) return Error::invalid_input("no JSON form: " + status.message().ToString());
  if (decoded.json.size() > limits.max_json_bytes) {
    return too_long("the JSON text", limits.max_json_bytes);
  }
  decoded.unknown = std::move(report.unknown);
  decoded.unknown_count = report.unknown_count;
  return decoded;
}

Result<std::string> Transcoder::Prepared::encode(std::string_view text,
                                                 const TranscodeLimits& limits) const {
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
  const auto status = pb::util::JsonToBinaryString(types.get(), url, json::to_text(document),
                                                   &bytes, pb::util::JsonParseOptions());
  if (!status.ok()) return Error::invalid_input(status.message().ToString());
  if (bytes.size() > limits.max_bytes) return too_long("the message", limits.max_bytes);
  LIMPET_CHECK(walk_wire(schema, message, bytes, limits));
  return normalize(bytes);
}

Result<Transcoder> Transcoder::make(const Schema& schema, const Message& message) {
  return make(schema, message, false);
}

Result<Transcoder> Transcoder::make(const Schema& schema, const Message& message, bool once) {
  silence_libprotobuf();
  const auto* type = schema.document().pool.FindMessageTypeByName(message.full_name);
  if (type == nullptr) return Error::internal("no descriptor for " + message.full_name);
  try {
    return Transcoder(std::make_shared<const Prepared>(schema, message, *type, once));
  } catch (const pb::FatalException& fatal) {
    return Error::internal(std::string("libprotobuf: ") + fatal.what());
  }
}

Result<Decoded> Transcoder::decode(std::string_view bytes, const JsonStyle& style,
                                   const TranscodeLimits& limits) const {
  if (bytes.size() > limits.max_bytes) return too_long("the message", limits.max_bytes);
  try {
    return prepared_->decode(bytes, style, limits);
  } catch (const pb::FatalException& fatal) {
    return Error::internal(std::string("libprotobuf: ") + fatal.what());
  }
}

Result<std::string> Transcoder::encode(std::string_view json, const TranscodeLimits& limits) const {
  try {
    return prepared_->encode(json, limits);
  } catch (const pb::FatalException& fatal) {
    return Error::internal(std::string("libprotobuf: ") + fatal.what());
  }
}

Result<Decoded> decode(const Schema& schema, const Message& message, std::string_view bytes,
                       const JsonStyle& style, const TranscodeLimits& limits) {
  LIMPET_TRY(const auto transcoder, Transcoder::make(schema, message, true));
  return transcoder.decode(bytes, style, limits);
}

Result<std::string> encode(const Schema& schema, const Message& message, std::string_view json,
                           const TranscodeLimits& limits) {
  LIMPET_TRY(const auto transcoder, Transcoder::make(schema, message, true));
  return transcoder.encode(json, limits);
}

}  // namespace limpet::protobuf
