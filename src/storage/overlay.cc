#include "overlay.h"

#include <algorithm>
#include <iterator>

namespace limpet::storage {

namespace {

// [first, last) of the entries that a range covers.
template <class Map>
auto bounds(const Map& map, const Range& range) {
  auto first = map.lower_bound(range.from);
  auto last = range.to.empty() ? map.end() : map.lower_bound(range.to);
  if (!range.to.empty() && range.to <= range.from) last = first;
  return std::pair(first, last);
}

// Merges two sorted runs; an entry of `writes` hides the one of `base` with the same key.
template <class BaseIt, class WriteIt, class Before>
std::vector<Row> merge(BaseIt base, BaseIt base_end, WriteIt write, WriteIt write_end,
                       std::size_t limit, Before before) {
  std::vector<Row> rows;
  while (rows.size() < limit && (base != base_end || write != write_end)) {
    if (write == write_end || (base != base_end && before(base->first, write->first))) {
      rows.push_back({base->first, base->second});
      ++base;
      continue;
    }
    if (base != base_end && base->first == write->first) ++base;
    if (write->second) rows.push_back({write->first, *write->second});
    ++write;
  }
  return rows;
}

template <class Self>
Result<std::vector<std::optional<std::string>>> get_each(Self& self,
                                                         std::span<const std::string> keys) {
  std::vector<std::optional<std::string>> values;
  values.reserve(keys.size());
  for (const std::string& key : keys) {
    LIMPET_TRY(auto value, self.get(key));
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace

Result<std::optional<std::string>> RowsReader::get(std::string_view key) {
  const auto at = rows_.find(key);
  return at == rows_.end() ? std::nullopt : std::optional(at->second);
}

Result<std::vector<std::optional<std::string>>> RowsReader::get_many(
    std::span<const std::string> keys) {
  return get_each(*this, keys);
}

Result<std::vector<Row>> RowsReader::scan(const Range& range) { return Overlay(rows_).scan(range); }

Result<std::optional<std::string>> Overlay::get(std::string_view key) {
  if (const auto write = writes_.find(key); write != writes_.end()) return write->second;
  const auto at = base_.find(key);
  return at == base_.end() ? std::nullopt : std::optional(at->second);
}

Result<std::vector<std::optional<std::string>>> Overlay::get_many(
    std::span<const std::string> keys) {
  return get_each(*this, keys);
}

Result<std::vector<Row>> Overlay::scan(const Range& range) {
  const auto [base, base_end] = bounds(base_, range);
  const auto [write, write_end] = bounds(writes_, range);
  if (range.order == Order::Ascending) {
    return merge(base, base_end, write, write_end, range.limit, std::less<>());
  }
  return merge(std::make_reverse_iterator(base_end), std::make_reverse_iterator(base),
               std::make_reverse_iterator(write_end), std::make_reverse_iterator(write),
               range.limit, std::greater<>());
}

Status Overlay::put(std::string_view key, std::string_view value) {
  writes_.insert_or_assign(std::string(key), std::string(value));
  return {};
}

Status Overlay::erase(std::string_view key) {
  writes_.insert_or_assign(std::string(key), std::nullopt);
  return {};
}

void Overlay::apply_to(Rows& rows) const {
  for (const auto& [key, value] : writes_) {
    if (value) {
      rows.insert_or_assign(key, *value);
    } else {
      rows.erase(key);
    }
  }
}

}  // namespace limpet::storage
