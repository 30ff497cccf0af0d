// ResponseParser: bytes of a server → one Answer, within bounds.
#pragma once

#include "limpet/base/result.h"
#include "limpet/http/message.h"

#include <cstddef>
#include <memory>
#include <string_view>

namespace limpet::http {

/// Confined; reads one answer. "100 Continue" and its kin are passed over.
class ResponseParser {
 public:
  struct Limits {
    std::size_t header_bytes = 64UL << 10;
    std::size_t header_count = 256;
    std::size_t body_bytes = 16UL << 20;
  };
  /// `head`: the answer belongs to a HEAD request and has no body.
  ResponseParser(const Limits& limits, bool head);
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;
  ~ResponseParser();

  /// Consumes a prefix and answers its length; what is left must stand in front next time.
  /// Errors: Unavailable (not HTTP), LimitExceeded.
  Result<std::size_t> feed(std::string_view bytes);
  /// The server has ended the connection. Errors: Unavailable when the answer is not whole.
  Status end();

  bool done() const;
  bool keep_alive() const;
  Answer take();

 private:
  class Machine;
  Limits limits_;
  bool head_;
  std::unique_ptr<Machine> machine_;
  std::size_t header_bytes_ = 0;  ///< consumed of the status line and headers
};

}  // namespace limpet::http
