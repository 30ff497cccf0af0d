// Nullable: a union of null and one plain type, read straight into a std::optional.
//
//   if (static_cast<std::size_t>(end - at) >= avro::kNullableBytes) {
//     at = avro::read_nullable(at, end, 0, user.age);     // null is branch 0; nullptr: look closer
//   }
//
// Wide records are mostly of these. One look at how many bytes are left is enough for the branch
// and what follows it, and nothing is told about what is wrong: that is for a slower reader, which
// begins again at the branch. (Avro 1.11.4 specification, "Unions", "Primitive Types".)
// Threads: safe.
#pragma once

#include "limpet/codec/varint.h"
#include "limpet/value/text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::avro {

/// The branch of a union of two, and the most that a number or a length takes.
inline constexpr std::size_t kNullableBytes = 1 + codec::kVarint64Bytes;

namespace detail {

using Place = const std::byte*;

template <class Number>
inline Number load_floating(Place at) {
  std::array<std::byte, sizeof(Number)> bytes;
  std::memcpy(bytes.data(), at, sizeof(Number));
  if constexpr (std::endian::native == std::endian::big) std::ranges::reverse(bytes);
  return std::bit_cast<Number>(bytes);
}

// All of them: kVarint64Bytes can be read from `at`; nullptr says no, and `to` is as it was.

inline Place read_sure(Place at, Place, std::optional<bool>& to) {
  const auto byte = std::to_integer<unsigned>(*at);
  if (byte > 1) [[unlikely]]
    return nullptr;
  to.emplace(byte != 0);
  return at + 1;
}
inline Place read_sure(Place at, Place, std::optional<std::int32_t>& to) {
  const auto number = codec::read_varint32_unchecked(at);
  if (!number) [[unlikely]]
    return nullptr;
  to.emplace(codec::unzigzag32(number.value));
  return number.next;
}
inline Place read_sure(Place at, Place, std::optional<std::int64_t>& to) {
  const auto number = codec::read_varint64_unchecked(at);
  if (!number) [[unlikely]]
    return nullptr;
  to.emplace(codec::unzigzag64(number.value));
  return number.next;
}
inline Place read_sure(Place at, Place, std::optional<float>& to) {
  to.emplace(load_floating<float>(at));
  return at + sizeof(float);
}
inline Place read_sure(Place at, Place, std::optional<double>& to) {
  to.emplace(load_floating<double>(at));
  return at + sizeof(double);
}

// data() nullptr: no.
[[gnu::always_inline]] inline std::string_view sure_bytes(Place at, Place end) {
  const auto number = codec::read_varint64_unchecked(at);
  const auto size = static_cast<std::uint64_t>(codec::unzigzag64(number.value));
  if (!number || size > static_cast<std::uint64_t>(end - number.next)) [[unlikely]]
    return {};
  return {reinterpret_cast<const char*>(number.next), static_cast<std::size_t>(size)};  // NOLINT
}
// Text that is not ASCII is left to the slower reader too, which knows the policy.
[[gnu::always_inline]] inline std::string_view sure_text(Place at, Place end) {
  const auto text = sure_bytes(at, end);
  const auto* begin = reinterpret_cast<Place>(text.data());  // NOLINT: characters are bytes
  if (begin == at + 1 && text.size() < 8) {
    // Eight bytes behind a length of one can be read whatever follows.
    constexpr std::uint64_t kTops = 0x8080808080808080U;
    const std::uint64_t own = (std::uint64_t{1} << (8 * text.size())) - 1;
    return (codec::detail::load_little64(begin) & own & kTops) == 0 ? text : std::string_view();
  }
  return value::is_ascii(text) ? text : std::string_view();
}
inline Place behind(std::string_view bytes) {
  return reinterpret_cast<Place>(bytes.data()) + bytes.size();  // NOLINT: characters are bytes
}

inline Place read_sure(Place at, Place end, std::optional<std::string_view>& to) {
  const auto text = sure_text(at, end);
  if (text.data() == nullptr) [[unlikely]]
    return nullptr;
  to.emplace(text);
  return behind(text);
}
inline Place read_sure(Place at, Place end, std::optional<std::string>& to) {
  const auto text = sure_text(at, end);
  if (text.data() == nullptr) [[unlikely]]
    return nullptr;
  (to ? *to : to.emplace()).assign(text);  // strings keep their memory
  return behind(text);
}
inline Place read_sure(Place at, Place end, std::optional<std::span<const std::byte>>& to) {
  const auto bytes = sure_bytes(at, end);
  if (bytes.data() == nullptr) [[unlikely]]
    return nullptr;
  to.emplace(std::as_bytes(std::span(bytes)));
  return behind(bytes);
}
inline Place read_sure(Place at, Place end, std::optional<std::vector<std::byte>>& to) {
  const auto bytes = sure_bytes(at, end);
  if (bytes.data() == nullptr) [[unlikely]]
    return nullptr;
  const auto from = std::as_bytes(std::span(bytes));
  (to ? *to : to.emplace()).assign(from.begin(), from.end());
  return behind(bytes);
}

}  // namespace detail

/// Read the union at `at` whose null is branch `null` (0 or 1). The byte behind it; nullptr: it is
/// wrong, spelled in more bytes than it needs, or text that is not ASCII, and `to` is as it was.
/// T: bool, std::int32_t, std::int64_t, float, double, std::string_view, std::string,
/// std::span<const std::byte>, std::vector<std::byte>.
/// Requires: kNullableBytes lie between `at` and `end`.
template <class T>
[[gnu::always_inline]] inline const std::byte* read_nullable(const std::byte* at,
                                                             const std::byte* end,
                                                             std::uint32_t null,
                                                             std::optional<T>& to) {
  // A branch is zig-zag: 00 or 02.
  const auto branch = std::to_integer<std::uint32_t>(*at);
  if (branch == 2 * null) {
    to.reset();
    return at + 1;
  }
  if (branch != 2 - 2 * null) [[unlikely]]
    return nullptr;
  return detail::read_sure(at + 1, end, to);
}

}  // namespace limpet::avro
