// Records, schemas and messages that the tests of this room share.
#pragma once

#include "limpet/base/hex.h"
#include "limpet/serde/deserializer.h"
#include "limpet/serde/frame.h"
#include "limpet/serde/schema.h"
#include "limpet/value/binding.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace limpet::serde::testing {

struct User {
  std::string_view name;
  std::int32_t age = 0;
  std::string_view subject;
};

inline constexpr std::string_view kUserSchema =
    R"({"namespace":"my.namespace","name":"User","type":"record","fields":[)"
    R"({"name":"name","type":"string"},{"name":"age","type":"int"},)"
    R"({"name":"subject","type":"string"}]})";
inline constexpr std::string_view kPersonSchema =
    "syntax = \"proto3\";\nmessage Person {\n  string name = 1;\n}\n";

inline const Uuid kUserId = *Uuid::parse("b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63");

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

inline std::string from_hex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<char>(*lower_hex_digit(hex[i]) << 4 | *lower_hex_digit(hex[i + 1])));
  }
  return out;
}

inline std::string hex_of(std::span<const std::byte> bytes) {
  std::string out;
  for (const std::byte byte : bytes) append_hex(out, std::to_integer<std::uint8_t>(byte));
  return out;
}

/// A Glue message of that version.
inline std::string glue(const Uuid& version, std::string_view payload,
                        Compression compression = Compression::None) {
  const auto header = glue_header(version, compression);
  std::string out(reinterpret_cast<const char*>(header.data()), header.size());  // NOLINT
  return out.append(payload);
}

/// The id of the n-th schema of a test.
inline Uuid nth_id(std::uint32_t n) {
  std::array<std::uint8_t, 16> bytes{0xA0, 0, 0, 0, 0, 0, 0x40, 0, 0x80};
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[15 - i] = static_cast<std::uint8_t>(n >> (8 * i));
  }
  return Uuid(bytes);
}

/// {"name":"John Doe","age":6,"subject":"something"}
inline std::string user_payload() { return from_hex("104a6f686e20446f650c12736f6d657468696e67"); }

inline std::shared_ptr<MemorySource> source_of(std::string_view definition,
                                               DataFormat format = DataFormat::Avro) {
  auto source = std::make_shared<MemorySource>();
  const auto added = source->add(RegisteredText{.id = kUserId,
                                                .format = format,
                                                .definition = std::string(definition),
                                                .name = "users",
                                                .confluent_id = 1});
  if (!added) std::abort();
  return source;
}

}  // namespace limpet::serde::testing

template <>
struct limpet::value::Binding<limpet::serde::testing::User> {
  using User = limpet::serde::testing::User;
  static constexpr auto type = limpet::value::record(
      "my.namespace.User", limpet::value::field<"name">(&User::name),
      limpet::value::field<"age">(&User::age), limpet::value::field<"subject">(&User::subject));
};
