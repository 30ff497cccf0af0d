// Disk: files in memory, each as the kernel shows it and as the platter holds it.
//
//   Disk disk;
//   auto file = disk.create("a");
//   file->write(0, "hello");
//   disk.lose_power(Unsynced::Lost, random);   // nothing was synced: the file is gone
//
// What was written since the last sync is kept as a list of writes. A power loss keeps none of
// them, all, the first few, any few, or any few of their sectors of 512 bytes; a failed sync may
// have lost some for good, although they can still be read, and the next sync will not bring them
// back. Threads: confined.
#pragma once

#include "random.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::simulation {

inline constexpr std::size_t kSectorBytes = 512;

/// What a power loss keeps of what was not synced.
enum class Unsynced : std::uint8_t {
  Lost,       ///< nothing
  Kept,       ///< everything
  Torn,       ///< each sector of each write goes its own way
  Reordered,  ///< each write goes its own way, whole
  Prefix,     ///< the first few writes, the last of them torn
};
inline constexpr std::size_t kUnsyncedKinds = 5;

/// What becomes of the pages of a sync that failed.
enum class FailedSync : std::uint8_t {
  StaysDirty,  ///< nothing was written; another sync tries again
  Dropped,     ///< some sectors were written, the rest never will be, and still reads as written
  Reverted,    ///< as Dropped, and what was not written reads as before
};

class DiskFile {
 public:
  /// What a read shows.
  const std::string& content() const { return now_; }

  void write(std::uint64_t offset, std::string_view bytes);
  void truncate(std::uint64_t size);
  void sync();
  void fail_sync(FailedSync how, Random& random);
  void lose_power(Unsynced unsynced, Random& random);

 private:
  struct Change {
    std::uint64_t offset = 0;
    std::optional<std::string> bytes;  // nullopt: truncated to offset
  };
  void replay(const std::vector<Change>& changes, Unsynced unsynced, Random& random);

  std::string now_;
  std::string durable_;
  std::vector<Change> unsynced_;
};

class Disk {
 public:
  using FilePtr = std::shared_ptr<DiskFile>;

  /// nullptr when there is none.
  FilePtr find(const std::string& name) const;
  FilePtr create(const std::string& name);
  /// The file lives on while somebody holds it.
  void remove(const std::string& name);

  /// The name survives a power loss.
  void sync_name(const std::string& name);
  /// All names do, and what was removed stays away.
  void sync_names();

  /// Requires: nobody holds a file.
  void lose_power(Unsynced unsynced, Random& random);

 private:
  struct Entry {
    FilePtr file;
    bool durable = false;
  };
  std::map<std::string, Entry> entries_;
  std::map<std::string, FilePtr> removed_;  // not yet for good
};

}  // namespace limpet::simulation
