#include "limpet/avro/pair_check.h"

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

std::vector<Incompatibility> found_by(std::string_view reader, std::string_view writer) {
  const auto reader_schema = schema_of(reader);
  const auto writer_schema = schema_of(writer);
  auto found = check_pair({.reader = reader_schema, .writer = writer_schema});
  EXPECT_TRUE(found) << describe(found.error());
  return found ? *std::move(found) : std::vector<Incompatibility>();
}

// "KIND location message" per incompatibility, separated by "; ".
std::string list(const std::vector<Incompatibility>& found) {
  std::string out;
  for (const auto& one : found) {
    out.append(out.empty() ? "" : "; ").append(to_string(one.kind)).append(" ");
    out.append(one.location).append(" ").append(one.message);
  }
  return out;
}

struct Row {
  const char* name;
  std::string reader;
  std::string writer;
  std::string found;
};

class PairCheckTest : public testing::TestWithParam<Row> {};

TEST_P(PairCheckTest, FindsWhatAvroJavaFinds) {
  const auto& row = GetParam();
  EXPECT_EQ(list(found_by(row.reader, row.writer)), row.found);
}

std::string record(const std::string& name, const std::string& fields,
                   const std::string& rest = "") {
  return R"({"type":"record","name":")" + name + R"(","fields":[)" + fields + "]" + rest + "}";
}
std::string field(const std::string& name, const std::string& type, const std::string& rest = "") {
  return R"({"name":")" + name + R"(","type":)" + type + rest + "}";
}
std::string enumeration(const std::string& symbols, const std::string& rest = "") {
  return R"({"type":"enum","name":"E","symbols":[)" + symbols + "]" + rest + "}";
}
std::string fixed(const std::string& name, int size) {
  return R"({"type":"fixed","name":")" + name + R"(","size":)" + std::to_string(size) + "}";
}
const auto row_name = [](const auto& row) { return row.param.name; };

// Literal answers of org.apache.avro.SchemaCompatibility, Avro Java 1.12.0.
INSTANTIATE_TEST_SUITE_P(
    Types, PairCheckTest,
    testing::Values(
        Row{"Same", R"("int")", R"("int")", ""}, Row{"Promotion", R"("double")", R"("int")", ""},
        Row{"Demotion", R"("int")", R"("long")",
            "TYPE_MISMATCH / reader type: INT not compatible with writer type: LONG"},
        Row{"StringReadsBytes", R"("string")", R"("bytes")", ""},
        Row{"ArrayItems", R"({"type":"array","items":"int"})",
            R"({"type":"array","items":"string"})",
            "TYPE_MISMATCH /items reader type: INT not compatible with writer type: STRING"},
        Row{"MapValues", R"({"type":"map","values":"int"})", R"({"type":"map","values":"string"})",
            "TYPE_MISMATCH /values reader type: INT not compatible with writer type: STRING"},
        Row{"LogicalTypes", R"({"type":"bytes","logicalType":"decimal","precision":10,"scale":2})",
            R"({"type":"bytes","logicalType":"decimal","precision":4})", ""},
        Row{"FixedNameAndSize", fixed("F", 4), fixed("a.G", 8),
            "NAME_MISMATCH /name expected: a.G; FIXED_SIZE_MISMATCH /size expected: 8, found: 4"},
        Row{"FixedNamespace", fixed("a.F", 4), fixed("b.F", 4), ""},
        Row{"EnumLosesSymbols", enumeration(R"("A","C")"), enumeration(R"("D","B","A")"),
            "MISSING_ENUM_SYMBOLS /symbols [B, D]"},
        Row{"EnumDefault", enumeration(R"("A")", R"(,"default":"A")"), enumeration(R"("A","B")"),
            ""}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Records, PairCheckTest,
    testing::Values(
        Row{"Namespace", record("x.R", ""), record("y.R", ""), ""},
        Row{"Renamed", record("R2", ""), record("R", ""), "NAME_MISMATCH /name expected: R"},
        Row{"RenamedWithAlias", record("R2", "", R"(,"aliases":["R"])"), record("R", ""), ""},
        Row{"AliasIsAFullName", record("a.R2", "", R"(,"aliases":["R"])"), record("b.R", ""),
            "NAME_MISMATCH /name expected: b.R"},
        Row{"FieldsAreLookedAtAfterTheName", record("R2", field("a", R"("int")")), record("R", ""),
            "NAME_MISMATCH /name expected: R; READER_FIELD_MISSING_DEFAULT_VALUE /fields/0 a"},
        Row{"FieldAlias", record("R", field("b", R"("int")", R"(,"aliases":["a"])")),
            record("R", field("a", R"("int")")), ""},
        Row{"FieldAliasOfAnotherType", record("R", field("b", R"("int")", R"(,"aliases":["a"])")),
            record("R", field("a", R"("string")")),
            "TYPE_MISMATCH /fields/0/type reader type: INT not compatible with writer type: "
            "STRING"},
        Row{"NullHasNoDefault", record("R", field("a", R"("null")")), record("R", ""),
            "READER_FIELD_MISSING_DEFAULT_VALUE /fields/0 a"},
        Row{"NullDefault", record("R", field("a", R"("null")", R"(,"default":null)")),
            record("R", ""), ""},
        // The enum's default is taken for the field's: a quirk.
        Row{"EnumDefaultIsNoFieldDefault",
            record("R", field("a", enumeration(R"("A")", R"(,"default":"A")"))), record("R", ""),
            "TYPE_MISMATCH /fields/0/type reader type: ENUM not compatible with writer type: "
            "RECORD"},
        Row{"TwoFieldsOfOneTypeRepeatTheFirstPlace",
            record("R", field("a", fixed("F", 1)) + "," + field("b", R"("F")")),
            record("R", field("a", fixed("F", 2)) + "," + field("b", R"("F")")),
            "FIXED_SIZE_MISMATCH /fields/0/type/size expected: 2, found: 1; FIXED_SIZE_MISMATCH "
            "/fields/0/type/size expected: 2, found: 1"},
        Row{"Recursive", record("L", field("v", R"("int")") + "," + field("n", R"(["null","L"])")),
            record("L", field("v", R"("string")") + "," + field("n", R"(["null","L"])")),
            "TYPE_MISMATCH /fields/0/type reader type: INT not compatible with writer type: "
            "STRING"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Unions, PairCheckTest,
    testing::Values(Row{"AllBranches", R"("long")", R"(["int","long"])", ""},
                    Row{"OneBranch", R"("int")", R"(["int","long"])",
                        "TYPE_MISMATCH /1 reader type: INT not compatible with writer type: LONG"},
                    Row{"EmptyWriter", R"("int")", "[]", ""},
                    Row{"NoBranch", R"(["int"])", R"("long")",
                        "MISSING_UNION_BRANCH / reader union lacking writer type: LONG"},
                    Row{"BothUnions", R"(["null","int"])", R"(["null","int","string"])",
                        "MISSING_UNION_BRANCH /2 reader union lacking writer type: STRING"},
                    Row{"AnyBranchThatWorks",
                        "[" + record("A", field("x", R"("int")")) + "," +
                            record("B", field("x", R"("string")"), R"(,"aliases":["A"])") + "]",
                        record("A", field("x", R"("string")")), ""},
                    Row{"InnerReasonsAreDropped", "[" + record("A", field("x", R"("int")")) + "]",
                        "[" + record("A", field("x", R"("string")")) + "]",
                        "MISSING_UNION_BRANCH /0 reader union lacking writer type: RECORD"},
                    Row{"EnumOfAnotherNamespace",
                        R"([{"type":"enum","name":"a.E","symbols":["A"]}])",
                        R"({"type":"enum","name":"b.E","symbols":["A"]})", ""}),
    row_name);

TEST(PairCheck, AnExceptionOfJavasIsTheOnlyFinding) {
  const auto found = found_by(
      record("R", field("z", R"("int")") + "," + field("b", R"("int")", R"(,"aliases":["a"])")),
      record("R", field("a", R"("int")") + "," + field("b", R"("int")")));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, MismatchKind::AmbiguousAlias);
  EXPECT_EQ(found[0].location, "/fields/1");
  EXPECT_EQ(found[0].message,
            "Reader record field b matches multiple fields in writer record schema R");
}

TEST(PairCheck, TellsPeople) {
  const auto found = found_by(
      record("shop.Order", field("lines", R"({"type":"array","items":)" +
                                              record("Line", field("n", R"("int")")) + "}")),
      record("shop.Order", field("lines", R"({"type":"array","items":)" +
                                              record("Line", field("n", R"("long")")) + "}")));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0],
            (Incompatibility{MismatchKind::TypeMismatch, "/fields/0/type/items/fields/0/type",
                             "reader type: INT not compatible with writer type: LONG",
                             "Order.lines.n", "int", "long"}));
}

// ---- bounds ----

TEST(PairCheckBounds, FoundOnceToldAtMostSoOften) {
  std::string fields;
  for (int i = 0; i < 500; ++i) {
    fields += (i == 0 ? "" : ",") + field("f" + std::to_string(i), R"("int")");
  }
  EXPECT_EQ(found_by(record("R", fields), record("R", "")).size(), 100U);
  const auto reader = schema_of(record("R", fields));
  const auto writer = schema_of(record("R", ""));
  const auto few = check_pair({.reader = reader, .writer = writer, .max_incompatibilities = 3});
  ASSERT_TRUE(few);
  EXPECT_EQ(few->size(), 3U);
  EXPECT_EQ(few->back().location, "/fields/2");
}

// Each record holds the next one twice: 2^60 ways, 61 pairs.
TEST(PairCheckBounds, EachPairIsComparedOnce) {
  const auto doubled = [](const char* leaf) {
    std::string text = record("R0", field("v", leaf));
    for (int i = 1; i <= 60; ++i) {
      const auto inner = "R" + std::to_string(i - 1);
      text =
          record("R" + std::to_string(i), field("a", text) + "," + field("b", '"' + inner + '"'));
    }
    return text;
  };
  const auto reader = schema_of(doubled(R"("int")"));
  const auto writer = schema_of(doubled(R"("string")"));
  std::uint64_t left = limits::kComparedPairs;
  const auto found = check_pair({.reader = reader, .writer = writer, .pairs_left = &left});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->size(), 100U);
  EXPECT_EQ(found->front(), found->back());
  EXPECT_GT(left, limits::kComparedPairs - 5'000);
}

TEST(PairCheckBounds, ChecksMayShareABudget) {
  const auto schema = schema_of(record("R", field("a", R"("int")")));
  std::uint64_t left = 20;
  ASSERT_TRUE(check_pair({.reader = schema, .writer = schema, .pairs_left = &left}));
  EXPECT_LT(left, 20U);
  left = 2;
  EXPECT_EQ(code_of(check_pair({.reader = schema, .writer = schema, .pairs_left = &left})),
            Code::LimitExceeded);
}

// Records that lead back to the first one; two rings without a common divisor meet in every pair,
// each within the one before.
TEST(PairCheckBounds, LongWaysThroughRecordsAreRefused) {
  const auto ring = [](int length) {
    std::string text;
    std::string close;
    for (int i = 0; i < length; ++i) {
      text += R"({"type":"record","name":"R","namespace":"n)" + std::to_string(i) +
              R"(","fields":[{"name":"next","type":)";
      close += "}]}";
    }
    return text + R"("n0.R")" + close;
  };
  const auto compare = [&](int reader, int writer) {
    const auto reader_schema = schema_of(ring(reader));
    const auto writer_schema = schema_of(ring(writer));
    return check_pair({.reader = reader_schema, .writer = writer_schema});
  };
  EXPECT_TRUE(compare(25, 26));
  const auto refused = compare(101, 103);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::LimitExceeded);
  EXPECT_EQ(refused.error().message,
            "Comparing the two schemas goes through more than 1088 types within each other");
}

// As deep as a text may be, one side after the other.
TEST(PairCheckBounds, FullDepth) {
  const auto deep = [](const std::string& leaf) {
    std::string text;
    std::string close;
    for (int i = 0; i < 255; ++i) {
      text += R"([{"type":"map","values":)";
      close += "}]";
    }
    return text + leaf + close;
  };
  EXPECT_EQ(list(found_by(deep(R"("int")"), deep(R"("null")"))),
            "MISSING_UNION_BRANCH /0 reader union lacking writer type: MAP");
  EXPECT_EQ(list(found_by(deep(R"("int")"), deep(R"("int")"))), "");
}

TEST(PairCheckBounds, LongListsOfSymbolsAreCut) {
  std::string symbols = R"("A")";
  for (int i = 0; i < 5'000; ++i) symbols += ",\"B" + std::to_string(i) + '"';
  const auto found = found_by(enumeration(R"("A")"), enumeration(symbols));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_LE(found[0].message.size(), kIncompatibilityBytes);
  EXPECT_TRUE(found[0].message.ends_with("…"));
}

TEST(PairCheckBounds, WideUnionsOfRecordsEndInALimit) {
  std::string reader = "[";
  std::string writer = "[";
  for (int i = 0; i < 3'000; ++i) {
    const std::string comma = i == 0 ? "" : ",";
    reader += comma + record("R" + std::to_string(i), field("a", R"("int")"));
    writer += comma + record("W" + std::to_string(i), field("a", R"("int")"));
  }
  const auto reader_schema = schema_of(reader + "]");
  const auto writer_schema = schema_of(writer + "]");
  EXPECT_EQ(code_of(check_pair({.reader = reader_schema, .writer = writer_schema})),
            Code::LimitExceeded);
}

}  // namespace
}  // namespace limpet::avro
