// Reading a message to a view and to a struct, and writing them, beside libprotobuf's own parse on
// the same bytes: of the class that protoc makes, fresh, in an arena and used again, and of a
// dynamic message.
#include "document.h"
#include "message_bench.pb.h"

#include "limpet/protobuf/message_reader.h"
#include "limpet/protobuf/message_struct.h"
#include "limpet/protobuf/message_writer.h"
#include "limpet/protobuf/transcode.h"
#include "limpet/value/binding.h"
#include "limpet/value/json_text.h"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <google/protobuf/arena.h>
#include <google/protobuf/dynamic_message.h>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::protobuf {
namespace {

struct UserStruct {
  std::string_view name;
  std::int32_t age = 0;
  std::string_view subject;
};
enum class State : std::uint8_t { New, Paid, Sent };
struct LineStruct {
  std::string_view article;
  std::int32_t count = 0;
  std::int64_t price = 0;
};
struct OrderStruct {
  std::int64_t id = 0;
  std::string_view customer;
  double total = 0;
  State state = State::New;
  std::vector<LineStruct> lines;
  std::vector<std::int32_t> marks;
  std::map<std::string, std::string> tags;
  std::optional<std::string_view> remark;
  bool express = false;
  std::uint64_t at = 0;
};

}  // namespace
}  // namespace limpet::protobuf

namespace limpet::value {
template <>
struct EnumBinding<protobuf::State> {
  using S = protobuf::State;
  static constexpr auto symbols =
      value::symbols<S>({{"NEW", S::New}, {"PAID", S::Paid}, {"SENT", S::Sent}});
};
template <>
struct Binding<protobuf::UserStruct> {
  using U = protobuf::UserStruct;
  static constexpr auto type = record("limpet.bench.User", field<"name">(&U::name),
                                      field<"age">(&U::age), field<"subject">(&U::subject));
};
template <>
struct Binding<protobuf::LineStruct> {
  using L = protobuf::LineStruct;
  static constexpr auto type = record("limpet.bench.Order.Line", field<"article">(&L::article),
                                      field<"count">(&L::count), field<"price">(&L::price));
};
template <>
struct Binding<protobuf::OrderStruct> {
  using O = protobuf::OrderStruct;
  static constexpr auto type =
      record("limpet.bench.Order", field<"id">(&O::id), field<"customer">(&O::customer),
             field<"total">(&O::total), field<"state">(&O::state), field<"lines">(&O::lines),
             field<"marks">(&O::marks), field<"tags">(&O::tags), field<"remark">(&O::remark),
             field<"express">(&O::express), field<"at">(&O::at));
};
}  // namespace limpet::value

namespace limpet::protobuf {
namespace {

std::string user_bytes() {
  bench::User user;
  user.set_name("John Doe");
  user.set_age(42);
  user.set_subject("maths");
  return user.SerializeAsString();
}

std::string order_bytes(int lines) {
  bench::Order order;
  order.set_id(123'456'789);
  order.set_customer("Ada Lovelace, London");
  order.set_total(99.95);
  order.set_state(bench::Order::PAID);
  for (int i = 0; i < lines; ++i) {
    auto& line = *order.add_lines();
    line.set_article("article number " + std::to_string(i));
    line.set_count(i + 1);
    line.set_price(1'000 * (i + 1));
    order.add_marks(i * 40);
  }
  (*order.mutable_tags())["channel"] = "web";
  (*order.mutable_tags())["country"] = "UK";
  order.set_remark("leave it with the neighbours");
  order.set_express(true);
  order.set_at(1'700'000'000'000);
  return order.SerializeAsString();
}

Schema schema() {
  std::ifstream in(LIMPET_BENCH_PROTO);
  auto parsed = parse(std::string(std::istreambuf_iterator<char>(in), {}));
  if (!parsed) std::abort();
  return *std::move(parsed);
}

struct Case {
  const char* message;
  std::string bytes;
};
Case case_of(std::int64_t lines) {
  if (lines < 0) return {"limpet.bench.User", user_bytes()};
  return {"limpet.bench.Order", order_bytes(static_cast<int>(lines))};
}

void set_bytes(benchmark::State& state, const Case& input) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(input.bytes.size()));
}

void our_view(benchmark::State& state) {
  const auto input = case_of(state.range(0));
  const auto all = schema();
  const auto reader = *MessageReader::make(all, *all.find_message(input.message));
  value::Arena arena;
  value::View view;
  const auto bytes = std::as_bytes(std::span(input.bytes));
  for (auto _ : state) {
    arena.reset();
    if (reader.read(bytes, arena, view)) std::abort();
    benchmark::DoNotOptimize(view);
  }
  set_bytes(state, input);
}
BENCHMARK(our_view)->Arg(-1)->Arg(3)->Arg(50)->Arg(2000);

template <class Struct>
void read_struct(benchmark::State& state, const Case& input) {
  const auto all = schema();
  const auto reader = *MessageStructReader::make(all, *all.find_message(input.message),
                                                 value::struct_type<Struct>());
  value::Arena arena;
  Struct object;
  const auto bytes = std::as_bytes(std::span(input.bytes));
  for (auto _ : state) {
    arena.reset();
    if (reader.read(bytes, arena, &object)) std::abort();
    benchmark::DoNotOptimize(object);
  }
  set_bytes(state, input);
}
void our_struct(benchmark::State& state) {
  const auto input = case_of(state.range(0));
  if (state.range(0) < 0) {
    read_struct<UserStruct>(state, input);
  } else {
    read_struct<OrderStruct>(state, input);
  }
}
BENCHMARK(our_struct)->Arg(-1)->Arg(3)->Arg(50)->Arg(2000);

template <class Message>
void generated_in_arena(benchmark::State& state, const Case& input) {
  std::vector<char> room(1UL << 16);
  pb::ArenaOptions options;
  options.initial_block = room.data();
  options.initial_block_size = room.size();
  pb::Arena arena(options);
  for (auto _ : state) {
    arena.Reset();
    auto* message = pb::Arena::CreateMessage<Message>(&arena);
    if (!message->ParseFromString(input.bytes)) std::abort();
    benchmark::DoNotOptimize(message);
  }
}
void libprotobuf_generated_arena(benchmark::State& state) {
  const auto input = case_of(state.range(0));
  if (state.range(0) < 0) {
    generated_in_arena<bench::User>(state, input);
  } else {
    generated_in_arena<bench::Order>(state, input);
  }
  set_bytes(state, input);
}
BENCHMARK(libprotobuf_generated_arena)->Arg(-1)->Arg(3)->Arg(50)->Arg(2000);

template <class Message>
void generated_again(benchmark::State& state, const Case& input) {
  Message message;
  for (auto _ : state) {
    if (!message.ParseFromString(input.bytes)) std::abort();
    benchmark::DoNotOptimize(message);
  }
}
void libprotobuf_generated_reused(benchmark::State& state) {
  const auto input = case_of(state.range(0));
  if (state.range(0) < 0) {
    generated_again<bench::User>(state, input);
  } else {
    generated_again<bench::Order>(state, input);
  }
  set_bytes(state, input);
}
BENCHMARK(libprotobuf_generated_reused)->Arg(-1)->Arg(3)->Arg(50)->Arg(2000);

void libprotobuf_dynamic_reused(benchmark::State& state) {
  const auto input = case_of(state.range(0));
  const auto all = schema();
  pb::DynamicMessageFactory factory(&all.document().pool);
  const auto* type = all.document().pool.FindMessageTypeByName(input.message);
  const std::unique_ptr<pb::Message> message(factory.GetPrototype(type)->New());
  for (auto _ : state) {
    if (!message->ParseFromString(input.bytes)) std::abort();
    benchmark::DoNotOptimize(*message);
  }
  set_bytes(state, input);
}
BENCHMARK(libprotobuf_dynamic_reused)->Arg(-1)->Arg(3)->Arg(50)->Arg(2000);

// To JSON: by views, by a Transcoder (all of ProtoJSON), by libprotobuf prepared at each call.
void our_json(benchmark::State& state) {
  const auto input = case_of(state.range(0));
  const auto all = schema();
  const auto reader = *MessageReader::make(all, *all.find_message(input.message));
  value::Arena arena;
  value::View view;
  std::string text;
  for (auto _ : state) {
    arena.reset();
    text.clear();
    if (reader.read(std::as_bytes(std::span(input.bytes)), arena, view)) std::abort();
    if (value::append_json(view, text)) std::abort();
    benchmark::DoNotOptimize(text.data());
  }
  set_bytes(state, input);
}
BENCHMARK(our_json)->Arg(-1)->Arg(3);

void transcoder_json(benchmark::State& state) {
  const auto input = case_of(state.range(0));
  const auto all = schema();
  const auto transcoder = *Transcoder::make(all, *all.find_message(input.message));
  for (auto _ : state) benchmark::DoNotOptimize(transcoder.decode(input.bytes));
  set_bytes(state, input);
}
BENCHMARK(transcoder_json)->Arg(-1)->Arg(3);

void transcode_once(benchmark::State& state) {
  const auto input = case_of(state.range(0));
  const auto all = schema();
  const auto& message = *all.find_message(input.message);
  for (auto _ : state) benchmark::DoNotOptimize(decode(all, message, input.bytes));
  set_bytes(state, input);
}
BENCHMARK(transcode_once)->Arg(-1)->Arg(3);

void our_write(benchmark::State& state) {
  const auto input = case_of(state.range(0));
  const auto all = schema();
  const auto& message = *all.find_message(input.message);
  const auto reader = *MessageReader::make(all, message);
  const auto writer = *MessageWriter::make(all, message);
  value::Arena arena;
  value::View view;
  if (reader.read(std::as_bytes(std::span(input.bytes)), arena, view)) std::abort();
  std::string out;
  for (auto _ : state) {
    out.clear();
    if (writer.append(view, out)) std::abort();
    benchmark::DoNotOptimize(out.data());
  }
  set_bytes(state, input);
}
BENCHMARK(our_write)->Arg(-1)->Arg(3)->Arg(50);

template <class Struct>
void write_struct(benchmark::State& state, const Case& input) {
  const auto all = schema();
  const auto& message = *all.find_message(input.message);
  const auto& type = value::struct_type<Struct>();
  const auto reader = *MessageStructReader::make(all, message, type);
  const auto writer = *MessageStructWriter::make(all, message, type);
  value::Arena arena;
  Struct object;
  if (reader.read(std::as_bytes(std::span(input.bytes)), arena, &object)) std::abort();
  value::Arena scratch;
  std::string out;
  for (auto _ : state) {
    out.clear();
    scratch.reset();
    if (writer.append(&object, scratch, out)) std::abort();
    benchmark::DoNotOptimize(out.data());
  }
  if (out.size() != input.bytes.size()) std::abort();
  set_bytes(state, input);
}
void our_struct_write(benchmark::State& state) {
  const auto input = case_of(state.range(0));
  if (state.range(0) < 0) {
    write_struct<UserStruct>(state, input);
  } else {
    write_struct<OrderStruct>(state, input);
  }
}
BENCHMARK(our_struct_write)->Arg(-1)->Arg(3)->Arg(50);

void libprotobuf_write(benchmark::State& state) {
  const auto input = case_of(state.range(0));
  bench::User user;
  bench::Order order;
  pb::Message& message = state.range(0) < 0 ? static_cast<pb::Message&>(user) : order;
  if (!message.ParseFromString(input.bytes)) std::abort();
  std::string out;
  for (auto _ : state) {
    out.clear();
    if (!message.AppendToString(&out)) std::abort();
    benchmark::DoNotOptimize(out.data());
  }
  set_bytes(state, input);
}
BENCHMARK(libprotobuf_write)->Arg(-1)->Arg(3)->Arg(50);

}  // namespace
}  // namespace limpet::protobuf
