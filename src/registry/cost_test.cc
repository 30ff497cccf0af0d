// What a registration costs the writer, counted in calls of the store and rows read: it must not
// grow with the number of versions that a schema has. (Under the *_ALL modes the first phase, which
// holds nobody up, looks at every version.)
#include "test_world.h"

#include "limpet/registry/versions.h"

#include <functional>

namespace limpet::registry {
namespace {

struct Cost {
  std::size_t calls = 0;
  std::size_t rows = 0;

  friend bool operator==(const Cost&, const Cost&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Cost& cost) {
    return out << cost.calls << " calls, " << cost.rows << " rows";
  }
};

class CountingTxn final : public storage::Txn {
 public:
  CountingTxn(storage::Txn& txn, Cost& cost) : txn_(txn), cost_(cost) {}

  Result<std::optional<std::string>> get(std::string_view key) override {
    ++cost_.calls;
    ++cost_.rows;
    return txn_.get(key);
  }
  Result<std::vector<std::optional<std::string>>> get_many(
      std::span<const std::string> keys) override {
    ++cost_.calls;
    cost_.rows += keys.size();
    return txn_.get_many(keys);
  }
  Result<std::vector<storage::Row>> scan(const storage::Range& range) override {
    ++cost_.calls;
    auto rows = txn_.scan(range);
    if (rows) cost_.rows += rows->size();
    return rows;
  }
  Status put(std::string_view key, std::string_view value) override {
    ++cost_.calls;
    return txn_.put(key, value);
  }
  Status erase(std::string_view key) override {
    ++cost_.calls;
    return txn_.erase(key);
  }

 private:
  storage::Txn& txn_;
  Cost& cost_;
};

const SchemaRef kSchema = schema_ref("default-registry", "s");

std::string definition(int i) { return record({"f" + std::to_string(i) + ":int=0"}); }

/// The cost of the second phase for the next definition; `between` runs before it.
Cost cost_of_next(World& world, int i, const std::function<void()>& between = [] {}) {
  const auto prepared = world.read<PreparedRegistration>([&](auto& reader) {
    return prepare_registration(reader, world.context, world.settings, world.cache, kSchema,
                                definition(i));
  });
  between();
  Cost cost;
  const auto registered = world.write<RegisteredVersion>([&](auto& txn) {
    CountingTxn counting(txn, cost);
    return register_version(counting, world.context, world.settings, world.cache,
                            prepared->registration);
  });
  EXPECT_TRUE(registered && registered->created);
  EXPECT_EQ(registered->version.status, VersionStatus::Available);
  return cost;
}

class CostTest : public testing::TestWithParam<Mode> {};

TEST_P(CostTest, DoesNotGrowWithTheVersions) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, definition(0), GetParam()));
  int next = 1;
  const auto grow_to = [&](int count) {
    while (next < count) ASSERT_TRUE(world.put_version(kSchema, definition(next++)));
  };
  grow_to(10);
  const Cost few = cost_of_next(world, next++);
  grow_to(300);
  const Cost many = cost_of_next(world, next++);
  EXPECT_EQ(many, few);
  EXPECT_LT(few.calls, 60U);
}

/// Another client's version comes between the two phases of this one.
TEST_P(CostTest, DoesNotGrowWithTheVersionsWhenARaceWasLost) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, definition(0), GetParam()));
  int next = 1;
  const auto grow_to = [&](int count) {
    while (next < count) ASSERT_TRUE(world.put_version(kSchema, definition(next++)));
  };
  const auto cost_of_loser = [&] {
    const int loser = next++;
    return cost_of_next(world, loser,
                        [&] { ASSERT_TRUE(world.put_version(kSchema, definition(next++))); });
  };
  grow_to(10);
  const Cost few = cost_of_loser();
  grow_to(100);
  const Cost many = cost_of_loser();
  EXPECT_EQ(many, few);
}

/// The first phase holds nobody up, but it must end.
TEST(JudgingCostTest, AHistoryBeyondTheBudgetIsRefused) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, definition(0), Mode::BackwardAll));
  for (int i = 1; i < 40; ++i) ASSERT_TRUE(world.put_version(kSchema, definition(i)));
  world.settings.check.max_steps = 5000;  // each of the 40 costs 200 and more
  const auto refused = world.put_version(kSchema, definition(40));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::LimitExceeded);
  EXPECT_NE(refused.error().message.find("BACKWARD_ALL"), std::string::npos);
  // What the sentence advises helps.
  ASSERT_TRUE(world.change_schema({.schema = kSchema, .checkpoint = VersionSelector::at(30)}));
  EXPECT_TRUE(world.put_version(kSchema, definition(40)));
  EXPECT_TRUE(world.put_version(kSchema, definition(5)));  // known: nothing to compare
}

/// The second phase does hold others up: what came in between must be little, or it asks for
/// another look outside the transaction.
TEST(JudgingCostTest, ALongLookInsideTheTransactionIsAConflict) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, definition(0), Mode::BackwardAll));
  const auto prepared = world.read<PreparedRegistration>([&](auto& reader) {
    return prepare_registration(reader, world.context, world.settings, world.cache, kSchema,
                                definition(100));
  });
  ASSERT_TRUE(prepared);
  for (int i = 1; i < 40; ++i) ASSERT_TRUE(world.put_version(kSchema, definition(i)));
  world.settings.check.max_steps = 5000;
  const auto registered = world.write<RegisteredVersion>([&](auto& txn) {
    return register_version(txn, world.context, world.settings, world.cache,
                            prepared->registration);
  });
  EXPECT_EQ(code_of(registered), Code::Conflict);
}

INSTANTIATE_TEST_SUITE_P(Modes, CostTest,
                         testing::Values(Mode::None, Mode::Backward, Mode::Forward, Mode::Full,
                                         Mode::BackwardAll, Mode::ForwardAll, Mode::FullAll),
                         [](const auto& row) { return std::string(to_string(row.param)); });

}  // namespace
}  // namespace limpet::registry
