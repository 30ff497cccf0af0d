// What a Schema shares: all nodes of one document.
#pragma once

#include "limpet/avro/node.h"

#include <deque>

namespace limpet::avro {

struct Document {
  std::deque<Node> nodes;  // never moves its elements
  const Node* root = nullptr;
};

}  // namespace limpet::avro
