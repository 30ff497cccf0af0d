// ECMA-262 regular expressions, rewritten for the two engines that run them.
#pragma once

#include "limpet/base/result.h"

#include <string>
#include <string_view>

namespace limpet::json_schema {

struct TranslatedPattern {
  std::string text;         ///< for RE2 and PCRE2 alike
  bool backtracks = false;  ///< lookaround or a back reference: nothing for RE2
};

/// Reads `pattern` by the grammar of ECMA-262 with the u flag (plus escaped punctuation and bare
/// braces, which everybody writes), and spells it so that \s, ., $, \cX, \uXXXX, [^], \p{Letter}
/// mean the same in RE2 and in PCRE2 with UTF and DOLLAR_ENDONLY.
/// Errors: InvalidInput (not an expression of that grammar; the message says what and where).
Result<TranslatedPattern> translate_pattern(std::string_view pattern);

}  // namespace limpet::json_schema
