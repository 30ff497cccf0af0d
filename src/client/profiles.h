// The AWS tools' shared files: sections in brackets, `name = value`, indented lines nested below.
#pragma once

#include "limpet/base/result.h"

#include <map>
#include <string>
#include <string_view>

namespace limpet::client {

/// `name` to value; a nested line is "outer.name". Section names as written: "profile staging".
using Section = std::map<std::string, std::string>;
using Sections = std::map<std::string, Section>;

/// Errors: InvalidInput with the line's number as place.
Result<Sections> parse_sections(std::string_view text);

}  // namespace limpet::client
