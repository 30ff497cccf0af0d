// Pattern: a compiled regular expression of a schema.
//
//   auto pattern = Pattern::compile("^[a-z]+$");
//   pattern->found_in("limpet", steps_left);       // Found::Yes
//
// A ClassSequence or RE2 runs it, in time linear in the text; what RE2 has not (lookaround, back
// references, bounds over 1000) runs in PCRE2 with a bound on its backtracking. A Pattern is
// immutable; copies share one program. Threads: safe.
#pragma once

#include "limpet/base/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace limpet::json_schema {

enum class Found : std::uint8_t {
  No,
  Yes,
  TooMuchWork,  ///< a bound on backtracking was reached; RE2 never says that
};

class Pattern {
 public:
  /// Bytes of a pattern, and of the text that PCRE2 is given.
  static constexpr std::size_t kMaxBytes = 16UL << 10;
  static constexpr std::size_t kMaxBacktrackedText = 64UL << 10;

  /// Instructions of all programs that one schema may have.
  static constexpr std::size_t kMaxInstructions = 300'000;

  /// Errors: InvalidInput (no ECMA-262 expression, or one that neither engine runs), LimitExceeded
  /// (too long, or its program too large).
  static Result<Pattern> compile(std::string_view ecma);

  /// Is there a match anywhere in `text`? Takes what it cost off `steps_left`. Requires: UTF-8.
  Found found_in(std::string_view text, std::uint64_t& steps_left) const;

  /// How large the program is, in instructions.
  std::size_t instructions() const;

  class Program;
  explicit Pattern(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

 private:
  std::shared_ptr<const Program> program_;
};

}  // namespace limpet::json_schema
