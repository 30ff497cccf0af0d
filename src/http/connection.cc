#include "connection.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/write.hpp>

#include <charconv>
#include <exception>
#include <utility>

namespace limpet::http {

namespace asio = boost::asio;

namespace {

/// While a body arrives, one read takes up to this much.
constexpr std::size_t kBodyRead = 64UL << 10;
/// After a refusal we read on, so that the client sees our answer and not a reset.
constexpr std::size_t kLingerBytes = 16UL << 20;

/// "Sun, 07 Nov 2021 16:42:28 GMT", made once a second and thread.
const std::string& http_date(const Clock& clock) {
  thread_local std::chrono::sys_seconds second{};
  thread_local std::string text;
  const auto now = clock.now();
  if (const auto floor = std::chrono::floor<std::chrono::seconds>(now);
      floor != second || text.empty()) {
    second = floor;
    text = to_http_date(now);
  }
  return text;
}

void append_number(std::string& out, std::size_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

/// A header cannot end early or begin another one, whatever stands in it.
void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value) out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  out += "\r\n";
}

}  // namespace

Answer Shared::refusal(int status, const std::string& reason) {
  refusals.fetch_add(1, std::memory_order_relaxed);
  Answer answer;
  if (options.refuse) {
    answer = options.refuse(status, reason);
  } else {
    answer.status = status;
    answer.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
    answer.body = reason + "\n";
  }
  answer.close = true;
  return answer;
}

/// The last copy of a Responder owns it, and answers 500 if nobody else has.
class Responder::Handle {
 public:
  Handle(std::shared_ptr<AnswerSlot> slot, std::shared_ptr<Shared> shared)
      : slot_(std::move(slot)), shared_(std::move(shared)) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (answered_.load()) return;
    shared_->handler_failures.fetch_add(1, std::memory_order_relaxed);
    answer(shared_->refusal(500, "the request was not answered"));
  }

  void answer(Answer answer) {
    if (answered_.exchange(true)) return;
    asio::dispatch(slot_->strand, [slot = slot_, given = std::move(answer)]() mutable {
      slot->answer = std::move(given);
      slot->arrived.cancel();
    });
  }

 private:
  std::shared_ptr<AnswerSlot> slot_;
  std::shared_ptr<Shared> shared_;
  std::atomic<bool> answered_ = false;
};

void Responder::operator()(Answer answer) const { handle_->answer(std::move(answer)); }

Connection::Connection(net::Socket socket, std::shared_ptr<Shared> shared)
    : socket_(std::move(socket)),
      shared_(std::move(shared)),
      watchdog_(socket_.get_executor(), [this] { expired(); }),
      parser_({.header_bytes = shared_->options.header_bytes_max,
               .header_count = shared_->options.header_count_max,
               .body_bytes = shared_->options.body_bytes_max}) {
  boost::system::error_code error;
  const auto peer = socket_.remote_endpoint(error);
  if (!error) {
    peer_ = net::to_string(peer);
    loopback_ = net::is_loopback(peer.address());
  }
}

Connection::~Connection() { shared_->body_memory -= body_memory_; }

net::Async<void> Connection::run(std::shared_ptr<Connection> self) {
  Connection& connection = *self;
  bool linger = false;
  for (;;) {
    const Read read = co_await connection.read_request();
    if (read == Read::Closed) break;
    if (read == Read::Refused) {
      const Answer refused =
          connection.shared_->refusal(connection.refusal_.status, connection.refusal_.reason);
      linger = co_await connection.write(refused, true, false);
      break;
    }
    bool keep_alive = connection.parser_.keep_alive();
    const bool with_body = connection.parser_.method() != "HEAD";
    const Answer answer = co_await connection.handle();
    if (connection.aborted_) break;
    keep_alive = keep_alive && !answer.close && !connection.shared_->stopping;
    const bool written = co_await connection.write(answer, with_body, keep_alive);
    connection.account_body();
    if (!written) break;
    if (!keep_alive) {
      linger = true;
      break;
    }
  }
  if (linger) co_await connection.linger();
  boost::system::error_code ignored;
  connection.socket_.close(ignored);
}

net::Async<Connection::Read> Connection::read_request() {
  bool continued = false;
  enter(Phase::Idle);
  for (;;) {
    if (!buffer_.empty()) {
      auto progress = parser_.feed(buffer_.pending());
      buffer_.consume(progress.consumed);
      account_body();
      if (progress.refusal) {
        refusal_ = *std::move(progress.refusal);
        co_return Read::Refused;
      }
      if (progress.done) co_return Read::Request;
      if (shared_->body_memory > shared_->options.body_memory_max) {
        refusal_ = {503, "too many large requests at once; try again"};
        co_return Read::Refused;
      }
      if (!continued && parser_.expects_continue()) {
        continued = true;
        if (!co_await write_continue()) co_return Read::Closed;
      }
    }
    if (const Phase phase = phase_of_reading(); phase != phase_) enter(phase);
    if (phase_ == Phase::Idle) {
      if (shared_->stopping) co_return Read::Closed;
      buffer_.shrink();
      watchdog_.set(shared_->options.idle_timeout);
    }
    const auto room = buffer_.prepare(phase_ == Phase::Body ? kBodyRead : ReadBuffer::kSmall);
    const auto [error, count] =
        co_await socket_.async_read_some(asio::buffer(room.data(), room.size()), net::kAwait);
    buffer_.commit(count);
    shared_->bytes_received.fetch_add(count, std::memory_order_relaxed);
    if (timed_out_ && phase_ != Phase::Idle && !aborted_) {
      timed_out_ = false;
      refusal_ = {408, phase_ == Phase::Header ? "the request headers took too long"
                                               : "the request body took too long"};
      co_return Read::Refused;
    }
    if (error) co_return Read::Closed;
  }
}

Connection::Phase Connection::phase_of_reading() const {
  if (parser_.header_done()) return Phase::Body;
  return buffer_.empty() && !parser_.begun() ? Phase::Idle : Phase::Header;
}

/// Sets the deadline of a phase when it begins; it does not move with every byte that trickles in.
void Connection::enter(Phase phase) {
  phase_ = phase;
  switch (phase) {
    case Phase::Header:
      return watchdog_.set(shared_->options.header_timeout);
    case Phase::Body:
      return watchdog_.set(shared_->options.body_timeout);
    case Phase::Writing:
      return watchdog_.set(shared_->options.write_timeout);
    case Phase::Lingering:
      return watchdog_.set(shared_->options.linger_timeout);
    case Phase::Idle:
    case Phase::Handling:
      return watchdog_.clear();
  }
}

void Connection::expired() {
  timed_out_ = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Connection::account_body() {
  const std::size_t now = phase_ == Phase::Writing ? 0 : parser_.body_size();
  shared_->body_memory += now - body_memory_;  // modulo 2^64 when it shrinks
  body_memory_ = now;
}

net::Async<Answer> Connection::handle() {
  enter(Phase::Handling);
  shared_->requests.fetch_add(1, std::memory_order_relaxed);
  auto slot = std::make_shared<AnswerSlot>(socket_.get_executor());
  slot_ = slot;
  {
    Request request = parser_.take();
    request.peer = peer_;
    request.loopback = loopback_;
    Responder responder(std::make_shared<Responder::Handle>(slot, shared_));
    try {
      shared_->handler(std::move(request), responder);
    } catch (const std::exception& exception) {
      shared_->handler_failures.fetch_add(1, std::memory_order_relaxed);
      responder(shared_->refusal(500, std::string("the server failed: ") + exception.what()));
    }
  }
  while (!slot->answer && !aborted_) {
    slot->arrived.expires_at(net::Timer::time_point::max());
    co_await slot->arrived.async_wait(net::kAwait);
  }
  slot_.reset();
  Answer answer;
  if (slot->answer) answer = *std::move(slot->answer);
  co_return answer;
}

net::Async<bool> Connection::write(const Answer& answer, bool with_body, bool keep_alive) {
  enter(Phase::Writing);
  const std::string_view content = answer.content();
  head_.clear();
  head_ += "HTTP/1.1 ";
  append_number(head_, static_cast<std::size_t>(answer.status));
  head_ += ' ';
  head_ += reason_phrase(answer.status);
  head_ += "\r\n";
  append_header(head_, "Date", http_date(*shared_->options.clock));
  for (const auto& [name, value] : answer.headers) append_header(head_, name, value);
  head_ += "Content-Length: ";
  append_number(head_, content.size());
  head_ += keep_alive ? "\r\nConnection: keep-alive\r\n\r\n" : "\r\nConnection: close\r\n\r\n";

  const std::array<asio::const_buffer, 2> buffers{
      asio::buffer(head_), asio::buffer(content.data(), with_body ? content.size() : 0)};
  const auto [error, count] = co_await asio::async_write(socket_, buffers, net::kAwait);
  shared_->bytes_sent.fetch_add(count, std::memory_order_relaxed);
  co_return !error;
}

net::Async<bool> Connection::write_continue() {
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  const auto bytes = asio::buffer(kContinue.data(), kContinue.size());
  const auto [error, count] = co_await asio::async_write(socket_, bytes, net::kAwait);
  co_return !error;
}

net::Async<void> Connection::linger() {
  enter(Phase::Lingering);
  timed_out_ = false;
  boost::system::error_code failed;
  socket_.shutdown(net::Socket::shutdown_send, failed);
  std::size_t total = buffer_.pending().size();
  buffer_.consume(total);
  while (!failed && !timed_out_ && total < kLingerBytes && !shared_->stopping) {
    const auto room = buffer_.prepare(kBodyRead);
    const auto [error, count] =
        co_await socket_.async_read_some(asio::buffer(room.data(), room.size()), net::kAwait);
    failed = error;
    total += count;
  }
}

void Connection::stop() {
  if (phase_ == Phase::Idle || phase_ == Phase::Lingering) abort();
}

void Connection::abort() {
  aborted_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
  if (slot_) slot_->arrived.cancel();
}

}  // namespace limpet::http
