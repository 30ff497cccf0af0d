// Replays the fuzzer's corpus: what once broke, and one good conversation per group of operations.
#include "service_fuzz.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace limpet::glue_api {
namespace {

std::vector<std::string> corpus() {
  std::vector<std::string> inputs;
  for (const auto& entry : std::filesystem::directory_iterator(LIMPET_TESTDATA "/fuzz/service")) {
    std::ifstream file(entry.path(), std::ios::binary);
    inputs.emplace_back((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  }
  return inputs;
}

TEST(ServiceFuzz, Corpus) {
  const auto inputs = corpus();
  EXPECT_GE(inputs.size(), 5U);
  for (const std::string& input : inputs) fuzz::run(input);
}

/// The corpus with bytes changed, cut out and swapped between inputs; the seed is in the failure.
TEST(ServiceFuzz, MutatedCorpus) {
  const auto inputs = corpus();
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::string input = inputs[random() % inputs.size()];
    const std::string& other = inputs[random() % inputs.size()];
    for (unsigned change = 0; change < 1 + seed % 5 && !input.empty(); ++change) {
      const std::size_t at = random() % input.size();
      switch (random() % 4) {
        case 0:
          input[at] = static_cast<char>(random());
          break;
        case 1:
          input.erase(at, random() % 8);
          break;
        case 2:
          input.insert(at, other.substr(random() % (other.size() + 1), random() % 64));
          break;
        default:
          input[at] = "\"{}[]:,0-\\"[random() % 10];
          break;
      }
    }
    fuzz::run(input);
  }
}

}  // namespace
}  // namespace limpet::glue_api
