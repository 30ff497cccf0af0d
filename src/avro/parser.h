// From text to a tree of JSON, and from that to a schema: the two halves of parse().
#pragma once

#include "limpet/avro/schema.h"
#include "limpet/base/result.h"
#include "limpet/json/value.h"

#include <cstdint>
#include <string_view>

namespace limpet::avro {

/// Within parse()'s limits on text and nesting.
Result<json::Value> read_json(std::string_view text);

enum class Defaults : std::uint8_t { Checked, Unchecked };

/// Unchecked defaults are kept as they are written, but for numbers written as strings.
Result<Schema> parse_tree(const json::Value& tree, Defaults defaults = Defaults::Checked);

}  // namespace limpet::avro
