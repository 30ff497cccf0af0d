// SchemaSet: a schema's text and its imports, with every mention of a type resolved.
#pragma once

#include "limpet/avro/node.h"
#include "limpet/base/named_text.h"
#include "limpet/base/result.h"
#include "limpet/json/value.h"

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace limpet::avro {

/// A record, enum or fixed where a text defines it.
struct Definition {
  const json::Value* value = nullptr;
  Name name;
  std::uint32_t text = 0;
};

/// Text 0 is the root, the others are the imports in their order. Threads: compatible.
class SchemaSet {
 public:
  static constexpr std::uint32_t kRoot = 0;

  /// Errors: InvalidInput (no JSON; an import given twice or that does not define its name; a name
  /// that nothing defines or that could mean two types).
  static Result<SchemaSet> read(std::string_view root, std::span<const NamedText> imports);

  std::uint32_t size() const { return static_cast<std::uint32_t>(trees_.size()); }
  const json::Value& tree(std::uint32_t text) const { return trees_[text]; }
  /// Empty for the root.
  std::string_view name(std::uint32_t text) const { return names_[text]; }
  /// "this schema", "the import my.Order".
  std::string described(std::uint32_t text) const;
  /// The import's name in front of message and place.
  Error blamed(std::uint32_t text, Error error) const;

  /// For an error's `where`.
  std::string place(std::uint32_t text, const json::Value& value) const;

  /// What the object defines, or nullptr.
  const Definition* defined_at(const json::Value& value) const;
  /// What the text or object mentions by name; nullptr for primitives and everything else.
  const Definition* mentioned_at(const json::Value& value) const;
  /// In the order of the texts, within each in the order of the text; empty: no such type.
  std::span<const Definition* const> definitions(const std::string& full) const;
  /// All definitions, in the order of the texts.
  const std::deque<Definition>& all() const { return definitions_; }
  /// The texts that this one takes types from.
  std::span<const std::uint32_t> used_by(std::uint32_t text) const { return uses_[text]; }

 private:
  class Collector;
  class Resolver;

  Status check_import(std::uint32_t text) const;

  std::vector<std::string_view> names_;
  std::vector<json::Value> trees_;
  std::deque<Definition> definitions_;
  std::unordered_map<const json::Value*, const Definition*> defined_at_;
  std::unordered_map<const json::Value*, const Definition*> mentioned_at_;
  std::unordered_map<std::string, std::vector<const Definition*>> by_name_;
  std::vector<std::vector<std::uint32_t>> uses_;
};

}  // namespace limpet::avro
