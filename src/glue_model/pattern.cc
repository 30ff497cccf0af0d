#include "limpet/glue_model/pattern.h"

#include "limpet/base/utf8.h"

#include <algorithm>

namespace limpet::glue_model {

bool Pattern::matches(std::string_view subject) const {
  std::size_t state = 1;
  for (std::size_t at = 0; at < subject.size();) {
    const auto code_point = next_code_point(subject, at);
    if (!code_point) return false;
    const auto range = std::upper_bound(starts.begin(), starts.end(), *code_point) - 1;
    state = next[state * class_count + classes[range - starts.begin()]];
    if (state == 0) return false;
  }
  return accepting[state];
}

}  // namespace limpet::glue_model
