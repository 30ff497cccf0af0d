// The oracle of verdicts: where we call a reader compatible with a writer, does it read everything
// that the writer can write?
//
//   const Tally tally = try_avro({.pairs = 1'000'000, .seed = 7, .peer = {"java", …}});
//   for (const auto& finding : tally.findings) say(finding);
//
// A family is a random schema and some evolutions, of it and of each other. Each two members that
// are not spelled the same are two pairs, one for each direction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace limpet::verdicts {

inline constexpr std::size_t kMembers = 6;
/// Counter-examples that are shrunk and printed; the rest is only counted.
inline constexpr std::size_t kFindings = 5;

struct Settings {
  std::uint64_t pairs = 20'000;  ///< at least; a family is never cut
  std::uint64_t seed = 1;        ///< of the first family; each takes the next
  /// Overlooks one kind of difference (avro: lost enum symbols; json: a smaller maxLength;
  /// protobuf: a scalar written differently), to see that it is found and shrunk.
  bool planted = false;
  /// Command of the independent reader. Avro needs one; for JSON Schema it gets a share.
  std::vector<std::string> peer = {};
  std::uint64_t peer_share = 1;  ///< JSON: every n-th family goes to the peer as well
};

struct Tally {
  std::uint64_t pairs = 0;
  std::uint64_t compatible = 0;  ///< pairs that we call so
  std::uint64_t values = 0;      ///< values of compatible writers that were read
  std::uint64_t unsound = 0;     ///< pairs that we call compatible, and a value was not read
  std::uint64_t disputed = 0;    ///< the peer's own verdict, or validity of a value, is another one
  std::uint64_t stricter = 0;    ///< incompatible, yet all values tried were read
  std::uint64_t judged = 0;      ///< incompatible, and values were tried
  std::uint64_t peer_pairs = 0;  ///< compatible pairs that the independent peer read as well
  std::uint64_t excused = 0;     ///< pairs that the peer cannot judge, for a known fault of it
  std::vector<std::string> findings;  ///< shrunk counter-examples, each a row for the tables

  Tally& operator+=(const Tally& other);
};

Tally try_avro(const Settings& settings);
Tally try_json(const Settings& settings);
Tally try_protobuf(const Settings& settings);

}  // namespace limpet::verdicts
