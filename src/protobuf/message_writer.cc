#include "limpet/protobuf/message_writer.h"

#include "back_buffer.h"
#include "message_plan.h"

#include "limpet/value/number.h"
#include "limpet/value/text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

namespace limpet::protobuf {
namespace {

using value::Fault;
using value::FaultKind;
using value::Fit;
using value::Kind;
using value::MapEntry;
using value::View;

constexpr std::size_t kFewFields = 32;

class Writer {
 public:
  Writer(const MessageWriterOptions& options, BackBuffer& out) : options_(options), out_(out) {}

  bool message(const MessagePlan& plan, const View& view, int depth) {
    if (depth > options_.max_depth) {
      return fail(FaultKind::TooDeep,
                  "nested deeper than " + std::to_string(options_.max_depth) + " messages");
    }
    if (view.kind() == Kind::Record && &view.shape() == &plan.shape) {
      return fields(plan, view.items(), depth);
    }
    // In the order of the plan.
    const std::size_t count = plan.fields.size();
    if (count <= kFewFields) {
      std::array<View, kFewFields> slots;
      return arrange(plan, view, {slots.data(), count}) &&
             fields(plan, {slots.data(), count}, depth);
    }
    std::vector<View> slots(count);
    return arrange(plan, view, slots) && fields(plan, slots, depth);
  }

  bool field(const FieldPlan& field, const View& value, int depth) {
    if (field.map) return map(field, value, depth);
    if (field.repeated) return repeated(field, value, depth);
    const std::size_t before = out_.size();
    if (field.presence) return one(field, value, depth) || within(field);
    // Without presence a default is not written; it would be zeros alone (0, +0.0, no length).
    if (!content(field, value, depth)) return within(field);
    if (out_.is_zero_since(before)) {
      out_.cut(before);
    } else {
      tag(field, field.wire);
    }
    return true;
  }

  Fault take() && { return std::move(fault_); }

 private:
  [[gnu::cold]] bool fail(FaultKind kind, std::string message) {
    fault_.kind = kind;
    fault_.message = std::move(message);
    return false;
  }
  [[gnu::cold]] bool mismatch(const FieldPlan& field, const View& view) {
    return fail(FaultKind::TypeMismatch, "expected a value for " + describe_type(*field.field) +
                                             ", found " + std::string(to_string(view.kind())));
  }
  [[gnu::cold]] bool within(const FieldPlan& field, std::optional<std::size_t> index = {}) {
    std::string step = "." + field.field->name;
    if (index) step += "[" + std::to_string(*index) + "]";
    fault_.path.insert(0, step);
    return false;
  }

  bool arrange(const MessagePlan& plan, const View& view, std::span<View> slots) {
    if (view.kind() == Kind::Record) {
      const auto& names = view.shape().fields();
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (!arrange(plan, names[i], view[i], i, slots)) return false;
      }
      return true;
    }
    if (view.kind() != Kind::Map) {
      return fail(FaultKind::TypeMismatch, "expected a record for message " +
                                               plan.message->full_name + ", found " +
                                               std::string(to_string(view.kind())));
    }
    std::size_t i = 0;
    for (const MapEntry& entry : view.entries()) {
      if (entry.key.kind() != Kind::String) {
        return fail(FaultKind::TypeMismatch, "a name is no text");
      }
      if (!arrange(plan, entry.key.text(), entry.value, i++, slots)) return false;
    }
    return true;
  }
  bool arrange(const MessagePlan& plan, std::string_view name, const View& value, std::size_t hint,
               std::span<View> slots) {
    const bool hit = hint < plan.fields.size() && plan.fields[hint].field->name == name;
    const auto at = hit ? std::optional(hint) : plan.find(name);
    if (at) {
      slots[*at] = value;
      return true;
    }
    if (value.is_null() || options_.ignore_unknown) return true;
    fail(FaultKind::UnknownField,
         plan.message->full_name + " has no field " + std::string(name.substr(0, 64)));
    fault_.path.insert(0, "." + std::string(name.substr(0, 64)));
    return false;
  }

  bool fields(const MessagePlan& plan, std::span<const View> values, int depth) {
    for (auto at = plan.by_number.rbegin(); at != plan.by_number.rend(); ++at) {
      const FieldPlan& field = plan.fields[*at];
      const View& value = values[*at];
      if (value.is_null()) {
        if (!field.required) continue;
        fail(FaultKind::MissingField, "the required field " + field.field->name + " has no value");
        return false;
      }
      if (!field.siblings.empty() && !alone(field, values)) return within(field);
      if (!this->field(field, value, depth)) return false;
    }
    if (out_.size() > options_.max_bytes) {
      return fail(FaultKind::TooLarge,
                  "the message is longer than " + std::to_string(options_.max_bytes) + " bytes");
    }
    return true;
  }
  bool alone(const FieldPlan& field, std::span<const View> values) {
    for (const auto sibling : field.siblings) {
      if (sibling != field.position && !values[sibling].is_null()) {
        return fail(FaultKind::TypeMismatch, "two members of one oneof have a value");
      }
    }
    return true;
  }

  void tag(const FieldPlan& field, WireType wire) {
    out_.varint((static_cast<std::uint64_t>(field.number) << 3U) | static_cast<unsigned>(wire));
  }

  bool one(const FieldPlan& field, const View& value, int depth) {
    if (field.type == FieldType::Group) tag(field, WireType::EndGroup);
    if (!content(field, value, depth)) return false;
    tag(field, field.wire);
    return true;
  }

  bool repeated(const FieldPlan& field, const View& value, int depth) {
    if (value.kind() != Kind::Array) {
      mismatch(field, value);
      return within(field);
    }
    const auto items = value.items();
    const std::size_t before = out_.size();
    for (std::size_t i = items.size(); i > 0; --i) {
      const View& item = items[i - 1];
      const bool ok = field.packed ? content(field, item, depth) : one(field, item, depth);
      if (!ok) return within(field, i - 1);
    }
    if (!field.packed || items.empty()) return true;
    out_.varint(out_.size() - before);
    tag(field, WireType::Length);
    return true;
  }

  bool map(const FieldPlan& field, const View& value, int depth) {
    if (value.kind() != Kind::Map) {
      mismatch(field, value);
      return within(field);
    }
    const FieldPlan& key_field = *field.message->find(1);
    const FieldPlan& value_field = *field.message->find(2);
    const auto entries = value.entries();
    for (std::size_t i = entries.size(); i > 0; --i) {
      const MapEntry& entry = entries[i - 1];
      const std::size_t before = out_.size();
      if (!one(value_field, entry.value, depth + 1) || !key(key_field, entry.key)) {
        return within(field, i - 1);
      }
      out_.varint(out_.size() - before);
      tag(field, WireType::Length);
    }
    return true;
  }

  // The text of a number or boolean stands for it, as in the names of a JSON object.
  bool key(const FieldPlan& field, const View& key) {
    if (key.kind() != Kind::String || field.type == FieldType::String) {
      return one(field, key, 0);
    }
    const auto text = key.text();
    if (field.type == FieldType::Bool) {
      if (text != "true" && text != "false") return mismatch(field, key);
      return one(field, View::boolean(text == "true"), 0);
    }
    const auto number = number_in(text);
    return number ? one(field, *number, 0) : mismatch(field, key);
  }

  static std::optional<View> number_in(std::string_view text) {
    const char* end = text.data() + text.size();
    std::int64_t whole = 0;
    if (const auto [at, failure] = std::from_chars(text.data(), end, whole);
        failure == std::errc() && at == end) {
      return View::of_long(whole);
    }
    std::uint64_t natural = 0;
    if (const auto [at, failure] = std::from_chars(text.data(), end, natural);
        failure == std::errc() && at == end) {
      return View::unsigned_long(natural);
    }
    return std::nullopt;
  }

  bool content(const FieldPlan& field, const View& value, int depth) {
    switch (field.type) {
      case FieldType::Double:
      case FieldType::Float:
        return real(field, value);
      case FieldType::Int64:
      case FieldType::Int32:
      case FieldType::SInt32:
      case FieldType::SInt64:
      case FieldType::SFixed32:
      case FieldType::SFixed64:
        return whole(field, value);
      case FieldType::UInt32:
      case FieldType::UInt64:
      case FieldType::Fixed32:
      case FieldType::Fixed64:
        return natural(field, value);
      case FieldType::Bool:
        if (value.kind() != Kind::Boolean) return mismatch(field, value);
        out_.byte(value.as_boolean() ? 1 : 0);
        return true;
      case FieldType::Enum:
        return symbol(field, value);
      case FieldType::String:
        return string(field, value);
      case FieldType::Bytes:
        return bytes(field, value);
      case FieldType::Group:
        return message(*field.message, value, depth + 1);
      case FieldType::Message: {
        const std::size_t before = out_.size();
        if (!message(*field.message, value, depth + 1)) return false;
        out_.varint(out_.size() - before);
        return true;
      }
    }
    return false;
  }

  bool real(const FieldPlan& field, const View& value) {
    double number = 0;
    switch (to_double(value, number)) {
      case Fit::NoNumber:
        return mismatch(field, value);
      case Fit::OutOfRange:
        return out_of_range(field);
      case Fit::Yes:
        break;
    }
    if (field.type == FieldType::Double) {
      out_.bytes(&number, sizeof(number));
      return true;
    }
    const auto single = static_cast<float>(number);
    if (std::isinf(single) && !std::isinf(number)) return out_of_range(field);
    out_.bytes(&single, sizeof(single));
    return true;
  }
  [[gnu::cold]] bool out_of_range(const FieldPlan& field) {
    return fail(FaultKind::OutOfRange, "the number does not fit " + describe_type(*field.field));
  }

  bool fits(const FieldPlan& field, const View& value, Fit fit) {
    if (fit == Fit::Yes) return true;
    return fit == Fit::NoNumber ? mismatch(field, value) : out_of_range(field);
  }

  // A text stands for a number, as ProtoJSON writes those of 64 bits.
  static View number_of(const View& value) {
    if (value.kind() != Kind::String) return value;
    return number_in(value.text()).value_or(value);
  }

  bool whole(const FieldPlan& field, const View& given) {
    const View value = number_of(given);
    std::int64_t number = 0;
    const bool wide = field.type == FieldType::Int64 || field.type == FieldType::SInt64 ||
                      field.type == FieldType::SFixed64;
    if (wide) {
      if (!fits(field, given, to_long(value, number))) return false;
    } else {
      std::int32_t narrow = 0;
      if (!fits(field, given, to_integer(value, narrow))) return false;
      number = narrow;
    }
    switch (field.type) {
      case FieldType::SInt32:
      case FieldType::SInt64:
        out_.varint(zigzag(number));
        return true;
      case FieldType::SFixed64:
        out_.bytes(&number, sizeof(number));
        return true;
      case FieldType::SFixed32: {
        const auto narrow = static_cast<std::int32_t>(number);
        out_.bytes(&narrow, sizeof(narrow));
        return true;
      }
      default:
        out_.varint(static_cast<std::uint64_t>(number));
        return true;
    }
  }

  bool natural(const FieldPlan& field, const View& given) {
    const View value = number_of(given);
    std::uint64_t number = 0;
    if (field.type == FieldType::UInt64 || field.type == FieldType::Fixed64) {
      if (!fits(field, given, to_unsigned_long(value, number))) return false;
    } else {
      std::uint32_t narrow = 0;
      if (!fits(field, given, to_integer(value, narrow))) return false;
      number = narrow;
    }
    if (field.type == FieldType::Fixed64) {
      out_.bytes(&number, sizeof(number));
    } else if (field.type == FieldType::Fixed32) {
      const auto narrow = static_cast<std::uint32_t>(number);
      out_.bytes(&narrow, sizeof(narrow));
    } else {
      out_.varint(number);
    }
    return true;
  }

  bool symbol(const FieldPlan& field, const View& value) {
    if (value.kind() == Kind::Enum || value.kind() == Kind::String) {
      const auto number = field.enumeration->number_of(value.text());
      if (!number) {
        return fail(FaultKind::OutOfRange, field.enumeration->enumeration().full_name +
                                               " has no value " +
                                               std::string(value.text().substr(0, 64)));
      }
      out_.varint(static_cast<std::uint64_t>(static_cast<std::int64_t>(*number)));
      return true;
    }
    std::int32_t number = 0;
    if (!fits(field, value, to_integer(value, number))) return false;
    if (field.closed && !field.enumeration->ordinal_of(number)) {
      return fail(FaultKind::OutOfRange, field.enumeration->enumeration().full_name +
                                             " has no value of the number " +
                                             std::to_string(number));
    }
    out_.varint(static_cast<std::uint64_t>(static_cast<std::int64_t>(number)));
    return true;
  }

  bool string(const FieldPlan& field, const View& value) {
    if (value.kind() != Kind::String && value.kind() != Kind::Enum) return mismatch(field, value);
    const auto text = value.text();
    if (!value::is_ascii(text) && !value::is_utf8(text)) {
      return fail(FaultKind::InvalidUtf8, "a text is not UTF-8");
    }
    out_.bytes(text.data(), text.size());
    out_.varint(text.size());
    return true;
  }

  bool bytes(const FieldPlan& field, const View& value) {
    if (value.kind() == Kind::Bytes) {
      const auto bytes = value.as_bytes();
      out_.bytes(bytes.data(), bytes.size());
      out_.varint(bytes.size());
      return true;
    }
    if (value.kind() != Kind::String) return mismatch(field, value);
    value::Arena arena;
    const auto decoded = value::decode_base64(value.text(), arena);
    if (!decoded) return fail(FaultKind::TypeMismatch, "the text is no base64");
    out_.bytes(decoded->data(), decoded->size());
    out_.varint(decoded->size());
    return true;
  }

  const MessageWriterOptions& options_;
  BackBuffer& out_;
  Fault fault_;
};

}  // namespace

bool append_field(const FieldPlan& field, const View& value, const MessageWriterOptions& options,
                  int depth, BackBuffer& out) {
  return Writer(options, out).field(field, value, depth);
}

Result<MessageWriter> MessageWriter::make(const Schema& schema, const Message& message,
                                          const MessageWriterOptions& options) {
  LIMPET_TRY(auto plans, MessagePlans::make(schema, message));
  return MessageWriter(std::move(plans), options);
}

std::optional<Fault> MessageWriter::append(const View& view, std::string& out) const {
  BackBuffer bytes;
  Writer writer(options_, bytes);
  if (!writer.message(plans_->root(), view, 0)) {
    auto fault = std::move(writer).take();
    fault.path.insert(0, plans_->root().message->name);
    return fault;
  }
  out += bytes.text();
  return std::nullopt;
}

}  // namespace limpet::protobuf
