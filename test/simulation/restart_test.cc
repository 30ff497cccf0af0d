// What a store without a thread does, and what it finds again after a restart that follows a failed
// sync.
#include "memory_folder.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace limpet::simulation {
namespace {

using storage::CommitResult;
using storage::Outcome;
using storage::SqliteStore;

class Scripted final : public Injector {
 public:
  Fate meet(const Operation& operation) override { return decide ? decide(operation) : Fate::Pass; }
  std::function<Fate(const Operation&)> decide;
};

Fate database_cannot_be_written(const Operation& operation) {
  return operation.call == Call::Write && operation.file.ends_with(".db") ? Fate::IoError
                                                                          : Fate::Pass;
}

/// A machine with one store.
struct Machine {
  explicit Machine(std::uint64_t seed) : vfs(disk, injector, seed) { start(); }

  void start() {
    auto opened = SqliteStore::open("/", in_memory(vfs));
    ASSERT_TRUE(opened) << describe(opened.error());
    store = *std::move(opened);
  }
  void kill() {
    vfs.die();
    store.reset();
    vfs.revive();
  }
  void lose_power() {
    vfs.die();
    store.reset();
    disk.lose_power(Unsynced::Lost, vfs.random());
    vfs.revive();
  }
  std::optional<Outcome> put(const std::string& key, const std::string& value) {
    std::optional<Outcome> outcome;
    store->submit([&](storage::Txn& txn) { return txn.put(key, value); },
                  [&](const CommitResult& result) { outcome = result.outcome; });
    EXPECT_EQ(outcome, std::nullopt) << "nobody has run it";
    EXPECT_EQ(store->run_queued(), 1U);
    return outcome;
  }
  std::optional<std::string> get(const std::string& key) {
    std::optional<std::string> value;
    const auto read = store->read([&](storage::Reader& reader) -> Status {
      LIMPET_TRY(value, reader.get(key));
      return {};
    });
    EXPECT_TRUE(read) << describe(read.error());
    return value;
  }

  Disk disk = {};
  Scripted injector;
  MemoryVfs vfs;
  std::unique_ptr<SqliteStore> store;
};

TEST(StoreWithoutAThread, RunsWhatWaitsWhenItIsTold) {
  Machine machine(1);
  EXPECT_EQ(machine.store->run_queued(), 0U);
  EXPECT_EQ(machine.put("a", "1"), Outcome::Committed);
  EXPECT_EQ(machine.get("a"), "1");
}

TEST(StoreWithoutAThread, RunsWhatWaitsWhenItStops) {
  Machine machine(1);
  int answers = 0;
  for (int i = 0; i < 300; ++i) {
    machine.store->submit(
        [i](storage::Txn& txn) { return txn.put(std::to_string(i), "v"); },
        [&](const CommitResult& result) { answers += result.outcome == Outcome::Committed; });
  }
  machine.store->stop();
  EXPECT_EQ(answers, 300);
}

TEST(StoreWithoutAThread, RunsAsManyAsABatchHolds) {
  Machine machine(1);
  for (int i = 0; i < 300; ++i) {
    machine.store->submit([](storage::Txn&) { return Status(); }, {});
  }
  EXPECT_EQ(machine.store->run_queued(), 256U);
  EXPECT_EQ(machine.store->run_queued(), 44U);
}

// The sync of "b" fails, its pages are dropped but still read as written, and the process ends. The
// next one finds "b" in the log, or not, cannot move the log into the database yet, and
// acknowledges "c" behind it. Then the power goes.
TEST(Restart, TakesNothingForDurableAfterAFailedSync) {
  bool found = false;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Machine machine(seed);
    ASSERT_EQ(machine.put("a", "1"), Outcome::Committed);
    machine.injector.decide = [](const Operation& operation) {
      return operation.call == Call::Sync ? Fate::SyncDropped : Fate::Pass;
    };
    ASSERT_EQ(machine.put("b", "2"), Outcome::Unknown);
    machine.injector.decide = database_cannot_be_written;
    machine.kill();
    machine.start();
    const auto b = machine.get("b");
    found |= b.has_value();
    ASSERT_EQ(machine.put("c", "3"), Outcome::Committed);
    machine.lose_power();
    machine.injector.decide = {};
    machine.start();
    ASSERT_EQ(machine.get("a"), "1");
    ASSERT_EQ(machine.get("b"), b) << "it has been read";
    ASSERT_EQ(machine.get("c"), "3");
  }
  // The writer tries to write over it (Writer::settle), so it is commonly not there.
  EXPECT_FALSE(found);
}

// As above, but the process ends before it can write over the failed commit.
TEST(Restart, MakesDurableWhatItShows) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Machine machine(seed);
    ASSERT_EQ(machine.put("a", "1"), Outcome::Committed);
    bool failed = false;
    machine.injector.decide = [&failed](const Operation& operation) {
      if (failed) return Fate::IoError;
      failed = operation.call == Call::Sync;
      return failed ? Fate::SyncDropped : Fate::Pass;
    };
    ASSERT_EQ(machine.put("b", "2"), Outcome::Unknown);
    machine.injector.decide = database_cannot_be_written;
    machine.kill();
    machine.start();
    ASSERT_EQ(machine.get("b"), "2") << "the log shows it whole";
    ASSERT_EQ(machine.put("c", "3"), Outcome::Committed);
    machine.lose_power();
    machine.injector.decide = {};
    machine.start();
    ASSERT_EQ(machine.get("a"), "1");
    ASSERT_EQ(machine.get("b"), "2");
    ASSERT_EQ(machine.get("c"), "3");
  }
}

// Every write of the commit fails, the first after all of it has reached the disk. It is not known
// to be refused before something has been written over it.
TEST(Restart, ShowsNothingThatWasRefusedForAFailedWrite) {
  for (std::size_t nth = 1; nth <= 6; ++nth) {
    SCOPED_TRACE("write " + std::to_string(nth));
    Machine machine(nth);
    ASSERT_EQ(machine.put("a", "1"), Outcome::Committed);
    std::size_t writes = 0;
    machine.injector.decide = [&](const Operation& operation) {
      if (operation.call != Call::Write || ++writes < nth) return Fate::Pass;
      return writes == nth ? Fate::LateError : Fate::IoError;
    };
    const auto outcome = machine.put("b", "2");
    machine.injector.decide = {};
    machine.kill();
    machine.start();
    if (outcome == Outcome::RolledBack) {
      EXPECT_EQ(machine.get("b"), std::nullopt);
    } else if (outcome == Outcome::Committed) {
      EXPECT_EQ(machine.get("b"), "2");
    }
  }
}

}  // namespace
}  // namespace limpet::simulation
