// Responder::Slot: where the answer to a request arrives, from whatever thread.
#pragma once

#include "limpet/http/server.h"
#include "limpet/net/task.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

namespace limpet::http {

struct Shared;

/// Belongs to a connection and, while there are any, to the Responders of its current request. An
/// answer that is there when the handler returns is taken without a wait, and the slot then serves
/// the connection's next request.
class Responder::Slot {
 public:
  struct Leave {
    void operator()(Slot* slot) const { slot->let_go(); }
  };
  /// How the connection holds it.
  using Owned = std::unique_ptr<Slot, Leave>;

  static Owned make(net::Executor executor, std::shared_ptr<Shared> shared);
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  // ---- the connection ----
  /// No Responder is left: the slot may be opened.
  bool idle() const { return owners_.load(std::memory_order_acquire) == 1; }
  /// Wait for the answer to another request. Requires: idle().
  Responder open();
  bool ready() const { return state_.load(std::memory_order_acquire) == State::Ready; }
  /// Completes when ready(). At most one waits.
  net::Async<void> arrival();
  /// Requires: ready(), and nobody has called cancel().
  Answer take() { return std::move(answer_); }

  // ---- any thread ----
  /// The first answer counts.
  void answer(Answer answer);
  /// ready() without an answer. Requires: the connection still holds the slot.
  void cancel();

 private:
  friend class Responder;
  enum class State : std::uint8_t { Open, Awaited, Ready };

  Slot(net::Executor executor, std::shared_ptr<Shared> shared)
      : executor_(std::move(executor)), shared_(std::move(shared)) {}
  ~Slot() = default;
  void settle();
  void responder_gone();
  void let_go();

  net::Executor executor_;
  std::shared_ptr<Shared> shared_;
  Answer answer_;
  std::function<void()> wake_;  ///< set before the state becomes Awaited
  std::atomic<State> state_ = State::Ready;
  std::atomic<bool> claimed_ = true;  ///< somebody answers, or has
  std::atomic<std::uint32_t> responders_ = 0;
  std::atomic<std::uint32_t> owners_ = 1;  ///< the connection, and all Responders as one
};

}  // namespace limpet::http
