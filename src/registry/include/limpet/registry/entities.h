// The entities of the Schema Registry as plain values. They are read from the store and written to
// it by this room only; the API's structs are made from them elsewhere.
#pragma once

#include "limpet/base/time.h"
#include "limpet/base/uuid.h"
#include "limpet/compat/format.h"
#include "limpet/registry/names.h"
#include "limpet/registry/refs.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::registry {

using compat::Format;
using compat::Mode;

enum class RegistryStatus : std::uint8_t { Available, Deleting };
enum class SchemaStatus : std::uint8_t { Available, Pending, Deleting };
enum class VersionStatus : std::uint8_t { Available, Pending, Failure, Deleting };
std::string_view to_string(RegistryStatus status);  ///< "AVAILABLE", …
std::string_view to_string(SchemaStatus status);
std::string_view to_string(VersionStatus status);
/// Exactly those words; anything else is nullopt.
std::optional<RegistryStatus> parse_registry_status(std::string_view text);
std::optional<SchemaStatus> parse_schema_status(std::string_view text);
std::optional<VersionStatus> parse_version_status(std::string_view text);

struct Registry {
  RegistryName name;
  std::string description = {};  ///< empty: none
  RegistryStatus status = RegistryStatus::Available;
  Timestamp created{};
  Timestamp updated{};
  Tags tags = {};

  RegistryRef ref() const { return {.name = name}; }
  friend bool operator==(const Registry&, const Registry&) = default;
};

/// A schema from its creation to its deletion is one incarnation; a schema of the same name made
/// later is another one and begins again with version 1.
struct Schema {
  RegistryName registry;
  SchemaName name;
  Uuid incarnation{};
  Format format = Format::Avro;
  Mode mode = Mode::Backward;
  std::string description = {};  ///< empty: none
  SchemaStatus status = SchemaStatus::Available;
  std::int64_t checkpoint = 1;
  std::int64_t latest = 0;      ///< the newest AVAILABLE version; 0: there is none
  std::int64_t next = 1;        ///< the number that the next version gets; only ever grows
  std::int64_t generation = 0;  ///< counts the changes of the set of AVAILABLE versions
  Timestamp created{};
  Timestamp updated{};
  Tags tags = {};

  SchemaRef ref() const { return {.registry = registry, .name = name}; }
  friend bool operator==(const Schema&, const Schema&) = default;
};

struct SchemaVersion {
  Uuid id{};
  RegistryName registry;
  SchemaName schema;
  Uuid incarnation{};  ///< of the schema
  std::int64_t number = 0;
  VersionStatus status = VersionStatus::Available;
  Format format = Format::Avro;
  std::string identity = {};  ///< SHA-256 of the identity form, hexadecimal
  std::string content = {};   ///< SHA-256 of the definition's text, hexadecimal
  Timestamp created{};

  friend bool operator==(const SchemaVersion&, const SchemaVersion&) = default;
};

/// A version with its definition: the text as it was submitted, or the bundle (references.h).
struct DefinedVersion {
  SchemaVersion version;
  std::string definition;
};

struct Metadata {
  std::string key;
  std::string value;
  Timestamp created{};

  friend bool operator==(const Metadata&, const Metadata&) = default;
};

/// Where a list goes on, and how many items to answer at most. Positions are opaque to callers;
/// one is only good for the list it came from.
struct PageRequest {
  std::optional<std::string> after;
  std::size_t limit = 25;
};

template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next;  ///< nullopt: that was the last page
};

}  // namespace limpet::registry
