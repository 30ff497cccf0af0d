// Stream: the clients of one StreamPlan, and what they saw. Threads: confined.
#pragma once

#include "answer_parser.h"
#include "connection.h"
#include "epoll.h"
#include "generator.h"

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace limpet::bench {

using Clock = std::chrono::steady_clock;

class Stream;

/// A connection with the request it waits for.
struct Client {
  Client(Stream& owner, const Plan& plan) : stream(owner), connection(plan.server, plan.tls) {}

  Stream& stream;
  Connection connection;
  AnswerParser parser;
  std::uint32_t watched = 0;  ///< the events that epoll waits for
  bool busy = false;          ///< has a request that is not answered yet
  std::size_t request = 0;
  Clock::time_point due;
};

class Stream {
 public:
  Stream(const Plan& plan, const StreamPlan& stream, Epoll& epoll);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Connections that are kept are open before the clock starts.
  void open();
  bool opened() const;

  /// What is due before `count_from` is sent and not counted.
  void begin(Clock::time_point start, Clock::time_point count_from);

  /// Send what is due. Answers when the next request is due, if a client waits for that.
  std::optional<Clock::time_point> send_due(Clock::time_point now);

  void on_event(Client& client);

  /// With `once`: everything is sent and answered.
  bool finished() const;

  StreamResult finish(Clock::time_point end);

 private:
  bool exhausted() const;
  void start(Client& client, Clock::time_point due);
  void open(Client& client);
  void watch(Client& client);
  void receive(Client& client);
  void answered(Client& client);

  const StreamPlan& plan_;
  Epoll& epoll_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::deque<Client*> idle_;
  std::size_t next_ = 0;  ///< number of the next request, from 0 over the whole run
  std::chrono::nanoseconds period_{0};
  Clock::time_point start_, count_from_;
  StreamResult result_;
};

}  // namespace limpet::bench
