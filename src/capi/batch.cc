#include "handles.h"

#include "limpet/avro/column_reader.h"
#include "limpet/value/arena.h"

#include <unordered_map>

struct limpet_batch {
  limpet::serde::SchemaPointer reader;
  limpet::avro::ColumnReader columns;
  limpet::serde::Deserializer<limpet::serde::Payload> payloads;
  limpet::value::Arena arena;
  /// By the writer's schema, which the deserializer keeps.
  std::unordered_map<const limpet::serde::Schema*, limpet::avro::ColumnPlan> plans;
};

namespace {

using limpet::capi::BorrowedContext;
using limpet::capi::bytes_of;
using limpet::capi::fail;
using limpet::capi::guarded;
using limpet::serde::FailureKind;

limpet_status push(limpet_batch& batch, const limpet::serde::Context& context,
                   std::span<const std::byte> message, limpet_error** error) {
  using namespace limpet;  // NOLINT: within one function
  batch.arena.reset();
  serde::Payload payload;
  serde::ReadInfo info;
  if (auto failure = batch.payloads.read(context, message, batch.arena, payload, &info)) {
    return fail(*std::move(failure), error);
  }
  if (payload.schema->avro() == nullptr) {
    return fail(FailureKind::Unsupported, "only AVRO messages become columns", error);
  }
  auto plan = batch.plans.find(payload.schema);
  if (plan == batch.plans.end()) {
    auto made = batch.columns.layout().plan(*payload.schema->avro());
    if (!made) {
      return fail(
          serde::to_failure(made.error(), FailureKind::Incompatible, FailureKind::Incompatible),
          error);
    }
    plan = batch.plans.emplace(payload.schema, *std::move(made)).first;
  }
  switch (batch.columns.add(plan->second, payload.bytes)) {
    case avro::Added::Row:
      return LIMPET_OK;
    case avro::Added::Full:
      return fail(FailureKind::TooLarge, "the batch is full: finish it, then push this again",
                  error);
    case avro::Added::Refused:
      break;
  }
  return fail(serde::to_failure(
                  batch.columns.fault(),
                  info.zlib ? serde::Failure::Place::Inflated : serde::Failure::Place::Message,
                  info.zlib ? 0 : message.size() - payload.bytes.size()),
              error);
}

}  // namespace

limpet_status limpet_batch_open(limpet_registry* registry, const limpet_schema* reader,
                                limpet_batch** batch, limpet_error** error) {
  return guarded(error, [&] {
    using namespace limpet;  // NOLINT: within one function
    if (registry == nullptr || reader == nullptr || batch == nullptr) {
      return fail(FailureKind::Config, "an argument is NULL", error);
    }
    *batch = nullptr;
    if (reader->schema->avro() == nullptr) {
      return fail(FailureKind::Unsupported, "only AVRO schemas become columns", error);
    }
    auto columns = avro::ColumnReader::make(*reader->schema->avro());
    if (!columns) {
      return fail(serde::to_failure(columns.error(), FailureKind::Config, FailureKind::Config),
                  error);
    }
    auto payloads = serde::Deserializer<serde::Payload>::make(registry->source, registry->reading);
    if (!payloads) {
      return fail(serde::to_failure(payloads.error(), FailureKind::Config, FailureKind::Config),
                  error);
    }
    *batch = new limpet_batch{
        reader->schema, *std::move(columns), *std::move(payloads), value::Arena(), {}};
    return LIMPET_OK;
  });
}

limpet_status limpet_batch_push(limpet_batch* batch, const limpet_context* context,
                                const void* message, size_t bytes, limpet_error** error) {
  return guarded(error, [&] {
    if (batch == nullptr) return fail(FailureKind::Config, "an argument is NULL", error);
    if (message == nullptr) {
      return fail(FailureKind::Tombstone, "the message has no value", error);
    }
    const BorrowedContext borrowed(context);
    return push(*batch, borrowed.get(), bytes_of(message, bytes), error);
  });
}

size_t limpet_batch_rows(const limpet_batch* batch) {
  return batch == nullptr ? 0 : batch->columns.rows();
}

limpet_status limpet_batch_finish(limpet_batch* batch, struct ArrowSchema* schema,
                                  struct ArrowArray* array, limpet_error** error) {
  return guarded(error, [&] {
    if (batch == nullptr || schema == nullptr || array == nullptr) {
      return fail(FailureKind::Config, "an argument is NULL", error);
    }
    if (auto done = batch->columns.finish(schema, array); !done) {
      return fail(
          limpet::serde::to_failure(done.error(), FailureKind::Internal, FailureKind::Internal),
          error);
    }
    return LIMPET_OK;
  });
}

void limpet_batch_close(limpet_batch* batch) { delete batch; }
