// MemoryFolder: a store's folder inside a MemoryVfs.
#pragma once

#include "memory_vfs.h"

#include "limpet/storage_sqlite/sqlite_store.h"

namespace limpet::simulation {

/// The options of a store whose files are in `vfs` (under "/") and that has no thread.
storage::SqliteOptions in_memory(MemoryVfs& vfs);

class MemoryFolder final : public storage::SqliteFolder {
 public:
  explicit MemoryFolder(MemoryVfs& vfs) : vfs_(vfs) {}

  Status take() override;
  Status sync_names() override;
  void release() override {}

 private:
  MemoryVfs& vfs_;
};

}  // namespace limpet::simulation
