// How each kind of target is read from each format.
#include "breaks_schema.h"
#include "read_options.h"

#include "limpet/avro/datum_reader.h"
#include "limpet/avro/struct_reader.h"
#include "limpet/json_schema/validate.h"
#include "limpet/protobuf/message_reader.h"
#include "limpet/protobuf/message_struct.h"
#include "limpet/serde/deserializer.h"
#include "limpet/value/json_reader.h"
#include "limpet/value/json_text.h"
#include "limpet/value/struct_view.h"

#include <limits>
#include <string>
#include <utility>

namespace limpet::serde::detail {
namespace {

using Bytes = std::span<const std::byte>;

std::optional<Failure> in_payload(std::optional<value::Fault> fault) {
  if (!fault) [[likely]]
    return std::nullopt;
  return to_failure(*fault, Failure::Place::Message);
}

// ---- Views ----

// Reads any format to views. What the other targets need of one is done with these.
class ViewReader {
 public:
  virtual ~ViewReader() = default;
  virtual std::optional<Failure> read_view(Bytes payload, value::Arena& arena, value::View& out,
                                           std::size_t& consumed) const = 0;
};

class AvroViews final : public ViewReader {
 public:
  explicit AvroViews(avro::DatumReader reader) : reader_(std::move(reader)) {}
  std::optional<Failure> read_view(Bytes payload, value::Arena& arena, value::View& out,
                                   std::size_t& consumed) const override {
    return in_payload(reader_.read(payload, arena, out, &consumed));
  }

 private:
  avro::DatumReader reader_;
};

class BareBytes final : public ViewReader {
 public:
  std::optional<Failure> read_view(Bytes payload, value::Arena&, value::View& out,
                                   std::size_t& consumed) const override {
    if (payload.size() > std::numeric_limits<std::uint32_t>::max()) {
      return Failure{.kind = FailureKind::TooLarge, .message = "expected less than 4 GiB"};
    }
    out = value::View::bytes(as_text(payload));
    consumed = payload.size();
    return std::nullopt;
  }
};

class ProtobufViews final : public ViewReader {
 public:
  explicit ProtobufViews(protobuf::MessageReader reader) : reader_(std::move(reader)) {}
  std::optional<Failure> read_view(Bytes payload, value::Arena& arena, value::View& out,
                                   std::size_t& consumed) const override {
    consumed = payload.size();
    return in_payload(reader_.read(payload, arena, out));
  }

 private:
  protobuf::MessageReader reader_;
};

class JsonViews final : public ViewReader {
 public:
  JsonViews(SchemaPointer schema, const DeserializerOptions& options)
      : schema_(std::move(schema)),
        options_(json_options(options)),
        validate_(options.validate_json) {}

  std::optional<Failure> read_view(Bytes payload, value::Arena& arena, value::View& out,
                                   std::size_t& consumed) const override {
    value::View view;
    if (auto failure = in_payload(value::read_json(as_text(payload), arena, view, options_))) {
      return failure;
    }
    if (validate_) {
      if (auto failure = check_json(schema_->json()->plan, view)) return failure;
    }
    out = view;
    consumed = payload.size();
    return std::nullopt;
  }

 private:
  SchemaPointer schema_;
  value::JsonReadOptions options_;
  bool validate_;
};

using ViewReaderPointer = std::unique_ptr<const ViewReader>;

Answer<ViewReaderPointer> view_reader(const SchemaPointer& schema, const protobuf::Message* message,
                                      Framing framing, const DeserializerOptions& options) {
  if (is_bare_bytes(*schema, framing)) return ViewReaderPointer(std::make_unique<BareBytes>());
  if (const auto* avro = schema->avro()) {
    auto reader = avro::DatumReader::make(*avro, avro_options(options));
    if (!reader) return refused(reader.error());
    return ViewReaderPointer(std::make_unique<AvroViews>(*std::move(reader)));
  }
  if (const auto* protobuf = schema->protobuf()) {
    auto reader = protobuf::MessageReader::make(*protobuf, *message, protobuf_options(options));
    if (!reader) return refused(reader.error());
    return ViewReaderPointer(std::make_unique<ProtobufViews>(*std::move(reader)));
  }
  return ViewReaderPointer(std::make_unique<JsonViews>(schema, options));
}

class ViewRecords final : public RecordReader {
 public:
  explicit ViewRecords(ViewReaderPointer reader) : reader_(std::move(reader)) {}
  std::optional<Failure> read(Bytes payload, value::Arena& arena, void* target,
                              std::size_t& consumed) const override {
    return reader_->read_view(payload, arena, *static_cast<value::View*>(target), consumed);
  }

 private:
  ViewReaderPointer reader_;
};

class ViewTarget final : public Target {
 public:
  Answer<RecordReaderPointer> compile(const SchemaPointer& schema, const protobuf::Message* message,
                                      Framing framing,
                                      const DeserializerOptions& options) const override {
    auto reader = view_reader(schema, message, framing, options);
    if (!reader) return std::move(reader).failure();
    return RecordReaderPointer(std::make_unique<ViewRecords>(*std::move(reader)));
  }
  bool take_nothing(void* target) const override {
    *static_cast<value::View*>(target) = value::View::null();
    return true;
  }
};

// ---- JSON text ----

class TextRecords final : public RecordReader {
 public:
  explicit TextRecords(ViewReaderPointer reader) : reader_(std::move(reader)) {}
  std::optional<Failure> read(Bytes payload, value::Arena& arena, void* target,
                              std::size_t& consumed) const override {
    value::View view;
    if (auto failure = reader_->read_view(payload, arena, view, consumed)) return failure;
    auto& out = *static_cast<std::string*>(target);
    scratch().clear();
    if (auto fault = value::append_json(view, scratch())) {
      return to_failure(*fault, Failure::Place::None);
    }
    out.assign(scratch());
    return std::nullopt;
  }

 private:
  // The target stays as it was when something is wrong.
  static std::string& scratch() {
    thread_local std::string kept;
    return kept;
  }
  ViewReaderPointer reader_;
};

class TextTarget final : public Target {
 public:
  Answer<RecordReaderPointer> compile(const SchemaPointer& schema, const protobuf::Message* message,
                                      Framing framing,
                                      const DeserializerOptions& options) const override {
    auto reader = view_reader(schema, message, framing, options);
    if (!reader) return std::move(reader).failure();
    return RecordReaderPointer(std::make_unique<TextRecords>(*std::move(reader)));
  }
  bool take_nothing(void* target) const override {
    *static_cast<std::string*>(target) = "null";
    return true;
  }
};

// ---- Payloads ----

class PayloadRecords final : public RecordReader {
 public:
  PayloadRecords(SchemaPointer schema, const protobuf::Message* message)
      : schema_(std::move(schema)), message_(message) {}
  std::optional<Failure> read(Bytes payload, value::Arena&, void* target,
                              std::size_t& consumed) const override {
    *static_cast<Payload*>(target) = {
        .schema = schema_.get(), .message = message_, .bytes = payload};
    consumed = payload.size();
    return std::nullopt;
  }

 private:
  SchemaPointer schema_;
  const protobuf::Message* message_;
};

class PayloadTarget final : public Target {
 public:
  Answer<RecordReaderPointer> compile(const SchemaPointer& schema, const protobuf::Message* message,
                                      Framing, const DeserializerOptions&) const override {
    return RecordReaderPointer(std::make_unique<PayloadRecords>(schema, message));
  }
  bool take_nothing(void* target) const override {
    *static_cast<Payload*>(target) = {};
    return true;
  }
};

// ---- Structs ----

class AvroStructs final : public RecordReader {
 public:
  explicit AvroStructs(avro::StructReader reader) : reader_(std::move(reader)) {}
  std::optional<Failure> read(Bytes payload, value::Arena& arena, void* target,
                              std::size_t& consumed) const override {
    return in_payload(reader_.read(payload, arena, target, &consumed));
  }

 private:
  avro::StructReader reader_;
};

class ProtobufStructs final : public RecordReader {
 public:
  explicit ProtobufStructs(protobuf::MessageStructReader reader) : reader_(std::move(reader)) {}
  std::optional<Failure> read(Bytes payload, value::Arena& arena, void* target,
                              std::size_t& consumed) const override {
    consumed = payload.size();
    return in_payload(reader_.read(payload, arena, target));
  }

 private:
  protobuf::MessageStructReader reader_;
};

class JsonStructs final : public RecordReader {
 public:
  JsonStructs(SchemaPointer schema, const DeserializerOptions& options,
              const value::StructType& type)
      : views_(std::move(schema), options), type_(type) {}
  std::optional<Failure> read(Bytes payload, value::Arena& arena, void* target,
                              std::size_t& consumed) const override {
    value::View view;
    if (auto failure = views_.read_view(payload, arena, view, consumed)) return failure;
    return in_payload(value::read_struct(view, type_, target, arena));
  }

 private:
  JsonViews views_;
  const value::StructType& type_;
};

}  // namespace

avro::ReadOptions avro_options(const DeserializerOptions& options) {
  avro::ReadOptions out{.reader = options.reader ? &*options.reader : nullptr,
                        .utf8 = options.utf8,
                        .trailing = options.trailing};
  if (options.max_depth != 0) out.max_depth = options.max_depth;
  return out;
}

protobuf::MessageReaderOptions protobuf_options(const DeserializerOptions& options) {
  protobuf::MessageReaderOptions out{// The arena's own limit holds.
                                     .max_memory = std::numeric_limits<std::size_t>::max(),
                                     .utf8 = options.utf8};
  if (options.max_depth != 0) out.max_depth = static_cast<int>(options.max_depth);
  return out;
}

value::JsonReadOptions json_options(const DeserializerOptions& options) {
  value::JsonReadOptions out{.max_bytes = std::numeric_limits<std::size_t>::max(),
                             .utf8 = options.utf8};
  if (options.max_depth != 0) out.max_depth = options.max_depth;
  return out;
}

Failure refused(const Error& error) {
  return to_failure(error, FailureKind::Incompatible, FailureKind::Internal);
}

bool is_bare_bytes(const Schema& schema, Framing framing) {
  return (framing == Framing::ConfluentId || framing == Framing::ConfluentGuid) &&
         schema.avro() != nullptr && schema.avro()->root().type == avro::Type::Bytes;
}

std::optional<Failure> check_json(const json_schema::Plan& plan, const value::View& record) {
  const auto valid = json_schema::is_valid(plan, record);
  if (!valid) return to_failure(valid.error(), FailureKind::TooLarge, FailureKind::Internal);
  if (*valid) return std::nullopt;
  const auto errors = json_schema::validate(plan, record);  // says why
  if (!errors) return to_failure(errors.error(), FailureKind::TooLarge, FailureKind::Internal);
  return breaks_schema(*errors);
}

Failure breaks_schema(const std::vector<json_schema::ValidationError>& errors) {
  Failure out{.kind = FailureKind::BreaksSchema};
  if (errors.empty()) return out;
  out.message = errors.front().message;
  out.path = errors.front().instance_path;
  for (std::size_t i = 1; i < errors.size(); ++i) {
    out.also.push_back(errors[i].instance_path + ": " + errors[i].message);
  }
  return out;
}

const Target& view_target() {
  static const ViewTarget kTarget;
  return kTarget;
}

const Target& text_target() {
  static const TextTarget kTarget;
  return kTarget;
}

const Target& payload_target() {
  static const PayloadTarget kTarget;
  return kTarget;
}

Answer<RecordReaderPointer> StructTarget::compile(const SchemaPointer& schema,
                                                  const protobuf::Message* message, Framing,
                                                  const DeserializerOptions& options) const {
  if (const auto* avro = schema->avro()) {
    auto reader = avro::StructReader::make(*avro, type_(), avro_options(options));
    if (!reader) return refused(reader.error());
    return RecordReaderPointer(std::make_unique<AvroStructs>(*std::move(reader)));
  }
  if (const auto* protobuf = schema->protobuf()) {
    auto reader = protobuf::MessageStructReader::make(*protobuf, *message, type_(),
                                                      protobuf_options(options));
    if (!reader) return refused(reader.error());
    return RecordReaderPointer(std::make_unique<ProtobufStructs>(*std::move(reader)));
  }
  return RecordReaderPointer(std::make_unique<JsonStructs>(schema, options, type_()));
}

bool StructTarget::take_nothing(void*) const { return false; }

bool reads_exactly(const Schema& schema, std::string_view made_from,
                   const DeserializerOptions& options) {
  const auto* writer = schema.avro();
  const bool usual = options.max_depth == 0 && options.utf8 != value::Utf8Policy::Replace;
  if (writer == nullptr || !usual) return false;
  const auto made = avro::parse(made_from);
  if (!made) return false;
  // What the canonical form leaves out (defaults, aliases, documentation) does not change how a
  // record is read by itself.
  const std::string form = avro::canonical_form(*writer);
  return form == avro::canonical_form(*made) &&
         (!options.reader || form == avro::canonical_form(*options.reader));
}

}  // namespace limpet::serde::detail
