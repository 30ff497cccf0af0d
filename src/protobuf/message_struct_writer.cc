#include "back_buffer.h"
#include "struct_write_plan.h"

#include "limpet/protobuf/message_struct.h"
#include "limpet/value/text.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::protobuf {
namespace {

using value::Fault;
using value::TargetKind;
using value::View;

// Deeper structs are written by way of views: value::StructViews counts containers, too, to 1,000.
constexpr int kMaxDepth = 400;

/// Writes one message from its end to its beginning. A function that answers false gives up: then
/// views are needed to say what is so.
class StructDown {
 public:
  StructDown(const MessageWriterOptions& options, value::Arena& arena, BackBuffer& out)
      : options_(options),
        arena_(arena),
        max_depth_(std::min(options.max_depth, kMaxDepth)),
        out_(out) {}

  bool run(const StructWritePlan& plan, const std::byte* base, int depth) {
    if (plan.by_view || depth > max_depth_) [[unlikely]]
      return false;
    View late;
    if (plan.late != nullptr && plan.late->view(base, arena_, late)) return false;
    std::uint64_t oneofs = 0;  // that have a member
    for (const WriteOp& op : plan.ops) {
      const std::byte* at = base + op.offset;
      if (op.wrap == WriteWrap::Optional || op.code == WriteCode::Nothing) {
        at = static_cast<const std::byte*>(access<value::OptionalAccess>(op).peek(at));
        if (at == nullptr) {
          if (op.code != WriteCode::Nothing && op.field->required) return false;
          continue;
        }
      }
      if (op.code == WriteCode::Late && late[op.index].is_null()) {
        if (op.field->required) return false;
        continue;
      }
      if (op.oneof != 0) [[unlikely]] {
        const std::uint64_t bit = std::uint64_t{1} << (op.oneof - 1);
        if ((oneofs & bit) != 0) return false;
        oneofs |= bit;
      }
      if (!member(op, at, late, depth)) return false;
    }
    return out_.size() <= options_.max_bytes;
  }

 private:
  template <class T>
  static const T& as(const void* at) {
    return *static_cast<const T*>(at);
  }
  template <class T>
  static const T& access(const WriteOp& op) {
    return *static_cast<const T*>(op.access);
  }

  void tag(const WriteOp& op) {
    if (op.tag_size == 1) [[likely]] {
      out_.byte(op.tag[0]);
    } else {
      out_.bytes(op.tag.data(), op.tag_size);
    }
  }

  [[gnu::always_inline]] bool member(const WriteOp& op, const std::byte* at, const View& late,
                                     int depth) {
    if (op.wrap >= WriteWrap::Repeated) [[unlikely]] {
      return op.wrap == WriteWrap::Entries ? entries(op, at, depth) : items(op, at, depth);
    }
    if (op.code >= WriteCode::Late) [[unlikely]] {
      return op.code == WriteCode::Late &&
             append_field(*op.field, late[op.index], options_, depth, out_);
    }
    const std::size_t before = out_.size();
    if (!value(op, at, depth)) return false;
    // Without presence a default is not written; it would be one zero or a number's zeros.
    if (!op.presence && out_.is_zero_since(before)) {
      out_.cut(before);
    } else {
      tag(op);
    }
    return true;
  }

  bool items(const WriteOp& op, const std::byte* at, int depth) {
    const auto& sequence = access<value::SequenceAccess>(op);
    const std::size_t count = sequence.size(at);
    const auto* data = static_cast<const std::byte*>(sequence.data(at));
    const std::size_t before = out_.size();
    const bool packed = op.wrap == WriteWrap::Packed;
    for (std::size_t i = count; i > 0; --i) {
      if (!value(op, data + (i - 1) * op.target->bytes, depth)) return false;
      if (!packed) tag(op);
    }
    if (!packed || count == 0) return true;
    out_.varint(out_.size() - before);
    tag(op);
    return true;
  }

  // They come from the first to the last, and are written from the last to the first.
  bool entries(const WriteOp& op, const std::byte* at, int depth) {
    struct Entry {
      std::string_view key;
      const void* value;
    };
    const auto& map = access<value::MapAccess>(op);
    const std::size_t count = map.size(at);
    if (count == 0) return true;
    struct Collected {
      Entry* entries;
      std::size_t count;
    };
    Collected all{arena_.allocate_array<Entry>(count), 0};
    if (all.entries == nullptr) return false;
    map.for_each(at, &all, [](void* context, std::string_view key, const void* held) {
      auto& to = *static_cast<Collected*>(context);
      to.entries[to.count++] = {key, held};
      return true;
    });
    constexpr std::uint8_t kKeyTag = (1U << 3U) | static_cast<unsigned>(WireType::Length);
    for (std::size_t i = all.count; i > 0; --i) {
      const auto& [key, held] = all.entries[i - 1];
      const std::size_t before = out_.size();
      if (!value(op, static_cast<const std::byte*>(held), depth + 1)) return false;
      out_.byte(static_cast<std::uint8_t>((2U << 3U) | static_cast<unsigned>(op.field->wire)));
      if (!text(key)) return false;
      out_.byte(kKeyTag);
      out_.varint(out_.size() - before);
      tag(op);
    }
    return true;
  }

  bool text(std::string_view text) {
    if (!value::is_ascii(text) && !value::is_utf8(text)) return false;
    return bytes(text.data(), text.size());
  }
  bool bytes(const void* data, std::size_t size) {
    out_.bytes(data, size);
    out_.varint(size);
    return true;
  }

  // What stands behind a tag.
  bool value(const WriteOp& op, const std::byte* at, int depth) {
    switch (op.code) {
      case WriteCode::Boolean:
        out_.byte(as<bool>(at) ? 1 : 0);
        return true;
      case WriteCode::Int32:
        out_.varint(static_cast<std::uint64_t>(std::int64_t{as<std::int32_t>(at)}));
        return true;
      case WriteCode::UInt32:
        out_.varint(as<std::uint32_t>(at));
        return true;
      case WriteCode::Varint64:
        out_.varint(load<std::uint64_t>(at));
        return true;
      case WriteCode::Zigzag32:
        out_.varint(zigzag(as<std::int32_t>(at)));
        return true;
      case WriteCode::Zigzag64:
        out_.varint(zigzag(as<std::int64_t>(at)));
        return true;
      case WriteCode::Fixed32:
        out_.bytes(at, 4);
        return true;
      case WriteCode::Fixed64:
        out_.bytes(at, 8);
        return true;
      case WriteCode::Integer:
        return integer(op, at);
      case WriteCode::StringView:
        return text(as<std::string_view>(at));
      case WriteCode::String:
        return text(as<std::string>(at));
      case WriteCode::BytesView: {
        const auto& span = as<std::span<const std::byte>>(at);
        return bytes(span.data(), span.size());
      }
      case WriteCode::Bytes: {
        const auto& vector = as<std::vector<std::byte>>(at);
        return bytes(vector.data(), vector.size());
      }
      case WriteCode::FixedBytes:
        return bytes(at, op.target->bytes);
      case WriteCode::Enum:
        return symbol(op, at);
      case WriteCode::Message: {
        const std::size_t before = out_.size();
        if (!run(*op.plan, at, depth + 1)) return false;
        out_.varint(out_.size() - before);
        return true;
      }
      case WriteCode::Late:
      case WriteCode::Nothing:
        break;
    }
    return false;
  }

  template <class T>
  static T load(const std::byte* at) {
    T value;
    std::memcpy(&value, at, sizeof(T));
    return value;
  }

  bool symbol(const WriteOp& op, const std::byte* at) {
    const auto value = op.target->symbols->load(at);
    for (const EnumNumber& number : op.numbers) {
      if (number.value != value) continue;
      if (!number.known) return false;
      out_.varint(static_cast<std::uint64_t>(std::int64_t{number.number}));
      return true;
    }
    return false;
  }

  // Of a member that is not of the field's own type.
  bool integer(const WriteOp& op, const std::byte* at) {
    switch (op.target->kind) {
      case TargetKind::Int32:
        return integer(op.field->type, std::int64_t{as<std::int32_t>(at)});
      case TargetKind::Int64:
        return integer(op.field->type, as<std::int64_t>(at));
      case TargetKind::UInt32:
        return integer(op.field->type, std::int64_t{as<std::uint32_t>(at)});
      default:
        return integer(op.field->type, as<std::uint64_t>(at));
    }
  }
  template <class Number>
  bool integer(FieldType type, Number number) {
    const auto wide = static_cast<std::uint64_t>(number);
    const auto narrow = static_cast<std::uint32_t>(number);
    switch (type) {
      case FieldType::Int32:
        if (!std::in_range<std::int32_t>(number)) return false;
        out_.varint(wide);
        return true;
      case FieldType::SInt32:
        if (!std::in_range<std::int32_t>(number)) return false;
        out_.varint(zigzag(static_cast<std::int64_t>(number)));
        return true;
      case FieldType::SFixed32:
        if (!std::in_range<std::int32_t>(number)) return false;
        out_.bytes(&narrow, sizeof(narrow));
        return true;
      case FieldType::UInt32:
        if (!std::in_range<std::uint32_t>(number)) return false;
        out_.varint(wide);
        return true;
      case FieldType::Fixed32:
        if (!std::in_range<std::uint32_t>(number)) return false;
        out_.bytes(&narrow, sizeof(narrow));
        return true;
      case FieldType::SInt64:
        if (!std::in_range<std::int64_t>(number)) return false;
        out_.varint(zigzag(static_cast<std::int64_t>(number)));
        return true;
      case FieldType::Int64:
      case FieldType::SFixed64:
        if (!std::in_range<std::int64_t>(number)) return false;
        break;
      default:
        if (!std::in_range<std::uint64_t>(number)) return false;
    }
    if (type == FieldType::SFixed64 || type == FieldType::Fixed64) {
      out_.bytes(&wide, sizeof(wide));
    } else {
      out_.varint(wide);
    }
    return true;
  }

  const MessageWriterOptions& options_;
  value::Arena& arena_;
  int max_depth_;
  BackBuffer& out_;
};

}  // namespace

Result<MessageStructWriter> MessageStructWriter::make(const Schema& schema, const Message& message,
                                                      const value::StructType& type,
                                                      const MessageWriterOptions& options) {
  LIMPET_TRY(auto writer, MessageWriter::make(schema, message, options));
  LIMPET_TRY(auto plans, StructWritePlans::make(writer.plans(), type, options.ignore_unknown));
  return MessageStructWriter(std::move(writer), std::move(plans), type);
}

std::optional<Fault> MessageStructWriter::append(const void* object, value::Arena& arena,
                                                 std::string& out) const {
  BackBuffer bytes;
  if (StructDown(writer_.options(), arena, bytes)
          .run(plans_->root(), static_cast<const std::byte*>(object), 0)) [[likely]] {
    out += bytes.text();
    return std::nullopt;
  }
  View view;
  if (auto fault = views_->view(object, arena, view)) return fault;
  return writer_.append(view, out);
}

}  // namespace limpet::protobuf
