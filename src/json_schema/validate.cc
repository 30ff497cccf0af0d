#include "limpet/json_schema/validate.h"

#include "validator.h"

namespace limpet::json_schema {

Result<std::vector<ValidationError>> validate(const Plan& plan, const json::Value& value,
                                              const ValidateOptions& options) {
  std::vector<ValidationError> errors;
  Validator<Wanted::Reasons> validator(plan.program(), Effort(options), &errors);
  const auto valid = validator.run(value);
  if (options.steps_used != nullptr) *options.steps_used = validator.effort().steps_used();
  if (!valid) return valid.error();
  return errors;
}

Result<bool> is_valid(const Plan& plan, const json::Value& value, const ValidateOptions& options) {
  Validator<Wanted::Verdict> validator(plan.program(), Effort(options));
  auto valid = validator.run(value);
  if (options.steps_used != nullptr) *options.steps_used = validator.effort().steps_used();
  return valid;
}

}  // namespace limpet::json_schema
