// Validator: applies a Program to one value.
#pragma once

#include "program.h"

#include "limpet/base/result.h"
#include "limpet/json_schema/validate.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::json_schema {

/// Threads: confined.
class Validator {
 public:
  /// With `errors` everything wrong is collected there, without it the first failure decides.
  Validator(const Program& program, const ValidateOptions& options,
            std::vector<ValidationError>* errors)
      : program_(program), options_(options), errors_(errors), steps_left_(options.max_steps) {}

  Result<bool> run(const json::Value& value);

 private:
  // Where in the value we are; lives on the stack.
  struct Place {
    const Place* parent = nullptr;
    const std::string* name = nullptr;  // of a member
    std::size_t index = 0;              // of an item
  };
  // The resources that we came through; lives on the stack.
  struct Scope {
    const Scope* parent = nullptr;
    std::uint32_t resource = 0;
  };
  // Which members or items of one value some schema has looked at; empty = nobody asks.
  using Marks = std::vector<bool>;
  struct At {
    const json::Value& value;
    const Place& place;
    const Scope& scope;
    Marks* marks;  // nullptr: nobody asks
  };
  enum class Limit : std::uint8_t { None, Steps, Depth, Pattern };

  // `reporting` is errors_ != nullptr and not inside a branch that may fail.
  bool apply(const Rules& rules, const At& at);
  bool apply_all(const Rules& rules, const At& at);
  bool quietly(const Rules& rules, const At& at);
  bool check_references(const Rules& rules, const At& at);
  bool check_type(const Rules& rules, const At& at);
  bool check_values(const Rules& rules, const At& at);
  bool check_number(const Rules& rules, const At& at);
  bool check_string(const Rules& rules, const At& at);
  bool check_array(const Rules& rules, const At& at);
  bool check_contains(const Rules& rules, const At& at);
  bool check_unique(const Rules& rules, const At& at);
  bool check_object(const Rules& rules, const At& at);
  bool check_members(const Rules& rules, const At& at);
  bool check_missing(const Rules& rules, const At& at);
  bool check_dependencies(const Rules& rules, const At& at);
  bool check_in_place(const Rules& rules, const At& at);
  bool check_any_of(const Rules& rules, const At& at);
  bool check_one_of(const Rules& rules, const At& at);
  bool check_condition(const Rules& rules, const At& at);
  bool check_unevaluated(const Rules& rules, const At& at);

  const Rules& dynamic_target(const Rules& rules, const Scope& scope);
  bool matches(const Pattern& pattern, std::string_view text);

  bool spend(std::uint64_t steps) {
    if (steps_left_ >= steps) {
      steps_left_ -= steps;
      return true;
    }
    steps_left_ = 0;
    if (limit_ == Limit::None) limit_ = Limit::Steps;
    return false;
  }
  bool stopped() const { return limit_ != Limit::None; }
  // After a failure: is there more to be found?
  bool go_on() const {
    return errors_ != nullptr && !stopped() && errors_->size() < options_.max_errors;
  }

  // Note a failure; always false. `message` is only made when it is wanted.
  template <class Message>
  bool fail(const Rules& rules, const At& at, std::string_view keyword, Message message) {
    if (go_on()) report(rules, at, keyword, message());
    return false;
  }
  void report(const Rules& rules, const At& at, std::string_view keyword, std::string message);
  Error over_limit() const;

  const Program& program_;
  const ValidateOptions& options_;
  std::vector<ValidationError>* errors_;
  std::uint64_t steps_left_;
  std::size_t depth_ = 0;
  Limit limit_ = Limit::None;
};

}  // namespace limpet::json_schema
