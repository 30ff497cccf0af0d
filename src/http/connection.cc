#include "connection.h"

#include "limpet/net/address.h"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <charconv>
#include <exception>
#include <sys/socket.h>
#include <utility>

namespace limpet::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// While a body arrives, one read takes up to this much.
constexpr std::size_t kBodyRead = 64UL << 10;
/// After a refusal we read on, so that the client sees our answer and not a reset.
constexpr std::size_t kLingerBytes = 16UL << 20;
/// A body up to this size is copied behind its header: one buffer costs the kernel less than two.
constexpr std::size_t kOneWrite = 4UL << 10;
/// A body up to this size goes into one TLS record with its header.
constexpr std::size_t kOneRecord = 15UL << 10;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
/// The first byte of a TLS handshake (RFC 8446 5.1).
constexpr char kTlsHandshake = 0x16;

/// "Sun, 07 Nov 2021 16:42:28 GMT", made once a tick and thread.
const std::string& http_date(const Shared& shared) {
  thread_local std::pair<const Shared*, std::int64_t> made{};
  thread_local std::string text;
  const std::pair now{&shared, shared.now_ms.load(std::memory_order_relaxed)};
  if (made != now || text.empty()) {
    made = now;
    text = to_http_date(shared.options.clock->now());
  }
  return text;
}

/// Writes into a text that is known to be long enough.
class HeadWriter {
 public:
  explicit HeadWriter(std::string& out)
      : begin_(out.data()), at_(begin_), end_(begin_ + out.size()) {}

  HeadWriter& put(std::string_view text) {
    at_ = std::copy(text.begin(), text.end(), at_);
    return *this;
  }
  HeadWriter& put(std::size_t number) {
    at_ = std::to_chars(at_, end_, number).ptr;
    return *this;
  }
  /// A header cannot end early or begin another one, whatever stands in it.
  HeadWriter& put_value(std::string_view value) {
    at_ = std::transform(value.begin(), value.end(), at_,
                         [](char c) { return c == '\r' || c == '\n' || c == '\0' ? ' ' : c; });
    return *this;
  }
  std::size_t size() const { return static_cast<std::size_t>(at_ - begin_); }

 private:
  char* begin_;
  char* at_;
  char* end_;
};

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

Connection::Connection(net::Socket socket, std::shared_ptr<Shared> shared,
                       const net::TlsContext* tls)
    : socket_(std::move(socket)),
      descriptor_(socket_.native_handle()),
      shared_(std::move(shared)),
      parser_({.header_bytes = shared_->options.header_bytes_max,
               .header_count = shared_->options.header_count_max,
               .body_bytes = shared_->options.body_bytes_max}),
      slot_(Responder::Slot::make(socket_.get_executor(), shared_)),
      deadline_ms_(kNever) {
  error_code error;
  socket_.non_blocking(true, error);
  if (tls != nullptr) tls_.emplace(socket_, *tls);
  const auto peer = socket_.remote_endpoint(error);
  if (!error) {
    peer_ = net::to_string(peer);
    loopback_ = net::is_loopback(peer.address());
  }
}

Connection::~Connection() { shared_->body_memory -= body_memory_; }

net::Async<void> Connection::run(std::shared_ptr<Connection> self) {
  Connection& connection = *self;
  bool open = true;
  if (connection.tls_) open = co_await connection.shake_hands();
  bool linger = false;
  if (open) linger = co_await connection.serve();
  if (linger) co_await connection.linger();
  if (connection.tls_ && !connection.aborted_) connection.tls_->close();
}

/// False when there is nobody to serve. A client that speaks plain HTTP is told so.
net::Async<bool> Connection::shake_hands() {
  enter(Phase::Handshake);
  co_await socket_.async_wait(net::Socket::wait_read, net::kAwait);
  char first = 0;
  const bool heard = ::recv(descriptor_, &first, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
  if (heard && first >= 'A' && first <= 'Z' && !timed_out_) {
    shared_->handshake_failures.fetch_add(1, std::memory_order_relaxed);
    tls_.reset();
    const Answer answer = shared_->refusal(400, "this port speaks HTTPS, not plain HTTP");
    make_head(answer, false);
    enter(Phase::Writing);
    const bool written = co_await finish_write(answer.content(), 0);
    if (written) co_await linger();
    co_return false;
  }
  const error_code error = co_await tls_->handshake();
  auto& count = error ? shared_->handshake_failures : shared_->handshakes;
  count.fetch_add(1, std::memory_order_relaxed);
  co_return !error;
}

/// Answers whether the client may still be sending.
net::Async<bool> Connection::serve() {
  for (;;) {
    Read read = parse();
    while (read == Read::Incomplete) {
      const auto room = room_to_read();
      if (room.empty()) co_return false;
      error_code error;
      std::size_t count = 0;
      if (tls_) {
        std::tie(error, count) = co_await tls_->read_some(room);
      } else {
        const auto bytes = asio::buffer(room.data(), room.size());
        // What is there already costs no trip through the event loop.
        count = socket_.read_some(bytes, error);
        if (error == asio::error::would_block) {
          std::tie(error, count) = co_await socket_.async_read_some(bytes, net::kAwait);
        }
      }
      read = arrived(error, count);
    }
    if (read == Read::Closed) co_return false;
    if (read == Read::Continue) {
      const bool written = co_await write_continue();
      if (!written) co_return false;
      continue;
    }

    Answer answer;
    bool keep_alive = false;
    bool with_body = true;
    if (read == Read::Refused) {
      answer = shared_->refusal(refusal_.status, refusal_.reason);
    } else {
      keep_alive = parser_.keep_alive();
      with_body = parser_.method() != "HEAD";
      const bool answered = begin_request();
      if (!answered && !aborted_) co_await slot_->arrival();
      if (aborted_) co_return false;
      answer = slot_->take();
      keep_alive = keep_alive && !answer.close && !shared_->stopping;
    }
    account_body(0);

    make_head(answer, keep_alive);
    std::string_view content = with_body ? answer.content() : std::string_view();
    if (tls_) {
      enter(Phase::Writing);
      const bool written = co_await write_tls(content);
      if (!written) co_return false;
    } else {
      const std::size_t size = head_.size() + content.size();
      if (content.size() <= kOneWrite) head_ += std::exchange(content, {});
      const std::array<asio::const_buffer, 2> buffers{asio::buffer(head_), asio::buffer(content)};
      error_code error;
      const std::size_t sent = content.empty() ? socket_.write_some(buffers.front(), error)
                                               : socket_.write_some(buffers, error);
      shared_->bytes_sent.fetch_add(sent, std::memory_order_relaxed);
      if (error && error != asio::error::would_block) co_return false;
      if (sent < size) {
        enter(Phase::Writing);
        const bool written = co_await finish_write(content, sent);
        if (!written) co_return false;
      }
    }
    if (!keep_alive) co_return true;
    // Who asks ahead waits for those who have just asked; meanwhile the next request may arrive,
    // and is read without a wait.
    co_await asio::post(socket_.get_executor(), net::kAwait);
  }
}

std::span<char> Connection::room_to_read() {
  const Phase phase = parser_.header_done()                 ? Phase::Body
                      : buffer_.empty() && !parser_.begun() ? Phase::Idle
                                                            : Phase::Header;
  if (phase != phase_.load(std::memory_order_relaxed)) enter(phase);
  if (phase == Phase::Idle) {
    if (shared_->stopping) return {};
    buffer_.shrink();
    if (head_.capacity() > ReadBuffer::kSmall) head_ = std::string();
  }
  return buffer_.prepare(phase == Phase::Body ? kBodyRead : ReadBuffer::kSmall);
}

Connection::Read Connection::arrived(const error_code& error, std::size_t count) {
  buffer_.commit(count);
  shared_->bytes_received.fetch_add(count, std::memory_order_relaxed);
  if (timed_out_ && !aborted_) {
    const Phase phase = phase_.load(std::memory_order_relaxed);
    if (phase == Phase::Header) return refuse(408, "the request headers took too long");
    if (phase == Phase::Body) return refuse(408, "the request body took too long");
  }
  return error ? Read::Closed : parse();
}

Connection::Read Connection::parse() {
  if (buffer_.empty()) return Read::Incomplete;
  if (first_ && buffer_.pending().front() == kTlsHandshake) {
    return refuse(400, "this port speaks plain HTTP, not HTTPS");
  }
  first_ = false;
  auto progress = parser_.feed(buffer_.pending());
  buffer_.consume(progress.consumed);
  account_body(parser_.body_size());
  if (progress.refusal) {
    refusal_ = *std::move(progress.refusal);
    return Read::Refused;
  }
  if (progress.done) return Read::Request;
  if (shared_->body_memory.load(std::memory_order_relaxed) > shared_->options.body_memory_max) {
    return refuse(503, "too many large requests at once; try again");
  }
  if (!continued_ && parser_.expects_continue()) {
    continued_ = true;
    return Read::Continue;
  }
  return Read::Incomplete;
}

Connection::Read Connection::refuse(int status, std::string reason) {
  refusal_ = {status, std::move(reason)};
  return Read::Refused;
}

/// Hands the request to the handler; true when the answer is there already.
bool Connection::begin_request() {
  enter(Phase::Handling);
  continued_ = false;
  shared_->requests.fetch_add(1, std::memory_order_relaxed);
  if (!slot_->idle()) {  // somebody still holds a Responder of an earlier request
    auto fresh = Responder::Slot::make(socket_.get_executor(), shared_);
    const std::lock_guard lock(slot_mutex_);
    slot_ = std::move(fresh);
  }
  Request request = parser_.take();
  request.peer = peer_;
  request.loopback = loopback_;
  const Responder responder = slot_->open();
  try {
    shared_->handler(std::move(request), responder);
  } catch (const std::exception& exception) {
    shared_->handler_failures.fetch_add(1, std::memory_order_relaxed);
    responder(shared_->refusal(500, std::string("the server failed: ") + exception.what()));
  }
  return slot_->ready();
}

void Connection::make_head(const Answer& answer, bool keep_alive) {
  constexpr std::size_t kOurs = 256;  // what is written here besides the answer's own headers
  std::size_t room = kOurs + (answer.shared_headers ? answer.shared_headers->size() : 0);
  for (const auto& [name, value] : answer.headers) room += name.size() + value.size() + 4;
  head_.resize(room);
  HeadWriter out(head_);
  out.put("HTTP/1.1 ").put(static_cast<std::size_t>(answer.status)).put(" ");
  out.put(reason_phrase(answer.status));
  out.put("\r\nDate: ").put(http_date(*shared_)).put("\r\n");
  for (const auto& [name, value] : answer.headers) {
    out.put_value(name).put(": ").put_value(value).put("\r\n");
  }
  if (answer.shared_headers) out.put(*answer.shared_headers);
  out.put("Content-Length: ").put(answer.content().size());
  out.put(keep_alive ? "\r\nConnection: keep-alive\r\n\r\n" : "\r\nConnection: close\r\n\r\n");
  head_.resize(out.size());
}

/// What the kernel did not take at once.
net::Async<bool> Connection::finish_write(std::string_view content, std::size_t sent) {
  const std::size_t of_head = std::min(sent, head_.size());
  const std::string_view head = std::string_view(head_).substr(of_head);
  content.remove_prefix(sent - of_head);
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(content)};
  const auto [error, count] = co_await asio::async_write(socket_, buffers, net::kAwait);
  shared_->bytes_sent.fetch_add(count, std::memory_order_relaxed);
  co_return !error;
}

net::Async<bool> Connection::write_tls(std::string_view content) {
  if (content.size() <= kOneRecord) {
    head_ += content;
    content = {};
  }
  auto [error, count] = co_await tls_->write(head_);
  if (!error && !content.empty()) {
    std::size_t more = 0;
    std::tie(error, more) = co_await tls_->write(content);
    count += more;
  }
  shared_->bytes_sent.fetch_add(count, std::memory_order_relaxed);
  co_return !error;
}

net::Async<bool> Connection::write_continue() {
  head_ = "HTTP/1.1 100 Continue\r\n\r\n";
  if (tls_) co_return co_await write_tls({});
  co_return co_await finish_write({}, 0);
}

/// Reads on for a while, so that the client sees our answer and not a reset.
net::Async<void> Connection::linger() {
  timed_out_ = false;
  enter(Phase::Lingering);
  if (tls_) tls_->close();
  error_code failed;
  socket_.shutdown(net::Socket::shutdown_send, failed);
  std::size_t total = buffer_.pending().size();
  buffer_.consume(total);
  while (!failed && !timed_out_ && total < kLingerBytes && !shared_->stopping) {
    const auto room = buffer_.prepare(kBodyRead);
    const auto bytes = asio::buffer(room.data(), room.size());
    std::size_t count = 0;
    std::tie(failed, count) = co_await socket_.async_read_some(bytes, net::kAwait);
    total += count;
  }
}

/// Sets the deadline of a phase when it begins; it does not move with every byte that trickles in.
void Connection::enter(Phase phase) {
  phase_ = phase;
  const ServerOptions& options = shared_->options;
  switch (phase) {
    case Phase::Handshake:
    case Phase::Header:
      return set_deadline(options.header_timeout);
    case Phase::Body:
      return set_deadline(options.body_timeout);
    case Phase::Writing:
      return set_deadline(options.write_timeout);
    case Phase::Lingering:
      return set_deadline(options.linger_timeout);
    case Phase::Idle:
      return set_deadline(options.idle_timeout);
    case Phase::Handling:
      deadline_ms_.store(kNever, std::memory_order_relaxed);
  }
}

/// The shared clock is up to a tick late, so that nobody gets less than his time.
void Connection::set_deadline(std::chrono::milliseconds after) {
  const auto now = shared_->now_ms.load(std::memory_order_relaxed);
  deadline_ms_.store(now + shared_->tick_ms + after.count(), std::memory_order_relaxed);
}

void Connection::check_deadline(std::int64_t now_ms) {
  auto deadline = deadline_ms_.load(std::memory_order_relaxed);
  if (deadline > now_ms || !deadline_ms_.compare_exchange_strong(deadline, kNever)) return;
  timed_out_ = true;
  // A client that was slow to ask is still told so; one that is slow to read has lost its turn.
  const Phase phase = phase_;
  const bool may_answer = phase == Phase::Idle || phase == Phase::Header || phase == Phase::Body;
  ::shutdown(descriptor_, may_answer ? SHUT_RD : SHUT_RDWR);
}

void Connection::account_body(std::size_t size) {
  if (size == body_memory_) return;
  shared_->body_memory += size - body_memory_;  // modulo 2^64 when it shrinks
  body_memory_ = size;
}

void Connection::stop() {
  const Phase phase = phase_;
  if (phase == Phase::Idle) ::shutdown(descriptor_, SHUT_RD);
  if (phase == Phase::Handshake || phase == Phase::Lingering) ::shutdown(descriptor_, SHUT_RDWR);
}

void Connection::abort() {
  aborted_ = true;
  ::shutdown(descriptor_, SHUT_RDWR);
  const std::lock_guard lock(slot_mutex_);
  slot_->cancel();
}

}  // namespace limpet::http
