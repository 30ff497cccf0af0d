// How the rows of each format get into columns.
#pragma once

#include "limpet/serde/batch_reader.h"

#include <memory>

namespace limpet::serde {

/// The batch of a reader. As a Target it compiles a RecordReader for each version that is met,
/// which appends to this batch; what is read into then is a bool that says that the batch is full.
class BatchRows : public detail::Target {
 public:
  bool take_nothing(void*) const final { return false; }

  virtual std::uint64_t rows() const = 0;
  virtual std::uint64_t bytes() const = 0;
  virtual const columns::ColumnType& type() const = 0;
  virtual Status finish(ArrowSchema* schema, ArrowArray* array) = 0;
};

Result<std::unique_ptr<BatchRows>> make_rows(const Schema& reader, const BatchOptions& options);

}  // namespace limpet::serde
