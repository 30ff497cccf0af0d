// What a Producer is made of. Private to the room.
#pragma once

#include "handle.h"

#include "limpet/kafka/producer.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace limpet::kafka {

struct Producer::State {
  /// One send() that waits.
  struct Waiter {
    std::optional<Result<Written>> outcome;
  };

  ProducerOptions options;
  std::atomic<std::uint32_t> calls{0};
  std::mutex mutex;  // guards what follows
  std::uint64_t next_waiter = 0;
  std::map<std::uint64_t, std::shared_ptr<Waiter>> waiters;
  // Last, so that it goes first: its callbacks use the others.
  std::unique_ptr<Handle> handle;

  rd_kafka_t* client() const { return handle->get(); }

  /// `more` are defaults besides those of the options.
  static Result<Producer> make(const Config& config, ProducerOptions options,
                               std::vector<Property> more);
  static void on_delivery(rd_kafka_t* client, const rd_kafka_message_t* message, void* opaque);
  Status produce(const Record& record, std::uint64_t opaque, const Remaining& remaining);
};

}  // namespace limpet::kafka
