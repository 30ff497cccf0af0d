#include "write_context.h"

#include "read_context.h"
#include "read_plan.h"

#include "limpet/base/utf8.h"

#include <utility>
#include <vector>

namespace limpet::avro {
namespace {

using value::FaultKind;

constexpr std::size_t kExactDigitsBytes = 256;

// Bytes without those that only repeat the sign.
std::string_view shortest(std::string_view unscaled) {
  while (unscaled.size() > 1) {
    const auto first = static_cast<std::uint8_t>(unscaled[0]);
    const bool next_negative = (static_cast<std::uint8_t>(unscaled[1]) & 0x80) != 0;
    if (!((first == 0x00 && !next_negative) || (first == 0xFF && next_negative))) break;
    unscaled.remove_prefix(1);
  }
  return unscaled;
}

}  // namespace

bool WriteContext::fail(FaultKind kind, std::string message) {
  fault = std::make_unique<value::Fault>(value::Fault{kind, 0, "", std::move(message)});
  return false;
}

bool WriteContext::too_deep() {
  return fail(FaultKind::TooDeep, "values are nested deeper than the limit on depth allows");
}

bool WriteContext::in_field(std::string_view name) {
  add_field_step(*fault, name);
  return false;
}

bool WriteContext::in_item(std::size_t index) {
  add_item_step(*fault, index);
  return false;
}

bool WriteContext::in_entry(std::string_view key) {
  add_entry_step(*fault, key);
  return false;
}

bool WriteContext::mismatch(const Node& type, std::string_view found) {
  return fail(FaultKind::TypeMismatch,
              "expected " + describe(type) + ", found " + std::string(found));
}

std::string replaced(std::string_view text) {
  std::string out(text.size() * 3, '\0');
  out.resize(replace_broken(text, out.data()));
  return out;
}

bool put_text(WriteContext& context, std::string_view text) {
  if (is_ascii(text.data(), text.size()) || context.options.utf8 == value::Utf8Policy::Trust ||
      is_valid_utf8(text)) [[likely]] {
    put_bytes(context.out, text);
    return true;
  }
  if (context.options.utf8 == value::Utf8Policy::Validate) {
    return context.fail(FaultKind::InvalidUtf8, "expected a string in UTF-8, found " +
                                                    std::to_string(text.size()) + " other bytes");
  }
  put_bytes(context.out, replaced(text));
  return true;
}

bool within_precision(std::string_view unscaled, std::int32_t precision) {
  unscaled = shortest(unscaled);
  if (unscaled.empty()) return true;
  // A number of n bits has n · log10(2) digits, or one more.
  constexpr double kDigitsPerBit = 0.30102999566398119521;
  const auto bits = static_cast<double>(unscaled.size() * 8 - 1);
  if (bits * kDigitsPerBit + 1 < precision) return true;
  if (unscaled.size() > kExactDigitsBytes) {
    return (bits - 8) * kDigitsPerBit < precision;
  }
  // The magnitude, divided by 10^9 until nothing is left.
  const bool negative = (static_cast<std::uint8_t>(unscaled[0]) & 0x80) != 0;
  std::vector<std::uint8_t> magnitude(unscaled.begin(), unscaled.end());
  if (negative) {
    unsigned carry = 1;
    for (std::size_t i = magnitude.size(); i > 0; --i) {
      const unsigned digit = (magnitude[i - 1] ^ 0xFFU) + carry;
      magnitude[i - 1] = static_cast<std::uint8_t>(digit);
      carry = digit >> 8U;
    }
  }
  std::int32_t digits = 0;
  std::size_t start = 0;
  std::uint64_t last = 0;
  while (true) {
    while (start < magnitude.size() && magnitude[start] == 0) ++start;
    if (start == magnitude.size()) break;
    std::uint64_t rest = 0;
    for (std::size_t i = start; i < magnitude.size(); ++i) {
      rest = (rest << 8U) | magnitude[i];
      magnitude[i] = static_cast<std::uint8_t>(rest / 1'000'000'000);
      rest %= 1'000'000'000;
    }
    digits += 9;
    last = rest;
  }
  // The last group may have zeros in front.
  for (std::uint64_t power = 100'000'000; digits > 0 && last < power; power /= 10) --digits;
  return digits <= precision;
}

bool put_decimal(WriteContext& context, const Node& type, std::string_view unscaled) {
  if (!within_precision(unscaled, type.logical->precision)) {
    return context.fail(FaultKind::OutOfRange, "expected a decimal of at most " +
                                                   std::to_string(type.logical->precision) +
                                                   " digits, found more");
  }
  if (type.type == Type::Bytes) {
    put_bytes(context.out, unscaled);
    return true;
  }
  const auto size = static_cast<std::size_t>(type.size);
  const auto bytes = shortest(unscaled);
  if (bytes.size() > size) {
    return context.fail(FaultKind::OutOfRange, "expected a decimal of at most " +
                                                   std::to_string(size) + " bytes, found " +
                                                   std::to_string(bytes.size()));
  }
  const bool negative = !bytes.empty() && (static_cast<std::uint8_t>(bytes[0]) & 0x80) != 0;
  std::byte* at = context.out.room(size);
  std::memset(at, negative ? 0xFF : 0x00, size - bytes.size());
  if (!bytes.empty()) std::memcpy(at + size - bytes.size(), bytes.data(), bytes.size());
  context.out.end_at(at + size);
  return true;
}

bool put_default(WriteContext& context, const Field& field) {
  std::string bytes;
  std::size_t values = ReadPlan::kDefaultValuesMax;
  const auto status =
      encode_default(*field.type, *field.default_value, ReadPlan::kDefaultBytesMax, values, bytes);
  if (!status) {
    return context.fail(
        status.error().code == Code::LimitExceeded ? FaultKind::TooLarge : FaultKind::TypeMismatch,
        status.error().message);
  }
  context.out.append(bytes);
  return true;
}

Status check_options(const WriteOptions& options) {
  if (options.max_depth == 0 || options.max_depth > kReadDepthMax) {
    return Error::invalid_input("max_depth must be between 1 and " + std::to_string(kReadDepthMax));
  }
  return {};
}

}  // namespace limpet::avro
