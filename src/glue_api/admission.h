// Admission: which calls may begin. A cap on the calls in flight, for everybody together, and a
// rate per caller, so that one caller's loop does not become everybody's wait.
//
//   Admission admission({.calls_max = 4096, .rate = 100, .burst = 200});
//   const Admission::Ticket ticket = admission.enter();    // before any work
//   if (!ticket) return overloaded();
//   …authenticate…
//   if (!admission.take(access_key_id, now)) return throttled();
//
// The rate is a token bucket in the form of the generic cell rate algorithm (ITU-T I.371): per
// caller one point in time, that at which its bucket will be full again. A caller whose
// bucket is full needs no entry, so what is remembered is bounded by who called of late.
#pragma once

#include "limpet/glue_api/service.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace limpet::glue_api {

/// Threads: safe.
class Admission {
 public:
  /// One call's place under the cap, given back when it goes; false: there was none.
  class Ticket {
   public:
    Ticket() = default;
    Ticket(Ticket&& other) noexcept : admission_(std::exchange(other.admission_, nullptr)) {}
    Ticket& operator=(Ticket&& other) noexcept {
      std::swap(admission_, other.admission_);
      return *this;
    }
    ~Ticket();
    explicit operator bool() const { return admission_ != nullptr; }

   private:
    friend class Admission;
    explicit Ticket(Admission* admission) : admission_(admission) {}
    Admission* admission_ = nullptr;
  };

  explicit Admission(AdmissionSettings settings);

  /// A place for one call more. The ticket must go before this does.
  Ticket enter();

  /// May this caller call now? Costs a hash, a lock that 16 share, and a look-up; nothing when
  /// no rate is set. `now` is that of a clock that only moves forward.
  bool take(std::string_view caller, std::chrono::nanoseconds now);

  Service::AdmissionStats stats() const;
  /// Callers remembered; never more than kCallersMax.
  std::size_t callers() const;
  static constexpr std::size_t kCallersMax = 1UL << 16;

 private:
  using Nanoseconds = std::int64_t;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    /// When the caller's bucket will be full.
    std::unordered_map<std::string, Nanoseconds, Hash, std::equal_to<>> full_at;
  };
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kShardMax = kCallersMax / kShards;

  static void make_room(Shard& shard, Nanoseconds now);

  const AdmissionSettings settings_;
  const Nanoseconds interval_;   ///< between two calls at the rate
  const Nanoseconds tolerance_;  ///< how far ahead of the rate a burst may be
  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> in_flight_ = 0;
  std::atomic<std::uint64_t> overloaded_ = 0;
  std::atomic<std::uint64_t> throttled_ = 0;
};

}  // namespace limpet::glue_api
