// Replays the fuzzers' corpora.
#include "parser_fuzz.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace limpet::http {
namespace {

void replay(const std::string& folder, void (*fuzz)(std::string_view)) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    SCOPED_TRACE(entry.path().filename().string());
    fuzz(text.str());
    ++files;
  }
  EXPECT_GE(files, 4);
}

TEST(RequestParserFuzz, CorpusHolds) {
  replay(LIMPET_TESTDATA "/fuzz/request_parser", fuzz_request_parser);
}

TEST(ResponseParserFuzz, CorpusHolds) {
  replay(LIMPET_TESTDATA "/fuzz/response_parser", fuzz_response_parser);
}

}  // namespace
}  // namespace limpet::http
