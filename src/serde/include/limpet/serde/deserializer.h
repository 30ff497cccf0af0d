// Deserializer: Kafka messages, however they are framed, to structs, views, JSON or raw payloads.
//
//   auto users = serde::Deserializer<User>::make(source);            // User has a Binding
//   if (!users) return std::move(users).error();
//   value::Arena arena;
//   User user;
//   for (const auto& message : batch) {
//     arena.reset();
//     if (auto failure = users->read({.topic = "users"}, message, arena, user)) skip(*failure);
//   }
//
// What T may be:
//   a struct with a value::Binding     fields by name; what `limpet codegen` made for the writer's
//                                      schema is read by its straight-line code
//   value::View                        any record
//   std::string                        JSON text of any record, one line (value/json_text.h)
//   serde::Payload                     the schema and the bytes, not decoded
//
// A message names its schema (frame.h). The first message of a schema version asks the source,
// which may block, and compiles a reader; from then on neither happens again. The reader of a
// version that was found is kept while the Deserializer lives; of more than `max_versions` only
// those that were used last.
//
// Views, string_view members and Payloads point into the message, the arena (until its reset) and
// the Deserializer, and are valid while all of them are.
//
// A message without value (a span whose data() is nullptr, as Kafka clients give it) is a
// tombstone: a null View, the text "null", a Payload without schema; for a struct the Failure
// Tombstone. A message of zero bytes is not framed.
//
// Confluent's clients write an Avro schema that is just "bytes" without the length that Avro has
// before them; with Confluent framing it is read so.
//
// Which failure comes first: the frame's (frame.h has the order), then UnknownSchema and the
// registry's, then Inflate, then the message index, then what is within the payload.
// Threads: safe; reading is const and, once all versions are known, writes nothing that threads
// share. Arena and target are the caller's own.
#pragma once

#include "limpet/avro/datum_reader.h"
#include "limpet/avro/exact.h"
#include "limpet/avro/schema.h"
#include "limpet/base/result.h"
#include "limpet/codec/zlib.h"
#include "limpet/protobuf/model.h"
#include "limpet/serde/error.h"
#include "limpet/serde/frame.h"
#include "limpet/serde/published_table.h"
#include "limpet/serde/schema.h"
#include "limpet/value/arena.h"
#include "limpet/value/binding.h"
#include "limpet/value/fault.h"
#include "limpet/value/struct_type.h"
#include "limpet/value/view.h"

#include <atomic>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace limpet::serde {

/// Where a message comes from or goes to. Borrows.
struct Context {
  std::string_view topic{};
  bool is_key = false;
  std::span<const RecordHeader> headers{};
};

struct DeserializerOptions {
  /// Frames that are taken. Framing::None needs `unframed` or a secondary reader.
  Framings accept = kAnyFraming;
  HeaderChoice header_choice = HeaderChoice::Last;
  /// Messages that begin like a frame and name a schema that the source does not know are
  /// unframed ones. For topics that have both; costs a question for each of them.
  bool confirm_schema = false;
  /// What unframed messages are written with.
  SchemaPointer unframed{};
  /// Which message of it, if it is Protobuf: full name; empty: its only one.
  std::string unframed_message{};

  /// Avro: the schema to read as (Avro 1.11.4 specification, "Schema Resolution"), instead of the
  /// writer's own. Messages of other formats are read as they are.
  std::optional<avro::Schema> reader{};
  value::Utf8Policy utf8 = value::Utf8Policy::Validate;
  avro::Trailing trailing = avro::Trailing::Ignore;
  codec::InflateLimits inflate{};
  /// Values within each other; 0: 64 in Avro, 100 in Protobuf, 512 in JSON.
  std::uint32_t max_depth = 0;

  /// Refuse messages of versions that are not AVAILABLE, as the Python package does. Java does not.
  bool require_available = false;
  /// Check JSON against its schema, as the Python package does. Java does not.
  bool validate_json = false;

  std::size_t max_versions = 4'096;
};

/// What a message was.
struct ReadInfo {
  Framing framing = Framing::None;
  bool in_header = false;
  bool zlib = false;
  bool tombstone = false;
  bool secondary = false;                      ///< the secondary reader has read it
  const Schema* schema = nullptr;              ///< nullptr: tombstone, secondary
  const protobuf::Message* message = nullptr;  ///< Protobuf
  std::span<const std::byte> payload{};        ///< inflated; of Protobuf behind the index
  std::size_t consumed = 0;                    ///< bytes of the payload that the record took
};

/// A record as its writer wrote it.
struct Payload {
  const Schema* schema = nullptr;              ///< nullptr: a tombstone
  const protobuf::Message* message = nullptr;  ///< Protobuf
  std::span<const std::byte> bytes{};
};

// ---- How it works; not for use --------------------------------------------------------------

namespace detail {

/// Reads the payloads of one schema (of Protobuf: of one message) into one kind of target.
class RecordReader {
 public:
  virtual ~RecordReader() = default;
  /// `target` is a T. A failure's offset is that in the payload; its place is not told.
  virtual std::optional<Failure> read(std::span<const std::byte> payload, value::Arena& arena,
                                      void* target, std::size_t& consumed) const = 0;
};
using RecordReaderPointer = std::unique_ptr<const RecordReader>;

/// One kind of T. Lives for good.
class Target {
 public:
  virtual ~Target() = default;
  /// `message`: Protobuf. `framing`: how such payloads come.
  virtual Answer<RecordReaderPointer> compile(const SchemaPointer& schema,
                                              const protobuf::Message* message, Framing framing,
                                              const DeserializerOptions& options) const = 0;
  /// Whether a T can be without value; then it is.
  virtual bool take_nothing(void* target) const = 0;
};
const Target& view_target();
const Target& text_target();
const Target& payload_target();

class StructTarget : public Target {
 public:
  explicit StructTarget(value::StructTypeOf type) : type_(type) {}
  Answer<RecordReaderPointer> compile(const SchemaPointer& schema, const protobuf::Message* message,
                                      Framing framing,
                                      const DeserializerOptions& options) const override;
  bool take_nothing(void* target) const override;

 private:
  value::StructTypeOf type_;
};

/// Whether straight-line code that was made from `made_from` reads this schema as `options` want
/// it.
bool reads_exactly(const Schema& schema, std::string_view made_from,
                   const DeserializerOptions& options);

template <class T>
concept HasExact = requires { avro::Exact<T>::kSchema; };

template <class T>
class ExactRecordReader final : public RecordReader {
 public:
  ExactRecordReader(RecordReaderPointer general, const DeserializerOptions& options)
      : general_(std::move(general)),
        utf8_(options.utf8),
        whole_(options.trailing == avro::Trailing::Error) {}

  std::optional<Failure> read(std::span<const std::byte> payload, value::Arena& arena, void* target,
                              std::size_t& consumed) const override {
    avro::ExactReader in(payload, utf8_);
    if (avro::Exact<T>::read(in, *static_cast<T*>(target)) && (!whole_ || in.left() == 0))
        [[likely]] {
      consumed = payload.size() - in.left();
      return std::nullopt;
    }
    return general_->read(payload, arena, target, consumed);  // knows what is wrong
  }

 private:
  RecordReaderPointer general_;
  value::Utf8Policy utf8_;
  bool whole_;
};

template <value::Bound T>
class BoundTarget final : public StructTarget {
 public:
  BoundTarget() : StructTarget(value::struct_type<T>) {}
  Answer<RecordReaderPointer> compile(const SchemaPointer& schema, const protobuf::Message* message,
                                      Framing framing,
                                      const DeserializerOptions& options) const override {
    auto general = StructTarget::compile(schema, message, framing, options);
    if constexpr (HasExact<T>) {
      if (general && reads_exactly(*schema, avro::Exact<T>::kSchema, options)) {
        return RecordReaderPointer(
            std::make_unique<ExactRecordReader<T>>(*std::move(general), options));
      }
    }
    return general;
  }
};

template <class T>
const Target& target() {
  if constexpr (std::same_as<T, value::View>) {
    return view_target();
  } else if constexpr (std::same_as<T, std::string>) {
    return text_target();
  } else if constexpr (std::same_as<T, Payload>) {
    return payload_target();
  } else {
    static_assert(value::Bound<T>, "T is a bound struct, value::View, std::string or Payload");
    static const BoundTarget<T> bound;
    return bound;
  }
}

/// A RecordReader's failure in a payload that begins at byte `begins_at` of what `place` says.
Failure at_place(Failure failure, Failure::Place place, std::uint64_t begins_at);

/// What a frame says about its schema.
struct SchemaKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  Framing framing = Framing::None;

  std::uint64_t hash() const {
    // Most ids are random, but some differ in one byte only, wherever that is.
    std::uint64_t mixed = low ^ std::rotl(high, 32);
    mixed ^= mixed >> 32;
    return (mixed * 0x9E3779B97F4A7C15U) >> 32;
  }
  friend bool operator==(const SchemaKey&, const SchemaKey&) = default;
};

/// A message type of a Protobuf schema that was met.
struct MessageReader {
  const protobuf::Message* message = nullptr;
  RecordReaderPointer reader;
  std::optional<Failure> refused{};
};

/// A schema that was met, and how its payloads are read.
struct VersionReader {
  VersionReader() = default;
  VersionReader(const VersionReader&) = delete;
  VersionReader& operator=(const VersionReader&) = delete;
  ~VersionReader();

  std::uint64_t hash() const { return key.hash(); }

  SchemaKey key{};
  RecordReaderPointer reader;  ///< nullptr: Protobuf, or refused
  SchemaPointer schema;
  std::optional<Failure> refused{};  ///< no message of it can be read
  /// Protobuf: one for each message of the file, made when it is met.
  std::unique_ptr<std::atomic<const MessageReader*>[]> messages;
};

class RecentVersions;

using AnySecondary = std::function<std::optional<Failure>(
    const Context&, std::span<const std::byte>, value::Arena&, void*)>;

class DeserializerCore {
 public:
  static Result<std::shared_ptr<const DeserializerCore>> make(std::shared_ptr<SchemaSource> source,
                                                              DeserializerOptions options,
                                                              const Target& target,
                                                              AnySecondary secondary);
  ~DeserializerCore();

  /// The reader of a plain Glue message of a version that was met; nullptr for all others.
  const VersionReader* plain(const Context& context,
                             std::span<const std::byte> message) const noexcept {
    if (!context.headers.empty() || !plain_glue_ || message.size() < kGlueHeaderBytes ||
        message[0] != std::byte{0x03} || message[1] != std::byte{0x00}) {
      return nullptr;
    }
    SchemaKey key{.high = 0, .low = 0, .framing = Framing::Glue};
    std::memcpy(&key.high, message.data() + 2, sizeof(key.high));
    std::memcpy(&key.low, message.data() + 10, sizeof(key.low));
    const VersionReader* version = find(key);
    return version != nullptr && version->reader != nullptr ? version : nullptr;
  }

  /// Any message.
  std::optional<Failure> read(const Context& context, std::span<const std::byte> message,
                              value::Arena& arena, void* target, ReadInfo* info) const;
  std::optional<Failure> prepare(const Uuid& version) const;
  std::size_t versions() const { return versions_.size(); }

 private:
  DeserializerCore(std::shared_ptr<SchemaSource> source, DeserializerOptions options,
                   const Target& target, AnySecondary secondary);

  const VersionReader* find(const SchemaKey& key) const noexcept {
    return versions_.find(key.hash(), [&key](const VersionReader& v) { return v.key == key; });
  }
  struct Found;
  Found version_of(const Frame& frame) const;
  Answer<SchemaPointer> ask(const Frame& frame) const;
  std::unique_ptr<VersionReader> compile(const SchemaKey& key, SchemaPointer schema) const;
  const MessageReader& message_reader(const VersionReader& version, std::size_t ordinal) const;
  std::optional<Failure> read_as(const VersionReader& version, const Frame& frame,
                                 std::span<const std::byte> message, value::Arena& arena,
                                 void* target, ReadInfo* info) const;
  std::optional<Failure> read_unframed(const Context& context, std::span<const std::byte> message,
                                       value::Arena& arena, void* target, ReadInfo* info) const;

  std::shared_ptr<SchemaSource> source_;
  DeserializerOptions options_;
  const Target& target_;
  AnySecondary secondary_;
  bool plain_glue_ = false;
  std::size_t unframed_message_ = 0;  // its ordinal
  std::unique_ptr<const VersionReader> unframed_;
  mutable PublishedTable<VersionReader> versions_;
  std::unique_ptr<RecentVersions> recent_;  // beyond max_versions
};

}  // namespace detail

// ---------------------------------------------------------------------------------------------

template <class T>
class Deserializer {
 public:
  /// Reads what is not framed as AWS Glue's libraries let one: the bytes are untouched.
  using Secondary = std::function<std::optional<Failure>(
      const Context&, std::span<const std::byte> message, value::Arena& arena, T& out)>;

  /// Asks nothing yet. With `unframed` or `secondary` Framing::None is accepted too.
  /// Errors: InvalidInput (no source; options that contradict each other; `unframed` cannot be read
  /// as a T).
  static Result<Deserializer> make(std::shared_ptr<SchemaSource> source,
                                   DeserializerOptions options = {}, Secondary secondary = {}) {
    detail::AnySecondary any;
    if (secondary) {
      any = [secondary = std::move(secondary)](
                const Context& context, std::span<const std::byte> message, value::Arena& arena,
                void* out) { return secondary(context, message, arena, *static_cast<T*>(out)); };
    }
    LIMPET_TRY(auto core, detail::DeserializerCore::make(std::move(source), std::move(options),
                                                         detail::target<T>(), std::move(any)));
    return Deserializer(std::move(core));
  }

  /// Read one message. nullopt: `out` has it. On a failure `out` is as StructReader says, a View,
  /// text or Payload is unchanged. Memory: the arena's limit bounds what a message may take.
  std::optional<Failure> read(const Context& context, std::span<const std::byte> message,
                              value::Arena& arena, T& out, ReadInfo* info = nullptr) const {
    if (const detail::VersionReader* version = core_->plain(context, message)) [[likely]] {
      const auto payload = message.subspan(kGlueHeaderBytes);
      std::size_t consumed = 0;
      if (auto failure = version->reader->read(payload, arena, &out, consumed)) [[unlikely]] {
        return detail::at_place(*std::move(failure), Failure::Place::Message, kGlueHeaderBytes);
      }
      if (info != nullptr) {
        *info = {.framing = Framing::Glue,
                 .schema = version->schema.get(),
                 .payload = payload,
                 .consumed = consumed};
      }
      return std::nullopt;
    }
    return core_->read(context, message, arena, &out, info);
  }

  /// Have the reader of a version ready before its first message comes. Failures: as read() of such
  /// a message, but for what is within the payload.
  std::optional<Failure> prepare(const Uuid& version) const { return core_->prepare(version); }

  /// How many versions were met.
  std::size_t versions() const { return core_->versions(); }

 private:
  explicit Deserializer(std::shared_ptr<const detail::DeserializerCore> core)
      : core_(std::move(core)) {}
  std::shared_ptr<const detail::DeserializerCore> core_;
};

}  // namespace limpet::serde
