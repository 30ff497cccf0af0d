// For tests: what lint() says of a text.
#pragma once

#include "limpet/lint/lint.h"

#include <string>
#include <string_view>

namespace limpet::lint {

/// "id path" per piece of advice, a line each; "" = nothing to say. `also` is a rule, off by
/// default, that is asked too.
inline std::string advised(const compat::ParsedDefinition& definition, std::string_view text,
                           std::string_view also = {}) {
  Options options;
  if (!also.empty()) options.enabled.insert(std::string(also));
  const auto advice = lint(definition, text, options);
  if (!advice) return describe(advice.error());
  std::string out;
  for (const auto& each : *advice) {
    out += (out.empty() ? "" : "\n") + std::string(each.rule->id) + " " + each.path;
  }
  return out;
}

inline std::string advised(compat::Format format, std::string_view text,
                           std::string_view also = {}) {
  const auto definition = compat::parse_definition(format, text);
  return definition ? advised(*definition, text, also) : describe(definition.error());
}

}  // namespace limpet::lint
