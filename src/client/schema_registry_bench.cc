// What a record pays for its schema once it is known.
#include "limpet/client/schema_registry.h"

#include <benchmark/benchmark.h>

#include <random>

namespace limpet::client {
namespace {

std::vector<Uuid> ids(std::int64_t count) {
  std::mt19937_64 random(1);
  std::vector<Uuid> made;
  for (std::int64_t i = 0; i < count; ++i) {
    std::array<std::uint8_t, 16> bytes{};
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    made.push_back(Uuid::v4(bytes));
  }
  return made;
}

std::shared_ptr<SchemaRegistry> registry_of(const std::vector<Uuid>& known) {
  auto registry = *SchemaRegistry::open(
      {.settings = {.endpoint = "http://127.0.0.1:1", .region = "us-east-1", .credentials = {}},
       .send = [](const http::Url&, const http::Outgoing&) -> Result<http::Answer> {
         return http::Answer{.status = 200,
                             .body = R"({"SchemaVersionId":"b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63",)"
                                     R"("Status":"AVAILABLE"})"};
       }});
  for (const Uuid& id : known) {
    registry->remember({.version_id = id,
                        .definition = "\"int\"",
                        .schema_name = "s",
                        .schema_arn = {},
                        .version_number = 1});
  }
  for (int round = 0; round < 3; ++round) {
    for (const Uuid& id : known) benchmark::DoNotOptimize(registry->peek(id));
  }
  return registry;
}

// The ids in an order that no predictor learns.
std::vector<Uuid> questions(const std::vector<Uuid>& known) {
  std::minstd_rand random(7);
  std::vector<Uuid> asked(8'192);
  for (auto& id : asked) id = known[random() % known.size()];
  return asked;
}

void peek(benchmark::State& state) {
  const auto known = ids(state.range(0));
  const auto registry = registry_of(known);
  const auto asked = questions(known);
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(registry->peek(asked[at]));
    at = (at + 1) % asked.size();
  }
}
BENCHMARK(peek)->Arg(1)->Arg(10)->Arg(1'000)->Arg(4'000);

void by_version(benchmark::State& state) {
  const auto known = ids(state.range(0));
  const auto registry = registry_of(known);
  const auto asked = questions(known);
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(registry->by_version(asked[at]));
    at = (at + 1) % asked.size();
  }
}
BENCHMARK(by_version)->Arg(1)->Arg(1'000);

std::shared_ptr<SchemaRegistry>& shared() {
  static std::shared_ptr<SchemaRegistry> registry = registry_of(ids(1'000));
  return registry;
}

void peek_by_threads(benchmark::State& state) {
  const auto asked = questions(ids(1'000));
  auto& registry = *shared();
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(registry.peek(asked[at]));
    at = (at + 1) % asked.size();
  }
}
BENCHMARK(peek_by_threads)->Threads(1)->Threads(2);

void peek_handle(benchmark::State& state) {
  const auto registry = registry_of({});
  const auto handle = registry->handle({.schema_name = "s", .definition = "\"int\""});
  if (!registry->by_definition(handle)) state.SkipWithError("not registered");
  for (auto _ : state) benchmark::DoNotOptimize(registry->peek(handle));
}
BENCHMARK(peek_handle);

void by_definition_text(benchmark::State& state) {
  const auto registry = registry_of({});
  const std::string text(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    benchmark::DoNotOptimize(registry->by_definition({.schema_name = "s", .definition = text}));
  }
}
BENCHMARK(by_definition_text)->Arg(200)->Arg(5'000);

}  // namespace
}  // namespace limpet::client
