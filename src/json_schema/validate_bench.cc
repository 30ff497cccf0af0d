// A JSON record checked against its schema: text to view, view to verdict, both.
#include "limpet/json/parse.h"
#include "limpet/json_schema/schema.h"
#include "limpet/json_schema/validate.h"
#include "limpet/value/json_reader.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

namespace limpet::json_schema {
namespace {

struct Case {
  std::string schema;
  std::string text;
};

/// The tutorial's user, and an order of ten members with two lines.
Case case_of(std::int64_t which) {
  if (which == 0) {
    return {R"({"type":"object","required":["name","age"],"properties":{"name":{"type":"string"},
        "age":{"type":"integer","minimum":0},"subject":{"type":"string"}}})",
            R"({"name":"John Doe","age":42,"subject":"maths"})"};
  }
  return {
      R"({"type":"object","required":["id","customer","lines"],"additionalProperties":false,
      "properties":{"id":{"type":"integer"},"customer":{"type":"string","maxLength":80},
      "email":{"type":"string","minLength":3},"total":{"type":"number","minimum":0},
      "state":{"enum":["NEW","PAID","SENT"]},"lines":{"type":"array","items":{"type":"object",
      "required":["article","count"],"properties":{"article":{"type":"string"},
      "count":{"type":"integer","minimum":1},"price":{"type":"number"}}}},
      "express":{"type":"boolean"},"remark":{"type":["string","null"]},
      "tags":{"type":"object","additionalProperties":{"type":"string"}},
      "created":{"type":"string"}}})",
      R"({"id":123456789,"customer":"Ada Lovelace, London","email":"ada@example.com",)"
      R"("total":99.95,"state":"PAID","lines":[{"article":"shell, blue","count":3,"price":12.5},)"
      R"({"article":"shell, green, large","count":1,"price":62.45}],"express":true,"remark":null,)"
      R"("tags":{"channel":"web","country":"UK"},"created":"2024-02-29T12:00:00Z"})"};
}

void read_and_validate_view(benchmark::State& state) {
  const auto input = case_of(state.range(0));
  const auto plan = compile(*parse(input.schema));
  value::Arena arena;
  value::View view;
  for (auto _ : state) {
    arena.reset();
    if (value::read_json(input.text, arena, view) || !*is_valid(plan, view)) std::abort();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(input.text.size()));
}
BENCHMARK(read_and_validate_view)->DenseRange(0, 1);

void read_view(benchmark::State& state) {
  const auto input = case_of(state.range(0));
  value::Arena arena;
  value::View view;
  for (auto _ : state) {
    arena.reset();
    if (value::read_json(input.text, arena, view)) std::abort();
    benchmark::DoNotOptimize(view);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(input.text.size()));
}
BENCHMARK(read_view)->DenseRange(0, 1);

void validate_view(benchmark::State& state) {
  const auto input = case_of(state.range(0));
  const auto plan = compile(*parse(input.schema));
  value::Arena arena;
  value::View view;
  if (value::read_json(input.text, arena, view)) std::abort();
  for (auto _ : state) {
    if (!*is_valid(plan, view)) std::abort();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(input.text.size()));
}
BENCHMARK(validate_view)->DenseRange(0, 1);

void parse_and_validate_tree(benchmark::State& state) {
  const auto input = case_of(state.range(0));
  const auto plan = compile(*parse(input.schema));
  for (auto _ : state) {
    if (!*is_valid(plan, *json::parse(input.text))) std::abort();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(input.text.size()));
}
BENCHMARK(parse_and_validate_tree)->DenseRange(0, 1);

void validate_tree(benchmark::State& state) {
  const auto input = case_of(state.range(0));
  const auto plan = compile(*parse(input.schema));
  const auto tree = *json::parse(input.text);
  for (auto _ : state) {
    if (!*is_valid(plan, tree)) std::abort();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(input.text.size()));
}
BENCHMARK(validate_tree)->DenseRange(0, 1);

}  // namespace
}  // namespace limpet::json_schema
