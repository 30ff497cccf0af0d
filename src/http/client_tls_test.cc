#include "testing_certificate.h"

#include "limpet/http/client.h"
#include "limpet/net/address.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace limpet::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::Certificate;

/// Takes one connection over TLS and answers up to `requests` requests on it.
class TlsServer {
 public:
  TlsServer(const Certificate& certificate, int requests) {
    tls_.use_certificate_file(certificate.file(), asio::ssl::context::pem);
    tls_.use_private_key_file(certificate.key_file(), asio::ssl::context::pem);
    thread_ = std::thread([this, requests] {
      asio::ssl::stream<tcp::socket> stream(context_, tls_);
      acceptor_.accept(stream.lowest_layer());
      boost::system::error_code error;
      stream.handshake(asio::ssl::stream_base::server, error);
      for (int i = 0; i < requests && !error; ++i) {
        std::string head;
        asio::read_until(stream, asio::dynamic_buffer(head), "\r\n\r\n", error);
        static constexpr std::string_view kAnswer =
            "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret";
        asio::write(stream, asio::buffer(kAnswer), error);
      }
    });
  }
  ~TlsServer() { thread_.join(); }

  Url url(const std::string& host) const {
    return *parse_url("https://" + host + ":" + std::to_string(acceptor_.local_endpoint().port()));
  }

 private:
  asio::io_context context_;
  asio::ssl::context tls_{asio::ssl::context::tls_server};
  tcp::acceptor acceptor_{context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::thread thread_;
};

TEST(ClientTls, VerifiesAndKeepsTheConnection) {
  const Certificate certificate("IP:127.0.0.1", 2);
  TlsServer server(certificate, 2);
  Client client({.ca_file = certificate.file()});
  for (int i = 0; i < 2; ++i) {
    const auto answer = client.send(server.url("127.0.0.1"), {});
    ASSERT_TRUE(answer.has_value()) << describe(answer.error());
    EXPECT_EQ(answer->body, "secret");
  }
}

TEST(ClientTls, RefusesAnotherName) {
  const Certificate certificate("DNS:glue.example", 2);
  TlsServer server(certificate, 1);
  Client client({.ca_file = certificate.file()});
  const auto answer = client.send(server.url("127.0.0.1"), {});
  ASSERT_EQ(code_of(answer), Code::Unavailable);
  EXPECT_THAT(answer.error().message, ::testing::HasSubstr("cannot speak TLS with https://"));
  EXPECT_THAT(answer.error().message, ::testing::HasSubstr("certificate verify failed"));
}

TEST(ClientTls, RefusesAnUnknownAuthority) {
  const Certificate certificate("IP:127.0.0.1", 2);
  TlsServer server(certificate, 1);
  Client client({});
  EXPECT_EQ(code_of(client.send(server.url("127.0.0.1"), {})), Code::Unavailable);
}

TEST(ClientTls, RefusesAnExpiredCertificate) {
  const Certificate certificate("IP:127.0.0.1", -1);
  TlsServer server(certificate, 1);
  Client client({.ca_file = certificate.file()});
  EXPECT_EQ(code_of(client.send(server.url("127.0.0.1"), {})), Code::Unavailable);
}

TEST(ClientTls, SaysThatItsAuthoritiesCannotBeRead) {
  Client client({.ca_file = "/nonexistent.pem"});
  EXPECT_EQ(code_of(client.send(*parse_url("https://127.0.0.1:1"), {})), Code::Internal);
}

}  // namespace
}  // namespace limpet::http
