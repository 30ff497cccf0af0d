#include "limpet/storage/store.h"

#include "limpet/storage/faulty_store.h"
#include "limpet/storage/memory_store.h"
#include "limpet/storage/store_contract.h"

#include <thread>

namespace limpet::storage {
namespace {

// Runs everything on one thread of its own, as a server's storage executor would.
class ThreadedMemoryStore final : public MemoryStore {
 public:
  ThreadedMemoryStore()
      : MemoryStore([this](std::function<void()> run) { post(std::move(run)); }) {}
  ~ThreadedMemoryStore() override {
    MemoryStore::stop();
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

 private:
  void post(std::function<void()> run) {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(run));
    }
    wake_.notify_one();
  }
  void loop() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return closing_ || !queue_.empty(); });
      if (queue_.empty()) return;
      auto run = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      run();
      lock.lock();
    }
  }
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool closing_ = false;
  std::thread thread_{[this] { loop(); }};
};

INSTANTIATE_TEST_SUITE_P(
    Stores, StoreContract,
    testing::Values(StoreFactory{"Memory", [] { return std::make_unique<MemoryStore>(); }},
                    StoreFactory{"MemoryOnItsOwnThread",
                                 [] { return std::make_unique<ThreadedMemoryStore>(); }},
                    StoreFactory{"FaultyWithoutFaults",
                                 [] { return std::make_unique<FaultyStore>(); }}),
    store_name);

TEST(Store, HeaderExample) {
  MemoryStore store;
  EXPECT_EQ(store.write([](Txn& txn) { return txn.put("greeting", "hello"); }).outcome,
            Outcome::Committed);
  const auto status = store.read([&](Reader& reader) -> Status {
    LIMPET_TRY(const auto greeting, reader.get("greeting"));
    EXPECT_EQ(greeting, "hello");
    return {};
  });
  EXPECT_TRUE(status);
}

struct FaultRow {
  std::string name;
  Fault fault;
  Outcome outcome;
  bool called;
  bool applied;
};

class FaultTest : public testing::TestWithParam<FaultRow> {};

TEST_P(FaultTest, AnswersAndLeavesTheStateThatItMay) {
  const FaultRow& row = GetParam();
  FaultyStore store;
  store.script({row.fault});
  bool called = false;
  const auto result = store.write([&](Txn& txn) -> Status {
    called = true;
    LIMPET_CHECK(txn.get("a"));
    return txn.put("a", "1");
  });
  EXPECT_EQ(result.outcome, row.outcome);
  EXPECT_EQ(result.error.has_value(), row.outcome != Outcome::Committed);
  EXPECT_EQ(called, row.called);
  EXPECT_EQ(store.rows().contains("a"), row.applied);
  EXPECT_EQ(store.write([](Txn& txn) { return txn.put("b", "1"); }).outcome, Outcome::Committed);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, FaultTest,
    testing::Values(FaultRow{"None", Fault::None, Outcome::Committed, true, true},
                    FaultRow{"Refused", Fault::Refused, Outcome::RolledBack, false, false},
                    FaultRow{"BrokenRead", Fault::BrokenRead, Outcome::RolledBack, true, false},
                    FaultRow{"BrokenWrite", Fault::BrokenWrite, Outcome::RolledBack, true, false},
                    FaultRow{"RolledBack", Fault::RolledBack, Outcome::RolledBack, true, false},
                    FaultRow{"Conflict", Fault::Conflict, Outcome::Conflict, true, false},
                    FaultRow{"UnknownApplied", Fault::UnknownApplied, Outcome::Unknown, true, true},
                    FaultRow{"UnknownLost", Fault::UnknownLost, Outcome::Unknown, true, false}),
    [](const auto& row) { return row.param.name; });

TEST(FaultyStore, DoesNotLetAWorkHideABrokenCall) {
  FaultyStore store;
  store.script({Fault::BrokenWrite});
  const auto result = store.write([](Txn& txn) -> Status {
    EXPECT_EQ(code_of(txn.put("a", "1")), Code::Unavailable);
    EXPECT_TRUE(txn.put("b", "1"));
    return {};
  });
  EXPECT_EQ(result.outcome, Outcome::RolledBack);
  EXPECT_TRUE(store.rows().empty());
}

TEST(FaultyStore, TellsTheWorksOwnErrorFirst) {
  FaultyStore store;
  store.script({Fault::UnknownLost});
  const auto result = store.write([](Txn&) -> Status { return Error::not_found("no"); });
  EXPECT_EQ(result.outcome, Outcome::RolledBack);
  EXPECT_EQ(code_of(result.status()), Code::NotFound);
}

TEST(FaultyStore, FailsReadsOnCommand) {
  FaultyStore store;
  store.fail_reads(1);
  const auto read = [](Reader& reader) -> Status {
    LIMPET_CHECK(reader.get("a"));
    return {};
  };
  EXPECT_EQ(code_of(store.read(read)), Code::Unavailable);
  EXPECT_TRUE(store.read(read));
}

TEST(FaultyStore, LosesWhatWasNotSyncedAndKeepsTheOldest) {
  FaultyStore store;
  ASSERT_EQ(store.write([](Txn& txn) { return txn.put("synced", "1"); }).outcome,
            Outcome::Committed);
  store.stall();
  std::vector<Outcome> outcomes;
  for (const char* key : {"a", "b", "c"}) {
    store.submit([key](Txn& txn) { return txn.put(key, "1"); },
                 [&](const CommitResult& result) { outcomes.push_back(result.outcome); });
  }
  EXPECT_EQ(store.stalled(), 3U);
  EXPECT_TRUE(outcomes.empty());
  EXPECT_FALSE(store.rows().contains("a"));
  store.power_loss({.kept = 1});
  EXPECT_EQ(outcomes, std::vector<Outcome>(3, Outcome::Unknown));
  EXPECT_EQ(store.rows(), (MemoryStore::Rows{{"a", "1"}, {"synced", "1"}}));
  EXPECT_EQ(store.write([](Txn& txn) { return txn.put("d", "1"); }).outcome, Outcome::Committed);
}

TEST(FaultyStore, ReleasesWhatStalled) {
  FaultyStore store;
  store.stall();
  std::optional<Outcome> outcome;
  store.submit([](Txn& txn) { return txn.put("a", "1"); },
               [&](const CommitResult& result) { outcome = result.outcome; });
  EXPECT_EQ(outcome, std::nullopt);
  store.release();
  EXPECT_EQ(outcome, Outcome::Committed);
}

TEST(FaultyStore, RepeatsItsChancesFromASeed) {
  const auto run = [](std::uint64_t seed) {
    FaultyStore store(FaultyStore::Odds{0, 50, 50, 50, 50, 100, 50, 50}, seed);
    std::vector<Outcome> outcomes;
    MemoryStore::Rows model;
    for (int i = 0; i < 500; ++i) {
      const std::string key = "k" + std::to_string(i);
      outcomes.push_back(store.write([&](Txn& txn) { return txn.put(key, "v"); }).outcome);
      const bool there = store.rows().contains(key);
      if (outcomes.back() == Outcome::Committed) {
        EXPECT_TRUE(there);
      }
      if (outcomes.back() != Outcome::Committed && outcomes.back() != Outcome::Unknown) {
        EXPECT_FALSE(there);
      }
    }
    return outcomes;
  };
  const auto first = run(7);
  EXPECT_EQ(first, run(7));
  EXPECT_NE(first, run(8));
  for (const Outcome outcome :
       {Outcome::Committed, Outcome::RolledBack, Outcome::Conflict, Outcome::Unknown}) {
    EXPECT_NE(std::count(first.begin(), first.end(), outcome), 0);
  }
}

}  // namespace
}  // namespace limpet::storage
