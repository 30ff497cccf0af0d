// TransactionalProducer: records of several partitions, and the offsets they were made from, all or
// nothing.
//
//   LIMPET_TRY(auto out, kafka::TransactionalProducer::make(config, {.id = "billing-0"}));
//   if (auto begun = out.init(30s); !begun) return begun.error();
//   while (running) {
//     …                                              // poll a batch from `in`
//     if (auto begun = out.begin(); !begun) return begun.error();
//     for (…) LIMPET_CHECK(out.producer().produce(record, 10s));
//     LIMPET_TRY(const auto group, in.group_metadata());
//     LIMPET_TRY(const auto offsets, in.positions());
//     auto done = out.send_offsets(offsets, group, 30s);
//     if (done) done = out.commit(30s);
//     if (!done && done.advice() == kafka::Advice::Abort) {
//       out.abort(30s);                              // then seek `in` back, and again
//     } else if (!done) {
//       return done.error();
//     }
//   }
#pragma once

#include "limpet/kafka/consumer.h"
#include "limpet/kafka/producer.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace limpet::kafka {

/// What can be done after a transactional call failed.
enum class Advice : std::uint8_t {
  Retry,  ///< the same call again
  Abort,  ///< abort(), then begin() anew
  Fatal,  ///< nothing: fenced by another of the same id, or out of step; make a new producer
};

/// Success, or an error with advice.
class [[nodiscard]] TransactionStatus {
 public:
  TransactionStatus() = default;
  TransactionStatus(Error error, Advice advice) : error_(std::move(error)), advice_(advice) {}

  bool has_value() const { return !error_; }
  explicit operator bool() const { return has_value(); }
  /// Requires: !has_value().
  const Error& error() const { return *error_; }
  Advice advice() const { return advice_; }

 private:
  std::optional<Error> error_{};
  Advice advice_ = Advice::Fatal;
};

struct TransactionOptions {
  std::string id;                                         ///< `transactional.id`
  std::chrono::milliseconds transaction_timeout{60'000};  ///< the broker aborts it then
  ProducerOptions producer{};
};

/// A transaction that is open when it is destroyed is aborted by the broker, once its time is over.
/// Threads: confined to one thread at a time.
class TransactionalProducer {
 public:
  /// Errors: InvalidInput (`where` = property).
  static Result<TransactionalProducer> make(const Config& config, TransactionOptions options);

  /// Once, first: fences other producers of the same id, and settles what they left open. Retries
  /// by itself until the deadline.
  TransactionStatus init(std::chrono::milliseconds deadline);
  TransactionStatus begin();
  /// Commit `offsets` of the consumer's group as part of the transaction.
  TransactionStatus send_offsets(const std::vector<PartitionOffset>& offsets,
                                 const GroupMetadata& group, std::chrono::milliseconds deadline);
  /// Flushes first. A transaction whose record failed to be delivered advises Abort.
  TransactionStatus commit(std::chrono::milliseconds deadline);
  /// Drops what waits; its reports fail.
  TransactionStatus abort(std::chrono::milliseconds deadline);

  Producer& producer() { return producer_; }

 private:
  explicit TransactionalProducer(Producer producer) : producer_(std::move(producer)) {}
  Producer producer_;
};

}  // namespace limpet::kafka
