#include "message_parser.h"
#include "struct_read_plan.h"
#include "view_charge.h"

#include "limpet/protobuf/message_struct.h"
#include "limpet/value/struct_view.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::protobuf {
namespace {

using value::Fault;
using value::FaultKind;
using value::TargetKind;
using value::View;
using Bits = StructReadPlan::Bits;

// Deeper messages are read by way of views: value::read_struct counts containers, too, to 1,000.
constexpr int kMaxDepth = 400;

Fault more_than(std::size_t bytes, std::uint64_t at) {
  return {FaultKind::TooLarge, at, "",
          "the message takes too much memory: more than " + std::to_string(bytes) + " bytes"};
}

/// Reads one message. A function that returns a place returns nullptr to give up: because of
/// too_large() if that says something, else because views are needed to say what is so.
class StructRun {
 public:
  StructRun(Place begin, value::Arena& arena, const MessageReaderOptions& options)
      : begin_(begin),
        arena_(arena),
        parser_(begin, arena, options, nullptr),
        max_depth_(std::min(options.max_depth, kMaxDepth)),
        owned_max_(std::min(options.max_memory, arena.limit())),
        owned_left_(owned_max_) {}

  Place run(const StructReadPlan& plan, Place p, Place end, std::byte* base, int depth) {
    Bits seen{};
    View* late = nullptr;
    if (plan.late_members) [[unlikely]] {
      late = parser_.make_record(*plan.message, p).data();
      if (late == nullptr) return nullptr;
    }
    const ReadOp* guess = plan.ops.data() + 1;
    while (p < end) {
      const Place start = p;
      std::uint32_t tag = *p;
      const ReadOp* op = nullptr;
      if (tag < 0x80) [[likely]] {
        op = plan.ops.data() + plan.quick[tag];
        ++p;
      } else {
        p = parser_.tag(p, end, tag);
        if (p == nullptr) return nullptr;
        op = plan.find(tag, guess);
      }
      guess = op + 1;
      std::byte* to = base + op->offset;
      const std::uint64_t before = seen[op->word];
      const bool again = (before & op->mask) != 0;
      seen[op->word] = before | op->mask;
      if (op->unusual) [[unlikely]] {
        if (op->oneof != 0 && !is_symbol(op->code)) forget_siblings(plan, *op, seen);
        to = unwrap(*op, to, again);
        if (to == nullptr) return step(*op, too_large(start));
      }
      switch (op->code) {
        case ReadCode::Unknown:
          p = tag < 8 ? nullptr : parser_.skip(p, end, tag, depth);
          break;
        case ReadCode::Check:
          p = parser_.check_record(*plan.message, tag, p, end, depth);
          break;
        case ReadCode::Refuse:
          return nullptr;
        case ReadCode::Late:
          p = parser_.record(*plan.message, *op->field, tag, start, p, end, late, depth);
          break;
        case ReadCode::Boolean:
        case ReadCode::Varint32:
        case ReadCode::Varint64:
        case ReadCode::Zigzag32:
        case ReadCode::Zigzag64: {
          std::uint64_t number = 0;
          p = parser_.varint(p, end, number);
          if (p != nullptr) [[likely]]
            store(op->code, number, to);
          break;
        }
        case ReadCode::Fixed32:
          if (end - p < 4) return nullptr;
          std::memcpy(to, p, 4);
          p += 4;
          break;
        case ReadCode::Fixed64:
          if (end - p < 8) return nullptr;
          std::memcpy(to, p, 8);
          p += 8;
          break;
        case ReadCode::Number:
          p = number(*op, p, end, to);
          break;
        case ReadCode::StringView:
        case ReadCode::String: {
          std::uint64_t size = 0;
          p = parser_.length(p, end, size);
          if (p == nullptr) [[unlikely]]
            return nullptr;
          const auto text = parser_.text(p, size);
          if (!text) [[unlikely]]
            return nullptr;
          if (op->code == ReadCode::StringView) {
            as<std::string_view>(to) = *text;
          } else {
            as<std::string>(to).assign(*text);
          }
          p += size;
          break;
        }
        case ReadCode::BytesView:
        case ReadCode::Bytes:
        case ReadCode::FixedBytes:
          p = bytes(*op, p, end, to);
          break;
        case ReadCode::Enum:
        case ReadCode::EnumView:
        case ReadCode::EnumString:
        case ReadCode::CheckEnum: {
          std::uint64_t number = 0;
          p = parser_.varint(p, end, number);
          if (p == nullptr) return nullptr;
          const auto ordinal = op->field->enumeration->ordinal_of(
              static_cast<std::int32_t>(static_cast<std::uint32_t>(number)));
          if (!ordinal) {
            if (!op->field->closed) return nullptr;
            seen[op->word] = before;  // an unknown field
            break;
          }
          if (op->oneof != 0) forget_siblings(plan, *op, seen);
          if (op->code == ReadCode::CheckEnum) break;
          if (op->wrap != Wrap::None) {
            to = wrapped(*op, to, again);
            if (to == nullptr) return step(*op, too_large(start));
          }
          if (!store_symbol(*op, *ordinal, to)) return nullptr;
          break;
        }
        case ReadCode::Message:
          if (again) return nullptr;  // in two parts
          if (op->wrap == Wrap::Optional && !own(op->bytes)) return step(*op, too_large(start));
          p = message(*op, p, end, to, depth);
          break;
        case ReadCode::Messages:
          p = messages(*op, tag, p, end, to, depth, again);
          break;
        case ReadCode::Entries:
          p = entries(*op, tag, p, end, to, depth, again);
          break;
        case ReadCode::Packed:
          p = packed(*op, p, end, to, again);
          break;
        case ReadCode::PackedEach:
          p = packed_each(*op, p, end, to, again);
          break;
      }
      if (p == nullptr) [[unlikely]]
        return step(*op, nullptr);
    }
    for (std::size_t word = 0; word < plan.words; ++word) {
      const std::uint64_t missing = plan.wanted[word] & ~seen[word];
      if (missing != 0 && !blank(plan, word, missing, p, base, depth)) return nullptr;
    }
    if (late != nullptr && !finish(plan, late, p, base)) return nullptr;
    return p;
  }

  /// Why it gave up: more memory than is allowed.
  std::optional<Fault> too_large(const Message& root) && {
    if (!fault_) return std::nullopt;
    fault_->path.insert(0, root.name);
    return std::move(fault_);
  }

 private:
  template <class T>
  static T& as(void* at) {
    return *static_cast<T*>(at);
  }
  template <class T>
  static const T& access(const ReadOp& op) {
    return *static_cast<const T*>(op.access);
  }

  // Memory that is not the arena's.
  bool own(std::size_t bytes) {
    if (bytes > owned_left_) return false;
    owned_left_ -= bytes;
    return true;
  }
  [[gnu::cold, gnu::noinline]] std::nullptr_t too_large(Place at) {
    fault_ = more_than(owned_max_, static_cast<std::uint64_t>(at - begin_));
    return nullptr;
  }
  [[gnu::cold, gnu::noinline]] std::nullptr_t step(const ReadOp& op, std::nullptr_t) {
    if (fault_) fault_->path.insert(0, "." + op.field->field->name);
    return nullptr;
  }
  [[gnu::cold, gnu::noinline]] std::nullptr_t in_item(std::size_t index) {
    if (fault_) fault_->path.insert(0, "[" + std::to_string(index) + "]");
    return nullptr;
  }

  static void forget_siblings(const StructReadPlan& plan, const ReadOp& op, Bits& seen) {
    const Bits& members = plan.oneofs[op.oneof];
    for (std::size_t word = 0; word < seen.size(); ++word) seen.at(word) &= ~members.at(word);
    seen.at(op.word) |= op.mask;
  }

  // Where the value itself goes; nullptr: there is no more memory.
  static std::byte* engaged(const ReadOp& op, std::byte* to) {
    return static_cast<std::byte*>(access<value::OptionalAccess>(op).engage(to));
  }
  std::byte* appended(const ReadOp& op, std::byte* to, bool again) {
    const auto& sequence = access<value::SequenceAccess>(op);
    if (!again) sequence.clear(to);
    return own(op.bytes) ? static_cast<std::byte*>(sequence.append(to)) : nullptr;
  }
  std::byte* wrapped(const ReadOp& op, std::byte* to, bool again) {
    return op.wrap == Wrap::Optional ? engaged(op, to) : appended(op, to, again);
  }
  std::byte* unwrap(const ReadOp& op, std::byte* to, bool again) {
    const bool now = op.wrap != Wrap::None && !is_symbol(op.code) && op.code < ReadCode::Messages;
    return now ? wrapped(op, to, again) : to;
  }
  static bool is_symbol(ReadCode code) {
    return code >= ReadCode::Enum && code <= ReadCode::CheckEnum;
  }

  [[gnu::always_inline]] static void store(ReadCode code, std::uint64_t number, std::byte* to) {
    const auto narrow = static_cast<std::uint32_t>(number);
    switch (code) {
      case ReadCode::Boolean:
        as<bool>(to) = number != 0;
        return;
      case ReadCode::Varint32:
        std::memcpy(to, &narrow, sizeof(narrow));
        return;
      case ReadCode::Zigzag32: {
        const auto value = static_cast<std::int32_t>(unzigzag(narrow));
        std::memcpy(to, &value, sizeof(value));
        return;
      }
      case ReadCode::Zigzag64: {
        const auto value = unzigzag(number);
        std::memcpy(to, &value, sizeof(value));
        return;
      }
      default:
        std::memcpy(to, &number, sizeof(number));
    }
  }

  // ---- Numbers of another type ----

  [[gnu::noinline]] Place number(const ReadOp& op, Place p, Place end, std::byte* to) {
    switch (op.field->wire) {
      case WireType::Fixed64:
        if (end - p < 8) return nullptr;
        return store_number(op, load<std::uint64_t>(p), to) ? p + 8 : nullptr;
      case WireType::Fixed32:
        if (end - p < 4) return nullptr;
        return store_number(op, load<std::uint32_t>(p), to) ? p + 4 : nullptr;
      default: {
        std::uint64_t number = 0;
        p = parser_.varint(p, end, number);
        return p != nullptr && store_number(op, number, to) ? p : nullptr;
      }
    }
  }
  static bool store_number(const ReadOp& op, std::uint64_t bits, std::byte* to) {
    const auto narrow = static_cast<std::uint32_t>(bits);
    const TargetKind kind = op.target->kind;
    switch (op.field->type) {
      case FieldType::Double:
        return store_as(kind, std::bit_cast<double>(bits), to);
      case FieldType::Float:
        return store_as(kind, static_cast<double>(std::bit_cast<float>(narrow)), to);
      case FieldType::Int32:
      case FieldType::SFixed32:
        return store_as(kind, std::int64_t{static_cast<std::int32_t>(narrow)}, to);
      case FieldType::SInt32:
        return store_as(kind, std::int64_t{static_cast<std::int32_t>(unzigzag(narrow))}, to);
      case FieldType::UInt32:
      case FieldType::Fixed32:
        return store_as(kind, std::int64_t{narrow}, to);
      case FieldType::SInt64:
        return store_as(kind, unzigzag(bits), to);
      case FieldType::UInt64:
      case FieldType::Fixed64:
        return store_as(kind, bits, to);
      default:
        return store_as(kind, static_cast<std::int64_t>(bits), to);
    }
  }
  template <class Number>
  static bool store_as(TargetKind kind, Number number, std::byte* to) {
    switch (kind) {
      case TargetKind::Float:
        as<float>(to) = static_cast<float>(static_cast<double>(number));
        return true;
      case TargetKind::Double:
        as<double>(to) = static_cast<double>(number);
        return true;
      case TargetKind::Int32:
        return store_integer<std::int32_t>(number, to);
      case TargetKind::Int64:
        return store_integer<std::int64_t>(number, to);
      case TargetKind::UInt32:
        return store_integer<std::uint32_t>(number, to);
      default:
        return store_integer<std::uint64_t>(number, to);
    }
  }
  template <class To, class Number>
  static bool store_integer(Number number, std::byte* to) {
    if constexpr (std::is_integral_v<Number>) {
      if (!std::in_range<To>(number)) return false;
      as<To>(to) = static_cast<To>(number);
      return true;
    } else {
      return false;  // a plan has no such operation
    }
  }

  // ---- Bytes, symbols, messages ----

  [[gnu::noinline]] Place bytes(const ReadOp& op, Place p, Place end, std::byte* to) {
    std::uint64_t size = 0;
    p = parser_.length(p, end, size);
    if (p == nullptr) return nullptr;
    const auto* first = reinterpret_cast<const std::byte*>(p);
    if (op.code == ReadCode::BytesView) {
      as<std::span<const std::byte>>(to) = {first, size};
    } else if (op.code == ReadCode::Bytes) {
      as<std::vector<std::byte>>(to).assign(first, first + size);
    } else {
      if (size != op.target->bytes) return nullptr;
      if (size != 0) std::memcpy(to, first, size);
    }
    return p + size;
  }

  static bool store_symbol(const ReadOp& op, std::uint32_t ordinal, std::byte* to) {
    if (op.code == ReadCode::Enum) {
      const auto& value = static_cast<const EnumTargets*>(op.detail)->by_ordinal[ordinal];
      if (!value.known) return false;
      op.target->symbols->store(to, value.value);
      return true;
    }
    const std::string& name = op.field->enumeration->enumeration().values[ordinal].name;
    if (op.code == ReadCode::EnumView) {
      as<std::string_view>(to) = name;
    } else {
      as<std::string>(to).assign(name);
    }
    return true;
  }

  Place message(const ReadOp& op, Place p, Place end, std::byte* to, int depth) {
    std::uint64_t size = 0;
    p = parser_.length(p, end, size);
    if (p == nullptr || depth >= max_depth_) return nullptr;
    return run(*op.plan, p, p + size, to, depth + 1);
  }

  // Is the next record of the same field? Then behind its tag.
  static bool goes_on(std::uint32_t tag, Place& p, Place end) {
    if (tag >= 0x80 || p >= end || *p != tag) return false;
    ++p;
    return true;
  }

  [[gnu::noinline]] Place messages(const ReadOp& op, std::uint32_t tag, Place p, Place end,
                                   std::byte* to, int depth, bool again) {
    const auto& sequence = access<value::SequenceAccess>(op);
    if (!again) sequence.clear(to);
    do {
      const Place start = p;
      if (!own(op.bytes)) {
        too_large(start);
        return in_item(sequence.size(to));
      }
      p = message(op, p, end, static_cast<std::byte*>(sequence.append(to)), depth);
      if (p == nullptr) [[unlikely]]
        return in_item(sequence.size(to) - 1);
    } while (goes_on(tag, p, end));
    return p;
  }

  [[gnu::noinline]] Place entries(const ReadOp& op, std::uint32_t tag, Place p, Place end,
                                  std::byte* to, int depth, bool again) {
    const auto& map = access<value::MapAccess>(op);
    const FieldPlan& key_field = *op.field->message->find(1);
    const auto key_tag = (1U << 3U) | static_cast<std::uint32_t>(key_field.wire);
    if (!again) map.clear(to);
    do {
      std::uint64_t size = 0;
      p = parser_.length(p, end, size);
      if (p == nullptr || depth >= max_depth_) return nullptr;
      const Place behind = p + size;
      std::array<char, 24> room;  // NOLINT: key() fills what it uses
      auto key = default_key(key_field.type);
      if (p < behind && *p == key_tag) {
        p = this->key(key_field, p + 1, behind, room, key);
        if (p == nullptr) return nullptr;
      }
      if (!own(op.bytes)) {
        too_large(p);
        return in_item(map.size(to));
      }
      auto* value = static_cast<std::byte*>(map.insert(to, key));
      if (op.value == ReadCode::String && last_text(p, behind, value)) [[likely]] {
        p = behind;
        continue;
      }
      p = run(*op.plan, p, behind, value, depth + 1);
      if (p == nullptr) [[unlikely]]
        return in_item(map.size(to) - 1);
    } while (goes_on(tag, p, end));
    return p;
  }

  // The usual end of an entry: a text of less than 128 bytes and nothing behind it.
  bool last_text(Place p, Place end, std::byte* to) {
    constexpr auto kTag = (2U << 3U) | static_cast<unsigned>(WireType::Length);
    if (end - p < 2 || p[0] != kTag || p[1] >= 0x80 || p[1] != end - p - 2) return false;
    const auto text = parser_.text(p + 2, p[1]);
    if (text) as<std::string>(to).assign(*text);
    return text.has_value();
  }

  // Of an entry that has none.
  static std::string_view default_key(FieldType type) {
    switch (type) {
      case FieldType::String:
        return "";
      case FieldType::Bool:
        return "false";
      default:
        return "0";
    }
  }

  Place key(const FieldPlan& field, Place p, Place end, std::span<char> room,
            std::string_view& out) {
    std::uint64_t number = 0;
    switch (field.wire) {
      case WireType::Length: {
        p = parser_.length(p, end, number);
        if (p == nullptr) return nullptr;
        const auto text = parser_.text(p, number);
        if (!text) return nullptr;
        out = *text;
        return p + number;
      }
      case WireType::Fixed64:
        if (end - p < 8) return nullptr;
        number = load<std::uint64_t>(p);
        p += 8;
        break;
      case WireType::Fixed32:
        if (end - p < 4) return nullptr;
        number = load<std::uint32_t>(p);
        p += 4;
        break;
      default:
        p = parser_.varint(p, end, number);
        if (p == nullptr) return nullptr;
    }
    out = number_text(field.type, number, room);
    return p;
  }
  static std::string_view number_text(FieldType type, std::uint64_t number, std::span<char> room) {
    const auto narrow = static_cast<std::uint32_t>(number);
    const auto write = [&room](auto value) {
      const char* end = std::to_chars(room.data(), room.data() + room.size(), value).ptr;
      return std::string_view(room.data(), static_cast<std::size_t>(end - room.data()));
    };
    switch (type) {
      case FieldType::Bool:
        return number != 0 ? "true" : "false";
      case FieldType::Int32:
      case FieldType::SFixed32:
        return write(static_cast<std::int32_t>(narrow));
      case FieldType::SInt32:
        return write(static_cast<std::int32_t>(unzigzag(narrow)));
      case FieldType::UInt32:
      case FieldType::Fixed32:
        return write(narrow);
      case FieldType::SInt64:
        return write(unzigzag(number));
      case FieldType::UInt64:
      case FieldType::Fixed64:
        return write(number);
      default:
        return write(static_cast<std::int64_t>(number));
    }
  }

  // ---- Packed numbers ----

  [[gnu::noinline]] Place packed(const ReadOp& op, Place p, Place end, std::byte* to, bool again) {
    std::uint64_t size = 0;
    const Place start = p;
    p = parser_.length(p, end, size);
    if (p == nullptr) return nullptr;
    if (!again) access<value::SequenceAccess>(op).clear(to);
    const Place behind = p + size;
    bool fits = true;
    switch (op.target->kind) {
      case TargetKind::Int32:
        p = fill(op, p, behind, as<std::vector<std::int32_t>>(to), fits);
        break;
      case TargetKind::Int64:
        p = fill(op, p, behind, as<std::vector<std::int64_t>>(to), fits);
        break;
      case TargetKind::UInt32:
        p = fill(op, p, behind, as<std::vector<std::uint32_t>>(to), fits);
        break;
      case TargetKind::UInt64:
        p = fill(op, p, behind, as<std::vector<std::uint64_t>>(to), fits);
        break;
      case TargetKind::Float:
        p = fill(op, p, behind, as<std::vector<float>>(to), fits);
        break;
      default:
        p = fill(op, p, behind, as<std::vector<double>>(to), fits);
    }
    return fits ? p : too_large(start);
  }

  template <class T>
  Place fill(const ReadOp& op, Place p, Place end, std::vector<T>& to, bool& fits) {
    const auto room = [&](std::size_t count) {
      fits = own(count * sizeof(T));
      const std::size_t before = to.size();
      if (fits) to.resize(before + count);
      return to.data() + before;
    };
    const auto size = static_cast<std::size_t>(end - p);
    if (op.value == ReadCode::Fixed32 || op.value == ReadCode::Fixed64) {
      if (size % sizeof(T) != 0) return nullptr;
      T* out = room(size / sizeof(T));
      if (fits && size != 0) std::memcpy(out, p, size);
      return end;
    }
    if constexpr (std::is_integral_v<T>) {
      std::size_t count = 0;
      for (Place at = p; at < end; ++at) count += *at < 0x80 ? 1 : 0;
      T* out = room(count);
      if (!fits) return nullptr;
      const T* last = out + count;
      while (out < last) {
        std::uint64_t number = 0;
        p = parser_.varint(p, end, number);
        if (p == nullptr) return nullptr;
        store(op.value, number, reinterpret_cast<std::byte*>(out++));
      }
    }
    return p == end ? p : nullptr;
  }

  // Numbers of another type than the items', and symbols.
  [[gnu::noinline]] Place packed_each(const ReadOp& op, Place p, Place end, std::byte* to,
                                      bool again) {
    std::uint64_t size = 0;
    p = parser_.length(p, end, size);
    if (p == nullptr) return nullptr;
    if (!again) access<value::SequenceAccess>(op).clear(to);
    const Place behind = p + size;
    ReadOp item = op;
    item.code = op.value;
    while (p < behind) {
      const Place start = p;
      if (!is_symbol(item.code)) {
        std::byte* place = appended(op, to, true);
        if (place == nullptr) return too_large(start);
        p = number(item, p, behind, place);
        if (p == nullptr) return nullptr;
        continue;
      }
      std::uint64_t number = 0;
      p = parser_.varint(p, behind, number);
      if (p == nullptr) return nullptr;
      const auto ordinal = op.field->enumeration->ordinal_of(
          static_cast<std::int32_t>(static_cast<std::uint32_t>(number)));
      if (!ordinal) {
        if (op.field->closed) continue;
        return nullptr;
      }
      std::byte* place = appended(op, to, true);
      if (place == nullptr) return too_large(start);
      if (!store_symbol(item, *ordinal, place)) return nullptr;
    }
    return p;
  }

  // ---- At the end of a message ----

  // Fields that did not occur.
  [[gnu::noinline]] bool blank(const StructReadPlan& plan, std::size_t word, std::uint64_t missing,
                               Place at, std::byte* base, int depth) {
    for (; missing != 0; missing &= missing - 1) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(missing));
      if (!blank(plan.blanks[word * 64 + bit], at, base, depth)) return false;
    }
    return true;
  }
  bool blank(const BlankOp& op, Place at, std::byte* base, int depth) {
    std::byte* to = base + op.offset;
    if (op.engage) {
      to =
          static_cast<std::byte*>(static_cast<const value::OptionalAccess*>(op.access)->engage(to));
    }
    switch (op.code) {
      case BlankCode::Refuse:
        return false;
      case BlankCode::Reset:
        static_cast<const value::OptionalAccess*>(op.access)->reset(to);
        return true;
      case BlankCode::ClearSequence:
        static_cast<const value::SequenceAccess*>(op.access)->clear(to);
        return true;
      case BlankCode::ClearMap:
        static_cast<const value::MapAccess*>(op.access)->clear(to);
        return true;
      case BlankCode::Zero:
        std::memset(to, 0, op.bytes);
        return true;
      case BlankCode::Text:
        as<std::string_view>(to) = *static_cast<const std::string*>(op.detail);
        return true;
      case BlankCode::StringText:
        as<std::string>(to).assign(*static_cast<const std::string*>(op.detail));
        return true;
      case BlankCode::NoBytesView:
        as<std::span<const std::byte>>(to) = {};
        return true;
      case BlankCode::NoBytes:
        as<std::vector<std::byte>>(to).clear();
        return true;
      case BlankCode::Enum:
        static_cast<const value::EnumTable*>(op.detail)->store(to, op.number);
        return true;
      case BlankCode::EmptyMessage:
        return depth < max_depth_ && run(*op.plan, at, at, to, depth + 1) != nullptr;
    }
    return false;
  }

  bool finish(const StructReadPlan& plan, View* late, Place at, std::byte* base) {
    const std::span values(late, plan.message->fields.size());
    if (parser_.options().check_required) {
      for (const FieldPlan* field : plan.late) {
        if (!parser_.has_required(*field, values[field->position])) return false;
      }
    }
    const View record = View::record(values);
    if (!ViewCharge(owned_left_).record(record, *plan.late_members)) {
      too_large(at);
      return false;
    }
    return !value::read_struct(record, *plan.late_members, base, arena_);
  }

  Place begin_;
  value::Arena& arena_;
  MessageParser parser_;
  int max_depth_;
  std::size_t owned_max_;
  std::size_t owned_left_;
  std::optional<Fault> fault_;
};

}  // namespace

Result<MessageStructReader> MessageStructReader::make(const Schema& schema, const Message& message,
                                                      const value::StructType& type,
                                                      const MessageReaderOptions& options) {
  LIMPET_CHECK(has_members(message, type));
  LIMPET_TRY(auto messages, MessagePlans::make(schema, message));
  LIMPET_TRY(auto plans, StructReadPlans::make(std::move(messages), type, options.check_required));
  return MessageStructReader(std::move(plans), type, options);
}

std::optional<Fault> MessageStructReader::read(std::span<const std::byte> bytes,
                                               value::Arena& arena, void* out) const {
  if (bytes.size() > kMaxMessage) {
    return Fault{FaultKind::TooLarge, 0, "", "the message is longer than 2 GiB"};
  }
  static constexpr std::uint8_t kNothing = 0;
  const Place begin = bytes.empty() ? &kNothing : reinterpret_cast<Place>(bytes.data());
  const Place end = begin + bytes.size();
  const StructReadPlan& plan = plans_->root();
  StructRun run(begin, arena, options_);
  if (run.run(plan, begin, end, static_cast<std::byte*>(out), 0) != nullptr) [[likely]] {
    return std::nullopt;
  }
  const Message& root = *plan.message->message;
  if (auto fault = std::move(run).too_large(root)) return fault;
  View view;
  if (auto fault = MessageParser(begin, arena, options_, nullptr).run(*plan.message, end, view)) {
    return fault;
  }
  const std::size_t owned_max = std::min(options_.max_memory, arena.limit());
  std::size_t left = owned_max;
  if (!ViewCharge(left).record(view, *type_)) {
    auto fault = more_than(owned_max, 0);
    fault.path = root.name;
    return fault;
  }
  auto fault = value::read_struct(view, *type_, out, arena);
  if (fault) fault->path.insert(0, root.name + ".");
  return fault;
}

}  // namespace limpet::protobuf
