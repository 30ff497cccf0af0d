// Fuzzes the parser, the forms and the resolver with one text.
//
//   cmake --preset fuzz && ninja -C build/fuzz schema_fuzz
//   build/fuzz/bin/schema_fuzz -max_total_time=60 -dict=src/avro/testdata/fuzz/schema.dict
//     src/avro/testdata/fuzz/schema
#include "avro_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::avro::fuzz_schema({reinterpret_cast<const char*>(data), size});
  return 0;
}
