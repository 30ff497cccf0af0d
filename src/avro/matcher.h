// Questions about one pair of types that need no report: which branch, equal unions, promotion.
#pragma once

#include "pair_set.h"
#include "renames.h"

#include "limpet/avro/node.h"
#include "limpet/avro/schema.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_set>

namespace limpet::avro {

/// Work left; one unit is one look at a pair of types.
class Budget {
 public:
  explicit Budget(std::uint64_t units) : left_(units) {}
  /// False once the budget is used up.
  bool spend(std::uint64_t units = 1) {
    left_ = units < left_ ? left_ - units : 0;
    return left_ > 0;
  }
  bool exhausted() const { return left_ == 0; }
  std::uint64_t left() const { return left_; }

 private:
  std::uint64_t left_;
};

/// int → long, float, double; long → float, double; float → double; string ↔ bytes.
bool is_promotable(Type writer, Type reader);

/// The choices of org.apache.avro.Resolver (1.11.4). Borrows its arguments. When the budget is used
/// up the answers mean nothing.
class Matcher {
 public:
  Matcher(const Renames& renames, Budget& budget, const Schema& writer, const Schema& reader)
      : renames_(renames),
        budget_(budget),
        may_stumble_(reader.has_unusable_defaults()),
        looked_for_missing_(writer.node_count(), reader.node_count()),
        missing_(writer.node_count(), reader.node_count()),
        looked_for_clash_(writer.node_count(), reader.node_count()),
        clashing_(writer.node_count(), reader.node_count()) {}

  /// Writer's and reader's union are the same but for namespaces, defaults and properties.
  bool equivalent_unions(const Node& writer, const Node& reader);

  /// The one branch of the reader's union that is tried for the writer's type (no union): the same
  /// type (named: the same full name); else the last record of the same simple name, or else the
  /// first one, among those whose fields do not clash at once; else the first that is reached by
  /// promotion.
  std::optional<std::uint32_t> choose_branch(const Node& writer, const Node& reader_union);

  /// Whether Avro Java would end while it tries the records of a reader's union one after the
  /// other: one of them needs a default that names an enum symbol which does not exist.
  bool stumbled() const { return stumbled_; }

  /// Whether two records clash at once: a reader's field is missing without default, or a common
  /// field's types clash without looking inside arrays, maps, unions and records.
  bool records_clash(const Node& writer, const Node& reader);
  bool types_clash(const Node& writer, const Node& reader);

 private:
  using Pair = std::uint64_t;
  static Pair pair_of(const Node& writer, const Node& reader) {
    return (static_cast<Pair>(writer.id) << 32) | reader.id;
  }
  bool misses_field(const Node& writer, const Node& reader);
  bool same_shape(const Node& writer, const Node& reader);
  bool stumbles(const Node& writer, const Node& reader);

  const Renames& renames_;
  Budget& budget_;
  const bool may_stumble_;
  // Answers that are known, and those of them that are yes.
  PairSet looked_for_missing_, missing_;
  PairSet looked_for_clash_, clashing_;
  std::unordered_set<Pair> equivalent_;
  std::unordered_set<Pair> tried_;
  bool stumbled_ = false;
  int depth_ = 0;
};

}  // namespace limpet::avro
