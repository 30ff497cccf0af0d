// TemporaryFolder: a folder of our own that goes with the object.
#pragma once

#include "limpet/base/result.h"

#include <filesystem>

namespace limpet::app {

class TemporaryFolder {
 public:
  /// Below the system's folder for temporary files, mode 0700. Errors: Unavailable.
  static Result<TemporaryFolder> make();
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace limpet::app
