#include "histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace limpet::bench {

std::size_t Histogram::bucket_of(std::uint64_t value) {
  // Below 2 << kSubBits each value has its own bucket; above, the top kSubBits + 1 bits choose.
  const int width = std::bit_width(value);
  const int shift = std::max(0, width - kSubBits - 1);
  return (static_cast<std::size_t>(shift) << kSubBits) + (value >> shift);
}

std::uint64_t Histogram::upper_bound(std::size_t bucket) {
  constexpr std::size_t kSub = 1UL << kSubBits;
  if (bucket < 2 * kSub) return bucket;
  const std::size_t shift = bucket / kSub - 1;
  return ((bucket - shift * kSub + 1) << shift) - 1;
}

void Histogram::record(std::chrono::nanoseconds value) {
  constexpr std::int64_t kMax = (std::int64_t{1} << kValueBits) - 1;
  const auto bounded = std::clamp<std::int64_t>(value.count(), 0, kMax);
  ++buckets_[bucket_of(static_cast<std::uint64_t>(bounded))];
  ++count_;
  sum_ += std::chrono::nanoseconds(bounded);
  max_ = std::max(max_, std::chrono::nanoseconds(bounded));
}

std::chrono::nanoseconds Histogram::mean() const {
  return count_ == 0 ? std::chrono::nanoseconds(0) : sum_ / static_cast<std::int64_t>(count_);
}

std::chrono::nanoseconds Histogram::quantile(double share) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    seen += buckets_[bucket];
    if (seen >= wanted && seen > 0) {
      return std::min(std::chrono::nanoseconds(upper_bound(bucket)), max_);
    }
  }
  return max_;
}

}  // namespace limpet::bench
