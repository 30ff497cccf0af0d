// Many clients at once, on threads of their own.
#include "test_world.h"

#include <barrier>
#include <set>
#include <thread>

namespace limpet::registry {
namespace {

const SchemaRef kSchema = schema_ref("default-registry", "s");
constexpr int kClients = 32;

/// Runs `client` on kClients threads, all let go at once.
void together(const std::function<void(int)>& client) {
  std::atomic<bool> go = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < kClients; ++i) {
    threads.emplace_back([&, i] {
      go.wait(false);
      client(i);
    });
  }
  go = true;
  go.notify_all();
  for (auto& thread : threads) thread.join();
}

/// One client's registration. Nobody begins the second phase before all have ended the first, so
/// all of them saw the state without the new version. Answers the version, and counts lost races.
Result<SchemaVersion> register_once(World& world, std::string_view text, std::barrier<>& all,
                                    std::atomic<int>& conflicts) {
  Result<PreparedRegistration> prepared;
  LIMPET_CHECK(world.store().read([&](storage::Reader& reader) -> Status {
    prepared =
        prepare_registration(reader, world.context, world.settings, world.cache, kSchema, text);
    return {};
  }));
  all.arrive_and_wait();
  if (!prepared) return prepared.error();
  EXPECT_FALSE(prepared->existing);
  Result<RegisteredVersion> made;
  const auto outcome = world.store().write([&](storage::Txn& txn) -> Status {
    made =
        register_version(txn, world.context, world.settings, world.cache, prepared->registration);
    return made ? Status() : Status(made.error());
  });
  if (outcome.outcome != storage::Outcome::Committed) {
    ++conflicts;
    return *outcome.error;
  }
  return made->version;
}

TEST(Race, OneDefinitionGetsOneVersion) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, R"("int")"));
  std::vector<std::optional<Uuid>> ids(kClients);
  std::atomic<int> conflicts = 0;
  std::barrier all(kClients);
  together([&](int i) {
    // Every other client spells the same schema in another way.
    const auto version =
        register_once(world, i % 2 == 0 ? R"("long")" : R"({ "type": "long" })", all, conflicts);
    if (version) ids.at(i) = version->id;
  });
  EXPECT_EQ(conflicts, 0);
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 1U);
  EXPECT_TRUE(ids.front());
  EXPECT_EQ(told(world.versions(kSchema)->items), "2 AVAILABLE, 1 AVAILABLE");
  EXPECT_EQ(world.violations(), std::vector<std::string>());
}

TEST(Race, ManyDefinitionsGetNumbersOfTheirOwn) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, record({"f:int"}), Mode::None));
  std::atomic<int> conflicts = 0;
  std::barrier all(kClients);
  together([&](int i) {
    EXPECT_TRUE(register_once(world, record({"g" + std::to_string(i) + ":int"}), all, conflicts));
  });
  EXPECT_EQ(conflicts, 0);
  EXPECT_EQ(world.schema(kSchema)->latest, kClients + 1);
  EXPECT_EQ(world.schema(kSchema)->next, kClients + 2);
  EXPECT_EQ(world.violations(), std::vector<std::string>());
}

TEST(Race, OneSchemaIsCreatedOnce) {
  World world;
  std::atomic<int> made = 0;
  std::atomic<int> refused = 0;
  together([&](int) {
    const auto candidate = parse_candidate(world.cache, Format::Avro, R"("int")");
    const auto outcome = world.store().write([&](storage::Txn& txn) -> Status {
      LIMPET_CHECK(create_schema(txn, world.context, world.settings,
                                 {.registry = {.name = default_registry()},
                                  .name = kSchema.name,
                                  .definition = *candidate}));
      return {};
    });
    if (outcome.outcome == storage::Outcome::Committed) ++made;
    if (outcome.error && outcome.error->code == Code::AlreadyExists) ++refused;
  });
  EXPECT_EQ(made, 1);
  EXPECT_EQ(refused, kClients - 1);
  EXPECT_EQ(world.violations(), std::vector<std::string>());
}

}  // namespace
}  // namespace limpet::registry
