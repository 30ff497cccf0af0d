// Fuzzes batches of columns with schemas and messages of all formats.
//
//   cmake --preset fuzz && ninja -C build/fuzz batch_fuzz
//   build/fuzz/bin/batch_fuzz -max_total_time=60 src/serde/testdata/fuzz/batch
#include "batch_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::serde::fuzz_batch({reinterpret_cast<const char*>(data), size});  // NOLINT: as characters
  return 0;
}
