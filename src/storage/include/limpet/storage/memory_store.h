// MemoryStore: a Store that forgets. For tests and for trying things out.
//
//   storage::MemoryStore store;
//   store.write([](storage::Txn& txn) { return txn.put("greeting", "hello"); });
//
// It owns no thread: a transaction runs on the thread that submits it, or on one that is submitting
// already. A read sees the state of its beginning while writes go on. Threads: safe.
#pragma once

#include "limpet/storage/store.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace limpet::storage {

class MemoryStore : public Store {
 public:
  using Rows = std::map<std::string, std::string, std::less<>>;
  /// Runs the function it is handed, now or later, once, on any thread.
  using Executor = std::function<void(std::function<void()>)>;

  MemoryStore();
  /// Transactions run on `executor`, which must run everything before this is destroyed.
  explicit MemoryStore(Executor executor);
  ~MemoryStore() override;
  MemoryStore(const MemoryStore&) = delete;
  MemoryStore& operator=(const MemoryStore&) = delete;

  Status read(const ReadWork& work) override;
  void submit(WriteWork work, Done done) override;
  void stop() override;

  /// A copy of every row, and its replacement. For tests.
  Rows rows() const;
  void set_rows(Rows rows);

 private:
  struct Queued {
    WriteWork work;
    Done done;
  };
  void drain();
  CommitResult run(const WriteWork& work);

  mutable std::mutex mutex_;
  std::condition_variable idle_;
  Executor executor_;
  std::shared_ptr<Rows> rows_;  // replaced, not changed, while a read holds it
  std::size_t readers_ = 0;     // reads that hold the rows of now
  std::deque<Queued> queue_;
  bool draining_ = false;
  bool stopping_ = false;
};

}  // namespace limpet::storage
