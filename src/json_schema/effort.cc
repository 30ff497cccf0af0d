#include "effort.h"

#include <string>

namespace limpet::json_schema {

Error Effort::error() const {
  switch (limit_) {
    case Limit::Depth:
      return Error::limit_exceeded("Checking the value applies more than " +
                                   std::to_string(options_->max_depth) +
                                   " schemas within each other");
    case Limit::Pattern:
      return Error::limit_exceeded(
          "A regular expression with lookaround or back references takes too long on this value");
    default:
      return Error::limit_exceeded("Checking the value takes more than " +
                                   std::to_string(options_->max_steps) + " steps");
  }
}

}  // namespace limpet::json_schema
