// Replays the fuzzer's corpus.
#include "json_codec_fuzz.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace limpet::glue_model {
namespace {

TEST(JsonCodecFuzz, CorpusHolds) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(LIMPET_TESTDATA "/fuzz/json_codec")) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    SCOPED_TRACE(entry.path().filename().string());
    fuzz_json_codec(text.str());
    ++files;
  }
  EXPECT_GE(files, 8);
}

}  // namespace
}  // namespace limpet::glue_model
