// ClientConnection: one connection to a server, driven by the calling thread.
#pragma once

#include "limpet/base/result.h"
#include "limpet/http/client.h"
#include "limpet/http/message.h"
#include "limpet/http/url.h"

#include <boost/asio/ssl/context.hpp>

#include <memory>

namespace limpet::http {

/// Confined.
class ClientConnection {
 public:
  /// Looks the host up, connects, and does the TLS handshake. `tls` must outlive the connection.
  static Result<std::unique_ptr<ClientConnection>> open(const Url& url,
                                                        boost::asio::ssl::context& tls,
                                                        const ClientOptions& options);
  virtual ~ClientConnection() = default;

  /// Sends the bytes of one request and reads its answer.
  virtual Result<Answer> exchange(std::string_view head, std::string_view body, bool is_head,
                                  const ClientOptions& options) = 0;
  /// False when the server has ended it meanwhile, or it is not in step any more.
  virtual bool usable() = 0;
};

}  // namespace limpet::http
