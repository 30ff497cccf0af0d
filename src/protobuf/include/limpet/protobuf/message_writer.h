// MessageWriter: views to serialized messages; MessageStructReader and MessageStructWriter: the
// same with C++ structs and their bindings (limpet/value/binding.h).
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
#include "limpet/protobuf/message_reader.h"
#include "limpet/protobuf/schema.h"
#include "limpet/value/arena.h"
#include "limpet/value/fault.h"
#include "limpet/value/struct_view.h"
#include "limpet/value/view.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace limpet::protobuf {

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

 private:
  MessageWriter(std::shared_ptr<const MessagePlans> plans, const MessageWriterOptions& options)
      : plans_(std::move(plans)), options_(options) {}

  std::shared_ptr<const MessagePlans> plans_;
  MessageWriterOptions options_;
};

/// Messages straight to structs. A field that the message has and the struct lacks is passed over.
class MessageStructReader {
 public:
  /// Requires: `message` belongs to `schema`; `type` lives (value::struct_type<T>() does). Errors:
  /// InvalidInput (the message lacks a field of the struct that may not be absent).
  static Result<MessageStructReader> make(const Schema& schema, const Message& message,
                                          const value::StructType& type,
                                          const MessageReaderOptions& options = {});

  /// Faults: those of MessageReader::read() and value::read_struct(). What std::string_view members
  /// point at: the message, or the arena.
  std::optional<value::Fault> read(std::span<const std::byte> bytes, value::Arena& arena,
                                   void* out) const;

 private:
  MessageStructReader(MessageReader reader, const value::StructType& type)
      : reader_(std::move(reader)), type_(&type) {}

  MessageReader reader_;
  const value::StructType* type_;
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
  MessageStructWriter(MessageWriter writer, const value::StructType& type)
      : writer_(std::move(writer)), views_(std::make_shared<value::StructViews>(type)) {}

  MessageWriter writer_;
  std::shared_ptr<const value::StructViews> views_;
};

}  // namespace limpet::protobuf
