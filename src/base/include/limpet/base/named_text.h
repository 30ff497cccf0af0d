// NamedText: a text and the name under which other texts mention it.
#pragma once

#include <string_view>

namespace limpet {

/// A schema definition that others may name: an Avro type's full name, the URI of a JSON Schema
/// `$ref`, the path of a Protobuf import. Views: the owner outlives them.
struct NamedText {
  std::string_view name;
  std::string_view text;
};

}  // namespace limpet
