// Field defaults: does a JSON value fit a type?
#pragma once

#include "limpet/avro/node.h"

#include <cstdint>

namespace limpet::avro {

enum class DefaultVerdict : std::uint8_t {
  Valid,
  Unusable,  ///< passes Avro Java's check, but cannot be encoded: no such enum symbol
  Invalid,
};

/// Avro Java 1.11.4's check: a union takes its first branch, a record's missing fields take their
/// own defaults, text of any content is good for string, bytes, fixed and enum. Requires: the
/// defaults of every complete record within `type` were checked before.
DefaultVerdict check_default(const Node& type, const json::Value& value);

}  // namespace limpet::avro
