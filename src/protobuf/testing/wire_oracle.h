// libprotobuf as the judge of what a message says: random messages of any type, and whether a view
// and a libprotobuf message are the same.
//
//   Oracle oracle(schema, *schema.find_message("p.M"));
//   auto message = oracle.random(random);
//   EXPECT_EQ(difference(*message, view), "");
#pragma once

#include "../document.h"

#include "limpet/protobuf/schema.h"
#include "limpet/value/view.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/coded_stream.h>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace limpet::protobuf::testing {

class Oracle {
 public:
  Oracle(const Schema& schema, const Message& message)
      : schema_(schema),
        factory_(&schema_.document().pool),
        type_(schema_.document().pool.FindMessageTypeByName(message.full_name)) {}

  std::unique_ptr<pb::Message> empty() {
    return std::unique_ptr<pb::Message>(factory_.GetPrototype(type_)->New());
  }

  /// nullptr: libprotobuf refuses the bytes. Required fields may be missing.
  std::unique_ptr<pb::Message> read(std::string_view bytes) {
    auto message = empty();
    if (!message->ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      return nullptr;
    }
    return message;
  }

  /// Fields of all kinds with all sorts of values; required ones are always there.
  template <class Random>
  std::unique_ptr<pb::Message> random(Random& random) {
    auto message = empty();
    fill(random, *message, 0);
    return message;
  }

 private:
  template <class Random>
  static std::uint64_t bits(Random& random) {
    const auto any = static_cast<std::uint64_t>(random.pick(SIZE_MAX));
    switch (random.pick(6)) {
      case 0:
        return any;
      case 1:
        return ~std::uint64_t{0} - any % 3;
      case 2:
        return std::uint64_t{1} << (any % 64);
      default:
        return any % 300;
    }
  }
  template <class Random>
  static std::string text(Random& random) {
    static constexpr std::string_view kParts[] = {
        "x", "text ", "\xC3\xA4", "\xF0\x9F\x90\x9A", "\"\\\n", "0123456789abcdef"};
    std::string out;
    for (auto left = random.pick(5); left > 0; --left) out += kParts[random.pick(6)];
    return out;
  }

  template <class Random>
  void fill(Random& random, pb::Message& message, int depth) {
    const auto* type = message.GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const auto* field = type->field(i);
      const bool holds = field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE;
      if (!field->is_required() && !type->options().map_entry() &&
          (random.chance(3) || (holds && depth > 3))) {
        continue;
      }
      if (holds && depth > 20) continue;
      for (auto left = field->is_repeated() ? random.pick(7) : 1; left > 0; --left) {
        put(random, message, *field, depth);
      }
    }
  }

  template <class Random>
  void put(Random& random, pb::Message& message, const pb::FieldDescriptor& field, int depth) {
    using F = pb::FieldDescriptor;
    const auto& r = *message.GetReflection();
    const auto number = bits(random);
    const bool many = field.is_repeated();
    const auto set = [&](auto one, auto more, auto value) {
      (r.*(many ? more : one))(&message, &field, value);
    };
    using R = pb::Reflection;
    switch (field.cpp_type()) {
      case F::CPPTYPE_INT32:
        return set(&R::SetInt32, &R::AddInt32, static_cast<std::int32_t>(number));
      case F::CPPTYPE_INT64:
        return set(&R::SetInt64, &R::AddInt64, static_cast<std::int64_t>(number));
      case F::CPPTYPE_UINT32:
        return set(&R::SetUInt32, &R::AddUInt32, static_cast<std::uint32_t>(number));
      case F::CPPTYPE_UINT64:
        return set(&R::SetUInt64, &R::AddUInt64, number);
      case F::CPPTYPE_DOUBLE:
        return set(&R::SetDouble, &R::AddDouble, std::bit_cast<double>(number));
      case F::CPPTYPE_FLOAT:
        return set(&R::SetFloat, &R::AddFloat,
                   std::bit_cast<float>(static_cast<std::uint32_t>(number)));
      case F::CPPTYPE_BOOL:
        return set(&R::SetBool, &R::AddBool, number % 2 == 0);
      case F::CPPTYPE_ENUM: {
        const auto& values = *field.enum_type();
        const bool open = field.file()->syntax() == pb::FileDescriptor::SYNTAX_PROTO3;
        const int value = open && random.chance(4)
                              ? static_cast<std::int32_t>(number)
                              : values
                                    .value(static_cast<int>(random.pick(
                                        static_cast<std::size_t>(values.value_count()))))
                                    ->number();
        return set(&R::SetEnumValue, &R::AddEnumValue, value);
      }
      case F::CPPTYPE_STRING:
        if (many) return r.AddString(&message, &field, text(random));
        return r.SetString(&message, &field, text(random));
      case F::CPPTYPE_MESSAGE:
        return fill(random,
                    many ? *r.AddMessage(&message, &field) : *r.MutableMessage(&message, &field),
                    depth + 1);
    }
  }

  Schema schema_;
  pb::DynamicMessageFactory factory_;
  const pb::Descriptor* type_;
};

inline std::string difference(const pb::Message& message, const value::View& view);

/// One value of a field: the i-th of a repeated one.
inline std::string value_difference(const pb::Message& message, const pb::FieldDescriptor& field,
                                    int i, const value::View& view) {
  using F = pb::FieldDescriptor;
  using value::Kind;
  const auto& r = *message.GetReflection();
  const bool many = field.is_repeated();
  const auto is = [&](bool right) { return right ? std::string() : field.full_name(); };
  const auto& key_of = *field.containing_type();
  const bool key = key_of.options().map_entry() && field.number() == 1;
  switch (field.cpp_type()) {
    case F::CPPTYPE_INT32:
      return is(view.kind() == (key ? Kind::Long : Kind::Int) &&
                view.as_long() ==
                    (many ? r.GetRepeatedInt32(message, &field, i) : r.GetInt32(message, &field)));
    case F::CPPTYPE_INT64:
      return is(view.kind() == Kind::Long &&
                view.as_long() ==
                    (many ? r.GetRepeatedInt64(message, &field, i) : r.GetInt64(message, &field)));
    case F::CPPTYPE_UINT32:
      return is(view.kind() == Kind::Long &&
                view.as_long() == (many ? r.GetRepeatedUInt32(message, &field, i)
                                        : r.GetUInt32(message, &field)));
    case F::CPPTYPE_UINT64:
      return is(view.kind() == Kind::UnsignedLong &&
                view.as_unsigned_long() == (many ? r.GetRepeatedUInt64(message, &field, i)
                                                 : r.GetUInt64(message, &field)));
    case F::CPPTYPE_DOUBLE:
      return is(view.kind() == Kind::Double &&
                std::bit_cast<std::uint64_t>(view.as_double()) ==
                    std::bit_cast<std::uint64_t>(many ? r.GetRepeatedDouble(message, &field, i)
                                                      : r.GetDouble(message, &field)));
    case F::CPPTYPE_FLOAT: {
      const float wanted =
          many ? r.GetRepeatedFloat(message, &field, i) : r.GetFloat(message, &field);
      const auto found = static_cast<float>(view.kind() == Kind::Float ? view.as_double() : 0);
      return is(view.kind() == Kind::Float &&
                (found == wanted || (found != found && wanted != wanted)));
    }
    case F::CPPTYPE_BOOL:
      return is(view.kind() == Kind::Boolean &&
                view.as_boolean() ==
                    (many ? r.GetRepeatedBool(message, &field, i) : r.GetBool(message, &field)));
    case F::CPPTYPE_ENUM: {
      const int number =
          many ? r.GetRepeatedEnumValue(message, &field, i) : r.GetEnumValue(message, &field);
      const auto* value = field.enum_type()->FindValueByNumber(number);
      if (value == nullptr) return is(view.kind() == Kind::Int && view.as_long() == number);
      return is(view.kind() == Kind::Enum && view.text() == value->name() &&
                view.ordinal() == static_cast<std::uint32_t>(value->index()));
    }
    case F::CPPTYPE_STRING: {
      const auto wanted =
          many ? r.GetRepeatedString(message, &field, i) : r.GetString(message, &field);
      const bool bytes = field.type() == F::TYPE_BYTES;
      return is(view.kind() == (bytes ? Kind::Bytes : Kind::String) &&
                (bytes ? view.as_bytes() : view.text()) == wanted);
    }
    case F::CPPTYPE_MESSAGE:
      return difference(
          many ? r.GetRepeatedMessage(message, &field, i) : r.GetMessage(message, &field), view);
  }
  return "?";
}

inline std::string key_text(const value::View& key) {
  switch (key.kind()) {
    case value::Kind::String:
      return std::string(key.text());
    case value::Kind::Boolean:
      return key.as_boolean() ? "true" : "false";
    case value::Kind::UnsignedLong:
      return std::to_string(key.as_unsigned_long());
    default:
      return std::to_string(key.as_long());
  }
}

inline std::string map_difference(const pb::Message& message, const pb::FieldDescriptor& field,
                                  const value::View& view) {
  const auto& r = *message.GetReflection();
  if (view.kind() != value::Kind::Map) return field.full_name() + ": no map";
  const auto* key = field.message_type()->map_key();
  const auto* mapped = field.message_type()->map_value();
  const bool closed =
      mapped->enum_type() != nullptr && field.file()->syntax() != pb::FileDescriptor::SYNTAX_PROTO3;
  // Dynamic messages keep all entries of one key; the last counts.
  std::map<const value::View*, int> matched;
  for (int i = 0; i < r.FieldSize(message, &field); ++i) {
    const auto& entry = r.GetRepeatedMessage(message, &field, i);
    const value::View* last = nullptr;
    for (const auto& own : view.entries()) {
      if (value_difference(entry, *key, 0, own.key).empty()) last = &own.value;
    }
    // An entry whose enum lacks the number is an unknown field; dynamic messages keep its key.
    if (last == nullptr && closed) continue;
    if (last == nullptr) return field.full_name() + ": lacks a key";
    matched[last] = i;
  }
  for (const auto& [own, i] : matched) {
    const auto& entry = r.GetRepeatedMessage(message, &field, i);
    auto found = value_difference(entry, *mapped, 0, *own);
    if (!found.empty() && !closed) return found;
  }
  std::size_t distinct = 0;
  for (std::size_t i = 0; i < view.size(); ++i) {
    bool again = false;
    for (std::size_t k = i + 1; k < view.size(); ++k) {
      again |= key_text(view.entries()[i].key) == key_text(view.entries()[k].key);
    }
    distinct += again ? 0 : 1;
  }
  if (closed) return "";
  return distinct == matched.size() ? "" : field.full_name() + ": has too many keys";
}

/// The first field in which they differ; "" = the same.
inline std::string difference(const pb::Message& message, const value::View& view) {
  const auto* type = message.GetDescriptor();
  const auto& r = *message.GetReflection();
  if (view.kind() != value::Kind::Record || view.shape().name() != type->full_name() ||
      static_cast<int>(view.size()) != type->field_count()) {
    return type->full_name() + ": no such record";
  }
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    const value::View* own = view.find(field->name());
    if (own == nullptr) return field->full_name() + ": is missing";
    std::string found;
    if (field->is_map()) {
      found = map_difference(message, *field, *own);
    } else if (field->is_repeated()) {
      if (own->kind() != value::Kind::Array ||
          static_cast<int>(own->size()) != r.FieldSize(message, field)) {
        return field->full_name() + ": another size";
      }
      for (int k = 0; k < r.FieldSize(message, field) && found.empty(); ++k) {
        found = value_difference(message, *field, k, (*own)[static_cast<std::size_t>(k)]);
      }
    } else if (field->has_presence() && !r.HasField(message, field)) {
      found = own->is_null() ? "" : field->full_name() + ": is not null";
    } else {
      found = value_difference(message, *field, 0, *own);
    }
    if (!found.empty()) return found;
  }
  return "";
}

}  // namespace limpet::protobuf::testing
