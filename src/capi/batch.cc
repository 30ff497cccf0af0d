#include "handles.h"

#include "limpet/serde/batch_reader.h"

#include <string>
#include <utility>
#include <vector>

struct limpet_batch {
  limpet::serde::BatchReader reader;
};

namespace {

using limpet::capi::BorrowedContext;
using limpet::capi::bytes_of;
using limpet::capi::fail;
using limpet::capi::guarded;
using limpet::capi::known_part;
using limpet::capi::view;
using limpet::serde::FailureKind;

limpet::serde::BatchOptions batch_options(const limpet_batch_options& known,
                                          limpet::serde::DeserializerOptions reading) {
  limpet::serde::BatchOptions out{.reading = std::move(reading)};
  out.reading.validate_json = known.validate_json != 0;
  out.message = view(known.message_name);
  out.enum_numbers = known.enum_numbers != 0;
  if (known.micros != 0) out.time_unit = limpet::columns::Unit::Micro;
  if (known.rows_max != 0) out.limits.max_rows = known.rows_max;
  if (known.bytes_max != 0) out.limits.max_bytes = known.bytes_max;
  for (std::size_t i = 0; i < known.field_count; ++i) {
    out.projection.emplace_back(view(known.fields[i]));
  }
  return out;
}

limpet_status open_batch(limpet_registry* registry, const limpet_schema* reader,
                         const limpet_batch_options& known, limpet_batch** batch,
                         limpet_error** error) {
  using namespace limpet;  // NOLINT: within one function
  if (registry == nullptr || reader == nullptr || batch == nullptr ||
      (known.fields == nullptr && known.field_count != 0)) {
    return fail(FailureKind::Config, "an argument is NULL", error);
  }
  *batch = nullptr;
  auto made = serde::BatchReader::make(registry->source, reader->schema,
                                       batch_options(known, registry->reading));
  if (!made) {
    return fail(serde::to_failure(made.error(), FailureKind::Config, FailureKind::Config), error);
  }
  *batch = new limpet_batch{*std::move(made)};
  return LIMPET_OK;
}

}  // namespace

limpet_status limpet_batch_open(limpet_registry* registry, const limpet_schema* reader,
                                limpet_batch** batch, limpet_error** error) {
  return limpet_batch_open_with(registry, reader, nullptr, batch, error);
}

limpet_status limpet_batch_open_with(limpet_registry* registry, const limpet_schema* reader,
                                     const limpet_batch_options* options, limpet_batch** batch,
                                     limpet_error** error) {
  return guarded(error,
                 [&] { return open_batch(registry, reader, known_part(options), batch, error); });
}

limpet_status limpet_batch_push(limpet_batch* batch, const limpet_context* context,
                                const void* message, size_t bytes, limpet_error** error) {
  return guarded(error, [&] {
    if (batch == nullptr) return fail(FailureKind::Config, "an argument is NULL", error);
    const BorrowedContext borrowed(context);
    switch (batch->reader.push(borrowed.get(), bytes_of(message, bytes))) {
      case limpet::serde::Pushed::Row:
        return LIMPET_OK;
      case limpet::serde::Pushed::Full:
        return fail({.kind = FailureKind::TooLarge,
                     .message = "the batch is full: finish it, then push this again",
                     .retryable = true},
                    error);
      case limpet::serde::Pushed::Refused:
        break;
    }
    return fail(batch->reader.failure(), error);
  });
}

size_t limpet_batch_rows(const limpet_batch* batch) {
  return batch == nullptr ? 0 : batch->reader.rows();
}

limpet_status limpet_batch_finish(limpet_batch* batch, struct ArrowSchema* schema,
                                  struct ArrowArray* array, limpet_error** error) {
  return guarded(error, [&] {
    if (batch == nullptr || schema == nullptr || array == nullptr) {
      return fail(FailureKind::Config, "an argument is NULL", error);
    }
    if (auto done = batch->reader.finish(schema, array); !done) {
      return fail(
          limpet::serde::to_failure(done.error(), FailureKind::Internal, FailureKind::Internal),
          error);
    }
    return LIMPET_OK;
  });
}

void limpet_batch_close(limpet_batch* batch) { delete batch; }
