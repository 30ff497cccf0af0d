// What reading one request costs, without the socket.
#include "request_parser.h"

#include <benchmark/benchmark.h>

namespace {

std::string request_with(std::size_t body) {
  return "POST / HTTP/1.1\r\nHost: 127.0.0.1:8484\r\nAccept-Encoding: identity\r\n"
         "X-Amz-Target: AWSGlue.GetSchemaVersion\r\nContent-Type: application/x-amz-json-1.1\r\n"
         "User-Agent: Boto3/1.40.0 md/Botocore#1.40.0 ua/2.1 os/linux#6.1 lang/python#3.11\r\n"
         "X-Amz-Date: 20260102T030405Z\r\n"
         "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/glue/"
         "aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
         "Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n"
         "amz-sdk-invocation-id: 01234567-89ab-cdef-0123-456789abcdef\r\n"
         "amz-sdk-request: attempt=1\r\nContent-Length: " +
         std::to_string(body) + "\r\n\r\n" + std::string(body, 'b');
}

void parse(benchmark::State& state) {
  const std::string bytes = request_with(static_cast<std::size_t>(state.range(0)));
  limpet::http::RequestParser parser({});
  for (auto _ : state) {
    const auto progress = parser.feed(bytes);
    if (!progress.done) state.SkipWithError("not a whole request");
    benchmark::DoNotOptimize(parser.take());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
}

BENCHMARK(parse)->Arg(0)->Arg(64)->Arg(4 << 10)->Arg(1 << 20);

}  // namespace
