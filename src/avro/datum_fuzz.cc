// Fuzzes reading and writing of data: a writer's schema, a reader's schema or nothing, a payload.
//
//   cmake --preset fuzz && ninja -C build/fuzz datum_fuzz
//   build/fuzz/bin/datum_fuzz -max_total_time=60 -dict=src/avro/testdata/fuzz/resolve.dict
//     src/avro/testdata/fuzz/datum
#include "datum_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::avro::fuzz_datum({reinterpret_cast<const char*>(data), size});
  return 0;
}
