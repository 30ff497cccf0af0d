// VersionTable: id to schema, bounded, read by many threads without a lock or a shared write.
//
// Writers keep the entries in a map under a mutex, and publish an immutable open-addressed table
// from time to time. Each thread holds on to the table that it saw last, so a look-up compares one
// generation number and probes. What is not published yet is found under the mutex, and enough of
// such finds publish it. Which entries are in use is one flag per entry, written only when it
// changes; the flag decides who goes when a bound is reached (second chance, near to LRU).
//
// Memory: texts of `bytes_max` in the map; what was pushed out lives on in published tables until
// the next one, and in each thread that has not looked since: (threads + 2) × bytes_max at worst,
// when everything was replaced between the looks of every thread.
#pragma once

#include "limpet/base/uuid.h"
#include "limpet/client/schema_registry.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace limpet::client {

struct TableBounds {
  std::size_t entries_max = 4'096;
  std::size_t bytes_max = 64UL << 20;
};

/// What an entry counts for: its texts and a little for the rest.
std::size_t bytes_of(const RegisteredSchema& schema);

/// Threads: safe.
class VersionTable {
 public:
  explicit VersionTable(TableBounds bounds);
  VersionTable(const VersionTable&) = delete;
  VersionTable& operator=(const VersionTable&) = delete;
  ~VersionTable();

  /// The schema, or nullptr. Valid until this thread's next call of find on any table.
  const SchemaPointer* find(const Uuid& id) noexcept;

  /// Keeps `schema` unless its id is there already or it is larger than all that may be kept.
  void put(SchemaPointer schema);

  struct Counts {
    std::size_t entries = 0;
    std::size_t bytes = 0;
    std::uint64_t evictions = 0;
  };
  Counts counts() const;
  /// Everything that is kept, in no order.
  std::vector<SchemaPointer> all() const;

 private:
  struct Words {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    bool operator==(const Words&) const = default;
  };
  struct WordsHash {
    std::size_t operator()(const Words& words) const { return mixed(words); }
  };
  struct Entry;
  struct Table;
  struct Hot;
  struct Held;

  static Words words_of(const Uuid& id);
  static std::size_t mixed(const Words& words);
  static Hot& hot(std::size_t slot);
  static Held& held(std::size_t slot);
  const SchemaPointer* find_slowly(const Words& words, Hot& hot);
  void publish();
  void make_room();

  static constexpr std::size_t kHotSlots = 4;

  const TableBounds bounds_;
  const std::uint64_t serial_;
  std::atomic<std::uint64_t> generation_{1};

  mutable std::mutex mutex_;  // guards what follows
  std::unordered_map<Words, std::shared_ptr<Entry>, WordsHash> entries_;
  std::vector<std::shared_ptr<Entry>> ring_;
  std::size_t hand_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t evictions_ = 0;
  std::size_t unpublished_finds_ = 0;
  std::size_t stale_ = 0;  // published entries that are not kept any more
  std::shared_ptr<const Table> published_;
};

}  // namespace limpet::client
