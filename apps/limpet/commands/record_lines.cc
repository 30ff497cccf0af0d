#include "record_lines.h"

#include "session.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace limpet::app {
namespace {

volatile std::sig_atomic_t stop_asked = 0;  // NOLINT: what a handler may write

void on_stop(int signal) {
  if (stop_asked != 0) {
    std::signal(signal, SIG_DFL);  // NOLINT: nothing can be done about a failure
    std::raise(signal);            // NOLINT
  }
  stop_asked = 1;
}

constexpr std::size_t kPieceBytes = 256U << 10U;

std::string reason() { return std::strerror(errno); }  // NOLINT: one thread reads and writes files

}  // namespace

StopSignals::StopSignals() {
  stop_asked = 0;
  struct sigaction action{};
  action.sa_handler = on_stop;  // NOLINT: POSIX's union
  sigemptyset(&action.sa_mask);
  // No SA_RESTART: a read that waits must end.
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT
}

StopSignals::~StopSignals() {
  std::signal(SIGINT, SIG_DFL);   // NOLINT
  std::signal(SIGTERM, SIG_DFL);  // NOLINT
}

bool StopSignals::asked() const { return stop_asked != 0; }

LineReader::LineReader(std::vector<std::string> files) : files_(std::move(files)) {
  if (files_.empty()) files_.emplace_back("-");
}

LineReader::~LineReader() {
  if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

bool LineReader::open_next() {
  if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
  descriptor_ = -1;
  if (at_ == files_.size()) return false;
  const std::string& file = files_[at_++];
  descriptor_ = file == "-" ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) throw CommandFailed{"cannot open " + file + ": " + reason(), 2};
  ended_ = false;
  held_.clear();
  begin_ = looked_ = 0;
  line_.number = 0;
  if (files_.size() > 1) {
    line_.file = file == "-" ? std::string_view("standard input") : std::string_view(file);
  }
  return true;
}

bool LineReader::fill() {
  if (begin_ > 0) {
    held_.erase(0, begin_);
    looked_ -= begin_;
    begin_ = 0;
  }
  if (held_.size() > kLineBytesMax) {
    throw CommandFailed{"line " + std::to_string(line_.number + 1) + " is longer than 64 MiB", 2};
  }
  const std::size_t size = held_.size();
  held_.resize(size + kPieceBytes);
  const ssize_t count = ::read(descriptor_, held_.data() + size, kPieceBytes);
  held_.resize(size + (count > 0 ? static_cast<std::size_t>(count) : 0));
  if (count > 0) return true;
  if (count < 0 && errno == EINTR) return false;
  if (count < 0) throw CommandFailed{"cannot read " + files_[at_ - 1] + ": " + reason(), 2};
  ended_ = true;
  return true;
}

const Line* LineReader::next() {
  while (true) {
    if (descriptor_ < 0 && !open_next()) return nullptr;
    const std::size_t end = held_.find('\n', looked_);
    if (end == std::string::npos && !ended_) {
      looked_ = held_.size();
      if (!fill() && stop_asked != 0) return nullptr;
      continue;
    }
    const bool last = end == std::string::npos;
    const std::size_t stop = last ? held_.size() : end;
    if (last && begin_ == stop) {
      if (!open_next()) return nullptr;
      continue;
    }
    line_.text = std::string_view(held_).substr(begin_, stop - begin_);
    if (line_.text.ends_with('\r')) line_.text.remove_suffix(1);
    ++line_.number;
    begin_ = looked_ = last ? stop : stop + 1;
    return &line_;
  }
}

void StandardOutput::flush() {
  std::string_view left = text_;
  while (!left.empty() && !closed_) {
    const ssize_t count = ::write(STDOUT_FILENO, left.data(), left.size());
    if (count >= 0) {
      left.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EPIPE) {
      closed_ = true;
    } else if (errno != EINTR) {
      text_.clear();
      throw CommandFailed{"cannot write to standard output: " + reason(), 2};
    }
  }
  text_.clear();
}

}  // namespace limpet::app
