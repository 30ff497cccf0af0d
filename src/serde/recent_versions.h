// The readers of versions that have no place in the table, the last ones used. For this room.
#pragma once

#include "limpet/serde/deserializer.h"

#include <atomic>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace limpet::serde::detail {

/// Threads: safe.
class RecentVersions {
 public:
  explicit RecentVersions(std::size_t max) : max_(max) {}

  std::shared_ptr<const VersionReader> find(const SchemaKey& key) {
    if (!used_.load(std::memory_order_acquire)) return nullptr;
    const std::lock_guard lock(mutex_);
    const auto at = places_.find(key);
    if (at == places_.end()) return nullptr;
    versions_.splice(versions_.begin(), versions_, at->second);
    return *at->second;
  }

  /// The one that is found from now on.
  std::shared_ptr<const VersionReader> insert(std::shared_ptr<const VersionReader> version) {
    const std::lock_guard lock(mutex_);
    if (const auto at = places_.find(version->key); at != places_.end()) return *at->second;
    versions_.push_front(version);
    places_.emplace(version->key, versions_.begin());
    if (versions_.size() > max_) {
      places_.erase(versions_.back()->key);
      versions_.pop_back();  // who reads with it holds it
    }
    used_.store(true, std::memory_order_release);
    return version;
  }

 private:
  struct Hash {
    std::size_t operator()(const SchemaKey& key) const {
      return static_cast<std::size_t>(key.hash());
    }
  };
  using Versions = std::list<std::shared_ptr<const VersionReader>>;

  std::size_t max_;
  std::atomic<bool> used_{false};
  std::mutex mutex_;   // guards what follows
  Versions versions_;  // the last used first
  std::unordered_map<SchemaKey, Versions::iterator, Hash> places_;
};

}  // namespace limpet::serde::detail
