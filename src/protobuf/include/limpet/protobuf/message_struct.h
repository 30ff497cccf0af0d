// MessageStructReader and MessageStructWriter: serialized messages to C++ structs and back, by
// their bindings (limpet/value/binding.h) and a plan made once.
//
//   auto reader = protobuf::MessageStructReader::make(schema, *schema.find_message("shop.Order"),
//                                                     value::struct_type<Order>());
//   if (!reader) return std::move(reader).error();
//   value::Arena arena;
//   Order order;
//   if (auto fault = reader->read(payload, arena, &order)) return value::to_error(*fault);
//
// What is read and refused, and what a member takes, is as by MessageReader (message_reader.h) and
// value::read_struct() (struct_view.h), one after the other: fields are found by their names in the
// text; a field that does not occur is its default, or null where it has presence; null is taken by
// std::optional, std::unique_ptr and members that may be absent, which keep what they have. A field
// that the message has and the struct lacks is checked and passed over. What is written is what
// value::StructViews and MessageWriter would write.
//
// Members are read and written where they stand. These go by way of a view, at about half the
// speed: std::variant; std::optional within containers; groups; enums into text that is written
// again; numbers and bytes in text; maps of other keys than texts when they are written; members of
// a oneof that may be absent and are no std::optional, and structs by value in a oneof or that hold
// such members; several members of one field; members beyond the 256th. So does a whole message of
// which a member came in two parts, and one that is refused.
//
// Immutable; copies share one plan and are cheap; both keep their Schema alive. Threads: safe.
#pragma once

#include "limpet/base/result.h"
#include "limpet/protobuf/message_reader.h"
#include "limpet/protobuf/message_writer.h"
#include "limpet/protobuf/schema.h"
#include "limpet/value/arena.h"
#include "limpet/value/fault.h"
#include "limpet/value/struct_type.h"
#include "limpet/value/struct_view.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace limpet::protobuf {

class StructReadPlans;
class StructWritePlans;

class MessageStructReader {
 public:
  /// Requires: `message` belongs to `schema`; `type` lives (value::struct_type<T>() does). Errors:
  /// InvalidInput (the message lacks a field of the struct that may not be absent), LimitExceeded
  /// (a message of more than 65,000 fields, or a plan of more than a million operations).
  static Result<MessageStructReader> make(const Schema& schema, const Message& message,
                                          const value::StructType& type,
                                          const MessageReaderOptions& options = {});

  /// Read one whole message into the struct at `out`, which may be used again and again: containers
  /// and optionals are emptied first. Views point into the message, into the arena where
  /// Utf8Policy::Replace changed them, or, symbols of enums, into this reader. When it fails,
  /// members hold what they held or what was read; all may be used, and be read into again.
  ///
  /// Faults: those of MessageReader::read() and value::read_struct(). TooLarge, too, where items
  /// of containers and messages that an optional holds take more than `max_memory` or the limit of
  /// the arena; a container grows with the items that were read, not with what a length promises.
  /// What is read again by way of views leaves its first texts in the arena: one message may take
  /// up to twice `max_memory` of it.
  std::optional<value::Fault> read(std::span<const std::byte> bytes, value::Arena& arena,
                                   void* out) const;

 private:
  MessageStructReader(std::shared_ptr<const StructReadPlans> plans, const value::StructType& type,
                      const MessageReaderOptions& options)
      : plans_(std::move(plans)), type_(&type), options_(options) {}

  std::shared_ptr<const StructReadPlans> plans_;
  const value::StructType* type_;
  MessageReaderOptions options_;
};

class MessageStructWriter {
 public:
  /// As MessageStructReader::make(); every field of the struct must be the message's, too, unless
  /// it may be absent or `ignore_unknown`.
  static Result<MessageStructWriter> make(const Schema& schema, const Message& message,
                                          const value::StructType& type,
                                          const MessageWriterOptions& options = {});

  /// Faults: those of MessageWriter::append() and value::StructViews::view().
  std::optional<value::Fault> append(const void* object, value::Arena& arena,
                                     std::string& out) const;

 private:
  MessageStructWriter(MessageWriter writer, std::shared_ptr<const StructWritePlans> plans,
                      const value::StructType& type)
      : writer_(std::move(writer)),
        plans_(std::move(plans)),
        views_(std::make_shared<value::StructViews>(type)) {}

  MessageWriter writer_;
  std::shared_ptr<const StructWritePlans> plans_;
  std::shared_ptr<const value::StructViews> views_;
};

}  // namespace limpet::protobuf
