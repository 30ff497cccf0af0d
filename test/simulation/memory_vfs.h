// MemoryVfs: a whole SQLite VFS over a Disk: files, locks, and the shared memory of WAL mode, for
// the connections of one thread. An Injector sees every operation first and may make it fail.
//
//   Disk disk;
//   MemoryVfs vfs(disk, injector, seed);
//   sqlite3_open_v2("/limpet.db", &db, flags, vfs.name().c_str());
//
// Time does not pass in it and chance is seeded: it becomes SQLite's default VFS, and SQLite's own
// generator is seeded from it. Threads: confined.
#pragma once

#include "disk.h"

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace limpet::simulation {

enum class Call : std::uint8_t { Open, Read, Write, Truncate, Sync, Delete };
inline constexpr std::size_t kCallKinds = 6;

struct Operation {
  Call call = Call::Read;
  std::string_view file;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  bool grows = false;  ///< a write that needs new space
};

/// What an operation meets.
enum class Fate : std::uint8_t {
  Pass,
  IoError,         ///< nothing is done
  Full,            ///< no space: nothing is done
  ShortWrite,      ///< half of the bytes are written, then an I/O error
  LateError,       ///< all of them are written, then an I/O error
  SyncStaysDirty,  ///< the sync fails; see FailedSync
  SyncDropped,
  SyncReverted,
  PowerLoss,  ///< it is under way (its writes not synced) when the power goes: nothing works again
  Kill,       ///< it is done, but the process ends before it hears of it
  // What no honest machine does; for tests of the tests.
  SyncLies,     ///< answers that it is synced, and is not
  WriteIsLost,  ///< answers that it is written, and is not
};
inline constexpr std::size_t kFateCount = 12;

class Injector {
 public:
  virtual ~Injector() = default;
  /// Called before the operation; may use other connections meanwhile.
  virtual Fate meet(const Operation& operation) = 0;
};

class MemoryVfs {
 public:
  /// All three must outlive the connections. One at a time may exist.
  MemoryVfs(Disk& disk, Injector& injector, std::uint64_t seed);
  ~MemoryVfs();
  MemoryVfs(const MemoryVfs&) = delete;
  MemoryVfs& operator=(const MemoryVfs&) = delete;

  const std::string& name() const { return name_; }
  Disk& disk() { return disk_; }
  Random& random() { return random_; }

  /// Power or process are gone: every operation fails.
  bool dead() const { return dead_; }
  void die() { dead_ = true; }
  /// The machine is up again. Requires: all connections are closed.
  void revive();
  std::size_t open_files() const { return open_files_; }

  // What is done to files outside SQLite, with the same faults; SQLite's result code.
  int create(const std::string& name);
  int sync(const std::string& name);
  int sync_names();

 private:
  struct Handle;
  struct Locks;
  struct Calls;

  Fate meet(const Operation& operation);
  int write(DiskFile& file, std::string_view name, std::string_view bytes, std::uint64_t offset);
  int sync(DiskFile& file, const std::string& name);
  std::shared_ptr<Locks> locks_of(const std::shared_ptr<DiskFile>& file);

  Disk& disk_;
  Injector& injector_;
  Random random_;
  bool dead_ = false;
  std::size_t open_files_ = 0;
  std::map<const DiskFile*, std::weak_ptr<Locks>> locks_;
  std::string name_;
  sqlite3_vfs vfs_{};
  sqlite3_io_methods methods_{};
};

}  // namespace limpet::simulation
