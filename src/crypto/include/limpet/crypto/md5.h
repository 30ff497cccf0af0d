// MD5 (RFC 1321). Not for security: Avro names a schema fingerprint after it, S3 an ETag.
//
// Threads: safe.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace limpet::crypto {

using Md5Digest = std::array<std::uint8_t, 16>;

Md5Digest md5(std::string_view bytes);

}  // namespace limpet::crypto
