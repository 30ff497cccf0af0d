// Fault: an error of the framework, before an operation runs. It names its own exception because
// the model does not declare these.
#pragma once

#include <string>
#include <string_view>

namespace limpet::glue_model {

struct Fault {
  std::string_view type;  ///< "SerializationException" or "ValidationException"
  std::string message;
};

}  // namespace limpet::glue_model
