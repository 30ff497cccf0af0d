#include "limpet/protobuf/message_reader.h"

#include "message_plan.h"

#include "limpet/value/text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <utility>

namespace limpet::protobuf {
namespace {

using value::Fault;
using value::FaultKind;
using value::MapEntry;
using value::View;
using Bytes = const std::uint8_t*;

constexpr std::uint64_t kMaxMessage = INT32_MAX;
constexpr std::size_t kFirstItems = 4;
constexpr std::ptrdiff_t kMaxTag = 5;  // bytes; of a length as well, as libprotobuf has it

template <class T>
T load(Bytes at) {
  static_assert(std::endian::native == std::endian::little);
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1U) ^ (~(value & 1U) + 1));
}

View number_view(FieldType type, std::uint64_t value) {
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

View fixed_view(FieldType type, Bytes at) {
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

/// Reads one message. A function that returns a place returns nullptr when something is wrong;
/// then fault_ says what, and callers add where on the way out.
class Parser {
 public:
  Parser(Bytes begin, value::Arena& arena, const MessageReaderOptions& options,
         UnknownFields* unknown)
      : begin_(begin),
        arena_(arena),
        options_(options),
        unknown_(unknown),
        used_before_(arena.used()) {}

  std::optional<Fault> run(const MessagePlan& plan, Bytes end, View& out) {
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

 private:
  std::optional<Fault> fault(const MessagePlan& plan) {
    fault_.path.insert(0, plan.message->name);
    return std::move(fault_);
  }

  [[gnu::cold, gnu::noinline]] std::nullptr_t fail(FaultKind kind, Bytes at, std::string message) {
    fault_.kind = kind;
    fault_.offset = static_cast<std::uint64_t>(at - begin_);
    fault_.message = std::move(message);
    return nullptr;
  }
  std::nullptr_t cut_off(Bytes end) {
    return fail(FaultKind::Truncated, end, "the message is cut off");
  }
  std::nullptr_t too_large(Bytes at) {
    return fail(FaultKind::TooLarge, at,
                "the message takes too much memory: more than " +
                    std::to_string(options_.max_memory) + " bytes");
  }
  // Where it went wrong, from the inside out.
  [[gnu::cold, gnu::noinline]] std::nullptr_t within(const FieldPlan& field,
                                                     std::optional<std::size_t> index = {}) {
    std::string step = "." + field.field->name;
    if (index) step += "[" + std::to_string(*index) + "]";
    fault_.path.insert(0, step);
    return nullptr;
  }

  [[gnu::always_inline]] Bytes varint(Bytes p, Bytes end, std::uint64_t& out) {
    if (p < end && *p < 0x80) [[likely]] {
      out = *p;
      return p + 1;
    }
    return long_varint(p, end, out);
  }
  [[gnu::noinline]] Bytes long_varint(Bytes p, Bytes end, std::uint64_t& out) {
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

  Bytes tag(Bytes p, Bytes end, std::uint32_t& out) {
    const Bytes at = p;
    std::uint64_t value = 0;
    p = varint(p, end, value);
    if (p == nullptr) return nullptr;
    if (p - at > kMaxTag || value > UINT32_MAX) [[unlikely]] {
      return fail(FaultKind::Malformed, at, "a tag is longer than 32 bits");
    }
    if (value < 8) [[unlikely]] {
      return fail(FaultKind::Malformed, at, "no field can have the number 0");
    }
    out = static_cast<std::uint32_t>(value);
    return p;
  }

  // A length, and whether so many bytes are there.
  [[gnu::always_inline]] Bytes length(Bytes p, Bytes end, std::uint64_t& out) {
    const Bytes at = p;
    p = varint(p, end, out);
    if (p == nullptr) return nullptr;
    if (out > static_cast<std::uint64_t>(end - p) || p - at > kMaxTag) [[unlikely]] {
      return bad_length(at, p, end, out);
    }
    return p;
  }
  [[gnu::cold, gnu::noinline]] std::nullptr_t bad_length(Bytes at, Bytes p, Bytes end,
                                                         std::uint64_t length) {
    if (p - at > kMaxTag) {
      return fail(FaultKind::Malformed, at, "a length is longer than 32 bits");
    }
    return fail(FaultKind::Truncated, at,
                "a length of " + std::to_string(length) + " bytes, with " +
                    std::to_string(end - p) + " left: the message is cut off");
  }

  bool within_memory() const { return arena_.used() - used_before_ <= options_.max_memory; }

  std::span<View> make_record(const MessagePlan& plan, Bytes at) {
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
  Item* grow(const Item* items, std::size_t size, std::size_t more, Bytes at) {
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

  bool append(View& array, const View& item, Bytes at) {
    const std::size_t size = array.size();
    View* items = grow(array.items().data(), size, 1, at);
    if (items == nullptr) return false;
    items[size] = item;
    array = View::array({items, size + 1});
    return true;
  }

  // Set a singular field or add to a repeated one.
  [[gnu::always_inline]] bool put(const FieldPlan& field, View* values, const View& value,
                                  Bytes at) {
    View& slot = values[field.position];
    if (field.repeated) [[unlikely]]
      return append(slot, value, at);
    if (!field.siblings.empty()) [[unlikely]]
      clear_siblings(field, values);
    slot = value;
    return true;
  }
  static void clear_siblings(const FieldPlan& field, View* values) {
    for (const auto sibling : field.siblings) {
      if (sibling != field.position) values[sibling] = View::null();
    }
  }

  void keep(const MessagePlan& plan, std::uint32_t number, Bytes from, Bytes to) {
    if (unknown_ == nullptr) return;
    ++unknown_->count;
    if (unknown_->fields.size() >= unknown_->keep) return;
    unknown_->fields.push_back(
        {plan.message->full_name, number,
         std::string(reinterpret_cast<const char*>(from), static_cast<std::size_t>(to - from))});
  }

  // The text behind a string's length, or nullopt.
  [[gnu::always_inline]] std::optional<std::string_view> text(Bytes p, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(p), size);
    if (options_.utf8 == value::Utf8Policy::Trust || value::is_ascii(text)) [[likely]]
      return text;
    return checked_text(text, p);
  }
  [[gnu::noinline]] std::optional<std::string_view> checked_text(std::string_view text, Bytes at) {
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

  // Reads until `end` or, within a group, until the group ends.
  Bytes message(const MessagePlan& plan, Bytes p, Bytes end, View* values, int depth,
                std::uint32_t group) {
    while (p < end) {
      const Bytes start = p;
      std::uint32_t tag = *p;
      if (tag >= 8 && tag < 0x80) [[likely]] {
        ++p;
      } else {
        p = this->tag(p, end, tag);
        if (p == nullptr) return nullptr;
      }
      const FieldPlan* field = plan.find(tag >> 3U);
      const auto wire = static_cast<WireType>(tag & 7U);
      if (field == nullptr || field->wire != wire) [[unlikely]] {
        if (field != nullptr && wire == WireType::Length && field->packable) {
          p = packed(plan, *field, p, end, values);
          if (p == nullptr) return nullptr;
          continue;
        }
        if (wire == WireType::EndGroup) {
          if (group != 0 && tag >> 3U == group) return p;
          return fail(
              FaultKind::Malformed, start,
              group == 0 ? "a group ends that did not begin" : "a group ends with another number");
        }
        p = skip(p, end, tag, depth);
        if (p == nullptr) return nullptr;
        keep(plan, tag >> 3U, start, p);
        continue;
      }
      switch (field->wire) {
        case WireType::Varint: {
          std::uint64_t number = 0;
          p = varint(p, end, number);
          if (p == nullptr) return within(*field);
          if (field->enumeration != nullptr) {
            View symbol;
            if (!enum_view(*field, number, symbol)) {
              if (plan.message->map_entry) {
                foreign_symbol_ = true;
              } else {
                keep(plan, field->number, start, p);
              }
              continue;
            }
            if (!put(*field, values, symbol, start)) return within(*field);
          } else if (!put(*field, values, number_view(field->type, number), start)) {
            return within(*field);
          }
          break;
        }
        case WireType::Fixed64:
        case WireType::Fixed32: {
          const std::ptrdiff_t width = field->wire == WireType::Fixed64 ? 8 : 4;
          if (end - p < width) {
            cut_off(end);
            return within(*field);
          }
          if (!put(*field, values, fixed_view(field->type, p), start)) return within(*field);
          p += width;
          break;
        }
        case WireType::Length:
          p = with_length(plan, *field, p, end, values, depth, start);
          if (p == nullptr) return nullptr;
          break;
        default: {  // StartGroup: no field has an end of group for its type
          p = nested(*field, p, end, values, depth, field->number);
          if (p == nullptr) return nullptr;
          break;
        }
      }
    }
    if (group != 0) {
      return fail(FaultKind::Truncated, end, "a group does not end: the message is cut off");
    }
    return p;
  }

  // False: a closed enum without that number.
  static bool enum_view(const FieldPlan& field, std::uint64_t number, View& out) {
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

  [[gnu::always_inline]] Bytes with_length(const MessagePlan& plan, const FieldPlan& field, Bytes p,
                                           Bytes end, View* values, int depth, Bytes start) {
    std::uint64_t size = 0;
    p = length(p, end, size);
    if (p == nullptr) return within(field);
    const Bytes behind = p + size;
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
  Bytes nested(const FieldPlan& field, Bytes p, Bytes end, View* values, int depth,
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

  bool enter(Bytes at, int depth) {
    if (depth < options_.max_depth) [[likely]]
      return true;
    fail(FaultKind::TooDeep, at,
         "nested deeper than " + std::to_string(options_.max_depth) + " messages");
    return false;
  }

  // An entry of a map is a message of two fields.
  Bytes entry(const MessagePlan& plan, const FieldPlan& field, Bytes p, Bytes end, View* values,
              int depth, Bytes start) {
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

  Bytes packed(const MessagePlan& plan, const FieldPlan& field, Bytes p, Bytes end, View* values) {
    std::uint64_t size = 0;
    p = length(p, end, size);
    if (p == nullptr) return within(field);
    if (size == 0) return p;
    const Bytes behind = p + size;
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
      const Bytes at = p;
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

  static std::size_t ends_of_numbers(Bytes p, Bytes end) {
    std::size_t count = 0;
    for (; p < end; ++p) count += *p < 0x80 ? 1 : 0;
    return count;
  }

  // Moves behind a record's content, whatever it is.
  Bytes skip(Bytes p, Bytes end, std::uint32_t tag, int depth) {
    const auto wire = static_cast<WireType>(tag & 7U);
    if (wire == WireType::StartGroup) return skip_group(p, end, tag >> 3U, depth);
    return skip_plain(p, end, wire);
  }
  Bytes skip_plain(Bytes p, Bytes end, WireType wire) {
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
  Bytes skip_group(Bytes p, Bytes end, std::uint32_t number, int depth) {
    std::vector<std::uint32_t> open{number};
    while (!open.empty()) {
      if (depth + static_cast<int>(open.size()) > options_.max_depth) {
        enter(p, options_.max_depth);
        return nullptr;
      }
      if (p >= end) {
        return fail(FaultKind::Truncated, end, "a group does not end: the message is cut off");
      }
      const Bytes at = p;
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

  bool has_required(const MessagePlan& plan, const View& record) {
    if (!plan.reaches_required) return true;
    for (const auto& field : plan.fields) {
      const View& value = record[field.position];
      if (field.required && value.is_null()) {
        fail(FaultKind::MissingField, begin_,
             "the required field " + field.field->name + " is missing");
        return false;
      }
      if (field.message == nullptr || !field.message->reaches_required) continue;
      if (!field.repeated) {
        if (!value.is_null() && !has_required(*field.message, value)) {
          within(field);
          return false;
        }
      } else if (!each_has_required(field, value)) {
        return false;
      }
    }
    return true;
  }
  bool each_has_required(const FieldPlan& field, const View& value) {
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

  Bytes begin_;
  value::Arena& arena_;
  const MessageReaderOptions& options_;
  UnknownFields* unknown_;
  std::size_t used_before_;
  bool foreign_symbol_ = false;  // the entry of a map that is being read has an unknown symbol
  Fault fault_;
};

}  // namespace

Result<MessageReader> MessageReader::make(const Schema& schema, const Message& message,
                                          const MessageReaderOptions& options) {
  LIMPET_TRY(auto plans, MessagePlans::make(schema, message));
  return MessageReader(std::move(plans), options);
}

std::optional<Fault> MessageReader::read(std::span<const std::byte> bytes, value::Arena& arena,
                                         View& out, UnknownFields* unknown) const {
  if (bytes.size() > kMaxMessage) {
    return Fault{FaultKind::TooLarge, 0, "", "the message is longer than 2 GiB"};
  }
  static constexpr std::uint8_t kNothing = 0;
  const auto* begin =
      bytes.empty() ? &kNothing : reinterpret_cast<const std::uint8_t*>(bytes.data());
  return Parser(begin, arena, options_, unknown).run(plans_->root(), begin + bytes.size(), out);
}

const value::RecordShape& MessageReader::shape() const { return plans_->root().shape; }
const Message& MessageReader::message() const { return *plans_->root().message; }

}  // namespace limpet::protobuf
