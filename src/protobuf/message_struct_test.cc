// Messages to structs and back: beside views and libprotobuf over random schemas, structs, messages
// and damage, and tables of rows.
#include "limpet/protobuf/message_struct.h"

#include "testing/random_schema.h"
#include "testing/random_struct.h"
#include "testing/wire_oracle.h"

#include "limpet/base/hex.h"
#include "limpet/protobuf/transcode.h"
#include "limpet/value/json_text.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <variant>
#include <vector>

namespace limpet::protobuf {
namespace {

using testing::Oracle;
using testing::RandomSchema;
using testing::RandomStructs;
using value::Fault;
using value::FaultKind;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

enum class State : std::uint8_t { None, Paid };
struct Line {
  std::string_view article;
  std::int32_t count = 0;
};
struct Order {
  std::int64_t id = 0;
  std::string_view customer;
  std::optional<std::string_view> remark;
  State status = State::None;
  std::vector<Line> lines;
  std::map<std::string, std::uint64_t> numbers;
  std::unique_ptr<Line> gift;
  std::span<const std::byte> raw;
};

}  // namespace
}  // namespace limpet::protobuf

namespace limpet::value {
template <>
struct EnumBinding<protobuf::State> {
  static constexpr auto symbols = value::symbols<protobuf::State>(
      {{"NONE", protobuf::State::None}, {"PAID", protobuf::State::Paid}});
};
template <>
struct Binding<protobuf::Line> {
  static constexpr auto type = record("shop.Line", field<"article">(&protobuf::Line::article),
                                      field<"count">(&protobuf::Line::count));
};
template <>
struct Binding<protobuf::Order> {
  using O = protobuf::Order;
  static constexpr auto type =
      record("shop.Order", field<"id">(&O::id), field<"customer">(&O::customer),
             field<"remark">(&O::remark), field<"status">(&O::status), field<"lines">(&O::lines),
             field<"numbers">(&O::numbers), field<"gift">(&O::gift), field<"raw">(&O::raw));
};
}  // namespace limpet::value

namespace limpet::protobuf {
namespace {

constexpr std::string_view kShop = R"(
syntax = "proto3";
package shop;
enum Status { NONE = 0; PAID = 1; }
message Line { string article = 1; int32 count = 2; double price = 3; }
message Order {
  int64 id = 1; string customer = 2; optional string remark = 3; Status status = 4;
  repeated Line lines = 5; map<string, uint64> numbers = 6; Line gift = 7; bytes raw = 8;
  string more = 9;
})";

TEST(MessageStruct, GoesThereAndBack) {
  const auto schema = *parse(kShop);
  const auto& type = *schema.find_message("shop.Order");
  const auto& order_type = value::struct_type<Order>();
  const auto reader = *MessageStructReader::make(schema, type, order_type);
  const auto writer = *MessageStructWriter::make(schema, type, order_type);
  Order order;
  order.id = 7;
  order.customer = "Ada";
  order.remark = "";
  order.status = State::Paid;
  order.lines = {{"shell", 3}, {"pearl", 1}};
  order.numbers = {{"a", 1}, {"b", UINT64_MAX}};
  order.gift = std::make_unique<Line>();
  order.raw = bytes_of("\xFF\x01");
  value::Arena arena;
  std::string bytes;
  ASSERT_FALSE(writer.append(&order, arena, bytes));
  const auto decoded = decode(schema, type, bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->json,
            R"({"id":"7","customer":"Ada","remark":"","status":"PAID","lines":[{"article":"shell",)"
            R"("count":3},{"article":"pearl","count":1}],"numbers":{"a":"1",)"
            R"("b":"18446744073709551615"},"gift":{},"raw":"/wE="})");
  Order back;
  ASSERT_FALSE(reader.read(bytes_of(bytes), arena, &back));
  EXPECT_EQ(back.customer, "Ada");
  EXPECT_EQ(back.remark, "");
  EXPECT_EQ(back.lines.at(1).article, "pearl");
  EXPECT_EQ(back.numbers.at("b"), UINT64_MAX);
  ASSERT_TRUE(back.gift);
  std::string again;
  ASSERT_FALSE(writer.append(&back, arena, again));
  EXPECT_EQ(again, bytes);
}

TEST(MessageStruct, SaysWhatIsMissing) {
  const auto schema = *parse("syntax = \"proto3\"; package shop; message Order { int64 id = 1; }");
  const auto reader = MessageStructReader::make(schema, *schema.find_message("shop.Order"),
                                                value::struct_type<Order>());
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().message,
            "shop.Order has no field customer, which struct shop.Order has");
}

TEST(MessageStruct, NamesTheField) {
  const auto schema = *parse(kShop);
  const auto reader = *MessageStructReader::make(schema, *schema.find_message("shop.Order"),
                                                 value::struct_type<Order>());
  value::Arena arena;
  Order order;
  const auto fault = reader.read(bytes_of(std::string_view("\x20\x05", 2)), arena, &order);
  ASSERT_TRUE(fault);
  EXPECT_EQ(describe(*fault), "field \"Order.status\": expected a value for enum, found int");
}

std::string said(const std::optional<Fault>& fault) {
  return fault ? std::string(to_string(fault->kind)) + " " + describe(*fault) : "";
}

// ---- Rows ----

enum class E : std::int8_t { Zero, One, Negative };
struct In {
  std::int32_t x = 7;
  std::vector<std::int32_t> r;
  std::unique_ptr<In> in;
};
struct All {
  std::int32_t i = 7;
  std::int64_t s = 7;
  std::string text = "old";
  E e = E::One;
  std::optional<In> in;
  std::vector<std::uint32_t> packed{7};
  std::map<std::string, std::int32_t> map{{"old", 7}};
  std::optional<std::int32_t> a;
  std::unique_ptr<In> b;
  std::optional<std::string_view> c;
  std::int32_t d = 7;  // of a oneof, and keeps what it has
  bool maybe = true;
  std::vector<std::string_view> texts;
  std::map<std::string, In> numbers;
  std::vector<In> ins;
  std::vector<E> es;
  double far = 7;
  std::int64_t wide = 7;
  std::variant<std::monostate, std::int32_t, std::string> any;
};

}  // namespace
}  // namespace limpet::protobuf

namespace limpet::value {
template <>
struct EnumBinding<protobuf::E> {
  using T = protobuf::E;
  static constexpr auto symbols =
      value::symbols<T>({{"ZERO", T::Zero}, {"ONE", T::One}, {"NEGATIVE", T::Negative}});
};
template <>
struct Binding<protobuf::In> {
  using I = protobuf::In;
  static constexpr auto type =
      record("t.In", field<"x">(&I::x), field<"r">(&I::r), field<"in">(&I::in));
};
template <>
struct Binding<protobuf::All> {
  using A = protobuf::All;
  static constexpr auto type = record(
      "t.M", field<"i">(&A::i), field<"s">(&A::s), field<"text">(&A::text), field<"e">(&A::e),
      field<"in">(&A::in), field<"packed">(&A::packed), field<"map">(&A::map), field<"a">(&A::a),
      field<"b">(&A::b), field<"c">(&A::c), field<"d">(&A::d, kMayBeAbsent),
      field<"maybe">(&A::maybe, kMayBeAbsent), field<"texts">(&A::texts),
      field<"numbers">(&A::numbers), field<"ins">(&A::ins), field<"es">(&A::es),
      field<"far">(&A::far), field<"wide">(&A::wide), field<"any">(&A::any));
};
}  // namespace limpet::value

namespace limpet::protobuf {
namespace {

constexpr std::string_view kAll = R"(
syntax = "proto3";
package t;
enum E { ZERO = 0; ONE = 1; NEGATIVE = -1; FAR = 70000; }
message In { int32 x = 1; repeated int32 r = 2; In in = 3; }
message M {
  int32 i = 1;
  sint64 s = 2;
  string text = 3;
  E e = 4;
  In in = 5;
  repeated uint32 packed = 6;
  map<string, int32> map = 7;
  oneof o { int32 a = 8; In b = 9; string c = 10; bool unbound = 13; }
  optional bool maybe = 11;
  repeated string texts = 12;
  string passed = 14;
  In over = 15;
  map<sint32, In> numbers = 16;
  repeated E es = 17;
  repeated In ins = 18;
  oneof p { int32 d = 19; int32 other = 20; }
  uint32 wide = 21;
  optional int32 any = 22;
  double far = 100000;
})";

std::string unhex(std::string_view text) {
  std::string out;
  int high = -1;
  for (const char c : text) {
    if (c == ' ') continue;
    const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    if (high >= 0) out.push_back(static_cast<char>(high * 16 + digit));
    high = high >= 0 ? -1 : digit;
  }
  return out;
}

struct Row {
  const char* name;
  const char* hex;
  const char* said;  // members that an empty message leaves otherwise; or the fault
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

class StructRowTest : public ::testing::TestWithParam<Row> {
 protected:
  StructRowTest() : schema_(*parse(kAll)), type_(*schema_.find_message("t.M")) {}
  MessageStructReader reader(const MessageReaderOptions& options = {}) const {
    return *MessageStructReader::make(schema_, type_, value::struct_type<All>(), options);
  }
  static std::map<std::string, std::string> members(const All& all) {
    static const value::StructViews views(value::struct_type<All>());
    value::Arena arena;
    value::View view;
    EXPECT_FALSE(views.view(&all, arena, view));
    std::map<std::string, std::string> out;
    for (std::size_t i = 0; i < view.size(); ++i) {
      EXPECT_FALSE(value::append_json(view[i], out[view.field_name(i)]));
    }
    return out;
  }
  // Also: the same by way of a view, in values and faults.
  std::string read(const std::string& bytes) const {
    value::Arena arena;
    All all;
    All viewed;
    const auto fault = reader().read(bytes_of(bytes), arena, &all);
    value::View view;
    const auto views = *MessageReader::make(schema_, type_);
    auto wanted = views.read(bytes_of(bytes), arena, view);
    if (!wanted) {
      wanted = value::read_struct(view, viewed, arena);
      if (wanted) wanted->path.insert(0, "M.");
    }
    EXPECT_EQ(said(fault), said(wanted));
    if (fault) return said(fault);
    EXPECT_EQ(members(all), members(viewed));
    All blank;
    EXPECT_FALSE(reader().read({}, arena, &blank));
    const auto before = members(blank);
    std::string out;
    for (const auto& [name, text] : members(all)) {
      if (before.at(name) != text) out += (out.empty() ? "" : " ") + name + "=" + text;
    }
    return out;
  }

  Schema schema_;
  const Message& type_;
};

TEST_P(StructRowTest, GivesTheRow) { EXPECT_EQ(read(unhex(GetParam().hex)), GetParam().said); }
INSTANTIATE_TEST_SUITE_P(
    Rows, StructRowTest,
    ::testing::Values(
        Row{"Nothing", "", ""},
        Row{"Scalars", "0896 01 1003 1a026869 2001 a80105",
            R"(e="ONE" i=150 s=-2 text="hi" wide=5)"},
        Row{"AnyOrder", "a80105 2001 1003 0801", R"(e="ONE" i=1 s=-2 wide=5)"},
        Row{"LastCounts", "0801 0802", "i=2"}, Row{"Negative", "08ffffffffffffffffff01", "i=-1"},
        Row{"CutToItsBits", "08ffffffffffffffff7f", "i=-1"},
        Row{"Message", "2a020805", R"(in={"x":5,"r":[],"in":null})"},
        Row{"EmptyMessage", "2a00", R"(in={"x":0,"r":[],"in":null})"},
        Row{"InTwoParts", "2a020805 0801 2a0412020102", R"(i=1 in={"x":5,"r":[1,2],"in":null})"},
        Row{"PackedAndNot", "3003 32030405ac 3006",
            R"(truncated byte 7, field "M.packed[3]": the message is cut off)"},
        Row{"PackedThenNot", "3003 3204 04 05 ac02 3006", "packed=[3,4,5,300,6]"},
        Row{"PackedNothing", "3200", ""},
        Row{"Map", "3a050a016b1001 3a050a016a1002", R"(map={"j":2,"k":1})"},
        Row{"MapAgain", "3a050a016b1001 3a050a016b1002", R"(map={"k":2})"},
        Row{"MapNoKey", "3a021005", R"(map={"":5})"},
        Row{"MapNoValue", "3a030a016b", R"(map={"k":0})"},
        Row{"MapNothing", "3a00", R"(map={"":0})"},
        Row{"MapValueFirst", "3a0510050a016b", R"(map={"k":5})"},
        Row{"MapUnknown", "3a0718010a016b1005", R"(map={"k":5})"},
        Row{"MapValueTwice", "3a070a016b10051006", R"(map={"k":6})"},
        Row{"NumberKeys", "82010608011202 0805 8201020803",
            R"(numbers={"-1":{"x":5,"r":[],"in":null},"-2":{"x":0,"r":[],"in":null}})"},
        Row{"Oneof", "4000", "a=0"}, Row{"OneofLast", "4001 520178", R"(c="x")"},
        Row{"OneofBack", "4a020805 520178 4a00", R"(b={"x":0,"r":[],"in":null})"},
        Row{"OneofUnbound", "4001 6801", ""}, Row{"OneofKept", "980105 a00101", ""},
        Row{"OneofSet", "a00101 980105", "d=5"}, Row{"Absent", "5800", "maybe=false"},
        Row{"Texts", "6201 61 6201 62 6200", R"(texts=["a","b",""])"},
        Row{"Messages", "920102 0801 920100 9201020803",
            R"(ins=[{"x":1,"r":[],"in":null},{"x":0,"r":[],"in":null},{"x":3,"r":[],"in":null}])"},
        Row{"Symbols", "8a0103 00 01 00 880101", R"(es=["ZERO","ONE","ZERO","ONE"])"},
        Row{"FarAway", "81ea30 000000000000f83f", "far=1.5"}, Row{"Variant", "b00105", "any=5"},
        Row{"Unknown", "f80701 f90700000000 00000000 fa070161 fd0700000000 0801", "i=1"},
        Row{"UnknownGroup", "fb07 0801 fc07 0802", "i=2"}, Row{"OtherWireType", "0a0161 1802", ""},
        Row{"Cut", "0801 1a05 68",
            R"(truncated byte 3, field "M.text": a length of 5 bytes, with 1 left: the message is cut off)"},
        Row{"CutInMessage", "2a0412050102",
            R"(truncated byte 3, field "M.in.r": a length of 5 bytes, with 2 left: the message is cut off)"},
        Row{"NoNumber", "0001", R"(malformed byte 0, field "M": no field can have the number 0)"},
        Row{"EndOfGroup", "0c", R"(malformed byte 0, field "M": a group ends that did not begin)"},
        Row{"NoWireType", "0f", R"(malformed byte 0, field "M": there is no wire type 7)"},
        Row{"LongNumber", "08ffffffffffffffffffff01",
            R"(malformed byte 1, field "M.i": a number is longer than ten bytes)"},
        Row{"NoUtf8", "1a01ff", R"(invalid UTF-8 byte 2, field "M.text": a text is not UTF-8)"},
        Row{"NoUtf8PassedOver", "7201ff",
            R"(invalid UTF-8 byte 2, field "M.passed": a text is not UTF-8)"},
        Row{"BadPassedOver", "7a020a05",
            R"(truncated byte 3, field "M.over": a length of 5 bytes, with 0 left: the message is cut off)"},
        Row{"NoSymbol", "20f0a204",
            R"(out of range byte 0, field "M.e": the enum has no symbol FAR)"},
        Row{"CutItem", "8a010200f0",
            R"(truncated byte 5, field "M.es[1]": the message is cut off)"},
        Row{"NoSymbolOfItem", "8a010400f0a204",
            R"(out of range byte 0, field "M.es[1]": the enum has no symbol FAR)"},
        Row{"DamageBeforeMismatch", "20f0a204 0801 1a05",
            R"(truncated byte 7, field "M.text": a length of 5 bytes, with 0 left: the message is cut off)"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(StructRowTest, OldValuesGo) {
  const auto full = unhex(
      "0805 1003 1a0168 2001 2a020805 3203010203 3a050a016b1001 4a00 580062017882010608011202"
      "0805 8a010101 920102 0801 a80105 b00105 81ea30000000000000f83f");
  value::Arena arena;
  All used;
  ASSERT_FALSE(reader().read(bytes_of(full), arena, &used));
  EXPECT_EQ(used.ins.size(), 1U);
  EXPECT_EQ(used.numbers.size(), 1U);
  ASSERT_FALSE(reader().read({}, arena, &used));
  All fresh;
  ASSERT_FALSE(reader().read({}, arena, &fresh));
  auto wanted = members(fresh);
  wanted["maybe"] = "false";  // may be absent, so it keeps what it has
  EXPECT_EQ(members(used), wanted);
}

TEST_F(StructRowTest, IsBoundInDepth) {
  std::string deep;
  for (int i = 0; i < 99; ++i) {
    std::string size;
    for (auto left = deep.size(); size.empty() || left > 0; left >>= 7U) {
      size.push_back(static_cast<char>((left & 0x7FU) | (left >= 0x80 ? 0x80U : 0U)));
    }
    deep = "\x1A" + size + deep;  // In.in
  }
  std::string size{static_cast<char>(0x80U | (deep.size() & 0x7FU)),
                   static_cast<char>(deep.size() >> 7U)};
  const auto bytes = "\x2A" + size + deep;  // M.in
  value::Arena arena;
  All all;
  EXPECT_FALSE(reader().read(bytes_of(bytes), arena, &all));
  const auto fault = reader({.max_depth = 99}).read(bytes_of(bytes), arena, &all);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, FaultKind::TooDeep);
  EXPECT_EQ(fault->message, "nested deeper than 99 messages");
}

TEST_F(StructRowTest, IsBoundInMemory) {
  std::string bytes;
  for (int i = 0; i < 100; ++i) bytes += unhex("920100");
  value::Arena arena;
  All all;
  const auto fault = reader({.max_memory = 60 * sizeof(In)}).read(bytes_of(bytes), arena, &all);
  EXPECT_EQ(said(fault),
            "too large byte 182, field \"M.ins[60]\": the message takes too much "
            "memory: more than " +
                std::to_string(60 * sizeof(In)) + " bytes");
  const auto packed = "\x32\x80\x02" + std::string(256, '\1');
  EXPECT_EQ(said(reader({.max_memory = 1023}).read(bytes_of(packed), arena, &all)),
            R"(too large byte 1, field "M.packed": the message takes too much memory: more than )"
            "1023 bytes");
  EXPECT_FALSE(reader({.max_memory = 1024}).read(bytes_of(packed), arena, &all));
  EXPECT_EQ(all.packed.size(), 256U);
}

// More members than a plan has bits for: those beyond go by way of views.
TEST(MessageStruct, HasManyMembers) {
  constexpr std::size_t kMembers = 300;
  std::string text = "syntax = \"proto3\"; message M {";
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kMembers; ++i) {
    names.push_back("f" + std::to_string(i));
    text += "int32 " + names.back() + " = " + std::to_string(i + 1) + ";";
  }
  const auto schema = *parse(text + "}");
  std::vector<value::StructField> fields;
  for (std::size_t i = 0; i < kMembers; ++i) {
    fields.push_back({names[i], i * sizeof(std::int32_t), value::detail::target<std::int32_t>});
  }
  using Members = std::array<std::int32_t, kMembers>;
  const value::StructType type("M", sizeof(Members), std::move(fields));
  const auto& message = *schema.find_message("M");
  const auto reader = *MessageStructReader::make(schema, message, type);
  const auto writer = *MessageStructWriter::make(schema, message, type);
  value::Arena arena;
  Members wanted{};
  for (std::size_t i = 0; i < kMembers; i += 3) wanted.at(i) = static_cast<std::int32_t>(i) - 100;
  std::string bytes;
  ASSERT_FALSE(writer.append(&wanted, arena, bytes));
  Members found{};
  found.fill(7);
  ASSERT_FALSE(reader.read(bytes_of(bytes), arena, &found));
  EXPECT_EQ(found, wanted);
}

// ---- Members of oneofs ----

struct Pick {
  std::int32_t a = 7;
  std::int32_t b = 7;
};
struct Leaf {
  std::int32_t x = 7;
};
struct Choice {
  Leaf n;
  std::optional<std::int32_t> k;
  std::optional<std::int32_t> a;
};
struct Back {
  Leaf n;
  std::optional<std::int32_t> k;
};
struct Big {
  std::optional<std::array<std::byte, 4096>> blob;
};
struct Box {
  Leaf n;
  std::vector<Big> items;
};
struct LateBox {
  std::variant<std::monostate, std::vector<Big>> items;
};
struct Outer {
  Pick pick;
  Choice choice;
};
struct Root {
  Choice choice;
  Pick pick;
  Outer outer;
};

}  // namespace
}  // namespace limpet::protobuf

namespace limpet::value {
template <>
struct Binding<protobuf::Pick> {
  using P = protobuf::Pick;
  static constexpr auto type =
      record("t.Pick", field<"a">(&P::a, kMayBeAbsent), field<"b">(&P::b, kMayBeAbsent));
};
template <>
struct Binding<protobuf::Leaf> {
  static constexpr auto type = record("t.Leaf", field<"x">(&protobuf::Leaf::x, kMayBeAbsent));
};
template <>
struct Binding<protobuf::Choice> {
  using C = protobuf::Choice;
  static constexpr auto type =
      record("t.Choice", field<"n">(&C::n, kMayBeAbsent), field<"k">(&C::k), field<"a">(&C::a));
};
template <>
struct Binding<protobuf::Back> {
  using B = protobuf::Back;
  static constexpr auto type = record("t.Back", field<"n">(&B::n), field<"k">(&B::k));
};
template <>
struct Binding<protobuf::Big> {
  static constexpr auto type = record("t.Big", field<"blob">(&protobuf::Big::blob));
};
template <>
struct Binding<protobuf::Box> {
  using B = protobuf::Box;
  static constexpr auto type = record("t.Box", field<"n">(&B::n), field<"items">(&B::items));
};
template <>
struct Binding<protobuf::LateBox> {
  static constexpr auto type = record("t.Box", field<"items">(&protobuf::LateBox::items));
};
template <>
struct Binding<protobuf::Outer> {
  using O = protobuf::Outer;
  static constexpr auto type = record("t.Outer", field<"pick">(&O::pick, kMayBeAbsent),
                                      field<"choice">(&O::choice, kMayBeAbsent));
};
template <>
struct Binding<protobuf::Root> {
  using R = protobuf::Root;
  static constexpr auto type =
      record("t.Root", field<"choice">(&R::choice, kMayBeAbsent),
             field<"pick">(&R::pick, kMayBeAbsent), field<"outer">(&R::outer, kMayBeAbsent));
};
}  // namespace limpet::value

namespace limpet::protobuf {
namespace {

constexpr std::string_view kOneofs = R"(
syntax = "proto2";
package t;
enum E { Z = 0; }
message Pick { oneof o { int32 a = 1; int32 b = 2; } }
message Leaf { optional int32 x = 1; }
message Choice {
  oneof o { Leaf n = 1; int32 k = 2; }
  oneof p { int32 a = 3; E unbound = 4; }
}
message Outer {
  optional Pick pick = 1;
  optional Choice choice = 2;
}
message Root { optional Choice choice = 1; optional Pick pick = 2; optional Outer outer = 3; }
message Big { optional bytes blob = 1; }
message Box { optional Leaf n = 1; repeated Big items = 2; }
message Required { required E e = 1; optional int32 x = 2; }
)";

/// Straight and by way of a view; both faults, or both structs as JSON.
template <class T>
std::pair<std::string, std::string> both_ways(const std::string& name, const std::string& bytes,
                                              const MessageReaderOptions& options = {}) {
  const auto schema = *parse(kOneofs);
  const auto& message = *schema.find_message(name);
  const value::StructViews views(value::struct_type<T>());
  value::Arena arena;
  const auto print = [&](const std::optional<Fault>& fault, const T& object) {
    if (fault) return said(fault);
    value::View view;
    std::string out;
    EXPECT_FALSE(views.view(&object, arena, view));
    EXPECT_FALSE(value::append_json(view, out));
    return out;
  };
  T straight;
  const auto reader = *MessageStructReader::make(schema, message, value::struct_type<T>(), options);
  auto text = print(reader.read(bytes_of(bytes), arena, &straight), straight);
  T viewed;
  value::View view;
  const auto view_reader = *MessageReader::make(schema, message, options);
  auto fault = view_reader.read(bytes_of(bytes), arena, view);
  if (!fault) fault = value::read_struct(view, viewed, arena);
  return {std::move(text), print(fault, viewed)};
}

class OneofRowTest : public ::testing::TestWithParam<Row> {};
TEST_P(OneofRowTest, GivesTheRow) {
  const auto [straight, viewed] = both_ways<Root>("t.Root", unhex(GetParam().hex));
  EXPECT_EQ(straight, viewed);
  EXPECT_NE(straight.find(GetParam().said), std::string::npos) << straight;
}
INSTANTIATE_TEST_SUITE_P(
    Rows, OneofRowTest,
    ::testing::Values(
        Row{"ClosedUnboundUnknown", "0a04 1805 2063", R"("choice":{"n":{"x":7},"k":null,"a":5})"},
        Row{"ClosedUnboundKnown", "0a04 1805 2000", R"("choice":{"n":{"x":7},"k":null,"a":null})"},
        Row{"TwoParts", "1202 0801 1202 1002", R"("pick":{"a":7,"b":2})"},
        Row{"TwoPartsBelow", "1a04 0a02 0801 1a04 0a02 1002", R"("outer":{"pick":{"a":7,"b":2})"},
        Row{"AndBackInTwoParts", "0a04 0a02 0801 0a04 1005 0a00",
            R"("choice":{"n":{"x":7},"k":null)"},
        Row{"GivenUpElsewhere", "0a08 0a02 0801 1005 0a00 1202 0801 1202 0802",
            R"("choice":{"n":{"x":7},"k":null)"},
        Row{"ThereAndBack", "0a08 0a02 0801 1005 0a00", R"("choice":{"n":{"x":7},"k":null)"},
        Row{"ThereAndBackBelow", "1a0a 1208 0a02 0801 1005 0a00",
            R"("choice":{"n":{"x":7},"k":null)"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(MessageStruct, EmptiesAMessageThatComesBack) {
  const auto [straight, viewed] = both_ways<Back>("t.Choice", unhex("0a020801 1005 0a00"));
  EXPECT_EQ(straight, R"({"n":{"x":7},"k":null})");
  EXPECT_EQ(straight, viewed);
}

// By way of views, too: of a whole message, or of a member.
TEST(MessageStruct, IsBoundInMemoryByWayOfViews) {
  std::string bytes = unhex("0a00 0a00");  // a message in two parts
  for (int i = 0; i < 1000; ++i) bytes += unhex("1200");
  const std::size_t enough = 1000 * sizeof(Big);
  for (const auto max_memory : {enough, enough - 1}) {
    const std::string wanted = max_memory == enough
                                   ? ""
                                   : "too large Box the message takes too much memory: more than " +
                                         std::to_string(max_memory) + " bytes";
    const auto schema = *parse(kOneofs);
    const auto& message = *schema.find_message("t.Box");
    const auto read = [&](const value::StructType& type, void* out) {
      value::Arena arena;
      const auto reader =
          *MessageStructReader::make(schema, message, type, {.max_memory = max_memory});
      const auto fault = reader.read(bytes_of(bytes), arena, out);
      return fault ? std::string(to_string(fault->kind)) + " " + fault->path + " " + fault->message
                   : "";
    };
    Box box;
    LateBox late;
    EXPECT_EQ(read(value::struct_type<Box>(), &box), wanted);
    EXPECT_EQ(read(value::struct_type<LateBox>(), &late), wanted);
  }
}

TEST(MessageStruct, MissesARequiredSymbol) {
  for (const auto* hex : {"0863", "0800"}) {
    const auto [straight, viewed] =
        both_ways<Leaf>("t.Required", unhex(hex), {.check_required = true});
    EXPECT_EQ(straight, viewed) << hex;
  }
}

// ---- Beside views, and beside libprotobuf ----

/// Both ways to read, each with a struct of its own that is used again and again.
class TwoWays {
 public:
  TwoWays(const Schema& schema, const Message& message, const value::StructType& type,
          const MessageReaderOptions& options)
      : straight_(MessageStructReader::make(schema, message, type, options)),
        views_(*MessageReader::make(schema, message, options)),
        straight_writer_(MessageStructWriter::make(schema, message, type)),
        view_writer_(*MessageWriter::make(schema, message)),
        type_(type),
        printer_(type) {}

  bool can_read() const { return straight_.has_value() && straight_writer_.has_value(); }

  /// What both say, in words; "" and a failure when they differ. The struct as JSON, or the fault.
  std::string read(std::string_view bytes) {
    arena_.reset();
    const auto fault = straight_->read(bytes_of(bytes), arena_, straight_struct_.get());
    value::View view;
    auto wanted = views_.read(bytes_of(bytes), arena_, view);
    if (!wanted) {
      wanted = value::read_struct(view, type_, viewed_struct_.get(), arena_);
      if (wanted) wanted->path.insert(0, views_.message().name + ".");
    }
    EXPECT_EQ(said(fault), said(wanted)) << to_hex(bytes);
    if (fault || wanted) {
      // What a struct holds after a fault is not said.
      straight_struct_ = RandomStructs::make();
      viewed_struct_ = RandomStructs::make();
      return said(fault);
    }
    auto text = print(straight_struct_.get());
    EXPECT_EQ(text, print(viewed_struct_.get())) << to_hex(bytes);
    write();
    return text;
  }

 private:
  // What was read, written both ways.
  void write() {
    std::string written = "x";
    const auto fault = straight_writer_->append(straight_struct_.get(), arena_, written);
    std::string wanted = "x";
    value::View view;
    ASSERT_FALSE(printer_.view(straight_struct_.get(), arena_, view));
    EXPECT_EQ(said(fault), said(view_writer_.append(view, wanted)));
    EXPECT_EQ(to_hex(written), to_hex(wanted));
  }
  std::string print(const void* object) {
    value::View view;
    const auto fault = printer_.view(object, arena_, view);
    if (fault) return describe(*fault);
    std::string out;
    EXPECT_FALSE(value::append_json(view, out));
    return out;
  }

  Result<MessageStructReader> straight_;
  MessageReader views_;
  Result<MessageStructWriter> straight_writer_;
  MessageWriter view_writer_;
  const value::StructType& type_;
  value::StructViews printer_;
  value::Arena arena_;
  std::unique_ptr<testing::Bag<0>> straight_struct_ = RandomStructs::make();
  std::unique_ptr<testing::Bag<0>> viewed_struct_ = RandomStructs::make();
};

std::size_t seeds() {
  const auto* wanted = std::getenv("LIMPET_PAIRS");
  return wanted == nullptr ? 20 : std::strtoull(wanted, nullptr, 10);
}

TEST(MessageStruct, ReadsWhatViewsRead) {
  std::size_t good = 0;
  std::size_t bad = 0;
  for (std::uint64_t seed = 0; seed < seeds(); ++seed) {
    RandomSchema random(seed);
    const auto text = random.text();
    const auto schema = *parse(text);
    const RandomStructs structs(random, schema,
                                seed % 2 == 0 ? testing::Binding::Any : testing::Binding::Exact);
    const MessageReaderOptions options{.utf8 = static_cast<value::Utf8Policy>(random.pick(3)),
                                       .check_required = random.chance(2)};
    for (const auto* type : schema.messages()) {
      if (type->map_entry) continue;
      SCOPED_TRACE("seed " + std::to_string(seed) + " " + type->full_name + "\n" + text);
      TwoWays ways(schema, *type, structs.type_of(*type), options);
      if (!ways.can_read()) continue;
      Oracle oracle(schema, *type);
      std::string before;
      for (int i = 0; i < 4; ++i) {
        auto bytes = oracle.random(random)->SerializePartialAsString();
        if (random.chance(3)) bytes = before + bytes;  // merged
        before = bytes;
        const auto said = ways.read(bytes);
        (said.starts_with("{") ? good : bad) += 1;
        for (std::size_t cut = 0; cut < bytes.size(); cut += 1 + bytes.size() / 16) {
          ways.read(std::string_view(bytes).substr(0, cut));
        }
        for (int k = 0; k < 10 && !bytes.empty(); ++k) {
          auto flipped = bytes;
          flipped[random.pick(flipped.size())] ^= static_cast<char>(1U << random.pick(8));
          ways.read(flipped);
        }
        if (::testing::Test::HasFailure()) return;
      }
    }
  }
  EXPECT_GT(good, seeds());
  EXPECT_GT(bad, seeds() / 10);
}

// Structs that lose nothing: read and written again they say what libprotobuf read.
TEST(MessageStruct, LosesNothing) {
  std::size_t good = 0;
  for (std::uint64_t seed = 0; seed < seeds(); ++seed) {
    RandomSchema random(seed);
    const auto text = random.text();
    const auto schema = *parse(text);
    const RandomStructs structs(random, schema, testing::Binding::Exact);
    for (const auto* type : schema.messages()) {
      if (type->map_entry) continue;
      SCOPED_TRACE("seed " + std::to_string(seed) + " " + type->full_name + "\n" + text);
      const auto& struct_type = structs.type_of(*type);
      const auto reader = *MessageStructReader::make(schema, *type, struct_type);
      const auto writer = *MessageStructWriter::make(schema, *type, struct_type);
      const auto views = *MessageReader::make(schema, *type);
      Oracle oracle(schema, *type);
      auto object = RandomStructs::make();
      for (int i = 0; i < 8; ++i) {
        const auto message = oracle.random(random);
        const auto bytes = message->SerializePartialAsString();
        value::Arena arena;
        const auto fault = reader.read(bytes_of(bytes), arena, object.get());
        if (fault) {
          // Of numbers that an enum lacks there is no symbol.
          EXPECT_EQ(fault->kind, FaultKind::TypeMismatch) << describe(*fault);
          continue;
        }
        std::string written;
        const auto problem = writer.append(object.get(), arena, written);
        ASSERT_FALSE(problem) << describe(*problem);
        value::View view;
        ASSERT_FALSE(views.read(bytes_of(bytes), arena, view));
        EXPECT_EQ(testing::difference(*message, view), "");
        const auto back = oracle.read(written);
        ASSERT_TRUE(back);
        EXPECT_EQ(testing::difference(*back, view), "") << to_hex(bytes);
        ++good;
        if (::testing::Test::HasFailure()) return;
      }
    }
  }
  EXPECT_GT(good, seeds() * 4);
}

}  // namespace
}  // namespace limpet::protobuf
