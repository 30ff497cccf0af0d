// DataFormat: the three languages of schemas (AWS Glue API reference, DataFormat).
//
//   parse_data_format("AVRO");        // DataFormat::Avro
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace limpet {

enum class DataFormat : std::uint8_t { Avro, Json, Protobuf };
inline constexpr std::array kDataFormats{DataFormat::Avro, DataFormat::Json, DataFormat::Protobuf};

std::string_view to_string(DataFormat format);  ///< "AVRO", "JSON", "PROTOBUF"
/// Exactly those words; anything else is nullopt.
std::optional<DataFormat> parse_data_format(std::string_view text);

}  // namespace limpet
