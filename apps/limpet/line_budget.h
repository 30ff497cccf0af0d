// LineBudget: how many log lines of one kind a second may have, where a client decides how many
// there could be. What is left out is counted; the next line says how many.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace limpet::app {

/// Threads: safe.
class LineBudget {
 public:
  explicit LineBudget(std::uint64_t lines_per_second) : lines_per_second_(lines_per_second) {}

  /// nullopt: leave this line out. Otherwise write it; the number is that of the lines left out
  /// since the last one. `now` is that of a clock that only moves forward.
  std::optional<std::uint64_t> take(std::chrono::nanoseconds now) {
    const std::lock_guard lock(mutex_);
    if (now >= second_ends_) {
      second_ends_ = now + std::chrono::seconds(1);
      written_ = 0;
    }
    if (written_ == lines_per_second_) {
      ++left_out_;
      return std::nullopt;
    }
    ++written_;
    return std::exchange(left_out_, 0);
  }

 private:
  const std::uint64_t lines_per_second_;
  std::mutex mutex_;
  std::chrono::nanoseconds second_ends_{0};
  std::uint64_t written_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace limpet::app
