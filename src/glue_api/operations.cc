// The table of operations that this version serves.
#include "served.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <memory>
#include <unordered_map>

namespace limpet::glue_api {
namespace {

struct Table {
  Table() {
    for (auto* group : {registry_operations, schema_operations, version_operations,
                        metadata_operations, tag_operations, explain_operations,
                        reference_operations, import_operations, access_key_operations}) {
      for (Served& served : group()) rows.push_back(std::make_unique<Served>(std::move(served)));
    }
    for (const auto& row : rows) {
      by_operation.emplace(row->operation, row.get());
      by_target.emplace(
          std::string(row->operation->service->target_prefix).append(".") += row->operation->name,
          row.get());
    }
  }

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  std::vector<std::unique_ptr<const Served>> rows;
  std::unordered_map<const glue_model::Operation*, const Served*> by_operation;
  std::unordered_map<std::string, const Served*, Hash, std::equal_to<>> by_target;
};

const Table& table() {
  static const Table made;
  return made;
}

template <class Map, class Key>
const Served* look_up(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : found->second;
}

}  // namespace

std::string action_of(const glue_model::Operation& operation) {
  const std::string_view prefix = operation.service->target_prefix;
  std::string action(prefix == "AWSGlue" ? "glue" : prefix);
  std::ranges::transform(action, action.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return action.append(":").append(operation.name);
}

std::string display_name(const glue_model::Operation& operation) {
  const std::string_view prefix = operation.service->target_prefix;
  if (prefix == "AWSGlue") return std::string(operation.name);
  return std::string(prefix).append(".").append(operation.name);
}

const Served* find_served(const glue_model::Operation& operation) {
  return look_up(table().by_operation, &operation);
}

const Served* find_served(std::string_view target) { return look_up(table().by_target, target); }

std::vector<OperationInfo> operations() {
  std::vector<OperationInfo> all;
  for (const glue_model::Operation* operation : glue_model::operations()) {
    all.push_back({.service = operation->service->target_prefix,
                   .name = operation->name,
                   .served = find_served(*operation) != nullptr});
  }
  return all;
}

}  // namespace limpet::glue_api
