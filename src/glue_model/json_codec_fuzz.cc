// Fuzzes the reading and writing of every operation's input.
//
//   cmake --preset fuzz && ninja -C build/fuzz json_codec_fuzz
//   build/fuzz/bin/json_codec_fuzz -max_total_time=60 src/glue_model/testdata/fuzz/json_codec
#include "json_codec_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::glue_model::fuzz_json_codec({reinterpret_cast<const char*>(data), size});
  return 0;
}
