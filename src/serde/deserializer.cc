#include "limpet/serde/deserializer.h"

#include "recent_versions.h"

#include "limpet/serde/payload.h"

#include <algorithm>
#include <utility>

namespace limpet::serde::detail {
namespace {

using Bytes = std::span<const std::byte>;

// Setting a stream up costs more than a small message does.
codec::Inflater& inflater() {
  thread_local codec::Inflater kept;
  return kept;
}

SchemaKey key_of(const Frame& frame) {
  SchemaKey key{.high = 0, .low = 0, .framing = frame.kind};
  switch (frame.kind) {
    case Framing::None:
      break;
    case Framing::Glue:
    case Framing::ConfluentGuid: {
      const auto& bytes = frame.version.bytes();
      std::memcpy(&key.high, bytes.data(), sizeof(key.high));
      std::memcpy(&key.low, bytes.data() + sizeof(key.high), sizeof(key.low));
      break;
    }
    case Framing::ConfluentId:
      key.low = static_cast<std::uint32_t>(frame.id);
      break;
    case Framing::AvroSingleObject:
      key.low = frame.fingerprint;
      break;
  }
  return key;
}

// The rank of a message among those of its file.
std::optional<std::size_t> ordinal_of(const protobuf::Schema& schema, std::string_view full_name) {
  const auto messages = schema.messages();
  const auto at = std::ranges::lower_bound(
      messages, full_name, {},
      [](const protobuf::Message* message) { return std::string_view(message->full_name); });
  if (at == messages.end() || (*at)->full_name != full_name) return std::nullopt;
  return static_cast<std::size_t>(at - messages.begin());
}

Result<std::size_t> find_unframed(const protobuf::Schema& schema, const std::string& full_name) {
  if (full_name.empty()) {
    if (schema.messages().size() == 1) return std::size_t{0};
    return Error::invalid_input("the schema of unframed messages has " +
                                std::to_string(schema.messages().size()) +
                                " message types: say which one is meant");
  }
  const auto at = ordinal_of(schema, full_name);
  if (at) return *at;
  return Error::invalid_input("the schema of unframed messages has no message type " + full_name);
}

Failure not_available(const Schema& schema) {
  return {.kind = FailureKind::SchemaNotAvailable,
          .message = "schema version " + schema.id().to_string() + " is not AVAILABLE",
          .retryable = true};
}

// Where the bytes of a record are counted from.
struct Origin {
  Failure::Place place = Failure::Place::Message;
  const std::byte* begin = nullptr;

  Failure operator()(Failure failure, Bytes payload) const {
    return at_place(std::move(failure), place,
                    payload.empty() && payload.data() == nullptr
                        ? 0
                        : static_cast<std::uint64_t>(payload.data() - begin));
  }
};

struct Part {
  std::size_t ordinal = 0;
  Bytes bytes{};
};

// Which message a Protobuf payload is.
Answer<Part> message_part(const protobuf::Schema& schema, const Frame& frame, Bytes payload,
                          const Origin& origin) {
  if (frame.kind == Framing::Glue && !payload.empty()) {
    const auto first = std::to_integer<std::size_t>(payload[0]);
    if (first < 0x80 && first < schema.messages().size()) [[likely]] {
      return Part{first, payload.subspan(1)};
    }
  }
  const bool glue = frame.kind == Framing::Glue;
  auto record = glue ? glue_message(schema, payload) : confluent_message(schema, frame);
  if (record) {
    const auto ordinal = ordinal_of(schema, record->message->full_name);
    if (ordinal) return Part{*ordinal, record->bytes};
    return Failure{.kind = FailureKind::Internal, .message = "a message that is not of its file"};
  }
  const Bytes index = glue || !frame.in_header ? payload : frame.header;
  Failure failure{
      .kind = index.empty() ? FailureKind::Truncated : FailureKind::Malformed,
      .message = "the index of the Protobuf message: " + std::move(record).error().message};
  if (frame.in_header) {
    // Behind the id or GUID.
    return at_place(std::move(failure), Failure::Place::Header,
                    frame.kind == Framing::ConfluentId ? kConfluentIdBytes : kConfluentGuidBytes);
  }
  return origin(std::move(failure), payload);
}

}  // namespace

Failure at_place(Failure failure, Failure::Place place, std::uint64_t begins_at) {
  failure.place = place;
  failure.offset += begins_at;
  return failure;
}

VersionReader::~VersionReader() {
  if (messages == nullptr) return;
  const std::size_t count = schema->protobuf()->messages().size();
  for (std::size_t i = 0; i < count; ++i) delete messages[i].load(std::memory_order_acquire);
}

/// `reader` is kept by the table, or by `owner`; nullptr: there is a failure.
struct DeserializerCore::Found {
  const VersionReader* reader = nullptr;
  std::shared_ptr<const VersionReader> owner{};
  std::optional<Failure> failure{};
};

Result<std::shared_ptr<const DeserializerCore>> DeserializerCore::make(
    std::shared_ptr<SchemaSource> source, DeserializerOptions options, const Target& target,
    AnySecondary secondary) {
  if (source == nullptr) return Error::invalid_input("a deserializer needs a source of schemas");
  if (options.max_depth > avro::kReadDepthMax) {
    return Error::invalid_input("max_depth is " + std::to_string(options.max_depth) + ", at most " +
                                std::to_string(avro::kReadDepthMax) + " is possible");
  }
  if (options.max_versions == 0) return Error::invalid_input("max_versions must not be 0");
  if (options.unframed != nullptr && secondary) {
    return Error::invalid_input("unframed messages have a schema or a secondary reader, not both");
  }
  if (options.accept.has(Framing::None) && options.unframed == nullptr && !secondary) {
    return Error::invalid_input(
        "unframed messages are accepted, and there is neither a schema nor a secondary reader for "
        "them");
  }
  auto core = std::shared_ptr<DeserializerCore>(
      new DeserializerCore(std::move(source), std::move(options), target, std::move(secondary)));
  if (core->options_.unframed != nullptr) {
    const SchemaPointer& schema = core->options_.unframed;
    if (const auto* protobuf = schema->protobuf()) {
      LIMPET_TRY(core->unframed_message_,
                 find_unframed(*protobuf, core->options_.unframed_message));
    }
    core->unframed_ = core->compile({}, schema);
    const Failure* refused = core->unframed_->refused ? &*core->unframed_->refused : nullptr;
    if (schema->protobuf() != nullptr) {
      const auto& reader = core->message_reader(*core->unframed_, core->unframed_message_);
      if (reader.refused) refused = &*reader.refused;
    }
    if (refused != nullptr) return to_error(*refused);
  }
  return std::shared_ptr<const DeserializerCore>(std::move(core));
}

DeserializerCore::DeserializerCore(std::shared_ptr<SchemaSource> source,
                                   DeserializerOptions options, const Target& target,
                                   AnySecondary secondary)
    : source_(std::move(source)),
      options_(std::move(options)),
      target_(target),
      secondary_(std::move(secondary)),
      versions_(options_.max_versions),
      recent_(std::make_unique<RecentVersions>(options_.max_versions / 4 + 1)) {
  if (options_.unframed != nullptr || secondary_) {
    options_.accept = options_.accept.with(Framing::None);
  }
  plain_glue_ = options_.accept.has(Framing::Glue) && !options_.confirm_schema;
}

DeserializerCore::~DeserializerCore() = default;

std::optional<Failure> DeserializerCore::read(const Context& context, Bytes message,
                                              value::Arena& arena, void* target,
                                              ReadInfo* info) const {
  if (message.data() == nullptr) {
    if (!target_.take_nothing(target)) {
      return Failure{.kind = FailureKind::Tombstone, .message = "the message has no value"};
    }
    if (info != nullptr) *info = {.tombstone = true};
    return std::nullopt;
  }
  std::optional<Found> found;
  const auto known = [this, &found](const Frame& frame) {
    found = version_of(frame);
    return !found->failure || (found->failure->kind != FailureKind::UnknownSchema &&
                               found->failure->kind != FailureKind::Unsupported);
  };
  const MessagePart part = context.is_key ? MessagePart::Key : MessagePart::Value;
  InspectOptions options{.accept = options_.accept, .part = part, .choice = options_.header_choice};
  if (options_.confirm_schema) options.known = SchemaCheck(known);
  const Frame frame = inspect(message, context.headers, options);
  if (!frame) {
    if (frame.fault == FrameFault::UnknownSchema && found && found->failure) {
      return *std::move(found->failure);
    }
    return to_failure(frame, part);
  }
  if (frame.kind == Framing::None) return read_unframed(context, message, arena, target, info);
  if (!found) found = version_of(frame);
  if (found->failure) return *std::move(found->failure);
  if (found->owner != nullptr) arena.keep(std::move(found->owner));
  return read_as(*found->reader, frame, message, arena, target, info);
}

std::optional<Failure> DeserializerCore::read_unframed(const Context& context, Bytes message,
                                                       value::Arena& arena, void* target,
                                                       ReadInfo* info) const {
  if (unframed_ != nullptr) {
    return read_as(*unframed_, {.body = message}, message, arena, target, info);
  }
  auto failure = secondary_(context, message, arena, target);
  if (!failure && info != nullptr) *info = {.secondary = true, .payload = message};
  return failure;
}

std::optional<Failure> DeserializerCore::prepare(const Uuid& version) const {
  auto found = version_of({.kind = Framing::Glue, .version = version});
  if (found.failure) return found.failure;
  return found.reader->refused;
}

DeserializerCore::Found DeserializerCore::version_of(const Frame& frame) const {
  const SchemaKey key = key_of(frame);
  if (const VersionReader* reader = find(key)) return {.reader = reader};
  if (auto owner = recent_->find(key)) return {.reader = owner.get(), .owner = owner};
  auto schema = ask(frame);
  if (!schema) return {.failure = std::move(schema).failure()};
  if (options_.require_available && !(*schema)->available()) {
    return {.failure = not_available(**schema)};  // not kept: it may be AVAILABLE soon
  }
  std::unique_ptr<const VersionReader> made = compile(key, *std::move(schema));
  const VersionReader* kept =
      versions_.publish(made, [&key](const VersionReader& v) { return v.key == key; });
  if (kept != nullptr) return {.reader = kept};
  auto owner = recent_->insert(std::move(made));
  return {.reader = owner.get(), .owner = owner};
}

Answer<SchemaPointer> DeserializerCore::ask(const Frame& frame) const {
  switch (frame.kind) {
    case Framing::Glue:
      return source_->by_version(frame.version);
    case Framing::ConfluentId:
      return source_->by_confluent_id(frame.id);
    case Framing::ConfluentGuid:
      return source_->by_confluent_guid(frame.version);
    case Framing::AvroSingleObject:
      return source_->by_fingerprint(frame.fingerprint);
    case Framing::None:
      break;
  }
  return Failure{.kind = FailureKind::Internal, .message = "a message without frame has no schema"};
}

std::unique_ptr<VersionReader> DeserializerCore::compile(const SchemaKey& key,
                                                         SchemaPointer schema) const {
  auto version = std::make_unique<VersionReader>();
  version->key = key;
  version->schema = std::move(schema);
  if (const auto* protobuf = version->schema->protobuf()) {
    version->messages =
        std::make_unique<std::atomic<const MessageReader*>[]>(protobuf->messages().size());
    return version;
  }
  auto reader = target_.compile(version->schema, nullptr, key.framing, options_);
  if (reader) {
    version->reader = *std::move(reader);
  } else {
    version->refused = std::move(reader).failure();
  }
  return version;
}

const MessageReader& DeserializerCore::message_reader(const VersionReader& version,
                                                      std::size_t ordinal) const {
  std::atomic<const MessageReader*>& slot = version.messages[ordinal];
  const MessageReader* known = slot.load(std::memory_order_acquire);
  if (known != nullptr) return *known;
  auto made = std::make_unique<MessageReader>();
  made->message = version.schema->protobuf()->messages()[ordinal];
  auto reader = target_.compile(version.schema, made->message, version.key.framing, options_);
  if (reader) {
    made->reader = *std::move(reader);
  } else {
    made->refused = std::move(reader).failure();
  }
  if (slot.compare_exchange_strong(known, made.get(), std::memory_order_acq_rel)) {
    return *made.release();  // the version's destructor frees it
  }
  return *known;
}

std::optional<Failure> DeserializerCore::read_as(const VersionReader& version, const Frame& frame,
                                                 Bytes message, value::Arena& arena, void* target,
                                                 ReadInfo* info) const {
  if (version.refused) return version.refused;
  Bytes payload = frame.body;
  Origin origin{.begin = message.data()};
  if (frame.zlib) {
    const auto inflated = open_payload(frame, inflater(), arena, options_.inflate);
    if (!inflated) return to_failure(frame, inflated, options_.inflate);
    payload = inflated.bytes;
    origin = {.place = Failure::Place::Inflated, .begin = payload.data()};
  }
  const RecordReader* reader = version.reader.get();
  const protobuf::Message* type = nullptr;
  if (const auto* protobuf = version.schema->protobuf()) {
    Part part{.ordinal = unframed_message_, .bytes = payload};
    if (frame.kind != Framing::None) {
      auto found = message_part(*protobuf, frame, payload, origin);
      if (!found) return std::move(found).failure();
      part = *found;
    }
    const MessageReader& of_message = message_reader(version, part.ordinal);
    if (of_message.refused) return of_message.refused;
    reader = of_message.reader.get();
    type = of_message.message;
    payload = part.bytes;
  }
  std::size_t consumed = 0;
  if (auto failure = reader->read(payload, arena, target, consumed)) {
    return origin(*std::move(failure), payload);
  }
  if (info != nullptr) {
    *info = {.framing = frame.kind,
             .in_header = frame.in_header,
             .zlib = frame.zlib,
             .schema = version.schema.get(),
             .message = type,
             .payload = payload,
             .consumed = consumed};
  }
  return std::nullopt;
}

}  // namespace limpet::serde::detail
