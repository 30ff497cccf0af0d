// Commands that work on files of this machine, without a server: check, backup, restore.
#pragma once

#include "session.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace limpet::app {

/// When `command` is chosen, runs `action` and stores its result as the program's exit status. A
/// CommandFailed is told on standard error.
void on_run_locally(CLI::App& command, int& status, std::function<int()> action);

/// `--data DIR`, the data folder to work on.
CLI::Option* add_data_option(CLI::App& command, std::string& folder);
/// What was given, else LIMPET_DATA, else the folder that `limpet serve` uses by itself.
std::string data_folder(const std::string& given);

/// "1,234,567" and "3.2 MiB", for people.
std::string grouped(std::uint64_t number);
std::string readable_bytes(std::uint64_t bytes);

/// Measures a command, and tells a person who waits how far it is: one line of standard error that
/// is written over, when that is a terminal and the command takes longer than a second.
class Progress {
 public:
  Progress();
  ~Progress();  ///< clears the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::string_view line);
  double seconds() const;

 private:
  const std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point shown_;
  const bool terminal_;
  bool visible_ = false;
};

}  // namespace limpet::app
