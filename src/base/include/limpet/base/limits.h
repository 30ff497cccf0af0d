// Bounds on everything that comes from outside. One place, so that a reader can see them together.
#pragma once

#include <cstddef>
#include <cstdint>

namespace limpet::limits {

/// HTTP request body, bytes. A definition of 170,000 characters fits with every escape.
inline constexpr std::size_t kRequestBodyBytes = 4UL << 20;
/// HTTP request line and headers together, bytes.
inline constexpr std::size_t kRequestHeaderBytes = 32UL << 10;

/// Nesting and values of an API request.
inline constexpr std::size_t kRequestDepth = 128;
inline constexpr std::size_t kRequestNodes = 200'000;

/// Schema definition, characters (AWS Glue API reference, SchemaDefinitionString).
inline constexpr std::size_t kDefinitionCharacters = 170'000;
/// Answer of GetSchemaVersionsDiff, characters (AWS Glue API reference, SchemaDefinitionDiff).
inline constexpr std::size_t kDiffCharacters = 340'000;
/// Nesting of a schema: records within records, arrays within arrays.
inline constexpr std::size_t kSchemaDepth = 512;
/// Nodes of one parsed schema.
inline constexpr std::size_t kSchemaNodes = 200'000;
/// Pairs of nodes that one compatibility check may visit.
inline constexpr std::uint64_t kComparedPairs = 2'000'000;
/// Steps that judging one definition against all versions that its mode names may take: pairs
/// visited, and what it costs to fetch and parse the versions (compat::Check::charge).
inline constexpr std::uint64_t kJudgingSteps = 50'000'000;

}  // namespace limpet::limits
