// RequestParser: bytes of one connection → requests, strictly (RFC 9112), within bounds.
//
//   RequestParser parser(limits);
//   auto progress = parser.feed(buffered);       // consumes a prefix
//   buffered.remove_prefix(progress.consumed);
//   if (progress.refusal) …                      // answer it and end the connection
//   if (progress.done) handle(parser.take());    // what is left belongs to the next request
//
// What is ambiguous is refused, since two readers of one connection must never see two different
// requests (request smuggling): a second Content-Length, Content-Length beside Transfer-Encoding,
// any transfer coding but chunked, a header that is folded over two lines, an unknown version.
#pragma once

#include "limpet/http/message.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::http {

struct ParserLimits {
  std::size_t header_bytes = 32UL << 10;  ///< request line and headers; also one chunk's header
  std::size_t header_count = 128;
  std::size_t body_bytes = 4UL << 20;
};

/// Why a message is not accepted.
struct Refusal {
  int status = 400;
  std::string reason;  ///< a sentence for people
};

/// Confined.
class RequestParser {
 public:
  explicit RequestParser(const ParserLimits& limits);
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;
  ~RequestParser();

  struct Progress {
    std::size_t consumed = 0;
    bool done = false;
    std::optional<Refusal> refusal;  ///< the parser is of no more use
  };
  /// Requires: the bytes not consumed last time stand in front again, with more behind them.
  Progress feed(std::string_view bytes);

  /// Something of the next request has been consumed.
  bool begun() const;
  /// The headers are complete; the body may not be.
  bool header_done() const;
  /// The client waits for "100 Continue" before it sends the body.
  bool expects_continue() const;
  /// The client wants to send another request on this connection.
  bool keep_alive() const;
  /// Requires: header_done().
  const std::string& method() const;
  /// Bytes of the body so far.
  std::size_t body_size() const;

  /// The request; the parser starts anew. Requires: the last feed() was done.
  Request take();

 private:
  class Machine;
  std::optional<Refusal> check_header() const;
  void restart();

  ParserLimits limits_;
  std::unique_ptr<Machine> machine_;
  std::size_t header_bytes_ = 0;  ///< consumed of the request line and headers
};

}  // namespace limpet::http
