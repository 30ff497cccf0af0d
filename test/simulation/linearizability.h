// Linearizability: whether a history of overlapping calls could have come from calls that took
// place one after the other, each at some moment between its invocation and its answer.
//
//   const auto verdict = check_linearizable<SchemaModel>(invocations, {});
//   if (!verdict.holds) print(verdict.explanation);
//
// The method is Wing and Gong's search ("Testing and Verifying Concurrent Objects", 1993) with
// Lowe's refinements ("Testing for Linearizability", 2017): calls take place as late as they can,
// just before an answer that needs them, and configurations that were seen are not entered again.
// A call whose answer nobody heard took place at some moment up to its end, or never. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace limpet::simulation {

template <class Model>
struct Invocation {
  typename Model::Request request;
  std::optional<typename Model::Response> response;  ///< nullopt: nobody heard it
  std::size_t invoked = 0;                           ///< moments; no two are the same
  std::size_t returned = 0;  ///< of the answer; without one: it took place before this, or never
};

struct LinearizabilityVerdict {
  bool holds = true;
  bool gave_up = false;     ///< too many configurations; `holds` is false
  std::size_t call = 0;     ///< the index of the call whose answer cannot be
  std::string explanation;  ///< in words: that call, and the states that were possible before it
  std::size_t configurations = 0;  ///< looked at
};

inline constexpr std::size_t kConfigurationsMax = 500'000;

/// `Model` has State (copyable), Request, Response and
///   static bool step(State&, const Request&, const Response*);  // false: it cannot answer that
///   static std::string words(const State&);                     // equal states, equal words
///   static std::string words(const Request&, const Response*);
template <class Model>
class LinearizabilityCheck {
 public:
  using State = typename Model::State;

  explicit LinearizabilityCheck(const std::vector<Invocation<Model>>& calls) : calls_(calls) {}

  LinearizabilityVerdict run(State initial) && {
    struct Event {
      std::size_t at;
      bool returns;
      std::size_t call;
    };
    std::vector<Event> events;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      events.push_back({calls_[i].invoked, false, i});
      events.push_back({calls_[i].returned, true, i});
    }
    std::ranges::sort(events, {}, &Event::at);
    configurations_.push_back({std::move(initial), {}});
    for (const Event& event : events) {
      if (!event.returns) {
        pending_.push_back(event.call);
        continue;
      }
      if (!take_place(event.call)) break;
      std::erase(pending_, event.call);
    }
    return std::move(verdict_);
  }

 private:
  struct Configuration {
    State state;
    std::vector<std::size_t> done;  // of the pending calls, those that took place; sorted
  };

  static std::string key_of(const Configuration& configuration) {
    std::string key = Model::words(configuration.state);
    for (const std::size_t call : configuration.done) key += "|" + std::to_string(call);
    return key;
  }

  /// The call ends: keep the configurations in which it took place (or, when nobody heard its
  /// answer, never did).
  bool take_place(std::size_t call) {
    std::vector<Configuration> after;
    std::set<std::string> kept;
    const auto keep = [&](Configuration configuration) {
      std::erase(configuration.done, call);
      if (kept.insert(key_of(configuration)).second) after.push_back(std::move(configuration));
    };
    std::set<std::string> entered;
    std::vector<Configuration> open;
    const auto enter = [&](Configuration configuration) {
      if (!entered.insert(key_of(configuration)).second) return;
      ++verdict_.configurations;
      open.push_back(std::move(configuration));
    };
    for (const Configuration& configuration : configurations_) enter(configuration);
    while (!open.empty()) {
      if (verdict_.configurations > kConfigurationsMax) {
        verdict_.holds = false;
        verdict_.gave_up = true;
        verdict_.explanation = "gave up: too many configurations";
        return false;
      }
      const Configuration here = std::move(open.back());
      open.pop_back();
      if (std::ranges::binary_search(here.done, call)) {
        keep(here);
        continue;
      }
      if (!calls_[call].response) keep(here);  // it never took place
      for (const std::size_t next : pending_) {
        if (std::ranges::binary_search(here.done, next)) continue;
        Configuration there = here;
        const auto& response = calls_[next].response;
        if (!Model::step(there.state, calls_[next].request, response ? &*response : nullptr)) {
          continue;
        }
        there.done.insert(std::ranges::upper_bound(there.done, next), next);
        enter(std::move(there));
      }
    }
    if (after.empty()) explain(call);
    configurations_ = std::move(after);
    return verdict_.holds;
  }

  void explain(std::size_t call) {
    const auto& bad = calls_[call];
    verdict_.holds = false;
    verdict_.call = call;
    verdict_.explanation = Model::words(bad.request, bad.response ? &*bad.response : nullptr) +
                           "\n  cannot be: no order of the calls explains it. Possible before:";
    for (std::size_t i = 0; i < std::min<std::size_t>(configurations_.size(), 3); ++i) {
      verdict_.explanation += "\n    " + Model::words(configurations_[i].state);
    }
    for (const std::size_t other : pending_) {
      if (other == call) continue;
      const auto& also = calls_[other];
      verdict_.explanation += "\n  at the same time: " +
                              Model::words(also.request, also.response ? &*also.response : nullptr);
    }
  }

  const std::vector<Invocation<Model>>& calls_;
  std::vector<Configuration> configurations_;
  std::vector<std::size_t> pending_;
  LinearizabilityVerdict verdict_;
};

template <class Model>
LinearizabilityVerdict check_linearizable(const std::vector<Invocation<Model>>& calls,
                                          typename Model::State initial = {}) {
  return LinearizabilityCheck<Model>(calls).run(std::move(initial));
}

}  // namespace limpet::simulation
