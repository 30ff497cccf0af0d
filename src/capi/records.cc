#include "handles.h"

#include "limpet/value/arena.h"

namespace {

using limpet::capi::BorrowedContext;
using limpet::capi::bytes_of;
using limpet::capi::fail;
using limpet::capi::give;
using limpet::capi::guarded;
using limpet::capi::known_part;
using limpet::capi::view;
using limpet::serde::FailureKind;

/// Memory that a thread uses again and again.
limpet::value::Arena& arena() {
  thread_local limpet::value::Arena memory;
  memory.reset();
  return memory;
}

/// One record through the schema's serializer for these options.
template <class T>
limpet_status write_one(const limpet_registry* registry, const limpet_schema* schema,
                        const limpet_encode_options* options, const T& record,
                        limpet_buffer* message, limpet_error** error) {
  if (registry == nullptr || schema == nullptr || message == nullptr) {
    return fail(FailureKind::Config, "an argument is NULL", error);
  }
  const limpet_encode_options known = known_part(options);
  auto serializer = schema->serializer<T>(registry->source, known.zlib != 0,
                                          std::string(view(known.message_name)));
  if (!serializer) {
    return fail(
        limpet::serde::to_failure(serializer.error(), FailureKind::Config, FailureKind::Config),
        error);
  }
  limpet::codec::ByteBuffer out;
  if (auto failure = (*serializer)->append({}, record, out)) {
    return fail(*std::move(failure), error);
  }
  give(std::move(out), message);
  return LIMPET_OK;
}

}  // namespace

limpet_status limpet_decode_json(limpet_registry* registry, const limpet_context* context,
                                 const void* message, size_t bytes, limpet_buffer* json,
                                 limpet_error** error) {
  return guarded(error, [&] {
    if (registry == nullptr || json == nullptr) {
      return fail(FailureKind::Config, "an argument is NULL", error);
    }
    if (message == nullptr) {
      return fail(FailureKind::Tombstone, "the message has no value", error);
    }
    const BorrowedContext borrowed(context);
    thread_local std::string text;
    if (auto failure =
            registry->to_json->read(borrowed.get(), bytes_of(message, bytes), arena(), text)) {
      return fail(*std::move(failure), error);
    }
    give(text, json);
    return LIMPET_OK;
  });
}

limpet_status limpet_unframe(limpet_registry* registry, const limpet_context* context,
                             const void* message, size_t bytes, limpet_buffer* payload,
                             limpet_schema** schema, limpet_text* message_name,
                             limpet_error** error) {
  return guarded(error, [&] {
    if (registry == nullptr || payload == nullptr) {
      return fail(FailureKind::Config, "an argument is NULL", error);
    }
    if (schema != nullptr) *schema = nullptr;
    if (message_name != nullptr) *message_name = {"", 0};
    if (message == nullptr) {
      return fail(FailureKind::Tombstone, "the message has no value", error);
    }
    const BorrowedContext borrowed(context);
    limpet::serde::Payload found;
    if (auto failure =
            registry->to_payload->read(borrowed.get(), bytes_of(message, bytes), arena(), found)) {
      return fail(*std::move(failure), error);
    }
    if (schema != nullptr) {
      auto held = registry->source->by_version(found.schema->id());
      if (!held) return fail(std::move(held).failure(), error);
      *schema = new limpet_schema(*std::move(held));
    }
    if (message_name != nullptr && found.message != nullptr) {
      *message_name = limpet::capi::text_of(found.message->full_name);
    }
    limpet::codec::ByteBuffer out;
    out.append(found.bytes);
    give(std::move(out), payload);
    return LIMPET_OK;
  });
}

limpet_status limpet_encode_json(limpet_registry* registry, const limpet_schema* schema,
                                 const limpet_encode_options* options, limpet_text json,
                                 limpet_buffer* message, limpet_error** error) {
  return guarded(error,
                 [&] { return write_one(registry, schema, options, view(json), message, error); });
}

limpet_status limpet_frame_payload(limpet_registry* registry, const limpet_schema* schema,
                                   const limpet_encode_options* options, const void* payload,
                                   size_t bytes, limpet_buffer* message, limpet_error** error) {
  return guarded(error, [&] {
    return write_one(registry, schema, options, limpet::serde::Encoded{bytes_of(payload, bytes)},
                     message, error);
  });
}
