// What a Schema shares: all nodes of one document.
#pragma once

#include "limpet/avro/node.h"

#include <deque>

namespace limpet::avro {

struct Document {
  std::deque<Node> nodes;  // never moves its elements
  const Node* root = nullptr;
  bool unusable_defaults = false;  // some field has one
};

}  // namespace limpet::avro
