// The canonical text of a file that belongs to no Schema.
#pragma once

#include "limpet/protobuf/model.h"

#include <string>

namespace limpet::protobuf {

std::string canonical_text(const File& file);

}  // namespace limpet::protobuf
