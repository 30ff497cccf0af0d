// What JSON values are to Avro's types, and how both are called in sentences.
#pragma once

#include "limpet/avro/node.h"
#include "limpet/json/value.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace limpet::avro {

/// At most 60 bytes of it; as a JSON string.
std::string shortened(std::string_view text);
std::string quoted(std::string_view text);

/// The value in a few words; never walks all of a container.
std::string found_words(const json::Value& value);
/// "int", "enum my.ns.Color", "one of null, string".
std::string expected_words(const Node& type);

/// The integer that a number stands for, also when it is written as 1.0 or 1e2.
std::optional<std::int64_t> whole_number(const json::Value& value);
bool is_int(const json::Value& value);
/// A number, or "NaN", "Infinity", "-Infinity".
bool is_floating(const json::Value& value);
/// How many bytes a string stands for; nullopt when one of its characters is no byte.
std::optional<std::size_t> byte_count(std::string_view text);

/// May `value` be of this type, as far as one look tells? Of records, the names of the members.
bool looks_like(const Node& type, const json::Value& value);

/// For a value without its branch object, or with one of another name: what to write instead.
std::string branch_hint(const Node& type, const json::Value& value);
/// For a member that the record does not have.
std::string alias_hint(const Node& record, std::string_view name);

/// Members of an object by name: a map only where it pays.
class Members {
 public:
  explicit Members(const json::Value& object) : object_(object) {
    if (object.members().size() <= kFew) return;
    for (const auto& member : object.members()) by_name_.emplace(member.name, &member.value);
  }
  const json::Value* find(std::string_view name) const {
    if (by_name_.empty()) return object_.find(name);
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }

 private:
  static constexpr std::size_t kFew = 16;
  const json::Value& object_;
  std::unordered_map<std::string_view, const json::Value*> by_name_;
};

/// One step longer: "/" and the step, escaped (RFC 6901, section 3).
void append_step(std::string& pointer, std::string_view step);

}  // namespace limpet::avro
