#include "testing/datum_text.h"

#include "limpet/avro/datum_reader.h"
#include "limpet/avro/struct_reader.h"
#include "limpet/avro/struct_writer.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace limpet::avro {
namespace {

using testing::bytes_of;
using testing::from_hex;
using testing::schema_of;
using testing::to_hex;
using testing::written;

struct User {
  std::string_view name;
  std::int32_t age = -1;
  std::string_view subject = "untouched";
};

enum class Color : std::uint8_t { Red = 7, Green = 9 };

struct Address {
  std::string street;
  std::optional<std::int32_t> number;
};
struct Everything {
  bool flag = false;
  std::int32_t small = 0;
  std::int64_t large = 0;
  float real = 0;
  double precise = 0;
  std::string text;
  std::vector<std::byte> bytes;
  std::array<std::byte, 2> fixed{};
  Color color = Color::Red;
  Address home;
  std::optional<Address> work;
  std::vector<Address> others;
  std::vector<std::int64_t> numbers;
  std::map<std::string, double> scores;
  std::unordered_map<std::string, Address> places;
  std::variant<std::monostate, std::int64_t, std::string, Address> note;
  std::optional<std::variant<std::string, double>> maybe;
};
struct Tree {
  std::int32_t v = 0;
  std::unique_ptr<Tree> next;
};
struct Forest {
  std::vector<Forest> trees;
};
template <class T>
struct One {
  T x{};
};

}  // namespace
}  // namespace limpet::avro

namespace limpet::value {
template <>
struct Binding<avro::User> {
  static constexpr auto type =
      record("my.namespace.User", field<"name">(&avro::User::name), field<"age">(&avro::User::age),
             field<"subject">(&avro::User::subject, kMayBeAbsent));
};
template <>
struct EnumBinding<avro::Color> {
  static constexpr auto symbols = value::symbols<avro::Color>({
      {"RED", avro::Color::Red},
      {"GREEN", avro::Color::Green},
  });
};
template <>
struct Binding<avro::Address> {
  static constexpr auto type = record("n.Address", field<"street">(&avro::Address::street),
                                      field<"number">(&avro::Address::number));
};
template <>
struct Binding<avro::Everything> {
  using E = avro::Everything;
  static constexpr auto type = record(
      "n.Everything", field<"flag">(&E::flag), field<"small">(&E::small), field<"large">(&E::large),
      field<"real">(&E::real), field<"precise">(&E::precise), field<"text">(&E::text),
      field<"bytes">(&E::bytes), field<"fixed">(&E::fixed), field<"color">(&E::color),
      field<"home">(&E::home), field<"work">(&E::work), field<"others">(&E::others),
      field<"numbers">(&E::numbers), field<"scores">(&E::scores), field<"places">(&E::places),
      field<"note">(&E::note), field<"maybe">(&E::maybe));
};
template <>
struct Binding<avro::Tree> {
  static constexpr auto type =
      record("L", field<"v">(&avro::Tree::v), field<"next">(&avro::Tree::next));
};
template <>
struct Binding<avro::Forest> {
  static constexpr auto type = record("F", field<"trees">(&avro::Forest::trees));
};
template <class T>
struct Binding<avro::One<T>> {
  static constexpr auto type = record("One", field<"x">(&avro::One<T>::x));
};
}  // namespace limpet::value

namespace limpet::avro {
namespace {

constexpr const char* kTutorial =
    R"({"type":"record","name":"User","namespace":"my.namespace","fields":[
        {"name":"name","type":"string"},{"name":"age","type":"int"},
        {"name":"subject","type":"string"}]})";
constexpr const char* kTutorialHex = "104a6f686e20446f650c12736f6d657468696e67";

TEST(Struct, ExampleOfTheHeaders) {
  const auto reader = TypedReader<User>::make(schema_of(kTutorial));
  ASSERT_TRUE(reader);
  const std::string payload = from_hex(kTutorialHex);
  value::Arena arena;
  User user;
  std::size_t consumed = 0;
  ASSERT_FALSE(reader->read(bytes_of(payload), arena, user, &consumed));
  EXPECT_EQ(user.name, "John Doe");
  EXPECT_EQ(user.name.data(), payload.data() + 1);
  EXPECT_EQ(user.age, 6);
  EXPECT_EQ(user.subject, "something");
  EXPECT_EQ(consumed, payload.size());
  EXPECT_EQ(arena.used(), 0U);

  const auto writer = TypedWriter<User>::make(schema_of(kTutorial));
  ASSERT_TRUE(writer);
  codec::ByteBuffer out;
  ASSERT_FALSE(writer->write(user, out));
  EXPECT_EQ(to_hex(out.text()), kTutorialHex);
}

constexpr const char* kEverything = R"({"type":"record","name":"Everything","namespace":"n",
  "fields":[
    {"name":"flag","type":"boolean"},{"name":"small","type":"int"},{"name":"large","type":"long"},
    {"name":"real","type":"float"},{"name":"precise","type":"double"},
    {"name":"text","type":"string"},{"name":"bytes","type":"bytes"},
    {"name":"fixed","type":{"type":"fixed","name":"F2","size":2}},
    {"name":"color","type":{"type":"enum","name":"Color","symbols":["BLUE","GREEN","RED"]}},
    {"name":"home","type":{"type":"record","name":"Address","fields":[
        {"name":"street","type":"string"},{"name":"number","type":["null","int"]}]}},
    {"name":"work","type":["null","Address"]},
    {"name":"others","type":{"type":"array","items":"Address"}},
    {"name":"numbers","type":{"type":"array","items":"long"}},
    {"name":"scores","type":{"type":"map","values":"double"}},
    {"name":"places","type":{"type":"map","values":"Address"}},
    {"name":"note","type":["null","long","string","Address"]},
    {"name":"maybe","type":["double","null","string"]}]})";
constexpr const char* kEverythingJson = R"({"flag":true,"small":-5,"large":1234567890123,
    "real":1.5,"precise":-2.25,"text":"é","bytes":"ÿ\u0000","fixed":"ab","color":"GREEN",
    "home":{"street":"a","number":7},"work":{"street":"b","number":null},
    "others":[{"street":"c","number":1},{"street":"d","number":null}],"numbers":[1,-1,300],
    "scores":{"x":0.5},"places":{"p":{"street":"e","number":2}},
    "note":{"street":"f","number":null},"maybe":"text"})";

TEST(Struct, EveryKindOfMember) {
  const Schema schema = schema_of(kEverything);
  const auto reader = TypedReader<Everything>::make(schema);
  ASSERT_TRUE(reader) << describe(reader.error());
  const std::string payload = from_hex(written(kEverything, kEverythingJson));
  ASSERT_FALSE(payload.empty());
  value::Arena arena;
  Everything all;
  for (int round = 0; round < 2; ++round) {  // a target is used again
    const auto fault = reader->read(bytes_of(payload), arena, all);
    ASSERT_FALSE(fault) << value::describe(*fault);
    EXPECT_TRUE(all.flag);
    EXPECT_EQ(all.small, -5);
    EXPECT_EQ(all.large, 1234567890123);
    EXPECT_EQ(all.real, 1.5F);
    EXPECT_EQ(all.precise, -2.25);
    EXPECT_EQ(all.text, "é");
    EXPECT_EQ(all.bytes, (std::vector<std::byte>{std::byte{0xFF}, std::byte{0}}));
    EXPECT_EQ(all.fixed, (std::array<std::byte, 2>{std::byte{'a'}, std::byte{'b'}}));
    EXPECT_EQ(all.color, Color::Green);
    EXPECT_EQ(all.home.street, "a");
    EXPECT_EQ(all.home.number, 7);
    ASSERT_TRUE(all.work);
    EXPECT_EQ(all.work->street, "b");
    EXPECT_FALSE(all.work->number);
    ASSERT_EQ(all.others.size(), 2U);
    EXPECT_EQ(all.others[1].street, "d");
    EXPECT_EQ(all.numbers, (std::vector<std::int64_t>{1, -1, 300}));
    EXPECT_EQ(all.scores, (std::map<std::string, double>{{"x", 0.5}}));
    ASSERT_EQ(all.places.size(), 1U);
    EXPECT_EQ(all.places["p"].number, 2);
    ASSERT_EQ(all.note.index(), 3U);
    EXPECT_EQ(std::get<3>(all.note).street, "f");
    ASSERT_TRUE(all.maybe);
    EXPECT_EQ(std::get<0>(*all.maybe), "text");
  }
  const auto writer = TypedWriter<Everything>::make(schema);
  ASSERT_TRUE(writer) << describe(writer.error());
  codec::ByteBuffer out;
  const auto fault = writer->write(all, out);
  ASSERT_FALSE(fault) << value::describe(*fault);
  EXPECT_EQ(to_hex(out.text()), to_hex(payload));

  all.work.reset();
  all.others.clear();
  all.note = std::int64_t{5};
  all.maybe.reset();
  out.clear();
  ASSERT_FALSE(writer->write(all, out));
  Everything again;
  ASSERT_FALSE(reader->read(out.bytes(), arena, again));
  EXPECT_FALSE(again.work);
  EXPECT_TRUE(again.others.empty());
  EXPECT_EQ(std::get<1>(again.note), 5);
  EXPECT_FALSE(again.maybe);
}

TEST(Struct, CutAnywhereItIsRefusedAndTheTargetStaysGood) {
  const Schema schema = schema_of(kEverything);
  const auto reader = TypedReader<Everything>::make(schema);
  const auto views = DatumReader::make(schema);
  ASSERT_TRUE(reader && views);
  const std::string payload = from_hex(written(kEverything, kEverythingJson));
  value::Arena arena;
  Everything all;
  for (std::size_t size = 0; size < payload.size(); ++size) {
    const std::string cut = payload.substr(0, size);
    const auto fault = reader->read(bytes_of(cut), arena, all);
    ASSERT_TRUE(fault) << size;
    EXPECT_EQ(fault->kind, value::FaultKind::Truncated);
    value::View view;
    const auto same = views->read(bytes_of(cut), arena, view);
    ASSERT_TRUE(same);
    EXPECT_EQ(value::describe(*fault), value::describe(*same)) << size;
  }
  ASSERT_FALSE(reader->read(bytes_of(payload), arena, all));
}

TEST(Struct, AListOfItself) {
  constexpr const char* kList = R"({"type":"record","name":"L","fields":[
      {"name":"v","type":"int"},{"name":"next","type":["null","L"]}]})";
  const auto reader = TypedReader<Tree>::make(schema_of(kList));
  const auto writer = TypedWriter<Tree>::make(schema_of(kList));
  ASSERT_TRUE(reader && writer);
  value::Arena arena;
  Tree tree;
  ASSERT_FALSE(reader->read(bytes_of(from_hex("02020400")), arena, tree));
  EXPECT_EQ(tree.v, 1);
  ASSERT_TRUE(tree.next);
  EXPECT_EQ(tree.next->v, 2);
  EXPECT_FALSE(tree.next->next);
  codec::ByteBuffer out;
  ASSERT_FALSE(writer->write(tree, out));
  EXPECT_EQ(to_hex(out.text()), "02020400");

  std::string deep;
  for (int i = 0; i < 2000; ++i) deep += "\x02\x02";
  const auto fault = reader->read(bytes_of(deep), arena, tree);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, value::FaultKind::TooDeep);
  tree.next.reset();
  Tree* last = &tree;
  for (int i = 0; i < 2000; ++i) last = (last->next = std::make_unique<Tree>()).get();
  out.clear();
  const auto refused = writer->write(tree, out);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->kind, value::FaultKind::TooDeep);
  EXPECT_TRUE(out.empty());
  while (tree.next) tree.next = std::move(tree.next->next);  // not by recursion
}

TEST(Struct, OwnedMemoryIsBoundedByTheArena) {
  constexpr const char* kForest = R"({"type":"record","name":"F","fields":[
      {"name":"trees","type":{"type":"array","items":"F"}}]})";
  const auto reader = TypedReader<Forest>::make(schema_of(kForest));
  ASSERT_TRUE(reader);
  std::string payload = "\xD0\x0F";  // 1,000 items
  payload.append(1001, '\0');
  value::Arena arena(1000 * sizeof(Forest));
  Forest forest;
  ASSERT_FALSE(reader->read(bytes_of(payload), arena, forest));
  EXPECT_EQ(forest.trees.size(), 1000U);
  value::Arena small(999 * sizeof(Forest));
  const auto fault = reader->read(bytes_of(payload), small, forest);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, value::FaultKind::TooLarge);
}

TEST(Struct, ThroughAReadersSchema) {
  const Schema writer = schema_of(
      R"({"type":"record","name":"User","fields":[{"name":"years","type":"int"},
          {"name":"gone","type":{"type":"array","items":"string"}},
          {"name":"full","type":"bytes"}]})");
  const Schema reader_schema = schema_of(
      R"({"type":"record","name":"User","fields":[
          {"name":"name","type":"string","aliases":["full"]},
          {"name":"age","type":"int","aliases":["years"]},
          {"name":"subject","type":"string","default":"none"}]})");
  const auto reader = TypedReader<User>::make(writer, {.reader = &reader_schema});
  ASSERT_TRUE(reader) << describe(reader.error());
  value::Arena arena;
  User user;
  const std::string payload = from_hex(
      "48"
      "02"
      "0278"
      "00"
      "0441"
      "64");  // `user` points into it
  ASSERT_FALSE(reader->read(bytes_of(payload), arena, user));
  EXPECT_EQ(user.name, "Ad");
  EXPECT_EQ(user.age, 36);
  EXPECT_EQ(user.subject, "none");
}

TEST(Struct, AMemberThatMayBeAbsentIsNotTouched) {
  const auto reader = TypedReader<User>::make(schema_of(
      R"({"type":"record","name":"User","fields":[{"name":"age","type":"int"},
          {"name":"name","type":"string"}]})"));
  ASSERT_TRUE(reader);
  value::Arena arena;
  User user;
  ASSERT_FALSE(reader->read(bytes_of(from_hex("0c0278")), arena, user));
  EXPECT_EQ(user.subject, "untouched");
}

// ---- what fits ----

std::string one_field(std::string_view type) {
  return R"({"type":"record","name":"One","fields":[{"name":"x","type":)" + std::string(type) +
         "}]}";
}

template <class T>
std::string read_refused(std::string_view type) {
  const auto reader = TypedReader<One<T>>::make(schema_of(one_field(type)));
  return reader ? "" : describe(reader.error());
}
template <class T>
std::string write_refused(std::string_view type) {
  const auto writer = TypedWriter<One<T>>::make(schema_of(one_field(type)));
  return writer ? "" : describe(writer.error());
}

TEST(Struct, MembersThatCannotHoldTheType) {
  EXPECT_EQ(read_refused<std::int32_t>(R"("long")"),
            "field \"One.x\": the schema has long, which std::int32_t cannot hold (std::int64_t "
            "can) (at x)");
  EXPECT_EQ(read_refused<std::uint32_t>(R"("int")"),
            "field \"One.x\": the schema has int, which std::uint32_t cannot hold (it may be "
            "negative) (at x)");
  EXPECT_EQ(read_refused<std::string>(R"(["null","string"])"),
            "field \"One.x\": the schema has union [null, string], which std::string cannot hold "
            "(its branch null) (at x)");
  EXPECT_EQ(read_refused<std::vector<std::int32_t>>(R"({"type":"array","items":"string"})"),
            "field \"One.x[]\": the schema has string, which std::int32_t cannot hold (at x[])");
  EXPECT_NE(read_refused<float>(R"("double")"), "");
  EXPECT_NE(read_refused<float>(R"("int")"), "");
  EXPECT_NE(read_refused<std::string>(R"("bytes")"), "");
  EXPECT_NE((read_refused<std::array<std::byte, 2>>(R"({"type":"fixed","name":"F","size":3})")),
            "");
  EXPECT_NE((read_refused<std::variant<std::monostate, std::string>>(R"(["null","int"])")), "");
  EXPECT_EQ(read_refused<std::int64_t>(R"("int")"), "");
  EXPECT_EQ(read_refused<double>(R"("int")"), "");
  EXPECT_EQ(read_refused<double>(R"("float")"), "");
  EXPECT_EQ(read_refused<std::optional<double>>(R"("float")"), "");
  EXPECT_EQ(read_refused<std::int64_t>(R"(["int","long"])"), "");
  EXPECT_EQ(code_of(TypedReader<User>::make(schema_of(R"("int")"))), Code::InvalidInput);
  const auto lacking = TypedReader<User>::make(
      schema_of(R"({"type":"record","name":"User","fields":[{"name":"name","type":"string"}]})"));
  ASSERT_FALSE(lacking);
  EXPECT_EQ(describe(lacking.error()),
            "field \"User.age\": record User has no such field, and the member std::int32_t needs "
            "one (at age)");
}

TEST(Struct, TypesThatCannotTakeTheMember) {
  EXPECT_EQ(write_refused<std::string>(R"("int")"),
            "field \"One.x\": the schema has int, which cannot hold std::string (at x)");
  EXPECT_NE((write_refused<std::variant<std::int32_t, std::string>>(R"(["null","int"])")), "");
  EXPECT_NE(write_refused<double>(R"("int")"), "");
  EXPECT_EQ(write_refused<std::int64_t>(R"("int")"), "");
  const auto no_member = TypedWriter<One<std::int32_t>>::make(schema_of(
      R"({"type":"record","name":"One","fields":[{"name":"x","type":"int"},
          {"name":"y","type":"long","default":-1}]})"));
  ASSERT_FALSE(no_member);
  EXPECT_EQ(describe(no_member.error()),
            "field \"One.y\": the schema has long, and the struct has no member for it (at y)");
  const auto filled = TypedWriter<One<std::int32_t>>::make(
      schema_of(R"({"type":"record","name":"One","fields":[{"name":"x","type":"int"},
          {"name":"y","type":"long","default":-1}]})"),
      {.missing = MissingFields::FillDefaults});
  ASSERT_TRUE(filled);
  codec::ByteBuffer out;
  ASSERT_FALSE(filled->write({5}, out));
  EXPECT_EQ(to_hex(out.text()), "0a01");
  const auto no_field = TypedWriter<One<std::int32_t>>::make(
      schema_of(R"({"type":"record","name":"One","fields":[]})"));
  ASSERT_FALSE(no_field);
  EXPECT_EQ(describe(no_field.error()),
            "field \"One.x\": record One has no such field for the member std::int32_t (at x)");
  EXPECT_TRUE(TypedWriter<One<std::int32_t>>::make(
      schema_of(R"({"type":"record","name":"One","fields":[]})"),
      {.unknown = UnknownFields::Ignore}));
}

template <class T>
std::string write_one(std::string_view type, T value, const WriteOptions& options = {}) {
  const auto writer = TypedWriter<One<T>>::make(schema_of(one_field(type)), options);
  if (!writer) return "make: " + describe(writer.error());
  codec::ByteBuffer out;
  out.append("!");
  One<T> one{std::move(value)};
  if (const auto fault = writer->write(one, out)) {
    EXPECT_EQ(out.text(), "!");
    return std::string(value::to_string(fault->kind)) + ": " + value::describe(*fault);
  }
  return to_hex(out.text().substr(1));
}

TEST(Struct, ValuesThatTheTypeCannotTake) {
  EXPECT_EQ(write_one<std::int64_t>(R"("int")", 2147483648),
            "out of range: byte 0, field \"One.x\": expected int, found the number 2147483648");
  EXPECT_EQ(write_one<std::int64_t>(R"("int")", -2147483648), "ffffffff0f");
  EXPECT_EQ(write_one<std::uint64_t>(R"("long")", 1ULL << 63),
            "out of range: byte 0, field \"One.x\": expected long, found the number "
            "9223372036854775808");
  EXPECT_EQ(write_one<std::uint32_t>(R"("long")", 0xFFFFFFFF), "feffffff1f");
  EXPECT_EQ(write_one<std::optional<std::int32_t>>(R"("int")", std::nullopt),
            "type mismatch: field \"One.x\": expected int, found an empty optional");
  EXPECT_EQ(write_one<std::optional<std::int32_t>>(R"(["int","null"])", std::nullopt), "02");
  EXPECT_EQ(write_one<std::optional<std::int32_t>>(R"(["int","null"])", 5), "000a");
  EXPECT_EQ(write_one<std::string>(R"({"type":"enum","name":"E","symbols":["A"]})", "B"),
            "type mismatch: field \"One.x\": expected enum E, found \"B\", which is no symbol of "
            "it");
  EXPECT_EQ(write_one<Color>(R"({"type":"enum","name":"E","symbols":["RED"]})", Color::Green),
            "type mismatch: field \"One.x\": expected enum E, found the value 9 of the program's "
            "enum");
  EXPECT_EQ(write_one<std::string>(R"("string")", "a\xFF"),
            "invalid UTF-8: byte 0, field \"One.x\": expected a string in UTF-8, found 2 other "
            "bytes");
  EXPECT_EQ(write_one<std::string>(R"("string")", "a\xFF", {.utf8 = value::Utf8Policy::Replace}),
            "0861efbfbd");
  EXPECT_EQ(write_one<std::vector<std::byte>>(
                R"({"type":"fixed","name":"F","size":4,"logicalType":"decimal","precision":3})",
                {std::byte{0xFE}}),
            "fffffffe");
  EXPECT_EQ(
      write_one<std::vector<std::byte>>(R"({"type":"bytes","logicalType":"decimal","precision":3})",
                                        {std::byte{0x03}, std::byte{0xE8}}),
      "out of range: byte 0, field \"One.x\": expected a decimal of at most 3 digits, found "
      "more");
  EXPECT_EQ(
      write_one<std::vector<std::byte>>(R"({"type":"bytes","logicalType":"decimal","precision":3})",
                                        {std::byte{0xFC}, std::byte{0x19}}),
      "04fc19");  // -999
  const std::string longer(100, 'x');
  EXPECT_EQ(write_one<std::vector<std::string>>(R"({"type":"array","items":"string"})",
                                                std::vector<std::string>(40, longer))
                .size(),
            2U * (1 + 40 * 102 + 1));
}

TEST(Struct, BranchesAndSymbolsThatOnlyTheWriterHas) {
  const auto reader = TypedReader<One<Color>>::make(
      schema_of(one_field(R"({"type":"enum","name":"E","symbols":["BLUE","RED"]})")));
  ASSERT_TRUE(reader);
  value::Arena arena;
  One<Color> one;
  ASSERT_FALSE(reader->read(bytes_of(std::string_view("\x02", 1)), arena, one));
  EXPECT_EQ(one.x, Color::Red);
  const auto fault = reader->read(bytes_of(std::string_view("\0", 1)), arena, one);
  ASSERT_TRUE(fault);
  EXPECT_EQ(value::describe(*fault),
            "field \"One.x\": expected a symbol that the program's enum has, found BLUE");

  const Schema writer = schema_of(one_field(R"(["null","int"])"));
  const Schema newer = schema_of(one_field(R"("int")"));
  const auto narrowed = TypedReader<One<std::int32_t>>::make(writer, {.reader = &newer});
  ASSERT_TRUE(narrowed) << describe(narrowed.error());
  One<std::int32_t> number;
  ASSERT_FALSE(narrowed->read(bytes_of(std::string_view("\x02\x0a", 2)), arena, number));
  EXPECT_EQ(number.x, 5);
  const auto null = narrowed->read(bytes_of(std::string_view("\0", 1)), arena, number);
  ASSERT_TRUE(null);
  EXPECT_EQ(null->kind, value::FaultKind::TypeMismatch);
}

}  // namespace
}  // namespace limpet::avro
