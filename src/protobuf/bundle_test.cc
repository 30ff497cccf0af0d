#include "limpet/protobuf/bundle.h"

#include "limpet/protobuf/message_index.h"
#include "limpet/protobuf/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace limpet::protobuf {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const auto row_name = [](const auto& row) { return row.param.name; };

const std::string kProto3 = "syntax = \"proto3\";\n";

struct Import {
  std::string name;
  std::string text;
};

Result<std::string> bundle_of(const std::string& root, const std::vector<Import>& imports) {
  std::vector<NamedText> named;
  for (const auto& [name, text] : imports) named.push_back({name, text});
  return bundle(root, named);
}

std::vector<std::string> names_of(const std::string& text) {
  const auto schema = parse(text);
  EXPECT_TRUE(schema) << text;
  std::vector<std::string> out;
  for (const auto* message : schema->messages()) out.push_back(message->full_name);
  return out;
}

TEST(Bundle, Example) {
  const NamedText address{"common/address.proto", R"(syntax = "proto3"; package common;
      message Address { string city = 1; })"};
  const auto whole = bundle(R"(syntax = "proto3"; package shop;
      import "common/address.proto"; message Order { common.Address to = 1; })",
                            std::array{address});
  ASSERT_TRUE(whole) << describe(whole.error());
  EXPECT_EQ(*whole, R"(syntax = "proto3";

package shop;

message Order {
  .shop.common.Address to = 1;
}

message common {
  message Address {
    string city = 1;
  }
}
)");
}

// Every kind of package at once, every kind of definition and of mention.
TEST(Bundle, PutsEachPackageInItsPlace) {
  const auto whole = bundle_of(
      kProto3 + R"(package shop;
import "same.proto";
import public "sub.proto";
import "google/protobuf/timestamp.proto";
option java_package = "com.shop";
message Order {
  Same same = 1; shop.geo.Point point = 2; map<string, common.money.Amount> amounts = 3;
  Bare bare = 4; common.money.Amount.Unit unit = 5; google.protobuf.Timestamp at = 6;
  oneof o { Bare other = 7; }
}
service Shop { rpc Buy(Same) returns (stream Bare); }
)",
      {{"sub.proto", kProto3 + R"(package shop.geo; import public "unrelated.proto";
option java_package = "com.geo";
message Point { Level level = 1; }
enum Level { LOW = 0; }
service Geo { rpc Find(Point) returns (Point); }
)"},
       {"same.proto",
        kProto3 + "package shop; message Same { Same next = 1; message geo { } geo in = 2; }"},
       {"unrelated.proto", kProto3 + R"(package common.money; import public "bare.proto";
import "google/type/money.proto"; import "google/protobuf/timestamp.proto";
message Amount { enum Unit { U = 0; } google.type.Money money = 1; }
)"},
       {"bare.proto", kProto3 + "message Bare { Kind kind = 1; } enum Kind { NONE = 0; }"}});
  ASSERT_TRUE(whole) << describe(whole.error());
  EXPECT_EQ(*whole, R"(syntax = "proto3";

package shop;

import "google/protobuf/timestamp.proto";
import "google/type/money.proto";

option java_package = "com.shop";

message Order {
  .shop.Same same = 1;

  .shop.geo.Point point = 2;

  repeated .shop.Order.AmountsEntry amounts = 3;

  .shop.Bare bare = 4;

  .shop.common.money.Amount.Unit unit = 5;

  .google.protobuf.Timestamp at = 6;

  oneof o {
    .shop.Bare other = 7;
  }

  message AmountsEntry {
    option map_entry = true;

    string key = 1;

    .shop.common.money.Amount value = 2;
  }
}

message Same {
  .shop.Same next = 1;

  .shop.Same.geo in = 2;

  message geo {}
}

message Bare {
  .shop.Kind kind = 1;
}

message common {
  message money {
    message Amount {
      .google.type.Money money = 1;

      enum Unit {
        U = 0;
      }
    }
  }
}

message geo {
  message Point {
    .shop.geo.Level level = 1;
  }

  enum Level {
    LOW = 0;
  }
}

enum Kind {
  NONE = 0;
}

service Shop {
  rpc Buy (.shop.Same) returns (stream .shop.Bare);
}
)");
}

TEST(Bundle, WithoutPackageAllNamesStay) {
  const auto whole = bundle_of(
      kProto3 + R"(import "a.proto"; message M { a.b.A a = 1; B b = 2; })",
      {{"a.proto", kProto3 + R"(package a.b; import public "b.proto"; message A { B b = 1; })"},
       {"b.proto", kProto3 + "message B {}"}});
  ASSERT_TRUE(whole) << describe(whole.error());
  EXPECT_THAT(names_of(*whole), ElementsAre("B", "M", "a", "a.b", "a.b.A"));
}

TEST(Bundle, ParentPackageGoesInsideToo) {
  const auto whole =
      bundle_of(kProto3 + R"(package shop.orders; import "a.proto"; message M { shop.A a = 1; })",
                {{"a.proto", kProto3 + "package shop; message A {}"}});
  ASSERT_TRUE(whole) << describe(whole.error());
  EXPECT_THAT(names_of(*whole),
              ElementsAre("shop.orders.M", "shop.orders.shop", "shop.orders.shop.A"));
}

TEST(Bundle, CustomOptionsComeWithTheirImport) {
  const auto whole = bundle_of(
      kProto3 + R"(package shop.a; import "rules.proto";
message Order { int64 id = 1 [(shop.rule) = { min: 3 }]; option (shop.owner) = "till"; })",
      {{"rules.proto", kProto3 + R"(package shop; import "google/protobuf/descriptor.proto";
message Rule { int32 min = 1; }
extend google.protobuf.FieldOptions { Rule rule = 50001; }
extend google.protobuf.MessageOptions { string owner = 50000; }
)"}});
  ASSERT_TRUE(whole) << describe(whole.error());
  EXPECT_THAT(*whole, HasSubstr("  int64 id = 1 [(.shop.a.shop.rule) = { min: 3 }];\n"));
  EXPECT_THAT(*whole, HasSubstr("option (.shop.a.shop.owner) = \"till\";\n"));
  EXPECT_THAT(*whole, HasSubstr("  extend .google.protobuf.FieldOptions {\n"));
}

// Ranks by name count in the bundle; a path of positions stays.
TEST(Bundle, MessageIndexes) {
  const std::string root = kProto3 + R"(package p; import "c.proto"; message Z { C c = 1; })";
  const std::string c = kProto3 + "package p; message C {}";
  const auto whole = bundle_of(root, {{"c.proto", c}});
  ASSERT_TRUE(whole);
  const auto alone = parse(root, {.imports = [&](std::string_view) { return c; }});
  const auto bundled = parse(*whole);
  ASSERT_TRUE(alone && bundled);
  EXPECT_EQ(glue_index(*alone, "p.Z"), 0U);
  EXPECT_EQ(glue_index(*bundled, "p.Z"), 1U);
  EXPECT_EQ(message_path(*bundled->find_message("p.Z")), message_path(*alone->find_message("p.Z")));
}

// ---- what is refused ------------------------------------------------------------------------

struct Refused {
  const char* name;
  std::string root;
  std::vector<Import> imports;
  Code code;
  std::string message;  // a part of it
  std::string where;
};

class BundleRefuses : public testing::TestWithParam<Refused> {};

TEST_P(BundleRefuses, WithPlace) {
  const auto& row = GetParam();
  const auto whole = bundle_of(row.root, row.imports);
  ASSERT_FALSE(whole) << *whole;
  EXPECT_EQ(whole.error().code, row.code) << describe(whole.error());
  EXPECT_THAT(whole.error().message, HasSubstr(row.message));
  EXPECT_EQ(whole.error().where, row.where);
}

std::vector<Import> many(int count, const std::string& text) {
  std::vector<Import> out;
  for (int i = 0; i < count; ++i) out.push_back({std::to_string(i) + ".proto", text});
  return out;
}

std::string nested(int depth) {
  std::string out;
  for (int i = 0; i < depth; ++i) out += "message M { ";
  return out + std::string(static_cast<std::size_t>(depth), '}');
}

const std::string kImportA = kProto3 + "package p; import \"a.proto\";\n";

INSTANTIATE_TEST_SUITE_P(
    Texts, BundleRefuses,
    testing::Values(
        Refused{"BadRoot",
                "message M {",
                {},
                Code::InvalidInput,
                "Reached end of input",
                "line 1, column 12"},
        Refused{"BadImport",
                kImportA,
                {{"a.proto", kProto3 + "message M {\n  Nowhere x = 1; }"}},
                Code::InvalidInput,
                "\"Nowhere\" is not defined",
                "a.proto line 3, column 3"},
        Refused{"Extensions",
                "import \"a.proto\";",
                {{"a.proto", "message M { extensions 9; }"}},
                Code::InvalidInput,
                "extensions are not supported: message M",
                "a.proto line 1"},
        Refused{"Missing",
                kImportA,
                {},
                Code::InvalidInput,
                "import \"a.proto\" is not among the imports given",
                ""},
        Refused{"MissingForAnImport",
                kImportA,
                {{"a.proto", "import \"b.proto\";"}},
                Code::InvalidInput,
                "import \"b.proto\" is not among the imports given",
                "a.proto"},
        Refused{"NeverUsed",
                kProto3,
                {{"a.proto", kProto3}},
                Code::InvalidInput,
                "import \"a.proto\" is never used: no import statement names it",
                "a.proto"},
        Refused{"Twice",
                kImportA,
                {{"a.proto", kProto3}, {"a.proto", kProto3}},
                Code::InvalidInput,
                "two imports have the name \"a.proto\"",
                "a.proto"},
        Refused{"Bundled",
                kProto3 + "import \"google/protobuf/any.proto\";",
                {{"google/protobuf/any.proto", kProto3}},
                Code::InvalidInput,
                "is not needed: every schema may import this file",
                "google/protobuf/any.proto"},
        Refused{"Cycle",
                kImportA,
                {{"a.proto", "import \"b.proto\";"}, {"b.proto", "import \"a.proto\";"}},
                Code::InvalidInput,
                "import cycle: a.proto -> b.proto -> a.proto",
                ""},
        Refused{"NotVisible",
                kImportA + "message M { B b = 1; }",
                {{"a.proto", kProto3 + "package p; import \"b.proto\";"},
                 {"b.proto", kProto3 + "package p; message B {}"}},
                Code::InvalidInput,
                "\"p.B\" seems to be defined in \"b.proto\", which is not imported by",
                "line 3, column 13"},
        Refused{"DefinedTwice",
                kImportA + "message A {}",
                {{"a.proto", kProto3 + "package p; message A {}"}},
                Code::InvalidInput,
                "p.A: \"p.A\" is already defined in file \"a.proto\"",
                "line 3, column 9"},
        Refused{"MixedSyntax",
                kImportA,
                {{"a.proto", "message A {}"}},
                Code::InvalidInput,
                "the import is written in proto2, the schema in proto3: a bundle is one file of "
                "one syntax; write both in the same",
                "a.proto"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Names, BundleRefuses,
    testing::Values(
        Refused{"PackageAndMessage",
                kImportA + "message common {}",
                {{"a.proto", kProto3 + "package common; message A {}"}},
                Code::InvalidInput,
                "in the bundle message common of the schema and package common of a.proto would "
                "both be p.common: rename one of them",
                "a.proto"},
        Refused{"PackageAndEnumValue",
                kImportA + "enum E { common = 0; }",
                {{"a.proto", kProto3 + "package common.x; message A {}"}},
                Code::InvalidInput,
                "enum value common of the schema and package common.x of a.proto",
                "a.proto"},
        Refused{"PackageAndService",
                kImportA + "service common {}",
                {{"a.proto", kProto3 + "package common;"}},
                Code::InvalidInput,
                "service common of the schema and package common of a.proto",
                "a.proto"},
        Refused{"PackageAndExtension",
                kImportA + "import \"google/protobuf/descriptor.proto\"; extend "
                           "google.protobuf.FieldOptions { int32 common = 50000; }",
                {{"a.proto", kProto3 + "package common;"}},
                Code::InvalidInput,
                "extension common of the schema and package common of a.proto",
                "a.proto"},
        Refused{"PackageAndNameOfAnotherImport",
                kImportA + "import \"b.proto\";",
                {{"a.proto", kProto3 + "package common.x;"},
                 {"b.proto", kProto3 + "package p.common; enum E { x = 0; }"}},
                Code::InvalidInput,
                "package common.x of a.proto and enum value x of b.proto would both be p.common.x",
                "b.proto"},
        Refused{"TwoMessages",
                kImportA + "message A {}",
                {{"a.proto", kProto3 + "message A {}"}},
                Code::InvalidInput,
                "message A of the schema and message A of a.proto would both be p.A",
                "a.proto"},
        Refused{"TwoEnumValues",
                kImportA + "enum E { ZERO = 0; }",
                {{"a.proto", kProto3 + "enum F { ZERO = 0; }"}},
                Code::InvalidInput,
                "enum value ZERO of the schema and enum value ZERO of a.proto",
                "a.proto"},
        Refused{"PackageOfABundledFile",
                kProto3 + "import \"a.proto\"; import \"google/protobuf/any.proto\";",
                {{"a.proto", kProto3 + "package google.cloud; message A {}"}},
                Code::InvalidInput,
                "the package of google/protobuf/any.proto and package google.cloud of a.proto "
                "would both be google",
                "a.proto"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Limits, BundleRefuses,
    testing::Values(
        Refused{"Count", kProto3, many(101, kProto3), Code::LimitExceeded, "more than 100 imports",
                ""},
        Refused{"Bytes", kProto3, many(5, "//" + std::string(900'000, 'x')), Code::LimitExceeded,
                "the schema and its imports are longer than 4194304 bytes together", ""},
        Refused{"Depth",
                kImportA,
                {{"a.proto", kProto3 + "package x.y; " + nested(30)}},
                Code::LimitExceeded,
                "in the bundle message M would nest 32 deep, with a message for each part of its "
                "package; at most 31 are possible",
                "a.proto"},
        Refused{"Characters",
                kImportA,
                {{"a.proto", kProto3 + "message " + std::string(4000, 'a') + "{" +
                                 [] {
                                   std::string fields;
                                   for (int i = 1; i < 50; ++i) {
                                     fields += std::string(4000, 'a') + " f" + std::to_string(i) +
                                               "=" + std::to_string(i) + ";";
                                   }
                                   return fields;
                                 }() +
                                 "}"}},
                Code::LimitExceeded,
                "the bundle is longer than 170000 characters",
                ""},
        Refused{"References",
                kProto3 + "package " + std::string(400, 'p') + "; import \"a.proto\";",
                {{"a.proto", kProto3 + "message M {" +
                                 [] {
                                   std::string fields;
                                   for (int i = 1; i <= 500; ++i) {
                                     fields +=
                                         "M f" + std::to_string(i) + "=" + std::to_string(i) + ";";
                                   }
                                   return fields;
                                 }() +
                                 "}"}},
                Code::LimitExceeded,
                "the bundle is longer than 170000 characters",
                ""},
        Refused{"NameLength",
                kProto3 + "package " + std::string(400, 'p') + "; import \"a.proto\";",
                {{"a.proto", kProto3 + "message " + std::string(3900, 'q') + " { " +
                                 std::string(3900, 'q') + " m = 1; }"}},
                Code::LimitExceeded,
                "in the bundle: a name is longer than 4096 bytes",
                ""}),
    row_name);

TEST(Bundle, LimitsFromTheNearSide) {
  auto imports = many(100, "//" + std::string(40'000, 'x'));
  std::string root;
  for (const auto& import : imports) root += "import \"" + import.name + "\";";
  EXPECT_TRUE(bundle_of(root, imports));
  const auto deep = bundle_of(kImportA, {{"a.proto", kProto3 + "package x.y; " + nested(29)}});
  EXPECT_TRUE(deep) << describe(deep.error());
}

}  // namespace
}  // namespace limpet::protobuf
