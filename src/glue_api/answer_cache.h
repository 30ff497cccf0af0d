// AnswerCache: finished answers of calls that only read, kept while the rows they rest on stand.
//
//   RowChanges changes;  AnswerCache cache(changes, 64 << 20);
//   if (const auto hit = cache.find(key)) return *hit;          // authorise first: hit->resources
//   ReadRows rows(changes);                                     // before the snapshot is taken
//   … run the operation on `rows` …
//   cache.put(key, rows, {.resources = …, .body = …});
//
// An answer is named by what was asked, to the byte: scope, operation, body of the request. What it
// rests on is found out by watching: the rows and ranges that the operation read, and the rows that
// transactions write (row_changes.h). So no operation says what it depends on, and none can forget
// it.
#pragma once

#include "resources.h"
#include "row_changes.h"

#include "limpet/base/context.h"
#include "limpet/glue_api/service.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::glue_api {

/// What was asked. Borrows everything.
struct AnswerKey {
  const Scope& scope;
  const void* operation;  ///< the address of the operation's own object
  std::string_view body;
};

struct CachedAnswer {
  Arns resources;  ///< what the caller must be allowed to use
  std::shared_ptr<const std::string> body;
};

/// Bounded in bytes; those not used for long go first. Threads: safe.
class AnswerCache {
 public:
  /// `bytes_max` 0 keeps nothing.
  AnswerCache(const RowChanges& changes, std::size_t bytes_max);
  ~AnswerCache();
  AnswerCache(const AnswerCache&) = delete;
  AnswerCache& operator=(const AnswerCache&) = delete;

  /// nullopt when there is none, or when something that it rests on has changed or is changing.
  std::optional<CachedAnswer> find(const AnswerKey& key);

  /// Keeps the answer if `rows` are still what they were when its snapshot was taken.
  void put(const AnswerKey& key, const ReadRows& rows, CachedAnswer answer);

  void clear();
  bool enabled() const { return bytes_max_ > 0; }
  Service::CacheStats stats() const;

 private:
  struct Entry;
  struct Shard;
  Shard& shard_of(std::uint64_t hash) const;

  const RowChanges& changes_;
  const std::size_t bytes_max_;
  std::unique_ptr<Shard[]> shards_;
};

}  // namespace limpet::glue_api
