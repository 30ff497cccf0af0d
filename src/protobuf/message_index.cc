#include "limpet/protobuf/message_index.h"

#include <algorithm>
#include <array>

namespace limpet::protobuf {
namespace {

constexpr std::size_t kPathLength = 64;  // more than messages can nest

void append_varint(std::string& out, std::uint32_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

std::uint32_t zigzag(std::uint32_t value) { return value << 1; }

Error cut_off() { return Error::invalid_input("the message index is cut off"); }

// Moves `at` behind an unsigned varint of up to 32 bits; at most ten bytes, as everywhere in the
// wire format.
Result<std::uint32_t> read_varint(std::string_view bytes, std::size_t& at) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    if (at >= bytes.size()) return cut_off();
    const auto byte = static_cast<std::uint8_t>(bytes[at++]);
    const std::uint64_t bits = byte & 0x7FU;
    if (shift >= 32 ? bits != 0 : (bits << shift) > UINT32_MAX) {
      return Error::invalid_input("the message index is above 32 bits");
    }
    if (shift < 32) value |= bits << shift;
    if ((byte & 0x80U) == 0) return static_cast<std::uint32_t>(value);
  }
  return Error::invalid_input("the message index is longer than ten bytes");
}

Result<std::uint32_t> read_zigzag(std::string_view bytes, std::size_t& at) {
  LIMPET_TRY(const auto value, read_varint(bytes, at));
  if ((value & 1U) != 0) return Error::invalid_input("a message index is negative");
  return value >> 1U;
}

}  // namespace

std::optional<std::uint32_t> glue_index(const Schema& schema, std::string_view full_name) {
  const auto messages = schema.messages();
  const auto found = std::ranges::lower_bound(
      messages, full_name, {}, [](const Message* m) -> std::string_view { return m->full_name; });
  if (found == messages.end() || (*found)->full_name != full_name) return std::nullopt;
  return static_cast<std::uint32_t>(found - messages.begin());
}

const Message* message_at(const Schema& schema, std::uint32_t index) {
  const auto messages = schema.messages();
  return index < messages.size() ? messages[index] : nullptr;
}

std::string encode_glue_index(std::uint32_t index) {
  std::string out;
  append_varint(out, index);
  return out;
}

Result<GlueIndex> decode_glue_index(std::string_view bytes) {
  GlueIndex out;
  LIMPET_TRY(out.index, read_varint(bytes, out.size));
  return out;
}

std::vector<std::uint32_t> message_path(const Message& message) {
  std::vector<std::uint32_t> path;
  for (const auto* at = &message; at != nullptr; at = at->parent) path.push_back(at->index);
  std::ranges::reverse(path);
  return path;
}

const Message* message_at(const Schema& schema, std::span<const std::uint32_t> path) {
  static constexpr std::array<std::uint32_t, 1> kFirst{0};
  if (path.empty()) path = kFirst;
  const auto* scope = &schema.file().messages;
  const Message* found = nullptr;
  for (const auto index : path) {
    if (index >= scope->size()) return nullptr;
    found = &(*scope)[index];
    scope = &found->messages;
  }
  return found;
}

std::string encode_message_path(std::span<const std::uint32_t> path) {
  std::string out;
  if (path.empty() || (path.size() == 1 && path[0] == 0)) return std::string(1, '\0');
  append_varint(out, zigzag(static_cast<std::uint32_t>(path.size())));
  for (const auto index : path) append_varint(out, zigzag(index));
  return out;
}

Result<MessagePath> decode_message_path(std::string_view bytes) {
  MessagePath out;
  LIMPET_TRY(const auto length, read_zigzag(bytes, out.size));
  if (length > kPathLength) {
    return Error::invalid_input("the message index names more than " + std::to_string(kPathLength) +
                                " levels");
  }
  if (length == 0) out.path.push_back(0);
  for (std::uint32_t i = 0; i < length; ++i) {
    LIMPET_TRY(const auto index, read_zigzag(bytes, out.size));
    out.path.push_back(index);
  }
  return out;
}

}  // namespace limpet::protobuf
