// Binding: say once which member of a struct is which field of a schema; no macros.
//
//   struct User { std::string_view name; std::int32_t age = 0; std::optional<std::string> email; };
//
//   template <>
//   struct limpet::value::Binding<User> {
//     static constexpr auto type = limpet::value::record("my.namespace.User",
//         limpet::value::field<"name">(&User::name),
//         limpet::value::field<"age">(&User::age),
//         limpet::value::field<"email">(&User::email, limpet::value::kMayBeAbsent));
//   };
//
// Members: bool, std::int32_t, std::int64_t, their unsigned forms, float, double,
// std::string_view, std::string, std::span<const std::byte>, std::vector<std::byte>,
// std::array<std::byte, N>, enums with an EnumBinding, bound structs, and of these std::optional,
// std::unique_ptr, std::vector, std::map and std::unordered_map (from std::string), std::variant.
// Other types do not compile: "no binding for this type". Structs and items must be default
// constructible. A field that the schema has and the struct lacks is skipped when reading.
// Threads: safe.
#pragma once

#include "limpet/value/struct_type.h"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace limpet::value {

/// Specialise for each struct; see the top of this file.
template <class T>
struct Binding;

/// Specialise for each enum:
///   template <> struct limpet::value::EnumBinding<Color> {
///     static constexpr auto symbols = limpet::value::symbols<Color>({
///         {"RED", Color::Red}, {"GREEN", Color::Green}}); };
template <class T>
struct EnumBinding;

/// A text as a template argument.
template <std::size_t N>
struct FieldName {
  char text[N]{};  // NOLINT: a literal type needs the plain array
  consteval FieldName(const char (&literal)[N]) { std::copy_n(literal, N, text); }  // NOLINT
  constexpr std::string_view view() const { return {text, N - 1}; }
};

enum class Presence : bool { Required, MayBeAbsent };
inline constexpr Presence kMayBeAbsent = Presence::MayBeAbsent;

template <class Class, class Member>
struct BoundField {
  std::string_view name;
  Member Class::* member;
  Presence presence;
};

template <FieldName Name, class Class, class Member>
constexpr auto field(Member Class::* member, Presence presence = Presence::Required) {
  // The literal's storage is that of the template argument: static.
  return BoundField<Class, Member>{Name.view(), member, presence};
}

template <class... Fields>
struct BoundRecord {
  std::string_view name;
  std::tuple<Fields...> fields;
};

/// `name`: the full name that the record has in its schema; a literal.
template <class... Fields>
constexpr auto record(std::string_view name, Fields... fields) {
  return BoundRecord<Fields...>{name, {fields...}};
}

template <class E>
struct Symbol {
  std::string_view name;
  E value;
};
template <class E, std::size_t N>
constexpr auto symbols(const Symbol<E> (&table)[N]) {  // NOLINT: a braced list becomes an array
  std::array<EnumTable::Entry, N> out{};
  for (std::size_t i = 0; i < N; ++i) {
    out[i] = {table[i].name, static_cast<std::int64_t>(table[i].value)};
  }
  return out;
}

template <class T>
concept Bound = requires { Binding<T>::type; };
template <class T>
concept BoundEnum = std::is_enum_v<T> && requires { EnumBinding<T>::symbols; };

/// The struct as data. The first call makes it.
template <Bound T>
const StructType& struct_type();

namespace detail {

template <class T>
struct TargetOf;  // no binding for this type

template <class T>
const TargetType& target() {
  static const TargetType type = TargetOf<T>::make();
  return type;
}

template <class T, TargetKind kKind>
struct PlainTarget {
  static TargetType make() { return {.kind = kKind, .bytes = sizeof(T)}; }
};
template <>
struct TargetOf<std::monostate> : PlainTarget<std::monostate, TargetKind::Nothing> {};
template <>
struct TargetOf<bool> : PlainTarget<bool, TargetKind::Boolean> {};
template <>
struct TargetOf<std::int32_t> : PlainTarget<std::int32_t, TargetKind::Int32> {};
template <>
struct TargetOf<std::int64_t> : PlainTarget<std::int64_t, TargetKind::Int64> {};
template <>
struct TargetOf<std::uint32_t> : PlainTarget<std::uint32_t, TargetKind::UInt32> {};
template <>
struct TargetOf<std::uint64_t> : PlainTarget<std::uint64_t, TargetKind::UInt64> {};
template <>
struct TargetOf<float> : PlainTarget<float, TargetKind::Float> {};
template <>
struct TargetOf<double> : PlainTarget<double, TargetKind::Double> {};
template <>
struct TargetOf<std::string_view> : PlainTarget<std::string_view, TargetKind::StringView> {};
template <>
struct TargetOf<std::string> : PlainTarget<std::string, TargetKind::String> {};
template <>
struct TargetOf<std::span<const std::byte>>
    : PlainTarget<std::span<const std::byte>, TargetKind::BytesView> {};
template <>
struct TargetOf<std::vector<std::byte>> : PlainTarget<std::vector<std::byte>, TargetKind::Bytes> {};
template <std::size_t N>
struct TargetOf<std::array<std::byte, N>>
    : PlainTarget<std::array<std::byte, N>, TargetKind::Fixed> {};

template <class Optional, class T>
struct OptionalTarget {
  static void* engage(void* optional) {
    auto& to = *static_cast<Optional*>(optional);
    if constexpr (requires { to.emplace(); }) {
      return &to.emplace();
    } else {
      to = std::make_unique<T>();
      return to.get();
    }
  }
  static void reset(void* optional) { static_cast<Optional*>(optional)->reset(); }
  static const void* peek(const void* optional) {
    const auto& from = *static_cast<const Optional*>(optional);
    return from ? &*from : nullptr;
  }
  static constexpr OptionalAccess kAccess{engage, reset, peek,
                                          std::is_same_v<Optional, std::optional<T>>};
  static TargetType make() {
    return {.kind = TargetKind::Optional,
            .bytes = sizeof(Optional),
            .element = target<T>,
            .optional = &kAccess};
  }
};
template <class T>
struct TargetOf<std::optional<T>> : OptionalTarget<std::optional<T>, T> {};
template <class T>
struct TargetOf<std::unique_ptr<T>> : OptionalTarget<std::unique_ptr<T>, T> {};

template <class T>
struct TargetOf<std::vector<T>> {
  static_assert(!std::is_same_v<T, bool>, "std::vector<bool> has no addressable items");
  using Vector = std::vector<T>;
  static void* append(void* sequence) { return &static_cast<Vector*>(sequence)->emplace_back(); }
  static void clear(void* sequence) { static_cast<Vector*>(sequence)->clear(); }
  static void reserve(void* sequence, std::size_t items) {
    static_cast<Vector*>(sequence)->reserve(items);
  }
  static std::size_t size(const void* sequence) {
    return static_cast<const Vector*>(sequence)->size();
  }
  static const void* data(const void* sequence) {
    return static_cast<const Vector*>(sequence)->data();
  }
  static constexpr SequenceAccess kAccess{append, clear, reserve, size, data};
  static TargetType make() {
    return {.kind = TargetKind::Sequence,
            .bytes = sizeof(Vector),
            .item_bytes = sizeof(T),
            .element = target<T>,
            .sequence = &kAccess};
  }
};

template <class M>
struct MapTarget {
  using T = typename M::mapped_type;
  static void* insert(void* map, std::string_view key) {
    const auto [entry, fresh] = static_cast<M*>(map)->try_emplace(std::string(key));
    if (!fresh) entry->second = T();  // of keys that repeat the last counts
    return &entry->second;
  }
  static void clear(void* map) { static_cast<M*>(map)->clear(); }
  static std::size_t size(const void* map) { return static_cast<const M*>(map)->size(); }
  static void for_each(const void* map, void* context,
                       bool (*visit)(void*, std::string_view, const void*)) {
    for (const auto& [key, value] : *static_cast<const M*>(map)) {
      if (!visit(context, key, &value)) return;
    }
  }
  static constexpr MapAccess kAccess{insert, clear, size, for_each};
  static TargetType make() {
    return {.kind = TargetKind::Map, .bytes = sizeof(M), .element = target<T>, .map = &kAccess};
  }
};
template <class T, class... Rest>
struct TargetOf<std::map<std::string, T, Rest...>> : MapTarget<std::map<std::string, T, Rest...>> {
};
template <class T, class... Rest>
struct TargetOf<std::unordered_map<std::string, T, Rest...>>
    : MapTarget<std::unordered_map<std::string, T, Rest...>> {};

template <class... Ts>
struct TargetOf<std::variant<Ts...>> {
  using Variant = std::variant<Ts...>;
  template <std::size_t I>
  static void* emplace_at(Variant& to) {
    return &to.template emplace<I>();
  }
  template <std::size_t... Is>
  static void* emplace_any(Variant& to, std::size_t alternative, std::index_sequence<Is...>) {
    static constexpr std::array<void* (*)(Variant&), sizeof...(Ts)> kTable{emplace_at<Is>...};
    return kTable[alternative](to);
  }
  static void* emplace(void* variant, std::size_t alternative) {
    return emplace_any(*static_cast<Variant*>(variant), alternative,
                       std::index_sequence_for<Ts...>());
  }
  static std::size_t index(const void* variant) {
    return static_cast<const Variant*>(variant)->index();
  }
  static const void* peek(const void* variant) {
    return std::visit([](const auto& held) -> const void* { return &held; },
                      *static_cast<const Variant*>(variant));
  }
  static constexpr VariantAccess kAccess{emplace, index, peek};
  static constexpr std::array<TargetTypeOf, sizeof...(Ts)> kAlternatives{target<Ts>...};
  static TargetType make() {
    return {.kind = TargetKind::Variant,
            .bytes = sizeof(Variant),
            .alternatives = kAlternatives,
            .variant = &kAccess};
  }
};

template <BoundEnum E>
struct TargetOf<E> {
  static void store(void* target, std::int64_t value) {
    *static_cast<E*>(target) = static_cast<E>(value);
  }
  static std::int64_t load(const void* target) {
    return static_cast<std::int64_t>(*static_cast<const E*>(target));
  }
  static TargetType make() {
    static constexpr auto kSymbols = EnumBinding<E>::symbols;
    static constexpr EnumTable kTable{kSymbols, store, load};
    return {.kind = TargetKind::Enum, .bytes = sizeof(E), .symbols = &kTable};
  }
};

template <Bound T>
struct TargetOf<T> {
  static TargetType make() {
    return {.kind = TargetKind::Struct, .bytes = sizeof(T), .record = struct_type<T>};
  }
};

template <class T, class Class, class Member>
StructField struct_field(const T& probe, const BoundField<Class, Member>& bound) {
  const auto* base = reinterpret_cast<const std::byte*>(&probe);                      // NOLINT
  const auto* member = reinterpret_cast<const std::byte*>(&(probe.*(bound.member)));  // NOLINT
  return {bound.name, static_cast<std::size_t>(member - base), target<Member>,
          bound.presence == Presence::MayBeAbsent};
}

}  // namespace detail

template <Bound T>
const StructType& struct_type() {
  static const StructType type = [] {
    const T probe{};  // its members tell their offsets
    return std::apply(
        [&probe](const auto&... fields) {
          return StructType(Binding<T>::type.name, sizeof(T),
                            {detail::struct_field(probe, fields)...});
        },
        Binding<T>::type.fields);
  }();
  return type;
}

}  // namespace limpet::value
