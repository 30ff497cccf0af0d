// ParsedCache: definitions that were parsed lately, by content.
//
//   auto parsed = cache.parse(Format::Avro, text);     // parses only what it has not kept
//   (*parsed)->identity;                               // SHA-256 of the identity form
//
// Bounded in bytes; the least recently used go first. Texts that do not parse are not kept.
// Threads: safe.
#pragma once

#include "limpet/base/result.h"
#include "limpet/compat/definition.h"

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace limpet::registry {

/// A parsed definition with the two hashes that the store knows it by.
struct Definition {
  compat::ParsedDefinition parsed;
  std::string content;   ///< SHA-256 of the text, hexadecimal
  std::string identity;  ///< SHA-256 of the identity form, hexadecimal
};
using DefinitionPtr = std::shared_ptr<const Definition>;

class ParsedCache {
 public:
  explicit ParsedCache(std::size_t max_bytes = 64UL << 20);

  /// Errors: those of compat::parse_definition, untouched.
  Result<DefinitionPtr> parse(compat::Format format, std::string_view text);

  /// The definition whose text has this hash, or nullptr: for callers that would have to fetch the
  /// text first.
  DefinitionPtr find(compat::Format format, std::string_view content);

  std::size_t bytes() const;

 private:
  struct Entry {
    std::string key;
    DefinitionPtr definition;
    std::size_t bytes;
  };
  void keep(std::string key, DefinitionPtr definition);

  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key_;
};

}  // namespace limpet::registry
