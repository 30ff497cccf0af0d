#include "limpet/net/address.h"
#include "limpet/net/signals.h"
#include "limpet/net/task_group.h"
#include "limpet/net/thread_pool.h"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <future>
#include <sys/socket.h>
#include <unistd.h>

namespace limpet::net {
namespace {

using namespace std::chrono_literals;

struct AddressRow {
  const char* name;
  std::string text;
  std::optional<HostPort> address;  // nullopt: refused
};

class AddressTest : public testing::TestWithParam<AddressRow> {};

TEST_P(AddressTest, Parses) {
  const auto& row = GetParam();
  const auto parsed = parse_host_port(row.text);
  EXPECT_EQ(parsed.has_value(), row.address.has_value());
  if (!row.address) {
    EXPECT_EQ(code_of(parsed), Code::InvalidInput);
  } else if (parsed) {
    EXPECT_EQ(*parsed, *row.address);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Addresses, AddressTest,
    testing::Values(AddressRow{"V4", "127.0.0.1:8484", HostPort{"127.0.0.1", 8484}},
                    AddressRow{"AnyPort", "127.0.0.1:0", HostPort{"127.0.0.1", 0}},
                    AddressRow{"V6", "[::1]:1", HostPort{"::1", 1}},
                    AddressRow{"Name", "localhost:65535", HostPort{"localhost", 65535}},
                    AddressRow{"NoPort", "127.0.0.1", {}}, AddressRow{"EmptyPort", "a:", {}},
                    AddressRow{"PortTooLarge", "a:65536", {}},
                    AddressRow{"PortNotANumber", "a:http", {}},
                    AddressRow{"PortTrailing", "a:80x", {}}, AddressRow{"PortSigned", "a:-1", {}},
                    AddressRow{"NoHost", ":8484", {}}, AddressRow{"BareV6", "::1:8484", {}},
                    AddressRow{"Empty", "", {}},
                    AddressRow{"Long", std::string(400, 'a') + ":1", {}}),
    [](const auto& row) { return row.param.name; });

TEST(Address, PrintsWithBracketsAroundV6) {
  EXPECT_EQ(to_string(*resolve({"127.0.0.1", 80})), "127.0.0.1:80");
  EXPECT_EQ(to_string(*resolve({"::1", 80})), "[::1]:80");
}

TEST(Address, KnowsLoopback) {
  for (const char* text : {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_loopback(asio::ip::make_address(text))) << text;
  }
  for (const char* text : {"0.0.0.0", "10.0.0.1", "::", "::ffff:10.0.0.1", "128.0.0.1"}) {
    EXPECT_FALSE(is_loopback(asio::ip::make_address(text))) << text;
  }
}

Async<void> pass_on(std::promise<int>& promise) {
  promise.set_value(7);
  co_return;
}

Async<void> throw_something() {
  throw std::runtime_error("out of luck");
  co_return;
}

StrandAsync<void> wait_on(StrandTimer& timer) { co_await timer.async_wait(kAwaitOnStrand); }

TEST(TaskGroup, RunsAndCountsTasks) {
  ThreadPool pool(2);
  TaskGroup group;
  std::promise<int> promise;
  group.spawn(pool.executor(), pass_on(promise));
  EXPECT_EQ(promise.get_future().get(), 7);
  EXPECT_TRUE(group.wait_for(10s));

  const auto strand = pool.make_strand();
  StrandTimer never(strand, StrandTimer::time_point::max());
  group.spawn(strand, wait_on(never));
  EXPECT_FALSE(group.wait_for(0ms));
  EXPECT_EQ(group.running(), 1U);
  // Ends a wait that runs, and one that has yet to begin.
  asio::post(strand, [&] { never.expires_at(StrandTimer::time_point::min()); });
  EXPECT_TRUE(group.wait_for(10s));
  EXPECT_EQ(group.running(), 0U);
}

TEST(TaskGroup, ReportsAnException) {
  std::atomic<int> heard = 0;
  TaskGroup group([&](std::exception_ptr) { ++heard; });
  ThreadPool pool(1);
  group.spawn(pool.executor(), throw_something());
  EXPECT_TRUE(group.wait_for(10s));
  EXPECT_EQ(heard, 1);
}

TEST(ThreadPool, AWriteToNobodyIsAnErrorAndNotASignal) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  ::close(ends[1]);
  ThreadPool pool(1);
  std::promise<int> failed_with;
  asio::post(pool.executor(), [&] {
    const auto written = ::write(ends[0], "x", 1);
    failed_with.set_value(written < 0 ? errno : 0);
  });
  EXPECT_EQ(failed_with.get_future().get(), EPIPE);
  ::close(ends[0]);
}

TEST(Signals, ArriveAsCalls) {
  ThreadPool pool(1);
  std::promise<int> got;
  Signals signals(pool, {SIGUSR1}, [&](int number) { got.set_value(number); });
  ASSERT_EQ(std::raise(SIGUSR1), 0);
  EXPECT_EQ(got.get_future().get(), SIGUSR1);
}

TEST(Signals, OneThatIsOnItsWayWhenTheyEndIsDropped) {
  ThreadPool pool(1);
  const auto calls = std::make_shared<std::atomic<int>>(0);
  auto signals = std::make_unique<Signals>(pool, std::initializer_list<int>{SIGUSR1},
                                           [calls](int) { ++*calls; });
  std::promise<void> busy;
  std::promise<void> go_on;
  asio::post(pool.executor(), [&] {
    busy.set_value();
    go_on.get_future().wait();
  });
  busy.get_future().wait();
  // When it goes on, the thread sees that a signal came, runs this, and only then reads which.
  asio::post(pool.executor(), [&] { signals.reset(); });
  ASSERT_EQ(std::raise(SIGUSR1), 0);
  go_on.set_value();
  for (int turn = 0; turn < 5; ++turn) {  // whatever was queued is done
    std::promise<void> passed;
    asio::post(pool.executor(), [&] { passed.set_value(); });
    passed.get_future().wait();
  }
  pool.stop();
  EXPECT_EQ(*calls, 0);
  EXPECT_EQ(calls.use_count(), 1) << "the handler outlives what listened for signals";
}

TEST(Signals, EndOnlyWhenTheHandlerHasReturned) {
  ThreadPool pool(1);
  std::promise<void> called;
  std::promise<void> go_on;
  bool returned = false;
  auto signals = std::make_unique<Signals>(pool, std::initializer_list<int>{SIGUSR1}, [&](int) {
    called.set_value();
    go_on.get_future().wait();
    returned = true;
  });
  ASSERT_EQ(std::raise(SIGUSR1), 0);
  called.get_future().wait();
  go_on.set_value();
  signals.reset();
  EXPECT_TRUE(returned);
}

}  // namespace
}  // namespace limpet::net
