// Matching of rows with columns: as many pairs as possible, each row and column in one at most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace limpet::json_schema {

struct Matching {
  static constexpr auto kFree = static_cast<std::size_t>(-1);

  std::size_t size = 0;
  std::vector<std::size_t> row_of;  ///< by column; kFree: none
  std::vector<bool> matched;        ///< by row
};

/// A matching of greatest size, by augmenting paths. `edges` holds the columns of each row. Takes
/// what it cost off `steps_left`; when that becomes 0 the answer means nothing.
Matching greatest_matching(const std::vector<std::vector<std::size_t>>& edges, std::size_t columns,
                           std::uint64_t& steps_left);

}  // namespace limpet::json_schema
