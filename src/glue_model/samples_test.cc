// Every operation against what botocore's own serializer writes, requests and answers
// (testdata/botocore_samples.jsonl): nothing is refused, nothing is lost, nothing is added.
#include "generated/every_operation.h"

#include "limpet/glue_model/check_request.h"
#include "limpet/glue_model/json_codec.h"
#include "limpet/json/parse.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>

namespace limpet::glue_model {
namespace {

struct Sample {
  json::Value input;
  json::Value output;
};

std::map<std::string, Sample> read_samples() {
  std::map<std::string, Sample> out;
  std::ifstream file(LIMPET_TESTDATA "/botocore_samples.jsonl");
  for (std::string line; std::getline(file, line);) {
    auto row = json::parse(line);
    EXPECT_TRUE(row) << line;
    if (!row) continue;
    out[row->find("operation")->text()] = {*row->find("input"), *row->find("output")};
  }
  return out;
}

// Members in any order; numbers by value.
bool same(const json::Value& a, const json::Value& b) {
  if (a.kind() != b.kind()) return false;
  if (a.is_number()) return a.as_double() == b.as_double();
  if (a.is_array()) {
    return std::ranges::equal(a.items(), b.items(), same);
  }
  if (!a.is_object()) return a == b;
  return a.members().size() == b.members().size() &&
         std::ranges::all_of(a.members(), [&](const json::Member& member) {
           const json::Value* other = b.find(member.name);
           return other != nullptr && same(member.value, *other);
         });
}

template <class T>
void expect_round_trip(std::string_view operation, const json::Value& document) {
  T object;
  const auto fault = decode(document, object);
  ASSERT_FALSE(fault) << operation << ": " << fault->message;
  const std::string text = encode(object);
  const auto again = json::parse(text);
  ASSERT_TRUE(again) << operation << ": " << text;
  EXPECT_TRUE(same(document, *again)) << operation << "\n"
                                      << json::to_text(document) << "\n"
                                      << text;
}

TEST(BotocoreSamples, EveryOperationReadsAndWritesThem) {
  const auto samples = read_samples();
  std::set<std::string> seen;
  for_each_operation([&]<class Op>() {
    const Operation& operation = Op::kOperation;
    if (operation.service->target_prefix != "AWSGlue") return;
    const auto sample = samples.find(std::string(operation.name));
    ASSERT_NE(sample, samples.end()) << operation.name;
    seen.insert(sample->first);
    expect_round_trip<typename Op::Input>(operation.name, sample->second.input);
    expect_round_trip<typename Op::Output>(operation.name, sample->second.output);
    typename Op::Input input;
    ASSERT_FALSE(decode(sample->second.input, input));
    const auto fault = check_request(operation, input);
    EXPECT_FALSE(fault) << operation.name << ": " << fault->message;
  });
  EXPECT_EQ(seen.size(), samples.size());
  EXPECT_GE(seen.size(), 314U);
}

TEST(EveryOperation, AnEmptyRequestIsRefusedExactlyWhenAMemberIsRequired) {
  for_each_operation([]<class Op>() {
    const Operation& operation = Op::kOperation;
    std::size_t required = 0;
    for (const Member& member : operation.input->members) required += member.required ? 1 : 0;
    const auto fault = check_request(operation, typename Op::Input{});
    EXPECT_EQ(fault.has_value(), required > 0) << operation.name;
    if (fault) {
      EXPECT_TRUE(fault->message.starts_with(std::to_string(required) + " validation error"))
          << operation.name << ": " << fault->message;
    }
  });
}

}  // namespace
}  // namespace limpet::glue_model
