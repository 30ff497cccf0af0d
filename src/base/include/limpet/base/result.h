// Result<T>: a value or an Error, shaped like std::expected.
//
//   Result<int> parse_port(std::string_view text);
//   Result<Address> parse(std::string_view text) {
//     LIMPET_TRY(const int port, parse_port(text));   // returns the error to our caller
//     return Address{port};
//   }
#pragma once

#include "limpet/base/error.h"

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace limpet {

template <class T>
class [[nodiscard]] Result {
 public:
  /// An Internal error; exists because coroutine frames need a default value.
  Result() : state_(std::in_place_index<1>, Error::internal("no result")) {}
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit
  template <class U>
    requires(std::is_convertible_v<U &&, T> && !std::is_same_v<std::decay_t<U>, Result> &&
             !std::is_same_v<std::decay_t<U>, Error> && !std::is_same_v<std::decay_t<U>, T>)
  Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}  // NOLINT

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  /// Requires: has_value().
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }

  /// Requires: !has_value().
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

  T value_or(T fallback) && {
    return has_value() ? std::get<0>(std::move(state_)) : std::move(fallback);
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit

  bool has_value() const { return !error_; }
  explicit operator bool() const { return has_value(); }
  const Error& error() const& { return *error_; }
  Error&& error() && { return *std::move(error_); }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

/// nullopt for success; the code otherwise. For tests and tables.
template <class T>
std::optional<Code> code_of(const Result<T>& result) {
  return result ? std::nullopt : std::optional(result.error().code);
}

}  // namespace limpet

#define LIMPET_CONCAT_INNER_(a, b) a##b
#define LIMPET_CONCAT_(a, b) LIMPET_CONCAT_INNER_(a, b)
#define LIMPET_TRY_(temporary, declaration, ...)       \
  auto temporary = (__VA_ARGS__);                      \
  if (!temporary) return std::move(temporary).error(); \
  declaration = *std::move(temporary)

/// LIMPET_TRY(auto value, expression): declare `value` from a Result, or return its error.
#define LIMPET_TRY(declaration, ...) \
  LIMPET_TRY_(LIMPET_CONCAT_(limpet_result_, __LINE__), declaration, __VA_ARGS__)

/// LIMPET_CHECK(expression): return the error of a Status (or any Result), else go on.
#define LIMPET_CHECK(...)                                     \
  do {                                                        \
    if (auto limpet_status = (__VA_ARGS__); !limpet_status) { \
      return std::move(limpet_status).error();                \
    }                                                         \
  } while (false)
