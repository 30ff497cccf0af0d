#include "limpet/base/headers.h"

#include "limpet/base/assert.h"

#include <algorithm>
#include <limits>

namespace limpet {
namespace {

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::ranges::equal(a, b, {}, to_lower, to_lower);
}

Headers::Headers(std::initializer_list<Header> headers) {
  places_.reserve(headers.size());
  for (const auto& [name, value] : headers) add(name, value);
}

Header Headers::operator[](std::size_t index) const {
  const Place& place = places_[index];
  const char* name = text_.data() + place.begin;
  return {{name, place.name_size}, {name + place.name_size, place.value_size}};
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Place& place : places_) {
    if (place.name_size != name.size()) continue;
    const char* text = text_.data() + place.begin;
    if (equal_ignoring_case({text, place.name_size}, name)) {
      return std::string_view(text + place.name_size, place.value_size);
    }
  }
  return std::nullopt;
}

void Headers::add(std::string_view name, std::string_view value) {
  LIMPET_ASSERT(text_.size() + name.size() + value.size() <=
                std::numeric_limits<std::uint32_t>::max());
  places_.push_back({.begin = static_cast<std::uint32_t>(text_.size()),
                     .name_size = static_cast<std::uint32_t>(name.size()),
                     .value_size = static_cast<std::uint32_t>(value.size())});
  text_.append(name).append(value);
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
