// Fuzzes the bundling of a schema and its imports.
//
//   cmake --preset fuzz && ninja -C build/fuzz avro_bundle_fuzz
//   build/fuzz/bin/avro_bundle_fuzz -max_total_time=60 src/avro/testdata/fuzz/avro_bundle
#include "avro_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::avro::fuzz_bundle({reinterpret_cast<const char*>(data), size});
  return 0;
}
