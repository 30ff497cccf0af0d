#include "limpet/protobuf/model.h"

#include <algorithm>
#include <array>

namespace limpet::protobuf {
namespace {

constexpr std::array<std::string_view, 19> kTypes{
    "",        "double",   "float",    "int64",  "uint64",  "int32", "fixed64",
    "fixed32", "bool",     "string",   "group",  "message", "bytes", "uint32",
    "enum",    "sfixed32", "sfixed64", "sint32", "sint64"};

}  // namespace

std::string_view to_string(FieldType type) { return kTypes.at(static_cast<std::size_t>(type)); }

std::string_view to_string(Label label) {
  switch (label) {
    case Label::None:
      return "";
    case Label::Optional:
      return "optional";
    case Label::Required:
      return "required";
    case Label::Repeated:
      return "repeated";
  }
  return "";
}

const Field* Message::find_field(std::int32_t number) const {
  const auto found = std::ranges::lower_bound(by_number, number, {},
                                              [this](std::uint32_t i) { return fields[i].number; });
  if (found == by_number.end() || fields[*found].number != number) return nullptr;
  return &fields[*found];
}

std::string describe_type(const Field& field) {
  if (field.is_map()) {
    const auto* key = field.message->find_field(1);
    const auto* value = field.message->find_field(2);
    return "map<" + describe_type(*key) + ", " + describe_type(*value) + ">";
  }
  std::string out(to_string(field.type));
  if (field.message != nullptr) out += " " + field.message->full_name;
  if (field.enumeration != nullptr) out += " " + field.enumeration->full_name;
  return out;
}

std::string describe(const Field& field) {
  if (field.label == Label::None) return describe_type(field);
  return std::string(to_string(field.label)) + " " + describe_type(field);
}

}  // namespace limpet::protobuf
