#include "limpet/http/server.h"

#include "testing_client.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

namespace limpet::http {
namespace {

using namespace std::chrono_literals;
using testing::RawAnswer;
using testing::RawClient;

class FixedClock final : public Clock {
 public:
  Timestamp now() const override { return Timestamp(1636303348617ms); }
};

/// Holds requests until the test lets them go.
class Gate {
 public:
  void hold(Responder responder) {
    const std::lock_guard lock(mutex_);
    held_.push_back(std::move(responder));
    changed_.notify_all();
  }
  /// The first held one; waits for it.
  Responder next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !held_.empty(); });
    Responder out = held_.front();
    held_.erase(held_.begin());
    return out;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Responder> held_;
};

/// A server whose handler echoes, with some paths that behave otherwise.
class ServerTest : public ::testing::Test {
 protected:
  void start(ServerOptions options = {}) {
    options.clock = &clock_;
    auto server = Server::listen(pool_, {"127.0.0.1", 0}, std::move(options),
                                 [this](Request request, Responder respond) {
                                   handle(std::move(request), std::move(respond));
                                 });
    ASSERT_TRUE(server.has_value()) << describe(server.error());
    server_ = *std::move(server);
  }

  void handle(Request request, Responder respond) {
    if (request.target == "/hold") return gate_.hold(std::move(respond));
    if (request.target == "/throw") throw std::runtime_error("boom");
    if (request.target == "/drop") return;
    if (request.target == "/thread") {
      std::thread([respond] { respond({.body = "from a thread"}); }).detach();
      return;
    }
    if (request.target == "/shared") {
      return respond({.shared_headers = shared_headers_, .shared_body = shared_});
    }
    if (request.target == "/split") {
      return respond({.headers = {{"X-Evil", "a\r\nX-Injected: b"}}});
    }
    if (request.target == "/twice") {
      respond({.body = "first"});
      return respond({.body = "second"});
    }
    respond({.headers = {{"X-Target", request.target}, {"X-Peer", request.peer}},
             .body = request.method + " " + request.body});
  }

  RawClient connect() { return RawClient(server_->endpoint()); }

  /// Waits until the server says so.
  void wait_until(const std::function<bool(const ServerCounts&)>& condition) {
    while (!condition(server_->counts())) std::this_thread::yield();
  }

  FixedClock clock_;
  Gate gate_;
  std::shared_ptr<const std::string> shared_headers_ =
      std::make_shared<std::string>("X-Shared: yes\r\nX-More: too\r\n");
  std::shared_ptr<const std::string> shared_ = std::make_shared<std::string>(100'000, 's');
  net::ThreadPool pool_{2};
  std::unique_ptr<Server> server_;
};

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

std::string get(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

std::string post(std::string_view body) {
  return "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

TEST_F(ServerTest, Answers) {
  start();
  auto client = connect();
  ASSERT_TRUE(client.send(post("hello")));
  const auto answer = client.read();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "POST hello");
  EXPECT_EQ(answer.header("Date"), "Sun, 07 Nov 2021 16:42:28 GMT");
  EXPECT_EQ(answer.header("Content-Length"), "10");
  EXPECT_EQ(answer.header("Connection"), "keep-alive");
  EXPECT_EQ(answer.header("Server"), "(none)");
  EXPECT_EQ(answer.header("X-Peer"), client.local_address());
}

TEST_F(ServerTest, KeepsTheConnection) {
  start();
  auto client = connect();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(client.send(post(std::to_string(i))));
    EXPECT_EQ(client.read().body, "POST " + std::to_string(i));
  }
  EXPECT_EQ(server_->counts().connections_accepted, 1U);
  EXPECT_EQ(server_->counts().requests, 100U);
}

TEST_F(ServerTest, EndsTheConnectionWhenAsked) {
  start();
  auto client = connect();
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  EXPECT_EQ(client.read().header("Connection"), "close");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  auto client = connect();
  std::string burst;
  for (int i = 0; i < 500; ++i) burst += i % 3 ? post(std::to_string(i)) : get("/thread");
  std::thread writer([&] { EXPECT_TRUE(client.send(burst)); });
  for (int i = 0; i < 500; ++i) {
    EXPECT_EQ(client.read().body, i % 3 ? "POST " + std::to_string(i) : "from a thread");
  }
  writer.join();
}

TEST_F(ServerTest, ReadsOddPieces) {
  start();
  const std::string bytes =
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n"
      "\r\n";
  auto client = connect();
  for (const std::size_t step : {1, 2, 3, 7, 64}) {
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      ASSERT_TRUE(client.send(std::string_view(bytes).substr(at, step)));
    }
    EXPECT_EQ(client.read().body, "POST abcde");
  }
}

TEST_F(ServerTest, ReadsALargeBody) {
  start();
  auto client = connect();
  const std::string body(4UL << 20, 'b');
  std::thread writer([&] { EXPECT_TRUE(client.send(post(body))); });
  EXPECT_EQ(client.read().body.size(), body.size() + 5);
  writer.join();
}

TEST_F(ServerTest, SendsWhatAnswersShare) {
  start();
  auto client = connect();
  ASSERT_TRUE(client.send(get("/shared")));
  const auto answer = client.read();
  EXPECT_EQ(answer.body, *shared_);
  EXPECT_EQ(answer.header("X-Shared"), "yes");
  EXPECT_EQ(answer.header("X-More"), "too");
}

TEST_F(ServerTest, TakesResponsesInTurnFromOneWhoKeepsTheResponder) {
  start();
  auto client = connect();
  std::vector<Responder> kept;  // of requests that are answered already
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send(get("/hold")));
    kept.push_back(gate_.next());
    kept.back()({.body = std::to_string(i)});
    for (const auto& old : kept) old({.body = "again"});  // dropped
    EXPECT_EQ(client.read().body, std::to_string(i));
    ASSERT_TRUE(client.send(get("/twice")));
    EXPECT_EQ(client.read().body, "first");
  }
}

TEST_F(ServerTest, SendsNoBodyForHead) {
  start();
  auto client = connect();
  ASSERT_TRUE(client.send("HEAD /shared HTTP/1.1\r\nHost: x\r\n\r\n"));
  const auto answer = client.read(false);
  EXPECT_EQ(answer.header("Content-Length"), "100000");
  ASSERT_TRUE(client.send(kGet));
  EXPECT_EQ(client.read().body, "GET ");  // the connection is still in step
}

TEST_F(ServerTest, SaysContinue) {
  start();
  auto client = connect();
  ASSERT_TRUE(client.send(
      "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  EXPECT_EQ(client.read().status, 100);
  ASSERT_TRUE(client.send("ok"));
  EXPECT_EQ(client.read().body, "POST ok");
}

TEST_F(ServerTest, SurvivesItsHandler) {
  start();
  auto client = connect();
  ASSERT_TRUE(client.send(get("/split")));
  EXPECT_EQ(client.read().header("X-Injected"), "(none)");
  ASSERT_TRUE(client.send(get("/twice")));
  EXPECT_EQ(client.read().body, "first");
  ASSERT_TRUE(client.send(get("/throw")));
  EXPECT_EQ(client.read().status, 500);
  auto other = connect();
  ASSERT_TRUE(other.send(get("/drop")));
  EXPECT_EQ(other.read().status, 500);
  EXPECT_EQ(server_->counts().handler_failures, 2U);
}

TEST_F(ServerTest, AnswersAHalfClosedClient) {
  start();
  auto client = connect();
  ASSERT_TRUE(client.send(post("last words")));
  client.half_close();
  EXPECT_EQ(client.read().body, "POST last words");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(ServerTest, DropsAHalfRequest) {
  start();
  {
    auto client = connect();
    ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"));
    client.half_close();
    EXPECT_EQ(client.read_to_end(), "");
  }
  wait_until([](const auto& counts) { return counts.connections_open == 0; });
  EXPECT_EQ(server_->counts().requests, 0U);
}

TEST_F(ServerTest, RefusesAndEnds) {
  start({.header_bytes_max = 1024, .body_bytes_max = 64});
  const std::string long_header(1024, 'h');
  for (const auto& [bytes, status] : std::initializer_list<std::pair<std::string, int>>{
           {"GET / HTTP/1.1\r\nHost: x\r\nA: " + long_header + "\r\n\r\n", 431},
           {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 65\r\n\r\n" + std::string(65, 'b'), 413},
           {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            400},
           {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400},
           {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505}}) {
    auto client = connect();
    ASSERT_TRUE(client.send(bytes));
    const auto answer = client.read();
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_EQ(client.read_to_end(), "");
  }
  EXPECT_EQ(server_->counts().requests, 0U);
  EXPECT_EQ(server_->counts().refusals, 5U);
}

TEST_F(ServerTest, LetsAClientFinishTheBodyItRefused) {
  start({.body_bytes_max = 64});
  auto client = connect();
  EXPECT_TRUE(client.send(post(std::string(8UL << 20, 'b'))));
  EXPECT_EQ(client.read().status, 413);
}

TEST_F(ServerTest, BoundsTheMemoryOfAllBodies) {
  start({.body_memory_max = 1000});
  auto first = connect();
  ASSERT_TRUE(first.send("POST /hold HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n" +
                         std::string(900, 'b')));
  const auto respond = gate_.next();
  auto second = connect();
  ASSERT_TRUE(second.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n" +
                          std::string(899, 'b')));
  EXPECT_EQ(second.read().status, 503);
  respond({});
  EXPECT_EQ(first.read().status, 200);
  ASSERT_TRUE(first.send(post(std::string(900, 'b'))));
  EXPECT_EQ(first.read().status, 200);
}

TEST_F(ServerTest, TimesOutSlowHeaders) {
  start({.header_timeout = 20ms});
  auto client = connect();
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost"));
  EXPECT_EQ(client.read().status, 408);
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(ServerTest, TimesOutHeadersThatTrickle) {
  start({.header_timeout = 50ms, .linger_timeout = 50ms});
  auto client = connect();
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: x\r\n"));
  std::thread trickle([&] {
    while (client.send("a: b\r\n")) std::this_thread::yield();
  });
  EXPECT_NE(client.read().status, 200);  // 408, or 431 on a fast machine
  client.read_to_end();
  trickle.join();
}

TEST_F(ServerTest, TimesOutSlowBodies) {
  start({.body_timeout = 20ms});
  auto client = connect();
  ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"));
  EXPECT_EQ(client.read().status, 408);
}

TEST_F(ServerTest, TimesOutIdleConnectionsInSilence) {
  start({.idle_timeout = 20ms});
  auto fresh = connect();
  EXPECT_EQ(fresh.read_to_end(), "");
  auto used = connect();
  ASSERT_TRUE(used.send(kGet));
  EXPECT_EQ(used.read().status, 200);
  EXPECT_EQ(used.read_to_end(), "");
}

TEST_F(ServerTest, CutsAClientThatDoesNotRead) {
  start({.write_timeout = 50ms, .linger_timeout = 10ms});
  shared_ = std::make_shared<std::string>(64UL << 20, 's');
  auto client = connect();
  ASSERT_TRUE(client.send(get("/shared")));
  wait_until([](const auto& counts) { return counts.connections_accepted == 1; });
  wait_until([](const auto& counts) { return counts.connections_open == 0; });
  EXPECT_LT(client.read_to_end().size(), shared_->size());
}

TEST_F(ServerTest, HoldsManyIdleConnections) {
  start();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 1000; ++i)
    clients.push_back(std::make_unique<RawClient>(server_->endpoint()));
  wait_until([](const auto& counts) { return counts.connections_open == 1000; });
  for (auto& client : clients) ASSERT_TRUE(client->send(kGet));
  for (auto& client : clients) ASSERT_EQ(client->read().status, 200);
  EXPECT_TRUE(server_->stop(10s));
  for (auto& client : clients) ASSERT_EQ(client->read_to_end(), "");
}

TEST_F(ServerTest, LetsNewConnectionsWaitAtTheMaximum) {
  start({.connections_max = 2});
  auto first = std::make_unique<RawClient>(server_->endpoint());
  auto second = connect();
  wait_until([](const auto& counts) { return counts.connections_open == 2; });
  auto third = connect();  // in the kernel's queue
  ASSERT_TRUE(third.send(kGet));
  ASSERT_TRUE(second.send(kGet));
  EXPECT_EQ(second.read().status, 200);
  EXPECT_EQ(server_->counts().connections_accepted, 2U);
  first.reset();
  EXPECT_EQ(third.read().status, 200);
}

TEST_F(ServerTest, FinishesRequestsWhenItStops) {
  start();
  auto busy = connect();
  auto idle = connect();
  ASSERT_TRUE(busy.send(get("/hold")));
  ASSERT_TRUE(idle.send(kGet));
  EXPECT_EQ(idle.read().status, 200);
  const auto respond = gate_.next();
  auto stopped = std::async(std::launch::async, [&] { return server_->stop(20s); });
  EXPECT_EQ(idle.read_to_end(), "");  // cut at once
  respond({.body = "in time"});
  const auto answer = busy.read();
  EXPECT_EQ(answer.body, "in time");
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_TRUE(stopped.get());
  EXPECT_THROW(connect(), boost::system::system_error);
}

TEST_F(ServerTest, CutsRequestsThatTakeTooLongToStop) {
  start();
  auto busy = connect();
  ASSERT_TRUE(busy.send(get("/hold")));
  const auto respond = gate_.next();
  EXPECT_FALSE(server_->stop(10ms));
  EXPECT_EQ(busy.read_to_end(), "");
  respond({.body = "too late"});  // harmless
}

TEST_F(ServerTest, SaysWhichAddressIsTaken) {
  start();
  const auto taken = server_->endpoint();
  const auto second = Server::listen(pool_, {"127.0.0.1", taken.port()}, {.clock = &clock_},
                                     [](Request, Responder) {});
  ASSERT_EQ(code_of(second), Code::Unavailable);
  EXPECT_EQ(second.error().message,
            "the address " + net::to_string(taken) + " is in use by another program");
}

TEST_F(ServerTest, ListensOnV6) {
  auto server = Server::listen(pool_, {"::1", 0}, {.clock = &clock_},
                               [](Request, Responder respond) { respond({.body = "six"}); });
  if (!server) {  // a machine without IPv6 answers so, precisely
    EXPECT_EQ(code_of(server), Code::Unavailable);
    return;
  }
  RawClient client((*server)->endpoint());
  ASSERT_TRUE(client.send(kGet));
  EXPECT_EQ(client.read().body, "six");
}

}  // namespace
}  // namespace limpet::http
