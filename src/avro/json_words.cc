#include "json_words.h"

#include "limpet/base/utf8.h"
#include "limpet/json/writer.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace limpet::avro {
namespace {

constexpr std::size_t kShownBytes = 60;
constexpr std::size_t kShownBranches = 8;

}  // namespace

std::string shortened(std::string_view text) {
  if (text.size() <= kShownBytes) return std::string(text);
  return std::string(truncate_utf8(text, kShownBytes)) + "…";
}

std::string quoted(std::string_view text) {
  std::string out;
  json::append_string(out, shortened(text));
  return out;
}

std::string found_words(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::Null:
      return "null";
    case json::Kind::Bool:
      return value.as_bool() ? "true" : "false";
    case json::Kind::Number:
      return "the number " + shortened(value.text());
    case json::Kind::String:
      return "the string " + quoted(value.text());
    case json::Kind::Array:
      return "an array";
    case json::Kind::Object:
      break;
  }
  if (value.members().empty()) return "an empty object";
  return "an object with " + quoted(value.members().front().name) +
         (value.members().size() == 1 ? "" : ", …");
}

std::string expected_words(const Node& type) {
  switch (type.type) {
    case Type::Union: {
      if (type.branches.empty()) return "nothing (a union without branches has no values)";
      std::string out = type.branches.size() == 1 ? "the union's only branch " : "one of ";
      for (std::size_t i = 0; i < type.branches.size(); ++i) {
        if (i == kShownBranches) return out + ", …";
        out += (i == 0 ? "" : ", ") + shortened(branch_name(*type.branches[i]));
      }
      return out;
    }
    case Type::Fixed:
      return describe(type) + " of " + std::to_string(type.size) +
             (type.size == 1 ? " byte" : " bytes");
    default:
      return describe(type);
  }
}

std::optional<std::int64_t> whole_number(const json::Value& value) {
  if (!value.is_number()) return std::nullopt;
  if (const auto plain = value.as_int64()) return plain;
  constexpr double kExact = 9007199254740992.0;  // 2^53: beyond it a double skips integers
  const auto number = value.as_double();
  if (!number || *number != std::floor(*number) || std::abs(*number) > kExact) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

bool is_int(const json::Value& value) {
  const auto number = whole_number(value);
  return number && *number >= std::numeric_limits<std::int32_t>::min() &&
         *number <= std::numeric_limits<std::int32_t>::max();
}

bool is_floating(const json::Value& value) {
  if (value.is_number()) return true;
  return value.is_string() &&
         (value.text() == "NaN" || value.text() == "Infinity" || value.text() == "-Infinity");
}

std::optional<std::size_t> byte_count(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) {
    const auto character = next_code_point(text, at);
    if (!character || *character > 0xFF) return std::nullopt;
  }
  return count;
}

bool looks_like(const Node& type, const json::Value& value) {
  switch (type.type) {
    case Type::Null:
      return value.is_null();
    case Type::Boolean:
      return value.is_bool();
    case Type::Int:
      return is_int(value);
    case Type::Long:
      return whole_number(value).has_value();
    case Type::Float:
    case Type::Double:
      return is_floating(value);
    case Type::Bytes:
    case Type::String:
      return value.is_string();
    case Type::Enum:
      return value.is_string() && type.has_symbol(value.text());
    case Type::Fixed:
      return value.is_string() && byte_count(value.text()) == static_cast<std::size_t>(type.size);
    case Type::Array:
      return value.is_array();
    case Type::Map:
      return value.is_object();
    case Type::Record:
      return value.is_object() && std::ranges::all_of(value.members(), [&](const auto& member) {
               return type.find_field(member.name) != nullptr;
             });
    case Type::Union:
      return false;
  }
  return false;
}

std::string branch_hint(const Node& type, const json::Value& value) {
  const auto members = value.members();
  if (members.size() == 1) {
    const std::string& label = members.front().name;
    for (const Node* branch : type.branches) {
      const bool named_alike = is_named(branch->type) && branch->name.simple() == label;
      if (named_alike || (branch->logical && branch->logical->name == label)) {
        return "the branch is called " + quoted(branch_name(*branch));
      }
    }
  }
  // A record says more by its members than a map, which takes any.
  const Node* meant = nullptr;
  for (const Node* branch : type.branches) {
    if (!looks_like(*branch, value)) continue;
    if (meant == nullptr || (meant->type == Type::Map && branch->type == Type::Record)) {
      meant = branch;
    }
  }
  if (meant == nullptr) return {};
  const bool open = value.is_array() || value.is_object();
  return "a value of a union is written with its branch: {" + quoted(branch_name(*meant)) + ": " +
         (open ? "…" : shortened(json::to_text(value))) + "}";
}

std::string alias_hint(const Node& record, std::string_view name) {
  for (const Field& field : record.fields) {
    if (std::ranges::find(field.aliases, name) != field.aliases.end()) {
      return "it is an alias; the field is called " + quoted(field.name);
    }
  }
  return describe(record) + " has no such field";
}

void append_step(std::string& pointer, std::string_view step) {
  pointer += '/';
  for (const char c : step) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

}  // namespace limpet::avro
