#include "response_parser.h"

#include <boost/beast/http/basic_parser.hpp>

namespace limpet::http {

namespace beast = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

class ResponseParser::Machine final : public beast::basic_parser<false> {
 public:
  Machine(const Limits& limits, bool head) : limits_(limits) {
    header_limit(static_cast<std::uint32_t>(2 * limits.header_bytes));  // see RequestParser
    body_limit(limits.body_bytes);
    eager(false);
    skip(head);
  }

  Answer answer;

 private:
  void on_request_impl(beast::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int status, string_view, int, error_code&) override {
    answer.status = status;
  }

  void on_field_impl(beast::field, string_view name, string_view value,
                     error_code& error) override {
    if (is_header_done()) return;  // a trailer
    if (answer.headers.size() == limits_.header_count) {
      error = beast::error::header_limit;
      return;
    }
    answer.headers.add({name.data(), name.size()}, {value.data(), value.size()});
  }

  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

  std::size_t on_body_impl(string_view bytes, error_code&) override {
    answer.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code&) override {
    answer.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_finish_impl(error_code&) override {}

  Limits limits_;
};

ResponseParser::ResponseParser(const Limits& limits, bool head)
    : limits_(limits), head_(head), machine_(std::make_unique<Machine>(limits, head)) {}
ResponseParser::~ResponseParser() = default;

Result<std::size_t> ResponseParser::feed(std::string_view bytes) {
  std::size_t consumed = 0;
  while (!machine_->is_done()) {
    const auto rest = bytes.substr(consumed);
    if (rest.empty()) break;
    // See RequestParser::feed.
    if (machine_->is_header_done() && machine_->chunked() && rest.size() < 5) break;
    const bool in_header = !machine_->is_header_done();
    error_code error;
    const std::size_t body_before = machine_->answer.body.size();
    const auto count = machine_->put(boost::asio::buffer(rest.data(), rest.size()), error);
    consumed += count;
    const bool starved = error == beast::error::need_more;
    if (in_header) header_bytes_ += count;
    const std::size_t waiting = starved ? bytes.size() - consumed : 0;
    // In a body, what is no part of it: a chunk's header, or the last one with the trailer.
    const std::size_t framing =
        in_header ? header_bytes_ : count - (machine_->answer.body.size() - body_before);
    if (waiting + framing > limits_.header_bytes) {
      return Error::limit_exceeded("the headers of the answer are too large");
    }
    if (starved) break;
    if (error == beast::error::body_limit) {
      return Error::limit_exceeded("the answer is larger than " +
                                   std::to_string(limits_.body_bytes) + " bytes");
    }
    if (error == beast::error::header_limit) {
      return Error::limit_exceeded("the headers of the answer are too large");
    }
    if (error) return Error::unavailable("the answer is not HTTP: " + error.message());
    if (machine_->is_done() && machine_->answer.status / 100 == 1) {
      machine_ = std::make_unique<Machine>(limits_, head_);
      header_bytes_ = 0;
    }
  }
  return consumed;
}

Status ResponseParser::end() {
  error_code error = beast::error::partial_message;
  if (machine_->got_some() && !machine_->is_done()) machine_->put_eof(error);
  if (error && !machine_->is_done()) {
    return Error::unavailable("the server ended the connection before its answer was whole");
  }
  return {};
}

bool ResponseParser::done() const { return machine_->is_done(); }
bool ResponseParser::keep_alive() const { return machine_->keep_alive(); }
Answer ResponseParser::take() { return std::move(machine_->answer); }

}  // namespace limpet::http
