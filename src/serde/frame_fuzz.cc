// Fuzzes frames, inflating and message indexes with any bytes.
//
//   cmake --preset fuzz && ninja -C build/fuzz frame_fuzz
//   build/fuzz/bin/frame_fuzz -max_total_time=60 src/serde/testdata/fuzz/frame
#include "frame_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::serde::fuzz_frame(std::as_bytes(std::span(data, size)));
  return 0;
}
