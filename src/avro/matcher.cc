#include "matcher.h"

#include <utility>
#include <vector>

namespace limpet::avro {
namespace {

// Records within unions within records …; a pair still deeper counts as matching, like a pair that
// is being looked at already.
constexpr int kClashDepth = 128;

}  // namespace

bool is_promotable(Type writer, Type reader) {
  switch (reader) {
    case Type::Long:
      return writer == Type::Int;
    case Type::Float:
      return writer == Type::Int || writer == Type::Long;
    case Type::Double:
      return writer == Type::Int || writer == Type::Long || writer == Type::Float;
    case Type::Bytes:
      return writer == Type::String;
    case Type::String:
      return writer == Type::Bytes;
    default:
      return false;
  }
}

bool Matcher::equivalent_unions(const Node& writer, const Node& reader) {
  std::unordered_set<Pair> visited;
  std::vector<std::pair<const Node*, const Node*>> todo{{&writer, &reader}};
  const auto push = [&](const Node* w, const Node* r) { todo.emplace_back(w, r); };
  while (!todo.empty()) {
    const auto [w, r] = todo.back();
    todo.pop_back();
    if (!budget_.spend() || !same_shape(*w, *r)) return false;
    if (w->element != nullptr) push(w->element, r->element);
    for (std::size_t i = 0; i < w->branches.size(); ++i) push(w->branches[i], r->branches[i]);
    if (w->type != Type::Record) continue;
    const auto pair = pair_of(*w, *r);
    if (equivalent_.contains(pair) || !visited.insert(pair).second) continue;
    for (std::size_t i = 0; i < w->fields.size(); ++i) {
      if (renames_.field_name(*w, i) != r->fields[i].name) return false;
      push(w->fields[i].type, r->fields[i].type);
    }
  }
  // Every pair reached was found equal, so each of them is equal.
  equivalent_.merge(visited);
  return true;
}

// Everything that can be compared without going down.
bool Matcher::same_shape(const Node& writer, const Node& reader) {
  if (writer.type != reader.type) return false;
  if (is_named(writer.type) && renames_.name_of(writer).simple() != reader.name.simple()) {
    return false;
  }
  return writer.size == reader.size && writer.branches.size() == reader.branches.size() &&
         writer.fields.size() == reader.fields.size() && writer.symbols == reader.symbols;
}

std::optional<std::uint32_t> Matcher::choose_branch(const Node& writer, const Node& reader_union) {
  const bool named = is_named(writer.type);
  const auto own = named ? std::string_view(renames_.name_of(writer).full) : to_string(writer.type);
  const auto same = reader_union.find_branch(writer.type, own);
  if (may_stumble_ && writer.type == Type::Record && !stumbled_) {
    const auto tried =
        std::span(reader_union.branches).first(same.value_or(reader_union.branches.size()));
    stumbled_ = std::ranges::any_of(tried, [&](const Node* branch) {
      return branch->type == Type::Record && stumbles(writer, *branch);
    });
  }
  if (same) return same;

  std::optional<std::uint32_t> chosen;
  const auto count = static_cast<std::uint32_t>(reader_union.branches.size());
  if (named && writer.type != Type::Record) return chosen;
  for (std::uint32_t i = 0; i < count && budget_.spend(); ++i) {
    const auto& branch = *reader_union.branches[i];
    if (writer.type == Type::Record) {
      if (branch.type != Type::Record || records_clash(writer, branch)) continue;
      if (!chosen || branch.name.simple() == renames_.name_of(writer).simple()) chosen = i;
    } else if (is_promotable(writer.type, branch.type)) {
      return i;
    }
  }
  return chosen;
}

// Looks at more than Java does, which stops at the first clash: a broken default is not worth the
// difference.
bool Matcher::stumbles(const Node& writer, const Node& reader) {
  if (depth_ == kClashDepth || !budget_.spend()) return false;
  const auto deeper = [this](const Node& from, const Node& to) {
    ++depth_;
    const bool stumbling = stumbles(from, to);
    --depth_;
    return stumbling;
  };
  if (writer.type == Type::Union) {
    return std::ranges::any_of(writer.branches,
                               [&](const Node* branch) { return deeper(*branch, reader); });
  }
  if (reader.type == Type::Union) {
    return std::ranges::any_of(reader.branches,
                               [&](const Node* branch) { return deeper(writer, *branch); });
  }
  if (writer.type != reader.type) return false;
  if (writer.element != nullptr) return deeper(*writer.element, *reader.element);
  if (writer.type != Type::Record || !tried_.insert(pair_of(writer, reader)).second) return false;
  return std::ranges::any_of(reader.fields, [&](const Field& field) {
    const auto* written = renames_.find_field(writer, field.name);
    if (written != nullptr) return deeper(*written->type, *field.type);
    return field.default_value && !field.default_usable;
  });
}

bool Matcher::records_clash(const Node& writer, const Node& reader) {
  // While the pair is being looked at it counts as matching: that is what breaks cycles.
  if (!looked_for_clash_.insert(writer, reader)) return clashing_.contains(writer, reader);
  if (!budget_.spend() || depth_ == kClashDepth) {
    looked_for_clash_.erase(writer, reader);
    return false;
  }
  ++depth_;
  bool clash = misses_field(writer, reader);
  for (std::size_t i = 0; i < reader.fields.size() && !clash && budget_.spend(); ++i) {
    const auto* field = renames_.find_field(writer, reader.fields[i].name);
    clash = field != nullptr && types_clash(*field->type, *reader.fields[i].type);
  }
  --depth_;
  if (clash) clashing_.insert(writer, reader);
  return clash;
}

bool Matcher::types_clash(const Node& writer, const Node& reader) {
  if (writer.type == Type::Union) return false;
  if (writer.type == reader.type) {
    switch (writer.type) {
      case Type::Record:
        return misses_field(writer, reader);
      case Type::Enum:
      case Type::Fixed:
        return renames_.name_of(writer).simple() != reader.name.simple() ||
               writer.size != reader.size;
      default:
        return false;
    }
  }
  if (reader.type == Type::Union) return !choose_branch(writer, reader).has_value();
  return !is_promotable(writer.type, reader.type);
}

bool Matcher::misses_field(const Node& writer, const Node& reader) {
  if (reader.required_fields == 0 && reader.unusable_defaults == 0) return false;
  if (!looked_for_missing_.insert(writer, reader)) return missing_.contains(writer, reader);
  for (const auto& field : reader.fields) {
    if (!budget_.spend()) break;
    if (field.default_value && field.default_usable) continue;
    if (renames_.find_field(writer, field.name) != nullptr) continue;
    missing_.insert(writer, reader);
    return true;
  }
  return false;
}

}  // namespace limpet::avro
