// Fuzzes the parser, the forms and the resolver with a reader and a writer, split by a line feed.
//
//   cmake --preset fuzz && ninja -C build/fuzz resolve_fuzz
//   build/fuzz/bin/resolve_fuzz -max_total_time=60 -dict=src/avro/testdata/fuzz/schema.dict
//     src/avro/testdata/fuzz/resolve
#include "avro_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::avro::fuzz_resolve({reinterpret_cast<const char*>(data), size});
  return 0;
}
