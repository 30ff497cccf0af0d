// Fuzzes the verifier, the protocol and the signer with one raw request.
//
//   cmake --preset fuzz && ninja -C build/fuzz sigv4_fuzz
//   build/fuzz/bin/sigv4_fuzz -max_total_time=60 src/aws/testdata/fuzz/sigv4
#include "sigv4_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::aws::fuzz_sigv4({reinterpret_cast<const char*>(data), size});
  return 0;
}
