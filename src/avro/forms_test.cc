// Canonical form, fingerprints, identity.
#include "identity.h"
#include "numbers.h"

#include "limpet/avro/fingerprint.h"
#include "limpet/avro/schema.h"
#include "limpet/base/hex.h"
#include "limpet/json/writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace limpet::avro {
namespace {

Schema schema_of(std::string_view text) {
  auto schema = parse(text);
  EXPECT_TRUE(schema) << text << describe(schema.error());
  return *std::move(schema);
}

struct FingerprintRow {
  const char* name;
  std::string text;
  std::string canonical;
  std::int64_t crc64;
};

class Fingerprint : public testing::TestWithParam<FingerprintRow> {};

TEST_P(Fingerprint, OfTheCanonicalForm) {
  const auto& row = GetParam();
  const auto schema = schema_of(row.text);
  EXPECT_EQ(canonical_form(schema), row.canonical);
  EXPECT_EQ(static_cast<std::int64_t>(fingerprints(schema).crc64), row.crc64);
}

// Origin: share/test/data/schema-tests.txt of Apache Avro 1.11.
INSTANTIATE_TEST_SUITE_P(
    AvroTestData, Fingerprint,
    testing::Values(
        FingerprintRow{"Null", R"("null")", R"("null")", 7195948357588979594},
        FingerprintRow{"NullObject", R"({"type":"null"})", R"("null")", 7195948357588979594},
        FingerprintRow{"Boolean", R"("boolean")", R"("boolean")", -6970731678124411036},
        FingerprintRow{"Int", R"({"type":"int"})", R"("int")", 8247732601305521295},
        FingerprintRow{"Long", R"("long")", R"("long")", -3434872931120570953},
        FingerprintRow{"Float", R"("float")", R"("float")", 5583340709985441680},
        FingerprintRow{"Double", R"("double")", R"("double")", -8181574048448539266},
        FingerprintRow{"Bytes", R"("bytes")", R"("bytes")", 5746618253357095269},
        FingerprintRow{"String", R"("string")", R"("string")", -8142146995180207161},
        FingerprintRow{"EmptyUnion", "[  ]", "[]", -1241056759729112623},
        FingerprintRow{"Union", R"([ "int"  ])", R"(["int"])", -5232228896498058493},
        FingerprintRow{"Unions", R"([ "int" , {"type":"boolean"} ])", R"(["int","boolean"])",
                       5392556393470105090},
        FingerprintRow{"Record", R"({"fields":[], "type":"record", "name":"foo"})",
                       R"({"name":"foo","type":"record","fields":[]})", -4824392279771201922},
        FingerprintRow{"Namespace",
                       R"({"fields":[], "type":"record", "name":"foo", "namespace":"x.y"})",
                       R"({"name":"x.y.foo","type":"record","fields":[]})", 5916914534497305771},
        FingerprintRow{"FullName",
                       R"({"fields":[], "type":"record", "name":"a.b.foo", "namespace":"x.y"})",
                       R"({"name":"a.b.foo","type":"record","fields":[]})", -4616218487480524110},
        FingerprintRow{"Doc",
                       R"({"fields":[], "type":"record", "name":"foo", "doc":"Useful info"})",
                       R"({"name":"foo","type":"record","fields":[]})", -4824392279771201922},
        FingerprintRow{"Enum", R"({"type":"enum", "name":"foo", "symbols":["A1"]})",
                       R"({"name":"foo","type":"enum","symbols":["A1"]})", -6342190197741309591},
        FingerprintRow{"Fixed", R"({"name":"foo","type":"fixed","size":15})",
                       R"({"name":"foo","type":"fixed","size":15})", 1756455273707447556},
        FingerprintRow{"Array", R"({ "items":{"type":"null"}, "type":"array"})",
                       R"({"type":"array","items":"null"})", -589620603366471059},
        FingerprintRow{"Map", R"({ "values":"string", "type":"map"})",
                       R"({"type":"map","values":"string"})", -8732877298790414990}),
    [](const auto& row) { return row.param.name; });

TEST(Fingerprints, MatchJava) {
  // Origin: SchemaNormalization.parsingFingerprint of org.apache.avro 1.11.4 for "int".
  const auto prints = fingerprints(schema_of(R"({"type":"int","logicalType":"date"})"));
  EXPECT_EQ(to_hex(prints.md5), "ef524ea1b91e73173d938ade36c1db32");
  EXPECT_EQ(to_hex(prints.sha256),
            "3f2b87a9fe7cc9b13835598c3981cd45e3e355309e5090aa0933d7becb6fba45");
  EXPECT_EQ(to_hex(prints.crc64_bytes()), "8f5c393f1ad57572");
}

TEST(CanonicalForm, SecondUseIsTheFullName) {
  EXPECT_EQ(canonical_form(schema_of(R"({"type":"error","name":"a.L","aliases":["M"],"fields":[
    {"name":"v","type":{"type":"long","logicalType":"timestamp-millis"},"default":1,"order":"ignore"},
    {"name":"next","type":["null","L"],"doc":"more"}]})")),
            R"({"name":"a.L","type":"record","fields":[{"name":"v","type":"long"},)"
            R"({"name":"next","type":["null","a.L"]}]})");
}

struct SameRow {
  const char* name;
  std::string first;
  std::string second;
};

class SameIdentity : public testing::TestWithParam<SameRow> {};

TEST_P(SameIdentity, ForTwoSpellings) {
  EXPECT_EQ(identity_form(schema_of(GetParam().first)),
            identity_form(schema_of(GetParam().second)));
}

std::string field(const std::string& rest) {
  return R"({"type":"record","name":"R","fields":[{"name":"f",)" + rest + "}]}";
}

INSTANTIATE_TEST_SUITE_P(
    Spellings, SameIdentity,
    testing::Values(
        SameRow{"WhiteSpace", R"({"type":"array","items":"int"})",
                "{\n  \"type\" : \"array\",\r\n\t\"items\": \"int\" }"},
        SameRow{"AttributeOrder", R"({"type":"fixed","name":"F","size":1,"doc":"d"})",
                R"({"doc":"d","size":1,"name":"F","type":"fixed"})"},
        SameRow{"Primitive", R"("int")", R"({"type":"int"})"},
        SameRow{"FullName", R"({"type":"fixed","name":"F","namespace":"a.b","size":1})",
                R"({"type":"fixed","name":"a.b.F","namespace":"ignored","size":1})"},
        SameRow{"Escapes", R"({"type":"fixed","name":"\u0046\u00fc","size":1,"doc":"\/\u00e9"})",
                R"({"type":"fixed","name":"Fü","size":1,"doc":"/é"})"},
        SameRow{"AscendingIsTheDefault", field(R"("type":"int","order":"ascending")"),
                field(R"("type":"int")")},
        SameRow{"OrderInCapitals", field(R"("type":"int","order":"IGNORE")"),
                field(R"("type":"int","order":"ignore")")},
        SameRow{"DoubleSpelling", field(R"("type":"double","default":1.10)"),
                field(R"("type":"double","default":11e-1)")},
        SameRow{"DoubleAsJavaPrintsIt", field(R"("type":"double","default":1e2)"),
                field(R"("type":"double","default":100.0)")},
        SameRow{"DoubleAsText", field(R"("type":"double","default":"0x1p3")"),
                field(R"("type":"double","default":8.0)")},
        SameRow{"MinusZero", R"({"type":"int","p":-0})", R"({"type":"int","p":0})"},
        SameRow{"InfinityAsJavaPrintsIt", R"({"type":"int","p":1e400})",
                R"({"type":"int","p":"Infinity"})"},
        SameRow{"MembersOfProperties", R"({"type":"int","p":{"b":[{"d":1,"c":2}],"a":0},"o":1})",
                R"({"type":"int","o":1,"p":{"a":0,"b":[{"c":2,"d":1}]}})"},
        SameRow{"AliasSpelling", R"({"type":"fixed","name":"a.F","size":1,"aliases":["G"]})",
                R"({"type":"fixed","name":"a.F","size":1,"aliases":["a.G","G"]})"},
        SameRow{"DocOfAnArrayIsNotKept", R"({"type":"array","items":"int","doc":"x"})",
                R"({"type":"array","items":"int"})"},
        SameRow{
            "ReferenceObject",
            R"({"type":"record","name":"R","fields":[{"name":"n","type":["null",{"type":"R"}]}]})",
            R"({"type":"record","name":"R","fields":[{"name":"n","type":["null","R"]}]})"}),
    [](const auto& row) { return row.param.name; });

class OtherIdentity : public testing::TestWithParam<SameRow> {};

TEST_P(OtherIdentity, ForTwoSchemas) {
  EXPECT_NE(identity_form(schema_of(GetParam().first)),
            identity_form(schema_of(GetParam().second)));
}

INSTANTIATE_TEST_SUITE_P(
    Schemas, OtherIdentity,
    testing::Values(
        SameRow{"Doc", field(R"("type":"int")"), field(R"("type":"int","doc":"")")},
        SameRow{"Default", field(R"("type":"int","default":1)"), field(R"("type":"int")")},
        SameRow{"IntegerAndDouble", field(R"("type":"double","default":1)"),
                field(R"("type":"double","default":1.0)")},
        SameRow{"SignOfZero", field(R"("type":"double","default":0.0)"),
                field(R"("type":"double","default":-0.0)")},
        SameRow{"Order", field(R"("type":"int","order":"ignore")"), field(R"("type":"int")")},
        SameRow{"Alias", field(R"("type":"int","aliases":["g"])"), field(R"("type":"int")")},
        SameRow{"LogicalType", R"("int")", R"({"type":"int","logicalType":"date"})"},
        SameRow{"BrokenLogicalType", R"("long")", R"({"type":"long","logicalType":"date"})"},
        SameRow{"Property", R"({"type":"int","p":null})", R"("int")"},
        SameRow{"LargeNumbers", R"({"type":"int","p":123456789012345678901})",
                R"({"type":"int","p":123456789012345678902})"},
        SameRow{"SymbolOrder", R"({"type":"enum","name":"E","symbols":["A","B"]})",
                R"({"type":"enum","name":"E","symbols":["B","A"]})"},
        SameRow{"EnumDefault", R"({"type":"enum","name":"E","symbols":["A"]})",
                R"({"type":"enum","name":"E","symbols":["A"],"default":"A"})"},
        SameRow{"Error", R"({"type":"record","name":"R","fields":[]})",
                R"({"type":"error","name":"R","fields":[]})"},
        SameRow{"Namespace", R"({"type":"fixed","name":"F","size":1})",
                R"({"type":"fixed","name":"a.F","size":1})"}),
    [](const auto& row) { return row.param.name; });

TEST(IdentityForm, NullNamespaceInsideAnotherSurvives) {
  const std::string_view text = R"({"type":"record","name":"a.R","aliases":[".S"],"fields":[)"
                                R"({"name":"x","type":{"type":"fixed","name":".F","size":1}},)"
                                R"({"name":"y","type":{"type":"fixed","name":"a.F","size":1}},)"
                                R"({"name":"z","type":[".F","a.F"]}]})";
  EXPECT_EQ(identity_form(schema_of(text)), text);
}

TEST(EqualInJava, ForgetsDocAliasesAndEnumDefault) {
  const auto plain = schema_of(R"({"type":"enum","name":"E","symbols":["A"]})");
  EXPECT_TRUE(equal_in_java(
      plain,
      schema_of(
          R"({"type":"enum","name":"E","symbols":["A"],"doc":"d","aliases":["F"],"default":"A"})")));
  EXPECT_FALSE(
      equal_in_java(plain, schema_of(R"({"type":"enum","name":"E","symbols":["A"],"p":1})")));
}

TEST(JavaDouble, ReadsWhatJavaReads) {
  for (const std::string_view text :
       {"1", " 1.5e3 ", "+.5", "5.", "1f", "1D", "0x1.8p1", "0X.8P-1"}) {
    EXPECT_TRUE(java_double(text)) << text;
  }
  for (const std::string_view text : {"", " ", ".", "e5", "1e", "1e+", "0x1", "0xp1", "1ff", "nan",
                                      "inf", "Infinityx", "1 2", "1_0", "0x1p", "--1"}) {
    EXPECT_FALSE(java_double(text)) << text;
  }
  EXPECT_EQ(java_double("-0x1.8p1"), -3.0);
  EXPECT_EQ(java_double("1e400"), HUGE_VAL);
  EXPECT_TRUE(std::isnan(*java_double("-NaN")));
  EXPECT_EQ(json::to_text(double_value(1e22)), "1e+22");
  EXPECT_EQ(json::to_text(double_value(-0.0)), "-0.0");
  EXPECT_EQ(json::to_text(double_value(HUGE_VAL)), R"("Infinity")");
}

}  // namespace
}  // namespace limpet::avro
