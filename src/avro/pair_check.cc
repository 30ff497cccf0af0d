#include "limpet/avro/pair_check.h"

#include "matcher.h"
#include "places.h"

#include "limpet/base/utf8.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>

namespace limpet::avro {
namespace {

/// Pairs within each other. Texts without recursion never get there: each step goes down one side.
constexpr std::size_t kMaxDepth = 2 * limits::kSchemaDepth + 64;
/// What remembering a pair costs beside looking at it.
constexpr std::uint64_t kRememberedPair = 3;

std::string java_word(const Node& node) {
  std::string word(to_string(node.type));
  for (char& c : word) c = static_cast<char>(c - 'a' + 'A');
  return word;
}

class PairChecker {
 public:
  explicit PairChecker(const PairCheck& check)
      : check_(check),
        pairs_max_(check.pairs_left == nullptr ? check.max_pairs
                                               : std::min(check.max_pairs, *check.pairs_left)),
        budget_(pairs_max_) {}

  Result<std::vector<Incompatibility>> run() {
    const Node* const reader = &check_.reader.root();
    const Node* const writer = &check_.writer.root();
    auto list = compare({reader, reader}, {writer, writer}, Places::kRoot);
    if (check_.pairs_left != nullptr) *check_.pairs_left -= pairs_max_ - budget_.left();
    if (budget_.exhausted()) {
      return Error::limit_exceeded("Comparing the two schemas takes more than " +
                                   std::to_string(pairs_max_) + " steps");
    }
    if (too_deep_) {
      return Error::limit_exceeded("Comparing the two schemas goes through more than " +
                                   std::to_string(kMaxDepth) + " types within each other");
    }
    if (ambiguous_) list = {*ambiguous_};
    std::vector<Incompatibility> out;
    out.reserve(list.size());
    std::unordered_map<std::uint32_t, std::size_t> shown;  // pairs repeat what they found
    for (const auto i : list) {
      const auto [at, fresh] = shown.emplace(i, out.size());
      out.push_back(fresh ? explained(found_[i]) : out[at->second]);
    }
    return out;
  }

 private:
  struct Found {
    MismatchKind kind;
    PlaceId place;
    const Node* reader;
    const Node* writer;
    const Field* field;  // of the reader: what lacks a default or has too many aliases
  };
  using List = std::vector<std::uint32_t>;  // positions in found_

  // A type at the place where it is used. Java remembers pairs of objects, and the word for a
  // primitive type is an object of its own at each place, while ours share one node.
  struct Use {
    const Node* type;
    const void* object;
  };
  static Use use(const Node* const& slot) {
    if (is_primitive(slot->type)) return {slot, static_cast<const void*>(&slot)};
    return {slot, slot};
  }
  struct Pair {
    const void* reader;
    const void* writer;
    friend bool operator==(const Pair&, const Pair&) = default;
  };
  struct PairHash {
    std::size_t operator()(const Pair& pair) const {
      const auto first = std::hash<const void*>{}(pair.reader);
      return first * 0x9e3779b97f4a7c15U ^ std::hash<const void*>{}(pair.writer);
    }
  };

  bool stopped() const { return budget_.exhausted() || too_deep_ || ambiguous_.has_value(); }

  void report(List& list, MismatchKind kind, PlaceId place, const Node& reader, const Node& writer,
              const Field* field = nullptr) {
    found_.push_back({kind, place, &reader, &writer, field});
    append(list, {static_cast<std::uint32_t>(found_.size() - 1)});
  }

  // Later ones would not be reported, so their beginning is enough.
  void append(List& list, const List& more) {
    const auto room = check_.max_incompatibilities - list.size();
    list.insert(list.end(), more.begin(),
                more.begin() + static_cast<std::ptrdiff_t>(std::min(room, more.size())));
  }

  // A pair in progress counts as compatible.
  List compare(const Use& reader, const Use& writer, PlaceId place) {
    if (stopped() || !budget_.spend()) return {};
    const Pair pair{reader.object, writer.object};
    const auto [known, fresh] = known_.try_emplace(pair);
    if (!fresh) {
      budget_.spend(known->second.size() / 16);
      return known->second;
    }
    if (depth_ == kMaxDepth) {
      too_deep_ = true;
      return {};
    }
    ++depth_;
    auto list = judge(reader, writer, place);
    --depth_;
    budget_.spend(kRememberedPair + list.size() / 16);
    known_[pair] = list;
    return list;
  }

  List judge(const Use& reader_use, const Use& writer_use, PlaceId place) {
    const auto& reader = *reader_use.type;
    const auto& writer = *writer_use.type;
    if (reader.type == writer.type) return judge_same(reader_use, writer_use, place);
    List list;
    if (writer.type == Type::Union) {
      for (std::uint32_t i = 0; i < writer.branches.size() && !stopped(); ++i) {
        append(list, compare(reader_use, use(writer.branches[i]), places_.branch(place, i)));
      }
    } else if (reader.type == Type::Union) {
      if (!any_branch_reads(reader, writer_use)) {
        report(list, MismatchKind::MissingUnionBranch, place, reader, writer);
      }
    } else if (!is_promotable(writer.type, reader.type)) {
      report(list, MismatchKind::TypeMismatch, place, reader, writer);
    }
    return list;
  }

  List judge_same(const Use& reader_use, const Use& writer_use, PlaceId place) {
    const auto& reader = *reader_use.type;
    const auto& writer = *writer_use.type;
    List list;
    switch (reader.type) {
      case Type::Array:
      case Type::Map:
        return compare(use(reader.element), use(writer.element), places_.element(place, reader));
      case Type::Fixed:
        check_names(list, reader, writer, place);
        if (reader.size != writer.size) {
          report(list, MismatchKind::FixedSizeMismatch, place, reader, writer);
        }
        break;
      case Type::Enum:
        check_names(list, reader, writer, place);
        if (!reads_symbols(reader, writer)) {
          report(list, MismatchKind::MissingEnumSymbols, place, reader, writer);
        }
        break;
      case Type::Record:
        check_names(list, reader, writer, place);
        compare_fields(list, reader, writer_use, place);
        break;
      case Type::Union:
        for (std::uint32_t i = 0; i < writer.branches.size() && !stopped(); ++i) {
          const auto& branch = *writer.branches[i];
          // What is wrong inside counts from a root of its own, and is dropped.
          if (compare(reader_use, use(writer.branches[i]), Places::kRoot).empty()) continue;
          report(list, MismatchKind::MissingUnionBranch, places_.branch(place, i), reader, branch);
        }
        break;
      default:
        break;
    }
    return list;
  }

  // Simple names, and the aliases of the reader's own type.
  void check_names(List& list, const Node& reader, const Node& writer, PlaceId place) {
    if (reader.name.simple() == writer.name.simple() ||
        std::ranges::find(reader.aliases, writer.name) != reader.aliases.end()) {
      return;
    }
    report(list, MismatchKind::NameMismatch, place, reader, writer);
  }

  bool reads_symbols(const Node& reader, const Node& writer) {
    if (reader.enum_default && reader.has_symbol(*reader.enum_default)) return true;
    budget_.spend(writer.symbols.size() / 16);
    return std::ranges::all_of(writer.symbols,
                               [&](const auto& symbol) { return reader.has_symbol(symbol); });
  }

  void compare_fields(List& list, const Node& reader, const Use& writer_use, PlaceId place) {
    const auto& writer = *writer_use.type;
    for (std::uint32_t i = 0; i < reader.fields.size() && !stopped(); ++i) {
      const auto& field = reader.fields[i];
      const auto at = places_.field_at(place, reader, i);
      const Field* written = writer.find_field(field.name);
      for (const auto& alias : field.aliases) {
        const auto* aliased = writer.find_field(alias);
        if (!budget_.spend()) return;
        if (aliased == nullptr) continue;
        if (written != nullptr) {
          report(list, MismatchKind::AmbiguousAlias, at, reader, writer, &field);
          ambiguous_ = static_cast<std::uint32_t>(found_.size() - 1);
          return;
        }
        written = aliased;
      }
      if (written != nullptr) {
        append(list, compare(use(field.type), use(written->type), places_.type_of(at)));
      } else if (!budget_.spend()) {
        return;
      } else if (field.default_value) {
        continue;
      } else if (field.type->type == Type::Enum && field.type->enum_default) {
        // Java asks whether the enum reads the whole record; it never does.
        append(list, compare(use(field.type), writer_use, places_.type_of(at)));
      } else {
        report(list, MismatchKind::ReaderFieldMissingDefaultValue, at, reader, writer, &field);
      }
    }
  }

  bool any_branch_reads(const Node& reader_union, const Use& writer) {
    const auto type = writer.type->type;
    return std::ranges::any_of(reader_union.branches, [&](const Node* const& branch) {
      if (stopped()) return false;
      // Whatever is wrong with a branch is dropped; a primitive one is used nowhere else.
      if (!is_primitive(branch->type)) return compare(use(branch), writer, Places::kRoot).empty();
      return budget_.spend() && (branch->type == type || is_promotable(type, branch->type));
    });
  }

  static std::string_view suffix(MismatchKind kind) {
    switch (kind) {
      case MismatchKind::NameMismatch:
        return "/name";
      case MismatchKind::FixedSizeMismatch:
        return "/size";
      case MismatchKind::MissingEnumSymbols:
        return "/symbols";
      default:
        return "";
    }
  }

  static std::string missing_symbols(const Node& reader, const Node& writer) {
    std::vector<std::string_view> missing;
    for (const auto& symbol : writer.symbols) {
      if (!reader.has_symbol(symbol)) missing.push_back(symbol);
    }
    std::ranges::sort(missing);
    std::string text = "[";
    for (const auto symbol : missing) {
      if (text.size() > kIncompatibilityBytes) break;
      text.append(text.size() == 1 ? "" : ", ").append(symbol);
    }
    return text + "]";
  }

  static std::string message(const Found& found) {
    const auto& [kind, place, reader, writer, field] = found;
    switch (kind) {
      case MismatchKind::NameMismatch:
        return "expected: " + writer->name.full;
      case MismatchKind::FixedSizeMismatch:
        return "expected: " + std::to_string(writer->size) +
               ", found: " + std::to_string(reader->size);
      case MismatchKind::MissingEnumSymbols:
        return missing_symbols(*reader, *writer);
      case MismatchKind::ReaderFieldMissingDefaultValue:
        return field->name;
      case MismatchKind::TypeMismatch:
        return "reader type: " + java_word(*reader) +
               " not compatible with writer type: " + java_word(*writer);
      case MismatchKind::MissingUnionBranch:
        return "reader union lacking writer type: " + java_word(*writer);
      case MismatchKind::AmbiguousAlias:
        return "Reader record field " + field->name +
               " matches multiple fields in writer record schema " + writer->name.full;
      case MismatchKind::UnusableDefault:
        break;
    }
    return "";
  }

  Incompatibility explained(const Found& found) const {
    const bool absent = found.kind == MismatchKind::ReaderFieldMissingDefaultValue;
    auto location = places_.path(found.place).append(suffix(found.kind));
    std::string text = message(found);
    if (text.size() > kIncompatibilityBytes) {
      text = std::string(truncate_utf8(text, kIncompatibilityBytes - 3)) + "…";
    }
    return {found.kind,
            location.empty() ? "/" : std::move(location),
            std::move(text),
            places_.field(found.place, check_.reader.root()),
            describe(found.field != nullptr ? *found.field->type : *found.reader),
            absent ? "absent" : describe(*found.writer)};
  }

  const PairCheck& check_;
  const std::uint64_t pairs_max_;
  Budget budget_;
  Places places_;
  std::size_t depth_ = 0;
  bool too_deep_ = false;
  std::optional<std::uint32_t> ambiguous_;  // where Java throws
  std::unordered_map<Pair, List, PairHash> known_;
  std::vector<Found> found_;
};

}  // namespace

Result<std::vector<Incompatibility>> check_pair(const PairCheck& check) {
  return PairChecker(check).run();
}

}  // namespace limpet::avro
