// Calls: what the clients of a simulation ask and what they are told, without JSON.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::simulation {

/// A record of the fields a, b, c: each absent, plain or with a default. What can read what follows
/// from that alone, without an Avro engine.
struct Shape {
  enum Field : std::uint8_t { Absent, Plain, Default };
  std::array<Field, 3> fields{};

  /// Every field that `reader` cannot do without is in what `writer` writes.
  static bool reads(const Shape& reader, const Shape& writer);
  friend auto operator<=>(const Shape&, const Shape&) = default;
};

/// A shape in one of two spellings, or (nullopt) a text that is no schema.
struct Definition {
  std::optional<Shape> shape;
  bool spaced = false;

  std::string text() const;
  friend auto operator<=>(const Definition&, const Definition&) = default;
};

inline constexpr std::array<std::string_view, 8> kModes = {
    "NONE", "DISABLED", "BACKWARD", "BACKWARD_ALL", "FORWARD", "FORWARD_ALL", "FULL", "FULL_ALL"};

enum class Kind : std::uint8_t {
  CreateRegistry,
  DeleteRegistry,
  GetRegistry,
  CreateSchema,
  UpdateSchema,
  DeleteSchema,
  GetSchema,
  RegisterSchemaVersion,
  GetSchemaVersion,
  GetSchemaByDefinition,
  ListSchemaVersions,
  DeleteSchemaVersions,
  PutMetadata,
  RemoveMetadata,
  QueryMetadata,
  CheckValidity,
};
inline constexpr std::size_t kKinds = 16;
/// The operation's name in the API.
std::string_view operation_of(Kind kind);
bool writes(Kind kind);

/// Which version: by id, by number, or the latest (neither).
struct Selector {
  std::string id = {};
  std::int64_t number = 0;
};

struct Request {
  Kind kind = Kind::GetSchema;
  std::string name;  ///< of the registry or schema. By id too: the schema that the id was seen in
  std::optional<Definition> definition = {};
  Selector version = {};
  std::int64_t last = 0;         ///< the range that is deleted: version.number to last
  std::string mode = {};         ///< empty: not given
  std::string description = {};  ///< empty: not given
  std::string key = {};
  std::string value = {};
};

struct VersionLine {
  std::int64_t number = 0;
  std::string id;  ///< empty: the model does not know it
  std::string status;
};

/// What is told; members that a kind does not tell stay as they are here.
struct Response {
  enum class Result : std::uint8_t { Ok, NotFound, AlreadyExists, InvalidInput };
  Result result = Result::Ok;
  std::vector<VersionLine> versions = {};  ///< the one that was asked about, or the list
  std::optional<Definition> definition = {};
  std::string description = {};
  std::string mode = {};
  std::int64_t checkpoint = 0;
  std::int64_t latest = 0;
  std::int64_t next = 0;
  std::vector<std::int64_t> missing = {};
  std::vector<std::pair<std::string, std::string>> metadata = {};  ///< by key, oldest first
  bool explained = false;  ///< a query shows why the version failed
};

std::string words(const Definition& definition);
std::string words(const Request& request);
std::string words(const Response& response);

}  // namespace limpet::simulation
