#include "retention.h"

#include "limpet/storage/change_log.h"
#include "limpet/storage/content.h"
#include "limpet/storage/memory_store.h"

#include <gtest/gtest.h>

#include <future>

namespace limpet::app {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kStart{};

struct FixedClock final : Clock {
  Timestamp now() const override { return time; }
  Timestamp time{};
};

class RetentionTest : public testing::Test {
 protected:
  // Entry n was written n seconds after the start.
  void write_entries(std::int64_t count) {
    for (std::int64_t n = 1; n <= count; ++n) {
      const auto work = [n](storage::Txn& txn) -> Status {
        Context context;
        context.now = kStart + std::chrono::seconds(n);
        storage::Records records(txn, context, "Put");
        LIMPET_CHECK(records.put(storage::Text{std::to_string(n), "t"}));
        return records.finish();
      };
      ASSERT_TRUE(store_.write(work).status());
    }
  }
  // The sequences that are left: {first, last}; {0, 0} when there is none.
  std::pair<std::uint64_t, std::uint64_t> left() {
    std::vector<storage::LogEntry> entries;
    EXPECT_TRUE(store_.read([&](storage::Reader& reader) -> Status {
      LIMPET_TRY(entries, storage::read_changes(reader, {.limit = 10'000}));
      return {};
    }));
    if (entries.empty()) return {0, 0};
    return {entries.front().sequence, entries.back().sequence};
  }
  using Span = std::pair<std::uint64_t, std::uint64_t>;
  static bool always() { return true; }

  storage::MemoryStore store_;
};

TEST_F(RetentionTest, RemovesWhatIsOlderAndNothingElse) {
  write_entries(300);
  const auto trimmed = trim_change_log(store_, kStart + 200s, always);
  ASSERT_TRUE(trimmed);
  EXPECT_EQ(*trimmed, 199U);  // entry 200 is not older
  EXPECT_EQ(left(), (Span{200, 300}));
  EXPECT_EQ(*trim_change_log(store_, kStart + 200s, always), 0U);
}

TEST_F(RetentionTest, MayRemoveEverythingAndNumbersGoOn) {
  write_entries(kTrimEntries);
  EXPECT_EQ(*trim_change_log(store_, kStart + 1h, always), kTrimEntries);
  EXPECT_EQ(left(), (Span{0, 0}));
  write_entries(0);
  const auto work = [](storage::Txn& txn) -> Status {
    storage::Records records(txn, Context{}, "Put");
    LIMPET_CHECK(records.put(storage::Text{"more", "t"}));
    return records.finish();
  };
  ASSERT_TRUE(store_.write(work).status());
  EXPECT_EQ(left(), (Span{kTrimEntries + 1, kTrimEntries + 1}));
}

TEST_F(RetentionTest, StopsBetweenTwoSteps) {
  write_entries(300);
  int steps = 0;
  EXPECT_EQ(*trim_change_log(store_, kStart + 1h, [&] { return steps++ < 2; }), 2 * kTrimEntries);
  EXPECT_EQ(left(), (Span{2 * kTrimEntries + 1, 300}));
}

TEST_F(RetentionTest, AnUnreadableEntryIsAnError) {
  write_entries(3);
  ASSERT_TRUE(store_
                  .write([](storage::Txn& txn) {
                    return txn.put(storage::Key("log", 1).text(), "nonsense");
                  })
                  .status());
  EXPECT_EQ(code_of(trim_change_log(store_, kStart + 1h, always)), Code::Internal);
  EXPECT_TRUE(store_.rows().contains(storage::Key("log", 2).text()));
}

TEST_F(RetentionTest, WorksByItselfUntilItIsDestroyed) {
  write_entries(10);
  FixedClock clock;
  clock.time = kStart + 10s;
  std::promise<std::uint64_t> trimmed;
  {
    const ChangeLogRetention retention({.store = store_,
                                        .clock = clock,
                                        .keep = 5s,
                                        .trimmed = [&](std::uint64_t n) { trimmed.set_value(n); },
                                        .failed = [](const Error&) { ADD_FAILURE(); }});
    EXPECT_EQ(trimmed.get_future().get(), 4U);
  }
  EXPECT_EQ(left(), (Span{5, 10}));
}

TEST(RetentionInterval, IsATenthWithinBounds) {
  EXPECT_EQ(retention_interval(1s), 1s);
  EXPECT_EQ(retention_interval(100s), 10s);
  EXPECT_EQ(retention_interval(24h * 90), 1h);
}

}  // namespace
}  // namespace limpet::app
