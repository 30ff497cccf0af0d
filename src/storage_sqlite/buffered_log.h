// BufferedLog: a VFS upon another one that gathers the writes of a write-ahead log.
//
// SQLite writes each frame of a commit in two pieces, its head and its page. This keeps pieces that
// follow each other and writes them as one, at the latest before the log is synced, read, measured
// or cut; so what reaches the disk, and in which order, is the same. Nobody else looks at frames
// before their commit is synced: that rests on `PRAGMA synchronous = FULL` (connection.cc). A piece
// that could not be written is an error of the call that needed it there.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

namespace limpet::storage {

/// Registered under name() while it lives; must outlive its connection. Threads: safe.
class BufferedLog {
 public:
  /// Upon the VFS `base` (empty: the system's), which must outlive this. nullptr: there is none of
  /// that name.
  static std::unique_ptr<BufferedLog> upon(const std::string& base);
  ~BufferedLog();
  BufferedLog(const BufferedLog&) = delete;
  BufferedLog& operator=(const BufferedLog&) = delete;

  const std::string& name() const { return name_; }

 private:
  struct Calls;
  explicit BufferedLog(sqlite3_vfs& base);

  sqlite3_vfs& base_;
  const std::string name_;
  sqlite3_vfs vfs_{};
};

}  // namespace limpet::storage
