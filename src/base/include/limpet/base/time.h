// Time as a value: injected, never read from a clock inside a pure room.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace limpet {

/// UTC, milliseconds: what the API shows and the store keeps.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// Tells the time. Threads: safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

/// "2021-11-07T16:42:28.617Z", the form of the Schema Registry's timestamps.
std::string to_iso8601(Timestamp time);
/// Reads exactly that form.
std::optional<Timestamp> parse_iso8601(std::string_view text);

/// "20211107T164228Z", the form of X-Amz-Date (AWS Signature Version 4).
std::string to_iso8601_basic(Timestamp time);
/// Reads exactly that form.
std::optional<Timestamp> parse_iso8601_basic(std::string_view text);

/// "Sun, 07 Nov 2021 16:42:28 GMT", the form of HTTP's Date header (RFC 9110 5.6.7).
std::string to_http_date(Timestamp time);
/// Reads exactly that form.
std::optional<Timestamp> parse_http_date(std::string_view text);

}  // namespace limpet
