// Validator: applies a Program to one value.
//
// There are two of it, from the same rules: one that only tells whether the value is valid and
// stops at the first failure, and one that collects what is wrong. The second uses the first for
// branches that may fail.
#pragma once

#include "document.h"
#include "effort.h"
#include "program.h"

#include "limpet/base/result.h"
#include "limpet/json_schema/validate.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::json_schema {

enum class Wanted : bool { Verdict, Reasons };

/// Where in the value we are; lives on the stack.
struct Place {
  const Place* parent = nullptr;
  std::string_view name = {};  // of a member; its data() is nullptr for an item
  std::size_t index = 0;       // of an item
};
/// Who wants no reasons need not know.
struct NoPlace {
  NoPlace() = default;
  NoPlace(const NoPlace*, std::string_view, std::size_t) {}
};
/// The resources that we came through; lives on the stack.
struct Scope {
  const Scope* parent = nullptr;
  std::uint32_t resource = 0;
};
/// Which members or items of one value some schema has looked at.
using Marks = std::vector<bool>;

/// `Document` is how values are looked at: Tree or Views. Threads: confined.
template <Wanted kWanted, class Document>
class Validator {
 public:
  using Value = typename Document::Value;
  /// Reasons are appended to `errors`; a verdict needs none.
  Validator(const Program& program, const Effort& effort,
            std::vector<ValidationError>* errors = nullptr)
      : program_(program), effort_(effort), errors_(errors) {}

  Result<bool> run(Value value);
  /// What is left of it.
  const Effort& effort() const { return effort_; }

 private:
  template <Wanted, class>
  friend class Validator;
  static constexpr bool kReasons = kWanted == Wanted::Reasons;
  using Here = std::conditional_t<kReasons, Place, NoPlace>;
  struct At {
    Value value;
    const Here& place;
    const Scope& scope;
    Marks* marks;  // nullptr: nobody asks
  };

  // The kind of the value decides for most schemas.
  [[gnu::always_inline]] bool apply(const Rules& rules, const At& at) {
    if (!spend(rules.schemas)) return false;
    const auto type = known_type(at.value);
    if ((rules.settled & type) != 0) return true;
    if (!kReasons && (rules.refused & type) != 0) return false;
    return apply_undecided(rules, at);
  }
  // The same for a part of what is at `around`, when nobody asks for the place; and `steps` more.
  [[gnu::always_inline]] bool apply_within(const At& around, const Rules& rules, const Value& value,
                                           std::uint64_t steps) {
    if (!spend(rules.schemas + steps)) return false;
    const auto type = known_type(value);
    if ((rules.settled & type) != 0) return true;
    if ((rules.refused & type) != 0) return false;
    return apply_undecided(rules, {value, around.place, around.scope, nullptr});
  }
  bool apply_undecided(const Rules& rules, const At& at);
  bool apply_plain(const Rules& rules, const At& at);
  bool apply_target(const Rules& rules, const At& at);
  bool apply_nested(const Rules& rules, const At& at);
  bool apply_here(const Rules& rules, const At& at);
  bool apply_marking(const Rules& rules, const At& at);
  bool apply_each(const Rules& rules, const At& at);
  bool quietly(const Rules& rules, const At& at, Marks* marks);

  bool check_references(const Rules& rules, const At& at);
  const Rules& dynamic_target(const Rules& rules, const Scope& scope);
  bool check_unevaluated(const Rules& rules, const At& at);
  // validator_scalars.h
  bool check_type(const Rules& rules, const At& at);
  bool check_values(const Rules& rules, const At& at);
  bool is_one_of(const ValueSet& set, const At& at);
  bool check_number(const Rules& rules, const At& at);
  bool check_bounds(const Rules& rules, const At& at);
  bool check_string(const Rules& rules, const At& at);
  bool check_length(const Rules& rules, const At& at);
  bool matches(const Pattern& pattern, std::string_view text);
  // validator_array.h
  bool check_array(const Rules& rules, const At& at);
  bool check_items(const Rules& rules, const At& at);
  bool items_are_right(const ArrayRules& array, const At& at);
  bool check_contains(const Rules& rules, const At& at);
  bool check_unique(const Rules& rules, const At& at);
  // validator_object.h
  bool check_object(const Rules& rules, const At& at);
  bool check_members(const Rules& rules, const At& at);
  bool members_are_right(const ObjectRules& object, const At& at);
  bool check_member(const Rules& rules, const At& at, std::size_t index, const PropertyRule* rule);
  bool check_missing(const Rules& rules, const At& at);
  bool check_dependencies(const Rules& rules, const At& at);
  // validator_in_place.h
  bool check_in_place(const Rules& rules, const At& at);
  bool check_any_of(const Rules& rules, const At& at);
  bool check_one_of(const Rules& rules, const At& at);
  bool check_condition(const Rules& rules, const At& at);

  bool spend(std::uint64_t steps) { return effort_.spend(steps); }
  bool stopped() const { return effort_.stopped(); }
  // After a failure: is there more to be found?
  bool go_on() const {
    if constexpr (!kReasons) return false;
    return !stopped() && errors_->size() < effort_.options().max_errors;
  }

  // Note a failure; always false. `message` is only made when it is wanted.
  template <class Message>
  bool fail(const Rules& rules, const At& at, std::string_view keyword, Message message) {
    if constexpr (kReasons) {
      if (go_on()) report(rules, at, keyword, message());
    }
    return false;
  }
  void report(const Rules& rules, const At& at, std::string_view keyword, std::string message);

  const Program& program_;
  Effort effort_;
  std::vector<ValidationError>* errors_;
};

}  // namespace limpet::json_schema
