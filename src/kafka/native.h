// librdkafka's types as ours: owners, errors, offsets. Private to the room.
#pragma once

#include "limpet/base/result.h"
#include "limpet/kafka/types.h"

#include <chrono>
#include <librdkafka/rdkafka.h>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::kafka {

template <auto free>
struct Free {
  template <class T>
  void operator()(T* pointer) const {
    free(pointer);
  }
};

using OwnedConf = std::unique_ptr<rd_kafka_conf_t, Free<rd_kafka_conf_destroy>>;
using OwnedError = std::unique_ptr<rd_kafka_error_t, Free<rd_kafka_error_destroy>>;
using OwnedEvent = std::unique_ptr<rd_kafka_event_t, Free<rd_kafka_event_destroy>>;
using OwnedList =
    std::unique_ptr<rd_kafka_topic_partition_list_t, Free<rd_kafka_topic_partition_list_destroy>>;
using OwnedMessage = std::unique_ptr<rd_kafka_message_t, Free<rd_kafka_message_destroy>>;
using OwnedQueue = std::unique_ptr<rd_kafka_queue_t, Free<rd_kafka_queue_destroy>>;
using OwnedOptions = std::unique_ptr<rd_kafka_AdminOptions_t, Free<rd_kafka_AdminOptions_destroy>>;

/// Which of our codes an error of librdkafka's is.
Code code_of_native(rd_kafka_resp_err_t error);

/// `text` is librdkafka's own, more precise sentence; empty: the one of the error.
Error make_error(rd_kafka_resp_err_t error, std::string_view text = {}, std::string where = {});
Error make_error(const rd_kafka_error_t* error, std::string where = {});
/// Takes ownership; success for a null pointer.
Status status_of(rd_kafka_error_t* error);
Status status_of(rd_kafka_resp_err_t error, std::string_view what = {});

OwnedList make_list(const std::vector<TopicPartition>& partitions);
OwnedList make_list(const std::vector<PartitionOffset>& offsets);
std::vector<PartitionOffset> offsets_of(const rd_kafka_topic_partition_list_t& list);
/// The first partition that has an error of its own; success when none has.
Status first_error(const rd_kafka_topic_partition_list_t& list);

/// Time that is left of a deadline that began when this was made.
class Remaining {
 public:
  explicit Remaining(std::chrono::milliseconds total);
  /// For librdkafka: at least 0, at most `longest`.
  int milliseconds(std::chrono::milliseconds longest = std::chrono::hours(24)) const;
  bool over() const { return milliseconds() == 0; }

 private:
  std::chrono::steady_clock::time_point end_;
};

}  // namespace limpet::kafka
