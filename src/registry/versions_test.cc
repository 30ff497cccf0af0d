#include "limpet/registry/versions.h"

#include "stored.h"
#include "test_world.h"

#include "limpet/registry/messages.h"

#include <map>

namespace limpet::registry {
namespace {

using namespace std::chrono_literals;

const SchemaRef kSchema = schema_ref("default-registry", "s");
constexpr auto kInt = R"("int")";
constexpr auto kLong = R"("long")";
constexpr auto kBoolean = R"("boolean")";

Status set_mode(World& world, Mode mode) {
  LIMPET_CHECK(world.change_schema(
      {.schema = kSchema, .checkpoint = VersionSelector::latest(), .mode = mode}));
  return {};
}

std::string listed(World& world) { return told(world.versions(kSchema)->items); }

TEST(RegisterVersion, TheGoldenStory) {
  World world;
  const auto made = world.make_schema(kSchema, kInt);
  ASSERT_TRUE(made);
  const auto same = world.put_version(kSchema, R"( { "type" : "int" } )");
  ASSERT_TRUE(same);
  EXPECT_FALSE(same->created);
  EXPECT_EQ(same->version, *made->version);
  const auto wider = world.put_version(kSchema, kLong);
  ASSERT_TRUE(wider);
  EXPECT_TRUE(wider->created);
  EXPECT_EQ(wider->version.number, 2);
  EXPECT_EQ(wider->version.status, VersionStatus::Available);
  EXPECT_EQ(wider->reason, "");
  EXPECT_EQ(world.put_version(kSchema, kInt)->version.id, made->version->id);
  const auto failed = world.put_version(kSchema, kBoolean);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->version.number, 3);
  EXPECT_EQ(failed->version.status, VersionStatus::Failure);
  EXPECT_TRUE(failed->reason.starts_with("Not BACKWARD compatible with version 2: "));
  EXPECT_EQ(world.schema(kSchema)->latest, 2);
  EXPECT_EQ(world.schema(kSchema)->next, 4);
  EXPECT_EQ(world.schema(kSchema)->checkpoint, 1);
  EXPECT_EQ(world.schema(kSchema)->updated, made->schema.updated);
  EXPECT_EQ(listed(world), "3 FAILURE, 2 AVAILABLE, 1 AVAILABLE");
  EXPECT_EQ(world.find(kSchema, kBoolean)->id, failed->version.id);
  EXPECT_EQ(world.find(kSchema, R"("bytes")").error(), no_such_definition());
  EXPECT_EQ(world.defined_version(failed->version.id)->definition, kBoolean);
  EXPECT_TRUE(world.violations().empty());
}

TEST(RegisterVersion, OrderOfChecks) {
  World world;
  world.settings.quotas.schema_versions = 1;
  EXPECT_EQ(world.put_version(kSchema, "").error(), no_such_schema());
  ASSERT_TRUE(world.make_schema(kSchema, kInt));
  EXPECT_EQ(world.put_version(kSchema, "").error(), wrong_length("SchemaDefinition"));
  EXPECT_EQ(code_of(world.put_version(kSchema, "{")), Code::InvalidInput);
  EXPECT_EQ(world.put_version(kSchema, kInt).error(), too_many_schema_versions());
  ASSERT_TRUE(set_mode(world, Mode::Disabled));
  EXPECT_EQ(world.put_version(kSchema, "").error(), versioning_disabled(kSchema));
}

TEST(RegisterVersion, TextsAreKeptVerbatim) {
  World world;
  const std::string spaced = "{ \"type\" :\n\t\"int\" } ";
  const auto made = world.make_schema(kSchema, spaced);
  EXPECT_EQ(world.defined_version(made->version->id)->definition, spaced);
  ASSERT_TRUE(world.put_version(kSchema, kInt));
  EXPECT_EQ(world.defined_version(latest_ref(kSchema))->definition, spaced);
}

TEST(RegisterVersion, OneTextIsStoredOnce) {
  World world;
  const auto rows = [&] { return static_cast<storage::MemoryStore&>(world.store()).rows().size(); };
  ASSERT_TRUE(world.make_schema(kSchema, kInt));
  const auto other = schema_ref("default-registry", "t");
  const auto first = world.make_schema(other, kInt);
  const auto before = rows();
  EXPECT_NE(first->version->id, world.version(latest_ref(kSchema))->id);
  ASSERT_TRUE(world.drop_schema(kSchema));
  EXPECT_EQ(world.defined_version(latest_ref(other))->definition, kInt);
  EXPECT_LT(rows(), before);
  EXPECT_TRUE(world.violations().empty());
}

TEST(RegisterVersion, ReplacedSchemaIsAConflict) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, kInt));
  const auto prepared = world.read<PreparedRegistration>([&](auto& reader) {
    return prepare_registration(reader, world.context, world.settings, world.cache, kSchema, kLong);
  });
  ASSERT_TRUE(prepared);
  EXPECT_FALSE(prepared->existing);
  const auto go_on = [&] {
    return world.write<RegisteredVersion>([&](auto& txn) {
      return register_version(txn, world.context, world.settings, world.cache,
                              prepared->registration);
    });
  };
  ASSERT_TRUE(world.drop_schema(kSchema));
  EXPECT_EQ(go_on().error(), no_such_schema());
  ASSERT_TRUE(world.make_schema(kSchema, kInt));
  EXPECT_EQ(go_on().error(), changed_meanwhile());
}

TEST(RegisterVersion, ModeChangedBetweenThePhases) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, kInt));
  const auto prepared = world.read<PreparedRegistration>([&](auto& reader) {
    return prepare_registration(reader, world.context, world.settings, world.cache, kSchema, kLong);
  });
  ASSERT_TRUE(set_mode(world, Mode::Disabled));
  const auto late = world.write<RegisteredVersion>([&](auto& txn) {
    return register_version(txn, world.context, world.settings, world.cache,
                            prepared->registration);
  });
  EXPECT_EQ(late.error(), versioning_disabled(kSchema));
}

TEST(RegisterVersion, IsJudgedAgainWhenTheBaselineChanged) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, record({"a:int", "b:int"})));
  const auto prepared = world.read<PreparedRegistration>([&](auto& reader) {
    return prepare_registration(reader, world.context, world.settings, world.cache, kSchema,
                                record({"a:int", "b:int", "c:int=0"}));
  });
  ASSERT_TRUE(prepared);
  ASSERT_TRUE(world.put_version(kSchema, record({"a:int"})));
  for (const bool with_verdict : {true, false}) {
    auto registration = prepared->registration;
    if (!with_verdict) registration.verdict = nullptr;
    const auto made = world.write<RegisteredVersion>([&](auto& txn) {
      return register_version(txn, world.context, world.settings, world.cache, registration);
    });
    ASSERT_TRUE(made);
    EXPECT_EQ(made->version.status, VersionStatus::Failure);
    EXPECT_TRUE(made->reason.starts_with("Not BACKWARD compatible with version 2: field \"b\""));
  }
}

class LostRaceUnderAll : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(world.make_schema(kSchema, record({"a:int", "b:int"}), Mode::BackwardAll));
  }
  PreparedRegistration prepare(std::string_view text) {
    return *world.read<PreparedRegistration>([&](auto& reader) {
      return prepare_registration(reader, world.context, world.settings, world.cache, kSchema,
                                  text);
    });
  }
  Result<RegisteredVersion> go_on(const PreparedRegistration& prepared) {
    return world.write<RegisteredVersion>([&](auto& txn) {
      return register_version(txn, world.context, world.settings, world.cache,
                              prepared.registration);
    });
  }

  World world;
};

TEST_F(LostRaceUnderAll, ComparesWithTheVersionsThatCameMeanwhile) {
  const auto prepared = prepare(record({"a:int", "b:int", "c:int=0"}));
  ASSERT_TRUE(world.put_version(kSchema, record({"a:int"})));
  const auto made = go_on(prepared);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->version.number, 3);
  EXPECT_EQ(made->version.status, VersionStatus::Failure);
  EXPECT_TRUE(made->reason.starts_with("Not BACKWARD_ALL compatible with version 2: field \"b\""));
  const auto why = world.explain(version_ref(kSchema, 3));
  ASSERT_TRUE(why);
  EXPECT_FALSE(why->out_of_date);
  EXPECT_EQ(why->baselines, (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(why->baseline_count, 2);
}

TEST_F(LostRaceUnderAll, AcceptsWhatAlsoFitsTheVersionsThatCameMeanwhile) {
  const auto prepared = prepare(record({"a:int"}));
  ASSERT_TRUE(world.put_version(kSchema, record({"a:int", "b:int", "c:int=0"})));
  ASSERT_TRUE(world.put_version(kSchema, record({"a:int", "b:int", "d:int=0"})));
  ASSERT_TRUE(world.drop_versions(kSchema, "2"));
  const auto made = go_on(prepared);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->version.status, VersionStatus::Available);
  EXPECT_EQ(told(world.versions(kSchema)->items), "4 AVAILABLE, 3 AVAILABLE, 1 AVAILABLE");
}

TEST_F(LostRaceUnderAll, ARefusalIsReachedAnewOnASnapshot) {
  ASSERT_TRUE(world.put_version(kSchema, record({"a:int"})));
  const std::string text = record({"a:int", "b:int"}, "Renamed");  // version 2 lacks "b"
  const auto prepared = prepare(text);
  ASSERT_TRUE(world.change_schema(
      {.schema = kSchema, .checkpoint = VersionSelector::at(1)}));  // changes no verdict
  ASSERT_TRUE(world.drop_versions(kSchema, "2"));
  EXPECT_EQ(go_on(prepared).error(), changed_meanwhile());
  EXPECT_EQ(world.put_version(kSchema, text)->version.status, VersionStatus::Available);
}

TEST(RegisterVersion, NumbersEndAtTheLargest) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, kInt));
  auto schema = *world.schema(kSchema);
  schema.next = 100'001;
  ASSERT_EQ(world.store()
                .write([&](auto& txn) -> Status {
                  storage::Records records(txn, world.context, "test");
                  LIMPET_CHECK(records.put(schema));
                  return records.finish();
                })
                .outcome,
            storage::Outcome::Committed);
  EXPECT_EQ(world.put_version(kSchema, kLong).error(), too_many_schema_versions());
}

// Under NONE and after a checkpoint move, every mode takes its baselines from where it should.
TEST(RegisterVersion, CheckpointBoundsTheAllModes) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, record({"a:int", "b:int"}), Mode::BackwardAll));
  ASSERT_TRUE(world.put_version(kSchema, record({"a:int"})));
  const auto retyped = record({"a:int", "b:string=\"\""});
  const auto refused = world.put_version(kSchema, retyped);
  EXPECT_EQ(refused->version.status, VersionStatus::Failure);
  EXPECT_TRUE(refused->reason.starts_with("Not BACKWARD_ALL compatible with version 1: "));
  ASSERT_TRUE(set_mode(world, Mode::BackwardAll));  // checkpoint := 2
  EXPECT_EQ(world.put_version(kSchema, retyped)->version.status, VersionStatus::Available);
  EXPECT_EQ(listed(world), "4 AVAILABLE, 3 FAILURE, 2 AVAILABLE, 1 AVAILABLE");
  EXPECT_TRUE(world.violations().empty());
}

TEST(RegisterVersion, AllModesMayLookAtEverything) {
  World world;
  world.settings.all_modes_scope = ManyBaseline::Everything;
  ASSERT_TRUE(world.make_schema(kSchema, record({"a:int", "b:int"}), Mode::BackwardAll));
  ASSERT_TRUE(world.put_version(kSchema, record({"a:int"})));
  ASSERT_TRUE(set_mode(world, Mode::BackwardAll));
  EXPECT_EQ(world.put_version(kSchema, record({"a:int", "b:string=\"\""}))->version.status,
            VersionStatus::Failure);
}

TEST(RegisterVersion, SingleModesMayLookAtTheCheckpoint) {
  for (const auto baseline : {SingleBaseline::Latest, SingleBaseline::Checkpoint}) {
    World world;
    world.settings.baseline_for_single_modes = baseline;
    ASSERT_TRUE(world.make_schema(kSchema, record({"a:int", "b:int"})));
    ASSERT_TRUE(world.put_version(kSchema, record({"a:int"})));
    const auto third = world.put_version(kSchema, record({"a:int", "b:string=\"\""}));
    EXPECT_EQ(third->version.status, baseline == SingleBaseline::Latest ? VersionStatus::Available
                                                                        : VersionStatus::Failure);
  }
}

TEST(RegisterVersion, AllModesReadPageByPage) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, record({"f0:int"}), Mode::None));
  for (int i = 1; i < 60; ++i) {
    ASSERT_TRUE(world.put_version(kSchema, record({"f" + std::to_string(i) + ":int=0"})));
  }
  const SchemaChange from_first{
      .schema = kSchema, .checkpoint = VersionSelector::at(1), .mode = Mode::BackwardAll};
  ASSERT_TRUE(world.change_schema(from_first));
  // Only version 1, the last one looked at, has f0 with another type.
  const auto refused = world.put_version(kSchema, record({"f0:string=\"\""}));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->version.status, VersionStatus::Failure);
  const auto explained = world.explain(refused->version.id);
  EXPECT_EQ(explained->baseline_count, 60);
  EXPECT_EQ(explained->baselines.front(), 60);
  EXPECT_EQ(explained->baselines.back(), 1);
  EXPECT_EQ(explained->verdict.findings.size(), 1U);
  EXPECT_EQ(explained->verdict.findings.front().version, 1);
}

TEST(FindByDefinition, OrderOfChecks) {
  World world;
  EXPECT_EQ(world.find(kSchema, std::string(170'001, ' ')).error(),
            wrong_length("SchemaDefinition"));
  EXPECT_EQ(world.find(kSchema, "{").error(), no_such_schema());
  EXPECT_EQ(world.find(schema_ref("nope", "s"), kInt).error(), no_such_schema());
  ASSERT_TRUE(world.make_schema(kSchema, kInt));
  EXPECT_TRUE(world.find(kSchema, "{")
                  .error()
                  .message.starts_with("Schema definition of AVRO data format is invalid: "));
}

struct StaleRow {
  std::string_view name;
  Mode mode;
  std::function<void(World&)> change;
  bool found;  ///< is the FAILURE still answered?
};

class StaleFailureTest : public testing::TestWithParam<StaleRow> {};

// 1 {a,b}, 2 {a}, 3 {a,c=0}, then {a,d} fails as 4.
TEST_P(StaleFailureTest, Table) {
  const StaleRow& row = GetParam();
  World world;
  const auto failing = record({"a:int", "d:int"});
  ASSERT_TRUE(world.make_schema(kSchema, record({"a:int", "b:int"}), row.mode));
  ASSERT_TRUE(world.put_version(kSchema, record({"a:int"})));
  ASSERT_TRUE(world.put_version(kSchema, record({"a:int", "c:int=0"})));
  const auto failed = world.put_version(kSchema, failing);
  ASSERT_EQ(failed->version.status, VersionStatus::Failure);
  ASSERT_EQ(world.find(kSchema, failing)->id, failed->version.id);
  row.change(world);
  const auto found = world.find(kSchema, failing);
  EXPECT_EQ(code_of(found), row.found ? std::nullopt : std::optional(Code::NotFound));
  if (!row.found) {
    EXPECT_EQ(found.error(), no_such_definition());
  }
  EXPECT_EQ(world.explain(failed->version.id)->out_of_date, !row.found);
}

void change_mode(World& world, Mode mode, std::int64_t checkpoint = 1) {
  ASSERT_TRUE(world.change_schema(
      {.schema = kSchema, .checkpoint = VersionSelector::at(checkpoint), .mode = mode}));
}

INSTANTIATE_TEST_SUITE_P(
    Changes, StaleFailureTest,
    testing::Values(
        StaleRow{"Nothing", Mode::Backward, [](World&) {}, true},
        StaleRow{"Description", Mode::Backward,
                 [](World& world) {
                   ASSERT_TRUE(world.change_schema({.schema = kSchema,
                                                    .checkpoint = VersionSelector::at(1),
                                                    .description = description("d")}));
                 },
                 true},
        StaleRow{"Mode", Mode::Backward, [](World& world) { change_mode(world, Mode::None); },
                 false},
        StaleRow{"ModeThereAndBack", Mode::Backward,
                 [](World& world) {
                   change_mode(world, Mode::None);
                   change_mode(world, Mode::Backward);
                 },
                 true},
        StaleRow{"Checkpoint", Mode::BackwardAll,
                 [](World& world) { change_mode(world, Mode::BackwardAll, 2); }, false},
        StaleRow{"AnotherFailure", Mode::BackwardAll,
                 [](World& world) { ASSERT_TRUE(world.put_version(kSchema, kBoolean)); }, true},
        StaleRow{"NewLatest", Mode::Backward,
                 [](World& world) {
                   ASSERT_TRUE(world.put_version(kSchema, record({"a:int", "e:int=0"})));
                 },
                 false},
        StaleRow{"NewVersionUnderAll", Mode::BackwardAll,
                 [](World& world) {
                   ASSERT_TRUE(world.put_version(kSchema, record({"a:int", "e:int=0"})));
                 },
                 false},
        StaleRow{"LatestDeleted", Mode::Backward,
                 [](World& world) { ASSERT_TRUE(world.drop_versions(kSchema, "3")); }, false},
        StaleRow{"OtherBaselineDeleted", Mode::Backward,
                 [](World& world) { ASSERT_TRUE(world.drop_versions(kSchema, "2")); }, true},
        StaleRow{"OtherBaselineDeletedUnderAll", Mode::BackwardAll,
                 [](World& world) { ASSERT_TRUE(world.drop_versions(kSchema, "2")); }, false},
        StaleRow{"Rules", Mode::Backward,
                 [](World& world) { world.settings.check.avro_enum_symbols_strict = false; },
                 false},
        StaleRow{"FailureDeleted", Mode::Backward,
                 [](World& world) {
                   // The same definition failed once more, and the older FAILURE goes.
                   ASSERT_TRUE(world.put_version(kSchema, record({"a:int", "d:int"})));
                   ASSERT_EQ(world.versions(kSchema)->items.front().number, 5);
                   ASSERT_TRUE(world.drop_versions(kSchema, "5"));
                 },
                 true}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(FindByDefinition, PrefersAvailable) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, kInt));
  const auto failed = world.put_version(kSchema, kBoolean);
  const auto again = world.put_version(kSchema, kBoolean);
  EXPECT_EQ(again->version.number, 3);  // a FAILURE is judged afresh, under a number of its own
  EXPECT_EQ(world.find(kSchema, kBoolean)->number, 3);
  ASSERT_TRUE(set_mode(world, Mode::None));
  const auto accepted = world.put_version(kSchema, kBoolean);
  EXPECT_EQ(accepted->version.status, VersionStatus::Available);
  EXPECT_EQ(world.find(kSchema, kBoolean)->id, accepted->version.id);
  EXPECT_EQ(world.put_version(kSchema, kBoolean)->version.id, accepted->version.id);
  EXPECT_EQ(listed(world), "4 AVAILABLE, 3 FAILURE, 2 FAILURE, 1 AVAILABLE");
  EXPECT_TRUE(world.violations().empty());
}

TEST(GetVersion, BySelector) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, kInt));
  ASSERT_TRUE(world.put_version(kSchema, kBoolean));
  EXPECT_EQ(world.version(latest_ref(kSchema))->number, 1);
  EXPECT_EQ(world.version(version_ref(kSchema, 2))->status, VersionStatus::Failure);
  EXPECT_EQ(world.version(version_ref(kSchema, 3)).error(),
            no_such_version(kSchema, VersionSelector::at(3)));
  const auto unknown = schema_ref("default-registry", "t");
  EXPECT_EQ(world.version(version_ref(unknown, 1)).error(), no_such_schema(unknown));
  EXPECT_EQ(world.version(latest_ref(schema_ref("x", "s"))).error(),
            no_such_schema(schema_ref("x", "s")));
}

TEST(ListVersions, InPagesNewestFirst) {
  World world;
  EXPECT_EQ(world.versions(kSchema).error(), no_such_schema(kSchema));
  ASSERT_TRUE(world.make_schema(kSchema, record({"f1:int"}), Mode::None));
  for (int i = 2; i <= 12; ++i) {
    ASSERT_TRUE(world.put_version(kSchema, record({"f" + std::to_string(i) + ":int"})));
  }
  std::string all;
  PageRequest request{.after = {}, .limit = 5};
  do {
    const auto page = world.versions(kSchema, request);
    ASSERT_TRUE(page);
    for (const auto& version : page->items) all += std::to_string(version.number) + " ";
    request.after = page->next;
    // What is registered between two pages is newer than all of them, and disturbs none.
    ASSERT_TRUE(world.put_version(kSchema, record({"g" + std::to_string(all.size()) + ":int"})));
  } while (request.after);
  EXPECT_EQ(all, "12 11 10 9 8 7 6 5 4 3 2 1 ");
  const auto page = world.versions(kSchema, {.after = {}, .limit = 1});
  ASSERT_TRUE(world.drop_schema(kSchema));
  ASSERT_TRUE(world.make_schema(kSchema, kInt));
  EXPECT_EQ(world.versions(kSchema, {.after = page->next, .limit = 1}).error(), wrong_page_token());
}

struct DeleteRow {
  std::string_view name;
  std::string_view range;
  std::string_view left;
  std::vector<std::int64_t> missing = {};
  std::optional<Error> fails = {};
  bool strict = false;
};

class DeleteVersionsTest : public testing::TestWithParam<DeleteRow> {};

// 1 … 5 AVAILABLE, 6 FAILURE; BACKWARD_ALL; the checkpoint is 3.
TEST_P(DeleteVersionsTest, Table) {
  const DeleteRow& row = GetParam();
  World world;
  world.settings.strict_delete_all_modes = row.strict;
  ASSERT_TRUE(world.make_schema(kSchema, record({"a:int"}), Mode::BackwardAll));
  for (const auto* added : {"b:int=0", "c:int=0", "d:int=0", "e:int=0", "f:int"}) {
    ASSERT_TRUE(world.put_version(kSchema, record({"a:int", added})));
  }
  ASSERT_TRUE(world.change_schema({.schema = kSchema, .checkpoint = VersionSelector::at(3)}));
  const auto errors = world.drop_versions(kSchema, row.range);
  EXPECT_EQ(errors ? std::nullopt : std::optional(errors.error()), row.fails);
  if (errors) {
    std::vector<std::int64_t> missing;
    for (const auto& [number, error] : *errors) {
      missing.push_back(number);
      EXPECT_EQ(error, no_such_version(kSchema, VersionSelector::at(number)));
    }
    EXPECT_EQ(missing, row.missing);
  }
  EXPECT_EQ(listed(world), row.left);
  EXPECT_EQ(world.schema(kSchema)->next, 7);
  EXPECT_EQ(world.violations(), std::vector<std::string>());
}

constexpr std::string_view kAll =
    "6 FAILURE, 5 AVAILABLE, 4 AVAILABLE, 3 AVAILABLE, 2 AVAILABLE, 1 AVAILABLE";

INSTANTIATE_TEST_SUITE_P(
    Rules, DeleteVersionsTest,
    testing::Values(
        DeleteRow{"One", "2", "6 FAILURE, 5 AVAILABLE, 4 AVAILABLE, 3 AVAILABLE, 1 AVAILABLE"},
        DeleteRow{"Latest", "5", "6 FAILURE, 4 AVAILABLE, 3 AVAILABLE, 2 AVAILABLE, 1 AVAILABLE"},
        DeleteRow{"Failure", "6",
                  "5 AVAILABLE, 4 AVAILABLE, 3 AVAILABLE, 2 AVAILABLE, 1 AVAILABLE"},
        DeleteRow{
            "BeyondTheEnd", "5-8", "4 AVAILABLE, 3 AVAILABLE, 2 AVAILABLE, 1 AVAILABLE", {7, 8}},
        DeleteRow{"NothingThere", "4000000000", kAll, {4'000'000'000}},
        DeleteRow{"Checkpoint", "3", kAll, {}, checkpoint_not_deletable(3)},
        DeleteRow{"RangeWithCheckpoint", "2-4", kAll, {}, checkpoint_not_deletable(3)},
        DeleteRow{"CheckpointMasksTheFirst", "1-3", kAll, {}, checkpoint_not_deletable(3)},
        DeleteRow{"First", "1-2", kAll, {}, first_version_not_deletable()},
        DeleteRow{"TooMany", "4-4000000000", kAll, {}, too_many_versions_to_delete()},
        DeleteRow{
            "Strict", "4-6", kAll, {}, compared_version_not_deletable(4, Mode::BackwardAll), true},
        DeleteRow{"StrictFailure",
                  "6",
                  "5 AVAILABLE, 4 AVAILABLE, 3 AVAILABLE, 2 AVAILABLE, 1 AVAILABLE",
                  {},
                  {},
                  true},
        DeleteRow{"StrictBelowTheCheckpoint",
                  "2",
                  "6 FAILURE, 5 AVAILABLE, 4 AVAILABLE, 3 AVAILABLE, 1 AVAILABLE",
                  {},
                  {},
                  true}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(DeleteVersions, NumbersAndIdsAreNotUsedAgain) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, kInt));
  const auto deleted = world.put_version(kSchema, kLong);
  ASSERT_TRUE(world.put_pair(deleted->version.id, "k", "v"));
  ASSERT_TRUE(world.drop_versions(kSchema, "2"));
  EXPECT_EQ(world.schema(kSchema)->latest, 1);
  EXPECT_EQ(world.version(deleted->version.id).error(), no_such_version(deleted->version.id));
  EXPECT_EQ(world.find(kSchema, kLong).error(), no_such_definition());
  const auto again = world.put_version(kSchema, kLong);
  EXPECT_EQ(again->version.number, 3);
  EXPECT_NE(again->version.id, deleted->version.id);
  EXPECT_EQ(world.drop_versions(schema_ref("r", "s"), "2").error(),
            no_such_schema(schema_ref("r", "s")));
  EXPECT_TRUE(world.violations().empty());
}

TEST(DiffVersions, BetweenAnyTwo) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, kInt));
  ASSERT_TRUE(world.put_version(kSchema, kBoolean));  // FAILURE
  const auto diff = [&](VersionSelector first, VersionSelector second) {
    return world.read<std::string>(
        [&](auto& reader) { return diff_versions(reader, world.context, kSchema, first, second); });
  };
  EXPECT_EQ(*diff(VersionSelector::at(1), VersionSelector::at(2)),
            R"([{"op":"replace","path":"","value":"boolean"}])");
  EXPECT_EQ(*diff(VersionSelector::latest(), VersionSelector::at(1)), "[]");
  EXPECT_EQ(diff(VersionSelector::at(1), VersionSelector::at(9)).error(),
            no_such_version(kSchema, VersionSelector::at(9)));
}

TEST(ExplainVersion, KeepsTheReason) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, record({"name:string"}, "User")));
  const auto failed = world.put_version(kSchema, record({"name:string", "height:int"}, "User"));
  const auto explained = world.explain(version_ref(kSchema, 2));
  ASSERT_TRUE(explained);
  EXPECT_EQ(explained->version, failed->version);
  EXPECT_EQ(explained->judged.mode, Mode::Backward);
  EXPECT_EQ(explained->judged.checkpoint, 1);
  EXPECT_EQ(explained->baselines, std::vector<std::int64_t>{1});
  EXPECT_FALSE(explained->out_of_date);
  EXPECT_EQ(explained->summary(), failed->reason);
  EXPECT_EQ(explained->summary(),
            "Not BACKWARD compatible with version 1: field \"height\" (int) at /fields/1 has no "
            "default, and records written with version 1 do not have it. Fix: give \"height\" a "
            "default, or register it under FORWARD or NONE.");
  const auto fine = world.explain(version_ref(kSchema, 1));
  ASSERT_TRUE(fine);
  EXPECT_TRUE(fine->verdict.compatible());
  EXPECT_EQ(fine->summary(), "");
  EXPECT_EQ(code_of(world.explain(version_ref(kSchema, 9))), Code::NotFound);
}

}  // namespace
}  // namespace limpet::registry
