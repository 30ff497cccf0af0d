#include "arrays.h"

#include "limpet/base/assert.h"

#include <cstring>
#include <limits>
#include <utility>

namespace limpet::columns {

void ArrayParts::add(Buffer buffer, Presence presence) {
  LIMPET_ASSERT(buffer_count_ < buffers_.size() &&
                (buffer.data() != nullptr || presence == Presence::MayBeAbsent));
  pointers_[buffer_count_] = buffer.data();
  buffers_[buffer_count_++] = std::move(buffer);
}

void ArrayParts::set_children(std::vector<ArrowArray> children) {
  children_ = std::move(children);
  child_pointers_.clear();
  for (auto& child : children_) child_pointers_.push_back(&child);
}

ArrowArray* ArrayParts::add_dictionary() {
  dictionary_ = std::make_unique<ArrowArray>();
  return dictionary_.get();
}

// "The Arrow C data interface", "Release callback semantics": children that were moved out have a
// null `release`; the struct is marked released at the end.
void release_array(ArrowArray* array) {
  const std::unique_ptr<ArrayParts> parts(static_cast<ArrayParts*>(array->private_data));
  for (auto* child : parts->child_pointers_) {
    if (child->release != nullptr) child->release(child);
  }
  if (parts->dictionary_ != nullptr && parts->dictionary_->release != nullptr) {
    parts->dictionary_->release(parts->dictionary_.get());
  }
  array->release = nullptr;
}

void hand_out(std::unique_ptr<ArrayParts> parts, std::int64_t length, std::int64_t nulls,
              ArrowArray* out) {
  *out = {.length = length,
          .null_count = nulls,
          .offset = 0,
          .n_buffers = static_cast<std::int64_t>(parts->buffer_count_),
          .n_children = static_cast<std::int64_t>(parts->children_.size()),
          .buffers = parts->pointers_.data(),
          .children = parts->children_.empty() ? nullptr : parts->child_pointers_.data(),
          .dictionary = parts->dictionary_.get(),
          .release = &release_array,
          .private_data = nullptr};
  out->private_data = parts.release();
}

void export_texts(std::span<const std::string> texts, ArrowArray* out) {
  std::size_t bytes = 0;
  for (const auto& text : texts) bytes += text.size();
  LIMPET_ASSERT(bytes <= std::numeric_limits<std::int32_t>::max());
  Budget unlimited(std::numeric_limits<std::uint64_t>::max());
  Buffer offsets;
  Buffer data;
  LIMPET_ASSERT(offsets.grow((texts.size() + 1) * sizeof(std::int32_t), 0, unlimited) &&
                data.grow(bytes, 0, unlimited));
  std::memset(offsets.data(), 0, offsets.capacity());
  if (data.capacity() > 0) std::memset(data.data(), 0, data.capacity());
  std::int32_t end = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (!texts[i].empty()) std::memcpy(data.data() + end, texts[i].data(), texts[i].size());
    end += static_cast<std::int32_t>(texts[i].size());
    std::memcpy(offsets.data() + (i + 1) * sizeof end, &end, sizeof end);
  }
  auto parts = std::make_unique<ArrayParts>();
  parts->add(Buffer(), Presence::MayBeAbsent);
  parts->add(std::move(offsets));
  parts->add(std::move(data));
  hand_out(std::move(parts), static_cast<std::int64_t>(texts.size()), 0, out);
}

}  // namespace limpet::columns
