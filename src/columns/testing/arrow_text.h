// For tests: an array as text, read through the Arrow C data interface alone.
//
//   testing::arrow_text(*schema.get(), *array.get(), 0)    // {name: "Ada", age: 36, tags: ["x"]}
//
// Written from the Arrow Columnar Format, and as strict as a consumer may be: what must not be
// (a null pointer, an offset that falls) ends up in the text as "BROKEN …".
#pragma once

#include "limpet/columns/arrow_abi.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace limpet::columns::testing {

template <class T>
T value_at(const ArrowArray& array, int buffer, std::int64_t at) {
  T value{};
  std::memcpy(&value,
              static_cast<const char*>(array.buffers[buffer]) + at * std::int64_t{sizeof(T)},
              sizeof(T));
  return value;
}

inline bool bit_at(const void* bits, std::int64_t at) {
  return (static_cast<const std::uint8_t*>(bits)[at / 8] >> (at % 8) & 1) != 0;
}

inline std::string hex(const void* bytes, std::size_t size) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "x'";
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = static_cast<const std::uint8_t*>(bytes)[i];
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out + "'";
}

inline std::string arrow_text(const ArrowSchema& schema, const ArrowArray& array, std::int64_t row);

inline std::string list_text(const ArrowSchema& schema, const ArrowArray& array, std::int64_t row) {
  const auto begin = value_at<std::int32_t>(array, 1, row);
  const auto end = value_at<std::int32_t>(array, 1, row + 1);
  if (begin < 0 || end < begin || end > array.children[0]->length) return "BROKEN offsets";
  std::string out = "[";
  for (auto at = begin; at < end; ++at) {
    if (at > begin) out += ", ";
    out += arrow_text(*schema.children[0], *array.children[0], at);
  }
  return out + "]";
}

inline std::string struct_text(const ArrowSchema& schema, const ArrowArray& array,
                               std::int64_t row) {
  std::string out = "{";
  for (std::int64_t i = 0; i < schema.n_children; ++i) {
    if (i > 0) out += ", ";
    if (array.children[i]->length != array.length) return "BROKEN child length";
    out += std::string(schema.children[i]->name) + ": " +
           arrow_text(*schema.children[i], *array.children[i], row);
  }
  return out + "}";
}

inline std::string arrow_text(const ArrowSchema& schema, const ArrowArray& array,
                              std::int64_t row) {
  const std::string_view format = schema.format;
  if (array.n_children != schema.n_children) return "BROKEN children";
  if (row >= array.length) return "BROKEN length";
  if (format == "n") return "null";
  const bool has_validity = !format.starts_with("+ud");
  if (has_validity && array.buffers[0] != nullptr && !bit_at(array.buffers[0], row)) {
    return (schema.flags & ARROW_FLAG_NULLABLE) != 0 ? "null" : "BROKEN null";
  }
  if (has_validity && array.buffers[0] == nullptr && array.null_count != 0) return "BROKEN nulls";
  if (schema.dictionary != nullptr) {
    return arrow_text(*schema.dictionary, *array.dictionary, value_at<std::int32_t>(array, 1, row));
  }
  if (format == "b") return bit_at(array.buffers[1], row) ? "true" : "false";
  if (format == "i" || format == "tdD" || format == "ttm") {
    return std::to_string(value_at<std::int32_t>(array, 1, row));
  }
  if (format == "I") return std::to_string(value_at<std::uint32_t>(array, 1, row));
  if (format == "L") return std::to_string(value_at<std::uint64_t>(array, 1, row));
  if (format == "l" || format == "ttu" || format == "ttn" || format.starts_with("ts") ||
      format.starts_with("tD")) {
    return std::to_string(value_at<std::int64_t>(array, 1, row));
  }
  if (format == "f") return std::to_string(value_at<float>(array, 1, row));
  if (format == "g") return std::to_string(value_at<double>(array, 1, row));
  if (format == "u" || format == "z") {
    const auto begin = value_at<std::int32_t>(array, 1, row);
    const auto end = value_at<std::int32_t>(array, 1, row + 1);
    if (begin < 0 || end < begin || array.buffers[2] == nullptr) return "BROKEN text";
    const auto* text = static_cast<const char*>(array.buffers[2]) + begin;
    const auto size = static_cast<std::size_t>(end - begin);
    return format == "u" ? '"' + std::string(text, size) + '"' : hex(text, size);
  }
  if (format.starts_with("w:") || format.starts_with("d:") || format == "tin") {
    const std::size_t size = format.starts_with("w:")   ? std::stoul(std::string(format.substr(2)))
                             : format.ends_with(",256") ? 32
                                                        : 16;
    return hex(static_cast<const char*>(array.buffers[1]) + row * std::int64_t(size), size);
  }
  if (format == "+l" || format == "+m") return list_text(schema, array, row);
  if (format == "+s") return struct_text(schema, array, row);
  if (format.starts_with("+ud")) {
    const auto branch = value_at<std::int8_t>(array, 0, row);
    if (branch < 0 || branch >= array.n_children) return "BROKEN branch";
    return std::to_string(branch) + ":" +
           arrow_text(*schema.children[branch], *array.children[branch],
                      value_at<std::int32_t>(array, 1, row));
  }
  return "BROKEN format " + std::string(format);
}

/// All rows, one a line.
inline std::string arrow_rows(const ArrowSchema& schema, const ArrowArray& array) {
  std::string out;
  for (std::int64_t row = 0; row < array.length; ++row) {
    out += arrow_text(schema, array, row) + "\n";
  }
  return out;
}

}  // namespace limpet::columns::testing
