// What comparing needs to know of the differences that it finds.
#pragma once

#include "limpet/protobuf/compare.h"

#include <string_view>

namespace limpet::protobuf {

/// Whether a reader with such a difference cannot read the writer's data.
bool breaks(Rule rule, Profile profile);

/// The value of the side that lacks something.
inline constexpr std::string_view kAbsent = "absent";

}  // namespace limpet::protobuf
