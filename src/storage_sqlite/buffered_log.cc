#include "buffered_log.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

namespace limpet::storage {

namespace {

/// Written at once. A VFS need not be able to do more than the largest page; SQLite's own cannot do
/// 128 KiB.
constexpr std::size_t kGatheredBytes = 64 << 10;

std::string next_name() {
  static std::atomic<std::uint64_t> made = 0;
  return "limpet-buffered-log-" + std::to_string(++made);
}

constexpr int kAlign = alignof(std::max_align_t);
constexpr int aligned(int bytes) { return (bytes + kAlign - 1) / kAlign * kAlign; }

// A log that is open. The base's file stands in memory behind it.
struct LogFile {
  sqlite3_file head;  // first: what SQLite sees
  std::string* gathered;
  sqlite3_int64 offset;  // of the first gathered byte

  static LogFile& of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }
  static constexpr int bytes() { return aligned(sizeof(LogFile)); }
  sqlite3_file* base() {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(this) + bytes());
  }

  /// What was gathered is gone afterwards, written or not: SQLite takes a failure as one of its own
  /// writes and begins again where the last commit ended.
  int flush() {
    int code = SQLITE_OK;
    if (!gathered->empty()) {
      code = base()->pMethods->xWrite(base(), gathered->data(), static_cast<int>(gathered->size()),
                                      offset);
      gathered->clear();
    }
    return code;
  }
};

int close_log(sqlite3_file* file) {
  LogFile& log = LogFile::of(file);
  const int flushed = log.flush();
  const int closed = log.base()->pMethods->xClose(log.base());
  delete log.gathered;
  return closed == SQLITE_OK ? flushed : closed;
}

int read_log(sqlite3_file* file, void* to, int count, sqlite3_int64 offset) {
  LogFile& log = LogFile::of(file);
  if (const int code = log.flush(); code != SQLITE_OK) return code;
  return log.base()->pMethods->xRead(log.base(), to, count, offset);
}

int write_log(sqlite3_file* file, const void* from, int count, sqlite3_int64 offset) {
  LogFile& log = LogFile::of(file);
  const auto bytes = static_cast<std::size_t>(count);
  std::string& gathered = *log.gathered;
  const bool follows = offset == log.offset + static_cast<sqlite3_int64>(gathered.size());
  if (!gathered.empty() && (!follows || gathered.size() + bytes > kGatheredBytes)) {
    if (const int code = log.flush(); code != SQLITE_OK) return code;
  }
  if (bytes > kGatheredBytes) return log.base()->pMethods->xWrite(log.base(), from, count, offset);
  if (gathered.empty()) log.offset = offset;
  try {
    gathered.append(static_cast<const char*>(from), bytes);
  } catch (const std::bad_alloc&) {
    return SQLITE_IOERR_NOMEM;
  }
  return SQLITE_OK;
}

int truncate_log(sqlite3_file* file, sqlite3_int64 size) {
  LogFile& log = LogFile::of(file);
  if (const int code = log.flush(); code != SQLITE_OK) return code;
  return log.base()->pMethods->xTruncate(log.base(), size);
}

int sync_log(sqlite3_file* file, int flags) {
  LogFile& log = LogFile::of(file);
  if (const int code = log.flush(); code != SQLITE_OK) return code;
  return log.base()->pMethods->xSync(log.base(), flags);
}

int size_of_log(sqlite3_file* file, sqlite3_int64* size) {
  LogFile& log = LogFile::of(file);
  if (const int code = log.flush(); code != SQLITE_OK) return code;
  return log.base()->pMethods->xFileSize(log.base(), size);
}

int lock_log(sqlite3_file* file, int level) {
  return LogFile::of(file).base()->pMethods->xLock(LogFile::of(file).base(), level);
}
int unlock_log(sqlite3_file* file, int level) {
  return LogFile::of(file).base()->pMethods->xUnlock(LogFile::of(file).base(), level);
}
int check_lock_of_log(sqlite3_file* file, int* reserved) {
  return LogFile::of(file).base()->pMethods->xCheckReservedLock(LogFile::of(file).base(), reserved);
}
int control_log(sqlite3_file* file, int operation, void* argument) {
  return LogFile::of(file).base()->pMethods->xFileControl(LogFile::of(file).base(), operation,
                                                          argument);
}
int sector_of_log(sqlite3_file* file) {
  return LogFile::of(file).base()->pMethods->xSectorSize(LogFile::of(file).base());
}
int traits_of_log(sqlite3_file* file) {
  return LogFile::of(file).base()->pMethods->xDeviceCharacteristics(LogFile::of(file).base());
}

// Version 1: SQLite maps no logs and shares no memory through them.
constexpr sqlite3_io_methods kLogMethods = {
    .iVersion = 1,
    .xClose = close_log,
    .xRead = read_log,
    .xWrite = write_log,
    .xTruncate = truncate_log,
    .xSync = sync_log,
    .xFileSize = size_of_log,
    .xLock = lock_log,
    .xUnlock = unlock_log,
    .xCheckReservedLock = check_lock_of_log,
    .xFileControl = control_log,
    .xSectorSize = sector_of_log,
    .xDeviceCharacteristics = traits_of_log,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

}  // namespace

struct BufferedLog::Calls {
  static sqlite3_vfs* base(sqlite3_vfs* vfs) {
    return &static_cast<BufferedLog*>(vfs->pAppData)->base_;
  }

  static int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags,
                  int* out_flags) {
    if ((flags & SQLITE_OPEN_WAL) == 0) {
      return base(vfs)->xOpen(base(vfs), name, file, flags, out_flags);
    }
    LogFile& log = LogFile::of(file);
    log.head.pMethods = nullptr;
    log.base()->pMethods = nullptr;
    auto* gathered = new (std::nothrow) std::string;
    if (gathered == nullptr) return SQLITE_NOMEM;
    const int code = base(vfs)->xOpen(base(vfs), name, log.base(), flags, out_flags);
    if (code != SQLITE_OK) {
      if (log.base()->pMethods != nullptr) log.base()->pMethods->xClose(log.base());
      delete gathered;
      return code;
    }
    log.gathered = gathered;
    log.offset = 0;
    log.head.pMethods = &kLogMethods;
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    return base(vfs)->xDelete(base(vfs), name, sync_folder);
  }
  static int access(sqlite3_vfs* vfs, const char* name, int flags, int* answer) {
    return base(vfs)->xAccess(base(vfs), name, flags, answer);
  }
  static int full_name(sqlite3_vfs* vfs, const char* name, int bytes, char* out) {
    return base(vfs)->xFullPathname(base(vfs), name, bytes, out);
  }
  static int random(sqlite3_vfs* vfs, int bytes, char* out) {
    return base(vfs)->xRandomness(base(vfs), bytes, out);
  }
  static int sleep(sqlite3_vfs* vfs, int microseconds) {
    return base(vfs)->xSleep(base(vfs), microseconds);
  }
  static int now(sqlite3_vfs* vfs, double* julian_day) {
    return base(vfs)->xCurrentTime(base(vfs), julian_day);
  }
  static int last_error(sqlite3_vfs* vfs, int bytes, char* out) {
    return base(vfs)->xGetLastError(base(vfs), bytes, out);
  }
};

std::unique_ptr<BufferedLog> BufferedLog::upon(const std::string& base) {
  sqlite3_vfs* found = sqlite3_vfs_find(base.empty() ? nullptr : base.c_str());
  if (found == nullptr) return nullptr;
  return std::unique_ptr<BufferedLog>(new BufferedLog(*found));
}

// Version 1: no extensions are loaded, and the time of day is not asked in milliseconds.
BufferedLog::BufferedLog(sqlite3_vfs& base) : base_(base), name_(next_name()) {
  vfs_.iVersion = 1;
  vfs_.szOsFile = LogFile::bytes() + base.szOsFile;
  vfs_.mxPathname = base.mxPathname;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = Calls::open;
  vfs_.xDelete = Calls::remove;
  vfs_.xAccess = Calls::access;
  vfs_.xFullPathname = Calls::full_name;
  vfs_.xRandomness = Calls::random;
  vfs_.xSleep = Calls::sleep;
  vfs_.xCurrentTime = Calls::now;
  vfs_.xGetLastError = Calls::last_error;
  sqlite3_vfs_register(&vfs_, 0);
}

BufferedLog::~BufferedLog() { sqlite3_vfs_unregister(&vfs_); }

}  // namespace limpet::storage
