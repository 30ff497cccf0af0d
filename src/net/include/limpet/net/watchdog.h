// Watchdog: a deadline that moves often and rarely passes.
//
//   net::Watchdog watchdog(strand, [&socket] { socket.cancel(); });
//   watchdog.set(10s);        // cheap: a running timer is kept, and looks again when it fires
//   … co_await socket.async_read_some(…)
//   watchdog.clear();
#pragma once

#include "limpet/net/task.h"

#include <chrono>
#include <functional>
#include <memory>

namespace limpet::net {

/// Confined to its strand. `expired` runs on the strand, never after the Watchdog is gone.
class Watchdog {
 public:
  Watchdog(const Strand& strand, std::function<void()> expired);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();

  /// Calls `expired` once, `after` from now, unless the deadline moves or is cleared first.
  void set(std::chrono::milliseconds after);
  void clear();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace limpet::net
