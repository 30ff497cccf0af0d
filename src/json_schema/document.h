// What a validator looks at: a tree of JSON values, or views.
//
// A Document names the type of a value, which is asked kind(), text(), as_bool(), as_int64(),
// items() and members(), and has known_type(), plain_number(), number_text() and all_members().
#pragma once

#include "limpet/json/value.h"
#include "limpet/value/view.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace limpet::json_schema {

enum TypeBit : std::uint8_t {
  kNull = 1,
  kBoolean = 2,
  kNumber = 4,
  kString = 8,
  kArray = 16,
  kObject = 32,
  kInteger = 64,
};

inline std::uint8_t type_bit_of(json::Kind kind) {
  static_assert(1 << static_cast<int>(json::Kind::Null) == kNull &&
                1 << static_cast<int>(json::Kind::Object) == kObject);
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(kind));
}

// A number as it is written, where it takes no exact arithmetic to know what it is.
struct PlainNumber {
  enum class Form : std::uint8_t { Other, Whole, Fraction };
  std::int64_t whole = 0;  // of a fraction: what stands before the point
  Form form = Form::Other;
  bool negative = false;
};
inline PlainNumber plain_number(std::string_view text) {
  constexpr std::size_t kMaxDigits = 18;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool negative = text.front() == '-';
  std::size_t at = negative ? 1 : 0;
  const auto end = std::min(text.size(), at + kMaxDigits);
  std::int64_t whole = 0;
  for (; at < end && is_digit(text[at]); ++at) whole = whole * 10 + (text[at] - '0');
  if (negative) whole = -whole;
  if (at == text.size()) return {whole, PlainNumber::Form::Whole, negative};
  if (text[at] != '.') return {};
  while (++at < text.size() && is_digit(text[at])) {
  }
  if (at < text.size()) return {};
  return {whole, PlainNumber::Form::Fraction, negative};
}

/// Room for the text of a number that has none.
using NumberRoom = std::array<char, 40>;

/// Values of json::parse().
struct Tree {
  using Value = const json::Value&;
  static json::Value text(const std::string& name) { return json::Value::string(name); }
};
/// The bit of its kind, and of an integer kInteger where that takes no look at the text.
inline std::uint8_t known_type(const json::Value& value) { return type_bit_of(value.kind()); }
inline PlainNumber plain_number(const json::Value& value) { return plain_number(value.text()); }
/// Does `visit(name, value)` answer true for each member? Stops where it does not.
template <class Visit>
[[gnu::always_inline]] inline bool all_members(const json::Value& value, Visit visit) {
  for (const auto& [name, member] : value.members()) {
    if (!visit(std::string_view(name), member)) return false;
  }
  return true;
}
inline std::string_view number_text(const json::Value& value, NumberRoom&) { return value.text(); }

/// A value of value::read_json(), or of any reader: a Record is an object and an Enum a string;
/// Bytes are a string of those bytes; NaN and the infinities are strings. The view must live.
class ViewValue {
 public:
  ViewValue(const value::View& view) : view_(&view) {}  // NOLINT: stands for it

  json::Kind kind() const {
    static_assert(kKinds.size() == static_cast<std::size_t>(value::Kind::Record) + 1);
    if (is_real() && !std::isfinite(view_->as_double())) return json::Kind::String;
    return kKinds[static_cast<std::size_t>(view_->kind())];
  }
  [[gnu::always_inline]] std::uint8_t known_type() const {
    const auto type = kKnownTypes[static_cast<std::size_t>(view_->kind())];
    if (type != 0) [[likely]]
      return type;
    return static_cast<std::uint8_t>(std::isfinite(view_->as_double()) ? kNumber : kString);
  }
  bool is_number() const { return kind() == json::Kind::Number; }
  bool is_string() const { return kind() == json::Kind::String; }
  bool is_array() const { return view_->kind() == value::Kind::Array; }
  bool is_object() const { return kind() == json::Kind::Object; }

  /// Requires: a boolean.
  bool as_bool() const { return view_->as_boolean(); }
  /// Requires: is_string().
  std::string_view text() const {
    switch (view_->kind()) {
      case value::Kind::Bytes:
        return view_->as_bytes();
      case value::Kind::Float:
      case value::Kind::Double:
        if (std::isnan(view_->as_double())) return "NaN";
        return view_->as_double() > 0 ? "Infinity" : "-Infinity";
      default:
        return view_->text();
    }
  }
  /// An integer that fits and is not written with point or exponent.
  std::optional<std::int64_t> as_int64() const {
    switch (view_->kind()) {
      case value::Kind::Int:
      case value::Kind::Long:
        return view_->as_long();
      case value::Kind::UnsignedLong:
        if (view_->as_unsigned_long() > INT64_MAX) return std::nullopt;
        return static_cast<std::int64_t>(view_->as_unsigned_long());
      default:
        return std::nullopt;
    }
  }

  class Items;
  class Members;
  Items items() const;
  Members members() const;
  const value::View& view() const { return *view_; }

 private:
  bool is_real() const {
    return view_->kind() == value::Kind::Float || view_->kind() == value::Kind::Double;
  }

  // By value::Kind; kKinds of reals that are finite, kKnownTypes has none of them.
  static constexpr std::array kKinds{json::Kind::Null,   json::Kind::Bool,   json::Kind::Number,
                                     json::Kind::Number, json::Kind::Number, json::Kind::Number,
                                     json::Kind::Number, json::Kind::Number, json::Kind::String,
                                     json::Kind::String, json::Kind::String, json::Kind::Array,
                                     json::Kind::Object, json::Kind::Object};
  static constexpr std::array<std::uint8_t, kKinds.size()> kKnownTypes{
      kNull,   kBoolean, kInteger, kInteger, kInteger, 0,       0,
      kNumber, kString,  kString,  kString,  kArray,   kObject, kObject};
  const value::View* view_;
};

class ViewValue::Items {
 public:
  explicit Items(std::span<const value::View> items) : items_(items) {}
  std::size_t size() const { return items_.size(); }
  ViewValue operator[](std::size_t i) const { return items_[i]; }
  Items subspan(std::size_t from) const { return Items(items_.subspan(from)); }

  struct Iterator {
    const value::View* at;
    ViewValue operator*() const { return *at; }
    Iterator& operator++() {
      ++at;
      return *this;
    }
    bool operator==(const Iterator&) const = default;
  };
  Iterator begin() const { return {items_.data()}; }
  Iterator end() const { return {items_.data() + items_.size()}; }

 private:
  std::span<const value::View> items_;
};
inline ViewValue::Items ViewValue::items() const {
  return Items(is_array() ? view_->items() : std::span<const value::View>());
}

struct ViewMember {
  std::string_view name;
  ViewValue value;
};

/// Views of JSON have no other keys than strings.
inline std::string_view name_of(const value::MapEntry& entry) {
  return entry.key.kind() == value::Kind::String ? entry.key.text() : std::string_view("");
}

/// Of a map or a record.
class ViewValue::Members {
 public:
  explicit Members(const value::View& view) {
    if (view.kind() == value::Kind::Map) {
      entries_ = view.entries().data();
      size_ = view.size();
    } else if (view.kind() == value::Kind::Record) {
      values_ = view.items().data();
      names_ = view.shape().fields().data();
      size_ = view.size();
    }
  }
  std::size_t size() const { return size_; }
  ViewMember operator[](std::size_t i) const {
    if (values_ != nullptr) return {names_[i], values_[i]};
    return {name_of(entries_[i]), entries_[i].value};
  }
  struct Iterator {
    const Members* members;
    std::size_t at;
    ViewMember operator*() const { return (*members)[at]; }
    Iterator& operator++() {
      ++at;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at != other.at; }
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size_}; }

 private:
  const value::MapEntry* entries_ = nullptr;
  const value::View* values_ = nullptr;
  const std::string* names_ = nullptr;
  std::size_t size_ = 0;
};
inline ViewValue::Members ViewValue::members() const { return Members(*view_); }

[[gnu::always_inline]] inline std::uint8_t known_type(const ViewValue& value) {
  return value.known_type();
}
template <class Visit>
[[gnu::always_inline]] inline bool all_members(const ViewValue& value, Visit visit) {
  const auto& view = value.view();
  if (view.kind() == value::Kind::Map) [[likely]] {
    for (const auto& entry : view.entries()) {
      if (!visit(name_of(entry), ViewValue(entry.value))) return false;
    }
    return true;
  }
  for (const auto& [name, member] : value.members()) {
    if (!visit(name, member)) return false;
  }
  return true;
}

struct Views {
  using Value = ViewValue;
  static value::View text(std::string_view name) { return value::View::string(name); }
};

inline std::string_view number_text(const ViewValue& value, NumberRoom& room) {
  const auto& view = value.view();
  const auto write = [&room](auto number) {
    char* end = std::to_chars(room.data(), room.data() + room.size(), number).ptr;
    return std::string_view(room.data(), static_cast<std::size_t>(end - room.data()));
  };
  // With a point or an exponent, as it was written: to draft-04 that is no integer.
  const auto write_real = [&](auto number) {
    auto text = write(number);
    if (text.find_first_of(".e") != std::string_view::npos) return text;
    room[text.size()] = '.';
    room[text.size() + 1] = '0';
    return std::string_view(room.data(), text.size() + 2);
  };
  switch (view.kind()) {
    case value::Kind::Int:
    case value::Kind::Long:
      return write(view.as_long());
    case value::Kind::UnsignedLong:
      return write(view.as_unsigned_long());
    case value::Kind::Float:
      return write_real(static_cast<float>(view.as_double()));
    case value::Kind::Double:
      return write_real(view.as_double());
    default:
      return view.text();
  }
}

inline PlainNumber plain_number(const ViewValue& value) {
  constexpr double kExact = 1e15;
  const auto& view = value.view();
  switch (view.kind()) {
    case value::Kind::Int:
    case value::Kind::Long:
      return {view.as_long(), PlainNumber::Form::Whole, view.as_long() < 0};
    case value::Kind::Float:
    case value::Kind::Double: {
      const double number = view.as_double();
      if (number >= kExact || number <= -kExact) return {};
      return {static_cast<std::int64_t>(number), PlainNumber::Form::Fraction, std::signbit(number)};
    }
    case value::Kind::Number:
      return plain_number(view.text());
    default:
      return {};
  }
}

}  // namespace limpet::json_schema
