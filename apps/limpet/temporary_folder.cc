#include "temporary_folder.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace limpet::app {

Result<TemporaryFolder> TemporaryFolder::make() {
  std::error_code error;
  std::string name = (std::filesystem::temp_directory_path(error) / "limpet-dev-XXXXXX").string();
  if (error || mkdtemp(name.data()) == nullptr) {
    return Error::unavailable("cannot make a temporary folder " + name + ": " +
                              (error ? error.message() : std::strerror(errno)));
  }
  return TemporaryFolder(std::filesystem::path(name));
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

TemporaryFolder::~TemporaryFolder() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace limpet::app
