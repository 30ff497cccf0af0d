// Replays the fuzzer's corpus.
#include "sigv4_fuzz.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace limpet::aws {
namespace {

TEST(Sigv4Fuzz, CorpusHolds) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(LIMPET_TESTDATA "/fuzz/sigv4")) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    SCOPED_TRACE(entry.path().filename().string());
    fuzz_sigv4(text.str());
    ++files;
  }
  EXPECT_GE(files, 8);
}

}  // namespace
}  // namespace limpet::aws
