#include "confluent_diff.h"

#include "equality.h"
#include "matching.h"
#include "part_words.h"
#include "uri.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <utility>

namespace limpet::json_schema {
namespace {

constexpr std::size_t kMaxDepth = 500;
constexpr std::size_t kMaxCombined = 512;
constexpr std::uint32_t kReaderIds = 1U << 31;
/// Steps for telling the differences of a pair again at other places.
constexpr std::uint64_t kRepeatSteps = 100'000;

bool is_emptyish(const Part& part) {
  return part.kind == PartKind::Empty || part.kind == PartKind::True;
}

/// The keyword as it is spelled here: tuples stand under "prefixItems" in 2020-12, "dependencies"
/// is split since 2019-09.
std::string_view spelled(const Part& part, std::string_view keyword,
                         const std::optional<std::string_view>& member) {
  const auto& node = *part.node;
  if (!member) {
    const bool tuple = keyword == "additionalItems" && node.find("prefixItems") != nullptr;
    return tuple ? "items" : keyword;
  }
  if (keyword == "items" && node.find("prefixItems") != nullptr) return "prefixItems";
  if (keyword != "dependencies" || node.find("dependencies") != nullptr) return keyword;
  const auto* lists = node.find("dependentRequired");
  const bool listed = lists != nullptr && lists->find(*member) != nullptr;
  return listed                                     ? "dependentRequired"
         : node.find("dependentSchemas") != nullptr ? "dependentSchemas"
                                                    : keyword;
}

}  // namespace

ConfluentDiff::ConfluentDiff(const Comparison& comparison, std::uint64_t steps)
    : comparison_(comparison),
      writer_(*comparison.writer.model(), 0, Reading::Everit),
      reader_(*comparison.reader.model(), kReaderIds, Reading::Everit),
      steps_max_(steps),
      steps_left_(steps) {}

Result<std::vector<ConfluentDifference>> ConfluentDiff::run() {
  const auto& original = dereferenced(writer_.of(writer_.model().root()));
  const auto& update = dereferenced(reader_.of(reader_.model().root()));
  // As long as pairs that were taken for compatible turn out not to be: again, with those known.
  while (!stopped()) {
    states_.clear();
    optimistic_ = false;
    const auto before = refuted_.size();
    in(original, update);
    if (!optimistic_ || refuted_.size() == before) break;
  }
  if (!stopped() && refuted_.contains(key(original, update))) {
    reporting_ = true;
    repeat_until_ = steps_left_ - std::min(kRepeatSteps, steps_left_ / 8);
    explain(original, update, {});
  }
  if (limit_ == Limit::Depth) {
    return Error::limit_exceeded("Comparing the two schemas goes through more than " +
                                 std::to_string(kMaxDepth) + " schemas within each other");
  }
  if (stopped()) {
    return Error::limit_exceeded("Comparing the two schemas takes more than " +
                                 std::to_string(steps_max_) + " steps");
  }
  return std::move(found_);
}

bool ConfluentDiff::spend(std::uint64_t steps) {
  if (steps_left_ > steps) {
    steps_left_ -= steps;
    return true;
  }
  steps_left_ = 0;
  if (limit_ == Limit::None) limit_ = Limit::Steps;
  return false;
}

const Model& ConfluentDiff::model_of(const Part& part) const {
  return part.id < kReaderIds ? writer_.model() : reader_.model();
}

const Part& ConfluentDiff::part_of(const Part& owner, const Node& node) {
  return owner.id < kReaderIds ? writer_.of(node) : reader_.of(node);
}

const Part& ConfluentDiff::dereferenced(const Part& part) {
  const auto* at = &part;
  while ((at->kind == PartKind::Reference || at->kind == PartKind::DynamicReference) && spend()) {
    at = &part_of(*at, *at->target);
  }
  return *at;
}

PartKind ConfluentDiff::kind_of(const Part& owner, const Node& node) {
  return part_of(owner, node).kind;
}

/// Kafka Connect marks schemas of bytes; two of those are one type, however they are written.
bool ConfluentDiff::is_connect_bytes(const Part& part) {
  const auto* type = part.node->find("connect.type");
  return type != nullptr && type->is_string() && type->text() == "bytes" &&
         &part_of(part, *part.node) == &part;
}

bool ConfluentDiff::is_anything(const Part& owner, const Node& node) {
  return is_emptyish(part_of(owner, node));
}

bool ConfluentDiff::in(const Part& original_part, const Part& update_part) {
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
  const bool compatible = compute(original, update, {});
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

// A pair tells its differences at each place where it is met, within itself once more; but only for
// so many steps, after which it is told once.
void ConfluentDiff::explain(const Part& original_part, const Part& update_part,
                            const Place& place) {
  if (stopped() || found_.size() >= comparison_.options.max_differences) return;
  const auto& original = dereferenced(original_part);
  const auto& update = dereferenced(update_part);
  const auto pair = key(original, update);
  if (!explained_.insert(pair).second) {
    if (steps_left_ <= repeat_until_ || explaining_[pair] > 1) return;
  }
  if (depth_ >= kMaxDepth) return;
  ++depth_;
  ++explaining_[pair];
  const bool reporting = std::exchange(reporting_, true);
  compute(original, update, place);
  reporting_ = reporting;
  --explaining_[pair];
  --depth_;
}

bool ConfluentDiff::compute(const Part& original, const Part& update, const Place& place) {
  Pair pair{original, update, place};
  if (!unwraps(pair)) compare_kinds(pair);
  return pair.compatible;
}

bool ConfluentDiff::sub(Pair& pair, const Node& original, const Node& update, const At& at) {
  const auto& from = part_of(pair.original, original);
  const auto& to = part_of(pair.update, update);
  if (in(from, to)) return true;
  pair.compatible = false;
  if (reporting_) {
    std::string field = pair.place.field;
    if (at.keyword == "properties") {
      field.append(field.empty() ? "" : ".").append(at.member.value_or(""));
    } else if (at.keyword == "items") {
      field += "[]";
    }
    explain(from, to, {path_at(pair, at), std::move(field)});
  }
  return false;
}

// Exactly one side combines schemas: one of them may do alone.
bool ConfluentDiff::unwraps(const Pair& pair) {
  const bool original_combined = pair.original.kind == PartKind::Combined;
  if (original_combined == (pair.update.kind == PartKind::Combined)) return false;
  const auto& combined = original_combined ? pair.original : pair.update;
  const bool alternatives = combined.criterion != Criterion::AllOf;
  if (combined.parts.size() > 1 && alternatives == original_combined) return false;
  return std::ranges::any_of(combined.parts, [&](const Part* part) {
    return !stopped() && (original_combined ? in(*part, pair.update) : in(pair.original, *part));
  });
}

void ConfluentDiff::compare_kinds(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  if (original.kind != update.kind) {
    if (original.kind == PartKind::False || is_emptyish(update)) return;
    if (is_connect_bytes(original) && is_connect_bytes(update)) return;
    return note(pair, Rule::TypeChanged);
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
    default:
      return;
  }
}

// Each text once.
std::vector<const Part*> ConfluentDiff::distinct(const Part& combined) {
  std::vector<const Part*> out;
  std::set<std::string> texts;
  for (const auto* part : combined.parts) {
    if (part->node == combined.node) {  // a type of a list, or what a schema says beside: no two
      out.push_back(part);
      continue;
    }
    constexpr auto kAll = std::numeric_limits<std::uint64_t>::max();
    if (!spend(size_of(*part->node->value, kAll) / 16 + 1)) return out;
    auto text = equality_text(*part->node->value, limits::kSchemaDepth);
    if (!text || texts.insert(*std::move(text)).second) out.push_back(part);
  }
  return out;
}

void ConfluentDiff::compare_combined(Pair& pair) {
  const auto& original = pair.original;
  const auto& update = pair.update;
  if (original.criterion != update.criterion) {
    const std::size_t before = original.parts.size();
    const std::size_t after = update.parts.size();
    const bool extended = update.criterion == Criterion::AnyOf || (before == 1 && after == 1) ||
                          (before == 1 && update.criterion == Criterion::OneOf) ||
                          (after == 1 && original.criterion == Criterion::AllOf);
    if (!extended) return note(pair, Rule::CombinedTypeChanged);
  }
  const auto from = distinct(original);
  const auto to = distinct(update);
  if (from.size() > kMaxCombined || to.size() > kMaxCombined) {
    if (!stopped()) limit_ = Limit::Steps;
    return;
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
  const auto matching = greatest_matching(edges, to.size(), steps_left_);
  if (steps_left_ == 0) {
    spend();
    return;
  }
  if (matching.size < std::min(from.size(), to.size())) {
    note(pair, Rule::CombinedTypeSubschemasChanged);
  }
}

void ConfluentDiff::compare_not(Pair& pair) {
  const bool narrowed =
      in(part_of(pair.update, *pair.update.target), part_of(pair.original, *pair.original.target));
  note(pair, narrowed ? Rule::NotTypeNarrowed : Rule::NotTypeExtended, {"not"});
}

// ---- what is told ----

void ConfluentDiff::note(Pair& pair, Rule rule, const At& at) {
  if (is_compatible(rule, comparison_.options.lenient)) return;
  pair.compatible = false;
  if (!reporting_ || found_.size() >= comparison_.options.max_differences) return;
  std::string field = pair.place.field;
  if (at.keyword == "properties" || at.keyword == "required") {
    field.append(field.empty() ? "" : ".").append(at.member.value_or(""));
  }
  found_.push_back({{rule, location(pair.update, at), location(pair.original, at), std::move(field),
                     value(pair.update, at), value(pair.original, at)},
                    path_at(pair, at)});
}

std::string ConfluentDiff::path_at(const Pair& pair, const At& at) const {
  std::string path = pair.place.path;
  if (path == "#/") path = "#";
  if (!at.keyword.empty()) path.append("/").append(at.keyword);
  if (at.member) path.append("/").append(*at.member);
  return path == "#" ? "#/" : path;
}

std::string ConfluentDiff::location(const Part& part, const At& at) const {
  auto path = model_of(part).location(*part.node);
  if (!at.keyword.empty()) append_pointer_token(path, spelled(part, at.keyword, at.member));
  if (at.member && at.keyword != "required") append_pointer_token(path, *at.member);
  return path;
}

std::string ConfluentDiff::value(const Part& part, const At& at) {
  if (at.keyword.empty()) return described(part);
  const auto* value = part.node->find(spelled(part, at.keyword, at.member));
  if (value != nullptr && at.member) {
    if (value->is_object()) {
      value = value->find(*at.member);
    } else if (at.keyword == "items") {
      std::size_t index = 0;
      std::from_chars(at.member->data(), at.member->data() + at.member->size(), index);
      value = index < value->items().size() ? &value->items()[index] : nullptr;
    }
  }
  return value == nullptr ? "absent" : shown(*value);
}

Result<std::vector<ConfluentDifference>> confluent_compare(const Comparison& comparison) {
  auto steps = comparison.options.max_steps;
  if (comparison.steps_left != nullptr) steps = std::min(steps, *comparison.steps_left);
  ConfluentDiff diff(comparison, steps);
  auto found = diff.run();
  if (comparison.steps_left != nullptr) *comparison.steps_left -= steps - diff.steps_left();
  return found;
}

}  // namespace limpet::json_schema
