// Client: send one request, wait for the answer; http and https, connections kept.
//
//   http::Client client({});
//   LIMPET_TRY(auto url, http::parse_url("http://127.0.0.1:8484"));
//   LIMPET_TRY(auto answer, client.send(url, {.method = "POST", .headers = {…}, .body = "{}"}));
//
// Over https the server's certificate and name are verified. Nothing is retried here: whether a
// request may be sent again is for the caller to know.
#pragma once

#include "limpet/base/result.h"
#include "limpet/http/message.h"
#include "limpet/http/url.h"

#include <chrono>
#include <memory>
#include <string>

namespace limpet::http {

struct ClientOptions {
  std::chrono::milliseconds connect_timeout{10'000};  ///< look-up, TCP, TLS handshake
  std::chrono::milliseconds answer_timeout{60'000};   ///< sending and the whole answer
  std::size_t answer_bytes_max = 16UL << 20;
  std::size_t idle_connections_max = 8;
  /// PEM file of certificate authorities; empty: the system's.
  std::string ca_file{};
};

struct Outgoing {
  std::string method = "POST";
  Headers headers{};  ///< Host, Content-Length and Connection are the client's business
  std::string body{};
  /// Bound on each of the two timeouts of the options, for this request; 0: none.
  std::chrono::milliseconds timeout{0};
};

/// Threads: safe; calls of several threads use connections of their own.
class Client {
 public:
  explicit Client(ClientOptions options);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  /// Blocks until the answer is whole. An answer of any status is a value.
  /// Errors: Unavailable (no connection, cut, too slow, certificate), LimitExceeded (answer too
  /// large), InvalidInput (a header with a line break), Internal (ca_file).
  Result<Answer> send(const Url& url, const Outgoing& request);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace limpet::http
