// Contract: what every Store must do, as one suite of tests.
//
//   #include "limpet/storage/store_contract.h"
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, testing::Values(StoreFactory{
//       "Memory", [] { return std::make_unique<MemoryStore>(); }}), store_name);
//
// For test programs only: it needs GoogleTest.
#pragma once

#include "limpet/storage/signal.h"
#include "limpet/storage/store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace limpet::storage {

struct StoreFactory {
  std::string name;
  std::function<std::unique_ptr<Store>()> make;  ///< an empty store

  friend std::ostream& operator<<(std::ostream& out, const StoreFactory& factory) {
    return out << factory.name;
  }
};

inline std::string store_name(const testing::TestParamInfo<StoreFactory>& info) {
  return info.param.name;
}

class StoreContract : public testing::TestWithParam<StoreFactory> {
 protected:
  using Values = std::vector<std::optional<std::string>>;

  void put(const std::vector<Row>& rows) {
    const auto result = store_->write([&](Txn& txn) -> Status {
      for (const Row& row : rows) LIMPET_CHECK(txn.put(row.key, row.value));
      return {};
    });
    ASSERT_EQ(result.outcome, Outcome::Committed) << describe(*result.error);
  }

  std::optional<std::string> get(std::string_view key) {
    std::optional<std::string> value;
    const auto status = store_->read([&](Reader& reader) -> Status {
      LIMPET_TRY(value, reader.get(key));
      return {};
    });
    EXPECT_TRUE(status);
    return value;
  }

  std::vector<Row> scan(const Range& range) {
    std::vector<Row> rows;
    const auto status = store_->read([&](Reader& reader) -> Status {
      LIMPET_TRY(rows, reader.scan(range));
      return {};
    });
    EXPECT_TRUE(status);
    return rows;
  }

  static std::string keys_of(const std::vector<Row>& rows) {
    std::string keys;
    for (const Row& row : rows) keys += row.key + " ";
    return keys;
  }

  std::unique_ptr<Store> store_ = GetParam().make();
};

TEST_P(StoreContract, AnswersNothingForWhatIsNotThere) {
  EXPECT_EQ(get("a"), std::nullopt);
  EXPECT_TRUE(scan({}).empty());
}

TEST_P(StoreContract, KeepsTheLastValueOfAKey) {
  put({{"a", "1"}});
  EXPECT_EQ(get("a"), "1");
  put({{"a", "2"}});
  EXPECT_EQ(get("a"), "2");
}

TEST_P(StoreContract, ErasesAndForgivesErasingNothing) {
  put({{"a", "1"}, {"b", "2"}});
  const auto result = store_->write([](Txn& txn) -> Status {
    LIMPET_CHECK(txn.erase("a"));
    return txn.erase("never");
  });
  EXPECT_EQ(result.outcome, Outcome::Committed);
  EXPECT_EQ(get("a"), std::nullopt);
  EXPECT_EQ(get("b"), "2");
}

TEST_P(StoreContract, AnswersManyKeysInTheOrderAsked) {
  put({{"a", "1"}, {"b", "2"}});
  const auto status = store_->read([](Reader& reader) -> Status {
    const std::vector<std::string> keys = {"b", "x", "a", "b"};
    LIMPET_TRY(const auto values, reader.get_many(keys));
    EXPECT_EQ(values, (Values{"2", std::nullopt, "1", "2"}));
    LIMPET_TRY(const auto none, reader.get_many({}));
    EXPECT_TRUE(none.empty());
    return {};
  });
  EXPECT_TRUE(status);
}

TEST_P(StoreContract, ScansAHalfOpenRangeInEitherOrderUpToALimit) {
  put({{"a", "1"}, {"b", "2"}, {"b!x", "3"}, {"c", "4"}, {"d", "5"}});
  EXPECT_EQ(keys_of(scan({.from = "b", .to = "d"})), "b b!x c ");
  EXPECT_EQ(keys_of(scan({.from = "b", .to = "d", .order = Order::Descending})), "c b!x b ");
  EXPECT_EQ(keys_of(scan({.from = "b", .to = "d", .limit = 2})), "b b!x ");
  EXPECT_EQ(keys_of(scan({.from = "b", .to = "d", .limit = 2, .order = Order::Descending})),
            "c b!x ");
  EXPECT_EQ(keys_of(scan({.from = "", .to = ""})), "a b b!x c d ");
  EXPECT_EQ(keys_of(scan({.from = "c", .to = "", .order = Order::Descending})), "d c ");
  EXPECT_EQ(keys_of(scan({.from = "d", .to = "b"})), "");
  EXPECT_EQ(keys_of(scan({.from = "b", .to = "b"})), "");
  EXPECT_EQ(keys_of(scan({.from = "", .to = "", .limit = 0})), "");
  EXPECT_EQ(scan({.from = "c", .to = "d"}), (std::vector<Row>{{"c", "4"}}));
}

TEST_P(StoreContract, ReadsItsOwnWritesInATransaction) {
  put({{"a", "1"}, {"b", "2"}, {"c", "3"}});
  const auto result = store_->write([](Txn& txn) -> Status {
    LIMPET_CHECK(txn.put("bb", "new"));
    LIMPET_CHECK(txn.put("c", "changed"));
    LIMPET_CHECK(txn.erase("a"));
    LIMPET_TRY(const auto bb, txn.get("bb"));
    EXPECT_EQ(bb, "new");
    const std::vector<std::string> keys = {"a", "c"};
    LIMPET_TRY(const auto values, txn.get_many(keys));
    EXPECT_EQ(values, (Values{std::nullopt, "changed"}));
    LIMPET_TRY(const auto up, txn.scan({}));
    EXPECT_EQ(up, (std::vector<Row>{{"b", "2"}, {"bb", "new"}, {"c", "changed"}}));
    LIMPET_TRY(const auto down, txn.scan({.limit = 2, .order = Order::Descending}));
    EXPECT_EQ(down, (std::vector<Row>{{"c", "changed"}, {"bb", "new"}}));
    LIMPET_CHECK(txn.put("a", "back"));
    LIMPET_TRY(const auto a, txn.get("a"));
    EXPECT_EQ(a, "back");
    return {};
  });
  EXPECT_EQ(result.outcome, Outcome::Committed);
  EXPECT_EQ(get("a"), "back");
}

TEST_P(StoreContract, RollsBackAWorkThatFails) {
  put({{"a", "1"}});
  const auto result = store_->write([](Txn& txn) -> Status {
    LIMPET_CHECK(txn.put("a", "2"));
    LIMPET_CHECK(txn.put("b", "2"));
    return Error::already_exists("told so");
  });
  EXPECT_EQ(result.outcome, Outcome::RolledBack);
  ASSERT_TRUE(result.error);
  EXPECT_EQ(*result.error, Error::already_exists("told so"));
  EXPECT_EQ(code_of(result.status()), Code::AlreadyExists);
  EXPECT_EQ(get("a"), "1");
  EXPECT_EQ(get("b"), std::nullopt);
}

TEST_P(StoreContract, SurvivesWorksThatThrow) {
  const auto thrown = store_->write([](Txn& txn) -> Status {
    LIMPET_CHECK(txn.put("a", "1"));
    throw std::runtime_error("thrown on purpose");
  });
  EXPECT_EQ(thrown.outcome, Outcome::RolledBack);
  EXPECT_EQ(code_of(thrown.status()), Code::Internal);
  const auto odd = store_->write([](Txn&) -> Status { throw 17; });
  EXPECT_EQ(code_of(odd.status()), Code::Internal);
  const auto read = store_->read([](Reader&) -> Status { throw std::runtime_error("and here"); });
  EXPECT_EQ(code_of(read), Code::Internal);

  Signal heard;
  store_->submit([](Txn&) -> Status { return {}; },
                 [&](const CommitResult&) {
                   heard.fire();
                   throw std::runtime_error("and in done");
                 });
  heard.wait();
  EXPECT_EQ(get("a"), std::nullopt);
  put({{"a", "2"}});
  EXPECT_EQ(get("a"), "2");
}

TEST_P(StoreContract, PassesOnWhatAReadAnswers) {
  const auto status = store_->read([](Reader&) -> Status { return Error::not_found("gone"); });
  EXPECT_EQ(code_of(status), Code::NotFound);
}

TEST_P(StoreContract, HoldsKeysAndValuesOfAllBytes) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  std::vector<Row> rows;
  for (const char c : bytes) rows.push_back({std::string(1, c) + "k", bytes + c});
  rows.push_back({bytes, bytes});
  rows.push_back({std::string("\0", 1), ""});
  put(rows);
  for (const Row& row : rows) EXPECT_EQ(get(row.key), row.value);

  const auto all = scan({});
  ASSERT_EQ(all.size(), rows.size());
  for (std::size_t i = 1; i < all.size(); ++i) {
    // std::string compares as unsigned bytes (char_traits<char>::lt).
    EXPECT_LT(all[i - 1].key, all[i].key);
  }
}

TEST_P(StoreContract, HoldsEmptyAndLargeValues) {
  const std::string large(1 << 20, 'x');
  const std::string long_key(4000, 'k');
  put({{"empty", ""}, {"large", large}, {long_key, "v"}});
  EXPECT_EQ(get("empty"), "");
  EXPECT_EQ(get("large"), large);
  EXPECT_EQ(get(long_key), "v");
  put({{"large", "small"}});
  EXPECT_EQ(get("large"), "small");
}

TEST_P(StoreContract, ShowsAReadOneStateWhileWritesGoOn) {
  put({{"a", "old"}});
  const auto status = store_->read([&](Reader& reader) -> Status {
    LIMPET_TRY(const auto before, reader.get("a"));
    EXPECT_EQ(before, "old");
    std::thread([&] { put({{"a", "new"}, {"b", "new"}}); }).join();
    LIMPET_TRY(const auto after, reader.get("a"));
    EXPECT_EQ(after, "old");
    LIMPET_TRY(const auto rows, reader.scan({}));
    EXPECT_EQ(rows, (std::vector<Row>{{"a", "old"}}));
    return {};
  });
  EXPECT_TRUE(status);
  EXPECT_EQ(get("a"), "new");
}

TEST_P(StoreContract, RunsTransactionsOneAfterTheOther) {
  constexpr int kThreads = 8;
  constexpr int kAdds = 50;
  std::atomic<int> committed = 0;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kAdds; ++n) {
        const auto result = store_->write([](Txn& txn) -> Status {
          LIMPET_TRY(const auto now, txn.get("counter"));
          return txn.put("counter", std::to_string(std::stoi(now.value_or("0")) + 1));
        });
        if (result.outcome == Outcome::Committed) ++committed;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(committed, kThreads * kAdds);
  EXPECT_EQ(get("counter"), std::to_string(kThreads * kAdds));
}

TEST_P(StoreContract, AnswersInTheOrderOfSubmit) {
  constexpr int kWorks = 300;
  std::vector<int> order;
  Signal last;
  for (int i = 0; i < kWorks; ++i) {
    store_->submit(
        [i](Txn& txn) -> Status {
          if (i % 7 == 3) return Error::invalid_input("every seventh fails");
          return txn.put("k" + std::to_string(i), "v");
        },
        [&, i](const CommitResult& result) {
          EXPECT_EQ(result.outcome, i % 7 == 3 ? Outcome::RolledBack : Outcome::Committed);
          order.push_back(i);
          if (i == kWorks - 1) last.fire();
        });
  }
  last.wait();
  ASSERT_EQ(order.size(), static_cast<std::size_t>(kWorks));
  for (int i = 0; i < kWorks; ++i) EXPECT_EQ(order[i], i);
}

TEST_P(StoreContract, KeepsAFailureFromItsNeighbours) {
  // All queued behind one that waits, so a store that batches puts them into one commit.
  Signal begun, open;
  std::vector<std::thread> threads;
  std::vector<CommitResult> results(6);
  std::atomic<int> submitted = 0;
  Signal all_done;
  std::atomic<int> done = 0;
  threads.emplace_back(
      [&] { store_->write([&](Txn&) -> Status { return begun.fire(), open.wait(), Status(); }); });
  begun.wait();
  threads.emplace_back([&] {
    for (int i = 0; i < 6; ++i) {
      store_->submit(
          [i](Txn& txn) -> Status {
            LIMPET_CHECK(txn.put("shared", std::to_string(i)));
            LIMPET_CHECK(txn.put("own" + std::to_string(i), "v"));
            if (i % 2 == 1) return Error::invalid_input("odd");
            if (i == 4) throw std::runtime_error("thrown on purpose");
            return {};
          },
          [&, i](CommitResult result) {
            results[i] = std::move(result);
            if (++done == 6) all_done.fire();
          });
      ++submitted;
    }
  });
  threads[1].join();
  open.fire();
  all_done.wait();
  threads[0].join();
  for (int i = 0; i < 6; ++i) {
    const bool good = i == 0 || i == 2;
    EXPECT_EQ(results[i].outcome, good ? Outcome::Committed : Outcome::RolledBack) << i;
    EXPECT_EQ(get("own" + std::to_string(i)),
              good ? std::optional<std::string>("v") : std::nullopt);
  }
  EXPECT_EQ(get("shared"), "2");
}

TEST_P(StoreContract, ShowsAWriteToReadsOnceItIsAnswered) {
  for (int i = 0; i < 20; ++i) {
    put({{"a", std::to_string(i)}});
    EXPECT_EQ(get("a"), std::to_string(i));
  }
}

TEST_P(StoreContract, LetsDoneSubmitAgain) {
  Signal second;
  store_->submit([](Txn& txn) { return txn.put("a", "1"); },
                 [&](const CommitResult&) {
                   store_->submit([](Txn& txn) { return txn.put("b", "2"); },
                                  [&](const CommitResult&) { second.fire(); });
                 });
  second.wait();
  EXPECT_EQ(get("b"), "2");
}

TEST_P(StoreContract, ReadsFromManyThreadsWhileWriting) {
  put({{"x", "0"}, {"y", "0"}});
  std::atomic<bool> stop = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 6; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        const auto status = store_->read([](Reader& reader) -> Status {
          LIMPET_TRY(const auto x, reader.get("x"));
          LIMPET_TRY(const auto y, reader.get("y"));
          EXPECT_EQ(x, y);
          return {};
        });
        EXPECT_TRUE(status);
      }
    });
  }
  for (int i = 1; i <= 100; ++i) put({{"x", std::to_string(i)}, {"y", std::to_string(i)}});
  stop = true;
  for (auto& reader : readers) reader.join();
}

TEST_P(StoreContract, StopsAfterAnsweringWhatIsQueued) {
  constexpr int kWorks = 50;
  std::atomic<int> committed = 0;
  for (int i = 0; i < kWorks; ++i) {
    store_->submit([i](Txn& txn) { return txn.put("k" + std::to_string(i), "v"); },
                   [&](const CommitResult& result) {
                     committed += result.outcome == Outcome::Committed ? 1 : 0;
                   });
  }
  store_->stop();
  EXPECT_EQ(committed, kWorks);
  store_->stop();

  bool called = false;
  const auto late = store_->write([&](Txn&) -> Status {
    called = true;
    return {};
  });
  EXPECT_EQ(late.outcome, Outcome::RolledBack);
  EXPECT_EQ(code_of(late.status()), Code::Unavailable);
  EXPECT_FALSE(called);
  EXPECT_EQ(code_of(store_->read([](Reader&) -> Status { return {}; })), Code::Unavailable);
}

}  // namespace limpet::storage
