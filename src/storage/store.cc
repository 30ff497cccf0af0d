#include "limpet/storage/store.h"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace limpet::storage {

Status CommitResult::status() const {
  if (outcome == Outcome::Committed) return {};
  return error.value_or(Error::internal("a transaction failed without a reason"));
}

CommitResult Store::write(WriteWork work) {
  std::mutex mutex;
  std::condition_variable answered;
  std::optional<CommitResult> answer;
  submit(std::move(work), [&](CommitResult result) {
    // Notified under the lock: the waiter may not leave, and destroy these, before we are through.
    const std::lock_guard lock(mutex);
    answer = std::move(result);
    answered.notify_one();
  });
  std::unique_lock lock(mutex);
  answered.wait(lock, [&] { return answer.has_value(); });
  return *std::move(answer);
}

}  // namespace limpet::storage
