// What stands behind an ArrowArray that we hand out, and how it is released.
#pragma once

#include "limpet/columns/arrow_abi.h"
#include "limpet/columns/buffer.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace limpet::columns {

enum class Presence : bool { Required, MayBeAbsent };

/// The memory of one array: buffers, and the structs of its children. A child that a consumer moved
/// out owns its own parts, so nothing here points into another array's.
class ArrayParts {
 public:
  ArrayParts() = default;
  ArrayParts(const ArrayParts&) = delete;  // pointers point into it
  ArrayParts& operator=(const ArrayParts&) = delete;

  void add(Buffer buffer, Presence presence = Presence::Required);
  void set_children(std::vector<ArrowArray> children);
  ArrowArray* add_dictionary();

 private:
  friend void hand_out(std::unique_ptr<ArrayParts> parts, std::int64_t length, std::int64_t nulls,
                       ArrowArray* out);
  friend void release_array(ArrowArray* array);

  std::array<Buffer, 3> buffers_;
  std::array<const void*, 3> pointers_{};
  std::size_t buffer_count_ = 0;
  std::vector<ArrowArray> children_;
  std::vector<ArrowArray*> child_pointers_;
  std::unique_ptr<ArrowArray> dictionary_;
};

void hand_out(std::unique_ptr<ArrayParts> parts, std::int64_t length, std::int64_t nulls,
              ArrowArray* out);

/// A utf8 array of these texts, none null. Requires: less than 2 GiB together.
void export_texts(std::span<const std::string> texts, ArrowArray* out);

}  // namespace limpet::columns
