// Replays the fuzzer's corpus.
#include "client_fuzz.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace limpet::client {
namespace {

TEST(ClientFuzz, CorpusHolds) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(LIMPET_TESTDATA "/fuzz/client")) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    SCOPED_TRACE(entry.path().filename().string());
    fuzz_client(text.str());
    ++files;
  }
  EXPECT_GE(files, 8);
}

}  // namespace
}  // namespace limpet::client
