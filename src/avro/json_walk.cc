#include "json_walk.h"

#include <cmath>

namespace limpet::avro {

Result<std::vector<Violation>> JsonWalk::take() && {
  if (too_deep_) {
    return Error::limit_exceeded("the value is nested deeper than " +
                                 std::to_string(limits_.max_depth) + " levels");
  }
  return std::move(violations_);
}

void JsonWalk::refuse(std::string expected, std::string found, std::string hint) {
  if (full()) return;
  violations_.push_back({path_, std::move(expected), std::move(found), std::move(hint)});
}

void JsonWalk::refuse(const Node& type, const json::Value& value, std::string hint) {
  refuse(expected_words(type), found_words(value), std::move(hint));
}

void JsonWalk::refuse_integer(const Node& type, const json::Value& value) {
  std::string hint;
  if (value.is_number()) {
    const auto number = value.as_double();
    hint = number && *number != std::floor(*number) ? "it has a fraction" : "it does not fit";
  }
  refuse(type, value, std::move(hint));
}

void JsonWalk::refuse_unknown(const Node& record, const json::Value& object) {
  for (const auto& member : object.members()) {
    if (full()) return;
    if (record.find_field(member.name) != nullptr) continue;
    below(member.name, [&] {
      refuse("no member of this name", found_words(member.value), alias_hint(record, member.name));
    });
  }
}

}  // namespace limpet::avro
