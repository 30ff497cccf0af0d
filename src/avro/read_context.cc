#include "read_context.h"

#include "fault_path.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace limpet::avro {

using value::FaultKind;

Position ReadContext::fail(FaultKind kind, Position at, std::string message) {
  fault = std::make_unique<value::Fault>(
      value::Fault{kind, static_cast<std::uint64_t>(at - begin), "", std::move(message)});
  return nullptr;
}

Position ReadContext::truncated(Position at, std::string_view what) {
  const std::size_t rest = left(at);
  std::string message = "expected " + std::string(what) + ", found ";
  message += rest == 0   ? "the end of the bytes"
             : rest == 1 ? "only 1 byte"
                         : "only " + std::to_string(rest) + " bytes";
  return fail(FaultKind::Truncated, at, std::move(message));
}

Position ReadContext::bad_int(Position at, std::string_view what) {
  const auto width = codec::VarintWidth::Bits32;
  switch (codec::varint_fault({at, end}, width)) {
    case codec::VarintFault::TooLong:
      return fail(FaultKind::Malformed, at,
                  "expected " + std::string(what) + " (at most 5 bytes), found a longer number");
    case codec::VarintFault::TooBig:
      return fail(FaultKind::OutOfRange, at,
                  "expected " + std::string(what) + ", found a number of more than 32 bits");
    default:
      return fail(FaultKind::Truncated, at,
                  "expected " + std::string(what) + ", found the end of the bytes");
  }
}

Position ReadContext::bad_long(Position at, std::string_view what) {
  switch (codec::varint_fault({at, end}, codec::VarintWidth::Bits64)) {
    case codec::VarintFault::TooLong:
      return fail(FaultKind::Malformed, at,
                  "expected " + std::string(what) +
                      " (a number of at most 10 bytes), found a "
                      "longer number");
    case codec::VarintFault::TooBig:
      return fail(FaultKind::OutOfRange, at,
                  "expected " + std::string(what) + ", found a number of more than 64 bits");
    default:
      return fail(FaultKind::Truncated, at,
                  "expected " + std::string(what) + ", found the end of the bytes");
  }
}

Position ReadContext::bad_length(Position at, std::int64_t length, std::string_view what) {
  if (length < 0) {
    return fail(FaultKind::Malformed, at,
                "expected " + std::string(what) + ", found the length " + std::to_string(length));
  }
  std::int64_t ignored = 0;
  const Position next = read_long(at, *this, ignored);
  return fail(FaultKind::Truncated, at,
              "expected " + std::string(what) + " of " + std::to_string(length) +
                  " bytes, found only " + std::to_string(left(next)));
}

Position ReadContext::bad_text(Position at, std::size_t bytes) {
  return fail(FaultKind::InvalidUtf8, at,
              "expected a string in UTF-8, found " + std::to_string(bytes) + " other bytes");
}

Position ReadContext::bad_branch(Position at, std::int64_t branch, std::size_t count) {
  return fail(FaultKind::Malformed, at,
              "expected one of the union's " + std::to_string(count) + " branches, found number " +
                  std::to_string(branch));
}

Position ReadContext::bad_symbol(Position at, std::int64_t ordinal, const Action& action) {
  const auto& symbols = action.writer->symbols;
  if (static_cast<std::uint64_t>(ordinal) >= symbols.size()) {
    return fail(FaultKind::Malformed, at,
                "expected one of " + std::to_string(symbols.size()) + " symbols of " +
                    describe(*action.writer) + ", found number " + std::to_string(ordinal));
  }
  return fail(FaultKind::TypeMismatch, at,
              "expected a symbol of the reader's " + describe(*action.reader) + ", found " +
                  symbols[static_cast<std::size_t>(ordinal)] +
                  ", which it lacks, as it lacks a default");
}

Position ReadContext::too_deep(Position at) {
  return fail(FaultKind::TooDeep, at, "values are nested deeper than the limit on depth allows");
}

Position ReadContext::no_memory(Position at) {
  return fail(FaultKind::TooLarge, at, "the value takes more memory than the limit allows");
}

Position ReadContext::in_field(std::string_view name) {
  add_field_step(*fault, name);
  return nullptr;
}

Position ReadContext::in_item(std::size_t index) {
  add_item_step(*fault, index);
  return nullptr;
}

Position ReadContext::in_entry(std::string_view key) {
  add_entry_step(*fault, key);
  return nullptr;
}

std::size_t replace_broken(std::string_view text, char* out) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::size_t used = 0;
  for (std::size_t from = 0; from < text.size();) {
    std::size_t to = from;
    if (next_code_point(text, to)) {
      std::memcpy(out + used, text.data() + from, to - from);
      used += to - from;
      from = to;
      continue;
    }
    std::memcpy(out + used, kReplacement.data(), kReplacement.size());
    used += kReplacement.size();
    // How far the start of a character goes: complete it, and see whether that makes one.
    const auto lead = static_cast<std::uint8_t>(text[from]);
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    std::size_t part = 1;
    for (; part < length && from + part < text.size() && lead >= 0xC2 && lead <= 0xF4; ++part) {
      const auto byte = static_cast<std::uint8_t>(text[from + part]);
      std::uint8_t low = 0x80;
      std::uint8_t high = 0xBF;
      if (part == 1 && lead == 0xE0) low = 0xA0;
      if (part == 1 && lead == 0xED) high = 0x9F;
      if (part == 1 && lead == 0xF0) low = 0x90;
      if (part == 1 && lead == 0xF4) high = 0x8F;
      if (byte < low || byte > high) break;
    }
    from += part;
  }
  return used;
}

Position check_text(Position at, Position next, ReadContext& context, std::string_view& text) {
  if (context.utf8 == value::Utf8Policy::Trust || is_valid_utf8(text)) return next;
  if (context.utf8 == value::Utf8Policy::Validate) return context.bad_text(at, text.size());
  auto* out = static_cast<char*>(context.arena->allocate(text.size() * 3, 1));
  if (out == nullptr) return context.no_memory(at);
  text = {out, replace_broken(text, out)};
  return next;
}

Position read_long_branch(Position at, ReadContext& context, std::size_t count,
                          std::uint32_t& out) {
  std::int64_t branch = 0;
  const Position next = read_long(at, context, branch, "a union's branch");
  if (next == nullptr) return nullptr;
  if (static_cast<std::uint64_t>(branch) >= count) return context.bad_branch(at, branch, count);
  out = static_cast<std::uint32_t>(branch);
  return next;
}

Position read_block(Position at, ReadContext& context, const Action& item, bool is_map,
                    std::size_t& items) {
  std::int64_t count = 0;
  Position next = read_long(at, context, count, "a block's count of items");
  if (next == nullptr) return nullptr;
  if (count < 0) {
    if (count == std::numeric_limits<std::int64_t>::min()) {
      return context.fail(FaultKind::Malformed, at,
                          "expected a block's count of items, found -2^63");
    }
    count = -count;
    std::int64_t bytes = 0;
    const Position size_at = next;
    next = read_long(next, context, bytes, "a block's size in bytes");
    if (next == nullptr) return nullptr;
    if (static_cast<std::uint64_t>(bytes) > context.left(next)) {
      return bytes < 0
                 ? context.fail(FaultKind::Malformed, size_at,
                                "expected a block's size in bytes, found " + std::to_string(bytes))
                 : context.fail(FaultKind::Truncated, size_at,
                                "expected a block of " + std::to_string(bytes) +
                                    " bytes, found only " + std::to_string(context.left(next)));
    }
  }
  const auto wanted = static_cast<std::uint64_t>(count);
  const std::uint64_t each = std::uint64_t{item.min_bytes} + (is_map ? 1 : 0);
  if (each > 0) {
    if (wanted > context.left(next) / each) [[unlikely]] {
      return context.fail(FaultKind::Truncated, at,
                          "expected a block of " + std::to_string(wanted) + " items, found only " +
                              std::to_string(context.left(next)) + " bytes");
    }
  } else {
    if (wanted > context.cells_left / item.cells) {
      return context.fail(FaultKind::TooLarge, at,
                          "expected fewer items without bytes, found " + std::to_string(wanted));
    }
    context.cells_left -= static_cast<std::uint32_t>(wanted * item.cells);
  }
  items = static_cast<std::size_t>(wanted);
  return next;
}

namespace {

Position skip_blocks(const ReadPlan& plan, const Action& action, Position at,
                     ReadContext& context) {
  if (context.depth_left == 0) return context.too_deep(at);
  const Level level(context);
  const bool is_map = action.wire == Wire::Map;
  const Action& item = plan[action.element()];
  while (true) {
    // Of a block that tells its size nothing is looked at.
    std::int64_t count = 0;
    const Position head = read_long(at, context, count, "a block's count of items");
    if (head == nullptr) return nullptr;
    std::size_t items = 0;
    const Position first = count > 0 && item.min_bytes == 0 && !is_map
                               ? head
                               : read_block(at, context, item, is_map, items);
    if (first == nullptr) return nullptr;
    at = first;
    if (count == 0) return at;
    if (count < 0) {
      std::int64_t bytes = 0;
      at = read_long(head, context, bytes) + bytes;  // read_block() found it good
      continue;
    }
    for (std::size_t i = 0; i < items; ++i) {
      if (is_map) {
        std::string_view key;
        at = read_bytes(at, context, key, "a map's key");
        if (at == nullptr) return nullptr;
      }
      at = skip(plan, item, at, context);
      if (at == nullptr) return context.in_item(i);
    }
  }
}

}  // namespace

Position skip(const ReadPlan& plan, const Action& action, Position at, ReadContext& context) {
  switch (action.wire) {
    case Wire::Null:
      return at;
    case Wire::Boolean: {
      bool ignored = false;
      return read_boolean(at, context, ignored);
    }
    case Wire::Int: {
      std::int32_t ignored = 0;
      return read_int(at, context, ignored);
    }
    case Wire::Long: {
      std::int64_t ignored = 0;
      return read_long(at, context, ignored);
    }
    case Wire::Float: {
      float ignored = 0;
      return read_floating(at, context, ignored);
    }
    case Wire::Double: {
      double ignored = 0;
      return read_floating(at, context, ignored);
    }
    case Wire::Bytes:
    case Wire::String: {
      std::string_view ignored;
      return read_bytes(at, context, ignored, action.wire == Wire::Bytes ? "bytes" : "a string");
    }
    case Wire::Fixed: {
      std::string_view ignored;
      return read_fixed(at, context, action.bytes(), ignored);
    }
    case Wire::Enum: {
      std::uint32_t ignored = 0;
      return read_enum(at, context, plan, action, ignored);
    }
    case Wire::Array:
    case Wire::Map:
      return skip_blocks(plan, action, at, context);
    case Wire::Union: {
      std::uint32_t branch = 0;
      const Position next = read_branch(at, context, action.count, branch);
      if (next == nullptr) return nullptr;
      return skip(plan, plan[plan.branches(action)[branch]], next, context);
    }
    case Wire::Record: {
      if (context.depth_left == 0) return context.too_deep(at);
      const Level level(context);
      for (const Step& step : plan.steps(action)) {
        at = skip(plan, plan[step.action], at, context);
        if (at == nullptr) {
          return context.in_field(
              action.writer->fields[static_cast<std::size_t>(&step - plan.steps(action).data())]
                  .name);
        }
      }
      return at;
    }
    case Wire::Fail:
      break;
  }
  return context.fail(FaultKind::TypeMismatch, at, plan.why(action));
}

Status check_options(const ReadOptions& options) {
  if (options.max_depth == 0 || options.max_depth > kReadDepthMax) {
    return Error::invalid_input("max_depth must be between 1 and " + std::to_string(kReadDepthMax));
  }
  return {};
}

}  // namespace limpet::avro
