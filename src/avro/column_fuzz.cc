// Fuzzes columns with a reader's schema, a writer's and records; see column_fuzz.h.
//
//   cmake --preset fuzz && ninja -C build/fuzz column_fuzz
//   build/fuzz/bin/column_fuzz -max_total_time=60 -dict=src/avro/testdata/fuzz/column.dict
//     src/avro/testdata/fuzz/column
#include "column_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::avro::fuzz_columns({reinterpret_cast<const char*>(data), size});
  return 0;
}
