// Bundle: one self-contained definition of a definition and those that it names.
//
//   std::array imports{NamedText{"orders.Address", address_text}};
//   LIMPET_TRY(auto text, compat::bundle_definition(Format::Avro, order_text, imports));
//   compat::parse_definition(Format::Avro, text);    // no other text is needed
#pragma once

#include "limpet/base/named_text.h"
#include "limpet/base/result.h"
#include "limpet/compat/format.h"

#include <span>
#include <string>
#include <string_view>

namespace limpet::compat {

/// `imports` are all texts that `root` reaches, directly or through others; names are unique. A
/// name is what the texts say: an Avro type's full name, the URI of a JSON Schema `$ref`, the path
/// of a Protobuf `import`. Errors: InvalidInput (a text is not valid; a name is unknown, unused or
/// defined twice; the texts cannot be one), LimitExceeded (too many, too long).
Result<std::string> bundle_definition(Format format, std::string_view root,
                                      std::span<const NamedText> imports);

}  // namespace limpet::compat
