#include "folder.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace limpet::storage {

namespace {

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

std::string reason(int error) { return std::generic_category().message(error); }

Error cannot(std::string_view what, const std::filesystem::path& path) {
  return Error::unavailable("cannot " + std::string(what) + " " + path.string() + ": " +
                            reason(errno));
}

// Big-endian, as SQLite's header has it ("Database File Format", sqlite.org, section 1.3).
std::uint32_t header_number(const std::array<unsigned char, 100>& header, std::size_t offset) {
  return static_cast<std::uint32_t>(header[offset]) << 24 |
         static_cast<std::uint32_t>(header[offset + 1]) << 16 |
         static_cast<std::uint32_t>(header[offset + 2]) << 8 | header[offset + 3];
}
constexpr std::size_t kUserVersionAt = 60;
constexpr std::size_t kApplicationIdAt = 68;
constexpr std::string_view kMagic("SQLite format 3\0", 16);

Status sync_path(const std::filesystem::path& path, int flags) {
  const File file(::open(path.c_str(), flags | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT) return {};
    return cannot("open", path);
  }
  if (::fsync(file.get()) != 0) return cannot("sync", path);
  return {};
}

}  // namespace

Status make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return {};
  if (std::filesystem::exists(folder, error)) {
    return Error::invalid_input(folder.string() + " is not a folder");
  }
  const auto parent = folder.parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return cannot("make", folder);
  return parent.empty() ? Status() : sync_path(parent, O_RDONLY | O_DIRECTORY);
}

Result<FolderLock> FolderLock::acquire(const std::filesystem::path& folder) {
  const auto path = folder / kLockName;
  File file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (file.get() < 0) return cannot("open", path);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return cannot("lock", path);
    std::array<char, 32> holder{};
    const auto bytes = ::pread(file.get(), holder.data(), holder.size() - 1, 0);
    std::string_view id(holder.data(), bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
    id = id.substr(0, id.find('\n'));
    return Error::unavailable("the folder " + folder.string() + " is in use by " +
                              (id.empty() ? "another process" : "process " + std::string(id)));
  }
  const std::string id = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.get(), 0) != 0 ||
      ::pwrite(file.get(), id.data(), id.size(), 0) != static_cast<ssize_t>(id.size())) {
    // The lock holds without its note, also on a full disk; only the other side's message is
    // poorer.
  }
  return FolderLock(file.release());
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Status inspect_database(const std::filesystem::path& folder, int newest) {
  const auto path = folder / kDatabaseName;
  const File file(::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
  if (file.get() < 0) return cannot("open", path);
  std::array<unsigned char, 100> header{};
  const auto bytes = ::pread(file.get(), header.data(), header.size(), 0);
  if (bytes < 0) return cannot("read", path);
  if (bytes == 0) return {};
  if (bytes < static_cast<ssize_t>(header.size()) ||
      std::memcmp(header.data(), kMagic.data(), kMagic.size()) != 0) {
    return Error::invalid_input(path.string() + " is not a SQLite database");
  }
  const auto application = header_number(header, kApplicationIdAt);
  const auto format = header_number(header, kUserVersionAt);
  // Both are 0 when the process that made the file did not live to finish it.
  if (application != kApplicationId && (application != 0 || format != 0)) {
    return Error::invalid_input(path.string() + " is a database of another program");
  }
  if (format > static_cast<std::uint32_t>(newest)) {
    return Error::invalid_input("the folder " + folder.string() + " has format " +
                                std::to_string(format) + "; this program knows formats up to " +
                                std::to_string(newest) + ". Nothing was changed");
  }
  return {};
}

Status sync_files(const std::filesystem::path& folder) {
  const std::string database = (folder / kDatabaseName).string();
  LIMPET_CHECK(sync_path(database, O_RDONLY));
  LIMPET_CHECK(sync_path(database + "-wal", O_RDONLY));
  return sync_names(folder);
}

Status sync_names(const std::filesystem::path& folder) {
  return sync_path(folder, O_RDONLY | O_DIRECTORY);
}

}  // namespace limpet::storage
