// Fuzzes the request parser: how bytes are cut into pieces must not change what is read.
//
//   cmake --preset fuzz && ninja -C build/fuzz request_parser_fuzz
//   build/fuzz/bin/request_parser_fuzz -max_total_time=60 src/http/testdata/fuzz/request_parser
#include "parser_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::http::fuzz_request_parser({reinterpret_cast<const char*>(data), size});
  return 0;
}
