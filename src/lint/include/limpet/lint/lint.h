// Advice on valid definitions: what will hurt later, though nothing is wrong today.
//
//   auto advice = lint::lint(definition, text);
//   if (!advice) return std::move(advice).error();
//   for (const lint::Advice& each : *advice) say(each.rule->id, each.path, each.message, each.fix);
//
// The rules are a closed set, in rules(); docs/reference/lint.md is made of it. Pure: the same text
// gives the same list, in the order of the text. Threads: safe.
#pragma once

#include "limpet/base/result.h"
#include "limpet/compat/definition.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::lint {

enum class Severity : std::uint8_t {
  Warning,  ///< likely a mistake, or a trap that closes when the schema evolves
  Info,     ///< worth knowing
};
std::string_view to_string(Severity severity);  ///< "warning", "info"

struct Rule {
  std::string_view id;  ///< "avro-enum-without-default"; never changes its meaning
  compat::Format format = compat::Format::Avro;
  Severity severity = Severity::Warning;
  bool by_default = true;    ///< otherwise only when it is asked for
  std::string_view finds;    ///< what it finds: "an enum without a default"
  std::string_view because;  ///< why that matters, in whole sentences
};

/// All rules, by format, then by id.
std::span<const Rule> rules();
/// The rule of that id, or nullptr.
const Rule* find_rule(std::string_view id);
/// The reference page of the rules.
std::string rules_markdown();

/// One thing that a rule found.
struct Advice {
  const Rule* rule = nullptr;
  std::string path;                 ///< JSON pointer, or names: "/Order/total"; "" = the whole
  std::optional<std::size_t> byte;  ///< where it begins, when that is not at the path's value
  std::string message;              ///< one sentence without full stop
  std::string fix;                  ///< what to do, likewise
};

struct Options {
  std::set<std::string, std::less<>> disabled;  ///< ids that are not asked
  std::set<std::string, std::less<>> enabled;   ///< ids asked though they are off by default
  std::size_t max_advice = 200;                 ///< later ones are not given
};

/// By default, or by these options.
bool is_asked(const Rule& rule, const Options& options);

/// Requires: `definition` was parsed from `text`. Cost: about the size of the text.
/// Errors: InvalidInput, LimitExceeded (the text cannot be read again within the engine's limits).
Result<std::vector<Advice>> lint(const compat::ParsedDefinition& definition, std::string_view text,
                                 const Options& options = {});

}  // namespace limpet::lint
