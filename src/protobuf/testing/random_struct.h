// Struct types made at random for message types: bags of members of all kinds, of which a seeded
// choice is bound to the fields. So readers and writers meet every pair of field and member.
//
//   RandomStructs structs(random, schema, Binding::Exact);
//   auto object = structs.make(*schema.find_message("p.M0"));   // an empty one
//   reader = MessageStructReader::make(schema, type, structs.type_of(type));
#pragma once

#include "limpet/base/assert.h"
#include "limpet/protobuf/schema.h"
#include "limpet/value/binding.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace limpet::protobuf::testing {

inline constexpr std::size_t kBags = 5;    // message types of a schema
inline constexpr std::size_t kSlots = 10;  // fields of a message

enum class Sign : std::uint8_t { Zero, One, Two };

template <std::size_t I>
struct Bag;

/// A member of each way to hold a T.
template <class T>
struct Forms {
  T one{};
  std::optional<T> maybe;
  std::unique_ptr<T> owned;
  std::vector<T> many;
  std::map<std::string, T> named;
};
template <>
struct Forms<bool> {
  bool one = true;
  std::optional<bool> maybe;
  std::unique_ptr<bool> owned;
  std::map<std::string, bool> named;
};
template <std::size_t I>
struct Forms<Bag<I>> {
  std::unique_ptr<Bag<I>> owned;
  std::vector<Bag<I>> many;
  std::map<std::string, Bag<I>> named;
};

using Various = std::variant<std::monostate, std::int32_t, std::int64_t, double, std::string, bool>;
using Slot =
    std::tuple<Forms<bool>, Forms<std::int32_t>, Forms<std::int64_t>, Forms<std::uint32_t>,
               Forms<std::uint64_t>, Forms<float>, Forms<double>, Forms<std::string_view>,
               Forms<std::string>, Forms<std::span<const std::byte>>, Forms<std::vector<std::byte>>,
               Forms<std::array<std::byte, 2>>, Forms<Sign>, Forms<Various>, Forms<Bag<0>>,
               Forms<Bag<1>>, Forms<Bag<2>>, Forms<Bag<3>>, Forms<Bag<4>>>;
template <std::size_t I>
struct Bag {
  std::array<Slot, kSlots> slots;
};

/// Types of the bags, as the last RandomStructs has them.
inline std::array<std::optional<value::StructType>, kBags>& bag_types() {
  static std::array<std::optional<value::StructType>, kBags> types;
  return types;
}

}  // namespace limpet::protobuf::testing

template <>
struct limpet::value::EnumBinding<limpet::protobuf::testing::Sign> {
  using Sign = limpet::protobuf::testing::Sign;
  static constexpr auto symbols = limpet::value::symbols<Sign>(
      {{"Z0", Sign::Zero}, {"V0_1", Sign::One}, {"Z1", Sign::Zero}, {"V1_2", Sign::Two}});
};
template <std::size_t I>
struct limpet::value::detail::TargetOf<limpet::protobuf::testing::Bag<I>> {
  static const StructType& record() { return *limpet::protobuf::testing::bag_types().at(I); }
  static TargetType make() {
    return {.kind = TargetKind::Struct,
            .bytes = sizeof(limpet::protobuf::testing::Bag<I>),
            .record = record};
  }
};

namespace limpet::protobuf::testing {

enum class Binding : std::uint8_t {
  Exact,  ///< every field, with a member that loses nothing
  Any,    ///< some fields, and members of any type
};

class RandomStructs {
 public:
  template <class Random>
  RandomStructs(Random& random, const Schema& schema, Binding binding)
      : proto3_(schema.file().syntax == Syntax::Proto3) {
    for (const auto* message : schema.messages()) {
      if (!message->map_entry) bags_.emplace(message, bags_.size());
    }
    LIMPET_ASSERT(bags_.size() <= kBags);
    for (const auto& [message, bag] : bags_) {
      std::vector<value::StructField> fields;
      std::size_t slot = 0;
      for (const auto& field : message->fields) {
        LIMPET_ASSERT(slot < kSlots);
        const bool exact = binding == Binding::Exact || random.chance(2);
        if (exact) {
          add_exact(random, fields, field, slot++);
        } else if (!random.chance(4)) {
          add_any(random, fields, field, slot++);
        }
      }
      if (binding == Binding::Any && random.chance(20)) {
        add(fields, {"none", 0, value::detail::target<std::optional<bool>>, random.chance(2)},
            Form::Maybe, Kind::Boolean, kSlots - 1);
      }
      bag_types().at(bag).emplace(message->full_name, sizeof(Bag<0>), std::move(fields));
    }
  }

  const value::StructType& type_of(const Message& message) const {
    return *bag_types().at(bags_.at(&message));
  }
  /// Any bag is like the others.
  static std::unique_ptr<Bag<0>> make() { return std::make_unique<Bag<0>>(); }

 private:
  enum class Form : std::uint8_t { One, Maybe, Owned, Many, Named };
  enum class Kind : std::uint8_t {
    Boolean,
    Int32,
    Int64,
    UInt32,
    UInt64,
    Float,
    Double,
    View,
    Text,
    BytesView,
    Bytes,
    Fixed,
    Symbol,
    Variant,
    FirstBag,
  };
  struct Place {
    std::size_t offset = 0;  // in a bag's slot
    value::TargetTypeOf type = nullptr;
  };

  // Where the members of each kind and form are in a slot.
  static const std::map<std::pair<std::size_t, Form>, Place>& places() {
    static const auto made = [] {
      std::map<std::pair<std::size_t, Form>, Place> out;
      const auto probe = std::make_unique<Slot>();
      const auto at = [&](const void* member) {
        return static_cast<std::size_t>(static_cast<const std::byte*>(member) -
                                        reinterpret_cast<const std::byte*>(probe.get()));
      };
      const auto note = [&]<class T>(std::size_t kind, Form form, const T& member) {
        out[{kind, form}] = {at(&member), value::detail::target<T>};
      };
      const auto all = [&](std::size_t kind, const auto& forms) {
        if constexpr (requires { forms.one; }) note(kind, Form::One, forms.one);
        if constexpr (requires { forms.maybe; }) note(kind, Form::Maybe, forms.maybe);
        if constexpr (requires { forms.many; }) note(kind, Form::Many, forms.many);
        note(kind, Form::Owned, forms.owned);
        note(kind, Form::Named, forms.named);
      };
      [&]<std::size_t... Is>(std::index_sequence<Is...>) {
        (all(Is, std::get<Is>(*probe)), ...);
      }(std::make_index_sequence<std::tuple_size_v<Slot>>());
      return out;
    }();
    return made;
  }

  void add(std::vector<value::StructField>& fields, value::StructField field, Form form, Kind kind,
           std::size_t slot, std::size_t bag = 0) {
    const auto found = places().find({static_cast<std::size_t>(kind) + bag, form});
    if (found == places().end()) return;
    field.offset = slot * sizeof(Slot) + found->second.offset;
    field.type = found->second.type;
    fields.push_back(field);
  }

  static Kind exact_kind(FieldType type, bool owned) {
    switch (type) {
      case FieldType::Double:
        return Kind::Double;
      case FieldType::Float:
        return Kind::Float;
      case FieldType::Int64:
      case FieldType::SFixed64:
      case FieldType::SInt64:
        return Kind::Int64;
      case FieldType::UInt64:
      case FieldType::Fixed64:
        return Kind::UInt64;
      case FieldType::Int32:
      case FieldType::SFixed32:
      case FieldType::SInt32:
        return Kind::Int32;
      case FieldType::UInt32:
      case FieldType::Fixed32:
        return Kind::UInt32;
      case FieldType::Bool:
        return Kind::Boolean;
      case FieldType::String:
      case FieldType::Enum:
        return owned ? Kind::Text : Kind::View;
      case FieldType::Bytes:
        return owned ? Kind::Bytes : Kind::BytesView;
      case FieldType::Group:
      case FieldType::Message:
        break;
    }
    return Kind::FirstBag;
  }

  template <class Random>
  void add_exact(Random& random, std::vector<value::StructField>& fields, const Field& field,
                 std::size_t slot) {
    const Field& value = field.is_map() ? *field.message->find_field(2) : field;
    auto kind = exact_kind(value.type, random.chance(2));
    const auto bag = kind == Kind::FirstBag ? bags_.at(value.message) : 0;
    const bool presence = !field.repeated && (kind == Kind::FirstBag || field.oneof || !proto3_ ||
                                              field.label == Label::Optional);
    Form form = Form::One;
    if (field.is_map()) {
      form = Form::Named;
    } else if (field.repeated) {
      form = Form::Many;
      // There is no std::vector<bool> to bind.
      if (kind == Kind::Boolean) kind = Kind::Variant;
    } else if (presence || random.chance(4)) {
      form = kind != Kind::FirstBag && random.chance(2) ? Form::Maybe : Form::Owned;
    }
    add(fields, {field.name, 0, nullptr, false}, form, kind, slot, bag);
  }

  template <class Random>
  void add_any(Random& random, std::vector<value::StructField>& fields, const Field& field,
               std::size_t slot) {
    const Field& value = field.is_map() ? *field.message->find_field(2) : field;
    auto kind = static_cast<Kind>(random.pick(static_cast<std::size_t>(Kind::FirstBag)));
    std::size_t bag = 0;
    if (value.message != nullptr && !random.chance(4)) {
      kind = Kind::FirstBag;
      bag = bags_.at(value.message);
    }
    auto form = static_cast<Form>(random.pick(5));
    if (!random.chance(4)) {
      form = field.is_map()   ? Form::Named
             : field.repeated ? Form::Many
                              : static_cast<Form>(random.pick(3));
    }
    add(fields, {field.name, 0, nullptr, random.chance(2)}, form, kind, slot, bag);
    // Now and then the same once more.
    if (random.chance(8)) {
      add(fields, {field.name, 0, nullptr, random.chance(2)}, Form::Maybe, Kind::Variant, slot);
    }
  }

  bool proto3_;
  std::map<const Message*, std::size_t> bags_;
};

}  // namespace limpet::protobuf::testing
