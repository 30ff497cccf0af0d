// Evolution checks: may a new definition follow the versions that exist, and if not, why not?
//
//   compat::Check check(Mode::Backward, candidate);
//   LIMPET_CHECK(check.against({.version = 2, .definition = stored}));
//   compat::Verdict verdict = std::move(check).take();
//   if (!verdict.compatible()) log(compat::summary(verdict));
//
// A verdict is a value; an error means that no verdict was reached. Findings keep the order of the
// baselines, per baseline backward before forward, per direction the order of the reader's text.
// Under Profile::Confluent forward comes first, give the baselines newest first: the first one that
// is not compatible ends the check, and versions may be of another format (and are then refused).
#pragma once

#include "limpet/base/limits.h"
#include "limpet/base/result.h"
#include "limpet/compat/definition.h"
#include "limpet/compat/format.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::compat {

/// One reason why a definition may not follow a version.
struct Finding {
  std::string rule;  ///< "READER_FIELD_MISSING_DEFAULT_VALUE", …; a closed set per format
  Direction direction = Direction::Backward;
  std::int64_t version = 0;  ///< the stored version that it was found against
  std::string path;          ///< JSON pointer in the reader's definition: "/fields/2"
  std::string field;         ///< for people: "User.height"; may be empty
  std::string reader_type;   ///< "int", "enum my.ns.Color"; "absent" where there is none
  std::string writer_type;   ///< likewise
  std::string message;       ///< one sentence: what is wrong
  std::string fix;           ///< one sentence: what to change
  /// Profile::Confluent: what Confluent's registry puts into its list of messages, word for word.
  std::string confluent_message = {};

  friend bool operator==(const Finding&, const Finding&) = default;
};

struct Verdict {
  Mode mode = Mode::None;
  std::vector<Finding> findings;

  bool compatible() const { return findings.empty(); }
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

/// Where the rules leave a choice.
struct CheckOptions {
  Profile profile = Profile::Glue;
  /// AVRO, Glue: losing an enum symbol without a default in the reader's enum is incompatible.
  bool avro_enum_symbols_strict = true;
  /// AVRO, Glue: a record of another simple name is incompatible (outside unions).
  bool avro_record_names_matter = false;
  /// JSON: optional properties may join a content model that is open, though documents may have had
  /// anything there before. Confluent: the policy LENIENT.
  bool json_lenient = false;
  /// Pairs of nodes that one comparison of two definitions may visit.
  std::uint64_t max_pairs = limits::kComparedPairs;
  /// Steps that all comparisons of one check may take together, and what is charged for them.
  std::uint64_t max_steps = limits::kJudgingSteps;
  /// Later findings are not reported, and no further baseline is looked at.
  std::size_t max_findings = 100;
};

struct Baseline {
  std::int64_t version = 0;
  ParsedDefinition definition;
};

/// Compares one candidate with stored versions, one at a time, so that the caller need not hold
/// them all. Threads: confined.
class Check {
 public:
  Check(Mode mode, ParsedDefinition candidate, CheckOptions options = {});

  /// Under NONE and DISABLED nothing is compared. Requires: the formats are equal, but for
  /// Profile::Confluent.
  /// Errors: LimitExceeded (more work than allowed): there is no verdict.
  Status against(const Baseline& baseline);

  /// Account for work that was done to get at a baseline. Errors: LimitExceeded.
  Status charge(std::uint64_t steps);

  /// No further baseline can change the verdict's findings.
  bool full() const;

  /// The verdict; every fix ends with the modes that would accept the definition.
  Verdict take() &&;

 private:
  Result<std::vector<Finding>> compare(Direction direction, const Baseline& baseline,
                                       std::size_t limit);
  Error too_much_work() const;
  bool& failed(Direction direction);
  std::vector<Mode> accepting();

  Mode mode_;
  ParsedDefinition candidate_;
  CheckOptions options_;
  std::uint64_t steps_left_;
  std::vector<Finding> findings_;
  bool backward_failed_ = false;
  bool forward_failed_ = false;
};

/// All baselines in one call.
Result<Verdict> check(Mode mode, const CheckOptions& options, const ParsedDefinition& candidate,
                      std::span<const Baseline> baselines);

/// Bytes of the longest summary.
inline constexpr std::size_t kSummaryBytes = 2000;

/// One plain sentence with its fix: the first finding, and how many more there are. Empty when
/// compatible; at most kSummaryBytes.
std::string summary(const Verdict& verdict);

}  // namespace limpet::compat
