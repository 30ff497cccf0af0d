#include "record_reader.h"

#include "record_source.h"
#include "session.h"

#include "limpet/value/json_reader.h"

#include <utility>

namespace limpet::app {
namespace {

using serde::FailureKind;
using serde::Framing;

constexpr serde::Framings kEverything{Framing::None, Framing::Glue, Framing::ConfluentId,
                                      Framing::ConfluentGuid, Framing::AvroSingleObject};

/// A key such as 00 00 00 00 00 00 00 2a is a number far more often than a frame of Confluent's.
bool may_be_chance(const ReadPart& part) {
  return part.frame.kind != Framing::Glue && !part.frame.in_header &&
         (part.failure->kind == FailureKind::Unsupported ||
          part.failure->kind == FailureKind::UnknownSchema);
}

bool is_clear(const RecordReaderOptions& options) {
  const protobuf::Schema* protobuf = options.unframed->protobuf();
  return protobuf == nullptr || !options.unframed_if_clear || !options.unframed_message.empty() ||
         protobuf->messages().size() == 1;
}

bool looks_like_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

}  // namespace

RecordReader::RecordReader(std::shared_ptr<serde::SchemaSource> source,
                           const RecordReaderOptions& options)
    : source_(source), has_unframed_(options.unframed != nullptr && is_clear(options)) {
  serde::DeserializerOptions chosen;
  if (has_unframed_) {
    chosen.accept = kEverything;
    chosen.unframed = options.unframed;
    chosen.unframed_message = options.unframed_message;
  }
  chosen.validate_json = options.validate_json;
  if (options.whole) chosen.trailing = avro::Trailing::Error;
  auto made = serde::Deserializer<value::View>::make(std::move(source), std::move(chosen));
  if (!made) throw CommandFailed{describe(made.error()), 2};
  deserializer_.emplace(*std::move(made));
}

serde::InspectOptions RecordReader::look(bool is_key) {
  serde::InspectOptions options{.accept = kEverything};
  if (is_key) options.part = serde::MessagePart::Key;
  return options;
}

void RecordReader::read(const serde::Context& context, const std::optional<kafka::Bytes>& bytes,
                        value::Arena& arena, ReadPart& part) const {
  part.clear();
  if (!bytes) return;
  part.bytes = *bytes;
  part.frame = serde::inspect(*bytes, context.headers, look(context.is_key));
  if (part.frame.kind == Framing::None && part.frame.fault == serde::FrameFault::None) {
    return read_unframed(context, *bytes, arena, part);
  }
  read_framed(context, *bytes, arena, part);
  if (part.failure && context.is_key && may_be_chance(part)) {
    part.failure.reset();
    part.frame = {};
    part.schema = nullptr;
    read_unframed(context, *bytes, arena, part);
  }
}

void RecordReader::read_framed(const serde::Context& context, kafka::Bytes bytes,
                               value::Arena& arena, ReadPart& part) const {
  serde::ReadInfo info;
  part.failure = deserializer_->read(context, bytes, arena, part.view, &info);
  if (part.failure) {
    part.content = ReadPart::Content::Failed;
    const bool known = part.failure->kind != FailureKind::UnknownSchema;
    if (known && !is_registry_trouble(*part.failure)) part.schema = named_by(part.frame);
    return;
  }
  part.content = ReadPart::Content::Decoded;
  part.schema = info.schema;
  if (info.message != nullptr) part.message = info.message->full_name;
}

const serde::Schema* RecordReader::named_by(const serde::Frame& frame) const {
  constexpr std::size_t kNamedMax = 10'000;
  if (frame.kind != Framing::Glue || frame.fault != serde::FrameFault::None) return nullptr;
  const auto known = named_.find(frame.version);
  if (known != named_.end()) return known->second.get();
  if (named_.size() >= kNamedMax) return nullptr;
  auto found = source_->by_version(frame.version);
  if (!found) return nullptr;  // not kept: the source may know it later
  return named_.emplace(frame.version, *std::move(found)).first->second.get();
}

void RecordReader::read_unframed(const serde::Context& context, kafka::Bytes bytes,
                                 value::Arena& arena, ReadPart& part) const {
  using Content = ReadPart::Content;
  if (has_unframed_ && !context.is_key) return read_framed(context, bytes, arena, part);
  const std::string_view text = kafka::as_text(bytes);
  if (!context.is_key && looks_like_json(text) && !value::read_json(text, arena, part.view)) {
    part.content = Content::Json;
  } else if (is_text(text)) {
    part.content = Content::Text;
    part.view = value::View::string(text);
  } else {
    part.content = Content::Binary;
    part.view = value::View::bytes(text);
  }
}

}  // namespace limpet::app
