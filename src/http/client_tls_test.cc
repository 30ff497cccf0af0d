#include "limpet/http/client.h"
#include "limpet/net/address.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

namespace limpet::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// A fresh key and a certificate that it signs itself, as PEM files.
class Certificate {
 public:
  Certificate(const std::string& alternative_names, long days) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                  EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> x509(X509_new(), X509_free);
    X509_set_version(x509.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509.get()), -2L * 86400);
    X509_gmtime_adj(X509_getm_notAfter(x509.get()), days * 86400);
    X509_set_pubkey(x509.get(), key.get());
    X509_NAME* name = X509_get_subject_name(x509.get());
    const auto* subject = reinterpret_cast<const unsigned char*>("limpet test");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, subject, -1, -1, 0);
    X509_set_issuer_name(x509.get(), name);
    X509_EXTENSION* extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative_names.c_str());
    X509_add_ext(x509.get(), extension, -1);
    X509_EXTENSION_free(extension);
    EXPECT_GT(X509_sign(x509.get(), key.get(), EVP_sha256()), 0);
    write(key_file(), [&](FILE* file) {
      PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    write(file(), [&](FILE* out) { PEM_write_X509(out, x509.get()); });
  }
  ~Certificate() {
    std::filesystem::remove(file());
    std::filesystem::remove(key_file());
  }

  std::string file() const { return prefix_ + ".crt"; }
  std::string key_file() const { return prefix_ + ".key"; }

 private:
  template <class Write>
  static void write(const std::string& name, Write write) {
    FILE* file = std::fopen(name.c_str(), "w");
    ASSERT_NE(file, nullptr);
    write(file);
    std::fclose(file);
  }

  inline static int count = 0;
  std::string prefix_ =
      testing::TempDir() + "limpet-tls-" + std::to_string(getpid()) + "-" + std::to_string(++count);
};

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
  EXPECT_THAT(answer.error().message, testing::HasSubstr("cannot speak TLS with https://"));
  EXPECT_THAT(answer.error().message, testing::HasSubstr("certificate verify failed"));
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
