#include "limpet/registry/parsed_cache.h"

#include "limpet/crypto/sha256.h"

#include <utility>

namespace limpet::registry {
namespace {

std::string cache_key(compat::Format format, std::string_view content) {
  std::string key(to_string(format));
  key += ':';
  key += content;
  return key;
}

}  // namespace

ParsedCache::ParsedCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

DefinitionPtr ParsedCache::find(compat::Format format, std::string_view content) {
  const std::string key = cache_key(format, content);
  const std::scoped_lock lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->definition;
}

Result<DefinitionPtr> ParsedCache::parse(compat::Format format, std::string_view text) {
  std::string content = crypto::sha256_hex(text);
  if (DefinitionPtr kept = find(format, content)) return kept;
  LIMPET_TRY(auto parsed, compat::parse_definition(format, text));  // outside the lock
  std::string identity = crypto::sha256_hex(parsed.identity());
  std::string key = cache_key(format, content);
  auto definition = std::make_shared<const Definition>(
      Definition{std::move(parsed), std::move(content), std::move(identity)});
  keep(std::move(key), definition);
  return definition;
}

void ParsedCache::keep(std::string key, DefinitionPtr definition) {
  const std::size_t bytes = definition->parsed.weight() + key.size();
  if (bytes > max_bytes_) return;
  const std::scoped_lock lock(mutex_);
  if (by_key_.contains(key)) return;  // another thread parsed the same text
  while (bytes_ + bytes > max_bytes_) {
    bytes_ -= entries_.back().bytes;
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
  entries_.push_front({std::move(key), std::move(definition), bytes});
  by_key_.emplace(entries_.front().key, entries_.begin());
  bytes_ += bytes;
}

std::size_t ParsedCache::bytes() const {
  const std::scoped_lock lock(mutex_);
  return bytes_;
}

}  // namespace limpet::registry
