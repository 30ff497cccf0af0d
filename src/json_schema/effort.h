// Effort: what one run of a validator may still spend, and why it had to stop.
#pragma once

#include "limpet/base/error.h"
#include "limpet/json_schema/validate.h"

#include <cstddef>
#include <cstdint>

namespace limpet::json_schema {

/// A copy goes on from where this one is. Threads: confined.
class Effort {
 public:
  enum class Limit : std::uint8_t { None, Steps, Depth, Pattern };

  explicit Effort(const ValidateOptions& options)
      : options_(&options), steps_left_(options.max_steps) {}

  bool spend(std::uint64_t steps) {
    if (steps_left_ >= steps) [[likely]] {
      steps_left_ -= steps;
      return true;
    }
    steps_left_ = 0;
    stop(Limit::Steps);
    return false;
  }

  /// The first reason counts.
  void stop(Limit limit) {
    if (limit_ == Limit::None) limit_ = limit;
  }
  bool stopped() const { return limit_ != Limit::None; }

  /// Schemas within another; false when that is too deep. leave() what was entered.
  bool enter(std::size_t schemas = 1) {
    depth_ += schemas;
    if (depth_ <= options_->max_depth) [[likely]]
      return true;
    depth_ -= schemas;
    stop(Limit::Depth);
    return false;
  }
  void leave(std::size_t schemas = 1) { depth_ -= schemas; }

  std::uint64_t& steps_left() { return steps_left_; }
  std::uint64_t steps_used() const { return options_->max_steps - steps_left_; }
  const ValidateOptions& options() const { return *options_; }
  /// Requires: stopped().
  Error error() const;

 private:
  const ValidateOptions* options_;
  std::uint64_t steps_left_;
  std::size_t depth_ = 0;
  Limit limit_ = Limit::None;
};

}  // namespace limpet::json_schema
