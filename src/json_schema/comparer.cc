#include "comparer.h"

#include "matching.h"
#include "part_words.h"
#include "sameness.h"
#include "uri.h"

#include <algorithm>
#include <set>
#include <utility>

namespace limpet::json_schema {
namespace {

constexpr std::size_t kMaxDepth = 500;
constexpr std::size_t kMaxCombined = 512;
constexpr std::uint32_t kReaderIds = 1U << 31;

bool is_emptyish(const Part& part) {
  return part.kind == PartKind::Empty || part.kind == PartKind::True;
}

}  // namespace

Comparer::Comparer(const Comparison& comparison, std::uint64_t steps)
    : comparison_(comparison),
      writer_(*comparison.writer.model(), 0),
      reader_(*comparison.reader.model(), kReaderIds),
      steps_max_(steps),
      steps_left_(steps) {}

Result<std::vector<Difference>> Comparer::run() {
  const auto& writer = writer_.model();
  const auto& reader = reader_.model();
  // What is written the same means the same; this also answers for what is not compared.
  if (same_text({writer, writer.root()}, {reader, reader.root()}, steps_left_)) return differences_;
  const auto& original = dereferenced(writer_.of(writer.root()));
  const auto& update = dereferenced(reader_.of(reader.root()));
  // A pair that is met again inside itself is taken for compatible. Where that took part and pairs
  // turned out incompatible, what was concluded may be wrong: again, with those pairs known.
  while (!stopped()) {
    states_.clear();
    optimistic_ = false;
    const auto before = refuted_.size();
    in(original, update);
    if (!optimistic_ || refuted_.size() == before) break;
  }
  if (!stopped()) {
    reporting_ = true;
    const bool refuted = refuted_.contains(key(original, update));
    if (comparison_.options.all_differences || refuted) explain(original, update, "");
    // A pair that is explained already is not explained again within itself, so that of a schema
    // that refers to itself nothing may have been said.
    const auto breaks = [this](const Difference& difference) {
      return !is_compatible(difference.rule, comparison_.options.lenient);
    };
    if (refuted && !stopped() && std::ranges::none_of(differences_, breaks)) {
      const std::string root;
      Pair pair{original, update, root};
      note(pair, Rule::CombinedTypeSubschemasChanged);
    }
  }
  if (limit_ == Limit::Depth) {
    return Error::limit_exceeded("Comparing the two schemas goes through more than " +
                                 std::to_string(kMaxDepth) + " schemas within each other");
  }
  if (stopped() || steps_left_ == 0) {
    return Error::limit_exceeded("Comparing the two schemas takes more than " +
                                 std::to_string(steps_max_) + " steps");
  }
  return std::move(differences_);
}

bool Comparer::spend(std::uint64_t steps) {
  if (steps_left_ > steps) {
    steps_left_ -= steps;
    return true;
  }
  steps_left_ = 0;
  if (limit_ == Limit::None) limit_ = Limit::Steps;
  return false;
}

const Model& Comparer::model_of(const Part& part) const {
  return part.id < kReaderIds ? writer_.model() : reader_.model();
}

const Part& Comparer::part_of(const Part& owner, const Node& node) {
  return owner.id < kReaderIds ? writer_.of(node) : reader_.of(node);
}

const Part& Comparer::dereferenced(const Part& part) {
  const auto* at = &part;
  while (at->kind == PartKind::Reference && spend()) at = &part_of(*at, *at->target);
  return *at;
}

bool Comparer::is_trivial(const Part& owner, const Node& node) {
  return is_emptyish(dereferenced(part_of(owner, node)));
}

bool Comparer::in(const Part& original_part, const Part& update_part) {
  if (!spend()) return false;
  const auto& original = dereferenced(original_part);
  const auto& update = dereferenced(update_part);
  const auto pair = key(original, update);
  if (refuted_.contains(pair)) return false;
  const auto [state, fresh] = states_.emplace(pair, State::Open);
  if (!fresh) {
    if (state->second == State::Open) optimistic_ = true;
    return true;
  }
  if (depth_ >= kMaxDepth) {
    if (!stopped()) limit_ = Limit::Depth;
    return false;
  }
  ++depth_;
  const bool reporting = std::exchange(reporting_, false);
  const bool compatible = compute(original, update, "");
  reporting_ = reporting;
  --depth_;
  if (stopped()) return false;
  if (compatible) {
    states_[pair] = State::Compatible;
  } else {
    states_.erase(pair);
    refuted_.insert(pair);
  }
  return compatible;
}

void Comparer::explain(const Part& original_part, const Part& update_part,
                       const std::string& field) {
  if (stopped() || differences_.size() >= comparison_.options.max_differences) return;
  const auto& original = dereferenced(original_part);
  const auto& update = dereferenced(update_part);
  if (!explained_.insert(key(original, update)).second) return;
  if (depth_ >= kMaxDepth) return;
  ++depth_;
  const bool reporting = std::exchange(reporting_, true);
  compute(original, update, field);
  reporting_ = reporting;
  --depth_;
}

bool Comparer::compute(const Part& original, const Part& update, const std::string& field) {
  Pair pair{original, update, field};
  if (const auto verdict = unwrap(pair)) return *verdict;
  compare_kinds(pair);
  return pair.compatible;
}

bool Comparer::quiet(const Pair& pair, const Node& original, const Node& update) {
  return in(part_of(pair.original, original), part_of(pair.update, update));
}

bool Comparer::sub(Pair& pair, const Node& original, const Node& update, const std::string& field) {
  const bool compatible = quiet(pair, original, update);
  if (!compatible) pair.compatible = false;
  if (reporting_ && (!compatible || comparison_.options.all_differences)) {
    explain(part_of(pair.original, original), part_of(pair.update, update), field);
  }
  return compatible;
}

// Exactly one side combines schemas: one of them may do alone.
std::optional<bool> Comparer::unwrap(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  const bool original_combined = original.kind == PartKind::Combined;
  if (original_combined == (update.kind == PartKind::Combined)) return std::nullopt;
  const auto& combined = original_combined ? original : update;
  const bool alternatives = combined.criterion != Criterion::AllOf;
  const bool single = combined.parts.size() == 1;
  // Any alternative of the reader will do, any schema that the writer's values obey as well.
  if (!single && alternatives == original_combined) return std::nullopt;
  for (const auto* part : combined.parts) {
    if (original_combined ? in(*part, update) : in(original, *part)) {
      if (!single) {
        note(pair, original_combined ? Rule::ProductTypeNarrowed : Rule::SumTypeExtended);
      }
      return true;
    }
    if (stopped()) return false;
  }
  if (single && reporting_) {
    explain(original_combined ? *combined.parts.front() : original,
            original_combined ? update : *combined.parts.front(), pair.field);
    return false;
  }
  return std::nullopt;
}

void Comparer::compare_kinds(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  if (original.kind == PartKind::False || is_emptyish(update)) return;
  if (original.kind != update.kind) {
    note(pair, Rule::TypeChanged);
    return;
  }
  switch (original.kind) {
    case PartKind::String:
      return compare_string(pair);
    case PartKind::Number:
      return compare_number(pair);
    case PartKind::Object:
      return compare_object(pair);
    case PartKind::Array:
      return compare_array(pair);
    case PartKind::Enum:
    case PartKind::Const:
      return compare_values(pair);
    case PartKind::Not:
      return compare_not(pair);
    case PartKind::Combined:
      return compare_combined(pair);
    case PartKind::Conditional:
      return compare_conditional(pair);
    case PartKind::DynamicReference:
      return note(pair, Rule::ReferenceChanged);
    default:
      return;
  }
}

// Without equal ones. Of a oneOf two equal branches mean something else than one.
std::vector<const Part*> Comparer::distinct(const Part& combined, bool drop_equal) {
  if (!drop_equal || combined.synthetic) return combined.parts;
  std::vector<const Part*> out;
  std::set<const Part*> seen;
  for (const auto* part : combined.parts) {
    if (seen.insert(&dereferenced(*part)).second) out.push_back(part);
  }
  return out;
}

void Comparer::compare_combined(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  const auto from = distinct(original, original.criterion != Criterion::OneOf);
  const auto to = distinct(update, update.criterion != Criterion::OneOf);
  if (from.size() > kMaxCombined || to.size() > kMaxCombined) {
    if (!stopped()) limit_ = Limit::Steps;
    return;
  }
  if (original.criterion != update.criterion) {
    const bool extended = update.criterion == Criterion::AnyOf ||
                          (from.size() == 1 && to.size() == 1) ||
                          (from.size() == 1 && update.criterion == Criterion::OneOf) ||
                          (to.size() == 1 && original.criterion == Criterion::AllOf);
    note(pair, extended ? Rule::CombinedTypeExtended : Rule::CombinedTypeChanged);
    if (!extended) return;
  }
  if (from.size() < to.size()) {
    note(pair,
         update.criterion == Criterion::AllOf ? Rule::ProductTypeExtended : Rule::SumTypeExtended);
  } else if (from.size() > to.size()) {
    note(pair, original.criterion == Criterion::AllOf ? Rule::ProductTypeNarrowed
                                                      : Rule::SumTypeNarrowed);
  }
  std::vector<std::vector<std::size_t>> edges(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    for (std::size_t j = 0; j < to.size(); ++j) {
      if (in(*from[i], *to[j])) edges[i].push_back(j);
      if (stopped()) return;
    }
  }
  auto matching = greatest_matching(edges, to.size(), steps_left_);
  if (steps_left_ == 0) {
    spend();
    return;
  }
  auto& taken_by = matching.row_of;
  if (matching.size == std::min(from.size(), to.size())) return;
  pair.compatible = false;
  if (!reporting_) return;
  // Say what is wrong with the pairs that were meant for each other, if they can be told.
  bool told = false;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (matching.matched[i]) continue;
    for (std::size_t j = 0; j < to.size(); ++j) {
      if (taken_by[j] != Matching::kFree ||
          dereferenced(*from[i]).kind != dereferenced(*to[j]).kind) {
        continue;
      }
      taken_by[j] = i;
      explain(*from[i], *to[j], pair.field);
      told = true;
      break;
    }
  }
  if (!told) note(pair, Rule::CombinedTypeSubschemasChanged);
}

void Comparer::compare_not(Pair& pair) {
  const bool narrowed =
      in(part_of(pair.update, *pair.update.target), part_of(pair.original, *pair.original.target));
  note(pair, narrowed ? Rule::NotTypeNarrowed : Rule::NotTypeExtended, "not");
}

void Comparer::compare_conditional(Pair& pair) {
  if (!same_text({model_of(pair.original), *pair.original.node},
                 {model_of(pair.update), *pair.update.node}, steps_left_, {"if", "then", "else"})) {
    note(pair, Rule::ConditionChanged, "if");
  }
}

void Comparer::compare_type_required(Pair& pair) {
  if (pair.update.requires_type && !pair.original.requires_type) {
    note(pair, Rule::TypeNarrowed, "type");
  }
}

void Comparer::compare_bound(Pair& pair, std::string_view keyword,
                             const std::optional<Decimal>& original,
                             const std::optional<Decimal>& update, const FourRules& rules) {
  if (!original && !update) return;
  if (!original) return note(pair, rules.added, keyword);
  if (!update) return note(pair, rules.removed, keyword);
  const auto order = update->compare(*original);
  if (order > 0) note(pair, rules.increased, keyword);
  if (order < 0) note(pair, rules.decreased, keyword);
}

std::string Comparer::path_of(const Part& part, std::string_view keyword,
                              std::string_view member) const {
  auto path = model_of(part).location(*part.node);
  if (!keyword.empty()) append_pointer_token(path, keyword);
  if (!member.empty()) append_pointer_token(path, member);
  return path;
}

std::string Comparer::value_of(const Part& part, std::string_view keyword,
                               std::string_view member) const {
  if (keyword.empty()) return described(part);
  const auto* value = part.node->find(keyword);
  if (value != nullptr && !member.empty() && value->is_object()) value = value->find(member);
  return value == nullptr ? "absent" : shown(*value);
}

std::string Comparer::field_of(const Pair& pair, std::string_view name) const {
  if (!reporting_) return {};
  auto field = pair.field;
  if (name != "[]" && !field.empty()) field += '.';
  return field + std::string(name);
}

void Comparer::note(Pair& pair, Rule rule, std::string_view keyword, std::string_view member) {
  const bool compatible = is_compatible(rule, comparison_.options.lenient);
  if (!compatible) pair.compatible = false;
  if (!reporting_ || differences_.size() >= comparison_.options.max_differences) return;
  if (compatible && !comparison_.options.all_differences) return;
  const bool names_member =
      keyword == "properties" || keyword == "required" || keyword == "patternProperties";
  differences_.push_back(
      {rule, path_of(pair.update, keyword, member), path_of(pair.original, keyword, member),
       names_member && !member.empty() ? field_of(pair, member) : pair.field,
       value_of(pair.update, keyword, member), value_of(pair.original, keyword, member)});
}

}  // namespace limpet::json_schema
