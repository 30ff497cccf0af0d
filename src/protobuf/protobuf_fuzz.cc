// Fuzzes the parser, the forms, the comparison and the decoder with two schemas and a message,
// split by NUL.
//
//   cmake --preset fuzz && ninja -C build/fuzz protobuf_fuzz
//   build/fuzz/bin/protobuf_fuzz -max_total_time=60 -dict=src/protobuf/testdata/fuzz/protobuf.dict
//     src/protobuf/testdata/fuzz/protobuf
#include "protobuf_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::protobuf::fuzz_protobuf({reinterpret_cast<const char*>(data), size});
  return 0;
}
