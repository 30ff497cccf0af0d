#include "batch_rows.h"

#include "read_options.h"
#include "view_columns.h"

#include "limpet/avro/column_reader.h"
#include "limpet/codec/byte_buffer.h"
#include "limpet/codec/varint.h"
#include "limpet/json_schema/column_layout.h"
#include "limpet/protobuf/column_layout.h"

#include <algorithm>
#include <string>
#include <utility>

namespace limpet::serde {
namespace {

using Bytes = std::span<const std::byte>;
using detail::RecordReader;
using detail::RecordReaderPointer;

Failure other_format(DataFormat columns, const Schema& writer) {
  return {.kind = FailureKind::Incompatible,
          .message = "the columns are those of a schema of format " +
                     std::string(to_string(columns)) + ", and the message is " +
                     std::string(to_string(writer.format()))};
}

Failure full_batch(void* is_full) {
  *static_cast<bool*>(is_full) = true;
  return {.kind = FailureKind::TooLarge, .message = "the batch is full"};
}

// ---- Avro ----

class AvroRecords final : public RecordReader {
 public:
  AvroRecords(avro::ColumnReader& columns, avro::ColumnPlan plan)
      : columns_(columns), plan_(std::move(plan)) {}

  std::optional<Failure> read(Bytes payload, value::Arena&, void* target,
                              std::size_t& consumed) const override {
    consumed = payload.size();
    const auto added = columns_.add(plan_, payload);
    if (added == avro::Added::Row) [[likely]]
      return std::nullopt;
    if (added == avro::Added::Full) return full_batch(target);
    return to_failure(columns_.fault(), Failure::Place::Message);
  }

 private:
  avro::ColumnReader& columns_;
  avro::ColumnPlan plan_;
};

/// Bytes without the length that Avro has before them: it is put there.
class BareRecords final : public RecordReader {
 public:
  explicit BareRecords(AvroRecords records) : records_(std::move(records)) {}

  std::optional<Failure> read(Bytes payload, value::Arena& arena, void* target,
                              std::size_t& consumed) const override {
    codec::ByteBuffer whole;
    whole.end_at(codec::write_varint64(whole.room(codec::kVarint64Bytes),
                                       codec::zigzag64(static_cast<std::int64_t>(payload.size()))));
    const std::size_t before = whole.size();
    whole.append(payload);
    auto failure = records_.read(whole.bytes(), arena, target, consumed);
    consumed = payload.size();
    if (failure) failure->offset -= std::min<std::uint64_t>(failure->offset, before);
    return failure;
  }

 private:
  AvroRecords records_;
};

class AvroRows final : public BatchRows {
 public:
  explicit AvroRows(avro::ColumnReader columns) : columns_(std::move(columns)) {}

  Answer<RecordReaderPointer> compile(const SchemaPointer& schema, const protobuf::Message*,
                                      Framing framing, const DeserializerOptions&) const override {
    if (schema->avro() == nullptr) return other_format(DataFormat::Avro, *schema);
    auto plan = columns_.layout().plan(*schema->avro());
    if (!plan) return detail::refused(plan.error());
    AvroRecords records(columns_, *std::move(plan));
    if (detail::is_bare_bytes(*schema, framing)) {
      return RecordReaderPointer(std::make_unique<BareRecords>(std::move(records)));
    }
    return RecordReaderPointer(std::make_unique<AvroRecords>(std::move(records)));
  }
  std::uint64_t rows() const override { return columns_.rows(); }
  std::uint64_t bytes() const override { return columns_.bytes(); }
  const columns::ColumnType& type() const override { return columns_.layout().type(); }
  Status finish(ArrowSchema* schema, ArrowArray* array) override {
    return columns_.finish(schema, array);
  }

 private:
  mutable avro::ColumnReader columns_;  // what was compiled appends to it
};

// ---- Formats whose records are read to views first ----

std::optional<Failure> add_view(ViewColumns& columns, const value::View& view, void* target) {
  const auto added = columns.add(view);
  if (added == ViewColumns::Added::Row) [[likely]]
    return std::nullopt;
  if (added == ViewColumns::Added::Full) return full_batch(target);
  return to_failure(columns.take_fault(), Failure::Place::Message);
}

class ViewRows : public BatchRows {
 public:
  explicit ViewRows(ViewColumns columns) : columns_(std::move(columns)) {}
  std::uint64_t rows() const override { return columns_.builder().rows(); }
  std::uint64_t bytes() const override { return columns_.builder().bytes(); }
  const columns::ColumnType& type() const override { return columns_.builder().type(); }
  Status finish(ArrowSchema* schema, ArrowArray* array) override {
    return columns_.builder().finish(schema, array);
  }

 protected:
  ViewColumns& columns() const { return columns_; }

 private:
  mutable ViewColumns columns_;  // what was compiled appends to it
};

class JsonRecords final : public RecordReader {
 public:
  JsonRecords(ViewColumns& columns, SchemaPointer schema, const DeserializerOptions& options)
      : columns_(columns),
        schema_(std::move(schema)),
        options_(detail::json_options(options)),
        validate_(options.validate_json) {}

  std::optional<Failure> read(Bytes payload, value::Arena& arena, void* target,
                              std::size_t& consumed) const override {
    consumed = payload.size();
    value::View view;
    if (auto fault = value::read_json(detail::as_text(payload), arena, view, options_)) {
      return to_failure(*fault, Failure::Place::Message);
    }
    if (validate_) {
      if (auto failure = detail::check_json(schema_->json()->plan, view)) return failure;
    }
    return add_view(columns_, view, target);
  }

 private:
  ViewColumns& columns_;
  SchemaPointer schema_;
  value::JsonReadOptions options_;
  bool validate_;
};

class JsonRows final : public ViewRows {
 public:
  using ViewRows::ViewRows;
  Answer<RecordReaderPointer> compile(const SchemaPointer& schema, const protobuf::Message*,
                                      Framing, const DeserializerOptions& options) const override {
    if (schema->json() == nullptr) return other_format(DataFormat::Json, *schema);
    return RecordReaderPointer(std::make_unique<JsonRecords>(columns(), schema, options));
  }
};

class ProtobufRecords final : public RecordReader {
 public:
  ProtobufRecords(ViewColumns& columns, const protobuf::MessageReader& reader)
      : columns_(columns), reader_(reader) {}

  std::optional<Failure> read(Bytes payload, value::Arena& arena, void* target,
                              std::size_t& consumed) const override {
    consumed = payload.size();
    value::View view;
    if (auto fault = reader_.read(payload, arena, view)) {
      return to_failure(*fault, Failure::Place::Message);
    }
    return add_view(columns_, view, target);
  }

 private:
  ViewColumns& columns_;
  const protobuf::MessageReader& reader_;
};

class ProtobufRows final : public ViewRows {
 public:
  ProtobufRows(ViewColumns columns, protobuf::MessageReader reader)
      : ViewRows(std::move(columns)), reader_(std::move(reader)) {}

  Answer<RecordReaderPointer> compile(const SchemaPointer& schema, const protobuf::Message* message,
                                      Framing, const DeserializerOptions&) const override {
    if (message == nullptr) return other_format(DataFormat::Protobuf, *schema);
    const auto& wanted = reader_.message().full_name;
    if (message->full_name != wanted) {
      return Failure{.kind = FailureKind::Incompatible,
                     .message = "the columns are those of message " + wanted +
                                ", and the message is a " + message->full_name};
    }
    return RecordReaderPointer(std::make_unique<ProtobufRecords>(columns(), reader_));
  }

 private:
  protobuf::MessageReader reader_;
};

Result<const protobuf::Message*> message_of(const protobuf::Schema& schema,
                                            const std::string& full_name) {
  if (full_name.empty()) {
    if (!schema.file().messages.empty()) return &schema.file().messages[0];
    return Error::invalid_input("the schema of the columns has no message");
  }
  if (const auto* found = schema.find_message(full_name)) return found;
  return Error::invalid_input("the schema of the columns has no message " + full_name);
}

Result<std::unique_ptr<BatchRows>> make_protobuf_rows(const protobuf::Schema& schema,
                                                      const BatchOptions& options) {
  LIMPET_TRY(const auto* message, message_of(schema, options.message));
  LIMPET_TRY(auto layout, protobuf::column_layout(*message, {.projection = options.projection,
                                                             .enum_numbers = options.enum_numbers,
                                                             .time_unit = options.time_unit}));
  LIMPET_TRY(auto reader, protobuf::MessageReader::make(schema, *message,
                                                        detail::protobuf_options(options.reading)));
  LIMPET_TRY(auto columns, ViewColumns::make(std::move(layout), options.limits, message->name));
  return std::unique_ptr<BatchRows>(
      std::make_unique<ProtobufRows>(std::move(columns), std::move(reader)));
}

}  // namespace

Result<std::unique_ptr<BatchRows>> make_rows(const Schema& reader, const BatchOptions& options) {
  if (const auto* avro = reader.avro()) {
    LIMPET_TRY(auto columns,
               avro::ColumnReader::make(
                   *avro, {.projection = options.projection, .uuid_as_text = options.uuid_as_text},
                   {.limits = options.limits, .read = detail::avro_options(options.reading)}));
    return std::unique_ptr<BatchRows>(std::make_unique<AvroRows>(std::move(columns)));
  }
  if (const auto* protobuf = reader.protobuf()) return make_protobuf_rows(*protobuf, options);
  LIMPET_TRY(auto layout,
             json_schema::column_layout(reader.json()->schema, {.projection = options.projection}));
  LIMPET_TRY(auto columns, ViewColumns::make(std::move(layout), options.limits, ""));
  return std::unique_ptr<BatchRows>(std::make_unique<JsonRows>(std::move(columns)));
}

}  // namespace limpet::serde
