// Avro schemas: parse, canonical form, identity (Avro 1.11.4 specification).
//
//   auto schema = avro::parse(R"({"type":"record","name":"Order","fields":[]})");
//   if (!schema) return std::move(schema).error();      // InvalidInput, `where` = JSON pointer
//   index.emplace(avro::identity_form(*schema), *schema);
//
// A Schema is immutable; copies share one tree and are cheap. Threads: safe.
#pragma once

#include "limpet/avro/node.h"
#include "limpet/base/result.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace limpet::avro {

struct Document;

/// A whole parsed document.
class Schema {
 public:
  explicit Schema(std::shared_ptr<const Document> document);
  /// The top-level type; valid while this Schema (or a copy) lives.
  const Node& root() const&;
  const Node& root() && = delete;
  /// One more than the greatest id of a node.
  std::size_t node_count() const;
  /// Whether a field anywhere has a default that cannot be encoded (Field::default_usable).
  bool has_unusable_defaults() const;

 private:
  std::shared_ptr<const Document> document_;
};

/// Parse one schema document by the rules of Avro Java 1.11.4: names and enum symbols checked
/// (letters and digits of any script), defaults checked against the first branch of a union, types
/// defined before they are used. Text behind the schema and comments are refused.
/// Limits: 1 MiB of text, 512 types within each other, 200,000 types.
/// Errors: InvalidInput, also when a limit is passed; the message is Avro Java's where it has one,
/// `where` the JSON pointer of the culprit, or "byte N" when the text is not JSON.
Result<Schema> parse(std::string_view text);

/// Parsing Canonical Form (specification, "Transforming into Parsing Canonical Form").
std::string canonical_form(const Schema& schema);

/// The form by which the registry tells definitions apart. Unlike canonical_form it keeps doc,
/// aliases, defaults, order, logical types and properties; unlike the text it forgets white space,
/// the order of attributes, and how names, strings and numbers are spelled. What Avro Java 1.11.4
/// and Python print for a schema has the identity of the text they read.
/// Parsing the form gives a schema of the same form.
std::string identity_form(const Schema& schema);

}  // namespace limpet::avro
