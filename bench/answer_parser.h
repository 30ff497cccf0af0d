// AnswerParser: find where an HTTP/1.1 answer ends, and its status. For servers that we measure,
// not for hostile ones: answers have a Content-Length.
//
//   AnswerParser parser;
//   parser.add(bytes);
//   if (parser.complete()) … parser.status() … parser.reset();
//
// Threads: confined.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace limpet::bench {

class AnswerParser {
 public:
  /// The next bytes of this answer. Throws std::runtime_error: not an answer, no Content-Length,
  /// more bytes than one answer has.
  void add(std::string_view bytes);

  bool complete() const { return head_done_ && received_ == expected_; }
  int status() const { return status_; }
  /// Bytes of the whole answer; once complete.
  std::size_t size() const { return expected_; }
  /// The head, and the body where the status is not 200 (else what came with the head).
  std::string_view text() const { return text_; }
  void reset();

 private:
  void read_head(std::size_t end);

  std::string text_;
  std::size_t received_ = 0;
  std::size_t expected_ = 0;
  int status_ = 0;
  bool head_done_ = false;
};

}  // namespace limpet::bench
