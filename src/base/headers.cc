#include "limpet/base/headers.h"

#include "limpet/base/assert.h"

#include <algorithm>
#include <limits>

namespace limpet {
Headers::Headers(std::initializer_list<Header> headers) {
  places_.reserve(headers.size());
  for (const auto& [name, value] : headers) add(name, value);
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& header : *this) {
    if (equal_ignoring_case(header.name, name)) return header.value;
  }
  return std::nullopt;
}

void Headers::add(std::string_view name, std::string_view value) {
  LIMPET_ASSERT(text_.size() + name.size() + value.size() <=
                std::numeric_limits<std::uint32_t>::max());
  places_.push_back({.begin = static_cast<std::uint32_t>(text_.size()),
                     .name_size = static_cast<std::uint32_t>(name.size()),
                     .value_size = static_cast<std::uint32_t>(value.size())});
  // One growth for both texts.
  const std::size_t begin = text_.size();
  text_.append(name.size() + value.size(), '\0');
  char* const at = text_.data() + begin;
  std::copy(value.begin(), value.end(), std::copy(name.begin(), name.end(), at));
}

void Headers::set(std::string_view name, std::string_view value) {
  erase(name);
  add(name, value);
}

void Headers::erase(std::string_view name) {
  std::erase_if(places_, [&](const Place& place) {
    return equal_ignoring_case(std::string_view(text_).substr(place.begin, place.name_size), name);
  });
}

void Headers::clear() {
  text_.clear();
  places_.clear();
}

void Headers::reserve(std::size_t count, std::size_t bytes) {
  places_.reserve(count);
  text_.reserve(bytes);
}

bool operator==(const Headers& a, const Headers& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

}  // namespace limpet
