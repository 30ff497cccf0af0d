#define PCRE2_CODE_UNIT_WIDTH 8

#include "pattern.h"

#include "class_sequence.h"
#include "ecma_regex.h"

#include <algorithm>
#include <array>
#include <optional>
#include <pcre2.h>
#include <re2/re2.h>
#include <utility>

namespace limpet::json_schema {
namespace {

// Half of it is for states that are made while matching, so most get little and few get much.
constexpr std::int64_t kSmallProgramBytes = 256 << 10;
constexpr std::int64_t kLargeProgramBytes = 8 << 20;
constexpr std::uint64_t kBytesPerStep = 16;
constexpr std::size_t kBytesPerInstruction = 16;
// PCRE2 counts its calls of match() anew for each place that it starts from.
constexpr std::uint32_t kBacktracks = 1'000'000;
constexpr std::uint32_t kFewestBacktracks = 200;
constexpr std::uint64_t kBacktrackingSteps = 256;

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

struct FreeCode {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeMatch {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
struct FreeContext {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

}  // namespace

class Pattern::Program {
 public:
  // One of the three, the first that can.
  std::optional<ClassSequence> simple;
  std::unique_ptr<re2::RE2> linear;
  std::unique_ptr<pcre2_code, FreeCode> backtracking;
};

Result<Pattern> Pattern::compile(std::string_view ecma) {
  if (ecma.size() > kMaxBytes) {
    return Error::limit_exceeded("A regular expression is longer than " +
                                 std::to_string(kMaxBytes) + " bytes");
  }
  LIMPET_TRY(const auto translated, translate_pattern(ecma));
  auto program = std::make_shared<Program>();
  program->simple = ClassSequence::read(ecma);
  if (program->simple) return Pattern(std::move(program));
  if (!translated.backtracks) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_never_capture(true);
    options.set_max_mem(kSmallProgramBytes);
    auto linear = std::make_unique<re2::RE2>(piece(translated.text), options);
    if (linear->error_code() == re2::RE2::ErrorPatternTooLarge) {
      options.set_max_mem(kLargeProgramBytes);
      linear = std::make_unique<re2::RE2>(piece(translated.text), options);
    }
    if (linear->ok()) {
      program->linear = std::move(linear);
      return Pattern(std::move(program));
    }
    if (linear->error_code() == re2::RE2::ErrorPatternTooLarge) {
      return Error::limit_exceeded("The regular expression \"" + std::string(ecma.substr(0, 200)) +
                                   "\" needs too much memory");
    }
  }
  int failure = 0;
  PCRE2_SIZE at = 0;
  program->backtracking.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.text.data()),
                                            translated.text.size(),
                                            PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_DOLLAR_ENDONLY |
                                                PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C,
                                            &failure, &at, nullptr));
  if (program->backtracking == nullptr) {
    std::array<PCRE2_UCHAR, 200> text{};
    pcre2_get_error_message(failure, text.data(), text.size());
    return Error::invalid_input(
        "The regular expression \"" + std::string(ecma.substr(0, 200)) +
        "\" is not supported: " + reinterpret_cast<const char*>(text.data()));
  }
  return Pattern(std::move(program));
}

std::size_t Pattern::instructions() const {
  if (program_->simple) return 1 + program_->simple->size();
  if (program_->linear)
    return static_cast<std::size_t>(std::max(1, program_->linear->ProgramSize()));
  std::size_t bytes = 0;
  pcre2_pattern_info(program_->backtracking.get(), PCRE2_INFO_SIZE, &bytes);
  return 1 + bytes / kBytesPerInstruction;
}

Found Pattern::found_in(std::string_view text, std::uint64_t& steps_left) const {
  const auto spend = [&](std::uint64_t steps) { steps_left -= std::min(steps_left, steps); };
  // RE2 takes so long where a pattern has more states than it may remember.
  spend(1 + text.size() / kBytesPerStep * instructions());
  if (program_->simple) return program_->simple->matches(text) ? Found::Yes : Found::No;
  if (program_->linear) {
    const auto& linear = *program_->linear;
    return linear.Match(piece(text), 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0) ? Found::Yes
                                                                                       : Found::No;
  }
  if (text.size() > kMaxBacktrackedText) return Found::TooMuchWork;
  const auto limit = std::max<std::uint32_t>(
      kFewestBacktracks, kBacktracks / (static_cast<std::uint32_t>(text.size()) + 1));
  spend(kBacktrackingSteps);
  const std::unique_ptr<pcre2_match_data, FreeMatch> data(pcre2_match_data_create(1, nullptr));
  const std::unique_ptr<pcre2_match_context, FreeContext> context(
      pcre2_match_context_create(nullptr));
  if (data == nullptr || context == nullptr) return Found::TooMuchWork;
  pcre2_set_match_limit(context.get(), limit);
  pcre2_set_depth_limit(context.get(), limit);
  pcre2_set_heap_limit(context.get(), 8 << 10);  // KiB
  const auto result =
      pcre2_match(program_->backtracking.get(), reinterpret_cast<PCRE2_SPTR>(text.data()),
                  text.size(), 0, PCRE2_NO_UTF_CHECK, data.get(), context.get());
  if (result >= 0) return Found::Yes;
  return result == PCRE2_ERROR_NOMATCH ? Found::No : Found::TooMuchWork;
}

}  // namespace limpet::json_schema
