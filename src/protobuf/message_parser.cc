#include "message_parser.h"

#include <algorithm>
#include <array>
#include <vector>

namespace limpet::protobuf {
namespace {

using value::FaultKind;
using value::MapEntry;
using value::View;

constexpr std::size_t kFirstItems = 4;

[[gnu::always_inline]] inline View number_view(FieldType type, std::uint64_t value) {
  switch (type) {
    case FieldType::Int32:
      return View::of_int(static_cast<std::int32_t>(static_cast<std::uint32_t>(value)));
    case FieldType::SInt32:
      return View::of_int(static_cast<std::int32_t>(unzigzag(static_cast<std::uint32_t>(value))));
    case FieldType::Int64:
      return View::of_long(static_cast<std::int64_t>(value));
    case FieldType::SInt64:
      return View::of_long(unzigzag(value));
    case FieldType::UInt32:
      return View::of_long(static_cast<std::uint32_t>(value));
    case FieldType::UInt64:
      return View::unsigned_long(value);
    default:
      return View::boolean(value != 0);
  }
}

[[gnu::always_inline]] inline View fixed_view(FieldType type, Place at) {
  switch (type) {
    case FieldType::Double:
      return View::of_double(load<double>(at));
    case FieldType::Float:
      return View::of_float(load<float>(at));
    case FieldType::Fixed64:
      return View::unsigned_long(load<std::uint64_t>(at));
    case FieldType::SFixed64:
      return View::of_long(load<std::int64_t>(at));
    case FieldType::Fixed32:
      return View::of_long(load<std::uint32_t>(at));
    default:
      return View::of_int(load<std::int32_t>(at));
  }
}

// False: a closed enum without that number.
[[gnu::always_inline]] inline bool enum_view(const FieldPlan& field, std::uint64_t number,
                                             View& out) {
  const auto wanted = static_cast<std::int32_t>(static_cast<std::uint32_t>(number));
  const auto ordinal = field.enumeration->ordinal_of(wanted);
  if (ordinal) {
    out = field.enumeration->view(*ordinal);
    return true;
  }
  if (field.closed) return false;
  out = View::of_int(wanted);
  return true;
}

std::size_t ends_of_numbers(Place p, Place end) {
  std::size_t count = 0;
  for (; p < end; ++p) count += *p < 0x80 ? 1 : 0;
  return count;
}

}  // namespace

std::optional<value::Fault> MessageParser::run(const MessagePlan& plan, Place end, View& out) {
  const auto values = make_record(plan, begin_);
  if (values.data() == nullptr || message(plan, begin_, end, values.data(), 0, 0) == nullptr) {
    return fault(plan);
  }
  out = View::record(values);
  if (options_.check_required && plan.reaches_required && !has_required(plan, out)) {
    return fault(plan);
  }
  return std::nullopt;
}

std::optional<value::Fault> MessageParser::fault(const MessagePlan& plan) {
  fault_.path.insert(0, plan.message->name);
  return std::move(fault_);
}

std::nullptr_t MessageParser::fail(FaultKind kind, Place at, std::string message) {
  fault_.kind = kind;
  fault_.offset = static_cast<std::uint64_t>(at - begin_);
  fault_.message = std::move(message);
  return nullptr;
}

std::nullptr_t MessageParser::cut_off(Place end) {
  return fail(FaultKind::Truncated, end, "the message is cut off");
}

std::nullptr_t MessageParser::too_large(Place at) {
  return fail(FaultKind::TooLarge, at,
              "the message takes too much memory: more than " +
                  std::to_string(options_.max_memory) + " bytes");
}

std::nullptr_t MessageParser::bad_length(Place at, Place p, Place end, std::uint64_t length) {
  if (p - at > kMaxTag) return fail(FaultKind::Malformed, at, "a length is longer than 32 bits");
  return fail(FaultKind::Truncated, at,
              "a length of " + std::to_string(length) + " bytes, with " + std::to_string(end - p) +
                  " left: the message is cut off");
}

std::nullptr_t MessageParser::within(const FieldPlan& field, std::optional<std::size_t> index) {
  std::string step = "." + field.field->name;
  if (index) step += "[" + std::to_string(*index) + "]";
  fault_.path.insert(0, step);
  return nullptr;
}

Place MessageParser::long_varint(Place p, Place end, std::uint64_t& out) {
  std::uint64_t value = 0;
  if (end - p >= 10) [[likely]] {
    for (unsigned i = 0; i < 10; ++i) {
      const std::uint64_t byte = p[i];
      value |= (byte & 0x7FU) << (7 * i);
      if (byte < 0x80) {
        out = value;
        return p + i + 1;
      }
    }
    return fail(FaultKind::Malformed, p, "a number is longer than ten bytes");
  }
  for (unsigned shift = 0; p < end; ++p, shift += 7) {
    value |= static_cast<std::uint64_t>(*p & 0x7FU) << shift;
    if (*p < 0x80) {
      out = value;
      return p + 1;
    }
  }
  return cut_off(end);
}

std::optional<std::string_view> MessageParser::checked_text(std::string_view text, Place at) {
  if (value::is_utf8(text)) return text;
  if (options_.utf8 == value::Utf8Policy::Validate) {
    fail(FaultKind::InvalidUtf8, at, "a text is not UTF-8");
    return std::nullopt;
  }
  const auto repaired = value::replace_invalid_utf8(text, arena_);
  if (!repaired || !within_memory()) {
    too_large(at);
    return std::nullopt;
  }
  return repaired;
}

bool MessageParser::too_deep(Place at) {
  fail(FaultKind::TooDeep, at,
       "nested deeper than " + std::to_string(options_.max_depth) + " messages");
  return false;
}

void MessageParser::keep(const MessagePlan& plan, std::uint32_t number, Place from, Place to) {
  if (unknown_ == nullptr) return;
  ++unknown_->count;
  if (unknown_->fields.size() >= unknown_->keep) return;
  unknown_->fields.push_back(
      {plan.message->full_name, number,
       std::string(reinterpret_cast<const char*>(from), static_cast<std::size_t>(to - from))});
}

std::span<View> MessageParser::make_record(const MessagePlan& plan, Place at) {
  const auto values = value::copy_record(arena_, plan.blank);
  if (values.data() == nullptr || !within_memory()) {
    too_large(at);
    return {};
  }
  return values;
}

// Room for `more` items behind those that are there. Capacity follows from size: the least power
// of two that is not below it, at least kFirstItems.
template <class Item>
Item* MessageParser::grow(const Item* items, std::size_t size, std::size_t more, Place at) {
  const auto capacity = [](std::size_t n) {
    return n == 0 ? 0 : std::max(kFirstItems, std::bit_ceil(n));
  };
  if (size + more <= capacity(size)) return const_cast<Item*>(items);  // NOLINT: ours
  Item* made = arena_.allocate_array<Item>(capacity(size + more));
  if (made == nullptr || !within_memory()) {
    too_large(at);
    return nullptr;
  }
  if (size != 0) std::memcpy(static_cast<void*>(made), items, size * sizeof(Item));
  return made;
}

bool MessageParser::append(View& array, const View& item, Place at) {
  const std::size_t size = array.size();
  View* items = grow(array.items().data(), size, 1, at);
  if (items == nullptr) return false;
  items[size] = item;
  array = View::array({items, size + 1});
  return true;
}

// Set a singular field or add to a repeated one.
[[gnu::always_inline]] inline bool MessageParser::put(const FieldPlan& field, View* values,
                                                      const View& value, Place at) {
  View& slot = values[field.position];
  if (field.repeated) [[unlikely]]
    return append(slot, value, at);
  if (!field.siblings.empty()) [[unlikely]]
    clear_siblings(field, values);
  slot = value;
  return true;
}

void MessageParser::clear_siblings(const FieldPlan& field, View* values) {
  for (const auto sibling : field.siblings) {
    if (sibling != field.position) values[sibling] = View::null();
  }
}

// Reads until `end` or, within a group, until the group ends.
Place MessageParser::message(const MessagePlan& plan, Place p, Place end, View* values, int depth,
                             std::uint32_t group) {
  while (p < end) {
    const Place start = p;
    std::uint32_t tag = *p;
    if (tag >= 8 && tag < 0x80) [[likely]] {
      ++p;
    } else {
      p = this->tag(p, end, tag);
      if (p == nullptr) return nullptr;
    }
    const FieldPlan* field = plan.find(tag >> 3U);
    if (field != nullptr && field->wire == static_cast<WireType>(tag & 7U)) [[likely]] {
      p = own_record(plan, *field, start, p, end, values, depth);
    } else if (static_cast<WireType>(tag & 7U) == WireType::EndGroup) {
      return group != 0 && tag >> 3U == group ? p : stray_end(start, group);
    } else {
      p = other_record(plan, field, tag, start, p, end, values, depth);
    }
    if (p == nullptr) return nullptr;
  }
  if (group != 0) {
    return fail(FaultKind::Truncated, end, "a group does not end: the message is cut off");
  }
  return p;
}

std::nullptr_t MessageParser::stray_end(Place at, std::uint32_t group) {
  return fail(FaultKind::Malformed, at,
              group == 0 ? "a group ends that did not begin" : "a group ends with another number");
}

Place MessageParser::record(const MessagePlan& plan, const FieldPlan& field, std::uint32_t tag,
                            Place start, Place p, Place end, View* values, int depth) {
  if (field.wire == static_cast<WireType>(tag & 7U)) {
    return own_record(plan, field, start, p, end, values, depth);
  }
  return other_record(plan, &field, tag, start, p, end, values, depth);
}

// Written as the field's type says.
[[gnu::always_inline]] inline Place MessageParser::own_record(const MessagePlan& plan,
                                                              const FieldPlan& field, Place start,
                                                              Place p, Place end, View* values,
                                                              int depth) {
  switch (field.wire) {
    case WireType::Varint: {
      std::uint64_t number = 0;
      p = varint(p, end, number);
      if (p == nullptr) return within(field);
      if (field.enumeration != nullptr) {
        View symbol;
        if (!enum_view(field, number, symbol)) {
          if (plan.message->map_entry) {
            foreign_symbol_ = true;
          } else {
            keep(plan, field.number, start, p);
          }
          return p;
        }
        return put(field, values, symbol, start) ? p : within(field);
      }
      return put(field, values, number_view(field.type, number), start) ? p : within(field);
    }
    case WireType::Fixed64:
    case WireType::Fixed32: {
      const std::ptrdiff_t width = field.wire == WireType::Fixed64 ? 8 : 4;
      if (end - p < width) {
        cut_off(end);
        return within(field);
      }
      if (!put(field, values, fixed_view(field.type, p), start)) return within(field);
      return p + width;
    }
    case WireType::Length:
      return with_length(plan, field, p, end, values, depth, start);
    default:  // StartGroup: no field has an end of group for its type
      return nested(field, p, end, values, depth, field.number);
  }
}

// A field that is unknown, or written in another way than its type says.
Place MessageParser::other_record(const MessagePlan& plan, const FieldPlan* field,
                                  std::uint32_t tag, Place start, Place p, Place end, View* values,
                                  int depth) {
  if (field != nullptr && static_cast<WireType>(tag & 7U) == WireType::Length && field->packable) {
    return packed(plan, *field, p, end, values);
  }
  p = skip(p, end, tag, depth);
  if (p != nullptr) keep(plan, tag >> 3U, start, p);
  return p;
}

[[gnu::always_inline]] inline Place MessageParser::with_length(const MessagePlan& plan,
                                                               const FieldPlan& field, Place p,
                                                               Place end, View* values, int depth,
                                                               Place start) {
  std::uint64_t size = 0;
  p = length(p, end, size);
  if (p == nullptr) return within(field);
  const Place behind = p + size;
  if (field.type == FieldType::String) {
    const auto text = this->text(p, size);
    if (!text || !put(field, values, View::string(*text), start)) return within(field);
    return behind;
  }
  if (field.type == FieldType::Bytes) {
    const View bytes = View::bytes({reinterpret_cast<const char*>(p), size});
    return put(field, values, bytes, start) ? behind : within(field);
  }
  if (field.map) return entry(plan, field, p, behind, values, depth, start);
  return nested(field, p, behind, values, depth, 0);
}

// A message or a group within another.
Place MessageParser::nested(const FieldPlan& field, Place p, Place end, View* values, int depth,
                            std::uint32_t group) {
  View& slot = values[field.position];
  const auto index = field.repeated ? std::optional<std::size_t>(slot.size()) : std::nullopt;
  if (!enter(p, depth)) return within(field, index);
  View* own = nullptr;
  if (!field.repeated && !slot.is_null()) {
    own = const_cast<View*>(slot.items().data());  // NOLINT: ours; merged into what is there
  } else {
    const auto made = make_record(*field.message, p);
    if (made.data() == nullptr || !put(field, values, View::record(made), p)) {
      return within(field, index);
    }
    own = made.data();
  }
  p = message(*field.message, p, end, own, depth + 1, group);
  return p == nullptr ? within(field, index) : p;
}

// An entry of a map is a message of two fields.
Place MessageParser::entry(const MessagePlan& plan, const FieldPlan& field, Place p, Place end,
                           View* values, int depth, Place start) {
  View& slot = values[field.position];
  const std::size_t count = slot.size();
  if (!enter(p, depth)) return within(field, count);
  const MessagePlan& type = *field.message;
  const FieldPlan& key_field = *type.find(1);
  const FieldPlan& value_field = *type.find(2);
  std::array<View, 2> pair{type.blank[0], type.blank[1]};
  const bool outside = std::exchange(foreign_symbol_, false);
  p = message(type, p, end, pair.data(), depth + 1, 0);
  if (p == nullptr) return within(field, count);
  View& key = pair.at(key_field.position);
  View& value = pair.at(value_field.position);
  if (std::exchange(foreign_symbol_, outside)) {
    keep(plan, field.number, start, p);
    return p;
  }
  if (value_field.message != nullptr && value.is_null()) {
    const auto empty = make_record(*value_field.message, p);
    if (empty.data() == nullptr) return within(field, count);
    value = View::record(empty);
  }
  if (key.kind() == value::Kind::Int) key = View::of_long(key.as_long());
  MapEntry* entries = grow(slot.entries().data(), count, 1, start);
  if (entries == nullptr) return within(field, count);
  entries[count] = {key, value};
  slot = View::map({entries, count + 1});
  return p;
}

Place MessageParser::packed(const MessagePlan& plan, const FieldPlan& field, Place p, Place end,
                            View* values) {
  std::uint64_t size = 0;
  p = length(p, end, size);
  if (p == nullptr) return within(field);
  if (size == 0) return p;
  const Place behind = p + size;
  View& slot = values[field.position];
  std::size_t count = slot.size();
  if (field.wire != WireType::Varint) {
    const std::size_t width = field.wire == WireType::Fixed64 ? 8 : 4;
    if (size % width != 0) {
      fail(FaultKind::Malformed, p, "packed numbers are cut off");
      return within(field);
    }
    View* items = grow(slot.items().data(), count, size / width, p);
    if (items == nullptr) return within(field);
    for (; p < behind; p += width) items[count++] = fixed_view(field.type, p);
    slot = View::array({items, count});
    return p;
  }
  const auto numbers = std::max<std::size_t>(ends_of_numbers(p, behind), 1);
  View* items = grow(slot.items().data(), count, numbers, p);
  if (items == nullptr) return within(field, count);
  while (p < behind) {
    const Place at = p;
    std::uint64_t number = 0;
    p = varint(p, behind, number);
    if (p == nullptr) return within(field, count);
    if (field.enumeration == nullptr) {
      items[count++] = number_view(field.type, number);
    } else if (!enum_view(field, number, items[count])) {
      keep(plan, field.number, at, p);
    } else {
      ++count;
    }
  }
  // Fewer than there was room for: then room follows from the smaller size, which is right too.
  slot = View::array({items, count});
  return p;
}

Place MessageParser::skip(Place p, Place end, std::uint32_t tag, int depth) {
  const auto wire = static_cast<WireType>(tag & 7U);
  if (wire == WireType::StartGroup) return skip_group(p, end, tag >> 3U, depth);
  return skip_plain(p, end, wire);
}

Place MessageParser::skip_plain(Place p, Place end, WireType wire) {
  std::uint64_t number = 0;
  switch (wire) {
    case WireType::Varint:
      return varint(p, end, number);
    case WireType::Length:
      p = length(p, end, number);
      return p == nullptr ? nullptr : p + number;
    case WireType::Fixed64:
      return end - p < 8 ? cut_off(end) : p + 8;
    case WireType::Fixed32:
      return end - p < 4 ? cut_off(end) : p + 4;
    default:
      return fail(FaultKind::Malformed, p - 1,
                  "there is no wire type " + std::to_string(static_cast<int>(wire)));
  }
}

Place MessageParser::skip_group(Place p, Place end, std::uint32_t number, int depth) {
  std::vector<std::uint32_t> open{number};
  while (!open.empty()) {
    if (depth + static_cast<int>(open.size()) > options_.max_depth) {
      too_deep(p);
      return nullptr;
    }
    if (p >= end) {
      return fail(FaultKind::Truncated, end, "a group does not end: the message is cut off");
    }
    const Place at = p;
    std::uint32_t inner = 0;
    p = tag(p, end, inner);
    if (p == nullptr) return nullptr;
    const auto wire = static_cast<WireType>(inner & 7U);
    if (wire == WireType::StartGroup) {
      open.push_back(inner >> 3U);
    } else if (wire == WireType::EndGroup) {
      if (inner >> 3U != open.back()) {
        return fail(FaultKind::Malformed, at, "a group ends with another number");
      }
      open.pop_back();
    } else {
      p = skip_plain(p, end, wire);
      if (p == nullptr) return nullptr;
    }
  }
  return p;
}

Place MessageParser::check_message(const MessagePlan& plan, Place p, Place end, int depth,
                                   std::uint32_t group) {
  while (p < end) {
    const Place start = p;
    std::uint32_t tag = 0;
    p = this->tag(p, end, tag);
    if (p == nullptr) return nullptr;
    if (static_cast<WireType>(tag & 7U) == WireType::EndGroup) {
      return group != 0 && tag >> 3U == group ? p : stray_end(start, group);
    }
    p = check_record(plan, tag, p, end, depth);
    if (p == nullptr) return nullptr;
  }
  if (group != 0) {
    return fail(FaultKind::Truncated, end, "a group does not end: the message is cut off");
  }
  return p;
}

Place MessageParser::check_record(const MessagePlan& plan, std::uint32_t tag, Place p, Place end,
                                  int depth) {
  const FieldPlan* field = plan.find(tag >> 3U);
  const auto wire = static_cast<WireType>(tag & 7U);
  if (field == nullptr) return skip(p, end, tag, depth);
  if (field->wire != wire) {
    const bool packed = wire == WireType::Length && field->packable;
    return packed ? check_packed(*field, p, end) : skip(p, end, tag, depth);
  }
  if (wire == WireType::Length) return check_length(*field, p, end, depth);
  if (wire != WireType::StartGroup) return skip_plain(p, end, wire);
  return enter(p, depth) ? check_message(*field->message, p, end, depth + 1, field->number)
                         : nullptr;
}

Place MessageParser::check_packed(const FieldPlan& field, Place p, Place end) {
  std::uint64_t size = 0;
  p = length(p, end, size);
  if (p == nullptr) return nullptr;
  const Place behind = p + size;
  if (field.wire != WireType::Varint) {
    const std::size_t width = field.wire == WireType::Fixed64 ? 8 : 4;
    return size % width == 0 ? behind : fail(FaultKind::Malformed, p, "packed numbers are cut off");
  }
  std::uint64_t number = 0;
  while (p != nullptr && p < behind) p = varint(p, behind, number);
  return p;
}

Place MessageParser::check_length(const FieldPlan& field, Place p, Place end, int depth) {
  std::uint64_t size = 0;
  p = length(p, end, size);
  if (p == nullptr) return nullptr;
  const Place behind = p + size;
  if (field.type == FieldType::Bytes) return behind;
  if (field.type == FieldType::String) return text(p, size) ? behind : nullptr;
  return enter(p, depth) ? check_message(*field.message, p, behind, depth + 1, 0) : nullptr;
}

bool MessageParser::has_required(const MessagePlan& plan, const View& record) {
  if (!plan.reaches_required) return true;
  return std::ranges::all_of(plan.fields, [&](const FieldPlan& field) {
    return has_required(field, record[field.position]);
  });
}

bool MessageParser::has_required(const FieldPlan& field, const View& value) {
  if (field.required && value.is_null()) {
    fail(FaultKind::MissingField, begin_,
         "the required field " + field.field->name + " is missing");
    return false;
  }
  if (field.message == nullptr || !field.message->reaches_required) return true;
  if (field.repeated) return each_has_required(field, value);
  if (value.is_null() || has_required(*field.message, value)) return true;
  within(field);
  return false;
}

bool MessageParser::each_has_required(const FieldPlan& field, const View& value) {
  std::size_t i = 0;
  for (const auto& item : value.items()) {
    if (!has_required(*field.message, item)) {
      within(field, i);
      return false;
    }
    ++i;
  }
  if (!field.map) return true;
  const auto* type = field.message->find(2)->message;
  for (const auto& entry : value.entries()) {
    if (!has_required(*type, entry.value)) {
      within(field, i);
      return false;
    }
    ++i;
  }
  return true;
}

}  // namespace limpet::protobuf
