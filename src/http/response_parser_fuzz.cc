// Fuzzes the response parser: how bytes are cut into pieces must not change what is read.
//
//   cmake --preset fuzz && ninja -C build/fuzz response_parser_fuzz
//   build/fuzz/bin/response_parser_fuzz -max_total_time=60 src/http/testdata/fuzz/response_parser
#include "parser_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::http::fuzz_response_parser({reinterpret_cast<const char*>(data), size});
  return 0;
}
