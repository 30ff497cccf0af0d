#include "response_slot.h"

#include "connection.h"

#include <boost/asio/post.hpp>

namespace limpet::http {

namespace asio = boost::asio;

Responder::Slot::Owned Responder::Slot::make(net::Executor executor,
                                             std::shared_ptr<Shared> shared) {
  return Owned(new Slot(std::move(executor), std::move(shared)));
}

Responder Responder::Slot::open() {
  // cancel() may run at any moment. It leaves a slot alone that is claimed, so that comes last;
  // the connection looks once more whether it was told to end before it waits.
  owners_.store(2, std::memory_order_relaxed);
  state_.store(State::Open);
  claimed_.store(false);
  return Responder(*this);
}

net::Async<void> Responder::Slot::arrival() {
  auto begin = [this](auto handler) {
    auto held = std::make_shared<decltype(handler)>(std::move(handler));
    wake_ = [this, held] { asio::post(executor_, std::move(*held)); };
    State expected = State::Open;
    if (!state_.compare_exchange_strong(expected, State::Awaited)) {
      std::exchange(wake_, nullptr)();
    }
  };
  return asio::async_initiate<const asio::use_awaitable_t<net::Executor>, void()>(
      std::move(begin), asio::use_awaitable_t<net::Executor>());
}

void Responder::Slot::answer(Answer answer) {
  if (claimed_.exchange(true)) return;
  answer_ = std::move(answer);
  settle();
}

void Responder::Slot::cancel() {
  if (!claimed_.exchange(true)) settle();
}

void Responder::Slot::settle() {
  if (state_.exchange(State::Ready) != State::Awaited) return;
  // Taken out first: the connection may go on at once.
  const auto wake = std::exchange(wake_, nullptr);
  wake();
}

void Responder::Slot::responder_gone() {
  if (responders_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (!claimed_.load()) {
    shared_->handler_failures.fetch_add(1, std::memory_order_relaxed);
    answer(shared_->refusal(500, "the request was not answered"));
  }
  let_go();
}

void Responder::Slot::let_go() {
  if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

Responder::Responder(Slot& slot) : slot_(&slot) {
  slot.responders_.fetch_add(1, std::memory_order_relaxed);
}

Responder::Responder(const Responder& other) : slot_(other.slot_) {
  if (slot_ != nullptr) slot_->responders_.fetch_add(1, std::memory_order_relaxed);
}

Responder::~Responder() {
  if (slot_ != nullptr) slot_->responder_gone();
}

void Responder::operator()(Answer answer) const { slot_->answer(std::move(answer)); }

}  // namespace limpet::http
