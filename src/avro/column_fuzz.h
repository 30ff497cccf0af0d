// What the fuzzer of columns and the replay of its corpus run on one input.
#pragma once

#include "../columns/testing/check_array.h"

#include "limpet/avro/column_reader.h"
#include "limpet/avro/datum_reader.h"
#include "limpet/avro/schema.h"
#include "limpet/base/assert.h"
#include "limpet/value/arena.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace limpet::avro {

using columns::testing::check_array;

/// A reader's schema and a writer's, a line each, then records, each behind a byte that is its
/// length. Every record is a row or a fault, in agreement with DatumReader, and the batch is whole.
inline void fuzz_columns(std::string_view input) {
  const auto line = [&] {
    const auto end = std::min(input.find('\n'), input.size());
    const auto out = input.substr(0, end);
    input.remove_prefix(std::min(end + 1, input.size()));
    return out;
  };
  const auto reader_schema = parse(line());
  const auto writer_schema = parse(line());
  if (!reader_schema || !writer_schema) return;
  auto reader = ColumnReader::make(
      *reader_schema, {}, {.limits = {.max_rows = 50, .max_bytes = 1UL << 20}, .keep_faults = 3});
  if (!reader) return;
  const auto plan = reader->layout().plan(*writer_schema);
  const auto datums = DatumReader::make(*writer_schema, {.reader = &*reader_schema});
  LIMPET_ASSERT(plan.has_value() || code_of(plan) == Code::LimitExceeded || !datums);
  if (!plan || !datums) return;

  const auto finish = [&] {
    columns::Owned<ArrowSchema> schema;
    columns::Owned<ArrowArray> array;
    const auto rows = reader->rows();
    LIMPET_ASSERT(reader->finish(schema.get(), array.get()).has_value());
    LIMPET_ASSERT(array->length == static_cast<std::int64_t>(rows));
    check_array(*schema, *array);
  };
  value::Arena arena(16UL << 20);
  while (!input.empty()) {
    const auto size = std::min<std::size_t>(static_cast<std::uint8_t>(input[0]), input.size() - 1);
    // In memory of its own size, so that a sanitizer sees a look beyond it.
    std::vector<std::byte> payload(size);
    if (size > 0) std::memcpy(payload.data(), input.data() + 1, size);
    input.remove_prefix(size + 1);

    auto rows = reader->rows();
    auto added = reader->add(*plan, payload);
    if (added == Added::Full) {
      LIMPET_ASSERT(rows > 0 && reader->rows() == rows);
      finish();
      rows = 0;
      added = reader->add(*plan, payload);
    }
    LIMPET_ASSERT(added != Added::Full);
    LIMPET_ASSERT(reader->rows() == rows + (added == Added::Row ? 1 : 0));
    LIMPET_ASSERT(reader->bytes() <= 1UL << 20);
    arena.reset();
    value::View view;
    const auto fault = datums->read(payload, arena, view);
    if (fault &&
        (fault->kind == value::FaultKind::TooDeep || fault->kind == value::FaultKind::TooLarge)) {
      continue;  // limits that columns have not, or have elsewhere
    }
    if (added == Added::Row) {
      LIMPET_ASSERT(!fault);
      continue;
    }
    const auto& own = reader->fault();
    LIMPET_ASSERT(!own.message.empty() && own.offset <= payload.size());
    if (own.kind == value::FaultKind::Truncated || own.kind == value::FaultKind::InvalidUtf8) {
      LIMPET_ASSERT(fault && fault->kind == own.kind && fault->offset == own.offset &&
                    fault->path == own.path);
    }
  }
  finish();
}

}  // namespace limpet::avro
