// What backup and restore have in common: progress and what was done.
#pragma once

#include "local.h"

#include "limpet/storage_sqlite/backup.h"

#include <string>

namespace limpet::app {

/// Options of a command that copies.
struct CopyOptions {
  std::string file;
  std::string folder;
  bool force = false;
  std::string form = "table";
};

/// Tells a person how far the copy is. `progress` must outlive the result.
storage::CopyProgress copy_progress(Progress& progress);

/// "wrote FILE: 1,234 records, 5.6 MiB, 0.8 s", or the same as JSON. `done` begins the sentence.
void show_copy(const CopyOptions& options, const std::string& done,
               const storage::CopyReport& report, double seconds);

}  // namespace limpet::app
