// MessageReader: serialized messages to views, by a schema known only at run time.
//
//   auto reader = protobuf::MessageReader::make(schema, *schema.find_message("shop.Order"));
//   if (!reader) return std::move(reader).error();
//   value::Arena arena;
//   value::View order;
//   for (const auto& payload : batch) {
//     arena.reset();
//     if (auto fault = reader->read(payload, arena, order)) return value::to_error(*fault);
//     use(order.find("id")->as_long());
//   }
//
// What a message becomes (protobuf.dev, "Encoding" and "Field Presence"):
//   message, group      Record, its fields in the order of the text
//   repeated            Array, map: Map; empty when the field does not occur
//   map<K, V>           keys are String, Boolean, Long or UnsignedLong; keys may repeat, the last
//                       counts (View::find)
//   int32 and its like  Int;   int64 and uint32: Long;   uint64, fixed64: UnsignedLong
//   float, double       Float, Double;   bool: Boolean;   string: String;   bytes: Bytes
//   enum                Enum; a number that the enum lacks: Int (proto3), an unknown field (proto2)
// A field that does not occur is its default where there is no presence (proto3 without
// `optional`), null otherwise, also where proto2 declares a default. Of a oneof the member that
// came last is set, all others are null. Repeated occurrences: the last number or text counts,
// messages are merged. Repeated numbers are taken packed and unpacked. Extensions are unknown
// fields; types like google.protobuf.Timestamp and Any are records as any others.
//
// Texts and bytes point into the message. A MessageReader is immutable; copies share one plan and
// are cheap; it keeps its Schema alive. Threads: safe.
#pragma once

#include "limpet/base/result.h"
#include "limpet/protobuf/schema.h"
#include "limpet/protobuf/transcode.h"
#include "limpet/value/arena.h"
#include "limpet/value/fault.h"
#include "limpet/value/view.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace limpet::protobuf {

class MessagePlans;

struct MessageReaderOptions {
  int max_depth = 100;                  ///< messages, groups and map entries within the root
  std::size_t max_memory = 64UL << 20;  ///< of the arena, by one message
  /// For fields of type string, in proto2 as in proto3.
  value::Utf8Policy utf8 = value::Utf8Policy::Validate;
  /// Refuse a message that lacks a required field (proto2), as libprotobuf and protobuf-java do.
  bool check_required = true;
};

/// What was passed over: see UnknownField in transcode.h. The caller says how many to keep.
struct UnknownFields {
  std::size_t keep = kUnknownFields;
  std::size_t count = 0;             ///< all of them, also those that were not kept
  std::vector<UnknownField> fields;  ///< at most `keep`
};

class MessageReader {
 public:
  /// Requires: `message` belongs to `schema`. Errors: LimitExceeded (a message of more than 65,000
  /// fields).
  static Result<MessageReader> make(const Schema& schema, const Message& message,
                                    const MessageReaderOptions& options = {});

  /// Read one whole message. Nothing is allocated outside of the arena unless something is wrong
  /// or unknown fields are asked for. What the arena gives: at most 64 bytes for each byte of the
  /// message, and 16 bytes for each field of each message within it that occurs. Limits: 2 GiB.
  /// Faults: Truncated, Malformed (no such wire type or field number, a number of more than ten
  /// bytes, groups that do not match), InvalidUtf8, MissingField, TooDeep, TooLarge.
  std::optional<value::Fault> read(std::span<const std::byte> bytes, value::Arena& arena,
                                   value::View& out, UnknownFields* unknown = nullptr) const;

  /// Full name and fields of the records that read() makes.
  const value::RecordShape& shape() const;
  const Message& message() const;

  /// For this room.
  const std::shared_ptr<const MessagePlans>& plans() const { return plans_; }

 private:
  MessageReader(std::shared_ptr<const MessagePlans> plans, const MessageReaderOptions& options)
      : plans_(std::move(plans)), options_(options) {}

  std::shared_ptr<const MessagePlans> plans_;
  MessageReaderOptions options_;
};

}  // namespace limpet::protobuf
