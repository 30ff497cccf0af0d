#include "limpet/protobuf/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace limpet::protobuf {
namespace {

const auto row_name = [](const auto& row) { return row.param.name; };

Schema schema_of(std::string_view text) {
  auto schema = parse(text, {.extensions = Extensions::Accept});
  EXPECT_TRUE(schema) << text << describe(schema.error());
  return *std::move(schema);
}

std::vector<Difference> differences_of(const std::string& reader, const std::string& writer,
                                       CompareOptions options) {
  const auto reader_schema = schema_of(reader);
  const auto writer_schema = schema_of(writer);
  auto found = compare({.reader = reader_schema, .writer = writer_schema, .options = options});
  EXPECT_TRUE(found) << describe(found.error());
  return found ? *std::move(found) : std::vector<Difference>();
}

// "RULE path" per difference, separated by blanks; harmless ones in brackets.
std::string list(const std::vector<Difference>& differences) {
  std::string out;
  for (const auto& difference : differences) {
    if (!out.empty()) out += " ";
    std::string text = std::string(to_string(difference.rule)) + " " + difference.path;
    out += difference.breaks ? text : "[" + text + "]";
  }
  return out;
}

// A change between two texts and what each profile says of it, both ways.
struct Row {
  const char* name;
  std::string old_text;
  std::string new_text;
  std::string backward;                  // Glue: the new reads the old
  std::string forward;                   // Glue: the old reads the new
  std::string confluent_backward = "=";  // "=" as Glue's
  std::string confluent_forward = "=";
};

class Verdicts : public testing::TestWithParam<Row> {};

TEST_P(Verdicts, BothWaysBothProfiles) {
  const auto& row = GetParam();
  const auto or_same = [](const std::string& given, const std::string& glue) {
    return given == "=" ? glue : given;
  };
  const CompareOptions confluent{.profile = Profile::Confluent};
  EXPECT_EQ(list(differences_of(row.new_text, row.old_text, {})), row.backward);
  EXPECT_EQ(list(differences_of(row.old_text, row.new_text, {})), row.forward);
  EXPECT_EQ(list(differences_of(row.new_text, row.old_text, confluent)),
            or_same(row.confluent_backward, row.backward));
  EXPECT_EQ(list(differences_of(row.old_text, row.new_text, confluent)),
            or_same(row.confluent_forward, row.forward));
}

const std::string kProto3 = "syntax = \"proto3\"; ";
const std::string kProto2 = "syntax = \"proto2\"; ";

// message M { … } in proto3 and proto2.
std::string p3(const std::string& body) { return kProto3 + "message M { " + body + " }"; }
std::string p2(const std::string& body) { return kProto2 + "message M { " + body + " }"; }

INSTANTIATE_TEST_SUITE_P(
    Fields, Verdicts,
    testing::Values(Row{"Same", p3("int32 a = 1;"), p3("int32 a = 1;"), "", ""},
                    Row{"OptionalAdded", p3(""), p3("int32 a = 1;"), "", ""},
                    Row{"RequiredAdded", p2(""), p2("required int32 a = 1;"),
                        "REQUIRED_FIELD_ADDED #/M/1", "", "=", "REQUIRED_FIELD_REMOVED #/M/1"},
                    Row{"RequiredRemoved", p2("required M a = 1;"), p2(""), "",
                        "REQUIRED_FIELD_ADDED #/M/1", "REQUIRED_FIELD_REMOVED #/M/1", "="},
                    Row{"Renamed", p3("int32 a = 1;"), p3("int32 b = 1;"), "", ""},
                    Row{"Renumbered", p3("int32 a = 1;"), p3("int32 a = 2;"), "", ""},
                    Row{"JsonName", p3("int32 a = 1;"), p3("int32 a = 1 [json_name = \"x\"];"), "",
                        ""},
                    Row{"Default", p2("optional int32 a = 1;"),
                        p2("optional int32 a = 1 [default = 5];"), "", ""},
                    Row{"Reserved", p3("int32 a = 1;"), p3("reserved 1; reserved \"a\";"), "", ""},
                    Row{"ReservedReused", p3("reserved 1;"), p3("int32 a = 1;"), "", ""},
                    Row{"ScalarToMessage", p3("int32 a = 1;"), p3("M a = 1;"),
                        "FIELD_KIND_CHANGED #/M/1", "FIELD_KIND_CHANGED #/M/1"},
                    Row{"ScalarToMap", p3("bytes a = 1;"), p3("map<int32, int32> a = 1;"),
                        "FIELD_KIND_CHANGED #/M/1", "FIELD_KIND_CHANGED #/M/1"},
                    Row{"MessageToGroup", p2("optional M a = 1;"), p2("optional group A = 1 { }"),
                        "FIELD_KIND_CHANGED #/M/1", "FIELD_KIND_CHANGED #/M/1"},
                    Row{"InsideAGroup", p2("optional group A = 1 { optional int32 x = 1; }"),
                        p2("optional group A = 1 { optional string x = 1; }"),
                        "FIELD_SCALAR_KIND_CHANGED #/M/A/1", "FIELD_SCALAR_KIND_CHANGED #/M/A/1"},
                    Row{"GroupRemoved", p2("optional group A = 1 { }"), p2(""), "", ""},
                    Row{"Syntax", kProto2 + "message M { repeated int32 a = 1; }",
                        kProto3 + "message M { repeated int32 a = 1; }", "", ""},
                    Row{"Options", p3("int32 a = 1;"),
                        p3("option deprecated = true; int32 a = 1 [deprecated = true];"), "", ""}),
    row_name);

const std::string kKind = "FIELD_SCALAR_KIND_CHANGED #/M/1";

Row scalars(const char* name, const std::string& from, const std::string& to,
            const std::string& verdict) {
  const std::string tail = " a = 1; enum E { Z = 0; }";
  return {name, p3(from + tail), p3(to + tail), verdict, verdict};
}

INSTANTIATE_TEST_SUITE_P(Scalars, Verdicts,
                         testing::Values(scalars("Int32ToInt64", "int32", "int64", ""),
                                         scalars("Int32ToUint32", "int32", "uint32", ""),
                                         scalars("Uint64ToBool", "uint64", "bool", ""),
                                         scalars("Int32ToEnum", "int32", "E", ""),
                                         scalars("EnumToBool", "E", "bool", ""),
                                         scalars("Sint32ToSint64", "sint32", "sint64", ""),
                                         scalars("StringToBytes", "string", "bytes", ""),
                                         scalars("Fixed32ToSfixed32", "fixed32", "sfixed32", ""),
                                         scalars("Fixed64ToSfixed64", "fixed64", "sfixed64", ""),
                                         scalars("Int32ToSint32", "int32", "sint32", kKind),
                                         scalars("Int32ToString", "int32", "string", kKind),
                                         scalars("Fixed32ToFloat", "fixed32", "float", kKind),
                                         scalars("Fixed64ToDouble", "fixed64", "double", kKind),
                                         scalars("FloatToDouble", "float", "double", kKind),
                                         scalars("Fixed32ToFixed64", "fixed32", "fixed64", kKind),
                                         scalars("Int64ToFixed64", "int64", "fixed64", kKind),
                                         scalars("EnumToSint32", "E", "sint32", kKind)),
                         row_name);

INSTANTIATE_TEST_SUITE_P(
    Labels, Verdicts,
    testing::Values(
        Row{"OptionalToRequired", p2("optional int32 a = 1;"), p2("required int32 a = 1;"),
            "FIELD_BECAME_REQUIRED #/M/1", "", "FIELD_NUMERIC_LABEL_CHANGED #/M/1",
            "FIELD_NUMERIC_LABEL_CHANGED #/M/1"},
        Row{"OptionalToRequiredString", p2("optional string a = 1;"), p2("required string a = 1;"),
            "FIELD_BECAME_REQUIRED #/M/1", "", "", ""},
        Row{"OptionalToRequiredMessage", p2("optional M a = 1;"), p2("required M a = 1;"),
            "FIELD_BECAME_REQUIRED #/M/1", "", "", ""},
        // proto2 takes a value that its enum lacks for none at all.
        Row{"RequiredEnumLosesAValue", p2("enum E { A = 0; B = 1; } required E a = 1;"),
            p2("enum E { A = 0; } required E a = 1;"), "FIELD_SCALAR_KIND_CHANGED #/M/1", "", "",
            ""},
        Row{"RequiredNumberToEnum", p2("enum E { A = 0; } required int32 a = 1;"),
            p2("enum E { A = 0; } required E a = 1;"), "FIELD_SCALAR_KIND_CHANGED #/M/1", "", "",
            ""},
        Row{"OptionalEnumLosesAValue", p2("enum E { A = 0; B = 1; } optional E a = 1;"),
            p2("enum E { A = 0; } optional E a = 1;"), "", ""},
        Row{"RepeatedToRequired", p2("repeated string a = 1;"), p2("required string a = 1;"),
            "FIELD_BECAME_REQUIRED #/M/1", "", "", ""},
        Row{"RequiredToRepeated", p2("required int32 a = 1;"), p2("repeated int32 a = 1;"),
            "FIELD_NUMERIC_LABEL_CHANGED #/M/1", "FIELD_BECAME_REQUIRED #/M/1", "=",
            "FIELD_NUMERIC_LABEL_CHANGED #/M/1"},
        Row{"OptionalToRepeated", p2("optional int32 a = 1;"), p2("repeated int32 a = 1;"),
            "FIELD_NUMERIC_LABEL_CHANGED #/M/1", "FIELD_NUMERIC_LABEL_CHANGED #/M/1"},
        Row{"OptionalToRepeatedString", p2("optional string a = 1;"), p2("repeated string a = 1;"),
            "", ""},
        Row{"OptionalToRepeatedMessage", p2("optional M a = 1;"), p2("repeated M a = 1;"), "", ""},
        Row{"NoneToOptional", p3("int32 a = 1;"), p3("optional int32 a = 1;"), "", ""},
        Row{"NoneToRepeated", p3("int32 a = 1;"), p3("repeated int32 a = 1;"),
            "FIELD_NUMERIC_LABEL_CHANGED #/M/1", "FIELD_NUMERIC_LABEL_CHANGED #/M/1", "", ""},
        Row{"NoneToRepeatedString", p3("string a = 1;"), p3("repeated string a = 1;"), "", ""},
        Row{"MemberToRepeated", p3("oneof o { int32 a = 1; }"), p3("repeated int32 a = 1;"),
            "FIELD_NUMERIC_LABEL_CHANGED #/M/1", "FIELD_NUMERIC_LABEL_CHANGED #/M/o/1", "", ""},
        Row{"NoneToRequired", p3("int32 a = 1;"), p2("required int32 a = 1;"),
            "FIELD_BECAME_REQUIRED #/M/1", "", "", ""}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Types, Verdicts,
    testing::Values(
        Row{"Package", kProto3 + "package a;", kProto3 + "package b;", "PACKAGE_CHANGED #/",
            "PACKAGE_CHANGED #/"},
        Row{"PackageAdded", kProto3, kProto3 + "package b;", "PACKAGE_CHANGED #/",
            "PACKAGE_CHANGED #/"},
        Row{"MessageAdded", p3(""), p3("message N {}"), "", "MESSAGE_REMOVED #/M/N"},
        Row{"MessageAddedAtTop", p3(""), p3("") + "message N {}", "", "MESSAGE_REMOVED #/N"},
        Row{"FieldOfNewMessage", p2(""), p2("optional N n = 1; message N {}"), "",
            "MESSAGE_REMOVED #/M/N"},
        Row{"MessagesReordered", p3("") + "message N {}", kProto3 + "message N {} message M {}", "",
            ""},
        Row{"MessageBecameEnum", kProto3 + "message X {}", kProto3 + "enum X { A = 0; }",
            "MESSAGE_REMOVED #/X", ""},
        Row{"MessageReplaced", p3("N a = 1; message N {} message O {}"),
            p3("O a = 1; message N {} message O {}"), "FIELD_NAMED_TYPE_CHANGED #/M/1",
            "FIELD_NAMED_TYPE_CHANGED #/M/1"},
        Row{"Nested", p3("message N { message O { int32 a = 7; } }"),
            p3("message N { message O { string a = 7; } }"), "FIELD_SCALAR_KIND_CHANGED #/M/N/O/7",
            "FIELD_SCALAR_KIND_CHANGED #/M/N/O/7"},
        Row{"EnumRemoved", p3("enum E { A = 0; }"), p3(""), "", ""},
        Row{"EnumValues", p3("enum E { A = 0; B = 1; }"), p3("enum E { X = 0; C = 2; }"), "", ""},
        Row{"EnumReplaced", p3("E a = 1; enum E { A = 0; } enum F { B = 0; }"),
            p3("F a = 1; enum E { A = 0; } enum F { B = 0; }"), "", ""},
        Row{"MapKey", p3("map<int32, int32> a = 1;"), p3("map<string, int32> a = 1;"),
            "FIELD_SCALAR_KIND_CHANGED #/M/1", "FIELD_SCALAR_KIND_CHANGED #/M/1"},
        Row{"MapValue", p3("map<int32, int32> a = 1;"), p3("map<int64, bool> a = 1;"), "", ""},
        Row{"MapRenamed", p3("map<int32, int32> a = 1;"), p3("map<int32, int32> b = 1;"), "", ""},
        Row{"MapAdded", p3(""), p3("map<int32, int32> b = 1;"), "", ""},
        Row{"MapMovedToAnotherNumber", p3("map<int32, int32> a = 1;"),
            p3("map<int32, string> a = 2;"), "", ""},
        Row{"BundledType",
            kProto3 + "import \"google/protobuf/any.proto\"; message M { "
                      "google.protobuf.Any a = 1; }",
            kProto3 +
                "import \"google/protobuf/any.proto\"; import \"google/protobuf/empty.proto\"; "
                "message M { google.protobuf.Any a = 1; google.protobuf.Empty b = 2; }",
            "", ""}),
    row_name);

const std::string kRemovedFromOneof = "ONEOF_FIELD_REMOVED #/M/o/1";

INSTANTIATE_TEST_SUITE_P(
    Oneofs, Verdicts,
    testing::Values(
        Row{"MemberAdded", p3("oneof o { int32 a = 1; }"),
            p3("oneof o { int32 a = 1; int32 b = 2; }"), "", "ONEOF_FIELD_REMOVED #/M/o/2"},
        Row{"MemberRemoved", p3("oneof o { int32 a = 1; int32 b = 2; }"),
            p3("oneof o { int32 b = 2; }"), kRemovedFromOneof, ""},
        Row{"WholeRemoved", p3("oneof o { int32 a = 1; int32 b = 2; }"), p3(""), "", ""},
        Row{"RenamedAndMemberRemoved", p3("oneof o { int32 a = 1; int32 b = 2; }"),
            p3("oneof p { int32 b = 2; }"), kRemovedFromOneof, ""},
        Row{"Renamed", p3("oneof o { int32 a = 1; int32 b = 2; }"),
            p3("oneof p { int32 a = 1; int32 b = 2; }"), "", ""},
        Row{"ToTopLevel", p3("oneof o { int32 a = 1; int32 b = 2; }"),
            p3("int32 a = 1; oneof o { int32 b = 2; }"), "", "FIELD_MOVED_TO_EXISTING_ONEOF #/M/o"},
        Row{"OneFieldIntoNew", p3("int32 a = 1;"), p3("oneof o { int32 a = 1; }"), "", ""},
        Row{"OneFieldIntoNewWithNewMembers", p3("int32 a = 1;"),
            p3("oneof o { int32 a = 1; int32 b = 2; }"), "", "ONEOF_FIELD_REMOVED #/M/o/2"},
        Row{"TwoFieldsIntoNew", p3("int32 a = 1; int32 b = 2;"),
            p3("oneof o { int32 a = 1; int32 b = 2; }"), "MULTIPLE_FIELDS_MOVED_TO_ONEOF #/M/o",
            ""},
        Row{"OneFieldIntoExisting", p3("int32 a = 1; oneof o { int32 b = 2; }"),
            p3("oneof o { int32 a = 1; int32 b = 2; }"), "FIELD_MOVED_TO_EXISTING_ONEOF #/M/o", ""},
        Row{"TwoOneofsIntoOne", p3("oneof o { int32 a = 1; } oneof p { int32 b = 2; }"),
            p3("oneof o { int32 a = 1; int32 b = 2; }"), "FIELD_MOVED_TO_EXISTING_ONEOF #/M/o", ""},
        Row{"TypeInside", p3("oneof o { int32 a = 1; }"), p3("oneof o { string a = 1; }"),
            "FIELD_SCALAR_KIND_CHANGED #/M/o/1", "FIELD_SCALAR_KIND_CHANGED #/M/o/1"}),
    row_name);

std::string service(const std::string& methods) {
  return kProto3 + "message A {} message B {} service S { " + methods + " }";
}

// AWS Glue developer guide: adding a service or method is backward, removing one forward
// compatible.
INSTANTIATE_TEST_SUITE_P(
    Services, Verdicts,
    testing::Values(
        Row{"ServiceAdded", kProto3, kProto3 + "service S {}", "", "SERVICE_REMOVED #/S", "", ""},
        Row{"MethodAdded", service(""), service("rpc F(A) returns (B);"), "",
            "METHOD_REMOVED #/S/F", "", ""},
        Row{"Request", service("rpc F(A) returns (B);"), service("rpc F(B) returns (B);"),
            "METHOD_CHANGED #/S/F", "METHOD_CHANGED #/S/F", "", ""},
        Row{"Response", service("rpc F(A) returns (B);"), service("rpc F(A) returns (A);"),
            "METHOD_CHANGED #/S/F", "METHOD_CHANGED #/S/F", "", ""},
        Row{"Streaming", service("rpc F(A) returns (B);"), service("rpc F(A) returns (stream B);"),
            "METHOD_CHANGED #/S/F", "METHOD_CHANGED #/S/F", "", ""},
        Row{"MethodsReordered", service("rpc F(A) returns (B); rpc G(A) returns (B);"),
            service("rpc G(A) returns (B); rpc F(A) returns (B);"), "", ""}),
    row_name);

// What does not break is told on request.
struct HarmlessRow {
  const char* name;
  std::string old_text;
  std::string new_text;
  std::string list;
};

class Harmless : public testing::TestWithParam<HarmlessRow> {};

TEST_P(Harmless, IsListed) {
  const auto& row = GetParam();
  EXPECT_EQ(list(differences_of(row.new_text, row.old_text, {.harmless = true})), row.list);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Harmless,
    testing::Values(
        HarmlessRow{"Fields", p3("int32 a = 1; int32 b = 2;"), p3("int32 x = 1; int32 c = 3;"),
                    "[FIELD_NAME_CHANGED #/M/1] [FIELD_REMOVED #/M/2] [FIELD_ADDED #/M/3]"},
        HarmlessRow{"Required", p2("required int32 a = 1; required string b = 2;"),
                    p2("optional string b = 2;"),
                    "[REQUIRED_FIELD_REMOVED #/M/1] [FIELD_NO_LONGER_REQUIRED #/M/2]"},
        HarmlessRow{"Label", p2("optional string b = 2;"), p2("repeated string b = 2;"),
                    "[FIELD_STRING_OR_BYTES_LABEL_CHANGED #/M/2]"},
        HarmlessRow{"Types", p3("") + "enum F { Q = 0; }",
                    kProto3 + "enum E { A = 0; } message L {} message M {}",
                    "[MESSAGE_ADDED #/L] [MESSAGE_MOVED #/M] [ENUM_ADDED #/E] [ENUM_REMOVED #/F]"},
        HarmlessRow{"Enum", kProto3 + "enum E { A = 0; B = 1; }",
                    kProto3 + "enum E { X = 0; C = 2; }",
                    "[ENUM_CONST_CHANGED #/E/0] [ENUM_CONST_REMOVED #/E/1] [ENUM_CONST_ADDED "
                    "#/E/2]"},
        HarmlessRow{"Oneofs", p3("oneof o { int32 a = 1; int32 b = 2; }"),
                    p3("int32 a = 1; oneof p { int32 b = 2; int32 c = 3; }"),
                    "[ONEOF_REMOVED #/M/o] [ONEOF_ADDED #/M/p] [ONEOF_FIELD_MOVED_TO_TOP_LEVEL "
                    "#/M/1] [ONEOF_FIELD_ADDED #/M/p/3]"},
        HarmlessRow{"Services", kProto3, kProto3 + "service S {}", "[SERVICE_ADDED #/S]"},
        HarmlessRow{"Methods", service(""), service("rpc F(A) returns (B);"),
                    "[METHOD_ADDED #/S/F]"}),
    row_name);

// ---- imported types ----

Schema with_import(const std::string& text, const std::string& imported) {
  auto schema = parse(text, {.imports = [&](std::string_view) { return imported; }});
  EXPECT_TRUE(schema) << describe(schema.error());
  return *std::move(schema);
}

std::string compare_imports(const std::string& old_import, const std::string& new_import) {
  const std::string text = kProto3 + "import \"i.proto\"; message M { i.A a = 1; i.B b = 2; }";
  const auto old_schema = with_import(text, old_import);
  const auto new_schema = with_import(text, new_import);
  const auto found = compare({.reader = new_schema, .writer = old_schema});
  EXPECT_TRUE(found);
  return list(*found);
}

TEST(Imported, TypesAreComparedOnce) {
  const auto file = [](const std::string& a, const std::string& b) {
    return kProto3 + "package i; message A { " + a + " } message B { " + b + " }";
  };
  EXPECT_EQ(compare_imports(file("int32 x = 1;", "A a = 1;"), file("int32 x = 1;", "A a = 1;")),
            "");
  EXPECT_EQ(compare_imports(file("int32 x = 1;", "A a = 1;"), file("int64 x = 1;", "A a = 1;")),
            "");
  // B breaks because A does.
  EXPECT_EQ(compare_imports(file("int32 x = 1;", "A a = 1;"), file("string x = 1;", "A a = 1;")),
            "FIELD_SCALAR_KIND_CHANGED #/A/1 FIELD_NAMED_TYPE_CHANGED #/M/1 "
            "FIELD_NAMED_TYPE_CHANGED #/M/2 FIELD_NAMED_TYPE_CHANGED #/B/1");
  // A cycle of types ends.
  EXPECT_EQ(compare_imports(file("B b = 1;", "A a = 1;"), file("B b = 1;", "A a = 1; A c = 2;")),
            "");
}

TEST(Imported, TypeMovedIntoAnImport) {
  const auto before = schema_of(kProto3 + "message M { A a = 1; } message A { int32 x = 1; }");
  const auto after = with_import(kProto3 + "import \"i.proto\"; message M { i.A a = 1; }",
                                 kProto3 + "package i; message A { int32 x = 1; }");
  const auto found = compare({.reader = after, .writer = before});
  ASSERT_TRUE(found);
  EXPECT_EQ(list(*found), "MESSAGE_REMOVED #/A");
}

// ---- what a difference says ----

TEST(Difference, ShowsBothSides) {
  const auto found = differences_of(
      "syntax = \"proto3\";\npackage shop;\nmessage Order {\n\n  string id = 1;\n}",
      "syntax = \"proto3\";\npackage shop;\nmessage Order {\n  int32 id = 1;\n}", {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0], (Difference{.rule = Rule::FieldScalarKindChanged,
                                  .breaks = true,
                                  .path = "#/Order/1",
                                  .field = "shop.Order.id",
                                  .reader = {"string", 5},
                                  .writer = {"int32", 4}}));
  EXPECT_EQ(describe(found[0]),
            "field \"shop.Order.id\" (1): the reader expects string, the writer has int32");
}

TEST(Difference, Sentences) {
  const auto sentence = [](const std::string& reader, const std::string& writer) {
    const auto found = differences_of(reader, writer, {.harmless = true});
    EXPECT_EQ(found.size(), 1U) << list(found);
    return found.empty() ? std::string() : describe(found[0]);
  };
  EXPECT_EQ(sentence(kProto3, kProto3 + "message M {}"),
            "message \"M\": the writer has message M, the reader lacks it");
  EXPECT_EQ(sentence(p2("required int32 a = 1;"), p2("")),
            "field \"M.a\" (1): the reader has required int32, the writer lacks it");
  EXPECT_EQ(sentence(kProto3 + "package a;", kProto3),
            "the package: the reader has package a, the writer lacks it");
  EXPECT_EQ(sentence(kProto3, kProto3 + "service S {}"),
            "service \"S\": the writer has service S, the reader lacks it");
}

// ---- bounds ----

TEST(Bounds, PairsAreCountedAndShared) {
  const auto schema = schema_of(p3("int32 a = 1; int32 b = 2; int32 c = 3;"));
  EXPECT_EQ(code_of(compare({.reader = schema, .writer = schema, .options = {.max_pairs = 2}})),
            Code::LimitExceeded);
  std::uint64_t left = 100;
  ASSERT_TRUE(compare({.reader = schema, .writer = schema, .pairs_left = &left}));
  EXPECT_EQ(left, 96U);  // one message, three fields
  left = 3;
  EXPECT_EQ(code_of(compare({.reader = schema, .writer = schema, .pairs_left = &left})),
            Code::LimitExceeded);
}

TEST(Bounds, DifferencesAreCounted) {
  std::string reader = kProto3;
  std::string writer = kProto3;
  for (int i = 0; i < 200; ++i) writer += "message M" + std::to_string(i) + " {} ";
  EXPECT_EQ(differences_of(reader, writer, {}).size(), 100U);
  EXPECT_EQ(differences_of(reader, writer, {.max_differences = 7}).size(), 7U);
}

// Sizes that a hostile text can reach stay far inside the usual bound of pairs.
TEST(Bounds, WideSchemasAreLinear) {
  std::string fields;
  for (int i = 1; i <= 10'000; ++i) {
    fields += "string f" + std::to_string(i) + " = " + std::to_string(i) + ";";
  }
  const auto reader = schema_of(p3(fields));
  const auto writer = schema_of(p3("oneof o { " + fields + " }"));
  std::uint64_t left = limits::kComparedPairs;
  ASSERT_TRUE(compare({.reader = reader, .writer = writer, .pairs_left = &left}));
  ASSERT_TRUE(compare({.reader = writer, .writer = reader, .pairs_left = &left}));
  EXPECT_GT(left, limits::kComparedPairs - 50'000);
}

}  // namespace
}  // namespace limpet::protobuf
