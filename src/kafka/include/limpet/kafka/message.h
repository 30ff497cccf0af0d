// Messages as a consumer gets them: views into librdkafka's memory, and the batch that owns it.
//
//   kafka::Batch batch;
//   while (running) {
//     LIMPET_CHECK(consumer.poll(batch, 1000, 200ms));
//     for (const kafka::Message& message : batch) {
//       use(message.value, message.key, message.headers());
//     }
//   }
//
// Every view (topic, key, value, headers) is valid while its Batch or Received lives and is not
// polled into again. Nothing is copied.
#pragma once

#include "limpet/kafka/types.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

struct rd_kafka_message_s;
struct rd_kafka_headers_s;

namespace limpet::kafka {

/// One header of a message; a null value is not an empty one.
struct Header {
  std::string_view name;
  std::optional<Bytes> value;
};

/// The headers of one message, in order; names may repeat.
class Headers {
 public:
  Headers() = default;
  explicit Headers(rd_kafka_headers_s* list);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  /// Requires: index < size().
  Header operator[](std::size_t index) const;
  /// The last one of that name, which is the one that counts.
  std::optional<Header> last(std::string_view name) const;

 private:
  rd_kafka_headers_s* list_ = nullptr;
  std::size_t size_ = 0;
};

enum class TimestampType : std::uint8_t { None, CreateTime, LogAppendTime };

struct Message {
  std::string_view topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::optional<Bytes> key;    ///< nullopt: null
  std::optional<Bytes> value;  ///< nullopt: null, a tombstone
  std::int64_t timestamp_ms = -1;
  TimestampType timestamp_type = TimestampType::None;
  rd_kafka_message_s* native = nullptr;  ///< librdkafka's, borrowed

  /// Reads the headers, which librdkafka parses only when asked. Threads: one at a time.
  Headers headers() const;
};

/// Messages of one poll, and their memory. A Batch is used again and again: polling into it frees
/// what it held. One that outlives its Consumer keeps the client's memory with it. Threads:
/// compatible; it may be handed to another thread, and be freed there.
class Batch {
 public:
  Batch();
  Batch(Batch&&) noexcept;
  Batch& operator=(Batch&&) noexcept;
  ~Batch();

  std::span<const Message> messages() const { return messages_; }
  std::size_t size() const { return messages_.size(); }
  bool empty() const { return messages_.empty(); }
  auto begin() const { return messages_.begin(); }
  auto end() const { return messages_.end(); }
  const Message& operator[](std::size_t index) const { return messages_[index]; }

  /// Frees the messages, keeps the room for them.
  void clear();

 private:
  friend class Consumer;
  std::shared_ptr<const void> client_;  // whose memory it is
  std::vector<Message> messages_;       // each owns its `native`
};

/// One message and its memory; as a Batch of one.
class Received {
 public:
  Received(rd_kafka_message_s* native, std::shared_ptr<const void> client);
  Received(Received&&) noexcept = default;
  Received& operator=(Received&&) noexcept;

  const Message& operator*() const { return message_; }
  const Message* operator->() const { return &message_; }

 private:
  struct Free {
    void operator()(rd_kafka_message_s* native) const;
  };
  std::shared_ptr<const void> client_;  // goes after the message
  std::unique_ptr<rd_kafka_message_s, Free> owned_;
  Message message_;
};

}  // namespace limpet::kafka
