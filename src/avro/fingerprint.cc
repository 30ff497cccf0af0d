#include "limpet/avro/fingerprint.h"

namespace limpet::avro {
namespace {

constexpr std::uint64_t kEmpty = 0xc15d213aa4d7a795;

constexpr std::array<std::uint64_t, 256> make_table() {
  std::array<std::uint64_t, 256> table{};
  for (std::uint64_t i = 0; i < table.size(); ++i) {
    std::uint64_t fp = i;
    for (int bit = 0; bit < 8; ++bit) fp = (fp >> 1) ^ ((fp & 1) != 0 ? kEmpty : 0);
    table[i] = fp;
  }
  return table;
}
constexpr auto kTable = make_table();

}  // namespace

std::uint64_t crc64_avro(std::string_view bytes) {
  std::uint64_t fp = kEmpty;
  for (const char c : bytes) fp = (fp >> 8) ^ kTable[(fp ^ static_cast<std::uint8_t>(c)) & 0xff];
  return fp;
}

std::array<std::uint8_t, 8> Fingerprints::crc64_bytes() const {
  std::array<std::uint8_t, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(crc64 >> (8 * i));
  }
  return bytes;
}

Fingerprints fingerprints(const Schema& schema) {
  const auto text = canonical_form(schema);
  return {crc64_avro(text), crypto::md5(text), crypto::sha256(text)};
}

}  // namespace limpet::avro
