// Fuzzes the comparison with a reader's and a writer's schema, split by a line feed.
//
//   cmake --preset fuzz && ninja -C build/fuzz json_schema_compare_fuzz
//   build/fuzz/bin/json_schema_compare_fuzz -max_total_time=60
//   src/json_schema/testdata/fuzz/json_schema_compare
#include "json_schema_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::json_schema::fuzz_compare({reinterpret_cast<const char*>(data), size});
  return 0;
}
