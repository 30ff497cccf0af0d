// Fuzzes the JSON reader, beside json::parse(), and the printer.
//
//   cmake --preset fuzz && ninja -C build/fuzz json_reader_fuzz
//   build/fuzz/bin/json_reader_fuzz -max_total_time=60 src/value/testdata/fuzz/json_reader
#include "json_reader_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::value::fuzz_json({reinterpret_cast<const char*>(data), size});
  return 0;
}
