// Fuzzes the reader and the writer of messages, beside libprotobuf.
//
//   cmake --preset fuzz && ninja -C build/fuzz message_fuzz
//   build/fuzz/bin/message_fuzz -max_total_time=60 src/protobuf/testdata/fuzz/message
#include "message_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::protobuf::fuzz_message({reinterpret_cast<const char*>(data), size});
  return 0;
}
