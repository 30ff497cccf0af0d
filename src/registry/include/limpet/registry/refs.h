// How a caller names things: by name or by ARN, by number or latest. The ARN is kept because
// messages repeat it.
#pragma once

#include "limpet/base/uuid.h"
#include "limpet/registry/names.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace limpet::registry {

struct RegistryRef {
  RegistryName name;
  std::optional<std::string> arn = {};  ///< set when the caller used it
};

struct SchemaRef {
  RegistryName registry;
  SchemaName name;
  std::optional<std::string> arn = {};  ///< set when the caller used it
};

/// A version of a schema by its number, or the latest AVAILABLE one.
struct VersionSelector {
  std::optional<std::int64_t> number;  ///< nullopt: the latest

  static VersionSelector latest() { return {std::nullopt}; }
  static VersionSelector at(std::int64_t number) { return {number}; }
  friend bool operator==(const VersionSelector&, const VersionSelector&) = default;
};

struct NumberedVersion {
  SchemaRef schema;
  VersionSelector version;
};

/// A version by its id, or by schema and number.
using VersionRef = std::variant<Uuid, NumberedVersion>;

/// What can carry tags.
using ResourceRef = std::variant<RegistryRef, SchemaRef>;

}  // namespace limpet::registry
