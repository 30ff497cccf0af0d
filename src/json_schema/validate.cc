#include "limpet/json_schema/validate.h"

#include "validator.h"

namespace limpet::json_schema {

Result<std::vector<ValidationError>> validate(const Plan& plan, const json::Value& value,
                                              const ValidateOptions& options) {
  std::vector<ValidationError> errors;
  Validator validator(plan.program(), options, &errors);
  LIMPET_TRY(const bool valid, validator.run(value));
  (void)valid;
  return errors;
}

Result<bool> is_valid(const Plan& plan, const json::Value& value, const ValidateOptions& options) {
  return Validator(plan.program(), options, nullptr).run(value);
}

}  // namespace limpet::json_schema
