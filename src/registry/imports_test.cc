#include "limpet/registry/imports.h"

#include "test_world.h"

#include <gmock/gmock.h>

namespace limpet::registry {
namespace {

using testing::IsEmpty;

const SchemaRef kOrders = schema_ref("r", "orders");
const SchemaRef kOther = schema_ref("r", "other");

Uuid id(int number) {
  return *Uuid::parse("b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c" + std::to_string(10 + number));
}

class ImportTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(world_.make_registry("r"));
    ASSERT_TRUE(world_.make_schema(kOrders, ""));
    ASSERT_TRUE(world_.make_schema(kOther, ""));
  }
  void TearDown() override { EXPECT_THAT(world_.violations(), IsEmpty()); }

  Result<ImportedVersion> import(const ForeignVersion& foreign) {
    LIMPET_TRY(const auto prepared, world_.read<PreparedImport>([&](auto& reader) {
      return prepare_import(reader, world_.context, world_.cache, foreign);
    }));
    return world_.write<ImportedVersion>(
        [&](auto& txn) { return import_version(txn, world_.context, world_.settings, prepared); });
  }

  World world_;
};

TEST_F(ImportTest, KeepsIdNumberAndText) {
  const std::string text = R"({ "type" : "string" })";
  const auto made = import({.schema = kOrders, .id = id(1), .number = 3, .text = text});
  ASSERT_TRUE(made) << describe(made.error());
  EXPECT_TRUE(made->created);
  const auto found = world_.defined_version(id(1));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->definition, text);
  EXPECT_EQ(found->version.number, 3);
  const auto schema = world_.schema(kOrders);
  EXPECT_EQ(schema->latest, 3);
  EXPECT_EQ(schema->next, 4);
  EXPECT_EQ(schema->checkpoint, 3);
  // What follows is numbered behind it.
  EXPECT_EQ(world_.put_version(kOrders, R"("string")")->version.id, id(1));
  EXPECT_EQ(world_.put_version(kOrders, R"("bytes")")->version.number, 4);
}

TEST_F(ImportTest, AgainAnswersWhatIsThere) {
  const ForeignVersion foreign{.schema = kOrders, .id = id(1), .number = 1, .text = R"("int")"};
  ASSERT_TRUE(import(foreign));
  const auto again = import(foreign);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->created);
  EXPECT_EQ(again->version.id, id(1));
  EXPECT_EQ(told(world_.versions(kOrders)->items), "1 AVAILABLE");
}

TEST_F(ImportTest, ComparesNothing) {
  ASSERT_TRUE(import({.schema = kOrders, .id = id(1), .number = 1, .text = R"("int")"}));
  const auto next = import({.schema = kOrders, .id = id(2), .number = 2, .text = R"("bytes")"});
  ASSERT_TRUE(next);
  EXPECT_EQ(next->version.status, VersionStatus::Available);
}

TEST_F(ImportTest, DisabledSchemasTakeVersions) {
  ASSERT_TRUE(import({.schema = kOrders, .id = id(1), .number = 1, .text = R"("int")"}));
  world_.settings.lenient_update_schema = true;
  ASSERT_TRUE(world_.change_schema({.schema = kOrders, .mode = Mode::Disabled}));
  EXPECT_TRUE(import({.schema = kOrders, .id = id(2), .number = 2, .text = R"("long")"}));
}

TEST_F(ImportTest, AFailureIsExplainedAndJudgedAnewWhenRegistered) {
  ASSERT_TRUE(import({.schema = kOrders, .id = id(1), .number = 1, .text = R"("int")"}));
  ASSERT_TRUE(import({.schema = kOrders,
                      .id = id(2),
                      .number = 2,
                      .status = VersionStatus::Failure,
                      .text = R"("long")"}));
  EXPECT_EQ(told(world_.versions(kOrders)->items), "2 FAILURE, 1 AVAILABLE");
  EXPECT_EQ(world_.schema(kOrders)->latest, 1);
  const auto why = world_.explain(id(2));
  ASSERT_TRUE(why);
  ASSERT_EQ(why->verdict.findings.size(), 1U);
  EXPECT_EQ(why->verdict.findings[0].rule, kImportedRule);
  EXPECT_TRUE(why->out_of_date);
  EXPECT_EQ(code_of(world_.find(kOrders, R"("long")")), Code::NotFound);
  const auto registered = world_.put_version(kOrders, R"("long")");
  ASSERT_TRUE(registered);
  EXPECT_EQ(registered->version.number, 3);
  EXPECT_EQ(registered->version.status, VersionStatus::Available);
}

struct RefusedRow {
  const char* name;
  ForeignVersion version;
  Code code;
  std::string message;
};

class RefusedImportTest : public ImportTest, public testing::WithParamInterface<RefusedRow> {};

TEST_P(RefusedImportTest, Refuses) {
  const auto& row = GetParam();
  ASSERT_TRUE(import({.schema = kOrders, .id = id(2), .number = 2, .text = R"("int")"}));
  ASSERT_TRUE(import({.schema = kOrders, .id = id(5), .number = 5, .text = R"("long")"}));
  const auto refused = import(row.version);
  ASSERT_EQ(code_of(refused), row.code);
  EXPECT_EQ(refused.error().message, row.message);
  EXPECT_EQ(told(world_.versions(kOrders)->items), "5 AVAILABLE, 2 AVAILABLE");
}

const std::string kTaken = "Schema version " + id(2).to_string() +
                           " already exists, and it is another one than the imported.";

INSTANTIATE_TEST_SUITE_P(
    Rows, RefusedImportTest,
    testing::Values(
        RefusedRow{"IdOfAnotherNumber",
                   {.schema = kOrders, .id = id(2), .number = 6, .text = R"("int")"},
                   Code::AlreadyExists,
                   kTaken},
        RefusedRow{"IdOfAnotherText",
                   {.schema = kOrders, .id = id(2), .number = 2, .text = R"( "int")"},
                   Code::AlreadyExists,
                   kTaken},
        RefusedRow{"IdOfAnotherStatus",
                   {.schema = kOrders,
                    .id = id(2),
                    .number = 2,
                    .status = VersionStatus::Failure,
                    .text = R"("int")"},
                   Code::AlreadyExists,
                   kTaken},
        RefusedRow{"IdOfAnotherSchema",
                   {.schema = kOther, .id = id(2), .number = 2, .text = R"("int")"},
                   Code::AlreadyExists,
                   kTaken},
        RefusedRow{"NumberTaken",
                   {.schema = kOrders, .id = id(6), .number = 5, .text = R"("bytes")"},
                   Code::AlreadyExists,
                   "Version number 5 is in use or was; the next one that can be imported is 6."},
        RefusedRow{"NumberInAGap",
                   {.schema = kOrders, .id = id(6), .number = 3, .text = R"("bytes")"},
                   Code::AlreadyExists,
                   "Version number 3 is in use or was; the next one that can be imported is 6."},
        RefusedRow{"DefinitionTaken",
                   {.schema = kOrders, .id = id(6), .number = 6, .text = R"({"type":"int"})"},
                   Code::AlreadyExists,
                   "The definition is version 2 of r/orders already, with the id " +
                       id(2).to_string() + "."},
        RefusedRow{"NumberZero",
                   {.schema = kOrders, .id = id(6), .number = 0, .text = R"("bytes")"},
                   Code::InvalidInput,
                   "VersionNumber of an imported version is from 1 to 100000."},
        RefusedRow{"NumberTooLarge",
                   {.schema = kOrders, .id = id(6), .number = 100'001, .text = R"("bytes")"},
                   Code::InvalidInput,
                   "VersionNumber of an imported version is from 1 to 100000."},
        RefusedRow{"Pending",
                   {.schema = kOrders,
                    .id = id(6),
                    .number = 6,
                    .status = VersionStatus::Pending,
                    .text = R"("bytes")"},
                   Code::InvalidInput,
                   "Status of an imported version is AVAILABLE or FAILURE."},
        RefusedRow{"NoSchema",
                   {.schema = schema_ref("r", "none"), .id = id(6), .number = 6, .text = "x"},
                   Code::NotFound,
                   "Schema is not found. RegistryName: r, SchemaName: none, SchemaArn: null"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(ImportTest, AnIdOfAnotherAccountIsTaken) {
  ASSERT_TRUE(import({.schema = kOrders, .id = id(1), .number = 1, .text = R"("int")"}));
  for (const char* account : {"000000000000", "999999999999"}) {
    world_.context.scope.account = account;
    ASSERT_TRUE(world_.make_registry("r"));
    ASSERT_TRUE(world_.make_schema(kOrders, ""));
    EXPECT_EQ(code_of(import({.schema = kOrders, .id = id(1), .number = 1, .text = R"("int")"})),
              Code::AlreadyExists);
    EXPECT_TRUE(import(
        {.schema = kOrders, .id = id(account[0] == '0' ? 2 : 3), .number = 1, .text = R"("int")"}));
  }
}

TEST_F(ImportTest, TheQuotaHolds) {
  world_.settings.quotas.schema_versions = 1;
  ASSERT_TRUE(import({.schema = kOrders, .id = id(1), .number = 1, .text = R"("int")"}));
  EXPECT_EQ(code_of(import({.schema = kOrders, .id = id(2), .number = 2, .text = R"("long")"})),
            Code::LimitExceeded);
}

TEST_F(ImportTest, ASchemaMadeAnewIsAnotherOne) {
  const auto prepared = world_.read<PreparedImport>([&](auto& reader) {
    return prepare_import(reader, world_.context, world_.cache,
                          {.schema = kOrders, .id = id(1), .number = 1, .text = R"("int")"});
  });
  ASSERT_TRUE(prepared);
  ASSERT_TRUE(world_.drop_schema(kOrders));
  ASSERT_TRUE(world_.make_schema(kOrders, ""));
  EXPECT_EQ(code_of(world_.write<ImportedVersion>([&](auto& txn) {
              return import_version(txn, world_.context, world_.settings, *prepared);
            })),
            Code::Conflict);
}

TEST_F(ImportTest, DeletedNumbersStayGone) {
  ASSERT_TRUE(import({.schema = kOrders, .id = id(1), .number = 1, .text = R"("int")"}));
  ASSERT_TRUE(import({.schema = kOrders, .id = id(2), .number = 2, .text = R"("long")"}));
  ASSERT_TRUE(import({.schema = kOrders, .id = id(3), .number = 3, .text = R"("float")"}));
  world_.settings.lenient_update_schema = true;
  ASSERT_TRUE(world_.change_schema({.schema = kOrders, .mode = Mode::None}));
  ASSERT_THAT(*world_.drop_versions(kOrders, "2"), IsEmpty());
  EXPECT_EQ(code_of(import({.schema = kOrders, .id = id(2), .number = 2, .text = R"("long")"})),
            Code::AlreadyExists);
}

}  // namespace
}  // namespace limpet::registry
