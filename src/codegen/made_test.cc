// What is made compiles, binds, reads and writes. The bytes of `every` are fastavro's.
#include "every.h"
#include "nullable.h"
#include "order_json.h"
#include "order_proto.h"
#include "user.h"
#include "user_views.h"

#include "limpet/avro/schema.h"
#include "limpet/avro/struct_reader.h"
#include "limpet/base/hex.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace limpet {
namespace {

std::vector<std::byte> bytes_of(std::string_view hex) {
  std::vector<std::byte> out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<std::byte>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

template <class T>
std::string written(const T& value) {
  codec::ByteBuffer out;
  avro::ExactWriter writer(out);
  avro::Exact<T>::write(writer, value);
  std::string hex;
  for (const std::byte byte : out.bytes()) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex += kDigits[std::to_integer<unsigned>(byte) >> 4U];
    hex += kDigits[std::to_integer<unsigned>(byte) & 15U];
  }
  return hex;
}

template <class T>
bool read(std::string_view hex, T& to) {
  const auto bytes = bytes_of(hex);
  avro::ExactReader in(bytes);
  return avro::Exact<T>::read(in, to) && in.left() == 0;
}

constexpr std::string_view kTutorial = "104a6f686e20446f650c12736f6d657468696e67";

TEST(Made, TheTutorialsRecord) {
  my::namespace_::User user;
  ASSERT_TRUE(read(kTutorial, user));
  EXPECT_EQ(user, (my::namespace_::User{"John Doe", 6, "something"}));
  EXPECT_EQ(written(user), kTutorial);
  EXPECT_EQ(value::struct_type<my::namespace_::User>().name(), "my.namespace.User");
}

TEST(Made, ViewsPointIntoThePayload) {
  const auto bytes = bytes_of(kTutorial);
  made_views::User user;
  avro::ExactReader in(bytes);
  ASSERT_TRUE(avro::Exact<made_views::User>::read(in, user));
  EXPECT_EQ(user.subject, "something");
  EXPECT_EQ(static_cast<const void*>(user.name.data()), bytes.data() + 1);
}

TEST(Made, EveryTruncationIsSeen) {
  for (std::size_t end = 0; end < kTutorial.size(); end += 2) {
    my::namespace_::User user;
    EXPECT_FALSE(read(kTutorial.substr(0, end), user)) << end;
  }
}

TEST(Made, TheSchemaIsWhatItWasMadeFrom) {
  const auto schema = avro::parse(avro::Exact<my::namespace_::User>::kSchema);
  ASSERT_TRUE(schema);
  EXPECT_EQ(schema->root().name.full, "my.namespace.User");
}

test::made::Every every() {
  test::made::Every out;
  out.yes = true;
  out.small = -65;
  out.class_ = 1LL << 35;
  out.ratio = 1.5F;
  out.exact = -2.25;
  out.text = "é€";
  out.blob = bytes_of("00ff10");
  out.tag = {std::byte{0xde}, std::byte{0xad}, std::byte{0xbe}, std::byte{0xef}};
  out.colour = test::made::Colour::register_;
  out.list = {1, 2, 3};
  out.table["a"] = {std::nullopt, "x"};
  out.maybe = "m";
  out.maybe_last = 6;
  out.either.emplace<3>().x = 7;
  out.inner.x = -1;
  out.born = 18262;
  out.price = bytes_of("3039");
  return out;
}

// fastavro.schemaless_writer of the same values, `next` null and `children` empty.
constexpr std::string_view kEvery =
    "01"
    "8101"
    "808080808002"
    "0000c03f"
    "00000000000002c0"
    "0ac3a9e282ac"
    "0600ff10"
    "deadbeef"
    "04"
    "0602040600"
    "02026104000202780000"
    "02026d"
    "000c"
    "060e"
    "01"
    "00"
    "00"
    "ac9d02"
    "043039";

TEST(Made, EveryKindOfType) {
  test::made::Every out;
  ASSERT_TRUE(read(kEvery, out));
  EXPECT_EQ(written(out), kEvery);
  EXPECT_EQ(written(every()), kEvery);
  EXPECT_EQ(out.class_, 1LL << 35);
  EXPECT_EQ(out.colour, test::made::Colour::register_);
  EXPECT_EQ(std::get<3>(out.either).x, 7);
  EXPECT_EQ(out.table.at("a").at(1), "x");
}

TEST(Made, ARecordWithinItself) {
  test::made::Every outer = every();
  outer.next = std::make_unique<test::made::Every>(every());
  outer.children.push_back(every());
  const std::string hex = written(outer);
  test::made::Every back;
  ASSERT_TRUE(read(hex, back));
  ASSERT_NE(back.next, nullptr);
  EXPECT_EQ(back.next->text, "é€");
  EXPECT_EQ(back.children.at(0).small, -65);
  EXPECT_EQ(written(back), hex);
}

TEST(Made, DepthIsBounded) {
  test::made::Every outer = every();
  for (int i = 0; i < 70; ++i) {
    test::made::Every around = every();
    around.next = std::make_unique<test::made::Every>(std::move(outer));
    outer = std::move(around);
  }
  test::made::Every back;
  EXPECT_FALSE(read(written(outer), back));
}

TEST(Made, HugeCountsOfNothingAreRefused) {
  // A block of 2^62 items, and nothing follows.
  const auto bytes = bytes_of("feffffffffffffff7f");
  avro::ExactReader in(bytes);
  EXPECT_FALSE(in.blocks([] { return true; }));
}

TEST(Made, ItemsOfNothingAreCountedOverAllBlocks) {
  const auto items_of = [](std::string_view hex) {
    const auto bytes = bytes_of(std::string(hex));
    avro::ExactReader in(bytes);
    std::int64_t items = 0;
    const bool read = in.blocks([&items] { return ++items <= 1'000'000; });
    return std::pair(read, items);
  };
  // 100 items and then 2^63 - 1: together more than any number holds.
  EXPECT_EQ(items_of("c801feffffffffffffffff01"), std::pair(false, std::int64_t{100}));
  // Blocks of no more items than bytes are left, but for the last ones.
  std::string many;
  for (int i = 0; i < 500; ++i) many += "64";  // 50 items each
  const auto [read, items] = items_of(many + "00");
  EXPECT_FALSE(read);
  EXPECT_LE(items, 10'001);
  std::string few;
  for (int i = 0; i < 200; ++i) few += "64";
  EXPECT_EQ(items_of(few + "00"), std::pair(true, std::int64_t{10'000}));
}

TEST(Made, ABlockLargerThanWhatIsLeftIsRefused) {
  // One item in a block that says 1,000 bytes; the item, the end.
  const auto bytes = bytes_of("01d00f0200");
  avro::ExactReader in(bytes);
  std::int32_t item = 0;
  EXPECT_FALSE(in.blocks([&] { return in.read(item); }));
}

// Unions of null are read in place away from the end; the plan's reader says what is right.
TEST(Made, NullableFieldsAsThePlanReadsThem) {
  // fastavro.schemaless_writer of every field's value, and the same with null first and last.
  const auto all = bytes_of(
      "020102ff880f02808080808002020000c03f0200000000000002c0"
      "02187477656c76652063686172730206"
      "00ff1006000100ff880f00808080808002000000c03f0000000000000002c0"
      "000a73686f7274000600ff10");
  const auto plan = avro::TypedReader<test::made::Nullable>::make(
      *avro::parse(avro::Exact<test::made::Nullable>::kSchema));
  ASSERT_TRUE(plan);
  const auto agree = [&plan](std::vector<std::byte> payload) {
    value::Arena arena;
    test::made::Nullable expected;
    test::made::Nullable found;
    std::size_t consumed = 0;
    const auto fault = plan->read(payload, arena, expected, &consumed);
    avro::ExactReader in(payload);
    ASSERT_EQ(avro::Exact<test::made::Nullable>::read(in, found), !fault);
    if (fault) return;
    EXPECT_EQ(written(found), written(expected));  // NaN is not itself
    EXPECT_EQ(in.left(), payload.size() - consumed);
  };
  test::made::Nullable whole;
  avro::ExactReader in(all);
  ASSERT_TRUE(avro::Exact<test::made::Nullable>::read(in, whole));
  EXPECT_EQ(in.left(), 0U);
  EXPECT_EQ(whole.text, "twelve chars");
  EXPECT_EQ(whole.blob_last, bytes_of("00ff10"));
  EXPECT_EQ(bytes_of(written(whole)), all);
  for (std::size_t end = 0; end <= all.size(); ++end) {
    SCOPED_TRACE(end);
    agree({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(end)});
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const int byte : {0x00, 0x01, 0x02, 0x03, 0x04, 0x7F, 0x80, 0x82, 0xC3, 0xFF}) {
      SCOPED_TRACE(std::to_string(i) + " is " + std::to_string(byte));
      auto changed = all;
      changed[i] = static_cast<std::byte>(byte);
      agree(std::move(changed));
    }
  }
}

TEST(Made, ProtobufBinds) {
  const auto& order = value::struct_type<shop::v1::Order>();
  EXPECT_EQ(order.name(), "shop.v1.Order");
  EXPECT_EQ(value::describe(order.fields()[*order.find("lines")].type()),
            "std::vector<struct shop.v1.Order.Line>");
  EXPECT_EQ(value::describe(order.fields()[*order.find("weights")].type()),
            "map<std::string, double>");
  EXPECT_EQ(value::describe(order.fields()[*order.find("notes")].type()),
            "std::vector<struct shop.v1.Order.NotesEntry>");
  EXPECT_EQ(value::describe(order.fields()[*order.find("rank")].type()),
            "std::optional<std::int32_t>");
  EXPECT_EQ(static_cast<int>(shop::v1::Status::STATUS_PAID), 4);
  EXPECT_EQ(order.fields()[*order.find("parent")].type().kind, value::TargetKind::Optional);
}

TEST(Made, JsonSchemaBinds) {
  const auto& order = value::struct_type<Order>();
  EXPECT_EQ(value::describe(order.fields()[*order.find("id")].type()), "std::string");
  EXPECT_EQ(value::describe(order.fields()[*order.find("total")].type()), "std::optional<double>");
  EXPECT_TRUE(order.fields()[*order.find("paid")].may_be_absent);
  EXPECT_EQ(value::describe(order.fields()[*order.find("lines")].type()),
            "std::vector<struct line>");
  EXPECT_EQ(static_cast<int>(Order_state::sent_off), 1);
}

}  // namespace
}  // namespace limpet
