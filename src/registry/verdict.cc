#include "verdict.h"

#include "lookup.h"

#include "limpet/base/limits.h"
#include "limpet/storage/content.h"

#include <algorithm>
#include <span>
#include <utility>

namespace limpet::registry {
namespace {

/// Baselines fetched at a time: their texts are in memory together.
constexpr std::size_t kBaselinesPerPage = 25;
/// What it costs to get at a baseline, in steps of a comparison: its record, and each byte of a
/// text that the cache has not kept and that must be fetched and parsed.
constexpr std::uint64_t kStepsPerBaseline = 200;
constexpr std::uint64_t kStepsPerByte = 2;
/// What a look at new versions may cost inside a transaction, where everybody waits for it.
constexpr std::uint64_t kStepsInTransaction = 2 * limits::kComparedPairs;
/// Baseline numbers that a stored verdict lists.
constexpr std::size_t kListedBaselines = 100;

/// The settings that take part in a verdict, as one word.
std::string rules_of(const Settings& settings) {
  std::string rules =
      settings.baseline_for_single_modes == SingleBaseline::Latest ? "latest" : "checkpoint";
  rules +=
      settings.all_modes_scope == ManyBaseline::FromCheckpoint ? ",from-checkpoint" : ",everything";
  rules += settings.check.avro_enum_symbols_strict ? ",symbols" : "";
  rules += settings.check.avro_record_names_matter ? ",names" : "";
  rules += settings.check.json_lenient ? ",lenient-json" : "";
  return rules;
}

Judged circumstances(const Schema& schema, const Settings& settings) {
  return {.mode = schema.mode,
          .checkpoint = schema.checkpoint,
          .latest = schema.latest,
          .generation = schema.generation,
          .rules = rules_of(settings)};
}

class Judge {
 public:
  Judge(storage::RecordReader& records, const Settings& settings, ParsedCache& cache,
        const Schema& schema, const Definition& candidate)
      : records_(records),
        settings_(settings),
        cache_(cache),
        schema_(schema),
        check_(schema.mode, candidate.parsed, settings.check) {}

  /// Look only at what became AVAILABLE since `then`.
  void only_since(const Judged& then) {
    newer_than_ = then.latest;
    // Every new version is a generation, so there are no more of them than that.
    const auto changes = static_cast<std::size_t>(schema_.generation - then.generation);
    page_ = std::clamp<std::size_t>(changes, 1, kBaselinesPerPage);
  }

  Result<StoredVerdict> run() && {
    if (compat::checks_many(schema_.mode)) {
      LIMPET_CHECK(against_many());
    } else if (compat::checks(schema_.mode, compat::Direction::Backward) ||
               compat::checks(schema_.mode, compat::Direction::Forward)) {
      LIMPET_CHECK(against_one());
    }
    stored_.judged = circumstances(schema_, settings_);
    stored_.verdict = std::move(check_).take();
    return std::move(stored_);
  }

 private:
  Status against_one() {
    if (settings_.baseline_for_single_modes == SingleBaseline::Checkpoint) {
      LIMPET_TRY(const auto checkpoint, find_number(records_, schema_, schema_.checkpoint));
      if (checkpoint && checkpoint->status == VersionStatus::Available) {
        return against(std::span(&*checkpoint, 1));
      }
    }
    LIMPET_TRY(const auto latest, find_number(records_, schema_, schema_.latest));
    if (!latest) return {};  // no AVAILABLE version: nothing to be incompatible with
    return against(std::span(&*latest, 1));
  }

  Status against_many() {
    storage::Scan scan{.under = {schema_.incarnation.to_string()},
                       .limit = page_,
                       .order = storage::Order::Descending};
    const bool from_checkpoint = settings_.all_modes_scope == ManyBaseline::FromCheckpoint;
    const std::int64_t first = std::max(newer_than_ + 1, from_checkpoint ? schema_.checkpoint : 1);
    while (!check_.full()) {
      LIMPET_TRY(auto page, records_.scan_index<SchemaVersion>(kAvailable, scan));
      bool last = page.next.empty();
      last |= std::erase_if(page.records, [&](const SchemaVersion& version) {
                return version.number < first;
              }) > 0;
      LIMPET_CHECK(against(page.records));
      if (last) break;
      scan.after = std::move(page.next);
    }
    return {};
  }

  Status against(std::span<const SchemaVersion> versions) {
    LIMPET_TRY(const auto definitions, parse(versions));
    for (std::size_t at = 0; at < versions.size() && !check_.full(); ++at) {
      LIMPET_CHECK(
          check_.against({.version = versions[at].number, .definition = definitions[at]->parsed}));
      ++stored_.baseline_count;
      if (stored_.baselines.size() < kListedBaselines) {
        stored_.baselines.push_back(versions[at].number);
      }
    }
    return {};
  }

  /// One round trip for the texts that the cache has not kept.
  Result<std::vector<DefinitionPtr>> parse(std::span<const SchemaVersion> versions) {
    std::vector<DefinitionPtr> definitions(versions.size());
    std::vector<std::size_t> missing;
    std::vector<std::string> hashes;
    LIMPET_CHECK(check_.charge(kStepsPerBaseline * versions.size()));
    for (std::size_t at = 0; at < versions.size(); ++at) {
      definitions[at] = cache_.find(versions[at].format, versions[at].content);
      if (definitions[at]) continue;
      missing.push_back(at);
      hashes.push_back(versions[at].content);
    }
    if (missing.empty()) return definitions;
    LIMPET_TRY(const auto texts, storage::get_texts(records_, hashes));
    for (std::size_t i = 0; i < missing.size(); ++i) {
      const SchemaVersion& version = versions[missing[i]];
      const std::string who = "schema version " + version.id.to_string();
      if (!texts[i]) return Error::internal("the text of " + who + " is missing");
      LIMPET_CHECK(check_.charge(kStepsPerByte * texts[i]->size()));
      auto definition = cache_.parse(version.format, *texts[i]);
      if (!definition) {
        return Error::internal("the stored text of " + who +
                               " cannot be parsed: " + describe(definition.error()));
      }
      definitions[missing[i]] = *std::move(definition);
    }
    return definitions;
  }

  storage::RecordReader& records_;
  const Settings& settings_;
  ParsedCache& cache_;
  const Schema& schema_;
  compat::Check check_;
  std::int64_t newer_than_ = 0;
  std::size_t page_ = kBaselinesPerPage;
  StoredVerdict stored_;
};

}  // namespace

Result<StoredVerdict> judge(storage::RecordReader& records, const Settings& settings,
                            ParsedCache& cache, const Schema& schema, const Definition& candidate) {
  return Judge(records, settings, cache, schema, candidate).run();
}

Result<std::optional<StoredVerdict>> judge_newer(storage::RecordReader& records,
                                                 const Settings& settings, ParsedCache& cache,
                                                 const Schema& schema, const Definition& candidate,
                                                 const StoredVerdict& earlier) {
  const Judged now = circumstances(schema, settings);
  const Judged& then = earlier.judged;
  if (!compat::checks_many(now.mode) || !earlier.verdict.compatible() || then.mode != now.mode ||
      then.checkpoint != now.checkpoint || then.rules != now.rules) {
    return std::optional<StoredVerdict>();
  }
  Settings bounded = settings;
  bounded.check.max_steps = std::min(settings.check.max_steps, kStepsInTransaction);
  Judge judge(records, bounded, cache, schema, candidate);
  judge.only_since(then);
  auto judged = std::move(judge).run();
  if (!judged && judged.error().code == Code::LimitExceeded) return std::optional<StoredVerdict>();
  LIMPET_TRY(StoredVerdict verdict, std::move(judged));
  verdict.baseline_count += earlier.baseline_count;
  for (const std::int64_t number : earlier.baselines) {
    if (verdict.baselines.size() == kListedBaselines) break;
    verdict.baselines.push_back(number);
  }
  return std::optional(std::move(verdict));
}

bool still_holds(const Judged& judged, const Schema& schema, const Settings& settings) {
  return judged == circumstances(schema, settings);
}

bool out_of_date(const Judged& judged, const Schema& schema, const Settings& settings) {
  const Judged now = circumstances(schema, settings);
  if (judged.mode != now.mode || judged.checkpoint != now.checkpoint || judged.rules != now.rules) {
    return true;
  }
  // A mode that compares with one version does not mind what happens to the others.
  return compat::checks_many(now.mode) ? judged.generation != now.generation
                                       : judged.latest != now.latest;
}

}  // namespace limpet::registry
