// A certificate made on the spot; for tests.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <unistd.h>

namespace limpet::http::testing {

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
    ASSERT_NE(file, nullptr) << name;
    write(file);
    std::fclose(file);
  }

  inline static int count = 0;
  std::string prefix_ = ::testing::TempDir() + "limpet-tls-" + std::to_string(getpid()) + "-" +
                        std::to_string(++count);
};

}  // namespace limpet::http::testing
