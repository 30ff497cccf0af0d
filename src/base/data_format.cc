#include "limpet/base/data_format.h"

#include <cstddef>

namespace limpet {

namespace {

constexpr std::array<std::string_view, kDataFormats.size()> kNames{"AVRO", "JSON", "PROTOBUF"};

}  // namespace

std::string_view to_string(DataFormat format) {
  return kNames.at(static_cast<std::size_t>(format));
}

std::optional<DataFormat> parse_data_format(std::string_view text) {
  for (const DataFormat format : kDataFormats) {
    if (to_string(format) == text) return format;
  }
  return std::nullopt;
}

}  // namespace limpet
