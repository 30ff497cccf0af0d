#include "limpet/compat/format.h"

#include <cstddef>

namespace limpet::compat {
namespace {

/// What a mode means, in the order of the enumeration.
struct ModeRow {
  std::string_view name;
  bool backward;
  bool forward;
  bool many;
};
constexpr std::array<ModeRow, kModes.size()> kModeRows{{
    {"NONE", false, false, false},
    {"DISABLED", false, false, false},
    {"BACKWARD", true, false, false},
    {"BACKWARD_ALL", true, false, true},
    {"FORWARD", false, true, false},
    {"FORWARD_ALL", false, true, true},
    {"FULL", true, true, false},
    {"FULL_ALL", true, true, true},
}};

const ModeRow& row(Mode mode) { return kModeRows.at(static_cast<std::size_t>(mode)); }

template <class Enum, std::size_t Size>
std::optional<Enum> parse_word(const std::array<Enum, Size>& all, std::string_view text) {
  for (const Enum value : all) {
    if (to_string(value) == text) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Mode mode) { return row(mode).name; }

std::optional<Mode> parse_mode(std::string_view text) { return parse_word(kModes, text); }

std::string_view to_string(Direction direction) {
  return direction == Direction::Backward ? "BACKWARD" : "FORWARD";
}

std::optional<Direction> parse_direction(std::string_view text) {
  return parse_word(std::array{Direction::Backward, Direction::Forward}, text);
}

std::string_view to_string(Profile profile) {
  return profile == Profile::Glue ? "glue" : "confluent";
}

std::optional<Profile> parse_profile(std::string_view text) { return parse_word(kProfiles, text); }

bool checks(Mode mode, Direction direction) {
  return direction == Direction::Backward ? row(mode).backward : row(mode).forward;
}

bool checks_many(Mode mode) { return row(mode).many; }

}  // namespace limpet::compat
