// Fuzzes what people and files hand to the commands on records.
//
//   cmake --preset fuzz && ninja -C build/fuzz command_fuzz
//   build/fuzz/bin/command_fuzz -max_total_time=60 apps/limpet/testdata/fuzz/command
#include "command_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  limpet::app::fuzz_command({reinterpret_cast<const char*>(data), size});
  return 0;
}
