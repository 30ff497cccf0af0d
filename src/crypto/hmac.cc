#include "limpet/crypto/hmac.h"

#include "evp.h"

#include <openssl/crypto.h>

#include <algorithm>

namespace limpet::crypto {
namespace {

constexpr std::size_t kBlock = 64;  // of SHA-256, FIPS 180-4 figure 1

void start(EVP_MD_CTX* context, std::array<std::uint8_t, kBlock> block, std::uint8_t pad) {
  for (auto& byte : block) byte ^= pad;
  LIMPET_ASSERT(EVP_DigestInit_ex2(context, sha256_algorithm(), nullptr) == 1);
  LIMPET_ASSERT(EVP_DigestUpdate(context, block.data(), block.size()) == 1);
  OPENSSL_cleanse(block.data(), block.size());
}

void finish(EVP_MD_CTX* scratch, const EVP_MD_CTX* keyed, const void* data, std::size_t size,
            Sha256Digest& out) {
  unsigned written = 0;
  LIMPET_ASSERT(EVP_MD_CTX_copy_ex(scratch, keyed) == 1);
  LIMPET_ASSERT(EVP_DigestUpdate(scratch, data, size) == 1);
  LIMPET_ASSERT(EVP_DigestFinal_ex(scratch, out.data(), &written) == 1);
  LIMPET_ASSERT(written == out.size());
}

std::span<const std::uint8_t> as_span(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

// The digest after the padded key: what HMAC's two hashes begin with (RFC 2104 section 4).
struct HmacSha256::Keyed {
  MdContext inner = make_md_context();
  MdContext outer = make_md_context();
};

HmacSha256::HmacSha256(std::string_view key) : HmacSha256(as_span(key)) {}

HmacSha256::HmacSha256(std::span<const std::uint8_t> key) {
  std::array<std::uint8_t, kBlock> block{};
  if (key.size() > kBlock) {
    const Sha256Digest shortened = sha256(key);
    std::ranges::copy(shortened, block.begin());
  } else {
    std::ranges::copy(key, block.begin());
  }
  auto keyed = std::make_shared<Keyed>();
  start(keyed->inner.get(), block, 0x36);
  start(keyed->outer.get(), block, 0x5c);
  OPENSSL_cleanse(block.data(), block.size());
  keyed_ = std::move(keyed);
}

Sha256Digest HmacSha256::operator()(std::string_view message) const {
  thread_local const MdContext scratch = make_md_context();
  Sha256Digest digest;
  finish(scratch.get(), keyed_->inner.get(), message.data(), message.size(), digest);
  finish(scratch.get(), keyed_->outer.get(), digest.data(), digest.size(), digest);
  return digest;
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace limpet::crypto
