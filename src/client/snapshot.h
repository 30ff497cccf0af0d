// The snapshot file: schema versions on disk, so that a restart asks for nothing.
//
//   {"format":"limpet-schema-snapshot","version":1,"schemas":2}
//   {"id":"b7b4…","dataFormat":"AVRO","name":"orders","arn":"arn:…","number":3,"status":"AVAILABLE",
//    "definition":"{…}"}
//   {"id":…}
//   {"sha256":"9f86…"}
//
// Lines of JSON (RFC 8259), each ended by a line feed; the last one is the SHA-256 of all bytes
// before it. A reader that meets another version leaves the file alone. It is replaced whole, by a
// rename. The sum finds damage, not malice: who can write the file can say what an id means.
#pragma once

#include "version_table.h"

#include "limpet/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace limpet::client {

inline constexpr int kSnapshotVersion = 1;

std::string encode_snapshot(const std::vector<SchemaPointer>& schemas);
/// Errors: InvalidInput (not such a file, or damaged; `where` is the line), LimitExceeded.
Result<std::vector<SchemaPointer>> decode_snapshot(std::string_view text,
                                                   const TableBounds& bounds);

/// Errors: Unavailable.
Result<SnapshotReport> write_snapshot(const std::string& path,
                                      const std::vector<SchemaPointer>& schemas);
/// No such file: no schemas. Errors: as decode_snapshot, Unavailable.
Result<std::vector<SchemaPointer>> read_snapshot(const std::string& path,
                                                 const TableBounds& bounds);

}  // namespace limpet::client
