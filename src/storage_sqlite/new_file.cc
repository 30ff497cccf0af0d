#include "new_file.h"

#include "folder.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace limpet::storage {

namespace {

Error cannot(std::string_view what, const std::filesystem::path& path) {
  const int reason = errno;
  return Error::unavailable("cannot " + std::string(what) + " " + path.string() + ": " +
                            std::generic_category().message(reason));
}

std::filesystem::path folder_of(const std::filesystem::path& name) {
  return name.has_parent_path() ? name.parent_path() : std::filesystem::path(".");
}

}  // namespace

Status give_to_owner_of(const std::filesystem::path& folder, const std::filesystem::path& file) {
  struct stat owner{};
  if (::stat(folder.c_str(), &owner) != 0) return cannot("look at", folder);
  if (::geteuid() != 0 || owner.st_uid == 0) return {};
  if (::lchown(file.c_str(), owner.st_uid, owner.st_gid) != 0) return cannot("give away", file);
  return {};
}

Result<NewFile> NewFile::create(const std::filesystem::path& name) {
  std::filesystem::path partial = name.string() + ".partial";
  const int descriptor =
      ::open(partial.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (descriptor < 0) return cannot("make", partial);
  NewFile file(name, std::move(partial), descriptor);
  struct stat found{};
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    file.published_ = true;  // not ours to remove
    return Error::unavailable("another process is writing " + file.partial_.string());
  }
  if (::fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode)) {
    file.published_ = true;
    return Error::unavailable(file.partial_.string() + " is in the way");
  }
  file.remove_journal();
  if (::fchmod(descriptor, 0600) != 0 || ::ftruncate(descriptor, 0) != 0) {
    return cannot("write", file.partial_);
  }
  return file;
}

NewFile::NewFile(NewFile&& other) noexcept
    : name_(std::move(other.name_)),
      partial_(std::move(other.partial_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      published_(other.published_) {}

NewFile::~NewFile() {
  if (descriptor_ < 0) return;
  if (!published_) {
    remove_journal();
    ::unlink(partial_.c_str());
  }
  ::close(descriptor_);
}

void NewFile::remove_journal() const {
  const std::string journal = partial_.string() + "-journal";
  ::unlink(journal.c_str());
}

std::uint64_t NewFile::bytes() const {
  struct stat found{};
  return ::fstat(descriptor_, &found) == 0 ? static_cast<std::uint64_t>(found.st_size) : 0;
}

Status NewFile::sync() {
  return ::fsync(descriptor_) == 0 ? Status() : Status(cannot("sync", partial_));
}

Status NewFile::publish(Replace replace) {
  LIMPET_CHECK(sync());
  int failed = ::renameat2(AT_FDCWD, partial_.c_str(), AT_FDCWD, name_.c_str(),
                           replace == Replace::Yes ? 0 : RENAME_NOREPLACE);
  if (failed != 0 && errno == EINVAL) {  // a file system without RENAME_NOREPLACE
    std::error_code ignored;
    failed = std::filesystem::exists(name_, ignored) ? (errno = EEXIST, -1)
                                                     : ::rename(partial_.c_str(), name_.c_str());
  }
  if (failed != 0) {
    if (errno == EEXIST) return Error::already_exists(name_.string() + " exists");
    return cannot("make", name_);
  }
  published_ = true;
  return sync_names(folder_of(name_));
}

}  // namespace limpet::storage
