// Format and Mode: the two enumerations of the AWS Glue API reference (DataFormat, Compatibility),
// and what each mode asks for. Profile: whose verdicts.
//
//   compat::parse_mode("BACKWARD_ALL");              // Mode::BackwardAll
//   compat::checks(Mode::Full, Direction::Forward);  // true
#pragma once

#include "limpet/base/data_format.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace limpet::compat {

using Format = DataFormat;
inline constexpr auto kFormats = kDataFormats;
using limpet::to_string;  // of a Format
/// "AVRO", "JSON", "PROTOBUF"; anything else is nullopt.
inline std::optional<Format> parse_format(std::string_view text) { return parse_data_format(text); }

enum class Mode : std::uint8_t {
  None,         ///< every valid definition is accepted
  Disabled,     ///< no further version may be registered
  Backward,     ///< the new definition reads data of the latest version
  BackwardAll,  ///< … of every version from the checkpoint on
  Forward,      ///< the latest version reads data of the new definition
  ForwardAll,   ///< every version from the checkpoint on does
  Full,         ///< Backward and Forward
  FullAll,      ///< BackwardAll and ForwardAll
};
inline constexpr std::array kModes{Mode::None,        Mode::Disabled, Mode::Backward,
                                   Mode::BackwardAll, Mode::Forward,  Mode::ForwardAll,
                                   Mode::Full,        Mode::FullAll};

std::string_view to_string(Mode mode);  ///< "NONE", "BACKWARD_ALL", …
/// Exactly those words; anything else is nullopt.
std::optional<Mode> parse_mode(std::string_view text);

/// Who reads whose data.
enum class Direction : std::uint8_t {
  Backward,  ///< the new definition reads data written with a stored version
  Forward,   ///< a stored version reads data written with the new definition
};
std::string_view to_string(Direction direction);  ///< "BACKWARD", "FORWARD"
std::optional<Direction> parse_direction(std::string_view text);

/// Whose rules judge. A quirk of another registry belongs to its profile alone.
enum class Profile : std::uint8_t {
  Glue,       ///< AWS Glue's, as documented and observed; what cannot be decided is incompatible
  Confluent,  ///< those of Confluent Schema Registry, with its words; *_ALL is its *_TRANSITIVE
};
inline constexpr std::array kProfiles{Profile::Glue, Profile::Confluent};
std::string_view to_string(Profile profile);  ///< "glue", "confluent"
std::optional<Profile> parse_profile(std::string_view text);

/// Does `mode` compare in this direction at all?
bool checks(Mode mode, Direction direction);
/// Does `mode` look at many versions (the *_ALL modes) instead of one?
bool checks_many(Mode mode);

}  // namespace limpet::compat
