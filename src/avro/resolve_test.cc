#include "limpet/avro/resolve.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace limpet::avro {
namespace {

Schema schema_of(std::string_view text) {
  auto schema = parse(text);
  EXPECT_TRUE(schema) << text << describe(schema.error());
  return *std::move(schema);
}

std::vector<Mismatch> mismatches_of(std::string_view reader, std::string_view writer,
                                    ResolveOptions options = {}) {
  const auto reader_schema = schema_of(reader);
  const auto writer_schema = schema_of(writer);
  auto mismatches = resolve({.reader = reader_schema, .writer = writer_schema, .options = options});
  EXPECT_TRUE(mismatches) << describe(mismatches.error());
  return mismatches ? *std::move(mismatches) : std::vector<Mismatch>();
}

// "KIND path" per mismatch, separated by blanks; empty = compatible.
std::string verdict(std::string_view reader, std::string_view writer, ResolveOptions options = {}) {
  std::string text;
  for (const auto& mismatch : mismatches_of(reader, writer, options)) {
    if (!text.empty()) text += " ";
    text.append(to_string(mismatch.kind)).append(" ").append(mismatch.path);
  }
  return text;
}

struct Row {
  const char* name;
  std::string reader;
  std::string writer;
  std::string verdict;
  ResolveOptions options = {};
};

class Resolve : public testing::TestWithParam<Row> {};

TEST_P(Resolve, Verdict) {
  const auto& row = GetParam();
  EXPECT_EQ(verdict(row.reader, row.writer, row.options), row.verdict);
}

const auto row_name = [](const auto& row) { return row.param.name; };

std::string record(const std::string& name, const std::string& fields,
                   const std::string& rest = "") {
  return R"({"type":"record","name":")" + name + R"(","fields":[)" + fields + "]" + rest + "}";
}
std::string field(const std::string& name, const std::string& type, const std::string& rest = "") {
  return R"({"name":")" + name + R"(","type":)" + type + rest + "}";
}
std::string enumeration(const std::string& name, const std::string& symbols,
                        const std::string& rest = "") {
  return R"({"type":"enum","name":")" + name + R"(","symbols":[)" + symbols + "]" + rest + "}";
}
std::string fixed(const std::string& name, int size) {
  return R"({"type":"fixed","name":")" + name + R"(","size":)" + std::to_string(size) + "}";
}

constexpr ResolveOptions kLenient{.enum_symbols_strict = false};
constexpr ResolveOptions kNames{.record_names_matter = true};

// test/conformance/avro compares all of these, and all promotions, with Avro Java.
INSTANTIATE_TEST_SUITE_P(
    Types, Resolve,
    testing::Values(Row{"Same", R"("int")", R"("int")", ""},
                    Row{"Promotion", R"("double")", R"("int")", ""},
                    Row{"Demotion", R"("int")", R"("long")", "TYPE_MISMATCH /"},
                    Row{"StringAndBytes", R"("bytes")", R"("string")", ""},
                    Row{"ArrayItems", R"({"type":"array","items":"int"})",
                        R"({"type":"array","items":"string"})", "TYPE_MISMATCH /items"},
                    Row{"MapValues", R"({"type":"map","values":{"type":"map","values":"int"}})",
                        R"({"type":"map","values":{"type":"map","values":"string"}})",
                        "TYPE_MISMATCH /values/values"},
                    Row{"LogicalTypes", R"({"type":"bytes","logicalType":"decimal","precision":9})",
                        R"({"type":"bytes","logicalType":"decimal","precision":4})", ""},
                    Row{"FixedSize", fixed("F", 4), fixed("F", 8), "FIXED_SIZE_MISMATCH /size"},
                    Row{"FixedNameAndSize", fixed("F", 4), fixed("G", 8),
                        "NAME_MISMATCH /name FIXED_SIZE_MISMATCH /size"},
                    Row{"FixedNamespace", fixed("a.F", 4), fixed("b.F", 4), ""},
                    Row{"EnumLosesSymbol", enumeration("E", R"("A")"),
                        enumeration("E", R"("B","A","C")"), "MISSING_ENUM_SYMBOLS /symbols"},
                    Row{"EnumLosesSymbolLenient", enumeration("E", R"("A")"),
                        enumeration("E", R"("B","A","C")"), "", kLenient},
                    Row{"EnumLosesSymbolWithDefault",
                        enumeration("E", R"("A")", R"(,"default":"A")"),
                        enumeration("E", R"("A","B")"), ""},
                    Row{"EnumName", enumeration("E", R"("A")"), enumeration("G", R"("B")"),
                        "NAME_MISMATCH /name"},
                    Row{"EnumAlias", enumeration("E", R"("A")", R"(,"aliases":["G"])"),
                        enumeration("G", R"("A")"), ""}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Records, Resolve,
    testing::Values(
        Row{"Renamed", record("b.New", field("x", R"("int")")),
            record("a.Old", field("x", R"("int")")), ""},
        Row{"RenamedWhereNamesMatter", record("b.New", field("x", R"("int")")),
            record("a.Old", field("x", R"("int")")), "NAME_MISMATCH /name", kNames},
        Row{"NamespaceWhereNamesMatter", record("b.R", ""), record("a.R", ""), "", kNames},
        Row{"WriterHasMore", record("R", ""), record("R", field("x", R"("int")")), ""},
        Row{"ReaderHasMore", record("R", field("x", R"("int")")), record("R", ""),
            "READER_FIELD_MISSING_DEFAULT_VALUE /fields/0"},
        Row{"ReaderHasMoreWithDefault", record("R", field("x", R"("int")", R"(,"default":0)")),
            record("R", ""), ""},
        Row{"NullableIsNoDefault", record("R", field("x", R"(["null","int"])")), record("R", ""),
            "READER_FIELD_MISSING_DEFAULT_VALUE /fields/0"},
        Row{"UnusableDefault",
            record("R", field("e", enumeration("E", R"("A")"), R"(,"default":"B")")),
            record("R", ""), "UNUSABLE_DEFAULT /fields/0"},
        Row{"UnusableDefaultThatIsNotNeeded",
            record("R", field("e", enumeration("E", R"("A")"), R"(,"default":"B")")),
            record("R", field("e", enumeration("E", R"("A")"))), ""},
        // Avro Java tries a union's records in turn, and ends at such a default.
        Row{"UnusableDefaultOfARecordThatIsTried",
            "[" + record("S", field("e", enumeration("E", R"("A")"), R"(,"default":"B")")) + "," +
                record("R", "") + "]",
            record("R", ""), "UNUSABLE_DEFAULT /"},
        Row{"UnusableDefaultOfARecordThatIsNotTried",
            "[" + record("R", "") + "," +
                record("S", field("e", enumeration("E", R"("A")"), R"(,"default":"B")")) + "]",
            record("R", ""), ""},
        Row{"FieldAlias", record("R", field("b", R"("int")", R"(,"aliases":["a"])")),
            record("R", field("a", R"("int")")), ""},
        Row{"FieldAliasOfAnotherRecord",
            record("R", field("b", R"("int")", R"(,"aliases":["a"],"default":0)")),
            record("S", field("a", R"("string")")), ""},
        Row{"FieldAliasOfARenamedRecord",
            record("R", field("b", R"("int")", R"(,"aliases":["a"],"default":0)"),
                   R"(,"aliases":["S"])"),
            record("S", field("a", R"("string")")), "TYPE_MISMATCH /fields/0/type"},
        // Avro Java checks the writer's defaults again under the new names, and reads nothing.
        Row{"FieldAliasWithinADefault",
            record("R", field("r", record("S", field("b", R"("int")", R"(,"aliases":["a"])")))),
            record("R", field("r", record("S", field("a", R"("int")")), R"(,"default":{"a":0})")),
            "UNUSABLE_DEFAULT /fields/0/type/fields/0"},
        Row{"FieldAliasWithinADefaultThatNeedsItNot",
            record("R", field("r", record("S", field("b", R"("int")", R"(,"aliases":["a"])")))),
            record("R", field("r", record("S", field("a", R"("int")", R"(,"default":1)")),
                              R"(,"default":{"a":0})")),
            ""},
        Row{"FieldAliasWithinADefaultOfNoRecord",
            record("R", field("r", R"(["null",)" +
                                       record("S", field("b", R"("int")", R"(,"aliases":["a"])")) +
                                       "]")),
            record("R", field("r", R"(["null",)" + record("S", field("a", R"("int")")) + "]",
                              R"(,"default":null)")),
            ""},
        // Avro Java's reader applies aliases twice, its validator once.
        Row{"AliasOfAnAlias",
            record("R", field("x", R"({"type":"fixed","name":"a","size":4,"aliases":["b"]})"),
                   R"(,"aliases":["a"])"),
            record("R", field("x", fixed("b", 4)) + "," + field("y", R"("int")")),
            "AMBIGUOUS_ALIAS /"},
        Row{"FieldAliasOfAnAlias",
            record("R", field("b", R"("int")", R"(,"aliases":["a"])") + "," +
                            field("c", R"("int")", R"(,"aliases":["b"],"default":0)")),
            record("R", field("a", R"("int")")), "AMBIGUOUS_ALIAS /fields/1"},
        Row{"AliasOfAnAliasThatIsNotWritten",
            record("R", field("b", R"("int")", R"(,"aliases":["a"])") + "," +
                            field("c", R"("int")", R"(,"aliases":["b"],"default":0)")),
            record("R", field("b", R"("int")")), "READER_FIELD_MISSING_DEFAULT_VALUE /fields/0"},
        Row{"AliasOfTwoFields",
            record("R",
                   field("c", R"("int")") + "," + field("b", R"("int")", R"(,"aliases":["a"])")),
            record("R", field("a", R"("int")") + "," + field("b", R"("int")")),
            "AMBIGUOUS_ALIAS /fields/1"},
        Row{"AllOfThem",
            record("R", field("a", R"("int")") + "," + field("b", fixed("F", 2)) + "," +
                            field("c", R"({"type":"array","items":"boolean"})") + "," +
                            field("d", R"("string")")),
            record("R", field("d", R"("int")") + "," + field("b", fixed("F", 3)) + "," +
                            field("c", R"({"type":"array","items":"null"})")),
            "READER_FIELD_MISSING_DEFAULT_VALUE /fields/0 FIXED_SIZE_MISMATCH "
            "/fields/1/type/size TYPE_MISMATCH /fields/2/type/items TYPE_MISMATCH /fields/3/type"},
        Row{"Recursive", record("L", field("v", R"("long")") + "," + field("n", R"(["null","L"])")),
            record("L", field("v", R"("int")") + "," + field("n", R"(["null","L"])")), ""},
        Row{"RecursiveClash",
            record("L", field("v", R"("int")") + "," + field("n", R"(["null","L"])")),
            record("L", field("v", R"("string")") + "," + field("n", R"(["null","L"])")),
            "TYPE_MISMATCH /fields/0/type"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Unions, Resolve,
    testing::Values(
        Row{"ReaderGains", R"(["null","int","string"])", R"(["null","int"])", ""},
        Row{"ReaderLoses", R"(["null","int"])", R"(["null","int","string"])",
            "MISSING_UNION_BRANCH /"},
        Row{"ReaderLeaves", R"("int")", R"(["int","null"])", "TYPE_MISMATCH /"},
        Row{"ReaderEnters", R"(["null","int"])", R"("int")", ""},
        Row{"Promotion", R"(["null","double"])", R"("int")", ""},
        Row{"EmptyWriter", R"("int")", "[]", ""},
        Row{"EmptyReader", "[]", R"("int")", "MISSING_UNION_BRANCH /"},
        Row{"EnumOfAnotherNamespace", "[" + enumeration("a.E", R"("A")") + R"(,"null"])",
            R"(["null",)" + enumeration("b.E", R"("A")") + "]", "MISSING_UNION_BRANCH /"},
        Row{"EquivalentInAnotherNamespace", R"(["null",)" + enumeration("a.E", R"("A")") + "]",
            R"(["null",)" + enumeration("b.E", R"("A")") + "]", ""},
        Row{"RecordByItsFields", R"(["null",)" + record("New", field("x", R"("int")")) + "]",
            R"(["null",)" + record("Old", field("x", R"("int")")) + "]", ""},
        Row{"RecordByItsFieldsWhereNamesMatter",
            R"(["null",)" + record("New", field("x", R"("int")")) + "]",
            R"(["null",)" + record("Old", field("x", R"("int")")) + "]", "", kNames},
        Row{"RecordOfOtherFields", R"(["null",)" + record("New", field("y", R"("int")")) + "]",
            R"(["null",)" + record("Old", field("x", R"("int")")) + "]", "MISSING_UNION_BRANCH /"},
        Row{"LastRecordOfTheSimpleNameWins",
            "[" + record("b.R", field("x", R"("int")")) + "," +
                record("c.R", field("x", R"("int")") + "," +
                                  field("y", R"({"type":"array","items":"null"})")) +
                "]",
            record("a.R",
                   field("x", R"("int")") + "," + field("y", R"({"type":"array","items":"int"})")),
            "TYPE_MISMATCH /1/fields/1/type/items"},
        Row{"TheChosenBranchMustDo",
            "[" + record("A", field("x", R"("int")")) + "," +
                record("B", field("x", R"("string")")) + "]",
            record("A", field("x", R"("string")")), "TYPE_MISMATCH /0/fields/0/type"},
        Row{"AliasOfTwoBranches", "[" + record("A", "", R"(,"aliases":["B"])") + "]",
            "[" + record("A", "") + "," + record("B", "") + "]", "AMBIGUOUS_ALIAS /0"}),
    row_name);

TEST(Mismatches, TellPeople) {
  const auto order = record(
      "shop.Order", field("address", record("Address", field("street", R"("string")") + "," +
                                                           field("floor", R"(["null","int"])"))) +
                        "," + field("state", enumeration("State", R"("NEW")")));
  const auto old =
      record("shop.Order",
             field("address", record("Address", field("street", R"("long")") + "," +
                                                    field("floor", R"(["null","string"])"))) +
                 "," + field("state", enumeration("State", R"("NEW","PAID","LOST")")));
  const auto found = mismatches_of(order, old);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0], (Mismatch{MismatchKind::TypeMismatch, "/fields/0/type/fields/0/type",
                                "Order.address.street", "string", "long", ""}));
  EXPECT_EQ(found[1], (Mismatch{MismatchKind::MissingUnionBranch, "/fields/0/type/fields/1/type",
                                "Order.address.floor", "union [null, int]", "string",
                                "a branch of the writer's union [null, string]"}));
  EXPECT_EQ(found[2].detail, "PAID, LOST");
  EXPECT_EQ(describe(found[0]),
            R"(field "Order.address.street": the reader expects string, the writer has long)");
  EXPECT_EQ(describe(found[1]),
            R"(field "Order.address.floor": the reader's union [null, int] has no branch for the )"
            R"(writer's string (a branch of the writer's union [null, string]))");
  EXPECT_EQ(describe(found[2]),
            R"(field "Order.state": the reader's enum shop.State lacks symbols of the writer: )"
            R"(PAID, LOST)");
}

TEST(Mismatches, TellOfMissingDefaults) {
  const auto found = mismatches_of(record("User", field("age", R"("int")")), record("v1.User", ""));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(describe(found[0]),
            R"(field "User.age": the reader's field has no default value, and the writer's record )"
            R"(v1.User has no field age)");
  EXPECT_EQ(found[0].writer_type, "absent");
}

TEST(Mismatches, AreBounded) {
  std::string reader;
  for (int i = 0; i < 500; ++i) {
    reader += (i == 0 ? "" : ",") + field("f" + std::to_string(i), R"("int")");
  }
  EXPECT_EQ(mismatches_of(record("R", reader), record("R", "")).size(), 100U);
  EXPECT_EQ(mismatches_of(record("R", reader), record("R", ""), {.max_mismatches = 3}).size(), 3U);
}

// Records that lead back to the first one. Two rings whose lengths have no common divisor meet in
// every pair; the way to the last pair is longer than any text is deep.
std::string ring(int length) {
  std::string text;
  std::string close;
  for (int i = 0; i < length; ++i) {
    text += R"({"type":"record","name":"R)" + std::to_string(i) + R"(","fields":[)" +
            (i == 0 ? field("v", R"("long")", R"(,"default":0)") + "," : "") +
            R"({"name":"next","type":{"type":"array","items":)";
    close += "}}]}";
  }
  return text + R"("R0")" + close;
}

TEST(Bounds, EveryPairOfRecordsIsVisitedOnce) {
  const auto reader = schema_of(ring(101));
  const auto writer = schema_of(ring(103));
  const auto with_budget = [&](std::uint64_t pairs) {
    return resolve({.reader = reader, .writer = writer, .options = {.max_pairs = pairs}});
  };
  const auto enough = with_budget(4 * 101 * 103);
  ASSERT_TRUE(enough);
  EXPECT_TRUE(enough->empty());
  const auto scarce = with_budget(101 * 103);
  ASSERT_FALSE(scarce);
  EXPECT_EQ(scarce.error().code, Code::LimitExceeded);
  EXPECT_EQ(scarce.error().message, "Comparing the two schemas takes more than 10403 steps");
}

TEST(Bounds, ResolutionsMayShareABudget) {
  const auto schema = schema_of(ring(101));
  std::uint64_t left = 1000;
  ASSERT_TRUE(resolve({.reader = schema, .writer = schema, .pairs_left = &left}));
  const std::uint64_t cost = 1000 - left;
  EXPECT_GE(cost, 101U);
  int more = 0;
  while (resolve({.reader = schema, .writer = schema, .pairs_left = &left})) ++more;
  EXPECT_EQ(more, static_cast<int>(999 / cost) - 1);
  EXPECT_EQ(left, 0U);
}

// As deep as a text may be, on every way that goes down without a worklist.
TEST(Bounds, FullDepth) {
  const auto deep = [](const std::string& leaf, const std::string& alias) {
    std::string text;
    std::string close;
    for (int i = 0; i < 255; ++i) {
      text += R"([{"type":"map","values":)";
      close += "}]";
    }
    return text + record("R", field("f", leaf, alias)) + close;
  };
  const auto found = mismatches_of(deep(R"("int")", R"(,"aliases":["g"])"), deep(R"("null")", ""));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].path.ends_with("/0/values/fields/0/type")) << found[0].path;
  EXPECT_EQ(verdict(deep(R"("int")", ""), deep(R"("int")", "")), "");
}

TEST(Bounds, WideUnionsOfRecordsEndInALimit) {
  std::string reader = "[";
  std::string writer = "[";
  for (int i = 0; i < 3'000; ++i) {
    const std::string comma = i == 0 ? "" : ",";
    reader += comma + record("R" + std::to_string(i), field("a", R"("int")"));
    writer += comma + record("W" + std::to_string(i), field("a", R"("int")"));
  }
  const auto reader_schema = schema_of(reader + "]");
  const auto writer_schema = schema_of(writer + "]");
  EXPECT_EQ(code_of(resolve({.reader = reader_schema, .writer = writer_schema})),
            Code::LimitExceeded);
}

TEST(Bounds, WideUnionsOfPrimitivesAndFixedAreCheap) {
  std::string branches = R"(["null")";
  for (int i = 0; i < 10'000; ++i) branches += "," + fixed("F" + std::to_string(i), 1);
  EXPECT_EQ(verdict(branches + R"(,"int"])", branches + R"(,"long"])"), "MISSING_UNION_BRANCH /");
}

TEST(Bounds, ManyFields) {
  std::string fields;
  for (int i = 0; i < 10'000; ++i) {
    fields += (i == 0 ? "" : ",") + field("f" + std::to_string(i), R"(["null","int"])");
  }
  EXPECT_EQ(verdict(record("R", fields), record("R", fields)), "");
}

}  // namespace
}  // namespace limpet::avro
