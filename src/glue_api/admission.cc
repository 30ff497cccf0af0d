#include "admission.h"

#include <algorithm>

namespace limpet::glue_api {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kSecond = std::chrono::nanoseconds(1s).count();

std::int64_t interval_of(const AdmissionSettings& settings) {
  return settings.rate == 0 ? 0 : std::max<std::int64_t>(kSecond / settings.rate, 1);
}

/// A burst of one second's worth unless told otherwise, and never less than one call.
std::int64_t burst_of(const AdmissionSettings& settings) {
  return std::max<std::int64_t>(settings.burst == 0 ? settings.rate : settings.burst, 1);
}

}  // namespace

Admission::Ticket::~Ticket() {
  if (admission_ != nullptr) admission_->in_flight_.fetch_sub(1, std::memory_order_relaxed);
}

Admission::Admission(AdmissionSettings settings)
    : settings_(settings),
      interval_(interval_of(settings)),
      tolerance_(interval_ * (burst_of(settings) - 1)) {}

Admission::Ticket Admission::enter() {
  const auto before = in_flight_.fetch_add(1, std::memory_order_relaxed);
  if (settings_.calls_max != 0 && before >= settings_.calls_max) {
    in_flight_.fetch_sub(1, std::memory_order_relaxed);
    overloaded_.fetch_add(1, std::memory_order_relaxed);
    return {};
  }
  return Ticket(this);
}

bool Admission::take(std::string_view caller, std::chrono::nanoseconds now) {
  if (interval_ == 0) return true;
  Shard& shard = shards_[Hash()(caller) % kShards];
  const Nanoseconds time = now.count();
  {
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.full_at.find(caller);
    if (found == shard.full_at.end()) {
      if (shard.full_at.size() >= kShardMax) make_room(shard, time);
      shard.full_at.emplace(caller, time + interval_);
      return true;
    }
    Nanoseconds& full_at = found->second;
    if (full_at - time <= tolerance_) {
      full_at = std::max(full_at, time) + interval_;
      return true;
    }
  }
  throttled_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

/// Forgets those whose bucket is full, which changes nothing for them. Where that frees too little,
/// all are forgotten: each then has a full bucket, and the next look through all is far away.
void Admission::make_room(Shard& shard, Nanoseconds now) {
  std::erase_if(shard.full_at, [now](const auto& entry) { return entry.second <= now; });
  if (shard.full_at.size() > kShardMax * 3 / 4) shard.full_at.clear();
}

Service::AdmissionStats Admission::stats() const {
  return {.in_flight = in_flight_.load(),
          .overloaded = overloaded_.load(),
          .throttled = throttled_.load()};
}

std::size_t Admission::callers() const {
  std::size_t total = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    total += shard.full_at.size();
  }
  return total;
}

}  // namespace limpet::glue_api
