#include "limpet/compat/semantic_diff.h"

#include "limpet/base/utf8.h"
#include "limpet/json/parse.h"
#include "limpet/json/patch.h"
#include "limpet/json/writer.h"

#include <utility>
#include <vector>

namespace limpet::compat {
namespace {

using json::Value;

constexpr std::size_t kTextBytes = 4UL << 20;
/// Levels of JSON per level of a schema: record, fields, field, type.
constexpr std::size_t kLevelsPerType = 4;
constexpr std::size_t kPathBytes = 4 * limits::kDiffCharacters;

Value text_of(std::string_view text) { return Value::string(std::string(text)); }

/// Lines with something on them.
Value lines_of(std::string_view text) {
  std::vector<Value> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end != 0) lines.push_back(text_of(text.substr(0, end)));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return Value::array(std::move(lines));
}

/// What means something, as JSON.
Result<Value> meaning_of(const ParsedDefinition& definition) {
  if (const auto* schema = std::get_if<protobuf::Schema>(&definition.model())) {
    return lines_of(protobuf::canonical_text(*schema));
  }
  return json::parse(definition.identity(), {.max_bytes = kTextBytes,
                                             .max_depth = limits::kSchemaDepth * kLevelsPerType,
                                             .max_nodes = limits::kSchemaNodes});
}

Value to_json(const Finding& finding) {
  return Value::object({{"Rule", text_of(finding.rule)},
                        {"Path", text_of(finding.path)},
                        {"Field", text_of(finding.field)},
                        {"ReaderType", text_of(finding.reader_type)},
                        {"WriterType", text_of(finding.writer_type)},
                        {"Message", text_of(finding.message)}});
}

Result<Value> verdict_of(Mode mode, const Baseline& first, const ParsedDefinition& second,
                         const CheckOptions& options) {
  Check check(mode, second, options);
  LIMPET_CHECK(check.against(first));
  const Verdict verdict = std::move(check).take();
  std::vector<Value> findings;
  for (const Finding& finding : verdict.findings) findings.push_back(to_json(finding));
  return Value::object({{"Compatible", Value::boolean(verdict.compatible())},
                        {"Findings", Value::array(std::move(findings))}});
}

}  // namespace

Result<std::string> semantic_diff(const Baseline& first, const ParsedDefinition& second,
                                  const CheckOptions& options) {
  LIMPET_TRY(const Value from, meaning_of(first.definition));
  LIMPET_TRY(const Value to, meaning_of(second));
  LIMPET_TRY(Value backward, verdict_of(Mode::Backward, first, second, options));
  LIMPET_TRY(Value forward, verdict_of(Mode::Forward, first, second, options));
  std::string text = json::to_text(
      Value::object({{"Changes", json::diff(from, to, {.max_path_bytes = kPathBytes})},
                     {"Backward", std::move(backward)},
                     {"Forward", std::move(forward)}}));
  if (text.size() > limits::kDiffCharacters && code_points(text) > limits::kDiffCharacters) {
    return Error::invalid_input("The difference of the two versions is longer than " +
                                std::to_string(limits::kDiffCharacters) + " characters.");
  }
  return text;
}

}  // namespace limpet::compat
