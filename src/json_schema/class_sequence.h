// ClassSequence: the simplest kind of regular expression, matched byte by byte.
//
//   auto sequence = ClassSequence::read("^[0-9a-f]{8}-[0-9]+$");
//   sequence->matches("0badcafe-17");       // true
//
// It is what most schemas ask of an identifier: from the beginning to the end, classes of ASCII
// characters, each repeated so or so often. An engine for all expressions takes ten times as long.
// Immutable. Threads: safe.
#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace limpet::json_schema {

class ClassSequence {
 public:
  /// nullopt: not of this kind. That is so as well where a character could belong to one item or to
  /// the next, so that one would have to try both. Requires: `ecma` is a valid expression.
  static std::optional<ClassSequence> read(std::string_view ecma);

  /// In time linear in the text.
  bool matches(std::string_view text) const;

  /// How many classes it has.
  std::size_t size() const { return items_.size(); }

 private:
  using Class = std::bitset<256>;
  struct Item {
    Class allowed;
    std::size_t least = 1;
    std::size_t most = 1;
  };
  class Reader;

  bool is_unambiguous() const;

  std::vector<Item> items_;
};

}  // namespace limpet::json_schema
