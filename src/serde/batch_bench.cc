// Messages of each format into columns, a row; for JSON and Protobuf beside reading them to views,
// which comes first.
#include "testing/messages.h"

#include "limpet/protobuf/message_index.h"
#include "limpet/protobuf/transcode.h"
#include "limpet/serde/batch_reader.h"

#include <benchmark/benchmark.h>

#include <string>

namespace limpet::serde {
namespace {

using testing::as_bytes;
using testing::glue;
using testing::kUserId;
using testing::source_of;

constexpr std::string_view kRecord = R"({"name":"John Doe","age":6,"subject":"something"})";
constexpr std::string_view kJson =
    R"({"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"},)"
    R"("subject":{"type":"string"}},"required":["name","age"]})";
constexpr std::string_view kProtobuf =
    "syntax = \"proto3\";\nmessage User {\n  string name = 1;\n  int32 age = 2;\n  string subject "
    "= 3;\n}\n";

struct Case {
  DataFormat format;
  std::string_view definition;

  std::string message() const {
    if (format == DataFormat::Avro) return glue(kUserId, testing::user_payload());
    if (format == DataFormat::Json) return glue(kUserId, kRecord);
    const auto schema = protobuf::parse(definition);
    const auto bytes = protobuf::encode(*schema, schema->file().messages[0], kRecord);
    return glue(kUserId, protobuf::encode_glue_index(0) + *bytes);
  }
};
constexpr Case kCases[] = {{DataFormat::Avro, testing::kUserSchema},
                           {DataFormat::Json, kJson},
                           {DataFormat::Protobuf, kProtobuf}};

void push_row(benchmark::State& state) {
  const Case& of = kCases[state.range(0)];
  const auto source = source_of(of.definition, of.format);
  auto reader = BatchReader::make(source, *source->by_version(kUserId));
  const std::string message = of.message();
  for (auto _ : state) {
    const auto pushed = reader->push({}, as_bytes(message));
    if (pushed == Pushed::Row) [[likely]]
      continue;
    if (pushed == Pushed::Refused) state.SkipWithError("refused");
    columns::Owned<ArrowSchema> names;
    columns::Owned<ArrowArray> data;
    if (!reader->finish(names.get(), data.get())) state.SkipWithError("not handed out");
  }
}
BENCHMARK(push_row)->DenseRange(0, 2)->ArgName("format");

void read_view(benchmark::State& state) {
  const Case& of = kCases[state.range(0)];
  const auto views = Deserializer<value::View>::make(source_of(of.definition, of.format));
  const std::string message = of.message();
  value::Arena arena;
  for (auto _ : state) {
    arena.reset();
    value::View view;
    if (views->read({}, as_bytes(message), arena, view)) state.SkipWithError("refused");
    benchmark::DoNotOptimize(view);
  }
}
BENCHMARK(read_view)->DenseRange(0, 2)->ArgName("format");

}  // namespace
}  // namespace limpet::serde
