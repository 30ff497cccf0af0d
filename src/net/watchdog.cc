#include "limpet/net/watchdog.h"

#include <optional>
#include <utility>

namespace limpet::net {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Watchdog::State : std::enable_shared_from_this<State> {
  State(const Strand& strand, std::function<void()> on_expired)
      : timer(strand), expired(std::move(on_expired)) {}

  void arm(SteadyTime at) {
    armed_for = at;
    timer.expires_at(at);  // cancels the wait that is running
    timer.async_wait([self = shared_from_this(), at](const boost::system::error_code& error) {
      if (!error && self->armed_for == at) self->fired();
    });
  }

  void fired() {
    armed_for.reset();
    if (!deadline || !expired) return;
    if (std::chrono::steady_clock::now() < *deadline) return arm(*deadline);
    deadline.reset();
    expired();
  }

  Timer timer;
  std::function<void()> expired;
  std::optional<SteadyTime> deadline;
  std::optional<SteadyTime> armed_for;  ///< when the running wait ends; it may be too early
};

Watchdog::Watchdog(const Strand& strand, std::function<void()> expired)
    : state_(std::make_shared<State>(strand, std::move(expired))) {}

Watchdog::~Watchdog() {
  state_->expired = nullptr;
  state_->deadline.reset();
  state_->timer.cancel();
}

void Watchdog::set(std::chrono::milliseconds after) {
  state_->deadline = std::chrono::steady_clock::now() + after;
  if (!state_->armed_for || *state_->armed_for > *state_->deadline) state_->arm(*state_->deadline);
}

void Watchdog::clear() { state_->deadline.reset(); }

}  // namespace limpet::net
