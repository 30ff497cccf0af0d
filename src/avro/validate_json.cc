#include "limpet/avro/validate_json.h"

#include "json_words.h"

#include <cmath>
#include <string_view>
#include <utility>

namespace limpet::avro {
namespace {

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
    append_step(path_, step);
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
