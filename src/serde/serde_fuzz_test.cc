// Replays the fuzzer's corpus.
#include "serde_fuzz.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace limpet::serde {
namespace {

TEST(SerdeFuzz, CorpusHolds) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(LIMPET_TESTDATA "/fuzz/serde")) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    SCOPED_TRACE(entry.path().filename().string());
    const std::string bytes = text.str();
    fuzz_serde(std::as_bytes(std::span(bytes)));
    ++files;
  }
  EXPECT_GE(files, 6);
}

}  // namespace
}  // namespace limpet::serde
