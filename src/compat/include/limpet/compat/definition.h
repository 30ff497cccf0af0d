// ParsedDefinition: a schema definition that its format's engine has accepted.
//
//   auto definition = compat::parse_definition(Format::Avro, text);
//   if (!definition) return compat::reason_invalid(definition.error());
//   sha256(definition->identity());       // two texts of one schema give one identity
//
// Everything behind this header is neutral to the format; an engine has one alternative of the
// variant and its cases in definition.cc, check.cc and diff.cc. A ParsedDefinition is immutable;
// copies share one tree and are cheap. Threads: safe.
#pragma once

#include "limpet/avro/schema.h"
#include "limpet/base/result.h"
#include "limpet/compat/format.h"
#include "limpet/json_schema/schema.h"
#include "limpet/protobuf/schema.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace limpet::compat {

class ParsedDefinition {
 public:
  /// In the order of kFormats.
  using Model = std::variant<avro::Schema, json_schema::Schema, protobuf::Schema>;

  ParsedDefinition(Model model, std::size_t text_bytes);

  Format format() const;
  /// The text by which the registry tells definitions apart: white space, attribute order and
  /// spelling of names are gone, all that means something to a person or a reader is kept.
  std::string identity() const;
  /// The engine's own tree.
  const Model& model() const { return model_; }
  /// What a cache should count for keeping it, in bytes: an estimate from the length of the text.
  std::size_t weight() const;

 private:
  Model model_;
  std::size_t text_bytes_;
};

/// Parse a definition. Errors: InvalidInput (not valid in its format, `where` = the place),
/// LimitExceeded (too deep, too many nodes, too long).
Result<ParsedDefinition> parse_definition(Format format, std::string_view text);

/// Characters of a reason that the API may show (AWS Glue API reference, SchemaValidationError).
inline constexpr std::size_t kReasonCharacters = 5000;

/// The parser's sentence with its place, at most kReasonCharacters characters; never empty.
std::string reason_invalid(const Error& parse_error);

}  // namespace limpet::compat
