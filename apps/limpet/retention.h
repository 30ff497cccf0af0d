// ChangeLogRetention: forgets old entries of the change log, a few at a time, while a server runs.
//
//   ChangeLogRetention retention({.store = store, .clock = clock, .keep = 90 * 24h, …});
//
// An entry that is due goes in a transaction with at most kTrimEntries others, one such transaction
// at a time, so that a client's write waits for no more than one of them. What is to go is found by
// reads. Nothing happens in the first moments of a server.
#pragma once

#include "limpet/base/time.h"
#include "limpet/storage/store.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace limpet::app {

inline constexpr std::size_t kTrimEntries = 64;

/// Erase the entries of the change log that are older than `before`, oldest first, until none is
/// left or `go_on` says no. Answers how many. Errors: the store's; Internal when an entry cannot be
/// read.
Result<std::uint64_t> trim_change_log(storage::Store& store, Timestamp before,
                                      const std::function<bool()>& go_on);

/// How often to look: ten times in the time to keep, between a second and an hour.
std::chrono::milliseconds retention_interval(std::chrono::milliseconds keep);

struct RetentionParts {
  storage::Store& store;
  const Clock& clock;
  std::chrono::milliseconds keep{};
  std::function<void(std::uint64_t entries)> trimmed;  ///< told when some went
  std::function<void(const Error& error)> failed;
};

/// Looks and trims on a thread of its own until it is destroyed. Threads: safe.
class ChangeLogRetention {
 public:
  /// What `parts` names must outlive this.
  explicit ChangeLogRetention(RetentionParts parts);
  ~ChangeLogRetention();
  ChangeLogRetention(const ChangeLogRetention&) = delete;
  ChangeLogRetention& operator=(const ChangeLogRetention&) = delete;

 private:
  void loop();
  bool wait(std::chrono::milliseconds time);  // false: stopping
  bool going_on();

  const RetentionParts parts_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace limpet::app
