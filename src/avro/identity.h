// The printer behind identity_form, with a choice of what it keeps.
#pragma once

#include "limpet/avro/schema.h"

#include <string>

namespace limpet::avro {

struct Kept {
  bool docs = true;
  bool aliases = true;
  bool enum_defaults = true;
};

/// As identity_form; what is not kept is left out.
std::string print_schema(const Schema& schema, const Kept& kept);

/// As identity_form of the one type; others that have a name are only named.
std::string print_alone(const Node& named);

/// Whether org.apache.avro.Schema.equals holds: same names, types, fields with defaults and order,
/// symbols and properties, whatever doc, aliases and enum defaults say.
bool equal_in_java(const Schema& a, const Schema& b);

}  // namespace limpet::avro
