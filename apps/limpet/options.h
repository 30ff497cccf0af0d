// The one table of options: command line, environment, configuration file, help and reference page
// are all made from it.
#pragma once

#include "config.h"

#include "limpet/base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace limpet::app {

enum class OptionType : std::uint8_t { Text, Switch, Choice, Integer, Bytes, Duration, List, Keys };

/// Where an option can be given besides the configuration file.
enum class OptionPlaces : std::uint8_t { Everywhere, NoFlag, FileOnly };

struct Option {
  std::string_view group;  ///< heading in help and reference
  std::string_view name;   ///< "--" + name on the command line
  std::string_view env;    ///< environment variable
  std::string_view path;   ///< dotted path in the YAML file
  OptionType type = OptionType::Text;
  std::string_view choices{};   ///< "a|b" for Choice; other forms of a Duration
  std::string_view fallback{};  ///< the default, as one would write it
  std::string_view sentence;
  bool secret = false;  ///< its value appears in no message
  OptionPlaces places = OptionPlaces::Everywhere;
  /// Checks the text and keeps it. Errors: InvalidInput, a sentence that needs no subject.
  Status (*set)(Config& config, std::string_view text) = nullptr;
};

std::span<const Option> options();

/// "sigv4|off", "on|off", "SIZE", …: what may be given, for help and reference.
std::string_view value_form(const Option& option);

/// The reference page, docs/reference/options.md.
std::string options_markdown();

/// Readers of the values' text forms. Errors: InvalidInput.
Result<bool> parse_switch(std::string_view text);  // on, off, true, yes, 1, …
Result<std::int64_t> parse_integer(std::string_view text, std::int64_t min, std::int64_t max);
Result<std::size_t> parse_bytes(std::string_view text, std::size_t min, std::size_t max);  // 4MiB
Result<std::chrono::milliseconds> parse_duration(std::string_view text,
                                                 std::chrono::milliseconds max);  // 60s, 500ms, 5m
std::vector<std::string> parse_list(std::string_view text);  // comma-separated, blanks trimmed

}  // namespace limpet::app
