#include "limpet/json/patch.h"

#include "patch_apply_testing.h"

#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

// The fuzz target, so that its corpus is replayed here.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace limpet::json {
namespace {

struct Row {
  const char* name;
  std::string first;
  std::string second;
  std::string patch;
};

class Diff : public ::testing::TestWithParam<Row> {};

TEST_P(Diff, Writes) {
  const auto& row = GetParam();
  const auto first = *parse(row.first);
  const auto second = *parse(row.second);
  const auto patch = diff(first, second);
  EXPECT_EQ(to_text(patch), row.patch);
  const auto patched = testing::apply(first, patch);
  ASSERT_TRUE(patched);
  EXPECT_TRUE(testing::equal(*patched, second)) << to_text(*patched);
}

INSTANTIATE_TEST_SUITE_P(
    Documents, Diff,
    ::testing::Values(
        Row{"Equal", R"({"a":[1,{"b":2}]})", R"({"a":[1,{"b":2}]})", "[]"},
        Row{"MemberOrderDoesNotCount", R"({"a":1,"b":{"c":2,"d":3}})",
            R"({"b":{"d":3,"c":2},"a":1})", "[]"},
        Row{"Root", "1", "[1]", R"([{"op":"replace","path":"","value":[1]}])"},
        Row{"Spelling", "[1]", "[1.0]", R"([{"op":"replace","path":"/0","value":1.0}])"},
        Row{"MembersInSortedOrder", R"({"z":1,"m":2,"b":3})", R"({"m":4,"y":5,"a":6})",
            R"([{"op":"add","path":"/a","value":6},{"op":"remove","path":"/b"},)"
            R"({"op":"replace","path":"/m","value":4},{"op":"add","path":"/y","value":5},)"
            R"({"op":"remove","path":"/z"}])"},
        Row{"InsertInTheMiddle", "[1,2,4]", "[1,2,3,4]", R"([{"op":"add","path":"/2","value":3}])"},
        Row{"RemoveAtBothEnds", "[1,2,3,4]", "[2,3]",
            R"([{"op":"remove","path":"/0"},{"op":"remove","path":"/2"}])"},
        Row{"ChangeInPlace", R"([1,{"x":1,"y":2},3])", R"([1,{"x":1,"y":5},3])",
            R"([{"op":"replace","path":"/1/y","value":5}])"},
        Row{"Escapes", R"({"a/b":1,"c~d":{"":1}})", R"({"a/b":2,"c~d":{"":2}})",
            R"([{"op":"replace","path":"/a~1b","value":2},)"
            R"({"op":"replace","path":"/c~0d/","value":2}])"},
        Row{"EmptyArray", "[]", "[null]", R"([{"op":"add","path":"/0","value":null}])"},
        Row{"FieldAdded", R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"}]})",
            R"({"name":"R","type":"record","fields":[{"name":"a","type":"int"},)"
            R"({"name":"b","type":["null","int"],"default":null}]})",
            R"([{"op":"add","path":"/fields/1","value":)"
            R"({"name":"b","type":["null","int"],"default":null}}])"},
        // Types of one text must not be taken for one another.
        Row{"KindsDiffer", R"([null,"null",true,"true",1,"1",[],{}])",
            R"(["null",null,"true",true,"1",1,{},[]])",
            R"([{"op":"remove","path":"/0"},{"op":"replace","path":"/1","value":null},)"
            R"({"op":"replace","path":"/3","value":true},)"
            R"({"op":"replace","path":"/5","value":1},{"op":"add","path":"/7","value":[]}])"}),
    [](const auto& row) { return row.param.name; });

Value numbers(int count, int first) {
  std::vector<Value> items;
  for (int i = 0; i < count; ++i) items.push_back(Value::integer(first + i));
  return Value::array(std::move(items));
}

TEST(DiffBounds, FewChangesInALongArrayAreCheap) {
  const auto first = numbers(50'000, 0);
  std::vector<Value> items(first.items().begin(), first.items().end());
  items.erase(items.begin() + 40'000);
  items.insert(items.begin() + 10, Value::string("new"));
  const auto patch = diff(first, Value::array(std::move(items)), {.max_steps = 200'000});
  EXPECT_EQ(to_text(patch),
            R"([{"op":"add","path":"/10","value":"new"},{"op":"remove","path":"/40001"}])");
}

TEST(DiffBounds, AnArrayBeyondTheBudgetIsReplaced) {
  auto first = Value::object({});
  auto second = Value::object({});
  first.set("big", numbers(5'000, 0));
  second.set("big", numbers(5'000, 100'000));
  first.set("small", Value::integer(1));
  const auto patch = diff(first, second, {.max_steps = 10'000});
  ASSERT_EQ(patch.items().size(), 2U);
  EXPECT_EQ(patch.items()[0].find("op")->text(), "replace");
  EXPECT_EQ(patch.items()[0].find("path")->text(), "/big");
  EXPECT_EQ(to_text(patch.items()[1]), R"({"op":"remove","path":"/small"})");
  EXPECT_TRUE(testing::equal(*testing::apply(first, patch), second));
}

TEST(DiffBounds, ManyChangesBelowALongNameReplaceTheDocument) {
  const auto document = [](const char* value) {
    std::string members;
    for (int i = 0; i < 1000; ++i) {
      members += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":" + value;
    }
    return *parse("{\"" + std::string(10'000, 'n') + "\":{" + members + "}}");
  };
  const Value first = document("1");
  const Value second = document("2");
  const auto whole = diff(first, second, {.max_path_bytes = 1'000'000});
  ASSERT_EQ(whole.items().size(), 1U);
  EXPECT_EQ(to_text(whole), R"([{"op":"replace","path":"","value":)" + to_text(second) + "}]");
  EXPECT_EQ(diff(first, second).items().size(), 1000U);  // within the default
}

TEST(DiffBounds, DeepDocuments) {
  const std::string open(1'500, '[');
  const std::string close(1'500, ']');
  const ParseLimits limits{.max_depth = 1'600};
  const auto patch = diff(*parse(open + "1" + close, limits), *parse(open + "2" + close, limits));
  ASSERT_EQ(patch.items().size(), 1U);
}

class RandomDocuments {
 public:
  explicit RandomDocuments(std::uint64_t seed) : random_(seed) {}

  Value make(int depth) {
    switch (pick(depth > 0 ? 8 : 4)) {
      case 0:
        return {};
      case 1:
        return Value::boolean(pick(2) == 0);
      case 2:
        return Value::integer(pick(3));
      case 3:
        return Value::string(std::string(1, static_cast<char>('a' + pick(3))));
      case 4:
      case 5: {
        std::vector<Value> items;
        for (int i = pick(6); i > 0; --i) items.push_back(make(depth - 1));
        return Value::array(std::move(items));
      }
      default: {
        auto object = Value::object({});
        for (int i = pick(4); i > 0; --i) {
          object.set(std::string(1, "ab/~"[pick(4)]), make(depth - 1));
        }
        return object;
      }
    }
  }

  // A copy with a few changes, so that there is something in common.
  Value mutate(const Value& value, int depth) {
    if (pick(12) == 0) return make(depth);
    if (value.is_array()) {
      std::vector<Value> items;
      for (const auto& item : value.items()) {
        if (pick(8) == 0) items.push_back(make(depth - 1));
        if (pick(8) != 0) items.push_back(mutate(item, depth - 1));
      }
      return Value::array(std::move(items));
    }
    if (!value.is_object()) return value;
    auto object = Value::object({});
    for (const auto& member : value.members()) {
      if (pick(8) != 0) object.set(member.name, mutate(member.value, depth - 1));
    }
    return object;
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<std::uint64_t>(below)); }
  std::mt19937_64 random_;
};

TEST(DiffProperty, ApplyingThePatchGivesTheSecondDocument) {
  for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomDocuments documents(seed);
    const auto first = documents.make(5);
    const auto second = seed % 2 == 0 ? documents.mutate(first, 5) : documents.make(5);
    for (const std::uint64_t steps : {4'000'000, 6}) {
      const auto patch = diff(first, second, {.max_steps = steps});
      const auto patched = testing::apply(first, patch);
      ASSERT_TRUE(patched) << to_text(first) << to_text(second) << to_text(patch);
      ASSERT_TRUE(testing::equal(*patched, second)) << to_text(first) << to_text(second);
      ASSERT_EQ(patch.items().empty(), testing::equal(first, second));
    }
  }
}

TEST(DiffFuzz, ReplaysTheCorpus) {
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(LIMPET_TESTDATA "/fuzz/patch")) {
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    SCOPED_TRACE(file.path());
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    ++files;
  }
  EXPECT_GE(files, 3U);
}

}  // namespace
}  // namespace limpet::json
