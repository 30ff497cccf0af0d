// Box<T>: a structure inside a structure; on the heap, absent when empty. Like std::optional, but
// an absent one costs eight bytes, and T may be a type that contains itself.
//
//   if (input.schema_id) use(input.schema_id->schema_name);
//   output.schema_id = SchemaId{.schema_name = "orders"};
#pragma once

#include <utility>

namespace limpet::glue_model {

/// Copies are deep. A raw pointer inside, because a thousand unique_ptr types cost seconds of every
/// compilation. Threads: compatible.
template <class T>
class Box {
 public:
  constexpr Box() = default;
  Box(T value) : value_(new T(std::move(value))) {}  // NOLINT: implicit
  Box(const Box& other) : value_(other.value_ ? new T(*other.value_) : nullptr) {}
  Box(Box&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
  Box& operator=(Box other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Box() { delete value_; }

  bool has_value() const { return value_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  T& emplace() {
    reset();
    value_ = new T();
    return *value_;
  }
  void reset() { delete std::exchange(value_, nullptr); }

  /// Requires: has_value().
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return value_; }
  const T* operator->() const { return value_; }

 private:
  T* value_ = nullptr;
};

}  // namespace limpet::glue_model
