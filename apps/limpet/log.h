// Log: one event per line, as key=value or JSON.
//
//   log.write(LogLevel::Info, LogFields("server_stopped").add("connections", 3));
//   // ts=2026-01-02T03:04:05.678Z level=info event=server_stopped connections=3
//
// Values may be hostile: line breaks and control characters are escaped, long ones are cut.
#pragma once

#include "config.h"

#include "limpet/base/result.h"
#include "limpet/base/time.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace limpet::app {

class LogFields {
 public:
  /// `event` is one of our own words.
  explicit LogFields(std::string_view event) : event_(event) {}

  /// Keys are our own words. An empty text is left out.
  LogFields& add(std::string_view key, std::string_view text);
  LogFields& add(std::string_view key, std::int64_t number);
  LogFields& add_milliseconds(std::string_view key, std::chrono::nanoseconds duration);

 private:
  friend std::string format_line(LogFormat, Timestamp, LogLevel, const LogFields&);
  struct Field {
    std::string_view key;
    std::string text;
    bool quoted;  ///< JSON: a string, not a number
  };
  std::string_view event_;
  std::vector<Field> fields_;
};

/// Without the line break.
std::string format_line(LogFormat format, Timestamp time, LogLevel level, const LogFields& fields);

/// Threads: safe.
class Log {
 public:
  /// Errors: Unavailable (the file cannot be opened).
  static Result<std::unique_ptr<Log>> open(const LogConfig& config, const Clock& clock);
  ~Log();

  bool enabled(LogLevel level) const;
  void write(LogLevel level, const LogFields& fields);
  void flush();

  /// Opens the file anew, after a tool has moved it away. Errors: Unavailable; the old one stays.
  Status reopen();
  void set_level(LogLevel level);

 private:
  struct State;
  explicit Log(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace limpet::app
