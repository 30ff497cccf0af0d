#include "limpet/lint/lint.h"

#include "collector.h"

#include <algorithm>
#include <variant>

namespace limpet::lint {

std::string_view to_string(Severity severity) {
  return severity == Severity::Warning ? "warning" : "info";
}

const Rule* find_rule(std::string_view id) {
  const auto found = std::ranges::find(rules(), id, &Rule::id);
  return found == rules().end() ? nullptr : &*found;
}

bool is_asked(const Rule& rule, const Options& options) {
  return (rule.by_default || options.enabled.contains(rule.id)) &&
         !options.disabled.contains(rule.id);
}

Result<std::vector<Advice>> lint(const compat::ParsedDefinition& definition, std::string_view text,
                                 const Options& options) {
  Collector out(options);
  const auto& model = definition.model();
  if (const auto* avro = std::get_if<avro::Schema>(&model)) {
    LIMPET_TRY(const auto document, read_json(text, RuleId::AvroDuplicateMember, out));
    lint_avro(*avro, document, out);
  } else if (const auto* json = std::get_if<json_schema::Schema>(&model)) {
    LIMPET_TRY(const auto document, read_json(text, RuleId::JsonDuplicateMember, out));
    lint_json(*json, document, out);
  } else {
    lint_protobuf(std::get<protobuf::Schema>(model), text, out);
  }
  return std::move(out).take();
}

}  // namespace limpet::lint
