#include "limpet/columns/row_layout.h"

#include <algorithm>
#include <string_view>

namespace limpet::columns {

const Projection* Projection::find(std::string_view field) const {
  if (fields.empty()) return this;
  const auto found = fields.find(field);
  return found == fields.end() ? nullptr : &found->second;
}

Result<Projection> Projection::parse(std::span<const std::string> paths) {
  Projection root;
  for (const auto& path : paths) {
    Projection* at = &root;
    bool is_covered = false;  // by a shorter path
    bool fresh = true;
    for (std::size_t from = 0; from <= path.size();) {
      const auto dot = std::min(path.find('.', from), path.size());
      const auto name = path.substr(from, dot - from);
      if (name.empty()) return Error::invalid_input("the projection has an empty name", path);
      const auto [known, made] = at->fields.try_emplace(name);
      if (!made && known->second.fields.empty()) {
        is_covered = true;
        break;
      }
      fresh = made;
      at = &known->second;
      from = dot + 1;
    }
    if (!is_covered && !fresh) at->fields.clear();
  }
  return root;
}

// "Arrow canonical extension types", "JSON": stored as utf8, its metadata empty.
void mark_as_json(ColumnType& type) {
  type.kind = Kind::Utf8;
  type.metadata.emplace_back("ARROW:extension:name", "arrow.json");
  type.metadata.emplace_back("ARROW:extension:metadata", "");
}

}  // namespace limpet::columns
