#include "retention.h"

#include "limpet/storage/change_log.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace limpet::app {

using namespace std::chrono_literals;

Result<std::uint64_t> trim_change_log(storage::Store& store, Timestamp before,
                                      const std::function<bool()>& go_on) {
  std::uint64_t trimmed = 0;
  while (go_on()) {
    std::vector<std::uint64_t> due;
    LIMPET_CHECK(store.read([&](storage::Reader& reader) -> Status {
      LIMPET_TRY(due, storage::due_changes(reader, before, kTrimEntries));
      return {};
    }));
    if (due.empty()) break;
    LIMPET_CHECK(store.write([due](storage::Txn& txn) { return storage::erase_changes(txn, due); })
                     .status());
    trimmed += due.size();
    if (due.size() < kTrimEntries) break;
  }
  return trimmed;
}

std::chrono::milliseconds retention_interval(std::chrono::milliseconds keep) {
  return std::clamp<std::chrono::milliseconds>(keep / 10, 1s, 1h);
}

ChangeLogRetention::ChangeLogRetention(RetentionParts parts)
    : parts_(std::move(parts)), thread_([this] { loop(); }) {}

ChangeLogRetention::~ChangeLogRetention() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void ChangeLogRetention::loop() {
  const auto interval = retention_interval(parts_.keep);
  // Also a server that is started anew every hour comes to it.
  for (bool on = wait(std::min<std::chrono::milliseconds>(interval, 1min)); on;
       on = wait(interval)) {
    const auto trimmed = trim_change_log(parts_.store, parts_.clock.now() - parts_.keep,
                                         [this] { return going_on(); });
    if (!trimmed) {
      if (going_on()) parts_.failed(trimmed.error());
    } else if (*trimmed > 0) {
      parts_.trimmed(*trimmed);
    }
  }
}

bool ChangeLogRetention::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !stop_.wait_for(lock, time, [this] { return stopping_; });
}

bool ChangeLogRetention::going_on() {
  const std::lock_guard lock(mutex_);
  return !stopping_;
}

}  // namespace limpet::app
