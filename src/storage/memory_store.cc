#include "limpet/storage/memory_store.h"

#include "overlay.h"

#include "limpet/storage/guard.h"

#include <utility>

namespace limpet::storage {

MemoryStore::MemoryStore() : MemoryStore([](const std::function<void()>& run) { run(); }) {}

MemoryStore::MemoryStore(Executor executor)
    : executor_(std::move(executor)), rows_(std::make_shared<Rows>()) {}

MemoryStore::~MemoryStore() { MemoryStore::stop(); }

Status MemoryStore::read(const ReadWork& work) {
  std::shared_ptr<Rows> snapshot;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return stopping_error();
    snapshot = rows_;
    ++readers_;
  }
  RowsReader reader(*snapshot);
  Status status = guarded(work, static_cast<Reader&>(reader));
  const std::lock_guard lock(mutex_);
  if (snapshot == rows_) --readers_;
  snapshot.reset();
  return status;
}

void MemoryStore::submit(WriteWork work, Done done) {
  {
    std::unique_lock lock(mutex_);
    if (stopping_) {
      lock.unlock();
      done({Outcome::RolledBack, stopping_error()});
      return;
    }
    queue_.push_back({std::move(work), std::move(done)});
    if (draining_) return;
    draining_ = true;
  }
  executor_([this] { drain(); });
}

// One thread at a time; what is submitted meanwhile, also by a `done`, waits in the queue.
void MemoryStore::drain() {
  std::unique_lock lock(mutex_);
  while (!queue_.empty()) {
    Queued next = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    CommitResult result = run(next.work);
    finish(next.done, std::move(result));
    next = {};
    lock.lock();
  }
  draining_ = false;
  idle_.notify_all();
}

CommitResult MemoryStore::run(const WriteWork& work) {
  // Only this thread replaces rows_, so it may read them without the lock.
  const std::shared_ptr<Rows> base = rows_;
  Overlay txn(*base);
  if (Status status = guarded(work, static_cast<Txn&>(txn)); !status) {
    return {Outcome::RolledBack, std::move(status).error()};
  }
  const std::lock_guard lock(mutex_);
  if (readers_ > 0) {
    rows_ = std::make_shared<Rows>(*rows_);
    readers_ = 0;
  }
  txn.apply_to(*rows_);
  return {Outcome::Committed, std::nullopt};
}

void MemoryStore::stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  idle_.wait(lock, [this] { return !draining_; });
}

MemoryStore::Rows MemoryStore::rows() const {
  const std::lock_guard lock(mutex_);
  return *rows_;
}

void MemoryStore::set_rows(Rows rows) {
  const std::lock_guard lock(mutex_);
  rows_ = std::make_shared<Rows>(std::move(rows));
  readers_ = 0;
}

}  // namespace limpet::storage
