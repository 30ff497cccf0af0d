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

// Forty references within what goes: looking for somebody else who holds it reads entries, not what
// stands behind them.
TEST(DeletionCostTest, ARefusalReadsOneHolder) {
  World world;
  const auto inside = schema_ref("r", "inside");
  const auto outside = schema_ref("z", "outside");
  ASSERT_TRUE(world.make_registry("r"));
  ASSERT_TRUE(world.make_registry("z"));
  ASSERT_TRUE(world.make_schema(inside, "", Mode::None));
  ASSERT_TRUE(world.make_schema(outside, "", Mode::None));
  constexpr int kTypes = 20;
  std::vector<WantedReference> references;
  std::vector<std::string> fields;
  for (int i = 0; i < kTypes; ++i) {
    const std::string name = "T" + std::to_string(i);
    const auto type = schema_ref("r", name);
    ASSERT_TRUE(world.make_schema(type, record({"a:int"}, name)));
    references.push_back({*ReferenceName::parse(name), latest_ref(type)});
    fields.push_back("f" + std::to_string(i) + ":" + name);
  }
  ASSERT_TRUE(world.put_version(inside, record(fields), references));
  fields.push_back("more:int");
  ASSERT_TRUE(world.put_version(inside, record(fields), references));
  ASSERT_TRUE(world.put_version(outside, record({"x:T9"}), {references.at(9)}));
  Cost cost;
  const auto refused = world.write<Registry>([&](auto& txn) {
    CountingTxn counting(txn, cost);
    return delete_registry(counting, world.context, registry_ref("r"));
  });
  EXPECT_EQ(code_of(refused), Code::InvalidInput);
  EXPECT_LE(cost.calls, 6U);
  EXPECT_LE(cost.rows, 2 * kTypes + 6U);
}

INSTANTIATE_TEST_SUITE_P(Modes, CostTest,
                         testing::Values(Mode::None, Mode::Backward, Mode::Forward, Mode::Full,
                                         Mode::BackwardAll, Mode::ForwardAll, Mode::FullAll),
                         [](const auto& row) { return std::string(to_string(row.param)); });

}  // namespace
}  // namespace limpet::registry
