#include "metrics.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace limpet::app {

namespace {

/// Field `number` (from 1, as in proc(5)) of /proc/self/stat; 0 when there is no such thing.
double stat_field(std::string_view stat, int number) {
  // The second field is a program's name in brackets and may hold blanks.
  const auto bracket = stat.rfind(')');
  if (bracket == std::string_view::npos) return 0;
  stat.remove_prefix(bracket + 1);
  for (int field = 3; !stat.empty(); ++field) {
    const auto begin = stat.find_first_not_of(' ');
    if (begin == std::string_view::npos) return 0;
    stat.remove_prefix(begin);
    const auto word = stat.substr(0, stat.find(' '));
    if (field == number) {
      double value = 0;
      std::from_chars(word.data(), word.data() + word.size(), value);
      return value;
    }
    stat.remove_prefix(word.size());
  }
  return 0;
}

std::string read_file(const char* path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// "btime 1700000000" of /proc/stat.
double boot_time() {
  const auto stat = read_file("/proc/stat");
  const auto at = stat.find("\nbtime ");
  return at == std::string::npos ? 0 : std::strtod(stat.c_str() + at + 7, nullptr);
}

double open_descriptors() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator it("/proc/self/fd", error), end; !error && it != end;
       it.increment(error)) {
    ++count;
  }
  return count > 0 ? count - 1 : 0;  // one of them reads the folder
}

}  // namespace

std::vector<Sample> process_samples() {
  const auto stat = read_file("/proc/self/stat");
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  return {
      {"process_cpu_seconds_total", "Processor time used",
       (stat_field(stat, 14) + stat_field(stat, 15)) / ticks, true},
      {"process_resident_memory_bytes", "Memory in use", stat_field(stat, 24) * page, false},
      {"process_virtual_memory_bytes", "Address space in use", stat_field(stat, 23), false},
      {"process_threads", "Threads", stat_field(stat, 20), false},
      {"process_open_fds", "Open file descriptors", open_descriptors(), false},
      {"process_max_fds", "Most file descriptors allowed", static_cast<double>(files.rlim_cur),
       false},
      {"process_start_time_seconds", "When the process started, Unix time",
       boot_time() + stat_field(stat, 22) / ticks, false},
  };
}

}  // namespace limpet::app
