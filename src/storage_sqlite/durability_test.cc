#include "fault_vfs.h"
#include "temp_folder.h"

#include "limpet/storage/signal.h"
#include "limpet/storage_sqlite/sqlite_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <random>
#include <set>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace limpet::storage {
namespace {

using Unsynced = FaultVfs::Unsynced;

class DurabilityTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteStore> open(const std::filesystem::path& folder, SqliteOptions options) {
    auto store = SqliteStore::open(folder, options);
    EXPECT_TRUE(store) << describe(store.error());
    return store ? *std::move(store) : nullptr;
  }
  void open_faulty(SqliteOptions options = {}) {
    options.vfs = vfs_.name();
    store_ = open(folder_.data(), options);
    ASSERT_TRUE(store_);
  }
  CommitResult put(const std::string& key, const std::string& value) {
    return store_->write([&](Txn& txn) { return txn.put(key, value); });
  }
  static std::optional<std::string> get(Store& store, const std::string& key) {
    std::optional<std::string> value;
    const auto status = store.read([&](Reader& reader) -> Status {
      LIMPET_TRY(value, reader.get(key));
      return {};
    });
    EXPECT_TRUE(status) << describe(status.error());
    return value;
  }
  // What a restart after a power loss would show.
  std::optional<std::string> get_after_power_loss(const std::string& key, Unsynced unsynced) {
    const auto folder = folder_.at("image" + std::to_string(++images_));
    vfs_.write_image(folder, unsynced, random_);
    return get(*open(folder, {}), key);
  }

  TempFolder folder_;
  FaultVfs vfs_;
  std::unique_ptr<SqliteStore> store_;  // goes before its VFS
  std::mt19937 random_{7};              // NOLINT: the same faults every time
  int images_ = 0;
};

TEST_F(DurabilityTest, AnswersOnlyAfterTheSync) {
  open_faulty();
  ASSERT_EQ(put("before", "1").outcome, Outcome::Committed);
  const auto syncs = vfs_.syncs("-wal");
  vfs_.hold_syncs();
  std::atomic<bool> answered = false;
  Signal done;
  store_->submit([](Txn& txn) { return txn.put("a", "1"); },
                 [&](const CommitResult& result) {
                   EXPECT_EQ(result.outcome, Outcome::Committed);
                   EXPECT_FALSE(vfs_.dirty("-wal"));
                   answered = true;
                   done.fire();
                 });
  ASSERT_TRUE(vfs_.wait_for_held_sync());
  EXPECT_FALSE(answered);
  EXPECT_EQ(vfs_.syncs("-wal"), syncs);
  EXPECT_EQ(get(*store_, "a"), std::nullopt);  // nobody sees what is not durable
  EXPECT_EQ(get(*store_, "before"), "1");      // and reads go on
  vfs_.release_syncs();
  done.wait();
  EXPECT_EQ(vfs_.syncs("-wal"), syncs + 1);
  EXPECT_EQ(get(*store_, "a"), "1");
}

TEST_F(DurabilityTest, NoAnswerEverComesWhileTheLogIsUnsynced) {
  open_faulty({.batch_works_max = 16, .checkpoint_bytes = 64 << 10});
  std::atomic<int> answers = 0;
  std::atomic<int> early = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        const bool fails = i % 5 == 4;
        store_->submit(
            [=](Txn& txn) -> Status {
              LIMPET_CHECK(
                  txn.put(std::to_string(t) + "-" + std::to_string(i), std::string(300, 'v')));
              // An error rests on what the batch has seen, so it waits for the sync too.
              return fails ? Status(Error::already_exists("told so")) : Status();
            },
            [&](const CommitResult&) {
              early += vfs_.dirty("-wal") ? 1 : 0;
              ++answers;
            });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  store_->stop();
  EXPECT_EQ(answers, 400);
  EXPECT_EQ(early, 0);
}

// Under a load of transactions of two rows each, the power fails again and again. Whatever part of
// the unsynced sectors the disk kept: what was answered is there, and nothing is there by half.
TEST_F(DurabilityTest, APowerLossKeepsWhatWasAnsweredAndHalvesNothing) {
  open_faulty({.batch_works_max = 8, .checkpoint_bytes = 32 << 10});
  std::mutex mutex;
  std::condition_variable progress;
  std::set<int> acknowledged;
  std::atomic<bool> stop = false;
  std::atomic<int> next = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      while (!stop) {
        const int number = next++;
        const auto result = store_->write([&](Txn& txn) -> Status {
          LIMPET_CHECK(txn.put("a" + std::to_string(number), std::string(400, 'v')));
          return txn.put("b" + std::to_string(number), std::string(400, 'v'));
        });
        EXPECT_EQ(result.outcome, Outcome::Committed);
        const std::lock_guard lock(mutex);
        acknowledged.insert(number);
        progress.notify_one();
      }
    });
  }
  for (int round = 0; round < 24; ++round) {
    const auto folder = folder_.at("image" + std::to_string(round));
    std::set<int> promised;
    {
      std::unique_lock lock(mutex);  // some progress since the last round
      const std::size_t before = acknowledged.size();
      progress.wait(lock, [&] { return acknowledged.size() >= before + 5; });
      promised = acknowledged;
    }
    vfs_.write_image(folder, static_cast<Unsynced>(round % 3), random_);
    const auto survivor = open(folder, {});
    ASSERT_TRUE(survivor);
    std::set<std::string> a;
    std::set<std::string> b;
    EXPECT_TRUE(survivor->read([&](Reader& reader) -> Status {
      LIMPET_TRY(const auto rows, reader.scan({.limit = 1'000'000}));
      for (const Row& row : rows) (row.key[0] == 'a' ? a : b).insert(row.key.substr(1));
      return {};
    }));
    EXPECT_EQ(a, b) << "round " << round;
    for (const int number : promised) {
      EXPECT_TRUE(a.contains(std::to_string(number))) << "round " << round << ", " << number;
    }
  }
  stop = true;
  for (auto& thread : threads) thread.join();
}

TEST_F(DurabilityTest, AFullDiskRefusesWritesServesReadsAndHealsByItself) {
  open_faulty();
  ASSERT_EQ(put("a", "1").outcome, Outcome::Committed);
  vfs_.set_quota(vfs_.used());
  for (int i = 0; i < 3; ++i) {
    const auto refused = put("b", std::string(10'000, 'v'));
    EXPECT_EQ(refused.outcome, Outcome::RolledBack);
    EXPECT_EQ(code_of(refused.status()), Code::Unavailable);
    EXPECT_EQ(get(*store_, "a"), "1");
    EXPECT_EQ(get(*store_, "b"), std::nullopt);
  }
  EXPECT_GE(store_->stats().failed_commits, 3U);
  vfs_.set_quota(std::nullopt);
  EXPECT_EQ(put("b", "2").outcome, Outcome::Committed);
  EXPECT_EQ(get_after_power_loss("b", Unsynced::Lost), "2");
}

TEST_F(DurabilityTest, AWorkTooLargeForTheDiskDoesNotTakeItsNeighboursWithIt) {
  open_faulty();
  ASSERT_EQ(put("a", "1").outcome, Outcome::Committed);
  vfs_.set_quota(vfs_.used() + 200'000);
  Signal running;
  Signal go_on;
  store_->submit(
      [&](Txn&) -> Status {
        running.fire();
        go_on.wait();
        return {};
      },
      [](const CommitResult&) {});
  running.wait();
  std::vector<Outcome> outcomes(3);
  for (std::size_t i = 0; i < 3; ++i) {
    store_->submit(
        [i](Txn& txn) {
          return txn.put("k" + std::to_string(i), std::string(i == 1 ? 1'000'000 : 10, 'v'));
        },
        [&outcomes, i](const CommitResult& result) { outcomes[i] = result.outcome; });
  }
  go_on.fire();
  store_->stop();
  EXPECT_EQ(outcomes,
            (std::vector<Outcome>{Outcome::Committed, Outcome::RolledBack, Outcome::Committed}));
}

TEST_F(DurabilityTest, AnIoErrorRefusesWritesAndHealsByItself) {
  open_faulty();
  ASSERT_EQ(put("a", "1").outcome, Outcome::Committed);
  vfs_.break_writes(true);
  EXPECT_EQ(code_of(put("a", "2").status()), Code::Unavailable);
  EXPECT_EQ(get(*store_, "a"), "1");
  vfs_.break_writes(false);
  EXPECT_EQ(put("a", "3").outcome, Outcome::Committed);
  EXPECT_EQ(get(*store_, "a"), "3");
}

// The failed commit's frames are in the file, whole; only the next commit makes sure that they
// never count. It does so before the answer, so the answer can be definite.
TEST_F(DurabilityTest, AFailedSyncThatCouldBeSettledIsRolledBackForGood) {
  open_faulty();
  ASSERT_EQ(put("a", "1").outcome, Outcome::Committed);
  vfs_.fail_syncs("-wal", 1);
  const auto result = put("a", "2");
  EXPECT_EQ(result.outcome, Outcome::RolledBack);
  EXPECT_EQ(code_of(result.status()), Code::Unavailable);
  EXPECT_EQ(get(*store_, "a"), "1");
  EXPECT_EQ(get_after_power_loss("a", Unsynced::Kept), "1");
  EXPECT_EQ(get_after_power_loss("a", Unsynced::Lost), "1");
  EXPECT_EQ(put("b", "3").outcome, Outcome::Committed);
  EXPECT_EQ(get_after_power_loss("a", Unsynced::Kept), "1");
}

TEST_F(DurabilityTest, AFailedSyncThatCannotBeSettledIsUnknown) {
  open_faulty();
  ASSERT_EQ(put("a", "1").outcome, Outcome::Committed);
  vfs_.fail_syncs("-wal", 1000);
  EXPECT_EQ(put("a", "2").outcome, Outcome::Unknown);
  // Until the question is settled no other write is begun, so none adds to it.
  bool called = false;
  const auto next = store_->write([&](Txn&) -> Status {
    called = true;
    return {};
  });
  EXPECT_EQ(next.outcome, Outcome::RolledBack);
  EXPECT_EQ(code_of(next.status()), Code::Unavailable);
  EXPECT_FALSE(called);
  EXPECT_EQ(get(*store_, "a"), "1");

  vfs_.fail_syncs("-wal", 0);
  EXPECT_EQ(put("b", "3").outcome, Outcome::Committed);
  EXPECT_EQ(get(*store_, "a"), "1");
  EXPECT_EQ(get_after_power_loss("a", Unsynced::Kept), "1");
  EXPECT_EQ(get_after_power_loss("b", Unsynced::Lost), "3");
  EXPECT_EQ(store_->stats().works_unknown, 1U);
}

TEST_F(DurabilityTest, AnUnknownCommitShowsOneStateAfterARestart) {
  open_faulty();
  ASSERT_EQ(put("a", "1").outcome, Outcome::Committed);
  vfs_.fail_syncs("-wal", 1000);
  const auto result = store_->write([](Txn& txn) -> Status {
    LIMPET_CHECK(txn.put("a", "2"));
    return txn.put("b", "2");
  });
  EXPECT_EQ(result.outcome, Outcome::Unknown);
  for (int i = 0; i < 8; ++i) {
    const auto folder = folder_.at("round" + std::to_string(i));
    vfs_.write_image(folder, Unsynced::Some, random_);
    const auto first = open(folder, {});
    const auto a = get(*first, "a");
    EXPECT_EQ(get(*first, "b"), a == "2" ? a : std::nullopt);
    first->stop();
    EXPECT_EQ(get(*open(folder, {}), "a"), a);  // and stays so
  }
}

TEST_F(DurabilityTest, AFailedCheckpointIsTriedAgain) {
  open_faulty({.checkpoint_bytes = 16 << 10});
  vfs_.fail_syncs("limpet.db", 3);
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(put("k" + std::to_string(i), std::string(5000, 'v')).outcome, Outcome::Committed);
  }
  const auto stats = store_->stats();
  EXPECT_EQ(stats.failed_checkpoints, 3U);
  EXPECT_GT(stats.checkpoints, 0U);
  EXPECT_TRUE(get_after_power_loss("k39", Unsynced::Lost));
}

// The program crash_writer in a process of its own.
class Child {
 public:
  Child(const std::filesystem::path& folder, const std::string& prefix) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    id_ = ::fork();
    if (id_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      ::execl(LIMPET_CRASH_WRITER, LIMPET_CRASH_WRITER, folder.c_str(), prefix.c_str(), nullptr);
      std::_Exit(127);
    }
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
  }
  ~Child() {
    kill();
    std::fclose(output_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// The next acknowledged number; nullopt once there is no more.
  std::optional<std::string> line() {
    char text[64];
    if (std::fgets(text, sizeof text, output_) == nullptr) return std::nullopt;
    std::string line(text);
    if (line.empty() || line.back() != '\n') return std::nullopt;
    line.pop_back();
    return line;
  }
  void kill() {
    if (killed_) return;
    killed_ = true;
    ::kill(id_, SIGKILL);
    int status = 0;
    ::waitpid(id_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
  }
  pid_t id() const { return id_; }

 private:
  pid_t id_ = -1;
  std::FILE* output_ = nullptr;
  bool killed_ = false;
};

TEST_F(DurabilityTest, KillingTheProcessLosesNothingThatItAcknowledged) {
  std::set<std::string> promised;
  for (int round = 0; round < 4; ++round) {
    const std::string prefix = "r" + std::to_string(round);
    Child child(folder_.data(), prefix);
    for (int i = 0; i < 50 + 100 * round; ++i) {
      const auto number = child.line();
      ASSERT_TRUE(number);
      promised.insert(prefix + "-" + *number);
    }
    const auto refused = SqliteStore::open(folder_.data(), {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "the folder " + folder_.data().string() +
                                           " is in use by process " + std::to_string(child.id()));
    child.kill();
    while (const auto number = child.line()) promised.insert(prefix + "-" + *number);

    const auto store = open(folder_.data(), {});
    ASSERT_TRUE(store);
    std::set<std::string> a;
    std::set<std::string> b;
    EXPECT_TRUE(store->read([&](Reader& reader) -> Status {
      LIMPET_TRY(const auto rows, reader.scan({.limit = 1'000'000}));
      for (const Row& row : rows) {
        (row.key.back() == 'a' ? a : b).insert(row.key.substr(0, row.key.size() - 2));
      }
      return {};
    }));
    EXPECT_EQ(a, b);
    EXPECT_TRUE(std::includes(a.begin(), a.end(), promised.begin(), promised.end()));
  }
}

}  // namespace
}  // namespace limpet::storage
