// How options are shown: the forms of their values, and docs/reference/options.md.
#include "options.h"

#include <string>

namespace limpet::app {

using enum OptionType;

std::string_view value_form(const Option& option) {
  switch (option.type) {
    case Text:
      return "TEXT";
    case Switch:
      return "on|off";
    case Choice:
      return option.choices;
    case Integer:
      return "NUMBER";
    case Bytes:
      return "SIZE";
    case Duration:
      return option.choices.empty() ? "DURATION" : option.choices;
    case List:
      return "A,B,…";
    case Keys:
      return "LIST";
  }
  return {};
}

std::string options_markdown() {
  std::string out =
      "# Options\n\n"
      "<!-- Made by `limpet options --markdown`; a test compares. -->\n\n"
      "Every option of `limpet serve` and `limpet dev`. A flag wins over the environment, the\n"
      "environment over the file (`--config FILE`, YAML), the file over the default. In the file "
      "a\n"
      "dot is a nesting: `log.level` is `level` below `log`. Sizes are bytes or end in KiB, MiB "
      "or\n"
      "GiB; durations are seconds or end in ms, s, m, h or d. `limpet dev` has its own default "
      "for\n"
      "`--data`: a temporary folder.\n";
  std::string_view group;
  for (const auto& option : options()) {
    if (option.group != group) {
      group = option.group;
      out += "\n## " + std::string(group) +
             "\n\n| Flag | Environment | File | Value | Default | |\n|---|---|---|---|---|---|\n";
    }
    const auto code = [](std::string_view text) {
      return text.empty() ? std::string() : "`" + std::string(text) + "`";
    };
    std::string form(value_form(option));
    for (std::size_t at = 0; (at = form.find('|', at)) != std::string::npos; at += 2) {
      form.insert(at, "\\");
    }
    out +=
        "| " +
        (option.places == OptionPlaces::Everywhere ? "`--" + std::string(option.name) + "`" : "") +
        " | " + code(option.env) + " | " + code(option.path) + " | " + form + " | " +
        code(option.fallback) + " | " + std::string(option.sentence) + " |\n";
  }
  return out;
}

}  // namespace limpet::app
