// SqliteSnapshot: one consistent view of a database, for programs that only look.
//
//   auto snapshot = storage::SqliteSnapshot::open("/var/lib/limpet");   // a folder, or a file
//   if (!snapshot) return snapshot.error();
//   const auto rows = (*snapshot)->reader().scan({});
//
// It needs no lock of the folder: a server may be running there, and goes on. Nothing is written
// and no checkpoint is made. While a snapshot is open the server's log cannot start over, so it
// grows by what is written meanwhile; close it soon. Threads: confined.
#pragma once

#include "limpet/storage/store.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace limpet::storage {

/// Told now and then while SQLite is at work.
using Tick = std::function<void()>;

/// How closely the pages of a database are looked at.
enum class PageCheck : bool {
  Quick,  ///< the structure of every page and tree
  Full,   ///< also that every row stands where its key says
};

class SqliteSnapshot {
 public:
  /// Opens a data folder or a database file, a backup among them. Errors: NotFound (there is none),
  /// InvalidInput (not Limpet's, a newer format), Internal (damaged), Unavailable.
  static Result<std::unique_ptr<SqliteSnapshot>> open(const std::filesystem::path& path);
  ~SqliteSnapshot();
  SqliteSnapshot(const SqliteSnapshot&) = delete;
  SqliteSnapshot& operator=(const SqliteSnapshot&) = delete;

  /// Valid while this lives.
  Reader& reader();

  /// What SQLite finds wrong with the pages, a sentence each, 100 at most; empty = sound.
  /// Errors: Unavailable.
  Result<std::vector<std::string>> check_pages(PageCheck how, const Tick& tick = {});

  const std::filesystem::path& file() const;
  int format() const;
  /// Of the database as this snapshot shows it.
  std::uint64_t bytes() const;
  /// Rows that hold a document; the others are rows of indexes. Reads the whole table.
  Result<std::uint64_t> count_records(const Tick& tick = {});

 private:
  struct Parts;
  static Error explained(const Parts& parts, const Error& error);
  static Status judge_format(const Parts& parts, std::int64_t format);
  explicit SqliteSnapshot(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace limpet::storage
