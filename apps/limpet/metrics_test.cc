#include "metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace limpet::app {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Metrics, CountCalls) {
  Metrics metrics;
  metrics.count_call("CreateSchema", "", 3ms);
  metrics.count_call("CreateSchema", "", 30s);
  metrics.count_call("CreateSchema", "AlreadyExistsException", 1ms);
  const auto text = metrics.text();
  EXPECT_THAT(text,
              HasSubstr("limpet_api_requests_total{code=\"OK\",operation=\"CreateSchema\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("limpet_api_requests_total{code=\"AlreadyExistsException\","
                              "operation=\"CreateSchema\"} 1\n"));
  EXPECT_THAT(
      text,
      HasSubstr("limpet_api_request_seconds_bucket{operation=\"CreateSchema\",le=\"10\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("limpet_api_request_seconds_count{operation=\"CreateSchema\"} 3\n"));
}

TEST(Metrics, CountOtherEvents) {
  Metrics metrics;
  metrics.count_authentication_failure("InvalidSignatureException");
  metrics.count_rejection("BACKWARD");
  metrics.count_key_change("revoked");
  metrics.count_refusal(413);
  const auto text = metrics.text();
  EXPECT_THAT(text,
              HasSubstr("limpet_auth_failures_total{reason=\"InvalidSignatureException\"} 1"));
  EXPECT_THAT(text, HasSubstr("limpet_registry_rejections_total{mode=\"BACKWARD\"} 1"));
  EXPECT_THAT(text, HasSubstr("limpet_iam_key_changes_total{change=\"revoked\"} 1"));
  EXPECT_THAT(text, HasSubstr("limpet_http_refusals_total{status=\"413\"} 1"));
}

TEST(Metrics, ShowSources) {
  Metrics metrics;
  metrics.add_source([] {
    return std::vector<Sample>{{"limpet_things", "Things", 3, false},
                               {"limpet_deeds_total", "Deeds", 5, true}};
  });
  const auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr("# TYPE limpet_things gauge\nlimpet_things 3\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE limpet_deeds_total counter\nlimpet_deeds_total 5\n"));
}

TEST(Metrics, DescribeTheProcessAndTheBuild) {
  const auto text = Metrics().text();
  EXPECT_THAT(text, HasSubstr("limpet_build_info{"));
  EXPECT_THAT(text, HasSubstr("process_start_time_seconds "));
  for (const auto& sample : process_samples()) {
    const bool memory = sample.name == "process_resident_memory_bytes";
    EXPECT_GE(sample.value, memory ? 1 << 20 : 0) << sample.name;
  }
}

TEST(Metrics, AreSafeFromManyThreads) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) metrics.count_call("GetSchema", i % 2 ? "" : "X", 1ms);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(metrics.text(),
              HasSubstr("limpet_api_requests_total{code=\"OK\",operation=\"GetSchema\"} 2000\n"));
}

}  // namespace
}  // namespace limpet::app
