// Headers: names and values beside a message, as HTTP has them.
//
//   Headers headers{{"Host", "localhost"}, {"X-Amz-Target", "AWSGlue.GetTags"}};
//   headers.find("host");                                  // "localhost": names have no case
//   for (const auto& [name, value] : headers) …            // in order, repeated ones apart
//
// All texts lie in one buffer, since a request has a dozen headers and a server reads many
// requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet {

/// One header; borrows.
struct Header {
  std::string_view name;  ///< as received; names compare without case
  std::string_view value;

  friend bool operator==(const Header&, const Header&) = default;
};

/// The letters A to Z in lower case, whatever the locale; anything else as it is.
constexpr char to_lower_ascii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// "Host" and "HOST" are one name; ASCII only.
constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && to_lower_ascii(a[i]) != to_lower_ascii(b[i])) return false;
  }
  return true;
}

/// What it hands out is good until it is changed. Threads: confined.
class Headers {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Header;
    using difference_type = std::ptrdiff_t;
    using pointer = const Header*;
    using reference = Header;

    Iterator(const Headers& headers, std::size_t index) : headers_(&headers), index_(index) {}
    Header operator*() const { return (*headers_)[index_]; }
    Iterator& operator++() { return ++index_, *this; }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const Headers* headers_;
    std::size_t index_;
  };

  Headers() = default;
  Headers(std::initializer_list<Header> headers);

  std::size_t size() const { return places_.size(); }
  bool empty() const { return places_.empty(); }
  Header operator[](std::size_t index) const {
    const Place& place = places_[index];
    const char* name = text_.data() + place.begin;
    return {{name, place.name_size}, {name + place.name_size, place.value_size}};
  }
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

  /// The value of the first header of that name.
  std::optional<std::string_view> find(std::string_view name) const;

  /// Requires: less than 4 GiB in all. The texts may not be its own.
  void add(std::string_view name, std::string_view value);
  /// The only header of that name, behind all others. The texts may not be its own.
  void set(std::string_view name, std::string_view value);
  void erase(std::string_view name);
  void clear();
  /// Room for so many headers whose texts are so long together.
  void reserve(std::size_t count, std::size_t bytes);

  friend bool operator==(const Headers& a, const Headers& b);

 private:
  struct Place {
    std::uint32_t begin;  ///< of the name
    std::uint32_t name_size;
    std::uint32_t value_size;
  };
  std::string text_;
  std::vector<Place> places_;
};

}  // namespace limpet
