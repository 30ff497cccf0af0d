#include "limpet/storage/keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace limpet::storage {
namespace {

TEST(Key, HeaderExample) {
  const Key key("orders", "order-value", 7);
  EXPECT_EQ(key.text(), "orders!order-value!00000000000000000007");
  EXPECT_EQ(prefix_range(key).from, "orders!order-value!00000000000000000007!");
  EXPECT_EQ(prefix_range(key).to, "orders!order-value!00000000000000000007\"");
}

struct KeyRow {
  std::string name;
  Key key;
  std::string text;
};

class KeyTest : public testing::TestWithParam<KeyRow> {};

TEST_P(KeyTest, IsReadable) { EXPECT_EQ(GetParam().key.text(), GetParam().text); }

INSTANTIATE_TEST_SUITE_P(
    Keys, KeyTest,
    testing::Values(
        KeyRow{"NameBytesStayAsTheyAre", {"aZ09-_$#."}, "aZ09-_$#."},
        KeyRow{"Separator", {"a!b"}, "a\"21b"}, KeyRow{"Escape", {"a\"b"}, "a\"22b"},
        KeyRow{"Space", {"a b"}, "a\"20b"}, KeyRow{"Nul", {std::string("a\0", 2)}, "a\"00"},
        KeyRow{"EmptyComponent", {"a", "", "b"}, "a!!b"}, KeyRow{"Unicode", {"größe"}, "größe"},
        KeyRow{"LargestNumber", {UINT64_MAX}, "18446744073709551615"},
        KeyRow{"Zero", {0}, "00000000000000000000"},
        KeyRow{"Joined", Key("a").add(Key("b", 1)).add(Key()), "a!b!00000000000000000001"},
        KeyRow{"Scope",
               scope_key({.partition = "aws", .account = "123456789012", .region = "us-east-1"}),
               "aws!123456789012!us-east-1"}),
    [](const auto& row) { return row.param.name; });

// Properties over seeded random components, most of them from the bytes where mistakes would be.
class RandomKeys : public testing::Test {
 protected:
  std::string component() {
    static constexpr std::string_view kAwkward("\x00\x01\x1F !\"#$%-.09AZ_az\x7F\x80\xFF", 22);
    std::string text;
    for (auto n = random_() % 5; n > 0; --n) {
      text += random_() % 4 == 0 ? static_cast<char>(random_() % 256)
                                 : kAwkward[random_() % kAwkward.size()];
    }
    return text;
  }
  std::vector<std::string> components() {
    std::vector<std::string> parts(1 + random_() % 3);
    for (auto& part : parts) part = component();
    return parts;
  }
  static Key key_of(const std::vector<std::string>& parts) {
    Key key;
    for (const auto& part : parts) key.add(part);
    return key;
  }
  std::mt19937 random_{20240229};  // NOLINT: the same keys every time
};

TEST_F(RandomKeys, SplitIsTheInverseOfJoin) {
  for (int i = 0; i < 20'000; ++i) {
    const auto parts = components();
    const auto back = split_key(key_of(parts).text());
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, parts);
    EXPECT_EQ(Key::parse(key_of(parts).text())->text(), key_of(parts).text());
  }
}

TEST_F(RandomKeys, OrderIsTheOrderOfTheComponents) {
  for (int i = 0; i < 50'000; ++i) {
    const auto a = components();
    const auto b = components();
    EXPECT_EQ(key_of(a).text() < key_of(b).text(), a < b);
    EXPECT_EQ(key_of(a) == key_of(b), a == b);
  }
}

TEST_F(RandomKeys, APrefixRangeHoldsExactlyTheLongerKeys) {
  for (int i = 0; i < 50'000; ++i) {
    const auto prefix = components();
    auto parts = random_() % 2 == 0 ? components() : prefix;
    if (random_() % 2 == 0) parts.push_back(component());
    const bool longer =
        parts.size() > prefix.size() && std::equal(prefix.begin(), prefix.end(), parts.begin());
    const auto range = prefix_range(key_of(prefix));
    const auto text = key_of(parts).text();
    EXPECT_EQ(range.from <= text && text < range.to, longer);
  }
}

TEST(Key, NumbersSortByValue) {
  EXPECT_LT(Key(9), Key(10));
  EXPECT_LT(Key(10), Key(UINT64_MAX));
}

TEST(Key, AnEmptyPrefixCoversEverything) {
  EXPECT_EQ(prefix_range(Key()).from, "");
  EXPECT_EQ(prefix_range(Key()).to, "");
}

TEST(Key, KeyAfterIsTheNextKey) {
  EXPECT_GT(key_after("a"), "a");
  EXPECT_LT(key_after("a"), "a!");
}

TEST(Key, RefusesWhatNoKeyLooksLike) {
  for (const std::string text : {"a\"", "a\"2", "a\"2g", "a\"2a\"zz", "a\"41", "a b", "a\"ff"}) {
    EXPECT_EQ(code_of(split_key(text)), Code::InvalidInput) << text;
    EXPECT_EQ(code_of(Key::parse(text)), Code::InvalidInput) << text;
  }
}

}  // namespace
}  // namespace limpet::storage
