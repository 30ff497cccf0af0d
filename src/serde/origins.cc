// How each kind of record is written in each format.
#include "breaks_schema.h"

#include "limpet/avro/datum_writer.h"
#include "limpet/avro/json_datum.h"
#include "limpet/avro/struct_writer.h"
#include "limpet/json/parse.h"
#include "limpet/json_schema/validate.h"
#include "limpet/protobuf/message_struct.h"
#include "limpet/protobuf/message_writer.h"
#include "limpet/protobuf/transcode.h"
#include "limpet/serde/serializer.h"
#include "limpet/value/json_reader.h"
#include "limpet/value/json_text.h"
#include "limpet/value/struct_view.h"

#include <limits>
#include <string>
#include <utility>

namespace limpet::serde::detail {
namespace {

constexpr std::size_t kJsonDepth = 512;

std::optional<Failure> in_record(std::optional<value::Fault> fault) {
  if (!fault) [[likely]]
    return std::nullopt;
  return to_failure(*fault, Failure::Place::None);
}

avro::WriteOptions avro_options(const SerializerOptions& options) {
  return {
      .missing =
          options.fill_defaults ? avro::MissingFields::FillDefaults : avro::MissingFields::Refuse,
      .unknown = options.ignore_unknown ? avro::UnknownFields::Ignore : avro::UnknownFields::Refuse,
      .utf8 = options.utf8};
}

// What cannot be written as the schema's type is the program's mistake, not the registry's.
Failure refused(const Error& error) {
  return to_failure(error, FailureKind::Config, FailureKind::Config);
}

// ---- JSON text ----

// Who finds fault with text says where: "byte 17".
Failure not_json(const Error& error) {
  Failure out = to_failure(error, FailureKind::Malformed, FailureKind::Internal);
  out.path.clear();
  if (!error.where.empty()) out.message += " (at " + error.where + ")";
  return out;
}

Failure broken(const std::vector<avro::Violation>& violations) {
  const auto& first = violations.front();
  Failure out{
      .kind = FailureKind::TypeMismatch, .message = avro::describe(first), .path = first.path};
  if (first.found == "nothing") out.kind = FailureKind::MissingField;
  if (first.expected == "no member of this name") out.kind = FailureKind::UnknownField;
  for (std::size_t i = 1; i < violations.size(); ++i) {
    out.also.push_back(violations[i].path + ": " + avro::describe(violations[i]));
  }
  return out;
}

Result<json::Value> parse_record(std::string_view text, std::size_t max_bytes) {
  return json::parse(text, {.max_bytes = max_bytes,
                            .max_depth = kJsonDepth,
                            .max_nodes = std::numeric_limits<std::size_t>::max()});
}

class AvroTextWriter final : public RecordWriter {
 public:
  AvroTextWriter(const avro::Schema& schema, const SerializerOptions& options)
      : schema_(schema), max_bytes_(options.max_bytes) {
    const avro::WriteOptions as = avro_options(options);
    options_ = {.missing = as.missing, .unknown = as.unknown};
  }
  std::optional<Failure> append(const void* record, codec::ByteBuffer& out) const override {
    const auto document = parse_record(*static_cast<const std::string_view*>(record), max_bytes_);
    if (!document) return not_json(document.error());
    const auto wrong = avro::write_json(schema_, *document, options_, out);
    if (!wrong) return to_failure(wrong.error(), FailureKind::Malformed, FailureKind::Internal);
    if (!wrong->empty()) return broken(*wrong);
    return std::nullopt;
  }

 private:
  avro::Schema schema_;
  std::size_t max_bytes_;
  avro::WriteJsonOptions options_;
};

class ProtobufTextWriter final : public RecordWriter {
 public:
  ProtobufTextWriter(protobuf::Transcoder transcoder, std::size_t max_bytes)
      : transcoder_(std::move(transcoder)),
        limits_{.max_bytes = max_bytes, .max_json_bytes = max_bytes} {}
  std::optional<Failure> append(const void* record, codec::ByteBuffer& out) const override {
    const auto bytes = transcoder_.encode(*static_cast<const std::string_view*>(record), limits_);
    if (!bytes) {
      return to_failure(bytes.error(), FailureKind::TypeMismatch, FailureKind::Internal);
    }
    out.append(*bytes);
    return std::nullopt;
  }

 private:
  protobuf::Transcoder transcoder_;
  protobuf::TranscodeLimits limits_;
};

// Arenas and texts are used again from record to record.
value::Arena& fresh_arena() {
  thread_local value::Arena kept;
  kept.reset();
  return kept;
}
std::string& fresh_text() {
  thread_local std::string kept;
  kept.clear();
  return kept;
}

std::optional<Failure> check_json(const Schema& schema, const value::View& record) {
  const json_schema::Plan& plan = schema.json()->plan;
  const auto valid = json_schema::is_valid(plan, record);
  if (!valid) return to_failure(valid.error(), FailureKind::TooLarge, FailureKind::Internal);
  if (*valid) return std::nullopt;
  const auto errors = json_schema::validate(plan, record);  // says why
  if (!errors) return to_failure(errors.error(), FailureKind::TooLarge, FailureKind::Internal);
  return breaks_schema(*errors);
}

class JsonTextWriter final : public RecordWriter {
 public:
  JsonTextWriter(SchemaPointer schema, const SerializerOptions& options)
      : schema_(std::move(schema)),
        options_{.max_bytes = options.max_bytes, .utf8 = options.utf8},
        validate_(options.validate_json) {}
  std::optional<Failure> append(const void* record, codec::ByteBuffer& out) const override {
    const auto text = *static_cast<const std::string_view*>(record);
    value::View view;
    if (auto fault = value::read_json(text, fresh_arena(), view, options_)) {
      return to_failure(*fault, Failure::Place::Record);
    }
    if (validate_) {
      if (auto failure = check_json(*schema_, view)) return failure;
    }
    out.append(text);  // as it is, like Java's encode() of bytes
    return std::nullopt;
  }

 private:
  SchemaPointer schema_;
  value::JsonReadOptions options_;
  bool validate_;
};

class TextOrigin final : public Origin {
 public:
  Answer<RecordWriterPointer> compile(const SchemaPointer& schema, const protobuf::Message* message,
                                      const SerializerOptions& options) const override {
    if (const auto* avro = schema->avro()) {
      return RecordWriterPointer(std::make_unique<AvroTextWriter>(*avro, options));
    }
    if (const auto* protobuf = schema->protobuf()) {
      auto transcoder = protobuf::Transcoder::make(*protobuf, *message);
      if (!transcoder) return refused(transcoder.error());
      return RecordWriterPointer(
          std::make_unique<ProtobufTextWriter>(*std::move(transcoder), options.max_bytes));
    }
    return RecordWriterPointer(std::make_unique<JsonTextWriter>(schema, options));
  }
};

// ---- Views ----

class AvroViewWriter final : public RecordWriter {
 public:
  explicit AvroViewWriter(avro::DatumWriter writer) : writer_(std::move(writer)) {}
  std::optional<Failure> append(const void* record, codec::ByteBuffer& out) const override {
    return in_record(writer_.write(*static_cast<const value::View*>(record), out));
  }

 private:
  avro::DatumWriter writer_;
};

class ProtobufViewWriter final : public RecordWriter {
 public:
  explicit ProtobufViewWriter(protobuf::MessageWriter writer) : writer_(std::move(writer)) {}
  std::optional<Failure> append(const void* record, codec::ByteBuffer& out) const override {
    std::string& bytes = fresh_text();
    if (auto fault = writer_.append(*static_cast<const value::View*>(record), bytes)) {
      return in_record(std::move(fault));
    }
    out.append(bytes);
    return std::nullopt;
  }

 private:
  protobuf::MessageWriter writer_;
};

class JsonViewWriter final : public RecordWriter {
 public:
  JsonViewWriter(SchemaPointer schema, const SerializerOptions& options)
      : schema_(std::move(schema)),
        max_bytes_(options.max_bytes),
        validate_(options.validate_json) {}

  std::optional<Failure> append(const void* record, codec::ByteBuffer& out) const override {
    return append_view(*static_cast<const value::View*>(record), out);
  }

  // What is checked is the text, as its readers will see it.
  std::optional<Failure> append_view(const value::View& record, codec::ByteBuffer& out) const {
    std::string& text = fresh_text();
    if (auto fault = value::append_json(record, text, {.max_bytes = max_bytes_})) {
      return in_record(std::move(fault));
    }
    if (validate_) {
      value::Arena arena;
      value::View read;
      if (auto fault = value::read_json(text, arena, read, {.max_depth = 1'000})) {
        return in_record(std::move(fault));
      }
      if (auto failure = check_json(*schema_, read)) return failure;
    }
    out.append(text);
    return std::nullopt;
  }

 private:
  SchemaPointer schema_;
  std::size_t max_bytes_;
  bool validate_;
};

protobuf::MessageWriterOptions protobuf_options(const SerializerOptions& options) {
  return {.max_bytes = options.max_bytes, .ignore_unknown = options.ignore_unknown};
}

class ViewOrigin final : public Origin {
 public:
  Answer<RecordWriterPointer> compile(const SchemaPointer& schema, const protobuf::Message* message,
                                      const SerializerOptions& options) const override {
    if (const auto* avro = schema->avro()) {
      auto writer = avro::DatumWriter::make(*avro, avro_options(options));
      if (!writer) return refused(writer.error());
      return RecordWriterPointer(std::make_unique<AvroViewWriter>(*std::move(writer)));
    }
    if (const auto* protobuf = schema->protobuf()) {
      auto writer = protobuf::MessageWriter::make(*protobuf, *message, protobuf_options(options));
      if (!writer) return refused(writer.error());
      return RecordWriterPointer(std::make_unique<ProtobufViewWriter>(*std::move(writer)));
    }
    return RecordWriterPointer(std::make_unique<JsonViewWriter>(schema, options));
  }
};

// ---- Encoded payloads ----

class EncodedWriter final : public RecordWriter {
 public:
  std::optional<Failure> append(const void* record, codec::ByteBuffer& out) const override {
    out.append(static_cast<const Encoded*>(record)->bytes);
    return std::nullopt;
  }
};

class EncodedOrigin final : public Origin {
 public:
  Answer<RecordWriterPointer> compile(const SchemaPointer&, const protobuf::Message*,
                                      const SerializerOptions&) const override {
    return RecordWriterPointer(std::make_unique<EncodedWriter>());
  }
};

// ---- Structs ----

class AvroStructWriter final : public RecordWriter {
 public:
  explicit AvroStructWriter(avro::StructWriter writer) : writer_(std::move(writer)) {}
  std::optional<Failure> append(const void* record, codec::ByteBuffer& out) const override {
    return in_record(writer_.write(record, out));
  }

 private:
  avro::StructWriter writer_;
};

class ProtobufStructWriter final : public RecordWriter {
 public:
  explicit ProtobufStructWriter(protobuf::MessageStructWriter writer)
      : writer_(std::move(writer)) {}
  std::optional<Failure> append(const void* record, codec::ByteBuffer& out) const override {
    std::string& bytes = fresh_text();
    if (auto fault = writer_.append(record, fresh_arena(), bytes)) {
      return in_record(std::move(fault));
    }
    out.append(bytes);
    return std::nullopt;
  }

 private:
  protobuf::MessageStructWriter writer_;
};

class JsonStructWriter final : public RecordWriter {
 public:
  JsonStructWriter(SchemaPointer schema, const SerializerOptions& options,
                   const value::StructType& type)
      : writer_(std::move(schema), options), views_(type) {}
  std::optional<Failure> append(const void* record, codec::ByteBuffer& out) const override {
    value::View view;
    if (auto fault = views_.view(record, fresh_arena(), view)) return in_record(std::move(fault));
    return writer_.append_view(view, out);
  }

 private:
  JsonViewWriter writer_;
  value::StructViews views_;
};

}  // namespace

const Origin& view_origin() {
  static const ViewOrigin kOrigin;
  return kOrigin;
}

const Origin& text_origin() {
  static const TextOrigin kOrigin;
  return kOrigin;
}

const Origin& encoded_origin() {
  static const EncodedOrigin kOrigin;
  return kOrigin;
}

Answer<RecordWriterPointer> StructOrigin::compile(const SchemaPointer& schema,
                                                  const protobuf::Message* message,
                                                  const SerializerOptions& options) const {
  if (const auto* avro = schema->avro()) {
    auto writer = avro::StructWriter::make(*avro, type_(), avro_options(options));
    if (!writer) return refused(writer.error());
    return RecordWriterPointer(std::make_unique<AvroStructWriter>(*std::move(writer)));
  }
  if (const auto* protobuf = schema->protobuf()) {
    auto writer = protobuf::MessageStructWriter::make(*protobuf, *message, type_(),
                                                      protobuf_options(options));
    if (!writer) return refused(writer.error());
    return RecordWriterPointer(std::make_unique<ProtobufStructWriter>(*std::move(writer)));
  }
  return RecordWriterPointer(std::make_unique<JsonStructWriter>(schema, options, type_()));
}

bool writes_exactly(const Schema& schema, std::string_view made_from,
                    const SerializerOptions& options) {
  // Straight-line code looks neither at texts nor at the digits of a decimal.
  const auto* avro = schema.avro();
  if (avro == nullptr || options.utf8 != value::Utf8Policy::Trust) return false;
  const auto made = avro::parse(made_from);
  return made && avro::canonical_form(*avro) == avro::canonical_form(*made) &&
         schema.definition().find("decimal") == std::string::npos;
}

}  // namespace limpet::serde::detail
