// What the sources of this room share of OpenSSL's EVP interface.
#pragma once

#include "limpet/base/assert.h"

#include <openssl/evp.h>

#include <memory>

namespace limpet::crypto {

struct MdContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using MdContext = std::unique_ptr<EVP_MD_CTX, MdContextDeleter>;

inline MdContext make_md_context() {
  MdContext context(EVP_MD_CTX_new());
  LIMPET_ASSERT(context != nullptr);
  return context;
}

/// Fetched once; OpenSSL would otherwise search its providers at every EVP_DigestInit.
inline const EVP_MD* fetch(const char* name) {
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, name, nullptr);
  LIMPET_ASSERT(algorithm != nullptr);
  return algorithm;
}

inline const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = fetch("SHA256");
  return algorithm;
}

}  // namespace limpet::crypto
