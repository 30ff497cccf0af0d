// Fuzzes the parser, the forms and the validator with a schema and a value, split by a line feed.
//
//   cmake --preset fuzz && ninja -C build/fuzz json_schema_fuzz
//   build/fuzz/bin/json_schema_fuzz -max_total_time=60 src/json_schema/testdata/fuzz/json_schema
#include "json_schema_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::json_schema::fuzz_schema({reinterpret_cast<const char*>(data), size});
  return 0;
}
