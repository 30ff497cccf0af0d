// Decimals between their text and their bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::avro {

/// Whether it is spelled like a number of JSON (zeros in front are allowed).
bool is_decimal_text(std::string_view text);

/// "12.50", "-1", "1e3" → the unscaled value at that scale as the shortest big-endian two's
/// complement. nullopt: no decimal number, digits finer than the scale, or more than 1,000 digits.
std::optional<std::string> decimal_bytes(std::string_view text, std::int32_t scale);

/// The reverse: "12.50". nullopt: more than 512 bytes, or a scale above 1,000.
std::optional<std::string> decimal_text(std::string_view unscaled, std::int32_t scale);

}  // namespace limpet::avro
