// What a signature costs: verifying is on the path of every request.
#include "limpet/aws/sigv4.h"

#include <benchmark/benchmark.h>

namespace limpet::aws {
namespace {

const Timestamp kNow = *parse_iso8601_basic("20260102T030405Z");
const Credentials kKey{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};

HttpRequest request_of(std::int64_t bytes) {
  return {.method = "POST",
          .target = "/",
          .headers = {{"Host", "localhost:8484"},
                      {"Content-Type", "application/x-amz-json-1.1"},
                      {"X-Amz-Target", "AWSGlue.GetSchemaVersion"},
                      {"User-Agent", "Boto3"}},
          .body = std::string(static_cast<std::size_t>(bytes), 'x'),
          .peer = ""};
}

void sign_request(benchmark::State& state) {
  HttpRequest request = request_of(state.range(0));
  for (auto _ : state) sign(request, kKey, {.region = "us-east-1", .service = "glue"}, kNow);
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(sign_request)->Arg(64)->Arg(4096);

void verify_request(benchmark::State& state) {
  HttpRequest request = request_of(state.range(0));
  sign(request, kKey, {.region = "us-east-1", .service = "glue"}, kNow);
  const Verifier verifier({}, [](std::string_view) {
    return KnownKey{.secret = kKey.secret_access_key, .account = "123456789012", .principal = "p"};
  });
  for (auto _ : state) {
    const auto outcome = verifier.verify(request, kNow);
    if (!std::holds_alternative<Identity>(outcome)) state.SkipWithError("refused");
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(verify_request)->Arg(64)->Arg(4096)->Arg(4 << 20);

}  // namespace
}  // namespace limpet::aws
