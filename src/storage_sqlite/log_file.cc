#include "log_file.h"

#include "connection.h"
#include "page_cache.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace limpet::storage {

namespace {

/// A VFS need not be able to do more at once than the largest page.
constexpr sqlite3_int64 kChunkBytes = 64 << 10;

/// A file of a VFS, open for as long as this lives.
class VfsFile {
 public:
  VfsFile(sqlite3_vfs* vfs, sqlite3_filename name)
      : memory_(static_cast<std::size_t>(vfs->szOsFile)) {
    code_ = vfs->xOpen(vfs, name, file(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL, nullptr);
  }
  ~VfsFile() {
    if (file()->pMethods != nullptr) file()->pMethods->xClose(file());
  }
  VfsFile(const VfsFile&) = delete;
  VfsFile& operator=(const VfsFile&) = delete;

  int code() const { return code_; }

  int rewrite() {
    const auto* methods = file()->pMethods;
    sqlite3_int64 size = 0;
    int code = methods->xFileSize(file(), &size);
    std::vector<char> chunk(static_cast<std::size_t>(std::min(size, kChunkBytes)));
    for (sqlite3_int64 at = 0; at < size && code == SQLITE_OK; at += kChunkBytes) {
      const int bytes = static_cast<int>(std::min(size - at, kChunkBytes));
      code = methods->xRead(file(), chunk.data(), bytes, at);
      if (code == SQLITE_OK) code = methods->xWrite(file(), chunk.data(), bytes, at);
    }
    return code == SQLITE_OK ? methods->xSync(file(), SQLITE_SYNC_NORMAL) : code;
  }

 private:
  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }

  std::vector<std::max_align_t> memory_;  // zeros: not open
  int code_ = SQLITE_OK;
};

}  // namespace

Status rewrite_log(const std::filesystem::path& database, const std::string& vfs_name) {
  use_page_cache();
  sqlite3_initialize();
  sqlite3_vfs* vfs = sqlite3_vfs_find(vfs_name.empty() ? nullptr : vfs_name.c_str());
  if (vfs == nullptr) return Error::internal("SQLite knows no VFS " + vfs_name);
  const std::string log = database.string() + "-wal";
  const std::unique_ptr<const char, void (*)(const char*)> name(
      sqlite3_create_filename(database.c_str(), "", log.c_str(), 0, nullptr),
      [](const char* made) { sqlite3_free_filename(made); });
  if (!name) return sqlite_error(SQLITE_NOMEM, "cannot open " + log);
  const char* wal = sqlite3_filename_wal(name.get());
  int there = 0;
  int code = vfs->xAccess(vfs, wal, SQLITE_ACCESS_EXISTS, &there);
  if (code == SQLITE_OK && there != 0) {
    VfsFile file(vfs, wal);
    code = file.code() == SQLITE_OK ? file.rewrite() : file.code();
  }
  if (code != SQLITE_OK) return sqlite_error(code, "cannot make " + log + " durable");
  return {};
}

}  // namespace limpet::storage
