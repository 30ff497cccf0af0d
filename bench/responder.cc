// bench_responder: the floor. A bare HTTP responder: one thread, epoll, keep-alive; it finds the
// end of a request (headers and Content-Length), and answers every one with the same bytes in one
// write.
//
//   bench_responder --answer FILE      # prints the port it took
//
// What a server on one core could reach if nothing but HTTP's framing and the kernel's part were
// left.
#include "epoll.h"

#include <CLI/CLI.hpp>

#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <strings.h>
#include <sys/socket.h>

namespace limpet::bench {
namespace {

constexpr std::string_view kContentLength = "\r\ncontent-length:";
constexpr std::size_t kRequestMax = 1UL << 20;

struct Connection {
  int descriptor = -1;
  std::string pending;  ///< the beginning of a request that is not whole yet
};

std::size_t content_length(std::string_view head) {
  for (auto at = head.find('\r'); at != std::string_view::npos; at = head.find('\r', at + 1)) {
    if (head.size() - at < kContentLength.size()) break;
    if (strncasecmp(head.data() + at, kContentLength.data(), kContentLength.size()) != 0) continue;
    const auto value = head.find_first_not_of(' ', at + kContentLength.size());
    std::size_t length = 0;
    std::from_chars(head.data() + value, head.data() + head.size(), length);
    return length;
  }
  return 0;
}

/// Length of the request that `bytes` begin with; 0 while it is not whole.
std::size_t request_length(std::string_view bytes) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  const std::size_t length = end + 4 + content_length(bytes.substr(0, end + 2));
  return bytes.size() >= length ? length : 0;
}

class Responder {
 public:
  Responder(std::uint16_t port, std::string answer) : answer_(std::move(answer)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (listener_ < 0 || bind(listener_, raw, size) < 0 || listen(listener_, 1024) < 0 ||
        getsockname(listener_, raw, &size) < 0) {
      throw std::runtime_error("cannot listen");
    }
    port_ = ntohs(address.sin_port);
    epoll_.watch(EPOLL_CTL_ADD, listener_, EPOLLIN, nullptr);
  }

  std::uint16_t port() const { return port_; }

  void serve() {
    for (;;) {
      epoll_.wait(std::chrono::hours(1), [this](void* what) {
        if (what == nullptr) {
          accept();
        } else {
          on_readable(*static_cast<Connection*>(what));
        }
      });
    }
  }

 private:
  void accept() {
    const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) return;
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_.watch(EPOLL_CTL_ADD, descriptor, EPOLLIN,
                 new Connection{.descriptor = descriptor, .pending = {}});
  }

  void on_readable(Connection& connection) {
    const auto got = recv(connection.descriptor, buffer_.data(), buffer_.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0 || !answer(connection, {buffer_.data(), static_cast<std::size_t>(got)})) {
      ::close(connection.descriptor);
      delete &connection;
    }
  }

  /// One write per request. False: the connection is of no more use.
  bool answer(Connection& connection, std::string_view bytes) {
    if (!connection.pending.empty()) bytes = connection.pending += bytes;
    std::size_t length = 0;
    while ((length = request_length(bytes)) > 0) {
      if (::send(connection.descriptor, answer_.data(), answer_.size(), MSG_NOSIGNAL) !=
          static_cast<ssize_t>(answer_.size())) {
        return false;
      }
      bytes.remove_prefix(length);
    }
    connection.pending = std::string(bytes);
    return connection.pending.size() <= kRequestMax;
  }

  const std::string answer_;
  Epoll epoll_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::array<char, 64UL << 10> buffer_{};
};

std::string default_answer() {
  const std::string body(1280, 'x');
  return "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string read_answer(const std::string& path) {
  if (path.empty()) return default_answer();
  std::ifstream in(path, std::ios::binary);
  std::string answer{std::istreambuf_iterator<char>(in), {}};
  if (answer.empty()) throw std::runtime_error("cannot read " + path);
  return answer;
}

}  // namespace
}  // namespace limpet::bench

int main(int argc, char** argv) {
  std::uint16_t port = 0;
  std::string answer;
  CLI::App app("A bare HTTP responder: the floor of scripts/bench.", "bench_responder");
  app.add_option("--port", port, "Port on 127.0.0.1; 0 takes a free one")->capture_default_str();
  app.add_option("--answer", answer, "File with a whole HTTP answer; absent: one of 1.4 kB");
  CLI11_PARSE(app, argc, argv);
  try {
    const auto responder =
        std::make_unique<limpet::bench::Responder>(port, limpet::bench::read_answer(answer));
    std::cout << responder->port() << std::endl;
    responder->serve();
  } catch (const std::exception& error) {
    std::cerr << "bench_responder: " << error.what() << std::endl;
    return 1;
  }
}
