#include "limpet/compat/check.h"

#include "confluent.h"
#include "findings.h"

#include "limpet/base/assert.h"
#include "limpet/base/utf8.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <type_traits>
#include <utility>

namespace limpet::compat {
namespace {

Direction other(Direction direction) {
  return direction == Direction::Backward ? Direction::Forward : Direction::Backward;
}

/// The mode that checks only `direction`, as wide as `mode`.
Mode only(Direction direction, Mode mode) {
  if (direction == Direction::Backward) {
    return checks_many(mode) ? Mode::BackwardAll : Mode::Backward;
  }
  return checks_many(mode) ? Mode::ForwardAll : Mode::Forward;
}

struct Bounds {
  const CheckOptions& options;
  std::size_t differences_max;
  std::uint64_t* steps_left;
};

Result<std::vector<avro::Mismatch>> differences_of(const avro::Schema& reader,
                                                   const avro::Schema& writer,
                                                   const Bounds& bounds) {
  return avro::resolve({.reader = reader,
                        .writer = writer,
                        .options = {.enum_symbols_strict = bounds.options.avro_enum_symbols_strict,
                                    .record_names_matter = bounds.options.avro_record_names_matter,
                                    .max_pairs = bounds.options.max_pairs,
                                    .max_mismatches = bounds.differences_max},
                        .pairs_left = bounds.steps_left});
}

Result<std::vector<json_schema::Difference>> differences_of(const json_schema::Schema& reader,
                                                            const json_schema::Schema& writer,
                                                            const Bounds& bounds) {
  return json_schema::compare({.reader = reader,
                               .writer = writer,
                               .options = {.lenient = bounds.options.json_lenient,
                                           .max_steps = bounds.options.max_pairs,
                                           .max_differences = bounds.differences_max},
                               .steps_left = bounds.steps_left});
}

Result<std::vector<protobuf::Difference>> differences_of(const protobuf::Schema& reader,
                                                         const protobuf::Schema& writer,
                                                         const Bounds& bounds) {
  return protobuf::compare({.reader = reader,
                            .writer = writer,
                            .options = {.max_pairs = bounds.options.max_pairs,
                                        .max_differences = bounds.differences_max},
                            .pairs_left = bounds.steps_left});
}

Result<std::vector<avro::Incompatibility>> confluent_differences_of(const avro::Schema& reader,
                                                                    const avro::Schema& writer,
                                                                    const Bounds& bounds) {
  return avro::check_pair({.reader = reader,
                           .writer = writer,
                           .max_pairs = bounds.options.max_pairs,
                           .max_incompatibilities = bounds.differences_max,
                           .pairs_left = bounds.steps_left});
}

Result<std::vector<json_schema::ConfluentDifference>> confluent_differences_of(
    const json_schema::Schema& reader, const json_schema::Schema& writer, const Bounds& bounds) {
  return json_schema::confluent_compare({.reader = reader,
                                         .writer = writer,
                                         .options = {.lenient = bounds.options.json_lenient,
                                                     .max_steps = bounds.options.max_pairs,
                                                     .max_differences = bounds.differences_max},
                                         .steps_left = bounds.steps_left});
}

Result<std::vector<protobuf::Difference>> confluent_differences_of(const protobuf::Schema& reader,
                                                                   const protobuf::Schema& writer,
                                                                   const Bounds& bounds) {
  return protobuf::compare({.reader = reader,
                            .writer = writer,
                            .options = {.profile = protobuf::Profile::Confluent,
                                        .max_pairs = bounds.options.max_pairs,
                                        .max_differences = bounds.differences_max},
                            .pairs_left = bounds.steps_left});
}

constexpr std::array kBackwardFirst{Direction::Backward, Direction::Forward};
constexpr std::array kForwardFirst{Direction::Forward, Direction::Backward};

}  // namespace

Check::Check(Mode mode, ParsedDefinition candidate, CheckOptions options)
    : mode_(mode),
      candidate_(std::move(candidate)),
      options_(options),
      steps_left_(options.max_steps) {}

Error Check::too_much_work() const {
  return Error::limit_exceeded(
      "Comparing the schema definition with the versions that mode " +
      std::string(to_string(mode_)) + " names takes more than " +
      std::to_string(options_.max_steps) +
      " steps; a later checkpoint (UpdateSchema) leaves fewer of them to compare with");
}

Status Check::charge(std::uint64_t steps) {
  if (steps >= steps_left_) {
    steps_left_ = 0;
    return too_much_work();
  }
  steps_left_ -= steps;
  return {};
}

bool Check::full() const {
  return findings_.size() >= options_.max_findings ||
         (options_.profile == Profile::Confluent && !findings_.empty());
}

Result<std::vector<Finding>> Check::compare(Direction direction, const Baseline& baseline,
                                            std::size_t limit) {
  const bool confluent = options_.profile == Profile::Confluent;
  const bool one_format = candidate_.format() == baseline.definition.format();
  LIMPET_ASSERT(one_format || confluent);
  if (steps_left_ == 0) return too_much_work();
  const Comparison comparison{mode_, direction, baseline.version};
  if (!one_format) {
    return std::vector{other_format(comparison, candidate_.format(), baseline.definition.format())};
  }
  const auto& [reader, writer] = comparison.backward()
                                     ? std::tie(candidate_.model(), baseline.definition.model())
                                     : std::tie(baseline.definition.model(), candidate_.model());
  const Bounds bounds{options_, limit, &steps_left_};
  std::vector<Finding> findings;
  const Status compared = std::visit(
      [&](const auto& of_reader) -> Status {
        const auto& of_writer = std::get<std::decay_t<decltype(of_reader)>>(writer);
        if (confluent) {
          LIMPET_TRY(const auto found, confluent_differences_of(of_reader, of_writer, bounds));
          for (const auto& one : found) findings.push_back(to_confluent_finding(comparison, one));
        } else {
          LIMPET_TRY(const auto found, differences_of(of_reader, of_writer, bounds));
          for (const auto& one : found) findings.push_back(to_finding(comparison, one));
        }
        return {};
      },
      reader);
  if (!compared) return steps_left_ == 0 ? too_much_work() : compared.error();
  return findings;
}

Status Check::against(const Baseline& baseline) {
  const bool confluent = options_.profile == Profile::Confluent;
  for (const Direction direction : confluent ? kForwardFirst : kBackwardFirst) {
    if (!checks(mode_, direction) || findings_.size() >= options_.max_findings) continue;
    LIMPET_TRY(auto found, compare(direction, baseline, options_.max_findings - findings_.size()));
    if (!found.empty()) failed(direction) = true;
    std::ranges::move(found, std::back_inserter(findings_));
  }
  if (findings_.empty() || checks_many(mode_)) return {};
  // A mode that looks one way and at one version: would the other way accept the definition?
  for (const Direction direction : {Direction::Backward, Direction::Forward}) {
    if (checks(mode_, direction)) continue;
    const auto found = compare(direction, baseline, 1);
    failed(direction) = !found || !found->empty();
  }
  return {};
}

bool& Check::failed(Direction direction) {
  return direction == Direction::Backward ? backward_failed_ : forward_failed_;
}

std::vector<Mode> Check::accepting() {
  std::vector<Mode> modes;
  for (const Direction direction : {Direction::Backward, Direction::Forward}) {
    // The *_ALL modes of one direction never looked the other way, and a check that stopped early
    // did not look at everything.
    const bool early = checks_many(mode_) ? full() : findings_.size() >= options_.max_findings;
    const bool looked = checks(mode_, direction) ? !early : !checks_many(mode_);
    if (looked && !failed(direction) && failed(other(direction))) {
      modes.push_back(only(direction, mode_));
    }
  }
  modes.push_back(Mode::None);
  return modes;
}

Verdict Check::take() && {
  if (!findings_.empty()) {
    std::string modes;
    for (const Mode mode : accepting()) {
      if (!modes.empty()) modes += " or ";
      modes += to_string(mode);
    }
    for (Finding& finding : findings_) finding.fix += ", or register it under " + modes + ".";
  }
  return {mode_, std::move(findings_)};
}

Result<Verdict> check(Mode mode, const CheckOptions& options, const ParsedDefinition& candidate,
                      std::span<const Baseline> baselines) {
  Check check(mode, candidate, options);
  for (const Baseline& baseline : baselines) {
    LIMPET_CHECK(check.against(baseline));
    if (check.full()) break;
  }
  return std::move(check).take();
}

std::string summary(const Verdict& verdict) {
  if (verdict.compatible()) return {};
  const Finding& first = verdict.findings.front();
  std::string text = first.message;
  if (!first.fix.empty()) {
    std::string fix = first.fix;
    if (fix.front() >= 'A' && fix.front() <= 'Z') fix.front() += 'a' - 'A';
    text += " Fix: " + fix;
  }
  const std::size_t more = verdict.findings.size() - 1;
  std::string tail;
  if (more > 0) {
    tail = " (and " + std::to_string(more) + " more reason" + (more == 1 ? "" : "s") + ")";
  }
  text = truncate_utf8(text, kSummaryBytes - tail.size());
  return text + tail;
}

}  // namespace limpet::compat
