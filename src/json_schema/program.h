// Program: what a Plan holds. One Rules for each schema, children by pointer.
#pragma once

#include "document.h"
#include "model.h"
#include "number.h"

#include "limpet/json_schema/validate.h"
#include "limpet/value/same_text.h"

#include <algorithm>
#include <cstddef>
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

/// Up to so many names or values are looked through rather than looked up.
inline constexpr std::size_t kFew = 8;

/// The values of an enum or a const.
struct ValueSet {
  std::vector<std::string_view> strings;  ///< sorted
  std::unordered_set<std::string> texts;  ///< of other values, as equality_text() writes them
  bool has_containers = false;
  std::string shown;  ///< the first value as JSON

  bool has_string(std::string_view text) const {
    if (strings.size() > kFew) return std::ranges::binary_search(strings, text);
    return std::ranges::any_of(strings,
                               [&](std::string_view each) { return value::same_text(each, text); });
  }
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
  /// All of the above in whole numbers: an integer from `least` to `greatest` that is a multiple
  /// is right. False: it takes exact arithmetic.
  bool whole = false;
  std::int64_t least = INT64_MIN, greatest = INT64_MAX;
};

using Format = bool (*)(std::string_view text);

struct StringRules {
  std::uint64_t min_length = 0, max_length = UINT64_MAX;
  const Pattern* pattern = nullptr;
  const std::string* pattern_text = nullptr;
  Format format = nullptr;
  std::string_view format_name;
};

struct ArrayRules {
  std::uint64_t min_items = 0, max_items = UINT64_MAX;
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

/// The properties that a schema declares or requires, by name.
class PropertyTable {
 public:
  /// The rule of that name, made where there is none.
  PropertyRule& at(std::string_view name) {
    const auto [known, fresh] = index_.emplace(name, entries_.size());
    if (fresh) entries_.push_back({name, {}});
    return entries_[known->second].rule;
  }

  struct Entry {
    std::string_view name;
    PropertyRule rule;
  };

  /// Finds the rules of one object's members. Those tend to come in the order of the schema.
  class Finder {
   public:
    explicit Finder(const PropertyTable& table)
        : table_(table), next_(table.entries_.data()), end_(next_ + table.entries_.size()) {}
    /// nullptr when there is none of that name.
    [[gnu::always_inline]] const PropertyRule* find(std::string_view name) {
      const Entry* found = next_;
      if (next_ == end_ || !value::same_text(next_->name, name)) [[unlikely]] {
        found = table_.look_for(name, next_);
        if (found == nullptr) return nullptr;
      }
      next_ = found + 1;
      return &found->rule;
    }

   private:
    const PropertyTable& table_;
    const Entry* next_;
    const Entry* end_;
  };

 private:
  /// nullptr when there is none. The name is likely to be a little behind `from`.
  [[gnu::noinline]] const Entry* look_for(std::string_view name, const Entry* from) const {
    const Entry* const begin = entries_.data();
    const Entry* const end = begin + entries_.size();
    const Entry* const near = end - from > static_cast<std::ptrdiff_t>(kFew) ? from + kFew : end;
    for (const Entry* entry = from; entry != near; ++entry) {
      if (value::same_text(entry->name, name)) return entry;
    }
    if (entries_.size() > kFew) {
      const auto found = index_.find(name);
      return found == index_.end() ? nullptr : begin + found->second;
    }
    for (const Entry* entry = begin; entry != from; ++entry) {
      if (value::same_text(entry->name, name)) return entry;
    }
    return nullptr;
  }

  std::vector<Entry> entries_;
  std::unordered_map<std::string_view, std::size_t> index_;
};

struct Dependency {
  std::string_view name;
  std::vector<std::string_view> required;
  const Rules* rules = nullptr;
  std::string_view keyword;
};

struct ObjectRules {
  std::uint64_t min_properties = 0, max_properties = UINT64_MAX;
  PropertyTable properties;
  std::vector<std::string_view> required;
  std::vector<std::pair<const Pattern*, const Rules*>> patterns;
  const Rules* additional = nullptr;
  const Rules* names = nullptr;
  bool plain = false;  ///< a member's rules follow from its own property or from `additional`
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
  // Of TypeBit, by known_type():
  std::uint8_t settled = 0;  ///< values of these are right, whatever they are
  std::uint8_t refused = 0;  ///< and of these wrong
  std::uint8_t plain = 0;  ///< arrays, objects: only their items or members and their number matter
  std::uint8_t right_types = 0;   ///< what `type` takes
  std::uint8_t types = 0;         ///< `type` as it is written; 0 = any
  bool never = false;             ///< the schema `false`
  bool literal_integers = false;  ///< draft-04: 1.0 is no integer
  bool has_values = false;
  bool nests = false;  ///< applies further schemas to the value itself
  bool marks = false;  ///< has rules for what is not evaluated
  std::uint32_t resource = 0;
  std::unique_ptr<NumberRules> number;
  std::unique_ptr<StringRules> string;
  std::unique_ptr<ArrayRules> array;
  std::unique_ptr<ObjectRules> object;
  std::unique_ptr<InPlaceRules> in_place;
  std::unique_ptr<ValueSet> allowed, constant;
  const Rules* ref = nullptr;
  const Rules* dynamic_ref = nullptr;
  const Node* node = nullptr;
  /// This, or where it leads when it is nothing but a reference. Settled, refused and plain are
  /// those of the target; the schemas on the way are counted.
  const Rules* target = this;
  std::uint32_t schemas = 1;

  Rules() = default;
  Rules(const Rules&) = delete;
};

class Program {
 public:
  std::shared_ptr<const Model> model;
  std::deque<Rules> rules;  ///< by Node::id

  const Rules& of(const Node& node) const { return rules[node.id]; }
};

}  // namespace limpet::json_schema
