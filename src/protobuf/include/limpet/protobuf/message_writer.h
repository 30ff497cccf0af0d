// MessageWriter: views to serialized messages. Of structs see message_struct.h.
//
//   auto writer = protobuf::MessageWriter::make(schema, *schema.find_message("shop.Order"));
//   std::string bytes;
//   if (auto fault = writer->append(order, bytes)) return value::to_error(*fault);
//
// Taken are records, by the names of their fields, and maps (JSON objects), whose keys are names as
// the text or as ProtoJSON has them. null is a field that does not occur; so is the default of a
// field without presence. Numbers are taken in every kind that holds them exactly (of 64 bits also
// as text), enums by symbol or number, bytes also as base64 text, keys of maps also as text.
// Timestamps and other well-known types are the records that they are; for their JSON texts see
// transcode.h. Fields are written in the order of their numbers, repeated numbers packed where the
// schema says so, entries of maps in their order: the bytes that libprotobuf writes.
//
// Immutable; copies share one plan and are cheap; it keeps its Schema alive. Threads: safe.
#pragma once

#include "limpet/base/result.h"
#include "limpet/protobuf/schema.h"
#include "limpet/value/arena.h"
#include "limpet/value/fault.h"
#include "limpet/value/view.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace limpet::protobuf {

class MessagePlans;

struct MessageWriterOptions {
  int max_depth = 100;                 ///< messages within the root
  std::size_t max_bytes = 64UL << 20;  ///< of the message
  bool ignore_unknown = false;         ///< pass over members that the message does not have
};

class MessageWriter {
 public:
  /// Requires: `message` belongs to `schema`. Errors: LimitExceeded, as MessageReader::make().
  static Result<MessageWriter> make(const Schema& schema, const Message& message,
                                    const MessageWriterOptions& options = {});

  /// Append the message; `out` is as it was when something is wrong. Faults, with the path of the
  /// field: TypeMismatch (also two members of one oneof), OutOfRange, MissingField (a required
  /// field), UnknownField, InvalidUtf8 (proto3), TooDeep, TooLarge.
  std::optional<value::Fault> append(const value::View& view, std::string& out) const;

  /// For this room.
  const std::shared_ptr<const MessagePlans>& plans() const { return plans_; }
  const MessageWriterOptions& options() const { return options_; }

 private:
  MessageWriter(std::shared_ptr<const MessagePlans> plans, const MessageWriterOptions& options)
      : plans_(std::move(plans)), options_(options) {}

  std::shared_ptr<const MessagePlans> plans_;
  MessageWriterOptions options_;
};

}  // namespace limpet::protobuf
