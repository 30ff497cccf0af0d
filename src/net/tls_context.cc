#include "limpet/net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>
#include <sys/stat.h>

namespace limpet::net {

namespace {

/// OpenSSL's last word on what failed on this thread.
std::string reason() {
  const auto code = ERR_peek_last_error();
  std::string text;
  if (ERR_SYSTEM_ERROR(code)) {
    text = std::generic_category().message(ERR_GET_REASON(code));
  } else if (const char* words = ERR_reason_error_string(code)) {
    text = words;
  } else {
    text = "unknown reason";
  }
  ERR_clear_error();
  return text;
}

Error unusable(std::string_view what, const std::string& file) {
  return Error::invalid_input("cannot use the " + std::string(what) + " " + file + ": " + reason());
}

/// Without this OpenSSL would ask on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

/// Picks http/1.1 when the client offers protocols at all (RFC 7301 3.2).
int select_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in,
                    unsigned int in_size, void*) {
  static constexpr std::string_view kHttp = "http/1.1";
  for (unsigned int at = 0; at < in_size; at += 1U + in[at]) {
    const std::string_view name(reinterpret_cast<const char*>(in + at + 1), in[at]);
    if (name == kHttp) {
      *out = in + at + 1;
      *size = in[at];
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

Timestamp expiry_of(SSL_CTX* context) {
  std::tm calendar{};
  const X509* certificate = SSL_CTX_get0_certificate(context);
  if (certificate == nullptr || !ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &calendar)) {
    return {};
  }
  return Timestamp(std::chrono::seconds(timegm(&calendar)));
}

void set_rules(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_security_level(context, 2);
  // HTTP's messages say where they end, so a stream that stops without goodbye cuts nothing off
  // unseen; and the client may still hear why it was given up (408).
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);
  // Sessions live in the clients' tickets and take no memory here.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  static constexpr unsigned char kSessions[] = "limpet";
  SSL_CTX_set_session_id_context(context, kSessions, sizeof kSessions - 1);
  SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
}

Status ask_for_client_certificates(SSL_CTX* context, const TlsFiles& files) {
  if (files.client_certificates == ClientCertificates::Off) return {};
  const std::string& file = files.client_authorities;
  if (file.empty()) {
    return Error::invalid_input("client certificates need a file of authorities that sign them");
  }
  if (SSL_CTX_load_verify_file(context, file.c_str()) != 1) {
    return unusable("client authorities", file);
  }
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(file.c_str());
  if (names == nullptr) return unusable("client authorities", file);
  SSL_CTX_set_client_CA_list(context, names);
  const bool required = files.client_certificates == ClientCertificates::Required;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                     nullptr);
  return {};
}

}  // namespace

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const TlsFiles& files) {
  ERR_clear_error();
  SSL_CTX* native = SSL_CTX_new(TLS_server_method());
  if (native == nullptr) return Error::internal("cannot set TLS up: " + reason());
  const std::shared_ptr<TlsContext> context(new TlsContext(native));
  set_rules(native);
  if (SSL_CTX_use_certificate_chain_file(native, files.certificate.c_str()) != 1) {
    return unusable("certificate", files.certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(native, files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(native) != 1) {
    return unusable("key", files.key);
  }
  LIMPET_CHECK(ask_for_client_certificates(native, files));
  context->expires_ = expiry_of(native);
  struct stat status{};
  context->key_exposed_ = stat(files.key.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0;
  return std::shared_ptr<const TlsContext>(context);
}

}  // namespace limpet::net
