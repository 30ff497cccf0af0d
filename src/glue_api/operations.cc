// The table of operations that this version serves.
#include "served.h"

#include <iterator>
#include <unordered_map>

namespace limpet::glue_api {
namespace {

using Table = std::unordered_map<const glue_model::Operation*, Served>;

Table make_table() {
  Table table;
  for (auto* group :
       {registry_operations, schema_operations, version_operations, metadata_operations,
        tag_operations, explain_operations, access_key_operations}) {
    for (Served& served : group()) table.emplace(served.operation, std::move(served));
  }
  return table;
}

const Table& table() {
  static const Table made = make_table();
  return made;
}

}  // namespace

const Served* find_served(const glue_model::Operation& operation) {
  const auto found = table().find(&operation);
  return found == table().end() ? nullptr : &found->second;
}

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
