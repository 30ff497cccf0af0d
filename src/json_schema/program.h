// Program: what a Plan holds. One Rules for each schema, children by pointer.
#pragma once

#include "model.h"
#include "number.h"

#include "limpet/json_schema/validate.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace limpet::json_schema {

struct Rules;

enum TypeBit : std::uint8_t {
  kNull = 1,
  kBoolean = 2,
  kNumber = 4,
  kString = 8,
  kArray = 16,
  kObject = 32,
  kInteger = 64,
};

/// The values of an enum or a const, as equality_text() writes them.
struct ValueSet {
  std::unordered_set<std::string> texts;
  bool has_containers = false;
};

struct Bound {
  Decimal value;
  std::optional<std::int64_t> whole;  ///< the same, where it is an integer of that size
  bool exclusive = false;
  std::string_view keyword;
};

struct NumberRules {
  std::optional<Bound> minimum, maximum, exclusive_minimum, exclusive_maximum;
  std::optional<Decimal> multiple_of;
  std::optional<std::int64_t> whole_multiple_of;
};

using Format = bool (*)(std::string_view text);

struct StringRules {
  std::optional<std::uint64_t> min_length, max_length;
  const Pattern* pattern = nullptr;
  const std::string* pattern_text = nullptr;
  Format format = nullptr;
  std::string_view format_name;
};

struct ArrayRules {
  std::optional<std::uint64_t> min_items, max_items;
  bool unique = false;
  std::vector<const Rules*> prefix;
  std::string_view prefix_keyword;
  const Rules* rest = nullptr;  ///< behind the prefix
  std::string_view rest_keyword;
  const Rules* contains = nullptr;
  std::uint64_t min_contains = 1;
  std::optional<std::uint64_t> max_contains;
  bool contains_evaluates = false;  ///< 2020-12: matching items count as evaluated
  const Rules* unevaluated = nullptr;
};

struct PropertyRule {
  const Rules* rules = nullptr;
  bool required = false;
};

struct Dependency {
  std::string_view name;
  std::vector<std::string_view> required;
  const Rules* rules = nullptr;
  std::string_view keyword;
};

struct ObjectRules {
  std::optional<std::uint64_t> min_properties, max_properties;
  std::unordered_map<std::string_view, PropertyRule> properties;
  std::vector<std::string_view> required;
  std::vector<std::pair<const Pattern*, const Rules*>> patterns;
  const Rules* additional = nullptr;
  const Rules* names = nullptr;
  std::vector<Dependency> dependencies;
  const Rules* unevaluated = nullptr;
};

/// Schemas applied to the same value.
struct InPlaceRules {
  std::vector<const Rules*> all_of, any_of, one_of;
  const Rules* negated = nullptr;
  const Rules* condition = nullptr;
  const Rules* then = nullptr;
  const Rules* otherwise = nullptr;
};

struct Rules {
  const Node* node = nullptr;
  bool never = false;             ///< the schema `false`
  bool trivial = false;           ///< nothing to check: `true`, {}
  std::uint8_t types = 0;         ///< of TypeBit; 0 = any
  bool literal_integers = false;  ///< draft-04: 1.0 is no integer
  std::unique_ptr<ValueSet> allowed, constant;
  std::unique_ptr<NumberRules> number;
  std::unique_ptr<StringRules> string;
  std::unique_ptr<ArrayRules> array;
  std::unique_ptr<ObjectRules> object;
  std::unique_ptr<InPlaceRules> in_place;
  const Rules* ref = nullptr;
  const Rules* dynamic_ref = nullptr;
};

class Program {
 public:
  std::shared_ptr<const Model> model;
  std::deque<Rules> rules;  ///< by Node::id

  const Rules& of(const Node& node) const { return rules[node.id]; }
};

}  // namespace limpet::json_schema
