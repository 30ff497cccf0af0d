// Replays the fuzzer's corpus.
#include "command_fuzz.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace limpet::app {
namespace {

TEST(CommandFuzz, CorpusHolds) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(LIMPET_TESTDATA "/fuzz/command")) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    SCOPED_TRACE(entry.path().filename().string());
    fuzz_command(text.str());
    ++files;
  }
  EXPECT_GE(files, 12);
}

}  // namespace
}  // namespace limpet::app
