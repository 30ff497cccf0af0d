#include "fault_vfs.h"

#include "page_cache.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <fstream>
#include <new>

namespace limpet::storage {

namespace {

sqlite3_vfs* system_vfs() {
  use_page_cache();  // before SQLite is used, as in the server
  return sqlite3_vfs_find(nullptr);
}

constexpr std::size_t kSector = 512;

void write_over(std::string& content, std::uint64_t offset, std::string_view bytes) {
  if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size());
  content.replace(offset, bytes.size(), bytes);
}

}  // namespace

// What SQLite holds for an open file; the real file's structure follows it in memory.
struct FaultVfs::File {
  sqlite3_file base;
  FaultVfs* vfs;
  std::string* name;  // null: a file that is not watched
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

struct FaultVfs::Calls {
  static File* file(sqlite3_file* opened) { return reinterpret_cast<File*>(opened); }
  static FaultVfs* self(sqlite3_vfs* vfs) { return static_cast<FaultVfs*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* opened, int flags,
                  int* out_flags) {
    FaultVfs* me = self(vfs);
    File* shim = file(opened);
    shim->base.pMethods = nullptr;
    shim->vfs = me;
    const int code = me->real_->xOpen(me->real_, name, shim->real(), flags, out_flags);
    if (code != SQLITE_OK) return code;
    shim->base.pMethods = &me->methods_;
    shim->name = new std::string(name == nullptr ? "" : name);
    sqlite3_int64 size = 0;
    shim->real()->pMethods->xFileSize(shim->real(), &size);
    const std::lock_guard lock(me->mutex_);
    const auto [at, first] = me->files_.try_emplace(*shim->name);
    if (first && size > 0) {
      at->second.durable.resize(static_cast<std::size_t>(size));
      shim->real()->pMethods->xRead(shim->real(), at->second.durable.data(), static_cast<int>(size),
                                    0);
      at->second.now = at->second.durable;
    }
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    FaultVfs* me = self(vfs);
    const std::lock_guard lock(me->mutex_);
    const int code = me->real_->xDelete(me->real_, name, sync_folder);
    if (code == SQLITE_OK) me->files_.erase(name);
    return code;
  }
  static int close(sqlite3_file* opened) {
    File* shim = file(opened);
    delete shim->name;
    return shim->real()->pMethods->xClose(shim->real());
  }
  static int write(sqlite3_file* opened, const void* bytes, int count, sqlite3_int64 offset) {
    File* shim = file(opened);
    return shim->vfs->write(*shim->name, bytes, count, offset, shim->real());
  }
  static int truncate(sqlite3_file* opened, sqlite3_int64 size) {
    File* shim = file(opened);
    return shim->vfs->truncate(*shim->name, size, shim->real());
  }
  static int sync(sqlite3_file* opened, int flags) {
    File* shim = file(opened);
    return shim->vfs->sync(*shim->name, flags, shim->real());
  }

  // The rest is passed on as it is.
  static const sqlite3_io_methods* real(sqlite3_file* opened) {
    return file(opened)->real()->pMethods;
  }
  static int read(sqlite3_file* f, void* bytes, int count, sqlite3_int64 offset) {
    return real(f)->xRead(file(f)->real(), bytes, count, offset);
  }
  static int size(sqlite3_file* f, sqlite3_int64* out) {
    return real(f)->xFileSize(file(f)->real(), out);
  }
  static int lock(sqlite3_file* f, int level) { return real(f)->xLock(file(f)->real(), level); }
  static int unlock(sqlite3_file* f, int level) { return real(f)->xUnlock(file(f)->real(), level); }
  static int reserved(sqlite3_file* f, int* out) {
    return real(f)->xCheckReservedLock(file(f)->real(), out);
  }
  static int control(sqlite3_file* f, int op, void* argument) {
    return real(f)->xFileControl(file(f)->real(), op, argument);
  }
  static int sector(sqlite3_file* f) { return real(f)->xSectorSize(file(f)->real()); }
  static int characteristics(sqlite3_file* f) {
    return real(f)->xDeviceCharacteristics(file(f)->real());
  }
  static int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
    return real(f)->xShmMap(file(f)->real(), page, size, extend, out);
  }
  static int shm_lock(sqlite3_file* f, int offset, int n, int flags) {
    return real(f)->xShmLock(file(f)->real(), offset, n, flags);
  }
  static void shm_barrier(sqlite3_file* f) { real(f)->xShmBarrier(file(f)->real()); }
  static int shm_unmap(sqlite3_file* f, int remove) {
    return real(f)->xShmUnmap(file(f)->real(), remove);
  }
};

FaultVfs::FaultVfs() : real_(system_vfs()), vfs_(*real_), methods_{} {
  static std::atomic<int> count = 0;
  name_ = "fault" + std::to_string(++count);
  vfs_.zName = name_.c_str();
  vfs_.pNext = nullptr;
  vfs_.pAppData = this;
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
  vfs_.xOpen = Calls::open;
  vfs_.xDelete = Calls::remove;
  methods_.iVersion = 2;
  methods_.xClose = Calls::close;
  methods_.xRead = Calls::read;
  methods_.xWrite = Calls::write;
  methods_.xTruncate = Calls::truncate;
  methods_.xSync = Calls::sync;
  methods_.xFileSize = Calls::size;
  methods_.xLock = Calls::lock;
  methods_.xUnlock = Calls::unlock;
  methods_.xCheckReservedLock = Calls::reserved;
  methods_.xFileControl = Calls::control;
  methods_.xSectorSize = Calls::sector;
  methods_.xDeviceCharacteristics = Calls::characteristics;
  methods_.xShmMap = Calls::shm_map;
  methods_.xShmLock = Calls::shm_lock;
  methods_.xShmBarrier = Calls::shm_barrier;
  methods_.xShmUnmap = Calls::shm_unmap;
  sqlite3_vfs_register(&vfs_, 0);
}

FaultVfs::~FaultVfs() { sqlite3_vfs_unregister(&vfs_); }

int FaultVfs::write(const std::string& file, const void* bytes, int count, sqlite3_int64 offset,
                    sqlite3_file* real) {
  const std::lock_guard lock(mutex_);
  if (broken_) return SQLITE_IOERR_WRITE;
  Content& content = files_[file];
  const auto at = static_cast<std::uint64_t>(offset);
  const std::string_view data(static_cast<const char*>(bytes), static_cast<std::size_t>(count));
  const std::uint64_t end = at + data.size();
  const std::uint64_t growth = end > content.now.size() ? end - content.now.size() : 0;
  if (quota_ && growth > 0 && used_locked() + growth > *quota_) return SQLITE_FULL;
  const int code = real->pMethods->xWrite(real, bytes, count, offset);
  if (code != SQLITE_OK) return code;
  write_over(content.now, at, data);
  content.unsynced.push_back({at, std::string(data)});
  return SQLITE_OK;
}

int FaultVfs::truncate(const std::string& file, sqlite3_int64 size, sqlite3_file* real) {
  const std::lock_guard lock(mutex_);
  const int code = real->pMethods->xTruncate(real, size);
  if (code != SQLITE_OK) return code;
  Content& content = files_[file];
  content.now.resize(static_cast<std::size_t>(size));
  content.unsynced.push_back({static_cast<std::uint64_t>(size), std::nullopt});
  return SQLITE_OK;
}

int FaultVfs::sync(const std::string& file, int flags, sqlite3_file* real) {
  std::unique_lock lock(mutex_);
  if (holding_) {
    ++held_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !holding_; });
    --held_;
  }
  for (auto& [suffix, count] : failing_) {
    if (count > 0 && file.ends_with(suffix)) {
      --count;
      return SQLITE_IOERR_FSYNC;
    }
  }
  const int code = real->pMethods->xSync(real, flags);
  if (code != SQLITE_OK) return code;
  Content& content = files_[file];
  content.durable = content.now;
  content.unsynced.clear();
  ++content.syncs;
  return SQLITE_OK;
}

std::uint64_t FaultVfs::used_locked() const {
  std::uint64_t bytes = 0;
  for (const auto& [file, content] : files_) bytes += content.now.size();
  return bytes;
}

std::uint64_t FaultVfs::used() const {
  const std::lock_guard lock(mutex_);
  return used_locked();
}

std::uint64_t FaultVfs::syncs(std::string_view suffix) const {
  const std::lock_guard lock(mutex_);
  std::uint64_t count = 0;
  for (const auto& [file, content] : files_) count += file.ends_with(suffix) ? content.syncs : 0;
  return count;
}

bool FaultVfs::dirty(std::string_view suffix) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(files_.begin(), files_.end(), [&](const auto& file) {
    return file.first.ends_with(suffix) && !file.second.unsynced.empty();
  });
}

void FaultVfs::hold_syncs() {
  const std::lock_guard lock(mutex_);
  holding_ = true;
}

bool FaultVfs::wait_for_held_sync() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(30), [this] { return held_ > 0; });
}

void FaultVfs::release_syncs() {
  const std::lock_guard lock(mutex_);
  holding_ = false;
  changed_.notify_all();
}

void FaultVfs::fail_syncs(std::string_view suffix, int count) {
  const std::lock_guard lock(mutex_);
  failing_[std::string(suffix)] = count;
}

void FaultVfs::set_quota(std::optional<std::uint64_t> bytes) {
  const std::lock_guard lock(mutex_);
  quota_ = bytes;
}

void FaultVfs::break_writes(bool broken) {
  const std::lock_guard lock(mutex_);
  broken_ = broken;
}

void FaultVfs::write_image(const std::filesystem::path& folder, Unsynced unsynced,
                           std::mt19937& random) {
  const std::lock_guard lock(mutex_);
  std::filesystem::create_directories(folder);
  for (const auto& [file, content] : files_) {
    std::string image = content.durable;
    const auto kept = [&] {
      return unsynced == Unsynced::Kept || (unsynced == Unsynced::Some && random() % 2 == 0);
    };
    for (const Change& change : content.unsynced) {
      if (!change.bytes) {
        if (kept()) image.resize(change.offset);
        continue;
      }
      for (std::uint64_t at = change.offset, end = at + change.bytes->size(); at < end;) {
        const std::uint64_t next = std::min<std::uint64_t>(end, (at / kSector + 1) * kSector);
        if (kept()) {
          write_over(image, at,
                     std::string_view(*change.bytes).substr(at - change.offset, next - at));
        }
        at = next;
      }
    }
    std::ofstream out(folder / std::filesystem::path(file).filename(), std::ios::binary);
    out.write(image.data(), static_cast<std::streamsize>(image.size()));
  }
}

}  // namespace limpet::storage
