#include "options.h"

#include "limpet/base/utf8.h"

#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/strutil.h>
#include <google/protobuf/text_format.h>
#include <memory>
#include <utility>

namespace limpet::protobuf {
namespace {

void list(const pb::Message& options, std::vector<Option>& out) {
  const auto* reflection = options.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflection->ListFields(options, &fields);
  pb::TextFormat::Printer readable;
  readable.SetSingleLineMode(true);
  pb::TextFormat::Printer escaped;
  escaped.SetSingleLineMode(true);
  readable.SetUseUtf8StringEscaping(true);
  for (const auto* field : fields) {
    Option option;
    option.name = field->is_extension() ? "(" + field->full_name() + ")" : field->name();
    const int count = field->is_repeated() ? reflection->FieldSize(options, field) : 1;
    for (int i = 0; i < count; ++i) {
      const int index = field->is_repeated() ? i : -1;
      readable.PrintFieldValueToString(options, field, index, &option.value);
      if (!is_valid_utf8(option.value)) {
        escaped.PrintFieldValueToString(options, field, index, &option.value);
      }
      if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
        option.value = option.value.empty() ? "{ }" : "{ " + option.value + "}";
      }
      out.push_back(option);
    }
  }
}

bool has_custom(const pb::Message& options) {
  return !options.GetReflection()->GetUnknownFields(options).empty();
}

// Custom options are unknown to the compiled-in class: read again with the pool's own; or nullptr.
std::unique_ptr<pb::Message> with_custom(const pb::Message& options, const pb::DescriptorPool& pool,
                                         pb::DynamicMessageFactory& factory) {
  const auto* type = pool.FindMessageTypeByName(options.GetDescriptor()->full_name());
  if (type == nullptr) return nullptr;
  std::unique_ptr<pb::Message> dynamic(factory.GetPrototype(type)->New());
  const std::string bytes = options.SerializePartialAsString();
  pb::io::CodedInputStream input(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                 static_cast<int>(bytes.size()));
  input.SetExtensionRegistry(&pool, &factory);
  return dynamic->ParsePartialFromCodedStream(&input) ? std::move(dynamic) : nullptr;
}

}  // namespace

std::vector<Option> options_of(const pb::Message& options, const pb::DescriptorPool& pool) {
  std::vector<Option> out;
  if (!has_custom(options)) {
    list(options, out);
    return out;
  }
  pb::DynamicMessageFactory factory(&pool);
  if (const auto dynamic = with_custom(options, pool, factory)) list(*dynamic, out);
  return out;
}

void normalize_custom(pb::Message& options, const pb::DescriptorPool& pool) {
  if (!has_custom(options)) return;
  pb::DynamicMessageFactory factory(&pool);
  const auto dynamic = with_custom(options, pool, factory);
  if (dynamic == nullptr) return;
  std::string bytes;
  {
    pb::io::StringOutputStream stream(&bytes);
    pb::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    dynamic->SerializePartialToCodedStream(&coded);
  }
  options.ParsePartialFromString(bytes);
}

std::string quoted(std::string_view text) {
  const std::string bytes(text);
  return "\"" + (is_valid_utf8(text) ? pb::strings::Utf8SafeCEscape(bytes) : pb::CEscape(bytes)) +
         "\"";
}

}  // namespace limpet::protobuf
