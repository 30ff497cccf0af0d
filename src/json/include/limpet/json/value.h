// Value: one JSON document as a tree (RFC 8259).
//
//   auto document = json::parse(R"({"age": 6})");
//   const json::Value* age = document->find("age");        // nullptr when absent
//   age->as_int64();                                       // optional<int64_t>{6}
//
// Members keep the order of the text, numbers their spelling. Threads: compatible.
#pragma once

#include "limpet/base/assert.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace limpet::json {

class Value;
struct Member;

enum class Kind : std::uint8_t { Null, Bool, Number, String, Array, Object };
std::string_view to_string(Kind kind);  ///< "null", "boolean", "number", …

class Value {
 public:
  Value();  ///< null
  ~Value();
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;

  static Value boolean(bool value);
  static Value integer(std::int64_t value);
  /// Requires: `text` is a JSON number.
  static Value number(std::string text);
  /// Requires: valid UTF-8.
  static Value string(std::string text);
  static Value array(std::vector<Value> items);
  static Value object(std::vector<Member> members);

  Kind kind() const;
  bool is_null() const { return kind() == Kind::Null; }
  bool is_bool() const { return kind() == Kind::Bool; }
  bool is_number() const { return kind() == Kind::Number; }
  bool is_string() const { return kind() == Kind::String; }
  bool is_array() const { return kind() == Kind::Array; }
  bool is_object() const { return kind() == Kind::Object; }

  /// Requires: is_bool().
  bool as_bool() const;
  /// The characters of a string, or a number as it was written. Requires: is_string() or
  /// is_number().
  const std::string& text() const;
  /// A number written without fraction and exponent that fits; nullopt otherwise.
  std::optional<std::int64_t> as_int64() const;
  /// Any number, rounded to the nearest double; nullopt when this is no number.
  std::optional<double> as_double() const;

  /// Empty unless is_array().
  std::span<const Value> items() const;
  /// Empty unless is_object().
  std::span<const Member> members() const;
  /// The member of that name, or nullptr (also when this is no object).
  const Value* find(std::string_view name) const;

  /// Set or replace a member. Requires: is_object().
  void set(std::string_view name, Value value);
  /// Append an item. Requires: is_array().
  void push_back(Value value);

  /// Where a number, or a string without escapes, began in the text it was parsed from, in bytes.
  /// Of other values: some place before it, because the parser does not tell. 0: made in code.
  std::size_t offset() const { return offset_; }

  /// Same kinds, texts, items and members in the same order; numbers by spelling; offsets ignored.
  friend bool operator==(const Value& a, const Value& b);

 private:
  friend class TreeBuilder;
  struct Number {
    std::string text;
  };
  using Array = std::vector<Value>;
  using Object = std::vector<Member>;
  std::variant<std::monostate, bool, Number, std::string, Array, Object> data_;
  std::size_t offset_ = 0;
};

struct Member {
  std::string name;
  Value value;

  friend bool operator==(const Member&, const Member&);
};

// What walks a tree asks these for every value.

inline Kind Value::kind() const { return static_cast<Kind>(data_.index()); }

inline const std::string& Value::text() const {
  if (const auto* number = std::get_if<Number>(&data_)) return number->text;
  LIMPET_ASSERT(is_string());
  return *std::get_if<std::string>(&data_);
}

inline std::span<const Value> Value::items() const {
  const auto* array = std::get_if<Array>(&data_);
  return array == nullptr ? std::span<const Value>() : std::span<const Value>(*array);
}

inline std::span<const Member> Value::members() const {
  const auto* object = std::get_if<Object>(&data_);
  return object == nullptr ? std::span<const Member>() : std::span<const Member>(*object);
}

}  // namespace limpet::json
