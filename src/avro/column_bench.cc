// What a row costs in columns, beside a decoder written by hand for the one schema.
//
// The record is that of the tutorial with a double: name, age, subject, score. Items are rows.
#include "read_context.h"

#include "limpet/avro/column_reader.h"
#include "limpet/codec/varint.h"

#include <benchmark/benchmark.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace limpet::avro {
namespace {

constexpr std::size_t kRows = 10'000;

constexpr std::string_view kUser = R"({"type":"record","name":"User","namespace":"my.namespace",
  "fields":[{"name":"name","type":"string"},{"name":"age","type":"int"},
            {"name":"subject","type":"string"},{"name":"score","type":"double"}]})";
// A later version: a field between, one promoted, one gone.
constexpr std::string_view kOtherUser =
    R"({"type":"record","name":"User","namespace":"my.namespace",
  "fields":[{"name":"age","type":"int"},{"name":"nick","type":["null","string"]},
            {"name":"name","type":"string"},{"name":"score","type":"float"},
            {"name":"subject","type":"string"}]})";

Schema schema_of(std::string_view text) { return *parse(text); }

class Writer {
 public:
  explicit Writer(std::uint32_t seed) : random_(seed) {}

  std::size_t pick(std::size_t below) { return random_() % below; }
  void number(std::int64_t value) {
    std::byte bytes[codec::kVarint64Bytes];
    const auto* end = codec::write_varint64(bytes, codec::zigzag64(value));
    out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(end - bytes));
  }
  void text(std::size_t least, std::size_t more) {
    const auto size = least + pick(more);
    number(static_cast<std::int64_t>(size));
    for (std::size_t i = 0; i < size; ++i) out += static_cast<char>('a' + pick(26));
  }
  template <class T>
  void raw(T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
  }

  std::string out;

 private:
  std::mt19937 random_;
};

using Payloads = std::vector<std::string>;

Payloads users() {
  Payloads payloads;
  Writer writer(1);
  for (std::size_t i = 0; i < kRows; ++i) {
    writer.out.clear();
    writer.text(6, 7);
    writer.number(static_cast<std::int64_t>(writer.pick(100)));
    writer.text(5, 9);
    writer.raw(static_cast<double>(i) / 8);
    payloads.push_back(writer.out);
  }
  return payloads;
}

Payloads other_users() {
  Payloads payloads;
  Writer writer(2);
  for (std::size_t i = 0; i < kRows; ++i) {
    writer.out.clear();
    writer.number(static_cast<std::int64_t>(writer.pick(100)));
    const auto nick = writer.pick(2);
    writer.number(static_cast<std::int64_t>(nick));
    if (nick == 1) writer.text(3, 4);
    writer.text(6, 7);
    writer.raw(static_cast<float>(i) / 8);
    writer.text(5, 9);
    payloads.push_back(writer.out);
  }
  return payloads;
}

void finish(benchmark::State& state, ColumnReader& reader) {
  columns::Owned<ArrowSchema> schema;
  columns::Owned<ArrowArray> array;
  if (!reader.finish(schema.get(), array.get())) state.SkipWithError("not finished");
  benchmark::DoNotOptimize(array.get());
}

void read_all(benchmark::State& state, ColumnReader& reader, const ColumnPlan& plan,
              const Payloads& payloads) {
  for (const auto& payload : payloads) {
    if (reader.add(plan, std::as_bytes(std::span(payload))) != Added::Row) {
      state.SkipWithError("refused");
    }
  }
  finish(state, reader);
}

// ---- by hand: what a person would write for this schema, bounds checked
// ---------------------------

template <class T>
class Plain {
 public:
  explicit Plain(std::size_t room)
      : data_(static_cast<T*>(std::aligned_alloc(64, room * sizeof(T)))) {}
  ~Plain() { std::free(data_); }
  Plain(const Plain&) = delete;
  Plain& operator=(const Plain&) = delete;
  T* data() { return data_; }

 private:
  T* data_;
};

struct HandBatch {
  Plain<std::int32_t> name_offsets{kRows + 64};
  Plain<char> names{kRows * 32};
  Plain<std::int32_t> ages{kRows};
  Plain<std::int32_t> subject_offsets{kRows + 64};
  Plain<char> subjects{kRows * 32};
  Plain<double> scores{kRows};
  std::size_t rows = 0;
  std::size_t name_bytes = 0;
  std::size_t subject_bytes = 0;
};

const std::byte* hand_text(const std::byte* at, const std::byte* end, char* text, std::size_t& used,
                           std::int32_t* offset) {
  const auto read = codec::read_varint64(at, end);
  if (!read) return nullptr;
  const auto size = static_cast<std::uint64_t>(codec::unzigzag64(read.value));
  if (size > static_cast<std::uint64_t>(end - read.next) || used + size > kRows * 32) {
    return nullptr;
  }
  if (!is_ascii(reinterpret_cast<const char*>(read.next), size)) return nullptr;
  std::memcpy(text + used, read.next, size);
  used += size;
  *offset = static_cast<std::int32_t>(used);
  return read.next + size;
}

bool hand_row(const std::string& payload, HandBatch& batch) {
  const auto* at = reinterpret_cast<const std::byte*>(payload.data());
  const auto* end = at + payload.size();
  if (batch.rows == kRows) return false;
  at = hand_text(at, end, batch.names.data(), batch.name_bytes,
                 batch.name_offsets.data() + batch.rows + 1);
  if (at == nullptr) return false;
  const auto age = codec::read_varint32(at, end);
  if (!age) return false;
  batch.ages.data()[batch.rows] = codec::unzigzag32(age.value);
  at = hand_text(age.next, end, batch.subjects.data(), batch.subject_bytes,
                 batch.subject_offsets.data() + batch.rows + 1);
  if (at == nullptr || end - at < 8) return false;
  std::memcpy(batch.scores.data() + batch.rows, at, 8);
  ++batch.rows;
  return true;
}

void user_by_hand(benchmark::State& state) {
  const auto payloads = users();
  for (auto _ : state) {
    HandBatch batch;
    for (const auto& payload : payloads) {
      if (!hand_row(payload, batch)) state.SkipWithError("refused");
    }
    benchmark::DoNotOptimize(batch.scores.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
}
BENCHMARK(user_by_hand);

// ---- ours
// -----------------------------------------------------------------------------------------

void user(benchmark::State& state) {
  const auto schema = schema_of(kUser);
  auto reader = *ColumnReader::make(schema);
  const auto plan = *reader.layout().plan(schema);
  const auto payloads = users();
  for (auto _ : state) read_all(state, reader, plan, payloads);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
}
BENCHMARK(user);

void user_of_another_version(benchmark::State& state) {
  auto reader = *ColumnReader::make(schema_of(kUser));
  const auto plan = *reader.layout().plan(schema_of(kOtherUser));
  const auto payloads = other_users();
  for (auto _ : state) read_all(state, reader, plan, payloads);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
}
BENCHMARK(user_of_another_version);

void user_in_mixed_versions(benchmark::State& state) {
  auto reader = *ColumnReader::make(schema_of(kUser));
  const auto plan = *reader.layout().plan(schema_of(kUser));
  const auto other_plan = *reader.layout().plan(schema_of(kOtherUser));
  const auto payloads = users();
  const auto others = other_users();
  for (auto _ : state) {
    for (std::size_t i = 0; i < kRows; ++i) {
      const bool other = i % 2 == 1;
      const auto& payload = other ? others[i] : payloads[i];
      if (reader.add(other ? other_plan : plan, std::as_bytes(std::span(payload))) != Added::Row) {
        state.SkipWithError("refused");
      }
    }
    finish(state, reader);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
}
BENCHMARK(user_in_mixed_versions);

void one_column_of_user(benchmark::State& state) {
  const auto schema = schema_of(kUser);
  auto reader = *ColumnReader::make(schema, {.projection = {"score"}});
  const auto plan = *reader.layout().plan(schema);
  const auto payloads = users();
  for (auto _ : state) read_all(state, reader, plan, payloads);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
}
BENCHMARK(one_column_of_user);

// Every other record is cut off in its last field: taken back from all columns.
void user_with_bad_rows(benchmark::State& state) {
  const auto schema = schema_of(kUser);
  auto reader = *ColumnReader::make(schema);
  const auto plan = *reader.layout().plan(schema);
  auto payloads = users();
  for (std::size_t i = 0; i < kRows; i += 2) payloads[i].pop_back();
  for (auto _ : state) {
    for (const auto& payload : payloads) reader.add(plan, std::as_bytes(std::span(payload)));
    if (reader.rows() != kRows / 2) state.SkipWithError("read too much");
    finish(state, reader);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
}
BENCHMARK(user_with_bad_rows);

// 50 nullable fields of four types, of which one in `range` is null (0: none).
void wide(benchmark::State& state) {
  std::string text = R"({"type":"record","name":"Wide","fields":[)";
  constexpr std::string_view kTypes[] = {"int", "string", "long", "double"};
  for (int i = 0; i < 50; ++i) {
    text += (i == 0 ? "" : ",") + std::string(R"({"name":"f)") + std::to_string(i) +
            R"(","type":["null",")" + std::string(kTypes[i % 4]) + R"("]})";
  }
  const auto schema = schema_of(text + "]}");
  const auto one_in = static_cast<std::size_t>(state.range(0));
  Payloads payloads;
  Writer writer(3);
  for (std::size_t row = 0; row < kRows / 10; ++row) {
    writer.out.clear();
    for (int i = 0; i < 50; ++i) {
      const bool null = one_in > 0 && writer.pick(one_in) == 0;
      writer.number(null ? 0 : 1);
      if (null) continue;
      if (i % 4 == 0) writer.number(static_cast<std::int64_t>(writer.pick(1000)));
      if (i % 4 == 1) writer.text(4, 10);
      if (i % 4 == 2) writer.number(1'700'000'000'000 + static_cast<std::int64_t>(row));
      if (i % 4 == 3) writer.raw(0.5);
    }
    payloads.push_back(writer.out);
  }
  auto reader = *ColumnReader::make(schema);
  const auto plan = *reader.layout().plan(schema);
  for (auto _ : state) read_all(state, reader, plan, payloads);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(payloads.size()));
}
BENCHMARK(wide)->Arg(0)->Arg(2)->Arg(10);

}  // namespace
}  // namespace limpet::avro
