// Messages from and to JSON (protobuf.dev, "ProtoJSON Format"), by a schema known only at run time.
//
//   const auto* order = schema.find_message("shop.Order");      // or message_at(schema, index)
//   auto decoded = protobuf::decode(schema, *order, payload);   // decoded->json == R"({"id":"7"})"
//   auto bytes = protobuf::encode(schema, *order, decoded->json);
//
//   auto transcoder = protobuf::Transcoder::make(schema, *order);       // for many messages
//   auto again = transcoder->decode(payload);
//
// Complete, with the JSON texts of all well-known types; records that need not have them are read
// faster by message_reader.h. Pure: the same message gives the same text. Threads: safe.
#pragma once

#include "limpet/base/result.h"
#include "limpet/protobuf/schema.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::protobuf {

struct TranscodeLimits {
  std::size_t max_bytes = 4UL << 20;        ///< of the message
  std::size_t max_json_bytes = 16UL << 20;  ///< of the text; estimated before it is written
  std::size_t max_memory = 64UL << 20;      ///< of the message in memory, estimated likewise
  std::uint64_t max_steps = 50'000'000;     ///< fields looked at
  int max_depth = 50;                       ///< messages within each other
};

struct JsonStyle {
  bool defaults = false;     ///< also fields without presence that hold their default
  bool proto_names = false;  ///< "order_id" instead of "orderId"
};

/// A record that the schema does not name: a field of a newer version, a value that a closed enum
/// lacks, or a number that is written as another type.
struct UnknownField {
  std::string message;  ///< full name of the message that holds it
  std::uint32_t number = 0;
  std::string bytes;  ///< the record as it was, tag included; of packed numbers only the number

  friend bool operator==(const UnknownField&, const UnknownField&) = default;
};

struct Decoded {
  std::string json;
  std::vector<UnknownField> unknown;  ///< at most kUnknownFields of them
  std::size_t unknown_count = 0;
};
inline constexpr std::size_t kUnknownFields = 1000;

/// A message type made ready: descriptors are prepared once. Copies share them and are cheap; it
/// keeps its Schema alive.
class Transcoder {
 public:
  /// Requires: `message` belongs to `schema`.
  static Result<Transcoder> make(const Schema& schema, const Message& message);

  /// Errors: InvalidInput (not such a message, `where` = "byte N"; a required field is missing; a
  /// text is not UTF-8; a group, which JSON cannot hold), LimitExceeded.
  Result<Decoded> decode(std::string_view bytes, const JsonStyle& style = {},
                         const TranscodeLimits& limits = {}) const;

  /// Fields in the order of their numbers, maps by key. Unknown members are refused.
  /// Errors: InvalidInput, LimitExceeded.
  Result<std::string> encode(std::string_view json, const TranscodeLimits& limits = {}) const;

 private:
  friend Result<Decoded> decode(const Schema& schema, const Message& message,
                                std::string_view bytes, const JsonStyle& style,
                                const TranscodeLimits& limits);
  friend Result<std::string> encode(const Schema& schema, const Message& message,
                                    std::string_view json, const TranscodeLimits& limits);
  struct Prepared;
  static Result<Transcoder> make(const Schema& schema, const Message& message, bool once);
  explicit Transcoder(std::shared_ptr<const Prepared> prepared) : prepared_(std::move(prepared)) {}

  std::shared_ptr<const Prepared> prepared_;
};

/// Transcoder::decode() for one message. Requires: `message` belongs to `schema`.
Result<Decoded> decode(const Schema& schema, const Message& message, std::string_view bytes,
                       const JsonStyle& style = {}, const TranscodeLimits& limits = {});

/// Transcoder::encode() for one message. Requires: `message` belongs to `schema`.
Result<std::string> encode(const Schema& schema, const Message& message, std::string_view json,
                           const TranscodeLimits& limits = {});

}  // namespace limpet::protobuf
