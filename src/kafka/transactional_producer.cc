#include "limpet/kafka/transactional_producer.h"

#include "producer_state.h"

#include <algorithm>

namespace limpet::kafka {
namespace {

/// How long one try of init() lasts: it is taken up where it was by the next, and between them we
/// look whether logging in has failed.
constexpr std::chrono::milliseconds kInitSlice{1000};
/// A pause between tries that fail at once.
constexpr int kPauseMilliseconds = 50;

TransactionStatus status_of_transaction(Handle& handle, const rd_kafka_error_t& error) {
  Error made = make_error(&error);
  if (rd_kafka_error_is_fatal(&error) != 0) {
    if (auto fatal = handle.fatal()) made = *std::move(fatal);
    return {std::move(made), Advice::Fatal};
  }
  if (rd_kafka_error_txn_requires_abort(&error) != 0) return {std::move(made), Advice::Abort};
  if (rd_kafka_error_is_retriable(&error) != 0) {
    return {handle.explained(std::move(made)), Advice::Retry};
  }
  return {std::move(made), Advice::Fatal};
}

/// Calls until it succeeds, fails for good, or the time is over.
template <class Call>
TransactionStatus retried(Handle& handle, const Remaining& remaining,
                          std::chrono::milliseconds longest, const Call& call) {
  while (true) {
    const OwnedError error(call(std::max(remaining.milliseconds(longest), 1)));
    if (!error) return {};
    auto status = status_of_transaction(handle, *error);
    if (status.advice() != Advice::Retry || remaining.over()) return status;
    if (auto failure = handle.take_login_failure()) return {*std::move(failure), Advice::Retry};
    rd_kafka_poll(handle.get(), std::min(kPauseMilliseconds, remaining.milliseconds()));
  }
}

constexpr std::chrono::milliseconds kWhole = std::chrono::hours(24);

}  // namespace

Result<TransactionalProducer> TransactionalProducer::make(const Config& config,
                                                          TransactionOptions options) {
  if (options.id.empty()) {
    return Error::invalid_input("a transactional producer has an id", "transactional.id");
  }
  options.producer.idempotent = true;
  // A record that waits longer than its transaction lives could not be part of it.
  options.producer.delivery_timeout =
      std::min(options.producer.delivery_timeout, options.transaction_timeout);
  LIMPET_TRY(auto producer,
             Producer::State::make(config, std::move(options.producer),
                                   {{"transactional.id", options.id},
                                    {"transaction.timeout.ms",
                                     std::to_string(options.transaction_timeout.count())}}));
  return TransactionalProducer(std::move(producer));
}

TransactionStatus TransactionalProducer::init(std::chrono::milliseconds deadline) {
  auto& handle = *producer_.state_->handle;
  return retried(handle, Remaining(deadline), kInitSlice,
                 [&](int timeout) { return rd_kafka_init_transactions(handle.get(), timeout); });
}

TransactionStatus TransactionalProducer::begin() {
  auto& handle = *producer_.state_->handle;
  const OwnedError error(rd_kafka_begin_transaction(handle.get()));
  return error ? status_of_transaction(handle, *error) : TransactionStatus();
}

TransactionStatus TransactionalProducer::send_offsets(const std::vector<PartitionOffset>& offsets,
                                                      const GroupMetadata& group,
                                                      std::chrono::milliseconds deadline) {
  auto& handle = *producer_.state_->handle;
  auto wanted = offsets;
  // A partition that nothing was read of yet has no offset to commit.
  std::erase_if(wanted, [](const PartitionOffset& at) { return at.offset < 0; });
  if (wanted.empty()) return {};
  const OwnedList list = make_list(wanted);
  const auto* native = static_cast<const rd_kafka_consumer_group_metadata_t*>(group.native());
  return retried(handle, Remaining(deadline), kWhole, [&](int timeout) {
    return rd_kafka_send_offsets_to_transaction(handle.get(), list.get(), native, timeout);
  });
}

TransactionStatus TransactionalProducer::commit(std::chrono::milliseconds deadline) {
  auto& handle = *producer_.state_->handle;
  return retried(handle, Remaining(deadline), kWhole,
                 [&](int timeout) { return rd_kafka_commit_transaction(handle.get(), timeout); });
}

TransactionStatus TransactionalProducer::abort(std::chrono::milliseconds deadline) {
  auto& handle = *producer_.state_->handle;
  return retried(handle, Remaining(deadline), kWhole,
                 [&](int timeout) { return rd_kafka_abort_transaction(handle.get(), timeout); });
}

}  // namespace limpet::kafka
