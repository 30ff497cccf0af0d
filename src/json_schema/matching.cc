#include "matching.h"

namespace limpet::json_schema {

Matching greatest_matching(const std::vector<std::vector<std::size_t>>& edges, std::size_t columns,
                           std::uint64_t& steps_left) {
  constexpr auto kFree = Matching::kFree;
  const std::size_t rows = edges.size();
  Matching out{0, std::vector<std::size_t>(columns, kFree), std::vector<bool>(rows)};
  for (std::size_t start = 0; start < rows; ++start) {
    std::vector<std::size_t> came_from(columns, kFree);  // the row that reached the column
    std::vector<std::size_t> gave_up(rows, kFree);       // the column that the row had
    std::vector<std::size_t> queue{start};
    std::size_t end = kFree;
    for (std::size_t next = 0; next < queue.size() && end == kFree; ++next) {
      for (const auto column : edges[queue[next]]) {
        if (steps_left <= 1) {
          steps_left = 0;
          return out;
        }
        --steps_left;
        if (came_from[column] != kFree) continue;
        came_from[column] = queue[next];
        const auto taken_by = out.row_of[column];
        if (taken_by == kFree) {
          end = column;
          break;
        }
        gave_up[taken_by] = column;
        queue.push_back(taken_by);
      }
    }
    if (end == kFree) continue;
    ++out.size;
    out.matched[start] = true;
    for (auto column = end; column != kFree;) {
      const auto row = came_from[column];
      out.row_of[column] = row;
      column = row == start ? kFree : gave_up[row];
    }
  }
  return out;
}

}  // namespace limpet::json_schema
