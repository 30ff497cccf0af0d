// A blocking client that sends exactly the bytes it is given; for tests.
#pragma once

#include "limpet/http/message.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <string>
#include <string_view>

namespace limpet::http::testing {

struct RawAnswer {
  int status = 0;
  Headers headers;
  std::string body;

  std::string header(std::string_view name) const {
    const auto value = headers.find(name);
    return std::string(value.value_or("(none)"));
  }
};

class RawClient {
 public:
  explicit RawClient(const boost::asio::ip::tcp::endpoint& server) : socket_(context_) {
    socket_.connect(server);
    const timeval patience{.tv_sec = 30, .tv_usec = 0};  // a hang becomes a failure
    setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }

  /// False when the server has cut the connection.
  bool send(std::string_view bytes) {
    boost::system::error_code error;
    boost::asio::write(socket_, boost::asio::buffer(bytes.data(), bytes.size()), error);
    return !error;
  }
  void half_close() { socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send); }

  /// The next answer; status 0 when the connection ended first.
  RawAnswer read(bool with_body = true) {
    RawAnswer answer;
    boost::system::error_code error;
    const auto head =
        boost::asio::read_until(socket_, boost::asio::dynamic_buffer(buffer_), "\r\n\r\n", error);
    if (error) return answer;
    std::string_view lines(buffer_.data(), head - 2);
    answer.status = std::stoi(std::string(lines.substr(9, 3)));
    lines.remove_prefix(lines.find("\r\n") + 2);
    while (!lines.empty()) {
      const auto line = lines.substr(0, lines.find("\r\n"));
      lines.remove_prefix(line.size() + 2);
      const auto colon = line.find(": ");
      answer.headers.add(line.substr(0, colon), line.substr(colon + 2));
    }
    buffer_.erase(0, head);
    const auto length = answer.headers.find("Content-Length");
    const std::size_t size = with_body && length ? std::stoul(std::string(*length)) : 0;
    while (buffer_.size() < size && !error) fill(error);
    answer.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return answer;
  }

  /// Whatever still comes, until the server ends the connection.
  std::string read_to_end() {
    boost::system::error_code error;
    while (!error) fill(error);
    return std::exchange(buffer_, {});
  }

  std::string local_address() const {
    const auto endpoint = socket_.local_endpoint();
    return endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
  }

 private:
  void fill(boost::system::error_code& error) {
    char bytes[4096];
    const auto count = socket_.read_some(boost::asio::buffer(bytes), error);
    buffer_.append(bytes, count);
  }

  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_;
  std::string buffer_;
};

}  // namespace limpet::http::testing
