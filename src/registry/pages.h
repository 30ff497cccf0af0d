// From the store's pages to this room's.
#pragma once

#include "limpet/registry/entities.h"
#include "limpet/storage/records.h"

#include <string_view>
#include <utility>

namespace limpet::registry {

template <class T>
Result<Page<T>> page_of(Result<storage::Page<T>> stored) {
  if (!stored) return std::move(stored).error();
  Page<T> page{.items = std::move(stored->records), .next = {}};
  if (!stored->next.empty()) page.next = std::move(stored->next);
  return page;
}

/// Is the position absent, or a place under `prefix`?
inline bool is_under(const std::optional<std::string>& position, const storage::Key& prefix) {
  return !position || position->starts_with(prefix.text() + storage::kKeySeparator);
}

}  // namespace limpet::registry
