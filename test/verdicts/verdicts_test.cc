// Short runs, and tests of the oracle itself: a wrong verdict is found, and its example is small.
#include "oracle.h"
#include "shrink.h"

#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace limpet::verdicts {
namespace {

std::string findings(const Tally& tally) {
  std::string out;
  for (const auto& finding : tally.findings) out += finding + "\n";
  return out;
}

TEST(Verdicts, JsonSchemaIsSound) {
  const auto tally = try_json({.pairs = 30'000, .seed = 1});
  EXPECT_EQ(tally.unsound, 0U) << findings(tally);
  EXPECT_GT(tally.compatible, tally.pairs / 10);  // the generator yields both verdicts
  EXPECT_LT(tally.compatible, tally.pairs * 9 / 10);
  EXPECT_GT(tally.values, tally.compatible);
}

TEST(Verdicts, ProtobufIsSound) {
  const auto tally = try_protobuf({.pairs = 6'000, .seed = 1});
  EXPECT_EQ(tally.unsound, 0U) << findings(tally);
  EXPECT_GT(tally.compatible, tally.pairs / 10);
  EXPECT_LT(tally.compatible, tally.pairs * 9 / 10);
  EXPECT_GT(tally.values, tally.compatible);
}

TEST(Planted, JsonSchemaIsFoundAndMadeSmall) {
  const auto tally = try_json({.pairs = 30'000, .seed = 1, .planted = true});
  ASSERT_GT(tally.unsound, 0U);
  // Nothing but the two lengths, and in what they stand.
  const auto smallest =
      std::ranges::min(tally.findings, {}, [](const std::string& row) { return row.size(); });
  EXPECT_NE(smallest.find("maxLength"), std::string::npos) << smallest;
  EXPECT_LT(smallest.size(), 200U) << smallest;
}

TEST(Planted, ProtobufIsFoundAndMadeSmall) {
  const auto tally = try_protobuf({.pairs = 2'000, .seed = 1, .planted = true});
  ASSERT_GT(tally.unsound, 0U);
  const auto smallest =
      std::ranges::min(tally.findings, {}, [](const std::string& row) { return row.size(); });
  EXPECT_LE(std::ranges::count(smallest, '\n'), 12) << smallest;
}

TEST(Shrink, LeavesWhatFails) {
  const auto writer = json::parse(R"({"type":"object","properties":{"name":{"enum":[1,25]}}})");
  const auto reader = json::parse(R"({"allOf":[{"properties":{"name":{"enum":[25]}}}]})");
  ASSERT_TRUE(writer && reader);
  const auto holds = [](const json::Value& document) {
    return json::to_text(document).find("enum") != std::string::npos;
  };
  const auto small = shrink({*writer, *reader}, [&](const Documents& documents) {
    return holds(documents[0]) && holds(documents[1]);
  });
  EXPECT_EQ(json::to_text(small[0]), R"({"enum":1})");
  EXPECT_EQ(json::to_text(small[1]), R"({"enum":0})");
}

TEST(Shrink, TakesLinesAndBlocks) {
  const auto small = shrink_lines({"first\nmessage Order {\n  word\n  other\n}\n", "word\n"},
                                  [](const Texts& texts) {
                                    return texts[0].find("word") != std::string::npos &&
                                           texts[1].find("word") != std::string::npos;
                                  });
  EXPECT_EQ(small, (Texts{"  word\n", "word\n"}));
}

}  // namespace
}  // namespace limpet::verdicts
