#include "limpet/base/headers.h"

#include <gtest/gtest.h>

#include <vector>

namespace limpet {
namespace {

TEST(Headers, NamesHaveNoCase) {
  const Headers headers{{"X-Amz-Date", "1"}, {"x-amz-date", "2"}};
  EXPECT_EQ(headers.find("x-AMZ-date"), "1");
  EXPECT_FALSE(headers.find("x-amz"));
  EXPECT_FALSE(headers.find("x-amz-dates"));
  EXPECT_TRUE(equal_ignoring_case("aZ[", "Az["));
  EXPECT_FALSE(equal_ignoring_case("[", "{"));
  EXPECT_FALSE(equal_ignoring_case("a", "ab"));
}

TEST(Headers, KeepOrderAndRepetition) {
  Headers headers;
  headers.add("a", "1");
  headers.add("", "");
  headers.add("A", "");
  const std::vector<Header> seen(headers.begin(), headers.end());
  EXPECT_EQ(seen, (std::vector<Header>{{"a", "1"}, {"", ""}, {"A", ""}}));
  EXPECT_EQ(headers.size(), 3U);
  EXPECT_EQ(headers.find(""), "");
}

TEST(Headers, SetReplacesAllOfAName) {
  Headers headers{{"a", "1"}, {"b", "2"}, {"A", "3"}};
  headers.set("a", "4");
  EXPECT_EQ(headers, (Headers{{"b", "2"}, {"a", "4"}}));
  headers.erase("B");
  EXPECT_EQ(headers, (Headers{{"a", "4"}}));
  headers.clear();
  EXPECT_TRUE(headers.empty());
  EXPECT_FALSE(headers.find("a"));
}

TEST(Headers, EqualTextsAreEqualHoweverTheyCameAbout) {
  Headers once{{"gone", "x"}, {"a", "bc"}};
  once.erase("gone");
  EXPECT_EQ(once, (Headers{{"a", "bc"}}));
  EXPECT_NE(once, (Headers{{"ab", "c"}}));
  EXPECT_NE(once, (Headers{{"a", "bc"}, {"a", "bc"}}));
}

}  // namespace
}  // namespace limpet
