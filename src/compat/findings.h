// What a difference between two definitions means to a person: which sentence, which fix. One
// function per format.
#pragma once

#include "limpet/avro/resolve.h"
#include "limpet/compat/check.h"
#include "limpet/json_schema/compare.h"
#include "limpet/protobuf/compare.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace limpet::compat {

/// Where a difference was found.
struct Comparison {
  Mode mode;
  Direction direction;
  std::int64_t version;  ///< the stored side

  bool backward() const { return direction == Direction::Backward; }
  /// "version 3"
  std::string stored() const { return "version " + std::to_string(version); }
  /// "the new definition" or "version 3"
  std::string reader() const { return backward() ? "the new definition" : stored(); }
  std::string writer() const { return backward() ? stored() : "the new definition"; }
  /// `Not BACKWARD compatible with version 3: SENTENCE.`
  std::string message(std::string_view sentence) const;
};

/// At most so many bytes of a name, a type or a value within a sentence; they may be as long as the
/// whole definition.
inline constexpr std::size_t kWordBytes = 120;
/// The same in a finding's own members.
inline constexpr std::size_t kMemberBytes = 1000;

/// The text, or its beginning and "…".
std::string shorten(std::string_view text, std::size_t bytes);
/// The text in quotation marks, shortened to kWordBytes.
std::string quoted(std::string_view text);

// Each finding comes without the modes that would accept the definition; `fix` has no full stop
// yet.
Finding to_finding(const Comparison& comparison, const avro::Mismatch& mismatch);
Finding to_finding(const Comparison& comparison, const json_schema::Difference& difference);
Finding to_finding(const Comparison& comparison, const protobuf::Difference& difference);

}  // namespace limpet::compat
