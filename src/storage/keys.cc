#include "limpet/storage/keys.h"

#include "limpet/base/assert.h"

namespace limpet::storage {

namespace {

constexpr std::string_view kHexDigits = "0123456789ABCDEF";
constexpr std::size_t kNumberDigits = 20;

bool needs_escape(char c) {
  return static_cast<unsigned char>(c) <= static_cast<unsigned char>(kKeyEscape);
}

}  // namespace

void Key::add_text(std::string_view text) {
  if (count_++ > 0) text_ += kKeySeparator;
  for (const char c : text) {
    if (needs_escape(c)) {
      text_ += kKeyEscape;
      text_ += kHexDigits[static_cast<unsigned char>(c) >> 4];
      text_ += kHexDigits[static_cast<unsigned char>(c) & 0xF];
    } else {
      text_ += c;
    }
  }
}

void Key::add_number(bool negative, std::uint64_t number) {
  LIMPET_ASSERT(!negative);
  const std::string digits = std::to_string(number);
  add_text(std::string(kNumberDigits - digits.size(), '0') + digits);
}

Key& Key::add(const Key& tail) {
  if (tail.empty()) return *this;
  if (count_ > 0) text_ += kKeySeparator;
  text_ += tail.text_;
  count_ += tail.count_;
  return *this;
}

Result<Key> Key::parse(std::string_view text) {
  LIMPET_TRY(const auto parts, split_key(text));
  Key key;
  for (const std::string& part : parts) key.add(part);
  return key;
}

Result<std::vector<std::string>> split_key(std::string_view key) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < key.size(); ++i) {
    const char c = key[i];
    if (c == kKeySeparator) {
      parts.emplace_back();
    } else if (c == kKeyEscape) {
      const auto high = i + 1 < key.size() ? kHexDigits.find(key[i + 1]) : std::string_view::npos;
      const auto low = i + 2 < key.size() ? kHexDigits.find(key[i + 2]) : std::string_view::npos;
      const auto byte = static_cast<char>(high * 16 + low);
      if (high == std::string_view::npos || low == std::string_view::npos || !needs_escape(byte)) {
        return Error::invalid_input("bad escape in a key", "byte " + std::to_string(i));
      }
      parts.back() += byte;
      i += 2;
    } else if (needs_escape(c)) {
      return Error::invalid_input("a key holds a byte that must be escaped",
                                  "byte " + std::to_string(i));
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

Key scope_key(const Scope& scope) { return {scope.partition, scope.account, scope.region}; }

Range prefix_range(const Key& prefix, std::size_t limit, Order order) {
  if (prefix.empty()) return {.from = "", .to = "", .limit = limit, .order = order};
  return {.from = prefix.text() + kKeySeparator,
          .to = prefix.text() + static_cast<char>(kKeySeparator + 1),
          .limit = limit,
          .order = order};
}

std::string key_after(std::string_view key) {
  std::string after(key);
  after += '\0';
  return after;
}

}  // namespace limpet::storage
