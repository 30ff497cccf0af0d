// Fuzzes varints and inflating with any bytes.
//
//   cmake --preset fuzz && ninja -C build/fuzz codec_fuzz
//   build/fuzz/bin/codec_fuzz -max_total_time=60 src/codec/testdata/fuzz/codec
#include "codec_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::codec::fuzz_codec(std::as_bytes(std::span(data, size)));
  return 0;
}
