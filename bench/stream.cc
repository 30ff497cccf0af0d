#include "stream.h"

#include <algorithm>
#include <cmath>

namespace limpet::bench {

Stream::Stream(const Plan& plan, const StreamPlan& stream, Epoll& epoll)
    : plan_(stream), epoll_(epoll) {
  result_.name = stream.name;
  for (std::size_t i = 0; i < stream.connections; ++i) {
    clients_.push_back(std::make_unique<Client>(*this, plan));
  }
  if (stream.rate > 0) period_ = std::chrono::nanoseconds(std::llround(1e9 / stream.rate));
}

void Stream::open() {
  if (plan_.new_connections) return;
  for (auto& client : clients_) open(*client);
}

bool Stream::opened() const {
  return plan_.new_connections || std::ranges::all_of(clients_, [](const auto& client) {
           return client->connection.ready();
         });
}

void Stream::begin(Clock::time_point start, Clock::time_point count_from) {
  start_ = start;
  count_from_ = count_from;
  for (auto& client : clients_) idle_.push_back(client.get());
}

std::optional<Clock::time_point> Stream::send_due(Clock::time_point now) {
  while (!idle_.empty() && !exhausted()) {
    const auto due =
        period_.count() > 0 ? start_ + period_ * static_cast<std::int64_t>(next_) : now;
    if (due > now) return due;
    // In turn: with a pace below what the server can do, the connection used last would do it all.
    Client& client = *idle_.front();
    idle_.pop_front();
    start(client, due);
  }
  return std::nullopt;
}

void Stream::on_event(Client& client) {
  if (client.connection.ready()) {
    receive(client);
  } else {
    client.connection.advance();
    if (client.connection.ready() && client.busy) {
      client.connection.send((*plan_.requests)[client.request]);
    }
  }
  if (client.connection.descriptor() >= 0) watch(client);
}

bool Stream::finished() const {
  return plan_.once && exhausted() && idle_.size() == clients_.size();
}

StreamResult Stream::finish(Clock::time_point end) {
  for (const auto& client : clients_) {
    if (client->busy && client->due < end && client->due >= count_from_) ++result_.unanswered;
  }
  if (period_.count() > 0 && !exhausted()) {
    const auto due = static_cast<std::size_t>((end - start_) / period_);
    if (due > next_) result_.unanswered += due - next_;
  }
  return std::move(result_);
}

bool Stream::exhausted() const { return plan_.once && next_ >= plan_.requests->size(); }

void Stream::start(Client& client, Clock::time_point due) {
  client.busy = true;
  client.due = due;
  client.request = next_++ % plan_.requests->size();
  if (plan_.new_connections) {
    open(client);
  } else {
    client.connection.send((*plan_.requests)[client.request]);
  }
}

void Stream::open(Client& client) {
  client.connection.open();
  client.watched = client.connection.awaited_events();
  epoll_.watch(EPOLL_CTL_ADD, client.connection.descriptor(), client.watched, &client);
}

void Stream::watch(Client& client) {
  const auto events = client.connection.awaited_events();
  if (events == client.watched) return;
  client.watched = events;
  epoll_.watch(EPOLL_CTL_MOD, client.connection.descriptor(), events, &client);
}

void Stream::receive(Client& client) {
  for (;;) {
    const auto bytes = client.connection.receive();
    if (bytes.empty()) return;
    client.parser.add(bytes);
    if (client.parser.complete()) return answered(client);
  }
}

void Stream::answered(Client& client) {
  const int status = client.parser.status();
  ++result_.statuses[status];
  if (status != 200) {
    if (result_.refusal.empty()) result_.refusal = client.parser.text().substr(0, 2000);
  } else if (client.due >= count_from_) {
    result_.latency.record(Clock::now() - client.due);
    result_.answer_bytes += client.parser.size();
  }
  client.parser.reset();
  client.busy = false;
  if (plan_.new_connections) client.connection.close();
  idle_.push_back(&client);
}

}  // namespace limpet::bench
