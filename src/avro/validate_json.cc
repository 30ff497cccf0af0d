#include "limpet/avro/validate_json.h"

#include "limpet/base/utf8.h"
#include "limpet/json/writer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace limpet::avro {
namespace {

constexpr std::size_t kShownBytes = 60;
constexpr std::size_t kShownBranches = 8;
constexpr std::size_t kFewMembers = 16;

std::string shortened(std::string_view text) {
  if (text.size() <= kShownBytes) return std::string(text);
  return std::string(truncate_utf8(text, kShownBytes)) + "…";
}

std::string quoted(std::string_view text) {
  std::string out;
  json::append_string(out, shortened(text));
  return out;
}

/// The value in a few words; never walks all of a container.
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

/// The integer that a number stands for, also when it is written as 1.0 or 1e2.
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

/// How many bytes a string stands for; nullopt when one of its characters is no byte.
std::optional<std::size_t> byte_count(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) {
    const auto character = next_code_point(text, at);
    if (!character || *character > 0xFF) return std::nullopt;
  }
  return count;
}

/// May `value` be of this type, as far as one look tells? Of records, the names of the members.
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

/// For a value without its branch object, or with one of another name: what to write instead.
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

/// Members of an object by name: a map only where it pays.
class Members {
 public:
  explicit Members(const json::Value& object) : object_(object) {
    if (object.members().size() <= kFewMembers) return;
    for (const auto& member : object.members()) by_name_.emplace(member.name, &member.value);
  }
  const json::Value* find(std::string_view name) const {
    if (by_name_.empty()) return object_.find(name);
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }

 private:
  const json::Value& object_;
  std::unordered_map<std::string_view, const json::Value*> by_name_;
};

// Each step down goes into the value, so the work is the value's size, and the depth is counted.
class Checker {
 public:
  explicit Checker(const ValidateJsonLimits& limits) : limits_(limits) {}

  void check(const Node& type, const json::Value& value) {
    if (full()) return;
    const std::size_t depth = depth_++;
    if (depth > limits_.max_depth) {
      too_deep_ = true;
    } else {
      check_kind(type, value);
    }
    depth_ = depth;
  }

  bool too_deep() const { return too_deep_; }
  std::vector<Violation> take() && { return std::move(violations_); }

 private:
  bool full() const { return too_deep_ || violations_.size() >= limits_.max_violations; }

  void refuse(std::string expected, std::string found, std::string hint = {}) {
    violations_.push_back({path_, std::move(expected), std::move(found), std::move(hint)});
  }
  void refuse(const Node& type, const json::Value& value, std::string hint = {}) {
    refuse(expected_words(type), found_words(value), std::move(hint));
  }

  /// Calls `action` with the path one step longer.
  template <class Action>
  void below(std::string_view step, Action action) {
    const std::size_t length = path_.size();
    path_ += '/';
    for (const char c : step) {
      if (c == '~') {
        path_ += "~0";
      } else if (c == '/') {
        path_ += "~1";
      } else {
        path_ += c;
      }
    }
    action();
    path_.resize(length);
  }

  void check_kind(const Node& type, const json::Value& value) {
    switch (type.type) {
      case Type::Array:
        if (!value.is_array()) return refuse(type, value);
        for (std::size_t i = 0; i < value.items().size() && !full(); ++i) {
          below(std::to_string(i), [&] { check(*type.element, value.items()[i]); });
        }
        return;
      case Type::Map:
        if (!value.is_object()) return refuse(type, value);
        for (const auto& member : value.members()) {
          if (full()) return;
          below(member.name, [&] { check(*type.element, member.value); });
        }
        return;
      case Type::Record:
        return check_record(type, value);
      case Type::Union:
        return check_union(type, value);
      case Type::Int:
      case Type::Long:
        return check_integer(type, value);
      case Type::Bytes:
      case Type::Fixed:
        return check_bytes(type, value);
      case Type::Enum:
        if (!value.is_string()) return refuse(type, value);
        if (!type.has_symbol(value.text())) refuse(type, value, "the enum has no such symbol");
        return;
      default:
        // Strings of any content; of the rest one look tells all.
        if (!looks_like(type, value)) refuse(type, value);
    }
  }

  void check_integer(const Node& type, const json::Value& value) {
    if (looks_like(type, value)) return;
    std::string hint;
    if (value.is_number()) {
      const auto number = value.as_double();
      const bool fraction = number && *number != std::floor(*number);
      hint = fraction ? "it has a fraction" : "it does not fit";
    }
    refuse(type, value, std::move(hint));
  }

  void check_bytes(const Node& type, const json::Value& value) {
    if (!value.is_string()) return refuse(type, value);
    const auto count = byte_count(value.text());
    if (!count) {
      return refuse(type, value,
                    "each character stands for a byte, and one of these is above U+00FF");
    }
    if (type.type == Type::Fixed && *count != static_cast<std::size_t>(type.size)) {
      refuse(type, value, "it stands for " + std::to_string(*count));
    }
  }

  void check_record(const Node& type, const json::Value& value) {
    if (!value.is_object()) return refuse(type, value);
    const Members members(value);
    // Fields that are missing cost a violation each, so this ends after max_violations of them.
    for (const Field& field : type.fields) {
      if (full()) return;
      below(field.name, [&] {
        if (const auto* member = members.find(field.name)) {
          check(*field.type, *member);
        } else {
          refuse(expected_words(*field.type), "nothing",
                 field.default_value ? "the default is for readers of older data; a writer gives "
                                       "every field"
                                     : "every field must be given");
        }
      });
    }
    for (const auto& member : value.members()) {
      if (full()) return;
      if (type.find_field(member.name) != nullptr) continue;
      below(member.name, [&] {
        refuse("no member of this name", found_words(member.value), alias_hint(type, member.name));
      });
    }
  }

  static std::string alias_hint(const Node& record, std::string_view name) {
    for (const Field& field : record.fields) {
      if (std::ranges::find(field.aliases, name) != field.aliases.end()) {
        return "it is an alias; the field is called " + quoted(field.name);
      }
    }
    return describe(record) + " has no such field";
  }

  void check_union(const Node& type, const json::Value& value) {
    if (value.is_null()) {
      if (!type.at.contains("null")) refuse(type, value);
      return;
    }
    if (const auto members = value.members(); members.size() == 1) {
      const auto& [label, datum] = members.front();
      if (const auto found = type.at.find(label); found != type.at.end()) {
        below(label, [&] { check(*type.branches[found->second], datum); });
        return;
      }
    }
    refuse(type, value, branch_hint(type, value));
  }

  const ValidateJsonLimits& limits_;
  std::vector<Violation> violations_;
  std::string path_;
  std::size_t depth_ = 0;
  bool too_deep_ = false;
};

}  // namespace

std::string describe(const Violation& violation) {
  return "expected " + violation.expected + ", found " + violation.found +
         (violation.hint.empty() ? "" : " (" + violation.hint + ")");
}

Result<std::vector<Violation>> validate_json(const Schema& schema, const json::Value& value,
                                             const ValidateJsonLimits& limits) {
  Checker checker(limits);
  checker.check(schema.root(), value);
  if (checker.too_deep()) {
    return Error::limit_exceeded("the value is nested deeper than " +
                                 std::to_string(limits.max_depth) + " levels");
  }
  return std::move(checker).take();
}

}  // namespace limpet::avro
