#include "write_watch.h"

#include "limpet/storage/memory_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <utility>

namespace limpet::app {
namespace {

using namespace std::chrono_literals;
using storage::CommitResult;
using storage::Outcome;

// A store whose disk is full, or answers nothing for a while.
class SickStore final : public storage::Store {
 public:
  Status read(const storage::ReadWork& work) override { return healthy_.read(work); }
  void submit(storage::WriteWork work, storage::Done done) override {
    if (hangs) {
      held.emplace_back(std::move(work), std::move(done));
    } else if (failure) {
      done(*failure);
    } else {
      healthy_.submit(std::move(work), std::move(done));
    }
  }
  void stop() override {
    for (auto& [work, done] : std::exchange(held, {})) {
      done({Outcome::RolledBack, Error::unavailable("stopping")});
    }
    healthy_.stop();
  }

  std::optional<CommitResult> failure;
  bool hangs = false;
  std::deque<std::pair<storage::WriteWork, storage::Done>> held;

 private:
  storage::MemoryStore healthy_;
};

class WriteWatchTest : public testing::Test {
 protected:
  Outcome put(const std::string& key) {
    // Shared: a store that hangs answers when it is destroyed.
    const auto outcome = std::make_shared<Outcome>(Outcome::Unknown);
    watch_.submit([key](storage::Txn& txn) { return txn.put(key, "v"); },
                  [outcome](const CommitResult& result) { *outcome = result.outcome; });
    return *outcome;
  }
  static CommitResult full() {
    return {Outcome::RolledBack, Error::unavailable("database or disk is full")};
  }

  SickStore store_;
  std::chrono::nanoseconds time_{0};
  WriteWatch watch_{store_, [this] { return time_; }};
};

TEST_F(WriteWatchTest, PassesEverythingOn) {
  EXPECT_EQ(put("a"), Outcome::Committed);
  EXPECT_TRUE(watch_.read([](storage::Reader& reader) -> Status {
    EXPECT_EQ(*reader.get("a"), "v");
    EXPECT_EQ(*reader.get("counter!probe"), std::nullopt);  // nothing was tried
    return {};
  }));
  EXPECT_TRUE(watch_.writable());
}

TEST_F(WriteWatchTest, TellsThatWritesFailAndThatTheyWorkAgainByItself) {
  store_.failure = full();
  EXPECT_TRUE(watch_.writable());  // nobody knows yet
  EXPECT_EQ(put("a"), Outcome::RolledBack);
  EXPECT_TRUE(watch_.failing());
  for (int i = 0; i < 2; ++i) {
    const Status status = watch_.writable();
    EXPECT_EQ(code_of(status), Code::Unavailable);
    EXPECT_EQ(status.error().message, "writes fail: database or disk is full");
  }
  store_.failure.reset();
  EXPECT_TRUE(watch_.writable());
  EXPECT_FALSE(watch_.failing());
}

TEST_F(WriteWatchTest, AnUnknownOutcomeCounts) {
  store_.failure = {Outcome::Unknown, Error::unavailable("disk I/O error")};
  put("a");
  EXPECT_EQ(watch_.writable().error().message, "writes fail: disk I/O error");
}

TEST_F(WriteWatchTest, WhatACallerGotWrongDoesNotCount) {
  for (const Error& error : {Error::not_found("no"), Error::invalid_input("no"),
                             Error::already_exists("no"), Error::limit_exceeded("no")}) {
    store_.failure = {Outcome::RolledBack, error};
    put("a");
    EXPECT_FALSE(watch_.failing()) << error.message;
  }
}

TEST_F(WriteWatchTest, ADiskThatDoesNotAnswerCounts) {
  store_.hangs = true;
  put("a");
  time_ = 5s;
  EXPECT_TRUE(watch_.writable());
  time_ = 7s;
  EXPECT_EQ(watch_.writable().error().message, "writes hang: the disk has not answered for 7 s");
}

TEST_F(WriteWatchTest, WaitsForAProbeOnlyAMoment) {
  store_.failure = full();
  put("a");
  store_.hangs = true;
  for (int i = 0; i < 2; ++i) EXPECT_EQ(code_of(watch_.writable()), Code::Unavailable);
  EXPECT_EQ(store_.held.size(), 1U);  // one at a time
}

TEST_F(WriteWatchTest, WhoAsksOnlyWhetherItFailsHearsOfRecoveryToo) {
  store_.failure = full();
  EXPECT_FALSE(watch_.failing());
  EXPECT_EQ(put("a"), Outcome::RolledBack);
  EXPECT_TRUE(watch_.failing());
  EXPECT_TRUE(watch_.failing());
  store_.failure.reset();
  EXPECT_FALSE(watch_.failing());
  EXPECT_FALSE(watch_.failing());
}

TEST_F(WriteWatchTest, DoesNotWaitForADiskToSayWhetherItFails) {
  store_.failure = full();
  EXPECT_EQ(put("a"), Outcome::RolledBack);
  store_.failure.reset();
  store_.hangs = true;
  EXPECT_TRUE(watch_.failing());
  EXPECT_TRUE(watch_.failing());
  EXPECT_EQ(store_.held.size(), 1U) << "one attempt at a time";
}

}  // namespace
}  // namespace limpet::app
