#include "local.h"

#include "options.h"
#include "view.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <unistd.h>
#include <utility>

namespace limpet::app {

using namespace std::chrono_literals;

void on_run_locally(CLI::App& command, int& status, std::function<int()> action) {
  command.callback([action = std::move(action), &status] {
    try {
      status = action();
      if (!std::cout.flush()) throw CommandFailed{"cannot write to standard output", 2};
    } catch (const CommandFailed& failed) {
      std::cout.flush();
      std::cerr << "limpet: " << printable(failed.message) << std::endl;
      status = failed.status;
    }
  });
}

CLI::Option* add_data_option(CLI::App& command, std::string& folder) {
  return command.add_option("--data", folder, "Data folder. Default: LIMPET_DATA, ./limpet-data.")
      ->type_name("DIR");
}

std::string data_folder(const std::string& given) {
  if (!given.empty()) return given;
  const auto option = std::find_if(options().begin(), options().end(),
                                   [](const Option& each) { return each.name == "data"; });
  const char* environment = std::getenv(std::string(option->env).c_str());
  if (environment != nullptr && *environment != '\0') return environment;
  return std::string(option->fallback);
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string readable_bytes(std::uint64_t bytes) {
  constexpr std::array kUnits{"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto number = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; number >= 1024 && unit + 1 < kUnits.size(); ++unit) number /= 1024;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", number, kUnits[unit]);
  return text.data();
}

Progress::Progress()
    : begun_(std::chrono::steady_clock::now()),
      shown_(begun_ + 800ms),
      terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (visible_) std::cerr << "\r\x1b[K" << std::flush;
}

void Progress::show(std::string_view line) {
  if (!terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - shown_ < 200ms) return;
  shown_ = now;
  visible_ = true;
  std::cerr << "\r\x1b[K" << line << std::flush;
}

double Progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
}

}  // namespace limpet::app
