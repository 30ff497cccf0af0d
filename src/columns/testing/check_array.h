// For tests and fuzzers: asserts what a consumer of an array relies on.
#pragma once

#include "limpet/base/assert.h"
#include "limpet/base/utf8.h"
#include "limpet/columns/arrow_abi.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace limpet::columns::testing {

/// What a consumer of the array relies on: children's lengths, offsets that rise within their
/// texts and items, UTF-8, numbers of symbols and branches that exist.
inline void check_array(const ArrowSchema& schema, const ArrowArray& array) {
  const std::string_view format = schema.format;
  const auto number = [&](int buffer, std::int64_t at) {
    std::int32_t out = 0;
    std::memcpy(&out, static_cast<const char*>(array.buffers[buffer]) + at * 4, sizeof out);
    return out;
  };
  LIMPET_ASSERT(schema.n_children == array.n_children);
  LIMPET_ASSERT(array.null_count >= 0 && array.null_count <= array.length);
  if (format == "+s") {
    for (std::int64_t i = 0; i < array.n_children; ++i) {
      LIMPET_ASSERT(array.children[i]->length == array.length);
    }
  }
  if (format == "u" || format == "z" || format == "+l" || format == "+m") {
    LIMPET_ASSERT(number(1, 0) == 0);
    for (std::int64_t i = 0; i < array.length; ++i) {
      LIMPET_ASSERT(number(1, i) <= number(1, i + 1));
      if (format != "u") continue;
      LIMPET_ASSERT(is_valid_utf8({static_cast<const char*>(array.buffers[2]) + number(1, i),
                                   static_cast<std::size_t>(number(1, i + 1) - number(1, i))}));
    }
    if (format.starts_with('+')) {
      LIMPET_ASSERT(number(1, array.length) == array.children[0]->length);
    }
  }
  if (format.starts_with("+ud")) {
    for (std::int64_t i = 0; i < array.length; ++i) {
      const auto branch = static_cast<const std::int8_t*>(array.buffers[0])[i];
      LIMPET_ASSERT(branch >= 0 && branch < array.n_children);
      LIMPET_ASSERT(number(1, i) >= 0 && number(1, i) < array.children[branch]->length);
    }
  }
  if (schema.dictionary != nullptr) {
    for (std::int64_t i = 0; i < array.length; ++i) {
      LIMPET_ASSERT(number(1, i) >= 0 &&
                    (number(1, i) < array.dictionary->length || array.null_count > 0));
    }
  }
  for (std::int64_t i = 0; i < array.n_children; ++i) {
    check_array(*schema.children[i], *array.children[i]);
  }
}

}  // namespace limpet::columns::testing
