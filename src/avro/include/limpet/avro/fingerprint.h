// Schema fingerprints (Avro 1.11.4 specification, "Schema Fingerprints").
//
//   const auto text = avro::canonical_form(schema);
//   avro::crc64_avro(text);          // 0x7275d51a3f395c8f for "int"
//   crypto::sha256_hex(text);        // the 256-bit fingerprint
//
// All are taken of the Parsing Canonical Form. Threads: safe.
#pragma once

#include "limpet/avro/schema.h"
#include "limpet/crypto/md5.h"
#include "limpet/crypto/sha256.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace limpet::avro {

/// CRC-64-AVRO, a Rabin fingerprint, of any bytes.
std::uint64_t crc64_avro(std::string_view bytes);

struct Fingerprints {
  std::uint64_t crc64 = 0;
  crypto::Md5Digest md5{};
  crypto::Sha256Digest sha256{};

  /// As single-object encoding writes it: little-endian.
  std::array<std::uint8_t, 8> crc64_bytes() const;
};
Fingerprints fingerprints(const Schema& schema);

}  // namespace limpet::avro
