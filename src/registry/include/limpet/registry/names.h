// Checked texts of the Schema Registry: names, descriptions, metadata, tags (AWS Glue API
// reference). Each parse answers the service's own sentence, length before characters.
//
//   LIMPET_TRY(auto name, SchemaName::parse("orders"));
//   SchemaName::parse("a b");      // InvalidInput, wrong_characters("schemaName")
//
// Lengths count UTF-8 bytes.
#pragma once

#include "limpet/base/name.h"
#include "limpet/base/result.h"
#include "limpet/base/uuid.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace limpet::registry {

/// 1..255 of a-z A-Z 0-9 - _ $ # .
struct RegistryNameRules {
  static Status check(std::string_view text);
};
using RegistryName = Name<RegistryNameRules>;

/// As a registry's name.
struct SchemaNameRules {
  static Status check(std::string_view text);
};
using SchemaName = Name<SchemaNameRules>;

/// 0..2048 printable characters, tabs and line ends. The empty one stands for "none".
struct DescriptionRules {
  static Status check(std::string_view text);
};
using Description = Name<DescriptionRules>;

/// 1..128 of a-z A-Z 0-9 + , - . / : ; < = _ @ (the API's pattern, taken literally).
struct MetadataKeyRules {
  static Status check(std::string_view text);
};
using MetadataKey = Name<MetadataKeyRules>;

/// 1..256 of the same characters.
struct MetadataValueRules {
  static Status check(std::string_view text);
};
using MetadataValue = Name<MetadataValueRules>;

/// "default-registry": the registry that CreateSchema makes on demand.
const RegistryName& default_registry();

/// The tags of a registry or a schema.
class Tags {
 public:
  using Map = std::map<std::string, std::string, std::less<>>;
  static constexpr std::size_t kMax = 50;

  Tags() = default;
  /// Errors: InvalidInput (more than 50; a key of 0 or more than 128 bytes or beginning "aws:"; a
  /// value of more than 256 bytes).
  static Result<Tags> parse(Map tags);

  const Map& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }

  friend bool operator==(const Tags&, const Tags&) = default;

 private:
  explicit Tags(Map entries) : entries_(std::move(entries)) {}
  Map entries_;
};

/// A SchemaVersionId. Errors: InvalidInput (not 36 characters; not a lower-case UUID).
Result<Uuid> parse_version_id(std::string_view text);

/// The versions that DeleteSchemaVersions names: "5" or "5-8".
struct VersionRange {
  std::int64_t first = 1;
  std::int64_t last = 1;

  friend bool operator==(const VersionRange&, const VersionRange&) = default;
};
inline constexpr std::int64_t kDeleteRangeMax = 25;

/// Errors: InvalidInput (neither form, first after last, more than 25 versions).
Result<VersionRange> parse_version_range(std::string_view text);

}  // namespace limpet::registry
