// The sentences of the Glue Schema Registry library for Java, word for word (serde.md lists them),
// and how they are chained: outermost first, joined by ": ".
#pragma once

#include "limpet/base/uuid.h"

#include <string>
#include <string_view>

namespace limpet::client {

/// The two phrases of the service that steer a serializer, full stop included.
inline constexpr std::string_view kNoSuchVersion = "Schema version is not found.";
inline constexpr std::string_view kNoSuchSchema = "Schema is not found.";

std::string cannot_fetch_or_register(std::string_view definition, std::string_view schema,
                                     std::string_view why);
std::string found_but_status(std::string_view status);
std::string registration_is_off();
std::string register_failed(std::string_view schema);
std::string create_failed(std::string_view schema, std::string_view why);
std::string evolution_check_failed(const Uuid& version);  ///< the chain of both sentences
std::string evolution_check_exhausted(const Uuid& version);
std::string cannot_get_version(const Uuid& version);

}  // namespace limpet::client
