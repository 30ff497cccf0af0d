// Fuzzes deserializers of three schemas with any bytes.
//
//   cmake --preset fuzz && ninja -C build/fuzz serde_fuzz
//   build/fuzz/bin/serde_fuzz -max_total_time=60 src/serde/testdata/fuzz/serde
#include "serde_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::serde::fuzz_serde(std::as_bytes(std::span(data, size)));
  return 0;
}
