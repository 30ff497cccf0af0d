#include "service_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  limpet::glue_api::fuzz::run(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
