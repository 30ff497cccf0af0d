// What a record costs from its message to a struct or view, and back: the tutorial's record, 38
// bytes as a Glue message, of which 20 are payload.
#include "limpet/serde/deserializer.h"
#include "limpet/serde/serializer.h"
#include "limpet/value/binding.h"

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct User {
  std::string_view name;
  std::int32_t age = 0;
  std::string_view subject;
};
struct OwnedUser {
  std::string name;
  std::int32_t age = 0;
  std::string subject;
};
struct ReorderedUser {
  std::int64_t age = 0;
  std::string_view full_name;
  std::optional<std::string_view> email;
};
// As `limpet codegen` writes it.
struct MadeUser {
  std::string_view name;
  std::int32_t age = 0;
  std::string_view subject;
};

constexpr std::string_view kSchema =
    R"({"namespace":"my.namespace","name":"User","type":"record","fields":[)"
    R"({"name":"name","type":"string"},{"name":"age","type":"int"},)"
    R"({"name":"subject","type":"string"}]})";
constexpr std::string_view kReader =
    R"({"namespace":"my.namespace","name":"User","type":"record","fields":[)"
    R"({"name":"age","type":"long"},{"name":"full_name","type":"string","aliases":["name"]},)"
    R"({"name":"email","type":["null","string"],"default":null}]})";

}  // namespace bench

template <>
struct limpet::value::Binding<bench::User> {
  static constexpr auto type =
      limpet::value::record("my.namespace.User", limpet::value::field<"name">(&bench::User::name),
                            limpet::value::field<"age">(&bench::User::age),
                            limpet::value::field<"subject">(&bench::User::subject));
};
template <>
struct limpet::value::Binding<bench::OwnedUser> {
  static constexpr auto type = limpet::value::record(
      "my.namespace.User", limpet::value::field<"name">(&bench::OwnedUser::name),
      limpet::value::field<"age">(&bench::OwnedUser::age),
      limpet::value::field<"subject">(&bench::OwnedUser::subject));
};
template <>
struct limpet::value::Binding<bench::ReorderedUser> {
  static constexpr auto type = limpet::value::record(
      "my.namespace.User", limpet::value::field<"age">(&bench::ReorderedUser::age),
      limpet::value::field<"full_name">(&bench::ReorderedUser::full_name),
      limpet::value::field<"email">(&bench::ReorderedUser::email));
};
template <>
struct limpet::value::Binding<bench::MadeUser> {
  static constexpr auto type = limpet::value::record(
      "my.namespace.User", limpet::value::field<"name">(&bench::MadeUser::name),
      limpet::value::field<"age">(&bench::MadeUser::age),
      limpet::value::field<"subject">(&bench::MadeUser::subject));
};
template <>
struct limpet::avro::Exact<bench::MadeUser> {
  static constexpr std::string_view kSchema = bench::kSchema;
  static bool read(ExactReader& in, bench::MadeUser& to) {
    return in.read(to.name) && in.read(to.age) && in.read(to.subject);
  }
  static void write(ExactWriter& out, const bench::MadeUser& from) {
    out.write(from.name);
    out.write(from.age);
    out.write(from.subject);
  }
};

namespace limpet::serde {
namespace {

Uuid id_of(std::uint32_t n) {
  std::array<std::uint8_t, 16> bytes{0xB7, 0xB4, 0xA7, 0xF0, 0x9C, 0x96, 0x4E, 0x4A, 0xA6};
  for (std::size_t i = 0; i < 4; ++i) bytes[15 - i] = static_cast<std::uint8_t>(n >> (8 * i));
  return Uuid(bytes);
}

std::shared_ptr<MemorySource> source(std::uint32_t versions = 1) {
  auto out = std::make_shared<MemorySource>();
  for (std::uint32_t n = 0; n < versions; ++n) {
    if (!out->add(RegisteredText{
            .id = id_of(n), .definition = std::string(bench::kSchema), .name = "users"})) {
      std::abort();
    }
  }
  return out;
}

std::string message(std::uint32_t n = 0) {
  const auto header = glue_header(id_of(n));
  return std::string(reinterpret_cast<const char*>(header.data()), header.size()) +  // NOLINT
         "\x10John Doe\x0c\x12something";
}

std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

template <class T>
void read(benchmark::State& state, DeserializerOptions options = {}) {
  const auto reader = *Deserializer<T>::make(source(), std::move(options));
  const std::string bytes = message();
  value::Arena arena;
  T out{};
  for (auto _ : state) {
    arena.reset();
    if (reader.read({.topic = "users"}, as_bytes(bytes), arena, out)) std::abort();
    benchmark::DoNotOptimize(out);
    benchmark::ClobberMemory();
  }
}
void read_struct_of_views(benchmark::State& state) { read<bench::User>(state); }
void read_struct_of_strings(benchmark::State& state) { read<bench::OwnedUser>(state); }
void read_made_struct(benchmark::State& state) { read<bench::MadeUser>(state); }
void read_made_struct_trusted(benchmark::State& state) {
  read<bench::MadeUser>(state, {.utf8 = value::Utf8Policy::Trust});
}
void read_resolved(benchmark::State& state) {
  read<bench::ReorderedUser>(state, {.reader = *avro::parse(bench::kReader)});
}
void read_view(benchmark::State& state) { read<value::View>(state); }
void read_payload(benchmark::State& state) { read<Payload>(state); }
void read_text(benchmark::State& state) { read<std::string>(state); }
BENCHMARK(read_payload);
BENCHMARK(read_struct_of_views);
BENCHMARK(read_struct_of_strings);
BENCHMARK(read_made_struct);
BENCHMARK(read_made_struct_trusted);
BENCHMARK(read_resolved);
BENCHMARK(read_view);
BENCHMARK(read_text);

// A topic of many versions, in turn.
void read_versions(benchmark::State& state) {
  const auto versions = static_cast<std::uint32_t>(state.range(0));
  const auto reader = *Deserializer<bench::User>::make(source(versions));
  std::vector<std::string> messages;
  for (std::uint32_t n = 0; n < versions; ++n) messages.push_back(message(n));
  value::Arena arena;
  bench::User out;
  std::size_t at = 0;
  for (auto _ : state) {
    if (reader.read({.topic = "users"}, as_bytes(messages[at]), arena, out)) std::abort();
    if (++at == messages.size()) at = 0;
    benchmark::DoNotOptimize(out);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(read_versions)->Arg(1)->Arg(16)->Arg(1'000);

// Both threads share the Deserializer.
void read_by_threads(benchmark::State& state) {
  static const auto reader = *Deserializer<bench::User>::make(source());
  const std::string bytes = message();
  value::Arena arena;
  bench::User out;
  for (auto _ : state) {
    if (reader.read({.topic = "users"}, as_bytes(bytes), arena, out)) std::abort();
    benchmark::DoNotOptimize(out);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(read_by_threads)->Threads(1)->Threads(2);

template <class T>
void write(benchmark::State& state, const T& record,
           value::Utf8Policy utf8 = value::Utf8Policy::Validate) {
  const auto writer =
      *Serializer<T>::make(source(), {.definition = std::string(bench::kSchema), .utf8 = utf8});
  codec::ByteBuffer out;
  for (auto _ : state) {
    out.clear();
    if (writer.append({.topic = "users"}, record, out)) std::abort();
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
}
void write_struct(benchmark::State& state) {
  write(state, bench::User{"John Doe", 6, "something"});
}
void write_made_struct_trusted(benchmark::State& state) {
  write(state, bench::MadeUser{"John Doe", 6, "something"}, value::Utf8Policy::Trust);
}
void write_encoded(benchmark::State& state) {
  const std::string bytes = message();
  write(state, Encoded{as_bytes(bytes).subspan(18)});
}
void write_text(benchmark::State& state) {
  write<std::string_view>(state, R"({"name":"John Doe","age":6,"subject":"something"})");
}
void write_view(benchmark::State& state) {
  const auto reader = *Deserializer<value::View>::make(source());
  const std::string bytes = message();
  value::Arena arena;
  value::View view;
  if (reader.read({}, as_bytes(bytes), arena, view)) std::abort();
  write(state, view);
}
BENCHMARK(write_encoded);
BENCHMARK(write_struct);
BENCHMARK(write_made_struct_trusted);
BENCHMARK(write_view);
BENCHMARK(write_text);

}  // namespace
}  // namespace limpet::serde
