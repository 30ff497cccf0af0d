#include "request_parser.h"

#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <memory>
#include <tuple>

namespace limpet::http {

namespace beast = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

/// Beast's state machine, one step (header, piece of body, chunk header) per put(), writing
/// straight into a Request.
class RequestParser::Machine final : public beast::basic_parser<true> {
 public:
  explicit Machine(const ParserLimits& limits) : header_count_max_(limits.header_count) {
    // Beast counts anew whenever it has consumed some headers; feed() counts them all, and first.
    header_limit(static_cast<std::uint32_t>(2 * limits.header_bytes));
    body_limit(limits.body_bytes);
    eager(false);
  }

  Request request;
  int version = 11;
  // What the headers said that decides how the message is framed.
  std::size_t hosts = 0;
  std::size_t lengths = 0;
  std::size_t codings = 0;
  bool expects = false;
  bool unknown_coding = false;
  bool unknown_expectation = false;

 private:
  void on_request_impl(beast::verb, string_view method, string_view target, int number,
                       error_code&) override {
    request.method.assign(method.data(), method.size());
    request.target.assign(target.data(), target.size());
    request.headers.reserve(16, 512);
    version = number;
  }

  void on_field_impl(beast::field field, string_view name, string_view value,
                     error_code& error) override {
    if (is_header_done()) return;  // a trailer: it must not pass for a header
    if (request.headers.size() == header_count_max_) {
      error = beast::error::header_limit;
      return;
    }
    note(field, {value.data(), value.size()});
    request.headers.add({name.data(), name.size()}, {value.data(), value.size()});
  }

  /// Beast has looked the name up already.
  void note(beast::field field, std::string_view value) {
    switch (field) {
      case beast::field::host:
        ++hosts;
        break;
      case beast::field::content_length:
        lengths += value.find(',') == std::string_view::npos ? 1 : 2;
        break;
      case beast::field::transfer_encoding:
        ++codings;
        if (!equal_ignoring_case(value, "chunked")) unknown_coding = true;
        break;
      case beast::field::expect:
        expects = true;
        if (!equal_ignoring_case(value, "100-continue")) unknown_expectation = true;
        break;
      default:
        break;
    }
  }

  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

  std::size_t on_body_impl(string_view bytes, error_code&) override {
    request.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code&) override {
    request.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_finish_impl(error_code&) override {}
  void on_response_impl(int, string_view, int, error_code&) override {}

  std::size_t header_count_max_;
};

namespace {

Refusal refusal_of(const error_code& error) {
  if (error == beast::error::body_limit) return {413, "the request body is too large"};
  if (error == beast::error::header_limit) return {431, "the request headers are too large"};
  if (error == beast::error::bad_version)
    return {505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  return {400, "the request is not well-formed HTTP: " + error.message()};
}

/// A header that goes on in a line that begins with a blank (RFC 9112 5.2): readers differ on it.
/// Beast consumes a header only when it has seen that the next line begins otherwise.
bool has_folded_line(std::string_view consumed) {
  for (auto at = consumed.find('\n'); at != std::string_view::npos; at = consumed.find('\n', at)) {
    if (++at < consumed.size() && (consumed[at] == ' ' || consumed[at] == '\t')) return true;
  }
  return false;
}

/// "http://host/path" (RFC 9112 3.2.2) → "/path"; anything else stays.
void make_origin_form(std::string& target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() < scheme.size() ||
        !equal_ignoring_case(std::string_view(target).substr(0, scheme.size()), scheme)) {
      continue;
    }
    const auto path = target.find_first_of("/?", scheme.size());
    std::string origin = path == std::string::npos ? "" : target.substr(path);
    if (origin.empty() || origin.front() != '/') origin.insert(0, "/");
    target = std::move(origin);
    return;
  }
}

}  // namespace

RequestParser::RequestParser(const ParserLimits& limits) : limits_(limits) { restart(); }
RequestParser::~RequestParser() = default;

void RequestParser::restart() {
  if (machine_) {  // in place: neither of the two allocates
    std::destroy_at(machine_.get());
    std::construct_at(machine_.get(), limits_);
  } else {
    machine_ = std::make_unique<Machine>(limits_);
  }
  header_bytes_ = 0;
}

RequestParser::Progress RequestParser::feed(std::string_view bytes) {
  Progress progress;
  while (!machine_->is_done()) {
    const bool in_header = !machine_->is_header_done();
    const auto rest = bytes.substr(progress.consumed);
    // Beast asserts that a last chunk it has seen once comes back with five bytes or more; as long
    // as a chunked message is not done, that many ("0 CRLF CRLF") are always still to come.
    if (!in_header && machine_->chunked() && rest.size() < 5) break;
    error_code error;
    const std::size_t body_before = machine_->request.body.size();
    const auto consumed = machine_->put(boost::asio::buffer(rest.data(), rest.size()), error);
    progress.consumed += consumed;
    const bool starved = error == beast::error::need_more;
    if (error && !starved) {
      progress.refusal = refusal_of(error);
      return progress;
    }
    if (in_header) {
      header_bytes_ += consumed;
      const auto waiting = machine_->is_header_done() ? 0 : bytes.size() - progress.consumed;
      if (header_bytes_ + waiting > limits_.header_bytes) {
        progress.refusal = Refusal{431, "the request headers are too large"};
        return progress;
      }
      if (has_folded_line(rest.substr(0, consumed))) {
        progress.refusal = Refusal{400, "a header must stand on one line"};
        return progress;
      }
      if (machine_->is_header_done()) {
        if (auto refusal = check_header()) {
          progress.refusal = std::move(refusal);
          return progress;
        }
      }
    } else {
      // What is no part of the body: a chunk's header, or the last one with the trailer.
      const std::size_t framing = consumed - (machine_->request.body.size() - body_before);
      const std::size_t waiting = starved ? bytes.size() - progress.consumed : 0;
      if (framing + waiting > limits_.header_bytes) {
        progress.refusal = Refusal{400, "a chunk's header or the trailer is too large"};
        return progress;
      }
    }
    if (starved || progress.consumed == bytes.size()) break;
  }
  progress.done = machine_->is_done();
  if (progress.done) make_origin_form(machine_->request.target);
  return progress;
}

std::optional<Refusal> RequestParser::check_header() const {
  const auto& [hosts, lengths, codings] =
      std::tie(machine_->hosts, machine_->lengths, machine_->codings);
  if (machine_->unknown_coding) {
    return Refusal{501, "the only transfer coding understood is chunked"};
  }
  if (machine_->unknown_expectation) {
    return Refusal{417, "the only expectation understood is 100-continue"};
  }
  if (hosts > 1 || (hosts == 0 && machine_->version == 11)) {
    return Refusal{400, "a request needs exactly one Host header"};
  }
  if (lengths > 1) return Refusal{400, "Content-Length is given more than once"};
  if (codings > 1) return Refusal{400, "Transfer-Encoding is given more than once"};
  if (codings == 1 && lengths == 1) {
    return Refusal{400, "Content-Length and Transfer-Encoding exclude each other"};
  }
  if (codings == 1 && machine_->version == 10) {
    return Refusal{400, "HTTP/1.0 has no transfer codings"};
  }
  return std::nullopt;
}

bool RequestParser::begun() const { return header_bytes_ > 0; }
bool RequestParser::header_done() const { return machine_->is_header_done(); }

bool RequestParser::expects_continue() const {
  return machine_->version == 11 && header_done() && !machine_->is_done() &&
         machine_->request.body.empty() && machine_->expects;
}

bool RequestParser::keep_alive() const { return machine_->keep_alive(); }
const std::string& RequestParser::method() const { return machine_->request.method; }
std::size_t RequestParser::body_size() const { return machine_->request.body.size(); }

Request RequestParser::take() {
  Request request = std::move(machine_->request);
  restart();
  return request;
}

}  // namespace limpet::http
