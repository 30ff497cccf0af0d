// SHA-256 (FIPS 180-4).
//
//   const crypto::Sha256Digest digest = crypto::sha256("abc");
//   crypto::sha256_hex("abc");   // "ba7816bf…"
//
// Threads: safe.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace limpet::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest sha256(std::string_view bytes);
Sha256Digest sha256(std::span<const std::uint8_t> bytes);

/// The digest as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace limpet::crypto
