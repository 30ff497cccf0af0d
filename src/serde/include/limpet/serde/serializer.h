// Serializer: structs, views, JSON text or encoded records to Kafka messages with a schema.
//
//   auto users = serde::Serializer<User>::make(source, {.format = DataFormat::Avro,
//                                                       .definition = user_avsc});
//   if (!users) return std::move(users).error();
//   codec::ByteBuffer out;
//   for (const User& user : batch) {
//     out.clear();
//     if (auto failure = users->append({.topic = "users"}, user, out)) return refuse(*failure);
//     produce("users", out.bytes());                        // 03 00, the version's id, the payload
//   }
//
// What T may be:
//   a struct with a value::Binding     every field of the schema has a member, by name
//   value::View                        any record
//   std::string_view                   JSON text of a record
//   serde::Encoded                     a payload that somebody else has encoded; not looked into
//
// The first record of a topic asks the source for the definition's version (it may register it, and
// block); later ones take it from the source's slot. Nothing is asked where `version` or
// `confluent_id` say the id.
// Threads: safe; appending is const and, once a topic was met, writes nothing that threads share.
// Buffers are the caller's own.
#pragma once

#include "limpet/avro/exact.h"
#include "limpet/base/data_format.h"
#include "limpet/base/result.h"
#include "limpet/base/uuid.h"
#include "limpet/codec/byte_buffer.h"
#include "limpet/serde/deserializer.h"
#include "limpet/serde/error.h"
#include "limpet/serde/frame.h"
#include "limpet/serde/published_table.h"
#include "limpet/serde/schema.h"
#include "limpet/value/binding.h"
#include "limpet/value/fault.h"
#include "limpet/value/struct_type.h"
#include "limpet/value/view.h"

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace limpet::serde {

/// The text that is registered.
enum class SchemaText : std::uint8_t {
  Compact,   ///< JSON without white space, in its own order; Protobuf as Java's library prints it
  Verbatim,  ///< as it was given
};

/// Which schema a record belongs to: its name. client::schema_name() has the usual ones.
using Naming =
    std::function<Result<std::string>(const Context& context, std::string_view record_name)>;

struct SerializerOptions {
  DataFormat format = DataFormat::Avro;
  std::string definition{};
  /// Protobuf: full name of the message; empty: the only one at the top of the file.
  std::string message{};
  SchemaText text = SchemaText::Compact;

  /// ConfluentGuid stands in a record header; None is the payload alone.
  Framing framing = Framing::Glue;
  Compression compression = Compression::None;  ///< Glue
  /// Default: the topic's name, for keys and values alike, as Java's library has it.
  Naming naming{};
  std::optional<Uuid> version{};               ///< the id, known beforehand: Glue, ConfluentGuid
  std::optional<std::int32_t> confluent_id{};  ///< likewise: ConfluentId

  value::Utf8Policy utf8 = value::Utf8Policy::Validate;
  /// Fields of the schema that the record lacks are written with their default. Otherwise they are
  /// an error: of make() for structs, MissingField for views and JSON.
  bool fill_defaults = false;
  /// Fields of the record that the schema lacks are left out. Otherwise they are an error.
  bool ignore_unknown = false;
  /// JSON is checked against its schema, as all clients of AWS Glue do.
  bool validate_json = true;
  std::size_t max_bytes = 64UL << 20;  ///< of one record, before it is compressed
  std::size_t max_topics = 4'096;      ///< of more the source is asked for each record
};

/// A payload that is encoded already: an Avro datum, a Protobuf message without its index, JSON.
struct Encoded {
  std::span<const std::byte> bytes{};
};

/// The record header of Framing::ConfluentGuid.
struct HeaderOut {
  std::string_view name{};  ///< "__value_schema_id"
  codec::ByteBuffer value{};
};

// ---- How it works; not for use --------------------------------------------------------------

namespace detail {

/// Appends the payload of one record.
class RecordWriter {
 public:
  virtual ~RecordWriter() = default;
  /// `record` is a T. On a failure `out` may hold part of it.
  virtual std::optional<Failure> append(const void* record, codec::ByteBuffer& out) const = 0;
};
using RecordWriterPointer = std::unique_ptr<const RecordWriter>;

/// One kind of T. Lives for good.
class Origin {
 public:
  virtual ~Origin() = default;
  virtual Answer<RecordWriterPointer> compile(const SchemaPointer& schema,
                                              const protobuf::Message* message,
                                              const SerializerOptions& options) const = 0;
};
const Origin& view_origin();
const Origin& text_origin();
const Origin& encoded_origin();

class StructOrigin : public Origin {
 public:
  explicit StructOrigin(value::StructTypeOf type) : type_(type) {}
  Answer<RecordWriterPointer> compile(const SchemaPointer& schema, const protobuf::Message* message,
                                      const SerializerOptions& options) const override;

 private:
  value::StructTypeOf type_;
};

bool writes_exactly(const Schema& schema, std::string_view made_from,
                    const SerializerOptions& options);

template <class T>
class ExactRecordWriter final : public RecordWriter {
 public:
  std::optional<Failure> append(const void* record, codec::ByteBuffer& out) const override {
    avro::ExactWriter to(out);
    avro::Exact<T>::write(to, *static_cast<const T*>(record));
    return std::nullopt;
  }
};

template <value::Bound T>
class BoundOrigin final : public StructOrigin {
 public:
  BoundOrigin() : StructOrigin(value::struct_type<T>) {}
  Answer<RecordWriterPointer> compile(const SchemaPointer& schema, const protobuf::Message* message,
                                      const SerializerOptions& options) const override {
    if constexpr (HasExact<T>) {
      if (writes_exactly(*schema, avro::Exact<T>::kSchema, options)) {
        return RecordWriterPointer(std::make_unique<ExactRecordWriter<T>>());
      }
    }
    return StructOrigin::compile(schema, message, options);
  }
};

template <class T>
const Origin& origin() {
  if constexpr (std::same_as<T, value::View>) {
    return view_origin();
  } else if constexpr (std::same_as<T, std::string_view>) {
    return text_origin();
  } else if constexpr (std::same_as<T, Encoded>) {
    return encoded_origin();
  } else {
    static_assert(value::Bound<T>,
                  "T is a bound struct, value::View, std::string_view (JSON) or Encoded");
    static const BoundOrigin<T> bound;
    return bound;
  }
}

/// A topic's keys or values.
struct TopicEntry {
  std::uint64_t hash() const { return hash_of(topic, is_key); }
  static std::uint64_t hash_of(std::string_view topic, bool is_key);

  std::string topic;
  bool is_key = false;
  std::unique_ptr<DefinitionSlot> slot;
};

class SerializerCore {
 public:
  static Result<std::shared_ptr<const SerializerCore>> make(std::shared_ptr<SchemaSource> source,
                                                            SerializerOptions options,
                                                            const Origin& origin);

  std::optional<Failure> append(const Context& context, const void* record, codec::ByteBuffer& out,
                                HeaderOut* header) const;
  Answer<SchemaIds> ids(const Context& context) const;
  const SchemaPointer& schema() const { return schema_; }
  std::size_t overhead() const { return overhead_; }

 private:
  SerializerCore(std::shared_ptr<SchemaSource> source, SerializerOptions options);
  Status prepare(const Origin& origin);
  bool peek(const Context& context, SchemaIds& ids, const TopicEntry*& topic) const noexcept;
  std::optional<Failure> ids_of(const Context& context, SchemaIds& ids) const;
  std::optional<Failure> ids_of_new(const Context& context, const TopicEntry* topic,
                                    SchemaIds& ids) const;
  std::optional<Failure> append_frame(const Context& context, codec::ByteBuffer& out,
                                      HeaderOut* header) const;
  std::optional<Failure> append_plain(const Uuid& version, const void* record,
                                      codec::ByteBuffer& out) const;
  std::optional<Failure> append_any(const Context& context, const void* record,
                                    codec::ByteBuffer& out, HeaderOut* header) const;
  Failure too_large(std::size_t bytes) const;
  std::optional<Failure> append_zlib(const void* record, codec::ByteBuffer& out) const;

  std::shared_ptr<SchemaSource> source_;
  SerializerOptions options_;
  std::string registered_text_;
  std::string record_name_;
  SchemaPointer schema_;
  RecordWriterPointer writer_;
  std::string index_;              // Protobuf: which message, as the framing writes it
  std::uint64_t fingerprint_ = 0;  // single object
  std::size_t overhead_ = 0;
  bool plain_glue_ = false;
  mutable PublishedTable<TopicEntry> topics_;
};

}  // namespace detail

// ---------------------------------------------------------------------------------------------

template <class T>
class Serializer {
 public:
  /// Asks nothing yet. Errors: InvalidInput (no source and no id given; the definition; a member
  /// that cannot be written as its field's type, with both; options that contradict each other).
  static Result<Serializer> make(std::shared_ptr<SchemaSource> source, SerializerOptions options) {
    LIMPET_TRY(auto core, detail::SerializerCore::make(std::move(source), std::move(options),
                                                       detail::origin<T>()));
    return Serializer(std::move(core));
  }

  /// Append one message. On a failure `out` is as it was. `header`: needed for ConfluentGuid, and
  /// cleared for the others.
  /// Failures: what the record lacks (TypeMismatch, MissingField, UnknownField, OutOfRange,
  /// InvalidUtf8, BreaksSchema, Malformed JSON, TooLarge, TooDeep), with its path; NotRegistered,
  /// Incompatible and the registry's; Config.
  std::optional<Failure> append(const Context& context, const T& record, codec::ByteBuffer& out,
                                HeaderOut* header = nullptr) const {
    return core_->append(context, &record, out, header);
  }

  /// What a message of that topic is marked with; resolves it like append() does.
  Answer<SchemaIds> ids(const Context& context) const { return core_->ids(context); }

  /// Bytes that a message has before its payload.
  std::size_t overhead() const { return core_->overhead(); }
  /// The schema that is written with; its id is empty.
  const SchemaPointer& schema() const { return core_->schema(); }

 private:
  explicit Serializer(std::shared_ptr<const detail::SerializerCore> core)
      : core_(std::move(core)) {}
  std::shared_ptr<const detail::SerializerCore> core_;
};

}  // namespace limpet::serde
