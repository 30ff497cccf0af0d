// Dates and times of ISO 8601 as the integers that Avro's logical types are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::avro {

/// "2020-01-31", year 0001 to 9999 → days since 1970-01-01.
std::optional<std::int64_t> parse_date(std::string_view text);
std::optional<std::string> date_text(std::int64_t days);

/// "12:30", "12:30:00", "12:30:00.5" → units after midnight; nullopt also for digits finer than
/// one of `per_second` (1,000 or 1,000,000).
std::optional<std::int64_t> parse_time(std::string_view text, std::int64_t per_second);
std::optional<std::string> time_text(std::int64_t units, std::int64_t per_second);

/// A date, "T" or a blank, a time, and unless `local` a zone: "Z", "+01:00" → units since
/// 1970-01-01T00:00:00Z.
std::optional<std::int64_t> parse_timestamp(std::string_view text, std::int64_t per_second,
                                            bool local);
std::optional<std::string> timestamp_text(std::int64_t units, std::int64_t per_second, bool local);

}  // namespace limpet::avro
