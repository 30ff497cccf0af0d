#include "pair_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <utility>

namespace limpet::avro {
namespace {

// Few nodes: a bitmap; very many: a hash set. Both are sets of pairs.
TEST(PairSet, IsASetOfPairsHoweverManyThereAre) {
  for (const std::size_t nodes : {std::size_t{40}, std::size_t{200'000}}) {
    PairSet pairs(nodes, nodes);
    std::set<std::pair<std::uint32_t, std::uint32_t>> model;
    std::mt19937 random(7);
    Node writer;
    Node reader;
    for (int i = 0; i < 20'000; ++i) {
      writer.id = random() % 40;
      reader.id = random() % 40;
      const std::pair key(writer.id, reader.id);
      EXPECT_EQ(pairs.contains(writer, reader), model.contains(key));
      if (i % 3 == 0) {
        pairs.erase(writer, reader);
        model.erase(key);
      } else {
        EXPECT_EQ(pairs.insert(writer, reader), model.insert(key).second);
      }
    }
  }
}

TEST(PairSet, HoldsNothingAtFirst) {
  PairSet both(1, 1);
  const Node node;
  EXPECT_FALSE(both.contains(node, node));
  both.erase(node, node);
  EXPECT_TRUE(both.insert(node, node));
  EXPECT_FALSE(both.insert(node, node));
}

}  // namespace
}  // namespace limpet::avro
