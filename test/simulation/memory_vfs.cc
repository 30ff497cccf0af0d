#include "memory_vfs.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

namespace limpet::simulation {

namespace {

constexpr std::size_t kNameBytesMax = 512;

bool is_log(const std::string& name) {
  return name.ends_with("-wal") || name.ends_with("-journal");
}

}  // namespace

// The locks and the shared memory of one database file; gone with its last handle, as the "-shm"
// file of a database that nobody has open is worth nothing.
struct MemoryVfs::Locks {
  int shared = 0;
  const Handle* reserved = nullptr;
  const Handle* pending = nullptr;
  const Handle* exclusive = nullptr;

  struct Slot {
    int shared = 0;
    bool exclusive = false;
  };
  std::array<Slot, SQLITE_SHM_NLOCK> slots{};
  std::vector<std::unique_ptr<std::vector<std::max_align_t>>> regions;
  int mapped = 0;
};

// What SQLite holds for an open file.
struct MemoryVfs::Handle {
  sqlite3_file base{};
  MemoryVfs* vfs = nullptr;
  std::string name;
  Disk::FilePtr file;
  std::shared_ptr<Locks> locks;
  int level = SQLITE_LOCK_NONE;
  bool delete_on_close = false;
  bool mapped = false;
  unsigned shm_shared = 0;  // bits of slots
  unsigned shm_exclusive = 0;
};

struct MemoryVfs::Calls {
  static Handle* handle(sqlite3_file* opened) { return reinterpret_cast<Handle*>(opened); }
  static MemoryVfs* self(sqlite3_vfs* vfs) { return static_cast<MemoryVfs*>(vfs->pAppData); }

  // ---- the file system
  static int open(sqlite3_vfs* vfs, sqlite3_filename given, sqlite3_file* opened, int flags,
                  int* out_flags) {
    MemoryVfs* me = self(vfs);
    opened->pMethods = nullptr;
    const std::string name = given == nullptr ? "" : given;
    const Fate fate = me->meet({.call = Call::Open, .file = name});
    if (fate == Fate::Full) return SQLITE_FULL;
    if (fate != Fate::Pass) return SQLITE_CANTOPEN;
    Disk::FilePtr file;
    if (name.empty()) {
      file = std::make_shared<DiskFile>();
    } else {
      file = me->disk_.find(name);
      if (!file && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
      if (!file) file = me->disk_.create(name);
    }
    auto* made = new (opened) Handle;
    made->base.pMethods = &me->methods_;
    made->vfs = me;
    made->name = name;
    made->locks = me->locks_of(file);
    made->file = std::move(file);
    made->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    ++me->open_files_;
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    MemoryVfs* me = self(vfs);
    const Fate fate = me->meet({.call = Call::Delete, .file = name});
    const bool goes = fate == Fate::Pass || fate == Fate::PowerLoss || fate == Fate::Kill;
    if (me->disk_.find(name) == nullptr)
      return goes ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
    if (goes) me->disk_.remove(name);
    if (fate != Fate::Pass) return SQLITE_IOERR_DELETE;
    if (sync_folder != 0) me->disk_.sync_names();
    return SQLITE_OK;
  }

  static int access(sqlite3_vfs* vfs, const char* name, int, int* out) {
    const auto file = self(vfs)->disk_.find(name);
    // As the system's VFS: an empty journal does not exist.
    *out = file && (!file->content().empty() || !is_log(name)) ? 1 : 0;
    return SQLITE_OK;
  }

  static int full_path(sqlite3_vfs*, const char* name, int bytes, char* out) {
    sqlite3_snprintf(bytes, out, "%s", name);
    return SQLITE_OK;
  }

  static int randomness(sqlite3_vfs* vfs, int bytes, char* out) {
    for (int i = 0; i < bytes; ++i) out[i] = static_cast<char>(self(vfs)->random_.next());
    return bytes;
  }
  static int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }
  static int time(sqlite3_vfs*, double* out) {
    *out = 2459526.0;  // a day of November 2021, for ever
    return SQLITE_OK;
  }
  static int time64(sqlite3_vfs*, sqlite3_int64* out) {
    *out = sqlite3_int64{2459526} * 86'400'000;
    return SQLITE_OK;
  }
  static int last_error(sqlite3_vfs*, int, char*) { return 0; }

  // ---- a file
  static int close(sqlite3_file* opened) {
    Handle* h = handle(opened);
    unlock(opened, SQLITE_LOCK_NONE);
    shm_unmap(opened, 0);
    if (h->delete_on_close) h->vfs->disk_.remove(h->name);
    --h->vfs->open_files_;
    h->~Handle();
    return SQLITE_OK;
  }

  static int read(sqlite3_file* opened, void* out, int bytes, sqlite3_int64 offset) {
    Handle* h = handle(opened);
    const auto at = static_cast<std::size_t>(offset);
    const auto count = static_cast<std::size_t>(bytes);
    const Fate fate =
        h->vfs->meet({.call = Call::Read, .file = h->name, .offset = at, .bytes = count});
    if (fate != Fate::Pass) return SQLITE_IOERR_READ;
    const std::string& content = h->file->content();
    const std::size_t there = at >= content.size() ? 0 : std::min(count, content.size() - at);
    std::memcpy(out, content.data() + std::min(at, content.size()), there);
    if (there == count) return SQLITE_OK;
    std::memset(static_cast<char*>(out) + there, 0, count - there);
    return SQLITE_IOERR_SHORT_READ;
  }

  static int write(sqlite3_file* opened, const void* bytes, int count, sqlite3_int64 offset) {
    Handle* h = handle(opened);
    return h->vfs->write(*h->file, h->name,
                         {static_cast<const char*>(bytes), static_cast<std::size_t>(count)},
                         static_cast<std::uint64_t>(offset));
  }

  static int truncate(sqlite3_file* opened, sqlite3_int64 size) {
    Handle* h = handle(opened);
    const auto to = static_cast<std::uint64_t>(size);
    const Fate fate = h->vfs->meet({.call = Call::Truncate, .file = h->name, .offset = to});
    const bool done = fate == Fate::Pass || fate == Fate::PowerLoss || fate == Fate::Kill;
    if (done) h->file->truncate(to);
    return fate == Fate::Pass ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
  }

  static int sync(sqlite3_file* opened, int) {
    Handle* h = handle(opened);
    return h->vfs->sync(*h->file, h->name);
  }

  static int size(sqlite3_file* opened, sqlite3_int64* out) {
    Handle* h = handle(opened);
    if (h->vfs->dead_) return SQLITE_IOERR_FSTAT;
    *out = static_cast<sqlite3_int64>(h->file->content().size());
    return SQLITE_OK;
  }

  static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int sector(sqlite3_file*) { return 4096; }
  // What the system's VFS says of an ordinary disk.
  static int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  // ---- its locks ("File Locking And Concurrency In SQLite Version 3", sqlite.org)
  static int lock(sqlite3_file* opened, int level) {
    Handle* h = handle(opened);
    Locks& locks = *h->locks;
    if (h->level >= level) return SQLITE_OK;
    const auto others = [h](const Handle* owner) { return owner != nullptr && owner != h; };
    if (others(locks.exclusive)) return SQLITE_BUSY;
    if (level == SQLITE_LOCK_SHARED) {
      if (others(locks.pending)) return SQLITE_BUSY;
      ++locks.shared;
    } else {
      if (others(locks.reserved) || others(locks.pending)) return SQLITE_BUSY;
      locks.reserved = h;
      if (level == SQLITE_LOCK_EXCLUSIVE) {
        locks.pending = h;
        if (locks.shared > 1) {
          h->level = SQLITE_LOCK_PENDING;
          return SQLITE_BUSY;
        }
        locks.exclusive = h;
      }
    }
    h->level = level;
    return SQLITE_OK;
  }

  static int unlock(sqlite3_file* opened, int level) {
    Handle* h = handle(opened);
    Locks& locks = *h->locks;
    if (h->level <= level) return SQLITE_OK;
    if (locks.exclusive == h) locks.exclusive = nullptr;
    if (locks.pending == h) locks.pending = nullptr;
    if (locks.reserved == h) locks.reserved = nullptr;
    if (level == SQLITE_LOCK_NONE) --locks.shared;
    h->level = level;
    return SQLITE_OK;
  }

  static int reserved(sqlite3_file* opened, int* out) {
    *out = handle(opened)->locks->reserved != nullptr ? 1 : 0;
    return SQLITE_OK;
  }

  // ---- the shared memory
  static int shm_map(sqlite3_file* opened, int region, int bytes, int extend, void volatile** out) {
    Handle* h = handle(opened);
    *out = nullptr;
    if (h->vfs->dead_) return SQLITE_IOERR_SHMMAP;
    Locks& locks = *h->locks;
    if (!h->mapped) {
      h->mapped = true;
      ++locks.mapped;
    }
    const auto index = static_cast<std::size_t>(region);
    const auto units = static_cast<std::size_t>(bytes) / sizeof(std::max_align_t);
    while (locks.regions.size() <= index) {
      if (extend == 0) return SQLITE_OK;
      locks.regions.push_back(std::make_unique<std::vector<std::max_align_t>>(units));
    }
    *out = locks.regions[index]->data();
    return SQLITE_OK;
  }

  static int shm_lock(sqlite3_file* opened, int offset, int count, int flags) {
    Handle* h = handle(opened);
    Locks& locks = *h->locks;
    if (h->vfs->dead_ && (flags & SQLITE_SHM_LOCK) != 0) return SQLITE_IOERR_SHMLOCK;
    const bool shared = (flags & SQLITE_SHM_SHARED) != 0;
    for (int pass = 0; pass < 2; ++pass) {  // look at all, then take all
      for (int i = offset; i < offset + count; ++i) {
        const unsigned bit = 1U << static_cast<unsigned>(i);
        Locks::Slot& slot = locks.slots.at(static_cast<std::size_t>(i));
        const bool mine = ((h->shm_shared | h->shm_exclusive) & bit) != 0;
        if ((flags & SQLITE_SHM_UNLOCK) != 0) {
          if (pass == 1) release(*h, slot, bit);
        } else if (pass == 0) {
          if (mine) continue;
          if (slot.exclusive || (!shared && slot.shared > 0)) return SQLITE_BUSY;
        } else if (!mine) {
          (shared ? h->shm_shared : h->shm_exclusive) |= bit;
          slot.shared += shared ? 1 : 0;
          slot.exclusive |= !shared;
        }
      }
    }
    return SQLITE_OK;
  }

  static void release(Handle& h, Locks::Slot& slot, unsigned bit) {
    if ((h.shm_shared & bit) != 0) --slot.shared;
    if ((h.shm_exclusive & bit) != 0) slot.exclusive = false;
    h.shm_shared &= ~bit;
    h.shm_exclusive &= ~bit;
  }

  static void shm_barrier(sqlite3_file*) {}

  static int shm_unmap(sqlite3_file* opened, int) {
    Handle* h = handle(opened);
    if (!h->mapped) return SQLITE_OK;
    h->mapped = false;
    shm_lock(opened, 0, SQLITE_SHM_NLOCK, SQLITE_SHM_UNLOCK);
    if (--h->locks->mapped == 0) h->locks->regions.clear();
    return SQLITE_OK;
  }
};

MemoryVfs::MemoryVfs(Disk& disk, Injector& injector, std::uint64_t seed)
    : disk_(disk), injector_(injector), random_(seed), name_("limpet-memory") {
  vfs_.iVersion = 2;
  vfs_.szOsFile = static_cast<int>(sizeof(Handle));
  vfs_.mxPathname = static_cast<int>(kNameBytesMax);
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = Calls::open;
  vfs_.xDelete = Calls::remove;
  vfs_.xAccess = Calls::access;
  vfs_.xFullPathname = Calls::full_path;
  vfs_.xRandomness = Calls::randomness;
  vfs_.xSleep = Calls::sleep;
  vfs_.xCurrentTime = Calls::time;
  vfs_.xCurrentTimeInt64 = Calls::time64;
  vfs_.xGetLastError = Calls::last_error;
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
  sqlite3_vfs_register(&vfs_, 1);
  sqlite3_randomness(0, nullptr);  // forget what another run has seeded
}

MemoryVfs::~MemoryVfs() { sqlite3_vfs_unregister(&vfs_); }

void MemoryVfs::revive() { dead_ = false; }

Fate MemoryVfs::meet(const Operation& operation) {
  if (dead_) return Fate::IoError;
  const Fate fate = injector_.meet(operation);
  if (fate == Fate::PowerLoss || fate == Fate::Kill) dead_ = true;
  // While the injector let others work, the power may have gone.
  if (dead_ && fate == Fate::Pass) return Fate::IoError;
  return fate;
}

int MemoryVfs::write(DiskFile& file, std::string_view name, std::string_view bytes,
                     std::uint64_t offset) {
  const bool grows = offset + bytes.size() > file.content().size();
  const Fate fate = meet(
      {.call = Call::Write, .file = name, .offset = offset, .bytes = bytes.size(), .grows = grows});
  switch (fate) {
    case Fate::Pass:
      file.write(offset, bytes);
      return SQLITE_OK;
    case Fate::WriteIsLost:
      return SQLITE_OK;
    case Fate::Full:
      return SQLITE_FULL;
    case Fate::ShortWrite:
      file.write(offset, bytes.substr(0, bytes.size() / 2));
      return SQLITE_IOERR_WRITE;
    case Fate::LateError:
    case Fate::PowerLoss:
    case Fate::Kill:
      file.write(offset, bytes);
      return SQLITE_IOERR_WRITE;
    default:
      return SQLITE_IOERR_WRITE;
  }
}

int MemoryVfs::sync(DiskFile& file, const std::string& name) {
  const Fate fate = meet({.call = Call::Sync, .file = name});
  switch (fate) {
    case Fate::Pass:
    case Fate::Kill:
      file.sync();
      // As the system's VFS does for a new log. The database's own name is the folder's business.
      if (is_log(name)) disk_.sync_name(name);
      return fate == Fate::Pass ? SQLITE_OK : SQLITE_IOERR_FSYNC;
    case Fate::SyncLies:
      return SQLITE_OK;
    case Fate::SyncDropped:
      file.fail_sync(FailedSync::Dropped, random_);
      return SQLITE_IOERR_FSYNC;
    case Fate::SyncReverted:
      file.fail_sync(FailedSync::Reverted, random_);
      return SQLITE_IOERR_FSYNC;
    default:
      return SQLITE_IOERR_FSYNC;
  }
}

int MemoryVfs::create(const std::string& name) {
  if (disk_.find(name)) return SQLITE_OK;
  const Fate fate = meet({.call = Call::Open, .file = name});
  if (fate == Fate::Full) return SQLITE_FULL;
  if (fate != Fate::Pass) return SQLITE_CANTOPEN;
  disk_.create(name);
  return SQLITE_OK;
}

int MemoryVfs::sync(const std::string& name) {
  const auto file = disk_.find(name);
  return file ? sync(*file, name) : SQLITE_OK;
}

int MemoryVfs::sync_names() {
  const Fate fate = meet({.call = Call::Sync, .file = "/"});
  if (fate == Fate::SyncLies) return SQLITE_OK;
  if (fate != Fate::Pass && fate != Fate::Kill) return SQLITE_IOERR_DIR_FSYNC;
  disk_.sync_names();
  return fate == Fate::Pass ? SQLITE_OK : SQLITE_IOERR_DIR_FSYNC;
}

std::shared_ptr<MemoryVfs::Locks> MemoryVfs::locks_of(const std::shared_ptr<DiskFile>& file) {
  auto& known = locks_[file.get()];
  auto locks = known.lock();
  if (!locks) {
    locks = std::make_shared<Locks>();
    known = locks;
  }
  return locks;
}

}  // namespace limpet::simulation
