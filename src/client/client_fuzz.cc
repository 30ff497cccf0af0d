// Fuzzes what the client reads of files, processes and servers.
//
//   cmake --preset fuzz && ninja -C build/fuzz client_fuzz
//   build/fuzz/bin/client_fuzz -max_total_time=60 src/client/testdata/fuzz/client
#include "client_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::client::fuzz_client({reinterpret_cast<const char*>(data), size});
  return 0;
}
