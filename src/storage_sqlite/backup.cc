#include "limpet/storage_sqlite/backup.h"

#include "connection.h"
#include "folder.h"
#include "new_file.h"
#include "ticking.h"

#include "limpet/storage_sqlite/sqlite_snapshot.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace limpet::storage {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kCacheBytes = 16UL << 20;

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

Error cannot(std::string_view what, const fs::path& path) {
  const int reason = errno;
  return Error::unavailable("cannot " + std::string(what) + " " + path.string() + ": " +
                            std::generic_category().message(reason));
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

std::string listed(const std::vector<std::string>& damage) {
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(damage.size(), 3); ++i) {
    text += (i == 0 ? "" : "; ") + damage[i];
  }
  return text + (damage.size() > 3 ? "; …" : "");
}

// A Tick that reports one step of a copy; empty when nobody listens.
Tick tick_for(const CopyProgress& progress, std::string_view step, const NewFile& copy,
              std::uint64_t expected) {
  if (!progress) return {};
  return [&progress, step, &copy, expected] { progress(step, copy.bytes(), expected); };
}

// VACUUM INTO reads one snapshot and writes nothing but rows: no log, no free pages. It fails when
// it cannot read a row.
Status copy_rows(const fs::path& source, const NewFile& copy, const Tick& tick) {
  LIMPET_TRY(const auto connection,
             Connection::open(
                 {.file = source, .access = Access::Read, .cache_bytes = kCacheBytes, .vfs = {}}));
  const Ticking ticking(*connection, tick);
  const std::string sql = "VACUUM INTO " + quoted(copy.path().string());
  if (const int code = connection->execute(sql.c_str()); code != SQLITE_OK) {
    return sqlite_error(code, "cannot copy " + source.string() + " to " + copy.path().string());
  }
  return {};
}

Status require_sound(SqliteSnapshot& snapshot, const Tick& tick) {
  LIMPET_TRY(const auto damage, snapshot.check_pages(PageCheck::Quick, tick));
  if (damage.empty()) return {};
  return Error::internal(snapshot.file().string() + " is damaged: " + listed(damage));
}

// Fills `copy` from a database, verifies it and forces it to disk.
Result<CopyReport> copy_database(const fs::path& source, NewFile& copy,
                                 const CopyProgress& progress) {
  std::uint64_t expected = 0;
  fs::path file;
  {
    LIMPET_TRY(const auto snapshot, SqliteSnapshot::open(source));
    expected = snapshot->bytes();
    file = snapshot->file();
  }
  LIMPET_CHECK(copy_rows(file, copy, tick_for(progress, "copying", copy, expected)));
  LIMPET_CHECK(copy.sync());
  LIMPET_TRY(const auto written, SqliteSnapshot::open(copy.path()));
  const Tick verifying = tick_for(progress, "verifying", copy, copy.bytes());
  LIMPET_CHECK(require_sound(*written, verifying));
  LIMPET_TRY(const auto records, written->count_records(verifying));
  return CopyReport{.records = records, .bytes = copy.bytes(), .kept = {}};
}

bool same_file(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return fs::equivalent(a, b, ignored);
}

// A backup must never land on a file that a server uses.
bool is_store_file(const fs::path& file, const fs::path& source) {
  if (same_file(file, source)) return true;
  std::error_code ignored;
  const fs::path folder = fs::is_directory(source, ignored) ? source : folder_of(source);
  if (!same_file(folder_of(file), folder)) return false;
  const std::string name = file.filename().string();
  return name == kLockName || name == kDatabaseName ||
         name.starts_with(std::string(kDatabaseName) + "-");
}

// Moves the log of the old database into its file, so that the file alone is the old state.
// SQLite's result code.
int settle_log(const fs::path& database) {
  const auto connection = Connection::open(
      {.file = database, .access = Access::Write, .cache_bytes = kCacheBytes, .vfs = {}});
  if (!connection) return SQLITE_CORRUPT;
  return sqlite3_wal_checkpoint_v2((*connection)->handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                   nullptr, nullptr);
}

std::uint64_t size_of(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  return error ? 0 : size;
}

// Gives the old database a second name. `kept` is where it will be found.
Status keep_old(const fs::path& database, const fs::path& kept) {
  const int settled = settle_log(database);
  if ((settled & 0xFF) == SQLITE_BUSY) {
    return Error::unavailable("another program is reading " + database.string() +
                              "; end it and try again");
  }
  // A damaged database may refuse; then its log is kept beside it as it is.
  const fs::path log = database.string() + "-wal";
  const fs::path kept_log = kept.string() + "-wal";
  if (settled != SQLITE_OK && size_of(log) > 0 && ::link(log.c_str(), kept_log.c_str()) != 0) {
    return cannot("keep", log);
  }
  if (::link(database.c_str(), kept.c_str()) != 0) {
    if (errno == EEXIST) return Error::already_exists(kept.string() + " exists");
    return cannot("keep", database);
  }
  return sync_names(folder_of(database));
}

Status remove_log(const fs::path& database) {
  for (const char* suffix : {"-wal", "-shm"}) {
    const fs::path file = database.string() + suffix;
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) return cannot("remove", file);
  }
  return sync_names(folder_of(database));
}

/// `wanted`, or with a number behind it when there is such a file: two may come in one second.
std::filesystem::path free_name(const std::filesystem::path& wanted) {
  std::error_code ignored;
  auto name = wanted;
  for (int number = 2; std::filesystem::exists(name, ignored); ++number) {
    name = wanted;
    name += "-" + std::to_string(number);
  }
  return name;
}

}  // namespace

Result<CopyReport> back_up(const fs::path& source, const fs::path& file,
                           const BackupOptions& options) {
  if (file.filename().empty()) return Error::invalid_input(file.string() + " is not a file's name");
  if (is_store_file(file, source)) {
    return Error::invalid_input(file.string() + " belongs to the data folder itself");
  }
  std::error_code ignored;
  const auto there = fs::symlink_status(file, ignored);
  if (there.type() == fs::file_type::directory) {
    return Error::invalid_input(file.string() + " is a folder");
  }
  if (fs::exists(there) && !options.replace) {
    return Error::already_exists(file.string() + " exists");
  }
  {
    LIMPET_TRY(const auto readable, SqliteSnapshot::open(source));
  }  // before a file is made
  LIMPET_TRY(auto copy, NewFile::create(file));
  LIMPET_TRY(auto report, copy_database(source, copy, options.progress));
  LIMPET_CHECK(copy.publish(options.replace ? Replace::Yes : Replace::No));
  return report;
}

Result<CopyReport> restore(const fs::path& file, const fs::path& folder,
                           const RestoreOptions& options) {
  const fs::path database = folder / kDatabaseName;
  if (same_file(file, database)) {
    return Error::invalid_input(file.string() + " is the folder's own database");
  }
  {
    LIMPET_TRY(const auto snapshot, SqliteSnapshot::open(file));
    const Tick tick = options.progress
                          ? Tick([&] { options.progress("verifying", 0, snapshot->bytes()); })
                          : Tick();
    LIMPET_CHECK(require_sound(*snapshot, tick));
  }
  LIMPET_CHECK(make_folder(folder));
  LIMPET_TRY(const auto lock, FolderLock::acquire(folder));
  LIMPET_CHECK(give_to_owner_of(folder, folder / kLockName));
  const bool has_data = size_of(database) > 0;
  if (has_data && !options.replace) {
    return Error::already_exists("the folder " + folder.string() + " has data");
  }
  LIMPET_TRY(auto copy, NewFile::create(database));
  LIMPET_TRY(auto report, copy_database(file, copy, options.progress));
  LIMPET_CHECK(give_to_owner_of(folder, copy.path()));
  LIMPET_CHECK(copy.sync());
  // From here to the end the folder's database is the old one or the new one, never a mixture: a
  // log is removed only when it is empty, kept, or belongs to nothing.
  if (has_data) {
    report.kept = free_name(
        folder / (std::string(kDatabaseName) + ".before-restore-" + to_iso8601_basic(options.now)));
    LIMPET_CHECK(keep_old(database, report.kept));
  }
  LIMPET_CHECK(remove_log(database));
  LIMPET_CHECK(copy.publish(Replace::Yes));
  return report;
}

}  // namespace limpet::storage
