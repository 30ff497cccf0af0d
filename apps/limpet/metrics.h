// Metrics: what /metrics shows, in Prometheus's text form (version 0.0.4).
//
// Labels come from closed sets: operations and exceptions of the API model, our own words.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::app {

/// A number that somebody else keeps and that is read when the page is made.
struct Sample {
  std::string_view name;
  std::string_view help;
  double value = 0;
  bool counter = false;  ///< only ever grows; its name ends in _total
};

/// Threads: safe.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void count_call(std::string_view operation, std::string_view code,
                  std::chrono::nanoseconds duration);
  void count_authentication_failure(std::string_view reason);
  void count_rejection(std::string_view mode);
  void count_key_change(std::string_view change);
  void count_refusal(int status);

  /// Adds numbers that `read` gives whenever the page is made; it must outlive this object's use.
  void add_source(std::function<std::vector<Sample>()> read);

  std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// CPU, memory and descriptors of this process, under Prometheus's usual names.
std::vector<Sample> process_samples();

}  // namespace limpet::app
