// The Arrow C data interface: two structs by which columns are handed over within a process.
//
//   ArrowSchema schema{};
//   ArrowArray array{};
//   LIMPET_CHECK(builder.finish(&schema, &array));   // a struct array: one child for each column
//   … hand both to pyarrow, DuckDB, polars, nanoarrow …
//   if (array.release != nullptr) array.release(&array);    // unless the consumer took them
//   if (schema.release != nullptr) schema.release(&schema);
//
// The structs and their flags are the interface's own (Arrow Columnar Format, "The Arrow C data
// interface"), guarded by its macro: this header and Arrow's own may be included together. A struct
// whose `release` is null holds nothing. Moving one is copying its bytes and setting the old
// `release` to null; a child may be moved out of its parent so, and then outlives it.
// Threads: compatible.
#pragma once

#include <cstdint>

extern "C" {

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};

#endif  // ARROW_C_DATA_INTERFACE

}  // extern "C"

namespace limpet::columns {

/// An ArrowSchema or ArrowArray that releases what it holds.
///
///   columns::Owned<ArrowArray> array;
///   builder.finish(schema.get(), array.get());
template <class T>
class Owned {
 public:
  Owned() = default;
  Owned(Owned&& other) noexcept : held_(other.held_) { other.held_.release = nullptr; }
  Owned& operator=(Owned&& other) noexcept {
    if (this != &other) {
      reset();
      held_ = other.held_;
      other.held_.release = nullptr;
    }
    return *this;
  }
  ~Owned() { reset(); }

  /// Where the interface's functions put one, or take one from.
  T* get() { return &held_; }
  T& operator*() { return held_; }
  const T& operator*() const { return held_; }
  T* operator->() { return &held_; }
  const T* operator->() const { return &held_; }

  void reset() {
    if (held_.release != nullptr) held_.release(&held_);
    held_ = {};
  }

 private:
  T held_{};
};

}  // namespace limpet::columns
