#include "log.h"

#include "limpet/base/hex.h"
#include "limpet/base/utf8.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <mutex>

namespace limpet::app {

namespace {

constexpr std::size_t kValueBytes = 4096;

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return "debug";
    case LogLevel::Info:
      return "info";
    case LogLevel::Warning:
      return "warning";
    case LogLevel::Error:
      return "error";
  }
  return "error";
}

/// Between quotes, as JSON; bytes that are not UTF-8 become U+FFFD, so that a line is always text.
void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t start = at;
    const auto point = next_code_point(text, at);
    if (!point) {
      out += "\xEF\xBF\xBD";
      at = start + 1;
    } else if (*point == '"' || *point == '\\') {
      out += '\\';
      out += static_cast<char>(*point);
    } else if (*point < 0x20 || *point == 0x7F) {
      out += "\\u00";
      append_hex(out, static_cast<std::uint8_t>(*point));
    } else {
      out.append(text.substr(start, at - start));
    }
  }
  out += '"';
}

bool is_plain(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || static_cast<unsigned char>(c) >= 0x7F) {
      return false;
    }
  }
  return !text.empty();
}

void append_field(std::string& out, LogFormat format, std::string_view key, std::string_view text,
                  bool quoted) {
  if (format == LogFormat::Json) {
    out += out.empty() ? "{\"" : ",\"";
    out.append(key).append("\":");
  } else {
    if (!out.empty()) out += ' ';
    out.append(key).append("=");
    quoted = quoted && !is_plain(text);
  }
  if (quoted) {
    append_quoted(out, text);
  } else {
    out += text;
  }
}

}  // namespace

LogFields& LogFields::add(std::string_view key, std::string_view text) {
  if (text.empty()) return *this;
  std::string kept(truncate_utf8(text, kValueBytes));
  if (kept.size() < text.size()) kept += "…";
  fields_.push_back({key, std::move(kept), true});
  return *this;
}

LogFields& LogFields::add(std::string_view key, std::int64_t number) {
  fields_.push_back({key, std::to_string(number), false});
  return *this;
}

LogFields& LogFields::add_milliseconds(std::string_view key, std::chrono::nanoseconds duration) {
  char digits[32];
  const double milliseconds = std::chrono::duration<double, std::milli>(duration).count();
  const auto end =
      std::to_chars(digits, digits + sizeof digits, milliseconds, std::chars_format::fixed, 3).ptr;
  fields_.push_back({key, std::string(digits, end), false});
  return *this;
}

std::string format_line(LogFormat format, Timestamp time, LogLevel level, const LogFields& fields) {
  std::string out;
  out.reserve(256);
  append_field(out, format, "ts", to_iso8601(time), true);
  append_field(out, format, "level", to_string(level), true);
  append_field(out, format, "event", fields.event_, true);
  for (const auto& field : fields.fields_) {
    append_field(out, format, field.key, field.text, field.quoted);
  }
  if (format == LogFormat::Json) out += '}';
  return out;
}

struct Log::State {
  LogConfig config;
  const Clock* clock;
  std::atomic<LogLevel> level;
  std::mutex mutex;  // guards `logger` against reopen()
  std::shared_ptr<spdlog::logger> logger;

  Status open_sink() {
    try {
      spdlog::sink_ptr sink;
      if (config.file.empty()) {
        sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
      } else {
        sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(config.file);
      }
      auto opened = std::make_shared<spdlog::logger>("limpet", std::move(sink));
      opened->set_pattern("%v");
      opened->set_level(spdlog::level::trace);
      opened->flush_on(spdlog::level::trace);
      const std::lock_guard lock(mutex);
      logger = std::move(opened);
      return {};
    } catch (const spdlog::spdlog_ex& error) {
      return Error::unavailable("cannot open the log file " + config.file + ": " + error.what());
    }
  }

  std::shared_ptr<spdlog::logger> current() {
    const std::lock_guard lock(mutex);
    return logger;
  }
};

Log::Log(std::unique_ptr<State> state) : state_(std::move(state)) {}
Log::~Log() = default;

Result<std::unique_ptr<Log>> Log::open(const LogConfig& config, const Clock& clock) {
  auto state = std::make_unique<State>();
  state->config = config;
  state->clock = &clock;
  state->level = config.level;
  LIMPET_CHECK(state->open_sink());
  return std::unique_ptr<Log>(new Log(std::move(state)));
}

bool Log::enabled(LogLevel level) const { return level >= state_->level.load(); }

void Log::write(LogLevel level, const LogFields& fields) {
  if (!enabled(level)) return;
  const auto line = format_line(state_->config.format, state_->clock->now(), level, fields);
  state_->current()->log(spdlog::level::info, line);
}

void Log::flush() { state_->current()->flush(); }
Status Log::reopen() { return state_->open_sink(); }
void Log::set_level(LogLevel level) { state_->level = level; }

}  // namespace limpet::app
