#include "limpet/serde/serializer.h"

#include "limpet/avro/fingerprint.h"
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"
#include "limpet/protobuf/message_index.h"
#include "limpet/serde/payload.h"

#include <cstring>
#include <utility>

namespace limpet::serde::detail {
namespace {

// Setting a stream up costs more than a small message does.
codec::Deflater& deflater() {
  thread_local codec::Deflater kept;
  return kept;
}
codec::ByteBuffer& scratch() {
  thread_local codec::ByteBuffer kept;
  kept.clear();
  return kept;
}

std::string registered_text(const Schema& schema, SchemaText text) {
  if (text == SchemaText::Verbatim) return schema.definition();
  if (const auto* protobuf = schema.protobuf()) return protobuf::canonical_text(*protobuf);
  // It was parsed a moment ago, within limits of its own.
  constexpr auto kAny = static_cast<std::size_t>(-1);
  const auto document =
      json::parse(schema.definition(), {.max_bytes = kAny, .max_depth = 1'000, .max_nodes = kAny});
  return document ? json::to_text(*document) : schema.definition();
}

Result<const protobuf::Message*> find_message(const protobuf::Schema& schema,
                                              const std::string& full_name) {
  if (!full_name.empty()) {
    const auto* message = schema.find_message(full_name);
    if (message != nullptr) return message;
    return Error::invalid_input("the schema has no message type " + full_name);
  }
  const auto& top = schema.file().messages;
  if (top.size() == 1) return schema.find_message(top.front().full_name);
  return Error::invalid_input("the schema has " + std::to_string(top.size()) +
                              " message types: say which one is written");
}

std::string name_of_record(const Schema& schema, const protobuf::Message* message) {
  if (const auto* avro = schema.avro()) return std::string(avro::branch_name(avro->root()));
  return message == nullptr ? std::string() : message->full_name;
}

Status check(const SerializerOptions& options, bool source) {
  const bool named_by_source =
      (options.framing == Framing::Glue || options.framing == Framing::ConfluentGuid)
          ? !options.version
          : options.framing == Framing::ConfluentId && !options.confluent_id;
  if (named_by_source && !source) {
    return Error::invalid_input(
        "a serializer needs a source of schemas, unless it is told the id of its own");
  }
  if (options.compression == Compression::Zlib && options.framing != Framing::Glue) {
    return Error::invalid_input("only Glue's framing can say that a message is compressed");
  }
  if (options.framing == Framing::AvroSingleObject && options.format != DataFormat::Avro) {
    return Error::invalid_input("single-object encoding is Avro's, and the schema is " +
                                std::string(to_string(options.format)));
  }
  return {};
}

}  // namespace

std::uint64_t TopicEntry::hash_of(std::string_view topic, bool is_key) {
  // Topics of one producer are few, and differ at their ends or in length.
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (topic.size() >= sizeof(first)) {
    std::memcpy(&first, topic.data(), sizeof(first));
    std::memcpy(&last, topic.data() + topic.size() - sizeof(last), sizeof(last));
  } else {
    for (const char c : topic) first = first << 8U | static_cast<unsigned char>(c);
  }
  std::uint64_t mixed = first ^ std::rotl(last, 29) ^ (topic.size() << 1U | (is_key ? 1U : 0U));
  mixed ^= mixed >> 32U;
  return (mixed * 0x9E3779B97F4A7C15U) >> 32U;
}

Result<std::shared_ptr<const SerializerCore>> SerializerCore::make(
    std::shared_ptr<SchemaSource> source, SerializerOptions options, const Origin& origin) {
  LIMPET_CHECK(check(options, source != nullptr));
  auto core =
      std::shared_ptr<SerializerCore>(new SerializerCore(std::move(source), std::move(options)));
  LIMPET_CHECK(core->prepare(origin));
  return std::shared_ptr<const SerializerCore>(std::move(core));
}

SerializerCore::SerializerCore(std::shared_ptr<SchemaSource> source, SerializerOptions options)
    : source_(std::move(source)), options_(std::move(options)), topics_(options_.max_topics) {}

Status SerializerCore::prepare(const Origin& origin) {
  auto schema =
      compile_schema({.format = options_.format, .definition = std::move(options_.definition)});
  if (!schema) return to_error(schema.failure());
  schema_ = *std::move(schema);
  const protobuf::Message* message = nullptr;
  if (const auto* protobuf = schema_->protobuf()) {
    LIMPET_TRY(message, find_message(*protobuf, options_.message));
    if (options_.framing == Framing::Glue) {
      const auto index = protobuf::glue_index(*protobuf, message->full_name);
      if (!index) return Error::internal("a message that is not of its file");
      index_ = protobuf::encode_glue_index(*index);
    } else if (options_.framing != Framing::None) {
      index_ = protobuf::encode_message_path(protobuf::message_path(*message));
    }
  }
  record_name_ = name_of_record(*schema_, message);
  registered_text_ = registered_text(*schema_, options_.text);
  if (const auto* avro = schema_->avro()) fingerprint_ = avro::fingerprints(*avro).crc64;
  auto writer = origin.compile(schema_, message, options_);
  if (!writer) return to_error(writer.failure());
  writer_ = *std::move(writer);
  plain_glue_ = options_.framing == Framing::Glue && options_.compression == Compression::None;
  switch (options_.framing) {
    case Framing::Glue:
      overhead_ = kGlueHeaderBytes + index_.size();
      break;
    case Framing::ConfluentId:
      overhead_ = kConfluentIdBytes + index_.size();
      break;
    case Framing::AvroSingleObject:
      overhead_ = kSingleObjectBytes;
      break;
    case Framing::ConfluentGuid:
    case Framing::None:
      break;
  }
  return {};
}

Answer<SchemaIds> SerializerCore::ids(const Context& context) const {
  SchemaIds out;
  if (auto failure = ids_of(context, out)) return *std::move(failure);
  return out;
}

bool SerializerCore::peek(const Context& context, SchemaIds& ids,
                          const TopicEntry*& topic) const noexcept {
  // An id of the other kind does not say what this framing writes.
  const bool by_number = options_.framing == Framing::ConfluentId;
  if (by_number ? options_.confluent_id.has_value() : options_.version.has_value()) {
    if (options_.version) ids.version = *options_.version;
    ids.confluent_id = options_.confluent_id;
    return true;
  }
  topic = topics_.find(TopicEntry::hash_of(context.topic, context.is_key),
                       [&context](const TopicEntry& entry) {
                         return entry.is_key == context.is_key && entry.topic == context.topic;
                       });
  return topic != nullptr && topic->slot->peek(ids);
}

std::optional<Failure> SerializerCore::ids_of(const Context& context, SchemaIds& ids) const {
  const TopicEntry* topic = nullptr;
  if (peek(context, ids, topic)) return std::nullopt;
  return ids_of_new(context, topic, ids);
}

std::optional<Failure> SerializerCore::ids_of_new(const Context& context, const TopicEntry* topic,
                                                  SchemaIds& ids) const {
  std::unique_ptr<const TopicEntry> made;
  if (topic == nullptr) {
    if (source_ == nullptr) {
      return Failure{.kind = FailureKind::Config,
                     .message = "there is no source of schemas to ask for the id"};
    }
    std::string name(context.topic);
    if (options_.naming) {
      auto named = options_.naming(context, record_name_);
      if (!named) return to_failure(named.error(), FailureKind::Config, FailureKind::Config);
      name = *std::move(named);
    }
    auto entry = std::make_unique<TopicEntry>();
    entry->topic = context.topic;
    entry->is_key = context.is_key;
    entry->slot = source_->slot({.schema_name = name,
                                 .format = options_.format,
                                 .definition = registered_text_,
                                 .topic = context.topic});
    made = std::move(entry);
    topic = topics_.publish(made, [&made](const TopicEntry& other) {
      return other.is_key == made->is_key && other.topic == made->topic;
    });
    if (topic == nullptr) topic = made.get();  // no place left: for this record
  }
  auto answer = topic->slot->get();
  if (!answer) return std::move(answer).failure();
  ids = *answer;
  return std::nullopt;
}

std::optional<Failure> SerializerCore::append_frame(const Context& context, codec::ByteBuffer& out,
                                                    HeaderOut* header) const {
  SchemaIds ids;
  switch (options_.framing) {
    case Framing::Glue:
      if (auto failure = ids_of(context, ids)) return failure;
      append_glue_header(out, ids.version, options_.compression);
      break;
    case Framing::ConfluentId:
      if (auto failure = ids_of(context, ids)) return failure;
      if (!ids.confluent_id) {
        return Failure{.kind = FailureKind::Unsupported,
                       .message = "the source of schemas knows no Confluent id of schema version " +
                                  ids.version.to_string()};
      }
      append_confluent_id(out, *ids.confluent_id);
      break;
    case Framing::ConfluentGuid:
      if (header == nullptr) {
        return Failure{.kind = FailureKind::Config,
                       .message =
                           "this framing needs a record header, and there is no place for "
                           "one"};
      }
      if (auto failure = ids_of(context, ids)) return failure;
      header->name = context.is_key ? kKeySchemaIdHeader : kValueSchemaIdHeader;
      append_confluent_guid(header->value, ids.version);
      header->value.append(index_);
      return std::nullopt;
    case Framing::AvroSingleObject:
      append_single_object_marker(out, fingerprint_);
      return std::nullopt;
    case Framing::None:
      return std::nullopt;
  }
  if (options_.compression == Compression::None && !index_.empty()) out.append(index_);
  return std::nullopt;
}

std::optional<Failure> SerializerCore::append_zlib(const void* record,
                                                   codec::ByteBuffer& out) const {
  codec::ByteBuffer& plain = scratch();
  plain.append(index_);
  if (auto failure = writer_->append(record, plain)) return failure;
  if (plain.size() > options_.max_bytes) return too_large(plain.size());
  deflater().deflate(plain.bytes(), out);
  return std::nullopt;
}

Failure SerializerCore::too_large(std::size_t bytes) const {
  return {.kind = FailureKind::TooLarge,
          .message = "the record takes " + std::to_string(bytes) + " bytes, allowed are " +
                     std::to_string(options_.max_bytes)};
}

// The usual case, without detours: Glue, not compressed, of a topic that was met.
std::optional<Failure> SerializerCore::append_plain(const Uuid& version, const void* record,
                                                    codec::ByteBuffer& out) const {
  const std::size_t start = out.size();
  std::byte* at = out.room(kGlueHeaderBytes);
  at[0] = std::byte{0x03};
  at[1] = std::byte{0x00};
  std::memcpy(at + 2, version.bytes().data(), version.bytes().size());
  out.end_at(at + kGlueHeaderBytes);
  if (!index_.empty()) out.append(index_);
  std::optional<Failure> failure = writer_->append(record, out);
  const std::size_t bytes = out.size() - start - overhead_;
  if (!failure && bytes > options_.max_bytes) [[unlikely]]
    failure = too_large(bytes);
  if (failure) [[unlikely]]
    out.shrink(start);
  return failure;
}

std::optional<Failure> SerializerCore::append(const Context& context, const void* record,
                                              codec::ByteBuffer& out, HeaderOut* header) const {
  if (plain_glue_ && header == nullptr) {
    SchemaIds ids;
    const TopicEntry* topic = nullptr;
    if (peek(context, ids, topic)) [[likely]]
      return append_plain(ids.version, record, out);
  }
  return append_any(context, record, out, header);
}

std::optional<Failure> SerializerCore::append_any(const Context& context, const void* record,
                                                  codec::ByteBuffer& out, HeaderOut* header) const {
  const std::size_t start = out.size();
  if (header != nullptr) {
    header->name = {};
    header->value.clear();
  }
  auto failure = append_frame(context, out, header);
  if (!failure) {
    const std::size_t payload = out.size();
    if (options_.compression == Compression::Zlib) {
      failure = append_zlib(record, out);
    } else {
      failure = writer_->append(record, out);
      if (!failure && out.size() - payload > options_.max_bytes) {
        failure = too_large(out.size() - payload);
      }
    }
  }
  if (failure) [[unlikely]] {
    out.shrink(start);
    if (header != nullptr) {
      header->name = {};
      header->value.clear();
    }
  }
  return failure;
}

}  // namespace limpet::serde::detail
