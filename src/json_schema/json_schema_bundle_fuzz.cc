// Fuzzes the bundling of a schema and its imports.
//
//   cmake --preset fuzz && ninja -C build/fuzz json_schema_bundle_fuzz
//   build/fuzz/bin/json_schema_bundle_fuzz -max_total_time=60 \
//     src/json_schema/testdata/fuzz/json_schema_bundle
#include "json_schema_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::json_schema::fuzz_bundle({reinterpret_cast<const char*>(data), size});
  return 0;
}
