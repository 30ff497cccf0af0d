#include "limpet/kafka/message.h"

#include "message_view.h"

#include <librdkafka/rdkafka.h>
#include <utility>

#if defined(LIMPET_PINNED_RDKAFKA)
extern "C" int limpet_rdkafka_may_have_headers(const rd_kafka_message_t* message);
#endif

namespace limpet::kafka {
namespace {

/// False: there are none, and it cost nothing to know.
bool may_have_headers([[maybe_unused]] const rd_kafka_message_t& native) {
#if defined(LIMPET_PINNED_RDKAFKA)
  return limpet_rdkafka_may_have_headers(&native) != 0;
#else
  return true;
#endif
}

std::optional<Bytes> bytes(const void* data, std::size_t size) {
  if (data == nullptr) return std::nullopt;
  return Bytes(static_cast<const std::byte*>(data), size);
}

}  // namespace

Headers::Headers(rd_kafka_headers_s* list)
    : list_(list), size_(list == nullptr ? 0 : rd_kafka_header_cnt(list)) {}

Header Headers::operator[](std::size_t index) const {
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  if (rd_kafka_header_get_all(list_, index, &name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return {};
  }
  return {name, bytes(value, size)};
}

std::optional<Header> Headers::last(std::string_view name) const {
  for (std::size_t i = size_; i > 0; --i) {
    if (const Header header = (*this)[i - 1]; header.name == name) return header;
  }
  return std::nullopt;
}

Headers Message::headers() const {
  if (native == nullptr || !may_have_headers(*native)) return {};
  rd_kafka_headers_t* list = nullptr;
  if (rd_kafka_message_headers(native, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return {};
  }
  return Headers(list);
}

std::string_view topic_of(const rd_kafka_message_s& native) {
  return rd_kafka_topic_name(native.rkt);
}

Message view_of(rd_kafka_message_s* native, std::string_view topic) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  Message message;
  message.timestamp_ms = rd_kafka_message_timestamp(native, &type);
  if (type == RD_KAFKA_TIMESTAMP_CREATE_TIME) message.timestamp_type = TimestampType::CreateTime;
  if (type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME) {
    message.timestamp_type = TimestampType::LogAppendTime;
  }
  message.topic = topic;
  message.partition = native->partition;
  message.offset = native->offset;
  message.key = bytes(native->key, native->key_len);
  message.value = bytes(native->payload, native->len);
  message.native = native;
  return message;
}

Batch::Batch() = default;
Batch::Batch(Batch&& other) noexcept
    : client_(std::move(other.client_)), messages_(std::exchange(other.messages_, {})) {}
Batch& Batch::operator=(Batch&& other) noexcept {
  if (this != &other) {
    clear();
    client_.swap(other.client_);
    messages_.swap(other.messages_);
  }
  return *this;
}
Batch::~Batch() { clear(); }

void Batch::clear() {
  for (const Message& message : messages_) rd_kafka_message_destroy(message.native);
  messages_.clear();
  client_.reset();
}

Received::Received(rd_kafka_message_s* native, std::shared_ptr<const void> client)
    : client_(std::move(client)), owned_(native), message_(view_of(native, topic_of(*native))) {}

Received& Received::operator=(Received&& other) noexcept {
  owned_ = std::move(other.owned_);  // before the client it may have kept alive
  client_ = std::move(other.client_);
  message_ = other.message_;
  return *this;
}

void Received::Free::operator()(rd_kafka_message_s* native) const {
  rd_kafka_message_destroy(native);
}

}  // namespace limpet::kafka
