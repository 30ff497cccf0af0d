// What `limpet export` writes and `limpet import` reads: registries, schemas and versions, one JSON
// object a line (docs/import-export.md), and where they come from: a server or a file.
//
//   {"kind":"head","format":"limpet-registry-export","version":1}
//   {"kind":"registry","name":"orders","description":"…","tags":{"team":"till"}}
//   {"kind":"schema","registry":"orders","name":"order","dataFormat":"AVRO",
//    "compatibility":"BACKWARD","description":"…","checkpoint":1,"tags":{}}
//   {"kind":"version","registry":"orders","schema":"order","number":1,"id":"b7b4…",
//    "status":"AVAILABLE","created":"2026-01-02T03:04:05.000Z","definition":"{…}",
//    "metadata":[{"key":"origin","value":"till"}]}
//   {"kind":"end","registries":1,"schemas":1,"versions":1,"skipped":0}
//
// A registry comes before its schemas, a schema before its versions, versions by number. A file
// without its end is not whole. Members that a reader does not know are left alone; a file of
// another version is refused.
#pragma once

#include "local.h"
#include "session.h"

#include "limpet/base/result.h"
#include "limpet/base/uuid.h"

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace limpet::app {

inline constexpr int kExportVersion = 1;

using TextMap = std::map<std::string, std::string>;

struct ExportedRegistry {
  std::string name{};
  std::optional<std::string> description{};
  TextMap tags{};

  friend bool operator==(const ExportedRegistry&, const ExportedRegistry&) = default;
};

struct ExportedSchema {
  std::string registry{};
  std::string name{};
  std::string data_format{};
  std::string compatibility{};
  std::optional<std::string> description{};
  std::int64_t checkpoint = 0;  ///< 0: none
  TextMap tags{};

  friend bool operator==(const ExportedSchema&, const ExportedSchema&) = default;
};

struct ExportedVersion {
  std::string registry{};
  std::string schema{};
  std::int64_t number = 0;
  std::string id{};
  std::string status{};
  std::string created{};
  std::string definition{};
  std::vector<std::pair<std::string, std::string>> metadata{};

  friend bool operator==(const ExportedVersion&, const ExportedVersion&) = default;
};

using Exported = std::variant<ExportedRegistry, ExportedSchema, ExportedVersion>;

/// What was seen on the way.
struct ExportCounts {
  std::int64_t registries = 0;
  std::int64_t schemas = 0;
  std::int64_t versions = 0;
  std::int64_t skipped = 0;  ///< versions that are PENDING or DELETING

  friend bool operator==(const ExportCounts&, const ExportCounts&) = default;
};
void count(ExportCounts& counts, const Exported& item);

/// One line each, with its line feed.
std::string export_head();
std::string export_line(const Exported& item);
std::string export_end(const ExportCounts& counts);

using Visit = std::function<void(const Exported&)>;

/// Reads a whole file, item by item. Errors: InvalidInput (`where` is the line). Limits: 4 MiB a
/// line.
Result<ExportCounts> read_export(std::istream& in, const Visit& visit);

/// Asks a server for everything in `registries` (all, when it is empty). Throws CommandFailed.
ExportCounts read_server(Session& source, const std::vector<std::string>& registries,
                         Progress& progress, const Visit& visit);

}  // namespace limpet::app
