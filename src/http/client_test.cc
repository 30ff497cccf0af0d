#include "limpet/http/client.h"

#include "limpet/http/server.h"

#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <thread>

namespace limpet::http {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;

struct UrlRow {
  const char* name;
  std::string text;
  std::optional<Url> url;  // nullopt: refused
  std::string host_header;
};

class UrlTest : public testing::TestWithParam<UrlRow> {};

TEST_P(UrlTest, Parses) {
  const auto& row = GetParam();
  const auto url = parse_url(row.text);
  if (row.url) {
    ASSERT_TRUE(url.has_value()) << describe(url.error());
    EXPECT_EQ(*url, *row.url);
    EXPECT_EQ(url->host_header(), row.host_header);
  } else {
    EXPECT_EQ(code_of(url), Code::InvalidInput);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Urls, UrlTest,
    testing::Values(
        UrlRow{"Aws", "https://glue.us-east-1.amazonaws.com",
               Url{true, "glue.us-east-1.amazonaws.com", 443, "/"}, "glue.us-east-1.amazonaws.com"},
        UrlRow{"Local", "http://127.0.0.1:8484/", Url{false, "127.0.0.1", 8484, "/"},
               "127.0.0.1:8484"},
        UrlRow{"V6", "HTTP://[::1]:80/a?b", Url{false, "::1", 80, "/a?b"}, "[::1]"},
        UrlRow{"QueryOnly", "http://h?q", Url{false, "h", 80, "/?q"}, "h"},
        UrlRow{"NoScheme", "localhost:8484", {}, ""}, UrlRow{"OtherScheme", "ftp://h", {}, ""},
        UrlRow{"NoHost", "http:///", {}, ""}, UrlRow{"User", "http://u:p@h/", {}, ""},
        UrlRow{"BadPort", "http://h:0/", {}, ""}, UrlRow{"LongPort", "http://h:99999/", {}, ""},
        UrlRow{"OpenBracket", "http://[::1/", {}, ""}, UrlRow{"Blank", "http://h/a b", {}, ""},
        UrlRow{"LineBreak", "http://h\r\nX: y/", {}, ""}, UrlRow{"Fragment", "http://h/#a", {}, ""},
        UrlRow{"Empty", "", {}, ""}),
    [](const auto& row) { return row.param.name; });

class FixedClock final : public Clock {
 public:
  Timestamp now() const override { return {}; }
};

class ClientTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server =
        Server::listen(pool_, {"127.0.0.1", 0}, {.clock = &clock_, .body_bytes_max = 1000},
                       [](Request request, Responder respond) {
                         const bool close = request.target == "/close";
                         respond({.status = request.target == "/404" ? 404 : 200,
                                  .headers = {{"X-Method", request.method}},
                                  .body = std::move(request.body),
                                  .close = close});
                       });
    ASSERT_TRUE(server.has_value());
    server_ = *std::move(server);
    url_ = *parse_url("http://" + net::to_string(server_->endpoint()));
  }

  FixedClock clock_;
  net::ThreadPool pool_{1};
  std::unique_ptr<Server> server_;
  Url url_;
  Client client_{{}};
};

TEST_F(ClientTest, KeepsItsConnection) {
  for (int i = 0; i < 10; ++i) {
    const auto answer = client_.send(url_, {.body = std::to_string(i)});
    ASSERT_TRUE(answer.has_value()) << describe(answer.error());
    EXPECT_EQ(answer->body, std::to_string(i));
  }
  EXPECT_EQ(server_->counts().connections_accepted, 1U);
}

TEST_F(ClientTest, ConnectsAnewWhenTheServerEndedIt) {
  url_.path = "/close";
  EXPECT_TRUE(client_.send(url_, {}).has_value());
  EXPECT_TRUE(client_.send(url_, {}).has_value());
  EXPECT_EQ(server_->counts().connections_accepted, 2U);
}

TEST_F(ClientTest, GivesAnswersOfAnyStatus) {
  url_.path = "/404";
  EXPECT_EQ(client_.send(url_, {})->status, 404);
  EXPECT_EQ(client_.send(url_, {.body = std::string(2000, 'b')})->status, 413);
  const auto head = client_.send(url_, {.method = "HEAD"});
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->headers.find("x-method"), "HEAD");
}

TEST_F(ClientTest, IsSafeFromManyThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const auto body = std::to_string(t) + "/" + std::to_string(i);
        const auto answer = client_.send(url_, {.body = body});
        EXPECT_TRUE(answer && answer->body == body);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_LE(server_->counts().connections_accepted, 8U);
}

TEST_F(ClientTest, RefusesABrokenHeader) {
  EXPECT_EQ(code_of(client_.send(url_, {.headers = {{"A", "b\r\nC: d"}}})), Code::InvalidInput);
}

TEST_F(ClientTest, SaysThatNobodyListens) {
  server_->stop(1s);
  const auto answer = client_.send(url_, {});
  ASSERT_EQ(code_of(answer), Code::Unavailable);
  EXPECT_EQ(answer.error().message,
            "cannot connect to http://" + url_.host_header() + ": Connection refused");
}

/// Accepts one connection, reads a request's head, says `answer`, and closes if told so.
class Scripted {
 public:
  Scripted(std::string answer, bool close) {
    thread_ = std::thread([this, answer = std::move(answer), close] {
      tcp::socket socket(context_);
      acceptor_.accept(socket);
      std::string head;
      boost::system::error_code error;
      boost::asio::read_until(socket, boost::asio::dynamic_buffer(head), "\r\n\r\n", error);
      boost::asio::write(socket, boost::asio::buffer(answer), error);
      if (!close)
        boost::asio::read_until(socket, boost::asio::dynamic_buffer(head), "never", error);
    });
  }
  ~Scripted() { thread_.join(); }
  Url url() const { return *parse_url("http://" + net::to_string(acceptor_.local_endpoint())); }

 private:
  boost::asio::io_context context_;
  tcp::acceptor acceptor_{context_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
  std::thread thread_;
};

struct AnswerRow {
  const char* name;
  std::string bytes;
  std::optional<std::string> body;  // nullopt: fails with `code`
  Code code = Code::Unavailable;
};

class AnswerTest : public testing::TestWithParam<AnswerRow> {};

TEST_P(AnswerTest, IsReadWithinBounds) {
  const auto& row = GetParam();
  Scripted server(row.bytes, true);
  Client client({.answer_bytes_max = 100});
  const auto answer = client.send(server.url(), {});
  if (row.body) {
    ASSERT_TRUE(answer.has_value()) << describe(answer.error());
    EXPECT_EQ(answer->body, *row.body);
  } else {
    EXPECT_EQ(code_of(answer), row.code);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Answers, AnswerTest,
    testing::Values(
        AnswerRow{"Length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok"},
        AnswerRow{"UntilTheEnd", "HTTP/1.1 200 OK\r\n\r\nall of it", "all of it"},
        AnswerRow{"Chunked",
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", "a"},
        AnswerRow{"EmptyChunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                  ""},
        AnswerRow{"AfterContinue",
                  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                  "ok"},
        AnswerRow{"NoContent", "HTTP/1.1 204 No Content\r\n\r\n", ""},
        AnswerRow{"Cut", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", {}},
        AnswerRow{"CutInHeaders", "HTTP/1.1 200 OK\r\nConte", {}}, AnswerRow{"Nothing", "", {}},
        AnswerRow{"NotHttp", "SSH-2.0-OpenSSH_9.2\r\n", {}},
        AnswerRow{
            "TooLarge", "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", {}, Code::LimitExceeded},
        AnswerRow{"TooLargeUntilTheEnd",
                  "HTTP/1.1 200 OK\r\n\r\n" + std::string(101, 'a'),
                  {},
                  Code::LimitExceeded},
        AnswerRow{"EndlessHeaders",
                  "HTTP/1.1 200 OK\r\nA: " + std::string(70'000, 'a'),
                  {},
                  Code::LimitExceeded}),
    [](const auto& row) { return row.param.name; });

TEST(Client, GivesUpAtTheDeadline) {
  Scripted server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", false);
  Client client({.answer_timeout = 20ms});
  const auto answer = client.send(server.url(), {});
  ASSERT_EQ(code_of(answer), Code::Unavailable);
  EXPECT_EQ(answer.error().message,
            "cannot read from http://" + server.url().host_header() + ": no answer in time");
}

TEST_F(ClientTest, SpeaksNoTlsWithAPlainPort) {
  url_.tls = true;
  EXPECT_EQ(code_of(client_.send(url_, {})), Code::Unavailable);
}

}  // namespace
}  // namespace limpet::http
