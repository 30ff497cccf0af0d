#include "advice_testing.h"

#include <gtest/gtest.h>

namespace limpet::lint {
namespace {

/// As lint is used: what AWS Glue refuses is read as well, so that it can be said.
std::string advised_proto(std::string_view text, std::string_view also = {}) {
  auto schema = protobuf::parse(text, {.extensions = protobuf::Extensions::Accept, .imports = {}});
  if (!schema) return describe(schema.error());
  return advised(compat::ParsedDefinition(*std::move(schema), text.size()), text, also);
}

struct Row {
  const char* name;
  std::string text;
  const char* advice;
  const char* also = "";
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class ProtobufLintTest : public testing::TestWithParam<Row> {};

TEST_P(ProtobufLintTest, Advises) {
  const auto& row = GetParam();
  EXPECT_EQ(advised_proto(row.text, row.also), row.advice);
}

std::string proto3(const std::string& body) { return "syntax = \"proto3\";\npackage a;\n" + body; }
std::string proto2(const std::string& body) { return "syntax = \"proto2\";\npackage a;\n" + body; }

INSTANTIATE_TEST_SUITE_P(
    Rows, ProtobufLintTest,
    testing::Values(
        Row{"Good", proto3("message Order { int64 order_id = 1; map<string, int32> by_name = 2; }"),
            ""},
        Row{"NoPackage", "syntax = \"proto3\"; message A {}", "protobuf-no-package "},
        Row{"NoSyntax", "// syntax = \"proto3\";\n/* syntax */ package a; message A {}",
            "protobuf-no-syntax "},
        Row{"SyntaxBehindComments", "/* a\n*/ // b\nsyntax = \"proto2\"; package a;", ""},
        Row{"RequiredField", proto2("message A { required int32 x = 1; optional int32 y = 2; }"),
            "protobuf-required-field /A/x"},
        Row{"EnumFirstNotZero", proto2("enum E { A = 1; B = 0; }"),
            "protobuf-enum-first-not-zero /E/A"},
        Row{"EnumZeroName", proto3("enum Color { RED = 0; }"),
            "protobuf-enum-zero-name /Color/RED"},
        Row{"EnumZeroUnspecified", proto3("enum Color { COLOR_UNSPECIFIED = 0; RED = 1; }"), ""},
        Row{"ExtensionRange", proto2("message A { extensions 100 to 200; }"),
            "protobuf-extensions-not-in-glue /A"},
        Row{"Extension",
            proto2("message A { extensions 100 to 200; }\nextend A { optional int32 x = 100; }"),
            "protobuf-extensions-not-in-glue /A\nprotobuf-extensions-not-in-glue /x"},
        Row{"CustomOption",
            proto2("import \"google/protobuf/descriptor.proto\";\n"
                   "extend google.protobuf.FieldOptions { optional int32 rule = 50000; }"),
            ""},
        Row{"Group", proto2("message A { optional group G = 1 { optional int32 x = 1; } }"),
            "protobuf-extensions-not-in-glue /A/g"},
        Row{"NamesCollide", proto2("message A { optional int32 ab = 1; optional int32 a_b = 2; }"),
            "protobuf-names-collide /A/a_b"},
        Row{"NameStyle",
            proto3("message order { int32 orderId = 1; }\n"
                   "enum my_enum { unknown = 0; }"),
            "protobuf-name-style /order\nprotobuf-name-style /order/orderId\n"
            "protobuf-name-style /my_enum\nprotobuf-name-style /my_enum/unknown"},
        Row{"LowNumbersSpent", proto3("message A { reserved 2 to 15; int32 x = 1; }"),
            "protobuf-low-numbers-spent /A", "protobuf-low-numbers-spent"},
        Row{"LowNumbersLeft", proto3("message A { reserved 3 to 15; int32 x = 1; }"), "",
            "protobuf-low-numbers-spent"},
        Row{"NestedMessages", proto2("message A { message B { required int32 x = 1; } }"),
            "protobuf-required-field /A/B/x"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(ProtobufLint, SaysWhere) {
  const std::string text = proto2("message A {\n  required int32 x = 1;\n}\n");
  auto schema = protobuf::parse(text);
  ASSERT_TRUE(schema);
  const auto advice = lint(compat::ParsedDefinition(*std::move(schema), text.size()), text);
  ASSERT_TRUE(advice && advice->size() == 1);
  EXPECT_EQ(advice->front().byte, text.find("required"));
}

}  // namespace
}  // namespace limpet::lint
