#include "spelling.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace limpet::lint {
namespace {

constexpr std::size_t kLongestWord = 32;
constexpr std::size_t kShortestWord = 4;
constexpr std::size_t kTwoSlips = 6;  // letters of a word that may have two

/// Optimal string alignment distance. Requires: both at most kLongestWord long.
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::array<std::size_t, kLongestWord + 1>, 3> rows{};
  auto* before = &rows[0];
  auto* above = &rows[1];
  auto* row = &rows[2];
  for (std::size_t j = 0; j <= b.size(); ++j) (*above)[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    (*row)[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      std::size_t least =
          std::min({(*above)[j] + 1, (*row)[j - 1] + 1, (*above)[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        least = std::min(least, (*before)[j - 2] + 1);
      }
      (*row)[j] = least;
    }
    auto* const spent = before;
    before = above;
    above = row;
    row = spent;
  }
  return (*above)[b.size()];
}

}  // namespace

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known) {
  if (word.size() < kShortestWord || word.size() > kLongestWord) return {};
  std::string_view nearest;
  std::size_t least = word.size() >= kTwoSlips ? 3 : 2;
  for (const std::string_view each : known) {
    if (each == word) return {};
    if (each.size() + 2 < word.size() || word.size() + 2 < each.size()) continue;
    if (each.size() < kShortestWord || each.size() > kLongestWord) continue;
    const std::size_t slips = distance(word, each);
    if (slips < least) {
      least = slips;
      nearest = each;
    }
  }
  return nearest;
}

}  // namespace limpet::lint
