// Keys: readable text whose byte order is the order of its components.
//
//   const storage::Key key("orders", "order-value", 7);
//   key.text();                                  // "orders!order-value!00000000000000000007"
//   storage::prefix_range(key);                  // every key that begins with these three
//
// Components are joined by `!` (0x21), which is below every byte that a name may hold
// ([a-zA-Z0-9-_$#.]), so "a!…" sorts before "a-b!…" and a name that is a prefix of another comes
// first. A byte 0x00–0x22 inside a component is written as `"` and two upper-case hex digits, which
// keeps the order of any two components; names never need it. Numbers are 20 digits (any uint64).
#pragma once

#include "limpet/base/context.h"
#include "limpet/base/result.h"
#include "limpet/storage/store.h"

#include <compare>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::storage {

inline constexpr char kKeySeparator = '!';
inline constexpr char kKeyEscape = '"';

/// What a Key can be built from: text, a checked Name, a number that is not negative.
template <class T>
concept KeyPart = std::convertible_to<const T&, std::string_view> ||
                  (std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>) ||
                  requires(const T& name) {
                    { name.str() } -> std::convertible_to<std::string_view>;
                  };

/// One or more components. Two keys compare like their lists of components. Threads: compatible.
class Key {
 public:
  Key() = default;
  template <KeyPart... Parts>
    requires(sizeof...(Parts) > 0)
  Key(const Parts&... parts) {  // NOLINT: implicit, so that calls read get<Schema>({registry,
                                // name})
    (add(parts), ...);
  }

  /// Append a component.
  template <KeyPart Part>
  Key& add(const Part& part) {
    if constexpr (std::integral<Part>) {
      add_number(static_cast<std::int64_t>(part) < 0 && std::signed_integral<Part>,
                 static_cast<std::uint64_t>(part));
    } else if constexpr (std::convertible_to<const Part&, std::string_view>) {
      add_text(part);
    } else {
      add_text(part.str());
    }
    return *this;
  }
  /// Append all components of another key.
  Key& add(const Key& tail);

  /// Reads text() back. Errors: InvalidInput (a bad escape).
  static Result<Key> parse(std::string_view text);

  bool empty() const { return count_ == 0; }
  /// The key as it is stored.
  const std::string& text() const { return text_; }

  friend auto operator<=>(const Key& a, const Key& b) { return a.text_ <=> b.text_; }
  friend bool operator==(const Key& a, const Key& b) { return a.text_ == b.text_; }

 private:
  void add_text(std::string_view text);
  void add_number(bool negative, std::uint64_t number);  // asserts that it is not negative
  std::string text_;
  std::size_t count_ = 0;
};

/// The components of a stored key. Errors: InvalidInput (a bad escape).
Result<std::vector<std::string>> split_key(std::string_view key);

/// partition!account!region: what leads the key of everything that belongs to an account.
Key scope_key(const Scope& scope);

/// All keys that have `prefix` and at least one more component; all keys when it is empty.
Range prefix_range(const Key& prefix, std::size_t limit = 1000, Order order = Order::Ascending);

/// The smallest key above `key`: a scan that starts there goes on behind it.
std::string key_after(std::string_view key);

}  // namespace limpet::storage
