#include "limpet/kafka/producer.h"

#include "producer_state.h"

#include <algorithm>
#include <array>
#include <utility>

namespace limpet::kafka {
namespace {

constexpr std::chrono::milliseconds kSlice{100};
/// Deliveries are reported once in so many calls of produce().
constexpr std::uint32_t kCallsPerPoll = 64;
constexpr std::uint64_t kTagMax = (std::uint64_t{1} << 63U) - 1;
constexpr std::size_t kHeadersMax = 1000;

// What librdkafka carries with a record: a tag doubled, or a waiter's number doubled and one more.
std::uint64_t of_tag(std::uint64_t tag) { return tag << 1U; }
std::uint64_t of_waiter(std::uint64_t number) { return (number << 1U) | 1U; }

using OwnedHeaders = std::unique_ptr<rd_kafka_headers_t, Free<rd_kafka_headers_destroy>>;

/// librdkafka takes a null pointer for null; an empty value has to point somewhere.
const void* pointer_to(Bytes bytes) {
  return bytes.data() == nullptr ? static_cast<const void*>("") : bytes.data();
}

OwnedHeaders make_headers(std::span<const Header> headers) {
  OwnedHeaders list(rd_kafka_headers_new(headers.size()));
  for (const Header& header : headers) {
    const Bytes value = header.value.value_or(Bytes());
    const void* data = header.value ? pointer_to(value) : nullptr;
    rd_kafka_header_add(list.get(), header.name.data(), static_cast<ssize_t>(header.name.size()),
                        data, static_cast<ssize_t>(value.size()));
  }
  return list;
}

}  // namespace

void Producer::State::on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto& self = *static_cast<State*>(Handle::of(opaque).owner());
  const auto carried = reinterpret_cast<std::uint64_t>(message->_private);
  std::optional<Error> error;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* text = rd_kafka_message_produce_errstr(message);
    const bool known = message->rkt != nullptr && message->partition >= 0;
    error = make_error(
        message->err, text == nullptr ? "" : text,
        known ? to_string({rd_kafka_topic_name(message->rkt), message->partition}) : std::string());
  }
  if ((carried & 1U) != 0) {
    const std::lock_guard lock(self.mutex);
    const auto found = self.waiters.find(carried >> 1U);
    if (found == self.waiters.end()) return;
    if (error) {
      found->second->outcome = *std::move(error);
    } else {
      found->second->outcome = Written{message->partition, message->offset};
    }
    self.waiters.erase(found);
    return;
  }
  if (!self.options.on_delivery) return;
  Delivery report;
  report.tag = carried >> 1U;
  report.topic = rd_kafka_topic_name(message->rkt);
  report.partition = message->partition;
  report.offset = error || message->offset < 0 ? -1 : message->offset;
  report.error = std::move(error);
  self.options.on_delivery(report);
}

Result<Producer> Producer::State::make(const Config& config, ProducerOptions options,
                                       std::vector<Property> more) {
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  const auto& chosen = state->options;
  HandleOptions native{.type = RD_KAFKA_PRODUCER};
  native.defaults = {{"enable.idempotence", chosen.idempotent ? "true" : "false"},
                     {"partitioner", "murmur2_random"},
                     {"compression.codec", chosen.compression},
                     {"linger.ms", std::to_string(chosen.linger.count())},
                     {"message.timeout.ms", std::to_string(chosen.delivery_timeout.count())},
                     {"queue.buffering.max.messages", std::to_string(chosen.queue_messages_max)},
                     {"queue.buffering.max.kbytes",
                      std::to_string(std::max<std::size_t>(chosen.queue_bytes_max / 1024, 1))}};
  std::move(more.begin(), more.end(), std::back_inserter(native.defaults));
  native.prepare = [](rd_kafka_conf_t* conf) {
    rd_kafka_conf_set_dr_msg_cb(conf, &State::on_delivery);
  };
  native.owner = state.get();
  LIMPET_TRY(state->handle, Handle::make(config, native));
  return Producer(std::move(state));
}

Result<Producer> Producer::make(const Config& config, ProducerOptions options) {
  return State::make(config, std::move(options), {});
}

Producer::Producer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Producer::Producer(Producer&&) noexcept = default;
Producer& Producer::operator=(Producer&&) noexcept = default;
Producer::~Producer() {
  // Else librdkafka would wait for its records' reports.
  if (state_) rd_kafka_purge(state_->client(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

Status Producer::State::produce(const Record& record, std::uint64_t opaque,
                                const Remaining& remaining) {
  if (record.headers.size() > kHeadersMax) {
    return Error::limit_exceeded("a record has at most 1000 headers");
  }
  const std::string topic(record.topic);
  OwnedHeaders headers;
  if (!record.headers.empty()) headers = make_headers(record.headers);

  std::array<rd_kafka_vu_t, 8> parts{};
  std::size_t count = 0;
  const auto add = [&](rd_kafka_vtype_t type) -> rd_kafka_vu_t& {
    auto& part = parts[count++];
    part.vtype = type;
    return part;
  };
  add(RD_KAFKA_VTYPE_TOPIC).u.cstr = topic.c_str();
  add(RD_KAFKA_VTYPE_PARTITION).u.i32 = record.partition.value_or(RD_KAFKA_PARTITION_UA);
  add(RD_KAFKA_VTYPE_MSGFLAGS).u.i = RD_KAFKA_MSG_F_COPY;
  add(RD_KAFKA_VTYPE_OPAQUE).u.ptr = reinterpret_cast<void*>(opaque);
  const auto add_bytes = [&](rd_kafka_vtype_t type, const std::optional<Bytes>& bytes) {
    if (!bytes) return;
    auto& memory = add(type).u.mem;
    memory.ptr = const_cast<void*>(pointer_to(*bytes));
    memory.size = bytes->size();
  };
  add_bytes(RD_KAFKA_VTYPE_KEY, record.key);
  add_bytes(RD_KAFKA_VTYPE_VALUE, record.value);
  if (record.timestamp) {
    add(RD_KAFKA_VTYPE_TIMESTAMP).u.i64 = record.timestamp->time_since_epoch().count();
  }
  if (headers) add(RD_KAFKA_VTYPE_HEADERS).u.headers = headers.get();

  while (true) {
    const OwnedError error(rd_kafka_produceva(client(), parts.data(), count));
    if (!error) {
      (void)headers.release();  // the record's now
      if (calls.fetch_add(1, std::memory_order_relaxed) % kCallsPerPoll == 0) {
        rd_kafka_poll(client(), 0);
      }
      return {};
    }
    const auto code = rd_kafka_error_code(error.get());
    if (code == RD_KAFKA_RESP_ERR__FATAL) return *handle->fatal();
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) return make_error(error.get(), topic);
    if (auto failure = handle->take_login_failure()) return *std::move(failure);
    if (remaining.over()) return make_error(error.get());
    rd_kafka_poll(client(), remaining.milliseconds(kSlice));
  }
}

Status Producer::produce(const Record& record, std::chrono::milliseconds patience) {
  if (record.tag > kTagMax) return Error::invalid_input("a tag is less than 2^63");
  return state_->produce(record, of_tag(record.tag), Remaining(patience));
}

Result<Written> Producer::send(const Record& record, std::chrono::milliseconds deadline) {
  const Remaining remaining(deadline);
  const auto waiter = std::make_shared<State::Waiter>();
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(state_->mutex);
    number = state_->next_waiter++;
    state_->waiters.emplace(number, waiter);
  }
  const auto forget = [&] {
    const std::lock_guard lock(state_->mutex);
    state_->waiters.erase(number);
  };
  if (auto queued = state_->produce(record, of_waiter(number), remaining); !queued) {
    forget();
    return std::move(queued).error();
  }
  while (true) {
    rd_kafka_poll(state_->client(), remaining.milliseconds(kSlice));
    {
      const std::lock_guard lock(state_->mutex);
      if (waiter->outcome) return *std::move(waiter->outcome);
    }
    if (auto failure = state_->handle->take_login_failure()) {
      forget();
      return *std::move(failure);
    }
    if (remaining.over()) {
      forget();
      return state_->handle->explained(make_error(
          RD_KAFKA_RESP_ERR__TIMED_OUT, "no answer in time; the record may still be written"));
    }
  }
}

int Producer::poll(std::chrono::milliseconds patience) {
  return rd_kafka_poll(state_->client(), Remaining(patience).milliseconds());
}

Status Producer::flush(std::chrono::milliseconds deadline) {
  const Remaining remaining(deadline);
  while (true) {
    const auto error = rd_kafka_flush(state_->client(), remaining.milliseconds(kSlice));
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    if (error != RD_KAFKA_RESP_ERR__TIMED_OUT) return make_error(error);
    if (auto failure = state_->handle->take_login_failure()) return *std::move(failure);
    if (remaining.over()) {
      return state_->handle->explained(make_error(
          error, "records that were not delivered in time: " + std::to_string(waiting())));
    }
  }
}

Status Producer::purge() {
  return status_of(
      rd_kafka_purge(state_->client(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT));
}

std::size_t Producer::waiting() const {
  return static_cast<std::size_t>(std::max(rd_kafka_outq_len(state_->client()), 0));
}

std::optional<Error> Producer::fatal_error() const { return state_->handle->fatal(); }

rd_kafka_s* Producer::native_handle() const { return state_->client(); }

}  // namespace limpet::kafka
