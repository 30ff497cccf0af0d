#include "testing_certificate.h"
#include "testing_client.h"

#include "limpet/http/client.h"
#include "limpet/http/server.h"
#include "limpet/net/tls.h"

#include <boost/asio/ssl/stream.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

namespace limpet::http {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;
using testing::Certificate;
using ::testing::HasSubstr;
using testing::RawClient;

class FixedClock final : public Clock {
 public:
  Timestamp now() const override { return Timestamp(1636303348617ms); }
};

std::shared_ptr<const net::TlsContext> load(const net::TlsFiles& files) {
  auto context = net::TlsContext::load(files);
  EXPECT_TRUE(context.has_value()) << describe(context.error());
  return *context;
}

/// A client whose every setting OpenSSL has can be turned.
class TlsClient {
 public:
  explicit TlsClient(const std::function<void(SSL_CTX*)>& set_up = [](SSL_CTX*) {})
      : tls_(made(set_up)), stream_(context_, tls_) {}

  /// An error when the server refuses the handshake; with TLS 1.3 it says so only when we read.
  boost::system::error_code connect(const tcp::endpoint& server) {
    boost::system::error_code error;
    stream_.lowest_layer().connect(server);
    const timeval patience{.tv_sec = 30, .tv_usec = 0};  // a hang becomes a failure
    setsockopt(stream_.lowest_layer().native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience,
               sizeof patience);
    stream_.handshake(asio::ssl::stream_base::client, error);
    return error;
  }

  bool send(std::string_view bytes) {
    boost::system::error_code error;
    asio::write(stream_, asio::buffer(bytes.data(), bytes.size()), error);
    return !error;
  }

  /// What comes until `size` bytes are there or the server ends.
  std::string read(std::size_t size) {
    std::string out;
    boost::system::error_code error;
    while (out.size() < size && !error) {
      char bytes[4096];
      out.append(bytes, stream_.read_some(asio::buffer(bytes), error));
    }
    end_ = error;
    return out;
  }
  std::string read_to_end() { return read(SIZE_MAX); }
  /// How the server ended.
  boost::system::error_code end() const { return end_; }
  SSL* native() { return stream_.native_handle(); }

 private:
  static asio::ssl::context made(const std::function<void(SSL_CTX*)>& set_up) {
    asio::ssl::context context(asio::ssl::context::tls_client);
    set_up(context.native_handle());
    return context;
  }

  asio::io_context context_;
  asio::ssl::context tls_;
  asio::ssl::stream<tcp::socket> stream_;
  boost::system::error_code end_;
};

class ServerTlsTest : public ::testing::Test {
 protected:
  void start(ServerOptions options = {}) {
    options.clock = &clock_;
    if (!options.tls) options.tls = load(files_);
    auto server = Server::listen(pool_, {"127.0.0.1", 0}, std::move(options),
                                 [](Request request, Responder respond) {
                                   respond({.body = request.method + " " + request.body});
                                 });
    ASSERT_TRUE(server.has_value()) << describe(server.error());
    server_ = *std::move(server);
  }

  Url url() const {
    return *parse_url("https://127.0.0.1:" + std::to_string(server_->endpoint().port()));
  }

  /// The body of the answer to a request on a connection of its own; empty when there is none.
  std::string ask(const std::function<void(SSL_CTX*)>& set_up) {
    TlsClient client(set_up);
    if (client.connect(server_->endpoint()) || !client.send(kAsk)) return {};
    const std::string answer = client.read_to_end();
    const auto body = answer.find("\r\n\r\n");
    return body == std::string::npos ? std::string() : answer.substr(body + 4);
  }

  static constexpr std::string_view kAsk = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  FixedClock clock_;
  const Certificate certificate_{"IP:127.0.0.1", 30};
  const net::TlsFiles files_{.certificate = certificate_.file(), .key = certificate_.key_file()};
  net::ThreadPool pool_{2};
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTlsTest, AnswersOnAKeptConnection) {
  start();
  Client client({.ca_file = certificate_.file()});
  for (const std::string& body : {std::string("a"), std::string(3UL << 20, 'b'), std::string()}) {
    const auto answer = client.send(url(), {.body = body});
    ASSERT_TRUE(answer.has_value()) << describe(answer.error());
    EXPECT_EQ(answer->body, "POST " + body);
  }
  EXPECT_EQ(server_->counts().handshakes, 1U);
  EXPECT_EQ(server_->counts().requests, 3U);
}

TEST_F(ServerTlsTest, AnswersPipelinedRequestsAndSaysGoodbye) {
  start();
  TlsClient client;
  ASSERT_FALSE(client.connect(server_->endpoint()));
  std::string burst;
  for (int i = 0; i < 100; ++i) burst += "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  ASSERT_TRUE(client.send(burst + std::string(kAsk)));
  const auto answers = client.read_to_end();
  EXPECT_EQ(client.end(), asio::error::eof);  // close_notify; a cut would be stream_truncated
  EXPECT_EQ(server_->counts().requests, 101U);
  EXPECT_THAT(answers, ::testing::EndsWith("Connection: close\r\n\r\nGET "));
}

TEST_F(ServerTlsTest, TellsAPlainClientWhatThePortSpeaks) {
  start();
  RawClient client(server_->endpoint());
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  const auto answer = client.read();
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, "this port speaks HTTPS, not plain HTTP\n");
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_EQ(server_->counts().handshake_failures, 1U);
}

TEST_F(ServerTlsTest, EndsWhatIsNeitherTlsNorHttp) {
  start();
  for (const std::string_view bytes :
       {std::string_view("\0\0\0\0", 4), std::string_view("\x16\x03\x01\xff\xff garbage"),
        std::string_view("\x80\x2e\x01\x03\x01")}) {
    RawClient client(server_->endpoint());
    ASSERT_TRUE(client.send(bytes));
    client.half_close();
    EXPECT_THAT(client.read_to_end(), ::testing::Not(HasSubstr("HTTP")));
  }
  EXPECT_EQ(server_->counts().requests, 0U);
}

TEST_F(ServerTlsTest, RefusesOldVersions) {
  start();
  EXPECT_EQ(ask([](SSL_CTX* context) {
              SSL_CTX_set_security_level(context, 0);
              SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
              SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
            }),
            "");
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    EXPECT_EQ(ask([=](SSL_CTX* context) {
                SSL_CTX_set_min_proto_version(context, version);
                SSL_CTX_set_max_proto_version(context, version);
              }),
              "GET ");
  }
  EXPECT_EQ(server_->counts().handshake_failures, 1U);
}

TEST_F(ServerTlsTest, AgreesOnHttp11) {
  start();
  TlsClient both([](SSL_CTX* context) {
    SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>("\x2h2\x8http/1.1"),
                            12);
  });
  ASSERT_FALSE(both.connect(server_->endpoint()));
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(both.native(), &name, &size);
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(name), size), "http/1.1");
  TlsClient other([](SSL_CTX* context) {
    SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>("\x2h2"), 3);
  });
  EXPECT_TRUE(other.connect(server_->endpoint()));
}

std::function<void(SSL_CTX*)> showing(const Certificate& certificate) {
  return [&certificate](SSL_CTX* context) {
    SSL_CTX_use_certificate_file(context, certificate.file().c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context, certificate.key_file().c_str(), SSL_FILETYPE_PEM);
  };
}

TEST_F(ServerTlsTest, AsksForClientCertificates) {
  const Certificate known("DNS:client", 30);
  const Certificate expired("DNS:client", -1);
  const Certificate stranger("DNS:client", 30);
  const auto nothing = [](SSL_CTX*) {};
  net::TlsFiles files = files_;
  files.client_authorities = known.file();
  files.client_certificates = net::ClientCertificates::Required;
  start({.tls = load(files)});
  EXPECT_EQ(ask(showing(known)), "GET ");
  EXPECT_EQ(ask(showing(stranger)), "");
  EXPECT_EQ(ask(nothing), "");

  files.client_certificates = net::ClientCertificates::Optional;
  server_->use(load(files));
  EXPECT_EQ(ask(showing(known)), "GET ");
  EXPECT_EQ(ask(showing(stranger)), "");
  EXPECT_EQ(ask(nothing), "GET ");

  files.client_authorities = expired.file();
  server_->use(load(files));
  EXPECT_EQ(ask(showing(expired)), "");
}

TEST_F(ServerTlsTest, ChangesItsCertificateUnderOpenConnections) {
  start();
  Client before({.ca_file = certificate_.file()});
  ASSERT_TRUE(before.send(url(), {}).has_value());
  const Certificate renewed("IP:127.0.0.1", 60);
  server_->use(load({.certificate = renewed.file(), .key = renewed.key_file()}));
  EXPECT_TRUE(before.send(url(), {}).has_value());
  EXPECT_EQ(server_->counts().handshakes, 1U);
  Client after({.ca_file = renewed.file()});
  EXPECT_TRUE(after.send(url(), {}).has_value());
  Client late({.ca_file = certificate_.file()});
  EXPECT_EQ(code_of(late.send(url(), {})), Code::Unavailable);
}

TEST_F(ServerTlsTest, TimesOutSlowHandshakes) {
  start({.header_timeout = 20ms});
  RawClient silent(server_->endpoint());
  EXPECT_EQ(silent.read_to_end(), "");
  RawClient slow(server_->endpoint());
  ASSERT_TRUE(slow.send(std::string_view("\x16\x03\x01\x02\x00", 5)));
  EXPECT_EQ(slow.read_to_end(), "");
}

TEST_F(ServerTlsTest, TimesOutIdleConnectionsAndSlowBodies) {
  start({.body_timeout = 20ms, .idle_timeout = 20ms});
  TlsClient idle;
  ASSERT_FALSE(idle.connect(server_->endpoint()));
  EXPECT_EQ(idle.read_to_end(), "");
  start({.body_timeout = 20ms});
  TlsClient half;
  ASSERT_FALSE(half.connect(server_->endpoint()));
  ASSERT_TRUE(half.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"));
  EXPECT_THAT(half.read_to_end(), HasSubstr(" 408 "));
}

TEST_F(ServerTlsTest, StopsUnderItsClients) {
  start();
  TlsClient idle;
  ASSERT_FALSE(idle.connect(server_->endpoint()));
  RawClient not_yet(server_->endpoint());
  while (server_->counts().connections_open < 2) std::this_thread::yield();
  EXPECT_TRUE(server_->stop(10s));
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_EQ(not_yet.read_to_end(), "");
}

TEST(TlsContext, SaysWhatItCannotUse) {
  const Certificate one("IP:127.0.0.1", 30);
  const Certificate other("IP:127.0.0.1", 30);
  const std::string garbage = one.file() + ".bad";
  std::ofstream(garbage) << "-----BEGIN CERTIFICATE-----\nnot base64\n";
  const auto why = [](const net::TlsFiles& files) {
    const auto context = net::TlsContext::load(files);
    EXPECT_EQ(code_of(context), Code::InvalidInput);
    return context ? std::string() : context.error().message;
  };
  EXPECT_THAT(why({.certificate = "/nonexistent.crt", .key = one.key_file()}),
              HasSubstr("cannot use the certificate /nonexistent.crt: "));
  EXPECT_THAT(why({.certificate = garbage, .key = one.key_file()}),
              HasSubstr("cannot use the certificate " + garbage));
  EXPECT_THAT(why({.certificate = one.file(), .key = "/nonexistent.key"}),
              HasSubstr("cannot use the key /nonexistent.key: "));
  EXPECT_THAT(why({.certificate = one.file(), .key = other.key_file()}),
              HasSubstr("key values mismatch"));
  EXPECT_THAT(why({.certificate = one.file(),
                   .key = one.key_file(),
                   .client_certificates = net::ClientCertificates::Required}),
              HasSubstr("need a file of authorities"));
  EXPECT_THAT(why({.certificate = one.file(),
                   .key = one.key_file(),
                   .client_certificates = net::ClientCertificates::Optional,
                   .client_authorities = garbage}),
              HasSubstr("cannot use the client authorities " + garbage));
  std::filesystem::remove(garbage);
}

TEST(TlsContext, KnowsItsCertificateAndWhoCanReadItsKey) {
  const Certificate certificate("IP:127.0.0.1", 30);
  const net::TlsFiles files{.certificate = certificate.file(), .key = certificate.key_file()};
  std::filesystem::permissions(files.key, std::filesystem::perms(0600));
  const auto context = load(files);
  const auto days = std::chrono::duration_cast<std::chrono::hours>(
      context->expires() - std::chrono::system_clock::now());
  EXPECT_GE(days.count(), 29 * 24);
  EXPECT_LE(days.count(), 30 * 24);
  EXPECT_FALSE(context->key_exposed());
  std::filesystem::permissions(files.key, std::filesystem::perms(0644));
  EXPECT_TRUE(load(files)->key_exposed());
}

}  // namespace
}  // namespace limpet::http
