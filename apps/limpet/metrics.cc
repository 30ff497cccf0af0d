#include "metrics.h"

#include "version.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <functional>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

namespace limpet::app {

namespace {

/// 0.5 ms … 10 s.
const prometheus::Histogram::BucketBoundaries& seconds_buckets() {
  static const prometheus::Histogram::BucketBoundaries kBuckets{
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return kBuckets;
}

prometheus::MetricFamily family_of(const Sample& sample) {
  prometheus::MetricFamily family;
  family.name = sample.name;
  family.help = sample.help;
  family.type = sample.counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
  prometheus::ClientMetric metric;
  (sample.counter ? metric.counter.value : metric.gauge.value) = sample.value;
  family.metric.push_back(std::move(metric));
  return family;
}

/// The metrics of one operation and code, found without Prometheus's own locking.
class CallMetrics {
 public:
  struct Pair {
    prometheus::Counter* calls = nullptr;
    prometheus::Histogram* seconds = nullptr;
  };

  template <class Make>
  Pair get(std::string_view operation, std::string_view code, Make make) {
    const Name name{operation, code};
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = pairs_.find(name); found != pairs_.end()) return found->second.pair;
    }
    const std::unique_lock lock(mutex_);
    if (const auto found = pairs_.find(name); found != pairs_.end()) return found->second.pair;
    auto texts = std::make_unique<Texts>(std::string(operation), std::string(code));
    const Name kept{texts->first, texts->second};
    return pairs_.emplace(kept, Entry{std::move(texts), make()}).first->second.pair;
  }

 private:
  using Name = std::pair<std::string_view, std::string_view>;
  using Texts = std::pair<std::string, std::string>;
  struct Entry {
    std::unique_ptr<Texts> texts;  // what its name borrows from
    Pair pair;
  };
  /// The lengths tell most names apart, which costs less than to look at every letter.
  struct Hash {
    std::size_t operator()(const Name& name) const {
      const auto& [operation, code] = name;
      const auto last = operation.empty() ? '\0' : operation.back();
      return (operation.size() * 31 + static_cast<unsigned char>(last)) * 31 + code.size();
    }
  };
  std::shared_mutex mutex_;
  std::unordered_map<Name, Entry, Hash> pairs_;
};

}  // namespace

struct Metrics::State {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& calls =
      prometheus::BuildCounter()
          .Name("limpet_api_requests_total")
          .Help("API calls by operation and error code (OK for none)")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& seconds = prometheus::BuildHistogram()
                                                           .Name("limpet_api_request_seconds")
                                                           .Help("Time from request to answer")
                                                           .Register(registry);
  prometheus::Family<prometheus::Counter>& authentication =
      prometheus::BuildCounter()
          .Name("limpet_auth_failures_total")
          .Help("Calls whose signature was not accepted")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& rejections =
      prometheus::BuildCounter()
          .Name("limpet_registry_rejections_total")
          .Help("Schema versions that were incompatible, by compatibility mode")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& keys = prometheus::BuildCounter()
                                                      .Name("limpet_iam_key_changes_total")
                                                      .Help("Access keys created or revoked")
                                                      .Register(registry);
  prometheus::Family<prometheus::Counter>& refusals =
      prometheus::BuildCounter()
          .Name("limpet_http_refusals_total")
          .Help("Requests refused before they reached the API, by HTTP status")
          .Register(registry);
  CallMetrics call_metrics;
  std::mutex mutex;
  std::vector<std::function<std::vector<Sample>()>> sources;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {
  prometheus::BuildGauge()
      .Name("limpet_build_info")
      .Help("Always 1; the labels say what runs")
      .Register(state_->registry)
      .Add({{"version", kVersion}, {"compiler", kCompiler}})
      .Set(1);
  add_source(process_samples);
}

Metrics::~Metrics() = default;

void Metrics::count_call(std::string_view operation, std::string_view code,
                         std::chrono::nanoseconds duration) {
  const auto metrics = state_->call_metrics.get(operation, code, [&] {
    const std::string name(operation);
    const std::string outcome(code.empty() ? "OK" : code);
    return CallMetrics::Pair{
        .calls = &state_->calls.Add({{"operation", name}, {"code", outcome}}),
        .seconds = &state_->seconds.Add({{"operation", name}}, seconds_buckets())};
  });
  metrics.calls->Increment();
  metrics.seconds->Observe(std::chrono::duration<double>(duration).count());
}

void Metrics::count_authentication_failure(std::string_view reason) {
  state_->authentication.Add({{"reason", std::string(reason)}}).Increment();
}

void Metrics::count_rejection(std::string_view mode) {
  state_->rejections.Add({{"mode", std::string(mode)}}).Increment();
}

void Metrics::count_key_change(std::string_view change) {
  state_->keys.Add({{"change", std::string(change)}}).Increment();
}

void Metrics::count_refusal(int status) {
  state_->refusals.Add({{"status", std::to_string(status)}}).Increment();
}

void Metrics::add_source(std::function<std::vector<Sample>()> read) {
  const std::lock_guard lock(state_->mutex);
  state_->sources.push_back(std::move(read));
}

std::string Metrics::text() const {
  auto families = state_->registry.Collect();
  {
    const std::lock_guard lock(state_->mutex);
    for (const auto& read : state_->sources) {
      for (const auto& sample : read()) families.push_back(family_of(sample));
    }
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace limpet::app
