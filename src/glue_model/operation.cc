#include "limpet/glue_model/operation.h"

#include <algorithm>
#include <utility>

namespace limpet::glue_model {

bool Operation::declares(std::string_view error_name) const {
  return std::ranges::find(errors, error_name, &ErrorShape::name) != errors.end();
}

const Operation* find_operation(std::string_view target) {
  const std::size_t dot = target.find('.');
  if (dot == std::string_view::npos) return nullptr;
  const std::pair wanted{target.substr(0, dot), target.substr(dot + 1)};
  const auto key = [](const Operation* operation) {
    return std::pair{operation->service->target_prefix, operation->name};
  };
  const auto at = std::ranges::lower_bound(operations(), wanted, {}, key);
  return at != operations().end() && key(*at) == wanted ? *at : nullptr;
}

const ErrorShape* find_error(std::string_view name) {
  const auto at = std::ranges::lower_bound(errors(), name, {}, &ErrorShape::name);
  return at != errors().end() && (*at)->name == name ? *at : nullptr;
}

}  // namespace limpet::glue_model
