#include "limpet/compat/diff.h"

#include "limpet/base/limits.h"
#include "limpet/base/utf8.h"
#include "limpet/json/parse.h"
#include "limpet/json/patch.h"
#include "limpet/json/writer.h"

#include <utility>

namespace limpet::compat {
namespace {

constexpr std::size_t kTextBytes = 1UL << 20;
/// A patch whose paths alone are longer than this does not fit, however they are spelled.
constexpr std::size_t kPathBytes = 4 * limits::kDiffCharacters;
/// Levels of JSON per level of a schema: record, fields, field, type.
constexpr std::size_t kLevelsPerType = 4;

Result<json::Value> parse(std::string_view text) {
  return json::parse(text, {.max_bytes = kTextBytes,
                            .max_depth = limits::kSchemaDepth * kLevelsPerType,
                            .max_nodes = limits::kSchemaNodes});
}

std::string replace_all(json::Value document) {
  return json::to_text(
      json::Value::array({json::Value::object({{"op", json::Value::string("replace")},
                                               {"path", json::Value::string("")},
                                               {"value", std::move(document)}})}));
}

bool fits(const std::string& patch) {
  return patch.size() <= limits::kDiffCharacters || code_points(patch) <= limits::kDiffCharacters;
}

}  // namespace

Result<std::string> syntax_diff(Format format, std::string_view first, std::string_view second) {
  std::string patch;
  if (format == Format::Protobuf) {
    patch = first == second ? "[]" : replace_all(json::Value::string(std::string(second)));
  } else {
    LIMPET_TRY(const json::Value from, parse(first));
    LIMPET_TRY(json::Value to, parse(second));
    patch = json::to_text(json::diff(from, to, {.max_path_bytes = kPathBytes}));
    if (!fits(patch)) patch = replace_all(std::move(to));
  }
  if (!fits(patch)) {
    return Error::invalid_input("The difference of the two versions is longer than " +
                                std::to_string(limits::kDiffCharacters) + " characters.");
  }
  return patch;
}

}  // namespace limpet::compat
