// JSON Schema documents: parse, with every reference resolved (drafts 4, 6, 7, 2019-09, 2020-12).
//
//   auto schema =
//   json_schema::parse(R"({"type":"object","properties":{"age":{"type":"integer"}}})"); if
//   (!schema) return std::move(schema).error();      // InvalidInput, `where` = "#/properties/…"
//   schema->dialect();                                  // Dialect::Draft7: no $schema
//   index.emplace(json_schema::identity_form(*schema), *schema);
//
// A Schema is immutable; copies share one tree and are cheap. Threads: safe.
#pragma once

#include "limpet/base/result.h"
#include "limpet/json/value.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::json_schema {

enum class Dialect : std::uint8_t { Draft4, Draft6, Draft7, Draft201909, Draft202012 };
std::string_view to_string(Dialect dialect);  ///< "draft-04", …, "2019-09", "2020-12"
/// The dialect that a `$schema` names, with http or https, with or without '#'.
std::optional<Dialect> dialect_of(std::string_view schema_uri);

struct Model;

/// A whole parsed document, and those that it refers to.
class Schema {
 public:
  explicit Schema(std::shared_ptr<const Model> model) : model_(std::move(model)) {}

  Dialect dialect() const;
  /// The document as it was read; valid while this Schema (or a copy) lives.
  const json::Value& document() const&;
  const json::Value& document() && = delete;
  /// Schemas within the document, and within those it refers to.
  std::size_t node_count() const;
  /// For this room.
  const std::shared_ptr<const Model>& model() const { return model_; }

 private:
  std::shared_ptr<const Model> model_;
};

/// The text of the document of that absolute URI (no fragment), or nullopt. Never asks a network.
using Supply = std::function<std::optional<std::string>(std::string_view uri)>;

struct ParseOptions {
  /// What relative references are relative to, unless the document says so itself ($id).
  std::string uri = {};
  /// The dialect of documents that name none. nullopt: draft-07, lenient as below.
  std::optional<Dialect> default_dialect = {};
  /// Documents that `$ref` and `$schema` may name; the dialects' own meta-schemas are always there.
  Supply supply = {};
};

/// Parse one schema document. `$schema` chooses the dialect; without it, or with one that nobody
/// knows, it is draft-07 that also takes draft-04's boolean exclusiveMinimum and exclusiveMaximum.
/// Unknown keywords are kept and mean nothing; known ones must have their types, `pattern`s must be
/// ECMA-262, each reference must lead to a schema. A reference to a document that is not supplied
/// is refused, and so is a schema that applies itself to the same value without end.
/// Limits over all documents: 1 MiB of text each, 512 levels, 200,000 values, 1,000 patterns.
/// Errors: InvalidInput (`where` = the place, "#/properties/age/minimum", or "byte 17" when the
/// text is not JSON), LimitExceeded.
Result<Schema> parse(std::string_view text, const ParseOptions& options = {});

/// The form by which the registry tells definitions apart: compact JSON, members sorted by name,
/// numbers by value (1.0 is 1). Two documents have one form exactly when they are equal as JSON.
std::string identity_form(const Schema& schema);

}  // namespace limpet::json_schema
