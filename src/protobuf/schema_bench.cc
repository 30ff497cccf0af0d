// What a registration costs: parse a schema of ten fields, its forms, and compare it with another.
#include "limpet/protobuf/compare.h"
#include "limpet/protobuf/schema.h"

#include <benchmark/benchmark.h>

#include <string>

namespace limpet::protobuf {
namespace {

std::string fields(int count) {
  std::string out = "syntax = \"proto3\"; package shop; message Order { ";
  for (int i = 1; i <= count; ++i) {
    const auto number = std::to_string(i);
    out += (i % 2 == 0 ? "string field_" : "repeated int64 field_") + number + " = " + number + ";";
  }
  return out + " }";
}

void parse_text(benchmark::State& state) {
  const auto text = fields(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(parse(text));
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}
BENCHMARK(parse_text)->Arg(1)->Arg(10)->Arg(100)->Arg(5000);

void canonical(benchmark::State& state) {
  const auto schema = *parse(fields(static_cast<int>(state.range(0))));
  for (auto _ : state) benchmark::DoNotOptimize(canonical_text(schema));
}
BENCHMARK(canonical)->Arg(10)->Arg(5000);

void identity(benchmark::State& state) {
  const auto schema = *parse(fields(static_cast<int>(state.range(0))));
  for (auto _ : state) benchmark::DoNotOptimize(identity_form(schema));
}
BENCHMARK(identity)->Arg(10)->Arg(5000);

void compare_pair(benchmark::State& state) {
  const auto count = static_cast<int>(state.range(0));
  const auto reader = *parse(fields(count + 1));
  const auto writer = *parse(fields(count));
  for (auto _ : state) {
    benchmark::DoNotOptimize(compare({.reader = reader, .writer = writer}));
  }
}
BENCHMARK(compare_pair)->Arg(10)->Arg(5000);

void register_one(benchmark::State& state) {
  const auto text = fields(11);
  const auto writer = *parse(fields(10));
  for (auto _ : state) {
    const auto reader = *parse(text);
    benchmark::DoNotOptimize(identity_form(reader));
    benchmark::DoNotOptimize(compare({.reader = reader, .writer = writer}));
  }
}
BENCHMARK(register_one);

}  // namespace
}  // namespace limpet::protobuf
