#include "limpet/avro/validate_json.h"

#include "json_walk.h"

#include <string>
#include <utility>

namespace limpet::avro {
namespace {

class Checker : public JsonWalk {
 public:
  using JsonWalk::JsonWalk;

  void check(const Node& type, const json::Value& value) {
    enter([&] { check_kind(type, value); });
  }

 private:
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
        if (!looks_like(type, value)) refuse_integer(type, value);
        return;
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
    refuse_unknown(type, value);
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
  return std::move(checker).take();
}

}  // namespace limpet::avro
