// Histogram: latencies in buckets that grow with the value, as in HdrHistogram.
//
//   Histogram latency;
//   latency.record(std::chrono::microseconds(250));
//   latency.quantile(0.99);        // at most 0.8 % above the true value
//
// Constant memory, a few instructions per value. Threads: compatible.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace limpet::bench {

class Histogram {
 public:
  /// Negative values count as 0, values beyond 18 minutes as 18 minutes.
  void record(std::chrono::nanoseconds value);

  std::uint64_t count() const { return count_; }
  std::chrono::nanoseconds max() const { return max_; }
  std::chrono::nanoseconds mean() const;
  /// The least bucket bound that `share` of the values do not exceed; 0 without values.
  std::chrono::nanoseconds quantile(double share) const;

 private:
  static constexpr int kSubBits = 7;  // 128 buckets for each power of two
  static constexpr int kValueBits = 40;
  static constexpr std::size_t kBuckets = static_cast<std::size_t>(kValueBits - kSubBits + 1)
                                          << kSubBits;

  static std::size_t bucket_of(std::uint64_t value);
  static std::uint64_t upper_bound(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds sum_{0};
  std::chrono::nanoseconds max_{0};
};

}  // namespace limpet::bench
