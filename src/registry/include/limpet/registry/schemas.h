// Schemas: create, read, change, list, delete.
//
// A definition's text is parsed before the transaction (parse_candidate), never inside it:
//
//   LIMPET_TRY(auto candidate, parse_candidate(cache, Format::Avro, text));
//   store.write([=](storage::Txn& txn) -> Status {
//     LIMPET_TRY(auto made, create_schema(txn, context, settings, {.name = name, …}));
//   });
#pragma once

#include "limpet/base/context.h"
#include "limpet/base/result.h"
#include "limpet/registry/entities.h"
#include "limpet/registry/parsed_cache.h"
#include "limpet/registry/settings.h"
#include "limpet/storage/store.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::registry {

struct Composition;

/// A definition that may become a version: it is parsed, its hashes are known. Cheap to copy.
struct Candidate {
  Format format = Format::Avro;
  DefinitionPtr definition;
  std::shared_ptr<const std::string> text;
  std::shared_ptr<const Composition> composition = {};  ///< of one with references
};

/// Length alone: 1..170,000 characters. Errors: InvalidInput.
Status check_definition_length(std::string_view text);

/// Length, then validity. Errors: InvalidInput (too long, "Schema definition of … is invalid: …",
/// a format that is not served yet).
Result<Candidate> parse_candidate(ParsedCache& cache, Format format, std::string_view text);

/// CheckSchemaVersionValidity: an invalid definition is an answer, not an error.
struct Validity {
  bool valid = false;
  std::string error;  ///< why not; at most 5000 characters
};
/// Errors: InvalidInput (too long).
Result<Validity> check_validity(ParsedCache& cache, Format format, std::string_view text);

/// The mode that a request asks for, or the configured default. Errors: InvalidInput.
Result<Mode> choose_mode(const Settings& settings, std::optional<std::string_view> compatibility);

struct NewSchema {
  RegistryRef registry;  ///< default_registry() when the caller names none
  SchemaName name;
  Format format = Format::Avro;
  Mode mode = Mode::Backward;
  std::optional<Description> description = {};
  Tags tags = {};
  std::optional<Candidate> definition = {};  ///< nullopt: a schema without versions
};

struct CreatedSchema {
  Schema schema;
  std::optional<SchemaVersion> version;  ///< the first, if a definition was given
};

/// NotFound unless CreateSchema may proceed in this registry: it exists, or it is the default
/// registry, which is made on demand.
Status check_registry_for_schema(storage::Reader& reader, const Context& context,
                                 const RegistryRef& registry);

/// The first version is AVAILABLE without a check, under every mode. The default registry is made
/// in the same transaction if it is missing. Errors: NotFound (registry), LimitExceeded (quotas),
/// AlreadyExists, in this order.
Result<CreatedSchema> create_schema(storage::Txn& txn, const Context& context,
                                    const Settings& settings, NewSchema request);

/// Errors: NotFound (an unknown registry is an unknown schema).
Result<Schema> get_schema(storage::Reader& reader, const Context& context, const SchemaRef& schema);

struct SchemaChange {
  SchemaRef schema;
  std::optional<VersionSelector> checkpoint = {};
  std::optional<Mode> mode = {};
  std::optional<Description> description = {};  ///< an empty one removes it
};
/// Is the checkpoint given, where it must be? Errors: InvalidInput.
Status check_change(const Settings& settings, const SchemaChange& change);
/// Errors: NotFound (schema, then version), InvalidInput (check_change; the version is not
/// AVAILABLE).
Result<Schema> update_schema(storage::Txn& txn, const Context& context, const Settings& settings,
                             const SchemaChange& change);

/// Deletes its versions, metadata and tags as well. Answers the schema as it was, with status
/// Deleting. Errors: NotFound, InvalidInput (another schema's version references one of its).
Result<Schema> delete_schema(storage::Txn& txn, const Context& context, const SchemaRef& schema);

/// By registry and name, bytewise; of one registry or of all. Errors: NotFound (registry).
Result<Page<Schema>> list_schemas(storage::Reader& reader, const Context& context,
                                  const std::optional<RegistryRef>& registry,
                                  const PageRequest& page);

}  // namespace limpet::registry
