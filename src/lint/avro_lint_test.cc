#include "advice_testing.h"

#include <gtest/gtest.h>

namespace limpet::lint {
namespace {

struct Row {
  const char* name;
  std::string text;
  const char* advice;
  const char* also = "";
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class AvroLintTest : public testing::TestWithParam<Row> {};

TEST_P(AvroLintTest, Advises) {
  const auto& row = GetParam();
  EXPECT_EQ(advised(compat::Format::Avro, row.text, row.also), row.advice);
}

std::string record(const std::string& fields) {
  return R"({"type":"record","name":"a.R","fields":[)" + fields + "]}";
}
std::string field(const std::string& type, const std::string& rest = "") {
  return R"({"name":"x","type":)" + type + rest + "}";
}

INSTANTIATE_TEST_SUITE_P(
    Rows, AvroLintTest,
    testing::Values(
        Row{"Primitive", R"("int")", ""},
        Row{"NoNamespace", R"({"type":"record","name":"R","fields":[]})", "avro-no-namespace "},
        Row{"NoNamespaceInUnion", R"(["null",{"type":"fixed","name":"F","size":1}])",
            "avro-no-namespace /1"},
        Row{"Namespace", R"({"type":"record","name":"R","namespace":"a","fields":[]})", ""},
        Row{"OptionalWithoutDefault", record(field(R"(["null","int"])")),
            "avro-optional-without-default /fields/0"},
        Row{"OptionalWithDefault", record(field(R"(["null","int"])", R"(,"default":null)")), ""},
        Row{"OptionalWithOtherDefault", record(field(R"(["int","null"])", R"(,"default":0)")), ""},
        Row{"RequiredIsOffByDefault", record(field(R"("int")")), ""},
        Row{"Required", record(field(R"("int")")), "avro-field-without-default /fields/0",
            "avro-field-without-default"},
        Row{"EnumWithoutDefault",
            record(field(R"({"type":"enum","name":"E","symbols":["A"]})", R"(,"default":"A")")),
            "avro-enum-without-default /fields/0/type"},
        Row{"EnumWithDefault", R"({"type":"enum","name":"a.E","symbols":["A"],"default":"A"})", ""},
        Row{"UnknownLogicalType", R"({"type":"long","logicalType":"timestamp-milis"})",
            "avro-unknown-logical-type /logicalType"},
        Row{"NewLogicalType", R"({"type":"long","logicalType":"timestamp-nanos"})",
            "avro-unknown-logical-type /logicalType"},
        Row{"KnownLogicalType", R"({"type":"long","logicalType":"timestamp-millis"})", ""},
        Row{"LogicalTypeOnOtherType", R"({"type":"string","logicalType":"date"})",
            "avro-broken-logical-type /logicalType"},
        Row{"DecimalWithoutPrecision", R"({"type":"bytes","logicalType":"decimal"})",
            "avro-broken-logical-type /logicalType"},
        Row{"Decimal", R"({"type":"bytes","logicalType":"decimal","precision":4,"scale":2})", ""},
        Row{"DecimalTooLong",
            R"({"type":"fixed","name":"a.F","size":1,"logicalType":"decimal","precision":4})",
            "avro-broken-logical-type /logicalType"},
        Row{"LogicalTypeIsNoText", R"({"type":"int","logicalType":7})",
            "avro-broken-logical-type /logicalType"},
        Row{"MisplacedLogicalType", record(field(R"("int")", R"(,"logicalType":"date")")),
            "avro-misplaced-logical-type /fields/0/logicalType"},
        Row{"LogicalTypeInItsPlace", record(field(R"({"type":"int","logicalType":"date"})")), ""},
        Row{"MisspelledFieldAttribute", record(field(R"(["null","int"])", R"(,"defualt":null)")),
            "avro-optional-without-default /fields/0\n"
            "avro-misspelled-attribute /fields/0/defualt"},
        Row{"MisspelledTypeAttribute",
            R"({"type":"record","name":"a.R","namspace":"b","alias":[],"fields":[]})",
            "avro-misspelled-attribute /namspace\navro-misspelled-attribute /alias"},
        Row{"OwnProperties", record(field(R"("int")", R"(,"owner":"web","connect.index":1)")), ""},
        Row{"FieldsDifferByCase",
            record(R"({"name":"id","type":"int"},{"name":"ID","type":"int"})"),
            "avro-names-differ-by-case /fields/1/name"},
        Row{"SymbolsDifferByCase",
            R"({"type":"enum","name":"a.E","symbols":["A","a"],"default":"A"})",
            "avro-names-differ-by-case /symbols/1"},
        Row{"TypesDifferByCase",
            record(field(R"({"type":"fixed","name":"F","size":1})") +
                   R"(,{"name":"y","type":{"type":"fixed","name":"f","size":1}})"),
            "avro-names-differ-by-case /fields/1/type/name"},
        Row{"AliasIsAField",
            record(R"({"name":"x","type":"int"},{"name":"y","type":"int","aliases":["x"]})"),
            "avro-alias-shadows /fields/1/aliases"},
        Row{"AliasTwice",
            record(R"({"name":"x","type":"int","aliases":["z"]},)"
                   R"({"name":"y","type":"int","aliases":["z"]})"),
            "avro-alias-shadows /fields/1/aliases"},
        Row{"AliasOfItsOwn", record(R"({"name":"x","type":"int","aliases":["z","x"]})"), ""},
        Row{"AliasIsAType",
            record(field(R"({"type":"fixed","name":"F","size":1,"aliases":["R"]})")),
            "avro-alias-shadows /fields/0/type/aliases"},
        Row{"UnusableDefault",
            record(field(R"({"type":"enum","name":"E","symbols":["A"],"default":"A"})",
                         R"(,"default":"B")")),
            "avro-unusable-default /fields/0/default"},
        Row{"NameOfOtherScript", record(R"({"name":"größe","type":"int"})"),
            "avro-name-not-portable /fields/0/name"},
        Row{"MissingDoc",
            R"({"type":"record","name":"a.R","doc":"r","fields":[{"name":"x","type":"int"}]})",
            "avro-missing-doc /fields/0", "avro-missing-doc"},
        Row{"DuplicateMember", R"({"type":"fixed","name":"a.F","size":1,"size":2})",
            "avro-duplicate-member "},
        Row{"InsideArraysAndMaps",
            R"({"type":"array","items":{"type":"map","values":)" +
                record(field(R"(["null","a.R"])")) + "}}",
            "avro-optional-without-default /items/values/fields/0"}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace limpet::lint
