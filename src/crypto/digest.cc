#include "evp.h"

#include "limpet/base/hex.h"
#include "limpet/crypto/md5.h"
#include "limpet/crypto/sha256.h"

namespace limpet::crypto {
namespace {

template <std::size_t N>
std::array<std::uint8_t, N> digest(const EVP_MD* algorithm, const void* data, std::size_t size) {
  thread_local const MdContext context = make_md_context();
  std::array<std::uint8_t, N> out{};
  unsigned written = 0;
  LIMPET_ASSERT(EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1);
  LIMPET_ASSERT(EVP_DigestUpdate(context.get(), data, size) == 1);
  LIMPET_ASSERT(EVP_DigestFinal_ex(context.get(), out.data(), &written) == 1);
  LIMPET_ASSERT(written == N);
  return out;
}

}  // namespace

Sha256Digest sha256(std::string_view bytes) {
  return digest<32>(sha256_algorithm(), bytes.data(), bytes.size());
}

Sha256Digest sha256(std::span<const std::uint8_t> bytes) {
  return digest<32>(sha256_algorithm(), bytes.data(), bytes.size());
}

std::string sha256_hex(std::string_view bytes) { return to_hex(sha256(bytes)); }

Md5Digest md5(std::string_view bytes) {
  static const EVP_MD* const algorithm = fetch("MD5");
  return digest<16>(algorithm, bytes.data(), bytes.size());
}

}  // namespace limpet::crypto
