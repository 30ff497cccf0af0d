// ViewCharge: what value::read_struct() will take outside of the arena, charged before it does.
#pragma once

#include "limpet/value/struct_type.h"
#include "limpet/value/view.h"

#include <cstddef>

namespace limpet::protobuf {

/// Charges items of containers and messages that an optional holds against `left`. Recursion is as
/// deep as the view. Threads: confined.
class ViewCharge {
 public:
  explicit ViewCharge(std::size_t& left) : left_(left) {}

  /// False: more than there was left.
  bool record(const value::View& view, const value::StructType& type);

 private:
  bool own(std::size_t count, std::size_t bytes);
  bool value(const value::View& view, const value::TargetType& type);

  std::size_t& left_;
};

}  // namespace limpet::protobuf
