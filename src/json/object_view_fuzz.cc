// Any text: a view of it must hold what a parsed tree of it holds, or both must refuse it.
#include "object_view_testing.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace json = limpet::json;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::size_t depth : {128U, 3U}) {
    if (!json::testing::says_the_same(text, {.max_depth = depth, .max_nodes = 1000})) std::abort();
  }
  return 0;
}
