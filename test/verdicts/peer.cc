#include "peer.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace limpet::verdicts {
namespace {

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "error: %s\n", what.c_str());
  std::exit(2);
}

}  // namespace

ByteWriter& ByteWriter::u8(std::uint8_t value) {
  out_.push_back(static_cast<char>(value));
  return *this;
}

ByteWriter& ByteWriter::u32(std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out_.push_back(static_cast<char>(value >> shift));
  return *this;
}

ByteWriter& ByteWriter::u64(std::uint64_t value) {
  return u32(static_cast<std::uint32_t>(value >> 32)).u32(static_cast<std::uint32_t>(value));
}

ByteWriter& ByteWriter::text(std::string_view value) {
  u32(static_cast<std::uint32_t>(value.size()));
  out_ += value;
  return *this;
}

std::string ByteReader::text() {
  const auto size = u32();
  if (size > bytes_.size() - at_) die("a peer's answer ends too early");
  at_ += size;
  return bytes_.substr(at_ - size, size);
}

std::uint64_t ByteReader::number(std::size_t size) {
  if (size > bytes_.size() - at_) die("a peer's answer ends too early");
  std::uint64_t value = 0;
  for (; size > 0; --size) value = value << 8 | static_cast<unsigned char>(bytes_[at_++]);
  return value;
}

Peer::Peer(std::vector<std::string> command) : name_(command.front()) {
  std::signal(SIGPIPE, SIG_IGN);
  int to[2];
  int from[2];
  // Closed on exec, so that another peer started later does not keep this one's input open.
  if (::pipe2(to, O_CLOEXEC) != 0 || ::pipe2(from, O_CLOEXEC) != 0) die("no pipe for " + name_);
  std::vector<char*> arguments;
  for (auto& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) die("cannot start " + name_);
  if (pid_ == 0) {
    ::dup2(to[0], STDIN_FILENO);
    ::dup2(from[1], STDOUT_FILENO);
    ::execvp(arguments.front(), arguments.data());
    ::_exit(127);
  }
  ::close(to[0]);
  ::close(from[1]);
  to_ = to[1];
  from_ = from[0];
}

Peer::~Peer() {
  ::close(to_);
  ::close(from_);
  ::waitpid(pid_, nullptr, 0);
}

void Peer::ask(std::string_view frame) {
  const auto bytes = std::move(ByteWriter().text(frame)).take();
  for (std::string_view left = bytes; !left.empty();) {
    const auto written = ::write(to_, left.data(), left.size());
    if (written < 0 && errno != EINTR) die(name_ + " does not take questions any more");
    if (written > 0) left.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string Peer::answer() {
  const auto take = [this](std::size_t size) {
    std::string out(size, '\0');
    for (std::size_t at = 0; at < size;) {
      const auto got = ::read(from_, out.data() + at, size - at);
      if (got == 0 || (got < 0 && errno != EINTR)) die(name_ + " gave no answer");
      if (got > 0) at += static_cast<std::size_t>(got);
    }
    return out;
  };
  return take(ByteReader(take(4)).u32());
}

}  // namespace limpet::verdicts
