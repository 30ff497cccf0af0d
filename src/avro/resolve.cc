#include "limpet/avro/resolve.h"

#include "matcher.h"
#include "pair_set.h"
#include "places.h"
#include "renames.h"

#include <algorithm>
#include <array>
#include <deque>
#include <tuple>
#include <utility>

namespace limpet::avro {
namespace {

constexpr std::size_t kListedSymbols = 20;

// Breadth first over pairs of records, so that each pair is met on its shortest path and depth
// costs heap; inside a pair recursion goes down arrays, maps and unions, no deeper than the text.
class Resolver {
 public:
  explicit Resolver(const Resolution& resolution)
      : options_(resolution.options),
        reader_(resolution.reader.root()),
        writer_(resolution.writer.root()),
        renames_(resolution.reader, resolution.writer),
        pairs_left_(resolution.pairs_left),
        pairs_max_(pairs_left_ == nullptr ? options_.max_pairs
                                          : std::min(options_.max_pairs, *pairs_left_)),
        budget_(pairs_max_),
        matcher_(renames_, budget_, resolution.writer, resolution.reader),
        seen_(resolution.writer.node_count(), resolution.reader.node_count()) {}

  Result<std::vector<Mismatch>> run() {
    if (!renames_.conflicts().empty()) return alias_conflicts();
    visit(writer_, reader_, kRoot);
    while (!todo_.empty() && !done()) {
      const auto pair = todo_.front();
      todo_.pop_front();
      visit_fields(*pair.writer, *pair.reader, pair.place);
    }
    if (matcher_.stumbled() && found_.empty()) {
      report(MismatchKind::UnusableDefault, kRoot, "", describe(reader_), describe(writer_),
             "a record of a union of the reader has a default that names an enum symbol that does "
             "not exist");
    }
    if (pairs_left_ != nullptr) *pairs_left_ -= pairs_max_ - budget_.left();
    if (budget_.exhausted()) {
      return Error::limit_exceeded("Comparing the two schemas takes more than " +
                                   std::to_string(pairs_max_) + " steps");
    }
    std::ranges::sort(found_, {},
                      [](const Found& found) { return std::tie(found.order, found.sequence); });
    std::vector<Mismatch> mismatches;
    mismatches.reserve(found_.size());
    for (auto& found : found_) mismatches.push_back(std::move(found.mismatch));
    return mismatches;
  }

 private:
  struct RecordPair {
    const Node* writer;
    const Node* reader;
    PlaceId place;
  };
  struct Found {
    std::vector<std::uint32_t> order;  // where the place stands in the reader's text
    std::size_t sequence;              // tells those of one place apart
    Mismatch mismatch;
  };

  bool done() const { return budget_.exhausted() || found_.size() >= options_.max_mismatches; }

  std::vector<Mismatch> alias_conflicts() const {
    std::vector<Mismatch> mismatches;
    for (const auto& conflict : renames_.conflicts()) {
      mismatches.push_back(
          {conflict.default_lost ? MismatchKind::UnusableDefault : MismatchKind::AmbiguousAlias,
           conflict.path.empty() ? "/" : conflict.path, conflict.reader, "", "",
           conflict.explained});
    }
    return mismatches;
  }

  void report(MismatchKind kind, PlaceId place, std::string_view suffix, std::string reader_type,
              std::string writer_type, std::string detail) {
    if (done()) return;
    auto path = places_.path(place) + std::string(suffix);
    found_.push_back({places_.order(place),
                      found_.size(),
                      {kind, path.empty() ? "/" : std::move(path), places_.field(place, reader_),
                       std::move(reader_type), std::move(writer_type), std::move(detail)}});
  }

  // `branch_of` is the writer's union that `writer` is a branch of, if any.
  void visit(const Node& writer, const Node& reader, PlaceId place,
             const Node* branch_of = nullptr) {
    if (done() || !budget_.spend()) return;
    if (writer.type == Type::Union) {
      if (reader.type == Type::Union && matcher_.equivalent_unions(writer, reader)) return;
      for (const auto* branch : writer.branches) visit(*branch, reader, place, &writer);
    } else if (writer.type == reader.type) {
      visit_same(writer, reader, place);
    } else if (reader.type == Type::Union) {
      visit_reader_union(writer, reader, place, branch_of);
    } else if (!is_promotable(writer.type, reader.type)) {
      report(MismatchKind::TypeMismatch, place, "", describe(reader), describe(writer),
             union_named(branch_of));
    }
  }

  void visit_same(const Node& writer, const Node& reader, PlaceId place) {
    switch (writer.type) {
      case Type::Array:
      case Type::Map:
        visit(*writer.element, *reader.element, places_.element(place, reader));
        return;
      case Type::Enum:
        if (same_name(writer, reader, place)) compare_symbols(writer, reader, place);
        return;
      case Type::Fixed:
        same_name(writer, reader, place);
        if (writer.size != reader.size) {
          report(MismatchKind::FixedSizeMismatch, place, "/size", describe(reader),
                 describe(writer),
                 "the reader's size is " + std::to_string(reader.size) + ", the writer's " +
                     std::to_string(writer.size));
        }
        return;
      case Type::Record:
        if (options_.record_names_matter && !places_.is_branch(place)) {
          same_name(writer, reader, place);
        }
        if (seen_.insert(writer, reader)) {
          todo_.push_back({&writer, &reader, place});
        }
        return;
      default:
        return;
    }
  }

  bool same_name(const Node& writer, const Node& reader, PlaceId place) {
    if (renames_.name_of(writer).simple() == reader.name.simple()) return true;
    report(MismatchKind::NameMismatch, place, "/name", describe(reader), describe(writer),
           "the reader's name is " + reader.name.full + ", the writer's " + writer.name.full);
    return false;
  }

  void compare_symbols(const Node& writer, const Node& reader, PlaceId place) {
    if (!options_.enum_symbols_strict || reader.enum_default) return;
    std::string missing;
    std::size_t count = 0;
    for (const auto& symbol : writer.symbols) {
      if (!budget_.spend()) return;
      if (reader.has_symbol(symbol)) continue;
      if (++count > kListedSymbols) continue;
      missing.append(count == 1 ? "" : ", ").append(symbol);
    }
    if (count == 0) return;
    if (count > kListedSymbols) {
      missing += " and " + std::to_string(count - kListedSymbols) + " more";
    }
    report(MismatchKind::MissingEnumSymbols, place, "/symbols", describe(reader), describe(writer),
           std::move(missing));
  }

  static std::string union_named(const Node* branch_of) {
    return branch_of == nullptr ? "" : "a branch of the writer's " + describe(*branch_of);
  }

  void visit_reader_union(const Node& writer, const Node& reader, PlaceId place,
                          const Node* branch_of) {
    if (const auto branch = matcher_.choose_branch(writer, reader)) {
      visit(writer, *reader.branches[*branch], places_.branch(place, *branch));
      return;
    }
    auto detail = near_miss(writer, reader);
    if (detail.empty()) detail = union_named(branch_of);
    report(MismatchKind::MissingUnionBranch, place, "", describe(reader), describe(writer),
           std::move(detail));
  }

  // Why the branch that looks right is not taken.
  static std::string near_miss(const Node& writer, const Node& reader) {
    if (!is_named(writer.type)) return "";
    for (const auto* branch : reader.branches) {
      if (branch->type != writer.type || branch->name.simple() != writer.name.simple()) continue;
      return describe(*branch) + " is another type: its full name differs" +
             (writer.type == Type::Record ? ", and so do its fields" : "");
    }
    return "";
  }

  // visit() would find nothing and lead nowhere new.
  bool is_settled(const Node& writer, const Node& reader) const {
    if (writer.type != reader.type) return false;
    if (writer.type == Type::Record) {
      return !options_.record_names_matter && seen_.contains(writer, reader);
    }
    return !is_named(writer.type) && writer.element == nullptr && writer.type != Type::Union;
  }

  void visit_fields(const Node& writer, const Node& reader, PlaceId place) {
    for (std::uint32_t i = 0; i < reader.fields.size() && !done(); ++i) {
      const auto& field = reader.fields[i];
      const auto* written = renames_.find_field(writer, field.name);
      if (written != nullptr && is_settled(*written->type, *field.type)) {
        if (!budget_.spend()) return;
        continue;
      }
      const auto at = places_.field_at(place, reader, i);
      if (written != nullptr) {
        visit(*written->type, *field.type, places_.type_of(at));
      } else if (!budget_.spend()) {
        return;
      } else if (!field.default_value) {
        report(MismatchKind::ReaderFieldMissingDefaultValue, at, "", describe(*field.type),
               "absent", "the writer's " + describe(writer) + " has no field " + field.name);
      } else if (!field.default_usable) {
        report(MismatchKind::UnusableDefault, at, "", describe(*field.type), "absent",
               "the default names an enum symbol that does not exist");
      }
    }
  }

  static constexpr PlaceId kRoot = Places::kRoot;

  const ResolveOptions options_;
  const Node& reader_;
  const Node& writer_;
  const Renames renames_;
  std::uint64_t* const pairs_left_;
  const std::uint64_t pairs_max_;
  Budget budget_;
  Matcher matcher_;
  Places places_;
  std::deque<RecordPair> todo_;
  PairSet seen_;
  std::vector<Found> found_;
};

constexpr std::array<std::string_view, 8> kKindNames{
    "NAME_MISMATCH",        "FIXED_SIZE_MISMATCH",
    "MISSING_ENUM_SYMBOLS", "READER_FIELD_MISSING_DEFAULT_VALUE",
    "TYPE_MISMATCH",        "MISSING_UNION_BRANCH",
    "UNUSABLE_DEFAULT",     "AMBIGUOUS_ALIAS"};

std::string sentence(const Mismatch& mismatch) {
  switch (mismatch.kind) {
    case MismatchKind::NameMismatch:
    case MismatchKind::FixedSizeMismatch:
    case MismatchKind::UnusableDefault:
    case MismatchKind::AmbiguousAlias:
      return mismatch.detail;
    case MismatchKind::MissingEnumSymbols:
      return "the reader's " + mismatch.reader_type +
             " lacks symbols of the writer: " + mismatch.detail;
    case MismatchKind::ReaderFieldMissingDefaultValue:
      return "the reader's field has no default value, and " + mismatch.detail;
    case MismatchKind::TypeMismatch:
      return "the reader expects " + mismatch.reader_type + ", the writer has " +
             mismatch.writer_type + (mismatch.detail.empty() ? "" : " (" + mismatch.detail + ")");
    case MismatchKind::MissingUnionBranch:
      return "the reader's " + mismatch.reader_type + " has no branch for the writer's " +
             mismatch.writer_type + (mismatch.detail.empty() ? "" : " (" + mismatch.detail + ")");
  }
  return "";
}

}  // namespace

std::string_view to_string(MismatchKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

std::string describe(const Mismatch& mismatch) {
  if (mismatch.field.empty()) return sentence(mismatch);
  return "field \"" + mismatch.field + "\": " + sentence(mismatch);
}

Result<std::vector<Mismatch>> resolve(const Resolution& resolution) {
  return Resolver(resolution).run();
}

}  // namespace limpet::avro
