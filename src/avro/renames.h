// A writer's schema seen through the aliases of a reader: types and fields by their new names.
#pragma once

#include "limpet/avro/schema.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace limpet::avro {

/// Aliases that give one name to two things of the writer, or two names to one; or take a name away
/// that the default of one of its fields needs. Avro Java cannot read such data at all, or reads it
/// otherwise than it says.
struct AliasConflict {
  std::string path;    ///< of the reader's type or field whose alias it is
  std::string reader;  ///< "my.Order.total" or "my.Order"
  std::string explained;
  bool default_lost = false;
};

/// As org.apache.avro.Schema.applyAliases, without copying the writer. Borrows both schemas.
class Renames {
 public:
  Renames(const Schema& reader, const Schema& writer);

  const Name& name_of(const Node& writer) const;
  std::string_view field_name(const Node& record, std::size_t index) const;
  /// The writer's field that the reader knows by that name, or nullptr.
  const Field* find_field(const Node& record, std::string_view name) const;
  const std::vector<AliasConflict>& conflicts() const { return conflicts_; }

 private:
  struct Target {
    std::string_view name;
    std::string path;  // of the reader's field
  };
  using FieldAliases = std::unordered_map<std::string_view, Target>;
  struct TypeTarget {
    const Node* node = nullptr;
    std::string path;
  };
  struct Record {
    std::vector<std::string_view> fields;
    std::unordered_map<std::string_view, std::uint32_t> at;
    std::uint32_t renamed_required = 0;  // fields without a default that have a new name
  };

  void collect(const Node& reader);
  void collect_record(const Node& record);
  void apply(const Node& writer);
  void apply_record(const Node& record);
  void apply_union(const Node& node);
  void renamed_again(const Node& writer);
  void renamed_again(const FieldAliases& aliases, const Target& first, std::string_view record);
  void check_defaults(const Node& record);
  const Node* loses_default(const Node& type, const json::Value& value) const;

  std::unordered_map<std::string_view, TypeTarget> types_;  // by alias
  // By record, then by alias. A record's own aliases share its map, as in Java.
  std::unordered_map<std::string_view, std::shared_ptr<FieldAliases>> fields_;
  std::unordered_map<const Node*, Record> records_;
  std::vector<bool> seen_;                  // by id
  std::vector<const Node*> with_defaults_;  // records of the writer
  std::string path_;
  std::vector<AliasConflict> conflicts_;
};

}  // namespace limpet::avro
