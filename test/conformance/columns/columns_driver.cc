// Our side of the differential test (see run): a shared library that Python loads. Avro records,
// and messages of JSON and Protobuf, go in; what comes out is taken by pyarrow through the Arrow C
// data interface.
#include "limpet/avro/column_reader.h"
#include "limpet/serde/batch_reader.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using limpet::avro::Added;
using limpet::avro::ColumnPlan;
using limpet::avro::ColumnReader;

struct Session {
  std::optional<ColumnReader> reader;
  std::vector<ColumnPlan> plans;
  std::string words;  // of the last error or fault
};

/// Messages of any format into the columns of one schema.
struct Batch {
  std::optional<limpet::serde::BatchReader> reader;
  std::string words;
};

const limpet::Uuid kVersion(std::array<std::uint8_t, 16>{1});

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

extern "C" {

#define COLUMNS_API __attribute__((visibility("default")))

/// Never null; columns_words() is not empty when `reader_schema` or a path of `projection` (one a
/// line) is refused.
COLUMNS_API void* columns_open(const char* reader_schema, const char* projection, int uuid_as_text,
                               std::uint64_t max_rows, std::uint64_t max_bytes) {
  auto session = std::make_unique<Session>();
  const auto schema = limpet::avro::parse(reader_schema);
  if (!schema) {
    session->words = describe(schema.error());
    return session.release();
  }
  auto reader = ColumnReader::make(
      *schema, {.projection = lines_of(projection), .uuid_as_text = uuid_as_text != 0},
      {.limits = {.max_rows = max_rows, .max_bytes = max_bytes}});
  if (reader) {
    session->reader.emplace(*std::move(reader));
  } else {
    session->words = describe(reader.error());
  }
  return session.release();
}

COLUMNS_API void columns_close(void* session) { delete static_cast<Session*>(session); }

COLUMNS_API const char* columns_words(void* session) {
  return static_cast<Session*>(session)->words.c_str();
}

/// The number of the writer's plan; -1: refused.
COLUMNS_API int columns_plan(void* handle, const char* writer_schema) {
  auto& session = *static_cast<Session*>(handle);
  const auto schema = limpet::avro::parse(writer_schema);
  auto plan =
      schema ? session.reader->layout().plan(*schema) : limpet::Result<ColumnPlan>(schema.error());
  if (!plan) {
    session.words = describe(plan.error());
    return -1;
  }
  session.plans.push_back(*std::move(plan));
  return static_cast<int>(session.plans.size()) - 1;
}

/// 0: a row, 1: refused, 2: full.
COLUMNS_API int columns_add(void* handle, int plan, const char* payload, std::size_t size) {
  auto& session = *static_cast<Session*>(handle);
  const auto added = session.reader->add(session.plans[static_cast<std::size_t>(plan)],
                                         std::as_bytes(std::span(payload, size)));
  if (added == Added::Refused) session.words = describe(session.reader->fault());
  return static_cast<int>(added);
}

/// 0: handed out.
COLUMNS_API int columns_finish(void* handle, ArrowSchema* schema, ArrowArray* array) {
  auto& session = *static_cast<Session*>(handle);
  const auto status = session.reader->finish(schema, array);
  if (!status) session.words = describe(status.error());
  return status ? 0 : 1;
}

/// As columns_open(); `format` is a limpet::DataFormat. `message`: of a Protobuf schema.
COLUMNS_API void* batch_open(int format, const char* definition, const char* message,
                             const char* projection, int enum_numbers, int micros,
                             std::uint64_t max_rows, std::uint64_t max_bytes) {
  using namespace limpet;  // NOLINT: within one function
  auto batch = std::make_unique<Batch>();
  auto source = std::make_shared<serde::MemorySource>();
  const auto schema = source->add(
      {.id = kVersion, .format = static_cast<DataFormat>(format), .definition = definition});
  if (!schema) {
    batch->words = serde::describe(schema.failure());
    return batch.release();
  }
  auto reader = serde::BatchReader::make(
      source, *schema,
      {.limits = {.max_rows = max_rows, .max_bytes = max_bytes},
       .projection = lines_of(projection),
       .message = message,
       .enum_numbers = enum_numbers != 0,
       .time_unit = micros != 0 ? columns::Unit::Micro : columns::Unit::Nano});
  if (reader) {
    batch->reader.emplace(*std::move(reader));
  } else {
    batch->words = describe(reader.error());
  }
  return batch.release();
}

COLUMNS_API void batch_close(void* batch) { delete static_cast<Batch*>(batch); }

COLUMNS_API const char* batch_words(void* batch) {
  return static_cast<Batch*>(batch)->words.c_str();
}

/// A payload, which is put behind a Glue header here. 0: a row, 1: refused, 2: full.
COLUMNS_API int batch_add(void* handle, const char* payload, std::size_t size) {
  auto& batch = *static_cast<Batch*>(handle);
  const auto header = limpet::serde::glue_header(kVersion);
  std::vector<std::byte> message(header.begin(), header.end());
  const auto bytes = std::as_bytes(std::span(payload, size));
  message.insert(message.end(), bytes.begin(), bytes.end());
  const auto pushed = batch.reader->push({}, message);
  if (pushed == limpet::serde::Pushed::Refused) {
    batch.words = limpet::serde::describe(batch.reader->failure());
  }
  return static_cast<int>(pushed);
}

/// 0: handed out.
COLUMNS_API int batch_finish(void* handle, ArrowSchema* schema, ArrowArray* array) {
  auto& batch = *static_cast<Batch*>(handle);
  const auto status = batch.reader->finish(schema, array);
  if (!status) batch.words = describe(status.error());
  return status ? 0 : 1;
}

}  // extern "C"
