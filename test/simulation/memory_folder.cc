#include "memory_folder.h"

#include <memory>
#include <string>

namespace limpet::simulation {

namespace {

constexpr const char* kDatabase = "/limpet.db";

Status to_status(int code, const char* what) {
  if (code == SQLITE_OK) return {};
  return Error::unavailable(std::string(what) + ": " + sqlite3_errstr(code));
}

}  // namespace

storage::SqliteOptions in_memory(MemoryVfs& vfs) {
  storage::SqliteOptions options;
  options.cache_bytes = 1UL << 20;
  options.read_connections = 2;
  options.vfs = vfs.name();
  options.folder = std::make_shared<MemoryFolder>(vfs);
  options.own_thread = false;
  return options;
}

Status MemoryFolder::take() {
  LIMPET_CHECK(to_status(vfs_.create(kDatabase), "cannot make the database"));
  LIMPET_CHECK(to_status(vfs_.sync(kDatabase), "cannot sync the database"));
  return sync_names();
}

Status MemoryFolder::sync_names() { return to_status(vfs_.sync_names(), "cannot sync the folder"); }

}  // namespace limpet::simulation
