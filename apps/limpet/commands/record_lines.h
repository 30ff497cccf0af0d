// Lines of standard input or of files, and bytes that go to standard output in large pieces.
//
//   LineReader lines({"records.jsonl"});                   // none: standard input
//   while (const auto* line = lines.next()) use(line->text, line->number);
//   StandardOutput out;
//   out.text() += "…"; out.flush_when(64 << 10);
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::app {

/// SIGINT and SIGTERM ask the command to stop in good order; a second one ends it at once. SIGPIPE
/// is ignored: writing then fails. One at a time.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  bool asked() const;
};

struct Line {
  std::string_view text{};   ///< without its end; good until the next one
  std::uint64_t number = 0;  ///< from 1, in its file
  std::string_view file{};   ///< as it was given; empty: the only one
};

/// Reads what is there, so that lines of a pipe come when they are written. Threads: confined.
class LineReader {
 public:
  static constexpr std::size_t kLineBytesMax = 64U << 20U;

  /// "-" is standard input, which is also what an empty list means.
  explicit LineReader(std::vector<std::string> files);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  /// nullptr: the end, or a signal came while it waited. Throws CommandFailed (2): a file that
  /// cannot be read, a line longer than kLineBytesMax.
  const Line* next();
  /// Whether next() would have to wait.
  bool would_wait() const { return held_.find('\n', begin_) == std::string::npos; }

 private:
  bool open_next();
  bool fill();

  std::vector<std::string> files_;
  std::size_t at_ = 0;  // the next file
  int descriptor_ = -1;
  bool ended_ = true;
  std::string held_;
  std::size_t begin_ = 0;
  std::size_t looked_ = 0;
  Line line_;
};

/// Standard output without a stream's locks. Threads: confined.
class StandardOutput {
 public:
  std::string& text() { return text_; }
  /// Writes what there is, when it is `bytes` or more. Throws CommandFailed (2).
  void flush_when(std::size_t bytes) {
    if (text_.size() >= bytes) flush();
  }
  void flush();
  /// Nobody reads any more (EPIPE).
  bool closed() const { return closed_; }

 private:
  std::string text_;
  bool closed_ = false;
};

}  // namespace limpet::app
