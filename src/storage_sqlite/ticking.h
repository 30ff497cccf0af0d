// Ticking: calls a function now and then while a connection works.
#pragma once

#include "connection.h"

#include <functional>

namespace limpet::storage {

class Ticking {
 public:
  /// Both must outlive this.
  Ticking(Connection& connection, const std::function<void()>& tick)
      : connection_(connection), tick_(tick) {
    constexpr int kInstructions = 20'000;  // a few milliseconds
    if (tick_) sqlite3_progress_handler(connection_.handle(), kInstructions, &Ticking::call, this);
  }
  ~Ticking() { sqlite3_progress_handler(connection_.handle(), 0, nullptr, nullptr); }
  Ticking(const Ticking&) = delete;
  Ticking& operator=(const Ticking&) = delete;

 private:
  static int call(void* self) {
    static_cast<Ticking*>(self)->tick_();
    return 0;
  }
  Connection& connection_;
  const std::function<void()>& tick_;
};

}  // namespace limpet::storage
