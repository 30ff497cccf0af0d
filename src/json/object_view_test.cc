#include "limpet/json/object_view.h"

#include "object_view_testing.h"

#include "limpet/json/writer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace limpet::json {
namespace {

using namespace std::literals;

TEST(ObjectView, FindsMembersWhereTheyStand) {
  const auto text =
      R"( {"name": "orders", "next": 17, "deep": {"a": [1, {"b": "}"}], "c": {}}, "gone": null,
           "text": "a \"b\"\n\\ \u00e9\ud83d\ude00", "rate": 1.50, "on": true, "off": false} )"s;
  const auto view = ObjectView::read(text);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->fields().size(), 8U);
  EXPECT_EQ(view->find("name")->text(), "orders");
  EXPECT_EQ(view->find("next")->as_int64(), 17);
  EXPECT_EQ(view->find("next")->text(), "17");
  EXPECT_EQ(view->find("deep")->kind(), Kind::Object);
  EXPECT_EQ(to_text(view->find("deep")->value()), R"({"a":[1,{"b":"}"}],"c":{}})");
  EXPECT_EQ(view->find("gone")->kind(), Kind::Null);
  EXPECT_EQ(view->find("text")->text(), "a \"b\"\n\\ \u00e9\U0001F600");
  EXPECT_EQ(view->find("rate")->as_int64(), std::nullopt);
  EXPECT_EQ(view->find("rate")->text(), "1.50");
  EXPECT_TRUE(view->find("on")->as_bool());
  EXPECT_FALSE(view->find("off")->as_bool());
  EXPECT_EQ(view->find("nothing"), nullptr);
  std::string room;
  EXPECT_EQ(view->find("name")->text(room).data(), text.data() + text.find("orders"));
}

TEST(ObjectView, LastDuplicateWinsAtTheFirstPlace) {
  const auto view = ObjectView::read(R"({"a":1,"b":2,"a":3,"\u0062":"\u0041"})");
  ASSERT_TRUE(view);
  ASSERT_EQ(view->fields().size(), 2U);
  EXPECT_EQ(view->fields()[0].as_int64(), 3);
  EXPECT_EQ(view->fields()[1].text(), "A");
}

TEST(ObjectView, SaysWhatParseSays) {
  for (const std::string& text : {
           ""s,
           "{}"s,
           " { } "s,
           "{}{}"s,
           "{} x"s,
           "[]"s,
           "1"s,
           "null"s,
           "{"s,
           "}"s,
           "{,}"s,
           R"({"a")"s,
           R"({"a":)"s,
           R"({"a":1)"s,
           R"({"a":1,)"s,
           R"({"a":1,})"s,
           R"({"a" 1})"s,
           R"({a:1})"s,
           R"({"a":01})"s,
           R"({"a":-})"s,
           R"({"a":-0})"s,
           R"({"a":1.})"s,
           R"({"a":.5})"s,
           R"({"a":1e5})"s,
           R"({"a":1e})"s,
           R"({"a":1E+05})"s,
           R"({"a":1.5.5})"s,
           R"({"a":1e99999999999999999999})"s,
           R"({"a":+1})"s,
           R"({"a":12345678901234567890123})"s,
           R"({"a":truе})"s,
           R"({"a":tru})"s,
           R"({"a":nulls})"s,
           R"({"a":False})"s,
           R"({"a":"\x"})"s,
           R"({"a":"\u12"})"s,
           R"({"a":"\u12g4"})"s,
           R"({"a":"\ud800"})"s,
           R"({"a":"\ud800\udc00"})"s,
           R"({"a":"\udc00"})"s,
           R"({"a":"\ud800x"})"s,
           R"({"a":"\u0000"})"s,
           R"({"\ud800":1})"s,
           R"({"\"":1,"\u0022":2})"s,
           R"({"a":"\)"s,
           R"({"a":"\"})"s,
           R"({"a":"\\"})"s,
           R"({"a":"\/\b\f\n\r\t"})"s,
           "{\"a\":\"\n\"}"s,
           "{\"a\":\"\x7f\"}"s,
           "{\"a\":\"\xc3\x28\"}"s,
           "{\"a\":\"\xed\xa0\x80\"}"s,
           "{\"\xff\":1}"s,
           "{\"a\":[\"\xff\"]}"s,
           "\xef\xbb\xbf{}"s,
           "{}\0"s,
           "{\"a\":\v1}"s,
           R"({"a":[]})"s,
           R"({"a":[1,]})"s,
           R"({"a":[,1]})"s,
           R"({"a":[1 2]})"s,
           R"({"a":[}})"s,
           R"({"a":{]})"s,
           R"({"a":{"b":1,"b":2}})"s,
           R"({"a":{"b"}})"s,
           R"({"a":{"b":}})"s,
           R"({"a":{"b":[{"c":[[],{}]}]},"d":[[[]]]})"s,
           R"({"a":[[1],[2]})"s,
           R"({"a":{1:2}})"s,
           R"({"a":{} "b":1})"s,
           R"({"a":["\u00e9",1.5,-7,true,false,null]})"s,
           R"({"":1,"":2})"s,
           R"({"/* c */":1} // no)"s,
       }) {
    for (const std::size_t depth : {1, 2, 3, 100}) {
      EXPECT_TRUE(testing::says_the_same(text, {.max_depth = depth})) << text << " " << depth;
    }
    for (const std::size_t nodes : {0, 1, 2, 3, 7}) {
      EXPECT_TRUE(testing::says_the_same(text, {.max_nodes = nodes})) << text << " " << nodes;
    }
    EXPECT_TRUE(testing::says_the_same(text, {.max_bytes = 8})) << text;
  }
}

TEST(ObjectView, SaysWhatParseSaysOfDocumentsThatWereChanged) {
  std::mt19937 random(20211107);
  const std::string good =
      R"({"id":"a-b","n":[1,-2.5e3,{"x":"\"\\\u0041","y":[]}],"t":"é\n\ud83d\ude00","id":true, "z":{}})";
  const std::string letters = "\"\\{}[],:0159.eE+-ntu x\x01\xc3\xa9";
  for (int round = 0; round < 20'000; ++round) {
    std::string text = good;
    for (unsigned change = random() % 3; change != ~0U; --change) {
      const auto at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = letters[random() % letters.size()];
          break;
        case 1:
          text.insert(at, 1, letters[random() % letters.size()]);
          break;
        default:
          text.erase(at, 1 + random() % 4);
      }
    }
    ASSERT_TRUE(testing::says_the_same(text)) << text;
  }
}

// At every distance from the ends of words of eight bytes.
TEST(ObjectView, ReadsBackWhatTheWriterWrites) {
  for (std::size_t length = 0; length < 40; ++length) {
    for (std::size_t at = 0; at <= length; ++at) {
      for (const std::string& special : {"\""s, "\\"s, "\n"s, "\x1f"s, "\0"s, "é"s, "\x7f"s}) {
        std::string text(length, 'x');
        text.insert(at, special);
        Writer out;
        out.begin_object().key(text).value(text).end_object();
        const auto view = ObjectView::read(out.text());
        ASSERT_TRUE(view) << out.text();
        EXPECT_EQ(view->fields()[0].name(), text);
        EXPECT_EQ(view->fields()[0].text(), text);
        EXPECT_TRUE(testing::says_the_same(out.text()));
      }
    }
  }
  std::string all;
  for (int i = 0; i < 5000; ++i) all.push_back(static_cast<char>(i % 128));
  Writer out;
  out.begin_object().key("all").value(all).end_object();
  EXPECT_EQ(ObjectView::read(out.text())->find("all")->text(), all);
  EXPECT_EQ(parse(out.text())->find("all")->text(), all);
}

TEST(ObjectView, TakesDepthFromTheHeap) {
  const std::string deep = R"({"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_FALSE(ObjectView::read(deep));
  EXPECT_TRUE(ObjectView::read(deep, {.max_depth = 200'000}));
}

TEST(ObjectView, SaysWhatParseSaysOfTheCorpus) {
  std::size_t files = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(LIMPET_TESTDATA "/fuzz/object_view")) {
    std::ifstream in(file.path(), std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    EXPECT_TRUE(testing::says_the_same(text)) << file.path();
    ++files;
  }
  EXPECT_GE(files, 4U);
}

}  // namespace
}  // namespace limpet::json
