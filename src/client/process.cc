// credential_process: split a command, run it without a shell, read what it says.
#include "sources.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace limpet::client {
namespace {

constexpr std::size_t kOutputBytes = 64UL << 10;

using SteadyTime = std::chrono::steady_clock::time_point;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

/// A child that does not outlive us.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }
  /// Exit status 0?
  bool wait() {
    int status = 0;
    pid_t got = 0;
    do got = ::waitpid(pid_, &status, 0);
    while (got < 0 && errno == EINTR);
    pid_ = -1;
    return got >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  bool ended() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid != 0;
  }

 private:
  pid_t pid_;
};

Error failed(std::string what) { return Error::unavailable("credential_process " + what); }

Result<pid_t> start(const std::vector<std::string>& words, int output) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  // What a helper complains about may hold what it read.
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  const int error =
      ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return failed("cannot be started");
  return pid;
}

/// How long poll() may wait; 0: the time is over.
int left(SteadyTime end) {
  const auto rest =
      std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
  return rest.count() <= 0 ? 0 : static_cast<int>(rest.count());
}

}  // namespace

Result<std::vector<std::string>> split_command(std::string_view command) {
  std::vector<std::string> words;
  std::string word;
  bool open = false;  // a word has begun, maybe an empty one
  char quote = 0;
  for (std::size_t at = 0; at < command.size(); ++at) {
    const char letter = command[at];
    const bool escapes = letter == '\\' && quote != '\'' && at + 1 < command.size() &&
                         (quote == 0 || command[at + 1] == '"' || command[at + 1] == '\\');
    if (escapes) {
      word += command[++at];
      open = true;
    } else if (quote != 0) {
      if (letter == quote) {
        quote = 0;
      } else {
        word += letter;
      }
    } else if (letter == '\'' || letter == '"') {
      quote = letter;
      open = true;
    } else if (letter == ' ' || letter == '\t') {
      if (open) words.push_back(std::exchange(word, {}));
      open = false;
    } else {
      word += letter;
      open = true;
    }
  }
  if (quote != 0) return Error::invalid_input("credential_process has a quote that does not end");
  if (open) words.push_back(std::move(word));
  if (words.empty()) return Error::invalid_input("credential_process is empty");
  return words;
}

Result<std::string> run_process(const std::string& command, std::chrono::milliseconds deadline) {
  const SteadyTime end = std::chrono::steady_clock::now() + deadline;
  LIMPET_TRY(const auto words, split_command(command));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed("cannot be started");
  const Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  LIMPET_TRY(const pid_t pid, start(words, writing.get()));
  Child child(pid);
  writing.close();
  std::string output;
  std::array<char, 4096> bytes{};
  while (true) {
    pollfd ready{.fd = reading.get(), .events = POLLIN, .revents = 0};
    const int count = ::poll(&ready, 1, left(end));
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) return failed("did not end in time");
    const ssize_t got = ::read(reading.get(), bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("cannot be read");
    if (got == 0) break;
    output.append(bytes.data(), static_cast<std::size_t>(got));
    if (output.size() > kOutputBytes) return failed("answered too much");
  }
  // It has closed its output; a moment later it has ended.
  while (!child.ended()) {
    if (left(end) == 0) return failed("did not end in time");
    ::poll(nullptr, 0, 1);
  }
  if (!child.wait()) return failed("failed");
  return output;
}

}  // namespace limpet::client
