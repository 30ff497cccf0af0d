// Two documents split by a line feed: the patch from one to the other must lead there.
#include "patch_apply_testing.h"

#include "limpet/json/parse.h"
#include "limpet/json/patch.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace json = limpet::json;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto cut = input.find('\n');
  if (cut == std::string_view::npos) return 0;
  const auto first = json::parse(input.substr(0, cut));
  const auto second = json::parse(input.substr(cut + 1));
  if (!first || !second) return 0;
  for (const std::uint64_t steps : {4'000'000, 8}) {
    const auto patch = json::diff(*first, *second, {.max_steps = steps});
    const auto patched = json::testing::apply(*first, patch);
    if (!patched || !json::testing::equal(*patched, *second)) std::abort();
  }
  return 0;
}
