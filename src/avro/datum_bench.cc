// Reading and writing one datum: the tutorial's record of 20 bytes, and a wide one.
#include "limpet/avro/datum_reader.h"
#include "limpet/avro/datum_writer.h"
#include "limpet/avro/schema.h"
#include "limpet/avro/struct_reader.h"
#include "limpet/avro/struct_writer.h"
#include "limpet/base/assert.h"
#include "limpet/value/binding.h"

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::avro {
namespace {

constexpr std::string_view kTutorial = R"({"type":"record","name":"User","namespace":"my.namespace",
  "fields":[{"name":"name","type":"string"},{"name":"age","type":"int"},
            {"name":"subject","type":"string"}]})";
// The same with other types in another order, one field less and one more.
constexpr std::string_view kReordered = R"({"type":"record","name":"User",
  "namespace":"my.namespace","fields":[{"name":"age","type":"long"},
  {"name":"email","type":["null","string"],"default":null},
  {"name":"full_name","aliases":["name"],"type":"string"}]})";
constexpr std::string_view kPayload = "\x10John Doe\x0c\x12something";

struct User {
  std::string_view name;
  std::int32_t age = 0;
  std::string_view subject;
};
struct OwningUser {
  std::string name;
  std::int32_t age = 0;
  std::string subject;
};
struct OtherUser {
  std::int64_t age = 0;
  std::optional<std::string_view> email;
  std::string_view full_name;
};

// Fifty fields ["null", T]; every third is null.
struct Wide {
#define LIMPET_WIDE(i)                     \
  std::optional<std::int64_t> number##i;   \
  std::optional<std::string_view> text##i; \
  std::optional<double> real##i;           \
  std::optional<std::int32_t> small##i;    \
  std::optional<bool> flag##i;
  LIMPET_WIDE(0)
  LIMPET_WIDE(1)
  LIMPET_WIDE(2)
  LIMPET_WIDE(3)
  LIMPET_WIDE(4)
  LIMPET_WIDE(5)
  LIMPET_WIDE(6)
  LIMPET_WIDE(7)
  LIMPET_WIDE(8)
  LIMPET_WIDE(9)
#undef LIMPET_WIDE
};

}  // namespace
}  // namespace limpet::avro

namespace limpet::value {
template <>
struct Binding<avro::User> {
  static constexpr auto type =
      record("my.namespace.User", field<"name">(&avro::User::name), field<"age">(&avro::User::age),
             field<"subject">(&avro::User::subject));
};
template <>
struct Binding<avro::OwningUser> {
  static constexpr auto type =
      record("my.namespace.User", field<"name">(&avro::OwningUser::name),
             field<"age">(&avro::OwningUser::age), field<"subject">(&avro::OwningUser::subject));
};
template <>
struct Binding<avro::OtherUser> {
  static constexpr auto type = record("my.namespace.User", field<"age">(&avro::OtherUser::age),
                                      field<"email">(&avro::OtherUser::email),
                                      field<"full_name">(&avro::OtherUser::full_name));
};
template <>
struct Binding<avro::Wide> {
#define LIMPET_WIDE(i)                                                                  \
  field<"number" #i>(&avro::Wide::number##i), field<"text" #i>(&avro::Wide::text##i),   \
      field<"real" #i>(&avro::Wide::real##i), field<"small" #i>(&avro::Wide::small##i), \
      field<"flag" #i>(&avro::Wide::flag##i)
  static constexpr auto type =
      record("Wide", LIMPET_WIDE(0), LIMPET_WIDE(1), LIMPET_WIDE(2), LIMPET_WIDE(3), LIMPET_WIDE(4),
             LIMPET_WIDE(5), LIMPET_WIDE(6), LIMPET_WIDE(7), LIMPET_WIDE(8), LIMPET_WIDE(9));
#undef LIMPET_WIDE
};
}  // namespace limpet::value

namespace limpet::avro {
namespace {

Schema schema(std::string_view text) {
  auto parsed = parse(text);
  LIMPET_ASSERT(parsed.has_value());
  return *std::move(parsed);
}

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

template <class T>
void read_struct(benchmark::State& state, std::string_view reader_text) {
  const Schema writer = schema(kTutorial);
  const Schema reader_schema = schema(reader_text);
  const auto reader = TypedReader<T>::make(writer, {.reader = &reader_schema});
  LIMPET_ASSERT(reader.has_value());
  value::Arena arena;
  T user;
  for (auto _ : state) {
    std::string_view payload = kPayload;
    benchmark::DoNotOptimize(payload);
    LIMPET_ASSERT(!reader->read(bytes(payload), arena, user));
    benchmark::DoNotOptimize(user);
  }
}

void StructOfViews(benchmark::State& state) { read_struct<User>(state, kTutorial); }
BENCHMARK(StructOfViews);
void StructResolved(benchmark::State& state) { read_struct<OtherUser>(state, kReordered); }
BENCHMARK(StructResolved);
void StructOfStrings(benchmark::State& state) { read_struct<OwningUser>(state, kTutorial); }
BENCHMARK(StructOfStrings);

void generic(benchmark::State& state, std::string_view reader_text) {
  const Schema writer = schema(kTutorial);
  const Schema reader_schema = schema(reader_text);
  const auto reader = DatumReader::make(writer, {.reader = &reader_schema});
  LIMPET_ASSERT(reader.has_value());
  value::Arena arena;
  value::View record;
  for (auto _ : state) {
    std::string_view payload = kPayload;
    benchmark::DoNotOptimize(payload);
    arena.reset();
    LIMPET_ASSERT(!reader->read(bytes(payload), arena, record));
    benchmark::DoNotOptimize(record);
  }
}
void GenericView(benchmark::State& state) { generic(state, kTutorial); }
BENCHMARK(GenericView);
void GenericViewResolved(benchmark::State& state) { generic(state, kReordered); }
BENCHMARK(GenericViewResolved);

template <class T>
void write_struct(benchmark::State& state, const T& user) {
  const auto writer = TypedWriter<T>::make(schema(kTutorial));
  LIMPET_ASSERT(writer.has_value());
  codec::ByteBuffer out;
  for (auto _ : state) {
    out.clear();
    LIMPET_ASSERT(!writer->write(user, out));
    benchmark::DoNotOptimize(out.data());
  }
  LIMPET_ASSERT(out.text() == kPayload);
}
void WriteStructOfViews(benchmark::State& state) {
  write_struct<User>(state, {"John Doe", 6, "something"});
}
BENCHMARK(WriteStructOfViews);
void WriteStructOfStrings(benchmark::State& state) {
  write_struct<OwningUser>(state, {"John Doe", 6, "something"});
}
BENCHMARK(WriteStructOfStrings);

void WriteGenericView(benchmark::State& state) {
  const Schema tutorial = schema(kTutorial);
  const auto reader = DatumReader::make(tutorial);
  const auto writer = DatumWriter::make(tutorial);
  value::Arena arena;
  value::View record;
  LIMPET_ASSERT(!reader->read(bytes(kPayload), arena, record));
  codec::ByteBuffer out;
  for (auto _ : state) {
    out.clear();
    LIMPET_ASSERT(!writer->write(record, out));
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(WriteGenericView);

// ---- fifty fields ----

std::string wide_schema() {
  constexpr std::array<std::array<std::string_view, 2>, 5> kFields{{{"number", "long"},
                                                                    {"text", "string"},
                                                                    {"real", "double"},
                                                                    {"small", "int"},
                                                                    {"flag", "boolean"}}};
  std::string out = R"({"type":"record","name":"Wide","fields":[)";
  for (int i = 0; i < 10; ++i) {
    for (const auto& [name, type] : kFields) {
      out += out.back() == '[' ? "" : ",";
      out += R"({"name":")" + std::string(name) + std::to_string(i) + R"(","type":["null",")" +
             std::string(type) + R"("]})";
    }
  }
  return out + "]}";
}

std::string wide_payload() {
  constexpr std::array<std::string_view, 5> kValues{"\xAC\xF6\x1F", "\x14some text.", "ABCDEFG@",
                                                    "\x80\x20", "\x01"};
  std::string out;
  for (std::size_t i = 0; i < 50; ++i) {
    if (i % 3 == 2) {
      out += '\0';
    } else {
      out += '\2';
      out += kValues[i % 5];
    }
  }
  return out;
}

void WideStruct(benchmark::State& state) {
  const auto reader = TypedReader<Wide>::make(schema(wide_schema()));
  LIMPET_ASSERT(reader.has_value());
  const std::string payload = wide_payload();
  value::Arena arena;
  Wide wide;
  for (auto _ : state) {
    LIMPET_ASSERT(!reader->read(bytes(payload), arena, wide));
    benchmark::DoNotOptimize(wide);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(payload.size()) * state.iterations());
}
BENCHMARK(WideStruct);

void WideView(benchmark::State& state) {
  const auto reader = DatumReader::make(schema(wide_schema()));
  LIMPET_ASSERT(reader.has_value());
  const std::string payload = wide_payload();
  value::Arena arena;
  value::View record;
  for (auto _ : state) {
    arena.reset();
    LIMPET_ASSERT(!reader->read(bytes(payload), arena, record));
    benchmark::DoNotOptimize(record);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(payload.size()) * state.iterations());
}
BENCHMARK(WideView);

void WriteWideStruct(benchmark::State& state) {
  const auto reader = TypedReader<Wide>::make(schema(wide_schema()));
  const auto writer = TypedWriter<Wide>::make(schema(wide_schema()));
  LIMPET_ASSERT(reader.has_value() && writer.has_value());
  const std::string payload = wide_payload();
  value::Arena arena;
  Wide wide;
  LIMPET_ASSERT(!reader->read(bytes(payload), arena, wide));
  codec::ByteBuffer out;
  for (auto _ : state) {
    out.clear();
    LIMPET_ASSERT(!writer->write(wide, out));
    benchmark::DoNotOptimize(out.data());
  }
  LIMPET_ASSERT(out.text() == payload);
}
BENCHMARK(WriteWideStruct);

// ---- the floor ----

// What a person writes for this one schema: bounds checked, text not.
const char* by_hand(const char* at, const char* end, User& user) {
  const auto number = [&](std::int64_t& out) {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == end) return false;
      const auto byte = static_cast<std::uint8_t>(*at++);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) {
        out = static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
        return true;
      }
    }
    return false;
  };
  const auto text = [&](std::string_view& out) {
    std::int64_t size = 0;
    if (!number(size) || static_cast<std::uint64_t>(size) > static_cast<std::size_t>(end - at)) {
      return false;
    }
    out = {at, static_cast<std::size_t>(size)};
    at += size;
    return true;
  };
  std::int64_t age = 0;
  if (!text(user.name) || !number(age) || !text(user.subject)) return nullptr;
  user.age = static_cast<std::int32_t>(age);
  return at;
}

void HandWritten(benchmark::State& state) {
  User user;
  for (auto _ : state) {
    std::string_view payload = kPayload;
    benchmark::DoNotOptimize(payload);
    LIMPET_ASSERT(by_hand(payload.data(), payload.data() + payload.size(), user) != nullptr);
    benchmark::DoNotOptimize(user);
  }
}
BENCHMARK(HandWritten);

}  // namespace
}  // namespace limpet::avro
