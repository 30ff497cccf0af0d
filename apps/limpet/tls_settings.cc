#include "tls_settings.h"

namespace limpet::app {

Result<std::shared_ptr<const net::TlsContext>> load_tls(const net::TlsFiles& files) {
  if (files.certificate.empty() != files.key.empty()) {
    return Error::invalid_input("--tls-certificate and --tls-key need each other");
  }
  const bool asks = files.client_certificates != net::ClientCertificates::Off;
  if (asks != !files.client_authorities.empty()) {
    return Error::invalid_input(
        "--tls-client-ca and --tls-client-auth (optional or required) need each other");
  }
  if (files.certificate.empty()) {
    if (asks) return Error::invalid_input("--tls-client-auth needs --tls-certificate");
    return std::shared_ptr<const net::TlsContext>();
  }
  return net::TlsContext::load(files);
}

std::string_view scheme_of(const Config& config) {
  return config.tls.certificate.empty() ? "http" : "https";
}

}  // namespace limpet::app
