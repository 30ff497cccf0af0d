#include "limpet/base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace limpet::detail {

void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "limpet: %s:%d: internal invariant does not hold: %s\n", file, line,
               expression);
  std::abort();
}

}  // namespace limpet::detail
