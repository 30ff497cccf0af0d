// JSON to views and back, on objects as records are.
#include "limpet/value/json_reader.h"
#include "limpet/value/json_text.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

namespace limpet::value {
namespace {

/// A record of three fields, of ten, of a hundred, and a batch of records in one text.
std::string document(std::int64_t which) {
  const std::string user = R"({"name":"John Doe","age":42,"subject":"maths"})";
  const std::string order =
      R"({"id":123456789,"customer":"Ada Lovelace, London","email":"ada@example.com",)"
      R"("total":99.95,"state":"PAID","lines":[{"article":"shell, blue","count":3,"price":12.5},)"
      R"({"article":"shell, green, large","count":1,"price":62.45}],"express":true,"remark":null,)"
      R"("tags":{"channel":"web","country":"UK"},"created":"2024-02-29T12:00:00Z"})";
  if (which == 0) return user;
  if (which == 1) return order;
  std::string out = which == 2 ? "{" : "[";
  for (int i = 0; i < 100; ++i) {
    if (i > 0) out += ",";
    out += which == 2 ? "\"field_" + std::to_string(i) + "\":\"value " + std::to_string(i) + "\""
                      : order;
  }
  return out + (which == 2 ? "}" : "]");
}

void read_document(benchmark::State& state) {
  const auto text = document(state.range(0));
  Arena arena;
  View view;
  for (auto _ : state) {
    arena.reset();
    if (read_json(text, arena, view)) std::abort();
    benchmark::DoNotOptimize(view);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(read_document)->DenseRange(0, 3);

void print_document(benchmark::State& state) {
  const auto text = document(state.range(0));
  Arena arena;
  View view;
  if (read_json(text, arena, view)) std::abort();
  std::string out;
  for (auto _ : state) {
    out.clear();
    if (append_json(view, out)) std::abort();
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(print_document)->DenseRange(0, 3);

}  // namespace
}  // namespace limpet::value
