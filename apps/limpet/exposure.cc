#include "exposure.h"

#include "limpet/net/address.h"

namespace limpet::app {

Status check_exposure(const Exposure& exposure) {
  if (net::is_loopback(exposure.address) || exposure.insecure) return {};
  const std::string address = exposure.address.to_string();
  if (exposure.auth == glue_api::AuthMode::Off) {
    return Error::invalid_input("with --auth off anybody who reaches " + address +
                                " could change everything; use --auth sigv4, listen on 127.0.0.1, "
                                "or insist with --insecure");
  }
  if (!exposure.has_keys) {
    return Error::invalid_input("no access key is configured, so nobody could use " + address +
                                "; make one with `limpet keys create --data DIR`, set "
                                "LIMPET_ACCESS_KEY_ID and LIMPET_SECRET_ACCESS_KEY, listen on "
                                "127.0.0.1, or insist with --insecure");
  }
  return {};
}

}  // namespace limpet::app
