#include "limpet/registry/schemas.h"

#include "test_world.h"

#include "limpet/registry/messages.h"

namespace limpet::registry {
namespace {

using namespace std::chrono_literals;

const SchemaRef kSchema = schema_ref("default-registry", "s");

TEST(CreateSchema, MakesTheDefaultRegistryOnDemand) {
  World world;
  EXPECT_EQ(code_of(world.registry(registry_ref("default-registry"))), Code::NotFound);
  const auto made = world.make_schema(kSchema, R"("int")");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->schema.checkpoint, 1);
  EXPECT_EQ(made->schema.latest, 1);
  EXPECT_EQ(made->schema.next, 2);
  EXPECT_EQ(made->schema.status, SchemaStatus::Available);
  ASSERT_TRUE(made->version);
  EXPECT_EQ(made->version->number, 1);
  EXPECT_EQ(made->version->status, VersionStatus::Available);
  const auto registry = world.registry(registry_ref("default-registry"));
  ASSERT_TRUE(registry);
  EXPECT_EQ(registry->description, "");
  EXPECT_TRUE(registry->tags.empty());
  EXPECT_EQ(*world.schema(kSchema), made->schema);
  EXPECT_TRUE(world.violations().empty());
}

TEST(CreateSchema, NeedsAnyOtherRegistry) {
  World world;
  const auto ref = schema_ref("r1", "s");
  EXPECT_EQ(world.make_schema(ref, R"("int")").error(), no_such_registry(registry_ref("r1")));
  const auto check = [&](std::string_view registry) {
    return world.store().read([&](auto& reader) {
      return check_registry_for_schema(reader, world.context, registry_ref(registry));
    });
  };
  EXPECT_EQ(code_of(check("r1")), Code::NotFound);
  EXPECT_EQ(code_of(check("default-registry")), std::nullopt);
}

TEST(CreateSchema, ExistsWhateverTheDefinition) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, R"("int")"));
  EXPECT_EQ(world.make_schema(kSchema, R"("int")").error(), schema_exists(kSchema.name));
  EXPECT_EQ(world.make_schema(kSchema, R"("long")").error(), schema_exists(kSchema.name));
  EXPECT_EQ(world.schema(kSchema)->next, 2);
}

TEST(CreateSchema, AFailedOneLeavesNothingBehind) {
  World world;
  world.settings.quotas.schemas = 0;
  EXPECT_EQ(world.make_schema(kSchema, R"("int")").error(), too_many_schemas());
  EXPECT_EQ(code_of(world.registry(registry_ref("default-registry"))), Code::NotFound);
  EXPECT_TRUE(world.violations().empty());
}

TEST(CreateSchema, Quotas) {
  World world;
  world.settings.quotas = {
      .registries = {}, .schemas = 2, .schema_versions = 1, .metadata_per_version = {}};
  ASSERT_TRUE(world.make_schema(schema_ref("default-registry", "a"), R"("int")"));
  const auto second = schema_ref("default-registry", "b");
  EXPECT_EQ(world.make_schema(second, R"("int")").error(), too_many_schema_versions());
  ASSERT_TRUE(world.make_schema(second, ""));  // without a version
  EXPECT_EQ(world.make_schema(second, "").error(), too_many_schemas());
  EXPECT_EQ(world.put_version(second, R"("int")").error(), too_many_schema_versions());
}

TEST(CreateSchema, WithoutDefinition) {
  World world;
  const auto made = world.make_schema(kSchema, "", Mode::Disabled);
  ASSERT_TRUE(made);
  EXPECT_FALSE(made->version);
  EXPECT_EQ(made->schema.latest, 0);
  EXPECT_EQ(made->schema.next, 1);
  EXPECT_EQ(made->schema.checkpoint, 1);
  EXPECT_EQ(world.version(latest_ref(kSchema)).error(),
            no_such_version(kSchema, VersionSelector::latest()));
  EXPECT_TRUE(world.versions(kSchema)->items.empty());
  const auto first = world.put_version(kSchema, R"("int")");
  ASSERT_TRUE(first);  // DISABLED refuses every version but the first
  EXPECT_EQ(first->version.number, 1);
  EXPECT_EQ(world.put_version(kSchema, R"("int")").error(), versioning_disabled(kSchema));
  EXPECT_TRUE(world.violations().empty());
}

TEST(ChooseMode, Table) {
  Settings settings;
  EXPECT_EQ(*choose_mode(settings, "FULL_ALL"), Mode::FullAll);
  EXPECT_EQ(choose_mode(settings, "INVALID").error(), wrong_compatibility());
  EXPECT_EQ(choose_mode(settings, std::nullopt).error(), wrong_compatibility());
  settings.default_compatibility = Mode::None;
  EXPECT_EQ(*choose_mode(settings, std::nullopt), Mode::None);
  EXPECT_EQ(choose_mode(settings, "").error(), wrong_compatibility());
}

TEST(ParseCandidate, LengthThenFormatThenValidity) {
  ParsedCache cache;
  const auto length = wrong_length("SchemaDefinition");
  EXPECT_EQ(parse_candidate(cache, Format::Avro, "").error(), length);
  EXPECT_EQ(parse_candidate(cache, Format::Json, std::string(170'001, ' ')).error(), length);
  for (const Format format : compat::kFormats) {
    EXPECT_TRUE(parse_candidate(cache, format, "{")
                    .error()
                    .message.starts_with("Schema definition of " +
                                         std::string(compat::to_string(format)) +
                                         " data format is invalid: "));
    EXPECT_EQ(code_of(parse_candidate(cache, format, "   ")), Code::InvalidInput);
  }
  EXPECT_TRUE(parse_candidate(cache, Format::Avro, R"("int")"));
  EXPECT_TRUE(parse_candidate(cache, Format::Json, R"({"type":"integer"})"));
  EXPECT_TRUE(parse_candidate(cache, Format::Protobuf, "syntax = \"proto3\"; message M {}"));
}

TEST(ParseCandidate, CountsCharacters) {
  std::string doc;
  while (doc.size() < 2 * 160'000) doc += "é";
  ParsedCache cache;
  const auto wide = R"({"type":"record","name":"R","fields":[],"doc":")" + doc + "\"}";
  EXPECT_GT(wide.size(), 170'000U);
  EXPECT_TRUE(parse_candidate(cache, Format::Avro, wide));
  EXPECT_EQ(check_definition_length(std::string(170'001, 'x')).error(),
            wrong_length("SchemaDefinition"));
  EXPECT_TRUE(check_definition_length(std::string(170'000, 'x')));
}

TEST(CheckValidity, InvalidIsAnAnswer) {
  ParsedCache cache;
  EXPECT_TRUE(check_validity(cache, Format::Avro, R"("int")")->valid);
  const auto invalid = check_validity(cache, Format::Avro, "{");
  ASSERT_TRUE(invalid);
  EXPECT_FALSE(invalid->valid);
  const auto refused = parse_candidate(cache, Format::Avro, "{");
  EXPECT_EQ("Schema definition of AVRO data format is invalid: " + invalid->error,
            refused.error().message);
  EXPECT_EQ(check_validity(cache, Format::Avro, "").error(), wrong_length("SchemaDefinition"));
  EXPECT_FALSE(check_validity(cache, Format::Protobuf, "x")->valid);
  EXPECT_FALSE(check_validity(cache, Format::Json, R"({"type":"strin"})")->valid);
}

struct UpdateRow {
  std::string_view name;
  std::optional<VersionSelector> checkpoint;
  std::optional<Mode> mode;
  std::optional<std::string_view> description;
  bool lenient = false;
  std::optional<Error> fails = {};
};

class UpdateSchemaTest : public testing::TestWithParam<UpdateRow> {};

// The schema has 1 AVAILABLE, 2 AVAILABLE, 3 FAILURE, 4 deleted; checkpoint 1.
TEST_P(UpdateSchemaTest, Table) {
  const UpdateRow& row = GetParam();
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, R"("int")"));
  ASSERT_TRUE(world.put_version(kSchema, R"("long")"));
  ASSERT_TRUE(world.put_version(kSchema, R"("boolean")"));
  ASSERT_TRUE(world.put_version(kSchema, R"("double")"));
  ASSERT_TRUE(world.drop_versions(kSchema, "4"));
  const Schema before = *world.schema(kSchema);
  ASSERT_EQ(before.latest, 2);
  ASSERT_EQ(before.next, 5);
  world.context.now += 7ms;
  world.settings.lenient_update_schema = row.lenient;
  SchemaChange change{.schema = kSchema, .checkpoint = row.checkpoint, .mode = row.mode};
  if (row.description) change.description = description(*row.description);
  const auto changed = world.change_schema(change);
  EXPECT_EQ(changed ? std::nullopt : std::optional(changed.error()), row.fails);
  Schema expected = before;
  if (!row.fails) {
    if (row.checkpoint) expected.checkpoint = row.checkpoint->number.value_or(2);
    if (row.mode) expected.mode = *row.mode;
    if (row.description) expected.description = *row.description;
    expected.updated = world.context.now;
  }
  EXPECT_EQ(*world.schema(kSchema), expected);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, UpdateSchemaTest,
    testing::Values(
        UpdateRow{"All", VersionSelector::at(2), Mode::FullAll, "d"},
        UpdateRow{"NumberAlone", VersionSelector::at(2), {}, {}},
        UpdateRow{"LatestSkipsFailures", VersionSelector::latest(), Mode::Full, {}},
        UpdateRow{"NumberAndDescription", VersionSelector::latest(), {}, "d"},
        UpdateRow{"EmptyDescription", VersionSelector::latest(), {}, ""},
        UpdateRow{"ModeAlone", {}, Mode::Full, {}, false, version_selector_missing()},
        UpdateRow{"DescriptionAlone", {}, {}, "d", false, version_selector_missing()},
        UpdateRow{"Nothing", {}, {}, {}, false, version_selector_missing()},
        UpdateRow{"LenientModeAlone", {}, Mode::Full, {}, true},
        UpdateRow{"LenientDescriptionAlone", {}, {}, "d", true},
        UpdateRow{"Failure", VersionSelector::at(3), {}, {}, false, checkpoint_not_available()},
        UpdateRow{"Deleted",
                  VersionSelector::at(4),
                  {},
                  {},
                  false,
                  no_such_version(kSchema, VersionSelector::at(4))},
        UpdateRow{"Future",
                  VersionSelector::at(5),
                  {},
                  {},
                  false,
                  no_such_version(kSchema, VersionSelector::at(5))},
        UpdateRow{"Zero",
                  VersionSelector::at(0),
                  {},
                  {},
                  false,
                  no_such_version(kSchema, VersionSelector::at(0))},
        UpdateRow{"Negative",
                  VersionSelector::at(-1),
                  {},
                  {},
                  false,
                  no_such_version(kSchema, VersionSelector::at(-1))}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(UpdateSchema, UnknownSchema) {
  World world;
  EXPECT_EQ(world.change_schema({.schema = kSchema}).error(), no_such_schema(kSchema));
}

TEST(UpdateSchema, DisabledBlocksAndReleases) {
  World world;
  ASSERT_TRUE(world.make_schema(kSchema, R"("int")"));
  const auto set = [&](Mode mode) {
    return world.change_schema(
        {.schema = kSchema, .checkpoint = VersionSelector::latest(), .mode = mode});
  };
  ASSERT_TRUE(set(Mode::Disabled));
  EXPECT_EQ(world.put_version(kSchema, R"("int")").error(), versioning_disabled(kSchema));
  ASSERT_TRUE(set(Mode::Backward));
  EXPECT_EQ(world.put_version(kSchema, R"("int")")->version.number, 1);
}

TEST(DeleteSchema, StartsAgainAtOne) {
  World world;
  const auto first = world.make_schema(kSchema, R"("int")");
  ASSERT_TRUE(world.put_version(kSchema, R"("long")"));
  const auto deleted = world.drop_schema(kSchema);
  ASSERT_TRUE(deleted);
  EXPECT_EQ(deleted->status, SchemaStatus::Deleting);
  EXPECT_EQ(world.schema(kSchema).error(), no_such_schema(kSchema));
  EXPECT_EQ(world.drop_schema(kSchema).error(), no_such_schema(kSchema));
  EXPECT_EQ(world.version(first->version->id).error(), no_such_version(first->version->id));
  const auto again = world.make_schema(kSchema, R"("int")");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->version->number, 1);
  EXPECT_NE(again->version->id, first->version->id);
  EXPECT_NE(again->schema.incarnation, first->schema.incarnation);
  EXPECT_TRUE(world.violations().empty());
}

TEST(ListSchemas, OfOneRegistryOrAll) {
  World world;
  for (const auto* registry : {"r", "r-1"}) {
    ASSERT_TRUE(world.make_registry(registry));
    for (const auto* name : {"b", "a", "a-c"}) {
      ASSERT_TRUE(world.make_schema(schema_ref(registry, name), R"("int")"));
    }
  }
  const auto list = [&](const std::optional<RegistryRef>& registry) {
    std::vector<std::string> names;
    PageRequest request{.after = {}, .limit = 2};
    do {
      const auto page = world.read<Page<Schema>>(
          [&](auto& reader) { return list_schemas(reader, world.context, registry, request); });
      EXPECT_TRUE(page);
      for (const auto& schema : page->items) {
        names.push_back(schema.registry.str() + "/" + schema.name.str());
      }
      request.after = page->next;
    } while (request.after);
    return names;
  };
  EXPECT_EQ(list(std::nullopt),
            (std::vector<std::string>{"r/a", "r/a-c", "r/b", "r-1/a", "r-1/a-c", "r-1/b"}));
  EXPECT_EQ(list(registry_ref("r")), (std::vector<std::string>{"r/a", "r/a-c", "r/b"}));
  const auto unknown = world.read<Page<Schema>>(
      [&](auto& reader) { return list_schemas(reader, world.context, registry_ref("x"), {}); });
  EXPECT_EQ(unknown.error(), no_such_registry(registry_ref("x")));
  const auto foreign = world.read<Page<Schema>>([&](auto& reader) {
    return list_schemas(reader, world.context, registry_ref("r"), {.after = "r-1!a"});
  });
  EXPECT_EQ(foreign.error(), wrong_page_token());
}

}  // namespace
}  // namespace limpet::registry
