#include "generator.h"

#include "stream.h"

#include <algorithm>
#include <sys/prctl.h>

namespace limpet::bench {

namespace {

constexpr std::chrono::seconds kOpenLimit{30};
constexpr std::chrono::nanoseconds kIdleWait = std::chrono::milliseconds(100);

using Streams = std::vector<std::unique_ptr<Stream>>;

void dispatch(void* what) {
  auto& client = *static_cast<Client*>(what);
  client.stream.on_event(client);
}

void open_all(const Streams& streams, Epoll& epoll) {
  const auto limit = Clock::now() + kOpenLimit;
  for (const auto& stream : streams) stream->open();
  while (!std::ranges::all_of(streams, [](const auto& stream) { return stream->opened(); })) {
    if (Clock::now() > limit) throw std::runtime_error("the connections do not open");
    epoll.wait(kIdleWait, dispatch);
  }
}

/// Send what is due everywhere; how long nothing will be.
std::chrono::nanoseconds send_due(const Streams& streams, Clock::time_point now,
                                  Clock::time_point end) {
  auto next = std::min(end, now + kIdleWait);
  for (const auto& stream : streams) {
    if (const auto due = stream->send_due(now)) next = std::min(next, *due);
  }
  return std::max(next - Clock::now(), std::chrono::nanoseconds(0));
}

}  // namespace

Result run(const Plan& plan) {
  prctl(PR_SET_TIMERSLACK, 1);  // wake when a request is due, not 50 us later
  Epoll epoll;
  Streams streams;
  bool all_once = true;
  for (const auto& stream : plan.streams) {
    streams.push_back(std::make_unique<Stream>(plan, stream, epoll));
    all_once = all_once && stream.once;
  }
  open_all(streams, epoll);

  const auto start = Clock::now();
  const auto count_from = start + plan.warmup;
  const auto end = count_from + plan.duration;
  for (const auto& stream : streams) stream->begin(start, count_from);
  auto now = start;
  while (now < end) {
    const auto idle = send_due(streams, now, end);
    epoll.wait(plan.spin ? std::chrono::nanoseconds(0) : idle, dispatch);
    now = Clock::now();
    if (all_once &&
        std::ranges::all_of(streams, [](const auto& stream) { return stream->finished(); })) {
      break;
    }
  }

  Result result{.measured = now - count_from, .streams = {}};
  for (const auto& stream : streams) result.streams.push_back(stream->finish(now));
  return result;
}

}  // namespace limpet::bench
