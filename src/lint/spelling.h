// Misspelled words: which known word was probably meant?
#pragma once

#include <span>
#include <string_view>

namespace limpet::lint {

/// The known word nearest to `word`: one letter too many, missing, wrong or swapped with its
/// neighbour; two such slips in words of six letters and more. Empty: none is that near, or `word`
/// itself is known. Short words (under four letters) are near to nothing.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known);

}  // namespace limpet::lint
