#include "limpet/json/value.h"

#include "limpet/base/assert.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace limpet::json {

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::Null:
      return "null";
    case Kind::Bool:
      return "boolean";
    case Kind::Number:
      return "number";
    case Kind::String:
      return "string";
    case Kind::Array:
      return "array";
    case Kind::Object:
      return "object";
  }
  return "";
}

Value::Value() = default;
Value::~Value() = default;
Value::Value(const Value&) = default;
Value::Value(Value&&) noexcept = default;
Value& Value::operator=(const Value&) = default;
Value& Value::operator=(Value&&) noexcept = default;

Value Value::boolean(bool value) {
  Value result;
  result.data_ = value;
  return result;
}

Value Value::integer(std::int64_t value) { return number(std::to_string(value)); }

Value Value::number(std::string text) {
  Value result;
  result.data_ = Number{std::move(text)};
  return result;
}

Value Value::string(std::string text) {
  Value result;
  result.data_ = std::move(text);
  return result;
}

Value Value::array(std::vector<Value> items) {
  Value result;
  result.data_ = std::move(items);
  return result;
}

Value Value::object(std::vector<Member> members) {
  Value result;
  result.data_ = std::move(members);
  return result;
}

bool Value::as_bool() const {
  LIMPET_ASSERT(is_bool());
  return std::get<bool>(data_);
}

std::optional<std::int64_t> Value::as_int64() const {
  const auto* number = std::get_if<Number>(&data_);
  if (number == nullptr) return std::nullopt;
  const auto& text = number->text;
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> Value::as_double() const {
  const auto* number = std::get_if<Number>(&data_);
  if (number == nullptr) return std::nullopt;
  double value = 0;
  const auto& text = number->text;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  // Out of range: strtod rounds to zero or infinity, as IEEE 754 asks.
  if (failure == std::errc::result_out_of_range) return std::strtod(text.c_str(), nullptr);
  return value;
}

const Value* Value::find(std::string_view name) const {
  for (const auto& member : members()) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

void Value::set(std::string_view name, Value value) {
  LIMPET_ASSERT(is_object());
  auto& object = std::get<Object>(data_);
  const auto found =
      std::find_if(object.begin(), object.end(), [&](const Member& m) { return m.name == name; });
  if (found != object.end()) {
    found->value = std::move(value);
  } else {
    object.push_back(Member{std::string(name), std::move(value)});
  }
}

void Value::push_back(Value value) {
  LIMPET_ASSERT(is_array());
  std::get<Array>(data_).push_back(std::move(value));
}

bool operator==(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::Null:
      return true;
    case Kind::Bool:
      return a.as_bool() == b.as_bool();
    case Kind::Number:
    case Kind::String:
      return a.text() == b.text();
    case Kind::Array:
      return std::ranges::equal(a.items(), b.items());
    case Kind::Object:
      return std::ranges::equal(a.members(), b.members());
  }
  return false;
}

bool operator==(const Member& a, const Member& b) { return a.name == b.name && a.value == b.value; }

}  // namespace limpet::json
