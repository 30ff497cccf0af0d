#include "limpet/aws/http.h"

#include "ascii.h"

namespace limpet::aws {

const std::string* HttpRequest::header(std::string_view name) const {
  for (const auto& candidate : headers) {
    if (equal_ignoring_case(candidate.name, name)) return &candidate.value;
  }
  return nullptr;
}

}  // namespace limpet::aws
