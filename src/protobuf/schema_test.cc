#include "limpet/protobuf/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace limpet::protobuf {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const auto row_name = [](const auto& row) { return row.param.name; };

std::string repeat(std::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

// "f(0) f(1) …"
template <class F>
std::string listed(int count, const F& f) {
  std::string out;
  for (int i = 0; i < count; ++i) out += f(i);
  return out;
}

std::string nested(int depth) {
  return R"(syntax = "proto3"; )" + repeat("message M { ", depth) + repeat("} ", depth);
}

Schema schema_of(std::string_view text, Extensions extensions = Extensions::Accept) {
  auto schema = parse(text, {.extensions = extensions});
  EXPECT_TRUE(schema) << text.substr(0, 1000) << describe(schema.error());
  return *std::move(schema);
}

TEST(Schema, Example) {
  auto schema = parse("syntax = \"proto3\"; message Order { int64 id = 1; }");
  ASSERT_TRUE(schema);
  EXPECT_EQ(schema->file().messages[0].fields[0].name, "id");
}

// ---- what is refused ------------------------------------------------------------------------

struct Refused {
  const char* name;
  std::string text;
  std::string message;  // a part of it
  std::string where;
  Extensions extensions = Extensions::Reject;
};

class Refuses : public testing::TestWithParam<Refused> {};

TEST_P(Refuses, WithPlace) {
  const auto& row = GetParam();
  const auto schema = parse(row.text, {.extensions = row.extensions});
  ASSERT_FALSE(schema);
  EXPECT_EQ(schema.error().code, Code::InvalidInput);
  EXPECT_THAT(schema.error().message, HasSubstr(row.message));
  EXPECT_EQ(schema.error().where, row.where);
}

const std::string kProto3 = "syntax = \"proto3\";\n";
const std::string kProto2 = "syntax = \"proto2\";\n";

INSTANTIATE_TEST_SUITE_P(
    Syntax, Refuses,
    testing::Values(
        Refused{"NotProto", R"({"type":"string"})", "Expected top-level statement",
                "line 1, column 1"},
        Refused{"Semicolon", kProto3 + "message M {\n  int32 a = 1\n}", "Expected \";\"",
                "line 4, column 1"},
        Refused{"Edition", "// later\nedition = \"2023\";\nmessage M {}",
                "editions are not supported", "line 2, column 1"},
        Refused{"OtherSyntax", "syntax = \"proto4\";", "Unrecognized syntax identifier",
                "line 1, column 10"},
        Refused{"SecondSyntax", kProto3 + kProto3, "Expected top-level statement",
                "line 2, column 1"},
        Refused{"RequiredInProto3", kProto3 + "message M {\n  required int32 a = 1;\n}",
                "Required fields are not allowed in proto3", "line 3, column 12"},
        Refused{"NoLabelInProto2", kProto2 + "message M { int32 a = 1; }",
                "Expected \"required\", \"optional\", or \"repeated\"", "line 2, column 13"},
        Refused{"LabelledMap", kProto3 + "message M { repeated map<int32, int32> a = 1; }",
                "Field labels (required/optional/repeated) are not allowed on map fields",
                "line 2, column 25"},
        Refused{"NotUtf8", kProto3 + "// \xff", "not UTF-8", ""},
        Refused{"UnfinishedString", "syntax = \"proto3", "", "line 1, column 17"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Linking, Refuses,
    testing::Values(
        Refused{"UnknownType", kProto3 + "package p;\nmessage M {\n  Nowhere a = 1;\n}",
                "p.M.a: \"Nowhere\" is not defined", "line 4, column 3"},
        Refused{"NotImported", kProto3 + "message M { google.protobuf.Timestamp t = 1; }",
                "google.protobuf.Timestamp", "line 2, column 13"},
        Refused{"UnknownImport", kProto3 + "import \"amount.proto\";",
                "unable to find amount.proto", ""},
        Refused{"FileImport", kProto3 + "import \"/etc/passwd\";", "unable to find /etc/passwd",
                ""},
        Refused{"TwoMessages", kProto3 + "message M {}\nmessage M {}", "\"M\" is already defined",
                "line 3, column 9"},
        Refused{"NumberTwice", kProto3 + "message M { int32 a = 1; int32 b = 1; }",
                "Field number 1 has already been used", "line 2, column 36"},
        Refused{"NumberZero", kProto3 + "message M { int32 a = 0; }", "positive integers",
                "line 2, column 23"},
        Refused{"NumberTooBig", kProto3 + "message M { int32 a = 536870912; }", "536870911",
                "line 2, column 23"},
        Refused{"NumberOfTheLibrary", kProto3 + "message M { int32 a = 19000; }", "reserved",
                "line 2, column 23"},
        Refused{"ReservedNumber", kProto3 + "message M { reserved 1; int32 a = 1; }",
                "uses reserved number 1", "line 2, column 9"},
        Refused{"ReservedName", kProto3 + "message M { reserved \"a\"; int32 a = 1; }",
                "Field name \"a\" is reserved", "line 2, column 33"},
        Refused{"EnumWithoutZero", kProto3 + "enum E { A = 1; }", "must be zero",
                "line 2, column 14"},
        Refused{"EnumNumberTwice", kProto3 + "enum E { A = 0; B = 0; }", "allow_alias",
                "line 2, column 21"},
        Refused{"EnumNamesShareAScope", kProto3 + "enum E { A = 0; } enum F { A = 0; }",
                "\"A\" is already defined", "line 2, column 28"},
        Refused{"MapKey", kProto3 + "message M { map<double, int32> a = 1; }",
                "Key in map fields cannot be float/double", "line 2, column 13"},
        Refused{"ShadowsABundledType",
                kProto3 + "package google.protobuf; message Struct { int32 fields = 1; }",
                "google.protobuf.Struct is a type of the bundled files", "line 2"},
        Refused{"ShadowsFromTheInside",
                kProto3 + "package google; message protobuf { message Any {} }",
                "google.protobuf.Any is a type of the bundled files", "line 2"},
        Refused{"ShadowsABundledEnum",
                kProto3 + "package google.protobuf; enum NullValue { X = 0; }",
                "google.protobuf.NullValue is a type of the bundled files", "line 2"},
        Refused{"TypeAndBundledPackage",
                kProto3 + "import \"google/type/date.proto\"; message google {}",
                "google is the package of google/type/date.proto", ""},
        Refused{"NestedTypeAndBundledPackage",
                kProto3 + "package google; import \"google/type/date.proto\"; enum type { A = 0; }",
                "google.type is the package of google/type/date.proto", ""},
        Refused{"PackageAndBundledType", kProto3 + "package google.protobuf.Any.x;",
                "package google.protobuf.Any has the name of a type of the bundled files", ""},
        Refused{"UnknownOption", kProto3 + "message M { int32 a = 1 [nosuch = 1]; }",
                "Option \"nosuch\" unknown", "line 2, column 26"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Extensions, Refuses,
    testing::Values(Refused{"Range", kProto2 + "message M { extensions 100 to 199; }",
                            "extensions are not supported: message M", "line 2"},
                    Refused{
                        "Extend",
                        kProto2 +
                            "import \"google/protobuf/descriptor.proto\";\nmessage N {\n  extend "
                            "google.protobuf.FileDescriptorSet { optional int32 a = 100; } }",
                        "FileDescriptorSet",
                        "line 4, column 65",
                    },
                    Refused{"Group", kProto2 + "message M {\n  optional group G = 1 { }\n}",
                            "groups are not supported: M.g", "line 3"}),
    row_name);

// Each limit from its far side; schema_test's `Accepts` has the near side.
INSTANTIATE_TEST_SUITE_P(
    Limits, Refuses,
    testing::Values(
        Refused{"Bytes", kProto3 + "//" + std::string(1UL << 20, 'x'), "longer than 1048576 bytes",
                ""},
        Refused{"Nesting", nested(32), "recursion limit", "line 1, column 400"},
        Refused{"DeepNesting", nested(50'000), "nested deeper than 64 levels",
                "line 1, column 798"},
        Refused{"DeepOption",
                kProto3 + "option (a) = {" + repeat("b <", 65) + repeat(">", 65) + "};",
                "nested deeper than 64 levels", "line 2, column 209"},
        Refused{"BracesThatNothingCloses", kProto3 + "message M { ! " + repeat("{ > ", 100),
                "nested deeper", "line 2, column 267"},
        Refused{"Definitions",
                kProto3 + "enum E{" + listed(200'001, [](int) { return "A=0;"; }) + "}",
                "more than 200000 definitions", ""},
        Refused{"LongName", kProto3 + "message " + std::string(4097, 'a') + " {}",
                "longer than 4096 bytes", "line 2, column 9"},
        Refused{"LongPackage", kProto3 + "package a" + repeat(".a", 100) + ";", "", ""},
        Refused{"FullNames",
                kProto3 + "message " + std::string(4000, 'a') + " {" +
                    listed(2200, [](int i) { return "message M" + std::to_string(i) + "{}"; }) +
                    "}",
                "more than 8388608 bytes of full names", ""},
        Refused{"ReservedRanges",
                kProto3 + "message M { reserved 1" +
                    listed(8000, [](int i) { return "," + std::to_string(2 * i + 3); }) + "; }",
                "more than 50000000 comparisons", ""},
        Refused{"Options", kProto3 + "message M { " + repeat("option (o) = 1; ", 8000) + " }",
                "more than 50000000 comparisons", ""}),
    row_name);

// ---- what is taken --------------------------------------------------------------------------

struct Taken {
  const char* name;
  std::string text;
};

class Accepts : public testing::TestWithParam<Taken> {};

// Everything that is taken can also be printed, and the print is the same schema.
TEST_P(Accepts, AndPrints) {
  const auto schema = schema_of(GetParam().text);
  const auto text = canonical_text(schema);
  const auto again = parse(text, {.extensions = Extensions::Accept});
  ASSERT_TRUE(again) << describe(again.error()) << "\n" << text.substr(0, 2000);
  EXPECT_EQ(canonical_text(*again), text);
  EXPECT_EQ(identity_form(*again), identity_form(schema)) << text.substr(0, 2000);
}

const std::string kDescriptor = "import \"google/protobuf/descriptor.proto\";\n";

INSTANTIATE_TEST_SUITE_P(
    Limits, Accepts,
    testing::Values(
        Taken{"Nesting", nested(31)}, Taken{"Empty", ""},
        Taken{"ByteOrderMark", "\xEF\xBB\xBFsyntax = \"proto3\"; message M {}"},
        Taken{"ReservedToTheEnd",
              kProto3 + "message M { reserved 5, 100 to max, 7 to 9; int32 a = 1; }"},
        Taken{"ReservedInEnum",
              kProto3 + "enum E { reserved -5 to -1, 100 to max; reserved \"X\"; A = 0; }"},
        Taken{"ManyReserved",
              kProto3 + "message M { reserved 1" +
                  listed(3000, [](int i) { return "," + std::to_string(2 * i + 3); }) + "; }"},
        Taken{"ManyEnumValues", kProto3 + "enum E { Z = 0; " +
                                    listed(50'000,
                                           [](int i) {
                                             return "A" + std::to_string(i) + "=" +
                                                    std::to_string(i + 1) + ";";
                                           }) +
                                    "}"},
        Taken{"BracketsInStrings", kProto3 + "option java_package = \"" + repeat("{[(<", 100) +
                                       "\"; // " + repeat("{", 100) + "\n/* " + repeat("<", 100) +
                                       "*/ message M {}"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Language, Accepts,
    testing::Values(
        Taken{"NoSyntax", "message M { optional int32 a = 1; required string b = 2; }"},
        Taken{"Scalars",
              kProto3 + "message M { double a=1; float b=2; int64 c=3; uint64 d=4; int32 e=5; "
                        "fixed64 f=6; fixed32 g=7; bool h=8; string i=9; bytes j=10; uint32 k=11; "
                        "sfixed32 l=12; sfixed64 m=13; sint32 n=14; sint64 o=15; }"},
        Taken{"Defaults",
              kProto2 +
                  "enum E { A = 1; B = 2; } message M { optional int32 a = 1 [default = -7]; "
                  "optional string b = 2 [default = \"x\\\"\\n\\303\\251\"]; optional bytes c "
                  "= 3 [default = \"\\000\\377'\"]; optional double d = 4 [default = -inf]; "
                  "optional float e = 5 [default = 1e-3]; optional E f = 6 [default = B]; "
                  "optional bool g = 7 [default = true]; optional double h = 8 [default = "
                  "nan]; optional uint64 i = 9 [default = 0xffffffffffffffff]; }"},
        Taken{"Maps", kProto3 + "message M { map<string, N> a = 1; message N { map<int32, bytes> "
                                "b = 1; } map<bool, E> c = 2; enum E { Z = 0; } }"},
        Taken{"Oneofs", kProto3 + "message M { oneof one { int32 a = 2; string b = 1; } int32 c = "
                                  "3; oneof two { bytes d = 4; } optional int32 e = 5; }"},
        Taken{"Options",
              kProto3 + "option java_package = \"a.b\"; option optimize_for = SPEED; message M { "
                        "option deprecated = true; int32 a = 1 [deprecated = true, json_name = "
                        "\"A\"]; repeated int32 b = 2 [packed = false]; } enum E { option "
                        "allow_alias = true; A = 0; B = 0 [deprecated = true]; }"},
        Taken{
            "CustomOptions",
            kProto3 + kDescriptor +
                "package p; message Rule { int32 min = 1; repeated string words = 2; Rule inner "
                "= 3; } extend google.protobuf.FieldOptions { Rule rule = 50001; repeated int32 "
                "many = 50000; } extend google.protobuf.FileOptions { string owner = 50000; } "
                "extend google.protobuf.EnumValueOptions { E e = 50000; } enum E { A = 0; B = 1 "
                "[(e) = B]; } option (owner) = \"\\\"x\\\"\"; message M { int32 a = 1 [(rule) = { "
                "min: 1 words: [\"a\", \"b\"] inner { min: 0x10 } }, (many) = 1, (many) = 2]; "
                "int32 b = 2 [(rule).min = 3]; }"},
        Taken{"Services",
              kProto3 +
                  "message A {} service S { rpc One(A) returns (A); rpc Two(stream A) "
                  "returns (stream A) { option deprecated = true; } option deprecated = true; "
                  "} service Empty {}"},
        Taken{"ExtensionsAndGroups",
              kProto2 +
                  "message M { extensions 100 to 199, 500 to max; optional group G = 1 { "
                  "optional int32 a = 1; } oneof o { group H = 2 { required int32 b = 1; } } "
                  "extend M { repeated int32 c = 101; } } extend M { optional group X = 100 { "
                  "} optional M y = 102; }"},
        Taken{"PackagesOfGoogle",
              kProto3 + "package google.cloud; import \"google/protobuf/any.proto\"; message M {}"},
        Taken{"BundledPackageUnused", kProto3 + "message google { message protobuf {} }"},
        Taken{"OptionsThatShadow",
              kProto3 + kDescriptor +
                  "package a.b; extend google.protobuf.FieldOptions { int32 r = 50001; } message M "
                  "{ message a {} int32 x = 1 [(.a.b.r) = 1]; }"},
        Taken{"NamesThatShadow",
              kProto3 + "package a.b; message a { message b { int32 x = 1; } b one = 1; .a.b.a.b "
                        "two = 2; }"},
        Taken{"EverythingBundled",
              kProto3 + listed(static_cast<int>(bundled_imports().size()),
                               [](int i) {
                                 return "import \"" +
                                        bundled_imports()[static_cast<std::size_t>(i)] + "\";\n";
                               })}),
    row_name);

TEST(Schema, GooglesFilesAreBundled) {
  EXPECT_EQ(bundled_imports().size(), 11U + 17U);
  for (const auto* path : {"google/protobuf/timestamp.proto", "google/protobuf/struct.proto",
                           "google/type/money.proto", "google/type/timeofday.proto"}) {
    EXPECT_THAT(bundled_imports(), testing::Contains(path));
  }
}

// ---- defaults of bytes fields as Java prints them ---------------------------------------------

struct JavaDefault {
  const char* name;
  std::string field;   // as AWS's Java serializer registers it
  std::string quoted;  // as the language has it
};

class JavaDefaults : public testing::TestWithParam<JavaDefault> {};

std::string proto2_with(const std::string& field) {
  return "package p;\n\nmessage M {\n  " + field + "\n\n  oneof o {\n    bytes z = 9;\n  }\n}\n";
}

TEST_P(JavaDefaults, AreTheQuotedOnes) {
  const auto& row = GetParam();
  EXPECT_EQ(identity_form(schema_of(proto2_with(row.field))),
            identity_form(schema_of(proto2_with(row.quoted))));
}

INSTANTIATE_TEST_SUITE_P(
    Taken, JavaDefaults,
    testing::Values(
        JavaDefault{"Word", "optional bytes a = 1 [default = abc];",
                    "optional bytes a = 1 [default = 'abc'];"},
        JavaDefault{"Number", "required bytes a = 1 [default = 12];",
                    "required bytes a = 1 [default = '12'];"},
        JavaDefault{"Empty", "optional bytes a = 1 [default = ];",
                    "optional bytes a = 1 [default = ''];"},
        JavaDefault{"Escapes",
                    R"(optional bytes a = 1 [default = a b\"c\'\\d\n\000\377]\303\251];)",
                    R"(optional bytes a = 1 [default = "a b\"c'\\d\n\000\377]é"];)"},
        JavaDefault{"Punctuation", "optional bytes a = 1 [default = x, deprecated = true];];",
                    "optional bytes a = 1 [default = 'x, deprecated = true];'];"},
        JavaDefault{"Comment", "optional bytes a = 1 [default = /*x//];",
                    "optional bytes a = 1 [default = '/*x//'];"},
        JavaDefault{"Brackets", "optional bytes a = 1 [default = " + repeat("[{(<", 70) + "];",
                    "optional bytes a = 1 [default = '" + repeat("[{(<", 70) + "'];"},
        JavaDefault{"LastOfSeveral",
                    "optional bytes a = 1 [\n    deprecated = true,\n    default =  x,\n  ];",
                    "optional bytes a = 1 [default = ' x,', deprecated = true];"},
        JavaDefault{"EmptyLastOfSeveral",
                    "optional bytes a = 1 [\n    deprecated = true,\n    default = \n  ];",
                    "optional bytes a = 1 [default = '', deprecated = true];"},
        JavaDefault{"InAOneof", "oneof u {\n    bytes a = 1 [default = q r];\n  }",
                    "oneof u { bytes a = 1 [default = 'q r']; }"},
        JavaDefault{
            "BesideOtherDefaults",
            "optional string s = 1 [default = \"a\"];\n  optional bytes a = 2 [default = b];\n"
            "  optional int32 i = 3 [default = 4];",
            "optional string s = 1 [default = 'a']; optional bytes a = 2 [default = 'b'];"
            "optional int32 i = 3 [default = 4];"}),
    row_name);

// Only that layout, only bytes, only what escaped bytes can be: the rest is no schema.
INSTANTIATE_TEST_SUITE_P(
    Language, Refuses,
    testing::Values(
        Refused{"StringWithoutQuotes", proto2_with("optional string a = 1 [default = x];"),
                "Expected string", "line 4, column 36"},
        Refused{"OtherLayout", proto2_with("optional bytes a = 1 [default=x];"), "Expected string",
                "line 4, column 33"},
        Refused{"HalfAQuote", proto2_with("optional bytes a = 1 [default = x\"y];"),
                "Expected string", "line 4, column 35"},
        Refused{"HalfAnEscape", proto2_with("optional bytes a = 1 [default = x\\];"),
                "Expected string", "line 4, column 35"},
        Refused{"NotAscii", proto2_with("optional bytes a = 1 [default = é];"),
                "Interpreting non ascii codepoint 195", "line 4, column 35"},
        Refused{"StillNoSchema",
                proto2_with(
                    "optional bytes a = 1 [default = x];\n  optional int32 b = 2 [default = ];"),
                "Expected string", "line 4, column 35"}),
    row_name);

// ---- imports that the caller supplies ---------------------------------------------------------

ParseOptions with_files(std::map<std::string, std::string, std::less<>> files) {
  return {
      .imports = [files = std::move(files)](std::string_view path) -> std::optional<std::string> {
        const auto found = files.find(path);
        if (found == files.end()) return std::nullopt;
        return found->second;
      }};
}

TEST(Imports, AreResolvedByTheCaller) {
  const auto schema =
      parse(kProto3 + "package p; import \"a.proto\"; message M { a.A one = 1; b.B two = 2; }",
            with_files({{"a.proto", kProto3 + "package a; import public \"b.proto\"; message A {}"},
                        {"b.proto", kProto3 + "package b; message B {}"}}));
  ASSERT_TRUE(schema) << describe(schema.error());
  const auto& fields = schema->file().messages[0].fields;
  EXPECT_EQ(fields[0].message->full_name, "a.A");
  EXPECT_EQ(fields[1].message->file->path, "b.proto");
  EXPECT_EQ(schema->messages().size(), 1U);
}

TEST(Imports, ErrorsNameTheFile) {
  const auto schema = parse(kProto3 + "import \"a.proto\";",
                            with_files({{"a.proto", kProto3 + "message A {\n  Nowhere x = 1; }"}}));
  ASSERT_FALSE(schema);
  EXPECT_EQ(schema.error().where, "a.proto line 3, column 3");
}

TEST(Imports, CyclesAreRefused) {
  const auto schema =
      parse(kProto3 + "import \"a.proto\";",
            with_files({{"a.proto", "import \"b.proto\";"}, {"b.proto", "import \"a.proto\";"}}));
  ASSERT_FALSE(schema);
  EXPECT_EQ(schema.error().message, "import cycle: a.proto -> b.proto -> a.proto");
  EXPECT_FALSE(parse("import \"default.proto\";"));
}

TEST(Imports, AreBounded) {
  int asked = 0;
  const auto endless = parse("import \"0.proto\";",
                             {.imports = [&asked](std::string_view) -> std::optional<std::string> {
                               return "import \"" + std::to_string(++asked) + ".proto\";";
                             }});
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().message, "more than 256 files");
  EXPECT_EQ(asked, 255);
  const auto large = parse(
      "import \"0.proto\";",
      {.imports = [n = 0](std::string_view) mutable -> std::optional<std::string> {
        return "import \"" + std::to_string(++n) + ".proto\"; //" + std::string(1'000'000, 'x');
      }});
  ASSERT_FALSE(large);
  EXPECT_THAT(large.error().message, HasSubstr("longer than 4194304 bytes together"));
}

// ---- model ----------------------------------------------------------------------------------

TEST(Model, HoldsWhatWasWritten) {
  const auto schema = schema_of(R"(syntax = "proto3";
package p;
message M {
  map<string, int32> counts = 3;
  oneof o {
    int32 a = 2;
    string b = 1;
  }
  optional int32 c = 4;
  repeated int32 d = 5;
}
)");
  const auto& message = schema.file().messages[0];
  EXPECT_EQ(message.line, 3U);
  ASSERT_EQ(message.fields.size(), 5U);
  EXPECT_THAT(message.by_number, ElementsAre(2, 1, 0, 3, 4));
  EXPECT_EQ(message.oneofs.size(), 1U);  // the optional field's is not written
  EXPECT_EQ(message.fields[1].oneof, 0U);
  EXPECT_EQ(message.fields[2].line, 7U);
  EXPECT_EQ(describe(message.fields[0]), "map<string, int32>");
  EXPECT_EQ(describe(message.fields[1]), "int32");
  EXPECT_EQ(describe(message.fields[3]), "optional int32");
  EXPECT_EQ(describe(message.fields[4]), "repeated int32");
  EXPECT_TRUE(message.fields[4].packed);
  EXPECT_EQ(message.find_field(4), &message.fields[3]);
  EXPECT_EQ(message.find_field(6), nullptr);
  EXPECT_EQ(schema.find_message("p.M"), &message);
  EXPECT_EQ(schema.find_message("p.M.CountsEntry"), &message.messages[0]);
  EXPECT_EQ(schema.find_message("M"), nullptr);
}

}  // namespace
}  // namespace limpet::protobuf
