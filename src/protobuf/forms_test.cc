// The forms of a schema: its canonical text, and what tells it from others.
#include "limpet/protobuf/schema.h"

#include <gtest/gtest.h>

#include <string>

namespace limpet::protobuf {
namespace {

const auto row_name = [](const auto& row) { return row.param.name; };

const std::string kProto3 = "syntax = \"proto3\";\n";
const std::string kProto2 = "syntax = \"proto2\";\n";
const std::string kDescriptor = "import \"google/protobuf/descriptor.proto\";\n";

Schema schema_of(std::string_view text) {
  auto schema = parse(text, {.extensions = Extensions::Accept});
  EXPECT_TRUE(schema) << text << describe(schema.error());
  return *std::move(schema);
}

// ---- canonical text -------------------------------------------------------------------------

TEST(CanonicalText, ProtoThree) {
  EXPECT_EQ(canonical_text(schema_of(R"(
syntax="proto3"; // a comment
package shop.v1;
import public "google/type/money.proto";
import "google/protobuf/timestamp.proto";
option go_package = 'go/shop';
option java_multiple_files = true;
option java_package = "com.shop";
enum State { option allow_alias = true; reserved 7; reserved "OLD"; NEW = 0; FRESH = 0; OPEN = 0x1 [deprecated=true]; }
message Order {
  oneof payment { google.type.Money cash = 4; string card = 5; }
  optional string note = 6;
  int64 id = 1; map<string, int32> counts = 2;
  repeated State states = 3 [packed = true, deprecated = true];
  reserved 10 to 12, 20, 1000 to max;
  reserved "gone";
  message Line { google.protobuf.Timestamp at = 1 [json_name = "time"]; }
  enum Kind { A = 0; }
  option deprecated = true;
}
message Empty {}
service Shop { rpc Place(Order) returns (stream Empty); }
)")),
            R"(syntax = "proto3";

package shop.v1;

import "google/protobuf/timestamp.proto";
import public "google/type/money.proto";

option java_package = "com.shop";
option java_multiple_files = true;
option go_package = "go/shop";

message Order {
  reserved 10 to 12;
  reserved 20 to 20;
  reserved 1000 to max;
  reserved "gone";

  option deprecated = true;

  int64 id = 1;

  repeated .shop.v1.Order.CountsEntry counts = 2;

  repeated .shop.v1.State states = 3 [
    packed = true,
    deprecated = true
  ];

  optional string note = 6;

  oneof payment {
    .google.type.Money cash = 4;
    string card = 5;
  }

  message CountsEntry {
    option map_entry = true;

    string key = 1;

    int32 value = 2;
  }

  message Line {
    .google.protobuf.Timestamp at = 1 [json_name = "time"];
  }

  enum Kind {
    A = 0;
  }
}

message Empty {}

enum State {
  reserved 7 to 7;
  reserved "OLD";
  option allow_alias = true;
  NEW = 0;
  FRESH = 0;
  OPEN = 1 [deprecated = true];
}

service Shop {
  rpc Place (.shop.v1.Order) returns (stream .shop.v1.Empty);
}
)");
}

// Java's order of options; ours behind them, the default last.
TEST(CanonicalText, OptionsOfFields) {
  EXPECT_EQ(canonical_text(schema_of(kProto2 + kDescriptor + R"(package p;
extend google.protobuf.FieldOptions { optional int32 rule = 60001; }
message M {
  optional string a = 1 [default = "x", (rule) = 3, jstype = JS_NORMAL, deprecated = true, json_name = "b", ctype = CORD];
}
)")),
            R"(package p;

import "google/protobuf/descriptor.proto";

message M {
  optional string a = 1 [
    json_name = "b",
    deprecated = true,
    ctype = CORD,
    jstype = JS_NORMAL,
    (.p.rule) = 3,
    default = "x"
  ];
}

extend .google.protobuf.FieldOptions {
  optional int32 rule = 60001;
}
)");
}

TEST(CanonicalText, ProtoTwo) {
  EXPECT_EQ(canonical_text(schema_of(R"(
message M {
  extensions 100 to 199;
  required int32 a = 1 [default = 0x10];
  optional group G = 2 { optional int32 b = 1; }
  oneof o { string c = 3; group H = 4 { } }
}
extend M { optional M m = 100; repeated string s = 101; }
)")),
            R"(message M {
  required int32 a = 1 [default = 16];

  optional group G = 2 {
    optional int32 b = 1;
  }

  oneof o {
    string c = 3;
    group H = 4 {}
  }

  extensions 100 to 199;
}

extend .M {
  optional .M m = 100;
  repeated string s = 101;
}
)");
}

// The golden text of one message with a nested one, as Java's serializers register it.
TEST(CanonicalText, AsJavaRegisters) {
  EXPECT_EQ(canonical_text(schema_of(R"(syntax="proto3"; package p;
      message M{string name=1; Inner inner=2; message Inner{int32 x=1;}})")),
            R"(syntax = "proto3";

package p;

message M {
  string name = 1;

  .p.M.Inner inner = 2;

  message Inner {
    int32 x = 1;
  }
}
)");
}

// ---- identity -------------------------------------------------------------------------------

struct Pair {
  const char* name;
  std::string a;
  std::string b;
  bool same;
};

class Identity : public testing::TestWithParam<Pair> {};

TEST_P(Identity, SameOrNot) {
  const auto& row = GetParam();
  EXPECT_EQ(identity_form(schema_of(row.a)) == identity_form(schema_of(row.b)), row.same);
}

const std::string kOptions =
    kProto3 + kDescriptor +
    "extend google.protobuf.FieldOptions { int32 x = 50001; int32 y = 50000; string s = 50002; "
    "R r = 50003; }\nmessage R { int32 x = 1; int32 y = 2; }\n";

INSTANTIATE_TEST_SUITE_P(
    Forgets, Identity,
    testing::Values(
        Pair{"Layout", kProto3 + "message M { int32 a = 1; }",
             "syntax='proto3'; /* c */ message M{int32 a=0x1;} // d", true},
        Pair{"SyntaxTwo", "message M {}", kProto2 + "message M {}", true},
        Pair{"TypeNames", kProto3 + "package p; message M { M m = 1; }",
             kProto3 + "package p; message M { .p.M m = 1; }", true},
        Pair{"MessagesAndEnumsMixed", kProto3 + "enum E { A = 0; } message M { E e = 1; }",
             kProto3 + "message M { E e = 1; } enum E { A = 0; }", true},
        Pair{"DefaultJsonName", kProto3 + "message M { int32 a_b = 1; }",
             kProto3 + "message M { int32 a_b = 1 [json_name = \"aB\"]; }", true},
        Pair{"OneofsBehindFields",
             kProto3 + "message M { oneof o { int32 a = 1; } int32 b = 2; optional int32 c = 3; }",
             kProto3 + "message M { int32 b = 2; optional int32 c = 3; oneof o { int32 a = 1; } }",
             true},
        Pair{"MapAsEntries", kProto3 + "message M { map<string, int32> a = 1; message N {} }",
             kProto3 + "message M { message N {} repeated AEntry a = 1; message AEntry { option "
                       "map_entry = true; string key = 1; int32 value = 2; } }",
             true},
        Pair{"OrderOfOptions", kOptions + "message M { int32 a = 1 [(x) = 1, (y) = 2]; }",
             kOptions + "message M { int32 a = 1 [(y) = 0x2, (.x) = 1]; }", true},
        Pair{"PartsOfAnOption",
             kOptions + "message M { int32 a = 1 [(r).x = 1, (s) = 'b', (r).y = 2]; }",
             kOptions + "message M { int32 a = 1 [(r) = { y: 2 x: 1 }, (s) = 'b']; }", true},
        Pair{"StringEscapes", kOptions + "message M { int32 a = 1 [(s) = \"a\" 'b']; }",
             kOptions + "message M { int32 a = 1 [(s) = \"\\141b\"]; }", true},
        Pair{"PublicImportsLast",
             kProto3 +
                 "import public \"google/type/date.proto\"; import \"google/type/color.proto\";",
             kProto3 +
                 "import \"google/type/color.proto\"; import public \"google/type/date.proto\";",
             true}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Keeps, Identity,
    testing::Values(
        Pair{"Names", kProto3 + "message M { int32 a = 1; }",
             kProto3 + "message M { int32 b = 1; }", false},
        Pair{"Numbers", kProto3 + "message M { int32 a = 1; }",
             kProto3 + "message M { int32 a = 2; }", false},
        Pair{"OrderOfFields", kProto3 + "message M { int32 a = 1; int32 b = 2; }",
             kProto3 + "message M { int32 b = 2; int32 a = 1; }", false},
        Pair{"OrderOfMessages", kProto3 + "message M {} message N {}",
             kProto3 + "message N {} message M {}", false},
        Pair{"Syntax", kProto3 + "message M {}", kProto2 + "message M {}", false},
        Pair{"Package", kProto3 + "package p; message M {}", kProto3 + "message M {}", false},
        Pair{"OptionalOfProto3", kProto3 + "message M { int32 a = 1; }",
             kProto3 + "message M { optional int32 a = 1; }", false},
        Pair{"Options", kProto3 + "message M { int32 a = 1; }",
             kProto3 + "message M { int32 a = 1 [deprecated = true]; }", false},
        Pair{"CustomOptions", kOptions + "message M { int32 a = 1 [(x) = 1]; }",
             kOptions + "message M { int32 a = 1 [(x) = 2]; }", false},
        Pair{"Reserved", kProto3 + "message M {}", kProto3 + "message M { reserved 5; }", false},
        Pair{"Defaults", kProto2 + "message M { optional int32 a = 1 [default = 1]; }",
             kProto2 + "message M { optional int32 a = 1; }", false},
        Pair{"Services", kProto3 + "message M {} service S { rpc A(M) returns (M); }",
             kProto3 + "message M {} service S { rpc A(M) returns (stream M); }", false}),
    row_name);

}  // namespace
}  // namespace limpet::protobuf
