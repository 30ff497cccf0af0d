#include "answer_parser.h"

#include <charconv>
#include <stdexcept>
#include <strings.h>

namespace limpet::bench {

namespace {

constexpr std::string_view kContentLength = "\r\ncontent-length:";

/// strcasestr over a view; the heads of answers are short.
std::size_t find_header(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find('\r'); at != std::string_view::npos;
       at = head.find('\r', at + 1)) {
    if (head.size() - at < name.size()) break;
    if (strncasecmp(head.data() + at, name.data(), name.size()) == 0) return at;
  }
  return std::string_view::npos;
}

}  // namespace

void AnswerParser::add(std::string_view bytes) {
  received_ += bytes.size();
  if (!head_done_) {
    text_ += bytes;
    const auto end = text_.find("\r\n\r\n");
    if (end == std::string::npos) return;
    read_head(end + 4);
  } else if (status_ != 200) {
    text_ += bytes;
  }
  if (received_ > expected_) throw std::runtime_error("bytes after the end of an answer");
}

void AnswerParser::read_head(std::size_t end) {
  const std::string_view head = std::string_view(text_).substr(0, end);
  if (!head.starts_with("HTTP/1.1 ") || head.size() < 12) {
    throw std::runtime_error("not an HTTP/1.1 answer: " + std::string(head.substr(0, 60)));
  }
  std::from_chars(head.data() + 9, head.data() + 12, status_);
  auto at = find_header(head, kContentLength);
  if (at == std::string_view::npos) throw std::runtime_error("an answer without Content-Length");
  at = head.find_first_not_of(' ', at + kContentLength.size());
  std::size_t length = 0;
  std::from_chars(head.data() + at, head.data() + head.size(), length);
  expected_ = end + length;
  head_done_ = true;
}

void AnswerParser::reset() {
  text_.clear();
  received_ = expected_ = 0;
  status_ = 0;
  head_done_ = false;
}

}  // namespace limpet::bench
