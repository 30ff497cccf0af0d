#include "limpet/json_schema/validate.h"

#include "validator.h"

namespace limpet::json_schema {
namespace {

template <class Document>
Result<std::vector<ValidationError>> reasons(const Plan& plan, typename Document::Value value,
                                             const ValidateOptions& options) {
  std::vector<ValidationError> errors;
  Validator<Wanted::Reasons, Document> validator(plan.program(), Effort(options), &errors);
  const auto valid = validator.run(value);
  if (options.steps_used != nullptr) *options.steps_used = validator.effort().steps_used();
  if (!valid) return valid.error();
  return errors;
}

template <class Document>
Result<bool> verdict(const Plan& plan, typename Document::Value value,
                     const ValidateOptions& options) {
  Validator<Wanted::Verdict, Document> validator(plan.program(), Effort(options));
  auto valid = validator.run(value);
  if (options.steps_used != nullptr) *options.steps_used = validator.effort().steps_used();
  return valid;
}

}  // namespace

Result<std::vector<ValidationError>> validate(const Plan& plan, const json::Value& value,
                                              const ValidateOptions& options) {
  return reasons<Tree>(plan, value, options);
}
Result<bool> is_valid(const Plan& plan, const json::Value& value, const ValidateOptions& options) {
  return verdict<Tree>(plan, value, options);
}
Result<std::vector<ValidationError>> validate(const Plan& plan, const value::View& value,
                                              const ValidateOptions& options) {
  return reasons<Views>(plan, value, options);
}
Result<bool> is_valid(const Plan& plan, const value::View& value, const ValidateOptions& options) {
  return verdict<Views>(plan, value, options);
}

}  // namespace limpet::json_schema
