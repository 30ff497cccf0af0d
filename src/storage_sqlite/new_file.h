// NewFile: a file that appears under its name only when it is complete and durable.
//
//   LIMPET_TRY(auto copy, NewFile::create("/backup/monday.db"));
//   … write copy.path() …
//   LIMPET_CHECK(copy.publish(Replace::No));
#pragma once

#include "limpet/base/result.h"

#include <cstdint>
#include <filesystem>

namespace limpet::storage {

enum class Replace : bool { No, Yes };

/// While it is written it is called <name>.partial; what a killed process left under that name is
/// used again. Unless it is published, it goes with this object. Threads: confined.
class NewFile {
 public:
  /// An empty file, mode 0600. Errors: Unavailable (another process writes it, no permission).
  static Result<NewFile> create(const std::filesystem::path& name);
  ~NewFile();
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;

  const std::filesystem::path& path() const { return partial_; }
  std::uint64_t bytes() const;
  /// Force its bytes to disk. Errors: Unavailable.
  Status sync();
  /// sync(), take the name, force that to disk. Errors: AlreadyExists, Unavailable.
  Status publish(Replace replace);

 private:
  NewFile(std::filesystem::path name, std::filesystem::path partial, int descriptor)
      : name_(std::move(name)), partial_(std::move(partial)), descriptor_(descriptor) {}
  // What SQLite leaves beside a database that it could not finish.
  void remove_journal() const;

  std::filesystem::path name_;
  std::filesystem::path partial_;
  int descriptor_;  // held with flock
  bool published_ = false;
};

/// When root works on the folder of another user: make that user the owner of `file`, so that the
/// server can open it. Errors: Unavailable.
Status give_to_owner_of(const std::filesystem::path& folder, const std::filesystem::path& file);

}  // namespace limpet::storage
