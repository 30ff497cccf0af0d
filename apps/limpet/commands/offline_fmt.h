// Definitions in one layout.
#pragma once

#include "offline_definition.h"

#include <string>
#include <string_view>

namespace limpet::app {

/// Two spaces per level; members keep their order and numbers their spelling. Protobuf has the
/// canonical text, which Java's serializers register and which has no comments. One line end in
/// the end. Throws CommandFailed with status 2, also for an object with one name twice.
std::string formatted(const OfflineDefinition& definition);

/// Does a .proto text have comments? Requires: the text is valid.
bool has_comments(std::string_view proto);

}  // namespace limpet::app
