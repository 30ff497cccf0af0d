// PairSet: which pairs of a writer's and a reader's type were met.
//
//   PairSet met(writer.node_count(), reader.node_count());
//   if (met.insert(writer_type, reader_type)) ...   // the first time
//
// A bit for each pair where all of them fit into kBitmapBytes, else a hash set.
#pragma once

#include "limpet/avro/node.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

namespace limpet::avro {

class PairSet {
 public:
  static constexpr std::size_t kBitmapBytes = 8UL << 20;

  PairSet(std::size_t writer_nodes, std::size_t reader_nodes)
      : writer_nodes_(writer_nodes),
        reader_nodes_(reader_nodes),
        is_bitmap_(writer_nodes <= kBitmapBytes * 8 / std::max<std::size_t>(reader_nodes, 1)) {}

  /// Whether it was not there yet.
  bool insert(const Node& writer, const Node& reader) {
    if (!is_bitmap_) return pairs_.insert(pair_of(writer, reader)).second;
    if (bits_.empty()) bits_.resize(writer_nodes_ * reader_nodes_);
    const auto place = place_of(writer, reader);
    if (bits_[place]) return false;
    bits_[place] = true;
    return true;
  }

  void erase(const Node& writer, const Node& reader) {
    if (!is_bitmap_) {
      pairs_.erase(pair_of(writer, reader));
    } else if (!bits_.empty()) {
      bits_[place_of(writer, reader)] = false;
    }
  }

  bool contains(const Node& writer, const Node& reader) const {
    if (!is_bitmap_) return pairs_.contains(pair_of(writer, reader));
    return !bits_.empty() && bits_[place_of(writer, reader)];
  }

 private:
  static std::uint64_t pair_of(const Node& writer, const Node& reader) {
    return (static_cast<std::uint64_t>(writer.id) << 32) | reader.id;
  }

  std::size_t place_of(const Node& writer, const Node& reader) const {
    return writer.id * reader_nodes_ + reader.id;
  }

  std::size_t writer_nodes_;
  std::size_t reader_nodes_;
  bool is_bitmap_;
  std::vector<bool> bits_;  // none before the first pair
  std::unordered_set<std::uint64_t> pairs_;
};

}  // namespace limpet::avro
