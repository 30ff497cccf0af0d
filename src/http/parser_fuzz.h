// One fuzz input as the bytes of a connection: see request_parser_fuzz.cc and
// response_parser_fuzz.cc.
#pragma once

#include "request_parser.h"
#include "response_parser.h"

#include "limpet/base/assert.h"

#include <string>
#include <string_view>

namespace limpet::http {

/// The requests, printed, that `bytes` hold when they arrive `step` at a time.
inline std::string requests_in(std::string_view bytes, std::size_t step) {
  RequestParser parser(ParserLimits{.header_bytes = 512, .header_count = 8, .body_bytes = 256});
  std::string buffer;
  std::string out;
  while (!bytes.empty()) {
    const auto piece = bytes.substr(0, step);
    buffer += piece;
    bytes.remove_prefix(piece.size());
    while (!buffer.empty()) {
      const auto progress = parser.feed(buffer);
      LIMPET_ASSERT(progress.consumed <= buffer.size());
      buffer.erase(0, progress.consumed);
      if (progress.refusal) return out;
      if (!progress.done) break;
      const auto request = parser.take();
      LIMPET_ASSERT(request.body.size() <= 256 && request.headers.size() <= 8);
      out += request.method + ' ' + request.target + '\n';
      for (const auto& [name, value] : request.headers) {
        out.append(name).append(":").append(value).append("\n");
      }
      out += request.body + '\n';
    }
  }
  return out;
}

/// Whole and in pieces (the first byte says how large), the same requests must be read. After the
/// last one, the one may refuse what the other still waits for the end of.
inline void fuzz_request_parser(std::string_view input) {
  if (input.empty()) return;
  const std::size_t step = 1 + static_cast<unsigned char>(input[0]) % 16;
  input.remove_prefix(1);
  LIMPET_ASSERT(requests_in(input, input.size() + 1) == requests_in(input, step));
}

/// The answer, printed, or empty when there is none.
inline std::string answer_in(std::string_view bytes, std::size_t step, bool head) {
  ResponseParser parser({.header_bytes = 512, .header_count = 8, .body_bytes = 256}, head);
  std::string buffer;
  while (!bytes.empty() && !parser.done()) {
    const auto piece = bytes.substr(0, step);
    buffer += piece;
    bytes.remove_prefix(piece.size());
    const auto consumed = parser.feed(buffer);
    if (!consumed) return "";
    LIMPET_ASSERT(*consumed <= buffer.size());
    buffer.erase(0, *consumed);
  }
  if (!parser.done() && !parser.end()) return "";
  const auto answer = parser.take();
  LIMPET_ASSERT(answer.body.size() <= 256 && answer.headers.size() <= 8);
  std::string out = std::to_string(answer.status) + '\n';
  for (const auto& [name, value] : answer.headers) {
    out.append(name).append(":").append(value).append("\n");
  }
  return out + answer.body;
}

/// Reads an answer whole and in pieces.
inline void fuzz_response_parser(std::string_view input) {
  if (input.empty()) return;
  const auto first = static_cast<unsigned char>(input[0]);
  const bool head = first >= 128;
  input.remove_prefix(1);
  LIMPET_ASSERT(answer_in(input, input.size() + 1, head) == answer_in(input, 1 + first % 16, head));
}

}  // namespace limpet::http
