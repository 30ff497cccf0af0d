// Uuid: 128 bits, printed as 36 lower-case characters (RFC 9562).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace limpet {

class Uuid {
 public:
  Uuid() = default;
  explicit Uuid(const std::array<std::uint8_t, 16>& bytes) : bytes_(bytes) {}

  /// A version 4 (random) UUID from 16 random bytes.
  static Uuid v4(std::array<std::uint8_t, 16> random);

  /// Lower-case 8-4-4-4-12 only; anything else is nullopt.
  static std::optional<Uuid> parse(std::string_view text);

  std::string to_string() const;
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

  friend auto operator<=>(const Uuid&, const Uuid&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

/// Makes ids. Random in the program, counted in tests. Threads: safe.
class IdSource {
 public:
  virtual ~IdSource() = default;
  virtual Uuid next() = 0;
};

}  // namespace limpet
