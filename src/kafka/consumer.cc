#include "limpet/kafka/consumer.h"

#include "cluster.h"
#include "handle.h"
#include "message_view.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <set>
#include <utility>

namespace limpet::kafka {
namespace {

/// librdkafka's consumer cannot be without a group; this one is never joined nor committed to.
constexpr const char* kNoGroup = "limpet-no-group";
/// How often poll() looks for callbacks and failures to log in.
constexpr std::chrono::milliseconds kSlice{100};
constexpr std::size_t kMessagesMax = 100'000;

Status ok_or_where(rd_kafka_resp_err_t error, const rd_kafka_topic_partition_list_t& list) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return first_error(list);
  // The partition says more than the whole.
  if (auto first = first_error(list); !first) return first;
  return make_error(error);
}

/// Messages that nobody has taken yet go with this object.
class Unclaimed {
 public:
  explicit Unclaimed(std::span<rd_kafka_message_t* const> messages) : left_(messages) {}
  Unclaimed(const Unclaimed&) = delete;
  Unclaimed& operator=(const Unclaimed&) = delete;
  ~Unclaimed() {
    for (rd_kafka_message_t* message : left_) rd_kafka_message_destroy(message);
  }
  /// The next one, now the caller's.
  rd_kafka_message_t* claim() {
    rd_kafka_message_t* message = left_.front();
    left_ = left_.subspan(1);
    return message;
  }

 private:
  std::span<rd_kafka_message_t* const> left_;
};

}  // namespace

struct Consumer::State {
  ConsumerOptions options;
  // Shared with batches, whose messages are its memory. Above the queue, which goes first.
  std::shared_ptr<Handle> handle;
  OwnedQueue queue;
  std::vector<rd_kafka_message_t*> raw;
  std::deque<Error> errors;  // not told yet
  std::set<TopicPartition> assigned;
  std::set<TopicPartition> ended;
  std::atomic<bool> woken{false};
  bool closed = false;

  rd_kafka_t* client() const { return handle->get(); }
  bool has_group() const { return !options.group.empty(); }

  ~State() {
    if (handle == nullptr) return;
    if (!closed) rd_kafka_consumer_close(client());
    queue.reset();
  }

  static void on_rebalance(rd_kafka_t* client, rd_kafka_resp_err_t error,
                           rd_kafka_topic_partition_list_t* partitions, void* opaque);
  void assign_more(rd_kafka_topic_partition_list_t& partitions);
  void give_up(rd_kafka_topic_partition_list_t& partitions);

  /// Appends what is a message, takes note of all else and frees it.
  void take(std::span<rd_kafka_message_t* const> natives, std::vector<Message>& messages);
  void take_note(OwnedMessage owned);
  /// Callbacks, and the first error that is to be told.
  Status serve();
};

void Consumer::State::assign_more(rd_kafka_topic_partition_list_t& partitions) {
  if (options.on_assigned) {
    auto offsets = offsets_of(partitions);
    options.on_assigned(offsets);
    for (const auto& at : offsets) {
      auto* element =
          rd_kafka_topic_partition_list_find(&partitions, at.topic.c_str(), at.partition);
      if (element != nullptr) element->offset = at.offset;
    }
  }
  const bool cooperative = std::string_view(rd_kafka_rebalance_protocol(client())) == "COOPERATIVE";
  auto done = cooperative ? status_of(rd_kafka_incremental_assign(client(), &partitions))
                          : status_of(rd_kafka_assign(client(), &partitions));
  if (!done) errors.push_back(std::move(done).error());
  if (!cooperative) {
    assigned.clear();
    ended.clear();
  }
  for (int i = 0; i < partitions.cnt; ++i) {
    assigned.insert({partitions.elems[i].topic, partitions.elems[i].partition});
  }
}

void Consumer::State::give_up(rd_kafka_topic_partition_list_t& partitions) {
  if (options.on_revoked) {
    std::vector<TopicPartition> revoked;
    for (int i = 0; i < partitions.cnt; ++i) {
      revoked.push_back({partitions.elems[i].topic, partitions.elems[i].partition});
    }
    options.on_revoked(revoked, rd_kafka_assignment_lost(client()) != 0);
  }
  const bool cooperative = std::string_view(rd_kafka_rebalance_protocol(client())) == "COOPERATIVE";
  auto done = cooperative ? status_of(rd_kafka_incremental_unassign(client(), &partitions))
                          : status_of(rd_kafka_assign(client(), nullptr));
  if (!done) errors.push_back(std::move(done).error());
  for (int i = 0; i < partitions.cnt; ++i) {
    const TopicPartition at{partitions.elems[i].topic, partitions.elems[i].partition};
    assigned.erase(at);
    ended.erase(at);
  }
}

void Consumer::State::on_rebalance(rd_kafka_t* client, rd_kafka_resp_err_t error,
                                   rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  auto& self = *static_cast<State*>(Handle::of(opaque).owner());
  if (error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    self.assign_more(*partitions);
  } else if (error == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) {
    self.give_up(*partitions);
  } else {
    self.errors.push_back(make_error(error));
    rd_kafka_assign(client, nullptr);
  }
}

void Consumer::State::take(std::span<rd_kafka_message_t* const> natives,
                           std::vector<Message>& messages) {
  // Messages of one topic come in runs.
  const rd_kafka_topic_t* last = nullptr;
  std::string_view topic;
  Unclaimed unclaimed{natives};
  messages.reserve(messages.size() + natives.size());
  for (rd_kafka_message_t* native : natives) {
    if (native->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      take_note(OwnedMessage(unclaimed.claim()));
      continue;
    }
    if (native->rkt != last) {
      last = native->rkt;
      topic = topic_of(*native);
    }
    if (!ended.empty()) ended.erase({std::string(topic), native->partition});
    messages.push_back(view_of(unclaimed.claim(), topic));
  }
}

void Consumer::State::take_note(OwnedMessage owned) {
  const rd_kafka_message_t* native = owned.get();
  TopicPartition at{native->rkt == nullptr ? "" : rd_kafka_topic_name(native->rkt),
                    native->partition};
  if (native->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    if (assigned.contains(at)) ended.insert(std::move(at));
    return;
  }
  // Without a group of its own, what the group's coordinator says concerns nobody.
  if (!has_group() && native->err == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED) return;
  std::string where;
  if (!at.topic.empty()) where = at.partition >= 0 ? to_string(at) : at.topic;
  errors.push_back(make_error(native->err, rd_kafka_message_errstr(native), std::move(where)));
}

Status Consumer::State::serve() {
  if (closed) return Error::invalid_input("the consumer is closed");
  if (auto failure = handle->take_login_failure()) errors.push_back(*std::move(failure));
  if (errors.empty()) return {};
  Error first = std::move(errors.front());
  errors.pop_front();
  return first;
}

Result<Consumer> Consumer::make(const Config& config, ConsumerOptions options) {
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  const auto& chosen = state->options;
  const char* reset = chosen.reset == Position::Kind::Earliest ? "earliest"
                      : chosen.reset == Position::Kind::Latest ? "latest"
                                                               : "error";
  HandleOptions native{.type = RD_KAFKA_CONSUMER};
  native.defaults = {
      {"group.id", chosen.group.empty() ? kNoGroup : chosen.group},
      {"enable.auto.commit", chosen.auto_commit && !chosen.group.empty() ? "true" : "false"},
      {"auto.offset.reset", reset},
      {"enable.partition.eof", "true"},
      {"check.crcs", chosen.check_crcs ? "true" : "false"},
      {"isolation.level",
       chosen.isolation == Isolation::ReadCommitted ? "read_committed" : "read_uncommitted"},
      // How long nothing is fetched once `queued.min.messages` wait. librdkafka's second is longer
      // than it takes to use up that many, so that a reader would wait for nothing.
      {"fetch.queue.backoff.ms", "10"},
      // A topic that is read is not made by reading it.
      {"allow.auto.create.topics", "false"}};
  if (!chosen.group_instance.empty()) {
    native.defaults.emplace_back("group.instance.id", chosen.group_instance);
  }
  native.prepare = [](rd_kafka_conf_t* conf) {
    rd_kafka_conf_set_rebalance_cb(conf, &State::on_rebalance);
  };
  native.owner = state.get();
  LIMPET_TRY(state->handle, Handle::make(config, native));
  state->queue.reset(rd_kafka_queue_get_consumer(state->client()));
  return Consumer(std::move(state));
}

Consumer::Consumer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Consumer::Consumer(Consumer&&) noexcept = default;
Consumer& Consumer::operator=(Consumer&&) noexcept = default;
Consumer::~Consumer() = default;

Status Consumer::subscribe(const std::vector<std::string>& topics) {
  if (!state_->has_group()) {
    return Error::invalid_input("a subscription needs a group", "group.id");
  }
  std::vector<TopicPartition> names;
  for (const auto& topic : topics) names.push_back({topic, RD_KAFKA_PARTITION_UA});
  const OwnedList list = make_list(names);
  return status_of(rd_kafka_subscribe(state_->client(), list.get()));
}

Status Consumer::unsubscribe() {
  state_->assigned.clear();
  state_->ended.clear();
  return status_of(rd_kafka_unsubscribe(state_->client()));
}

Status Consumer::assign(const std::vector<PartitionOffset>& partitions) {
  const OwnedList list = make_list(partitions);
  LIMPET_CHECK(status_of(rd_kafka_assign(state_->client(), list.get())));
  state_->assigned.clear();
  state_->ended.clear();
  for (const auto& at : partitions) state_->assigned.insert({at.topic, at.partition});
  return {};
}

Status Consumer::assign(const std::string& topic, const std::vector<std::int32_t>& partitions,
                        Position from, std::chrono::milliseconds deadline) {
  const Remaining remaining(deadline);
  LIMPET_TRY(const Topic described, describe_topic(*state_->handle, topic, remaining));
  std::vector<TopicPartition> chosen;
  for (const auto& partition : described.partitions) {
    if (partitions.empty()) chosen.push_back({topic, partition.id});
  }
  for (const std::int32_t id : partitions) {
    const bool known = std::any_of(described.partitions.begin(), described.partitions.end(),
                                   [&](const Partition& partition) { return partition.id == id; });
    if (!known) {
      return make_error(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, {}, to_string({topic, id}));
    }
    chosen.push_back({topic, id});
  }
  std::vector<PartitionOffset> offsets;
  if (from.kind == Position::Kind::Committed) {
    if (!state_->has_group()) return Error::invalid_input("needs a group", "group.id");
    for (const auto& at : chosen) {
      offsets.push_back({at.topic, at.partition, RD_KAFKA_OFFSET_STORED});
    }
  } else {
    LIMPET_TRY(offsets, resolve(*state_->handle, chosen, from, remaining));
  }
  return assign(offsets);
}

std::vector<TopicPartition> Consumer::assignment() const {
  return {state_->assigned.begin(), state_->assigned.end()};
}

Status Consumer::poll(Batch& batch, std::size_t messages_max, std::chrono::milliseconds patience) {
  batch.clear();
  if (messages_max == 0 || messages_max > kMessagesMax) {
    return Error::invalid_input("a batch has 1 to 100000 messages", "messages_max");
  }
  auto& raw = state_->raw;
  if (raw.size() < messages_max) raw.resize(messages_max);
  const Remaining remaining(patience);
  bool last = false;
  while (true) {
    LIMPET_CHECK(state_->serve());
    auto count = rd_kafka_consume_batch_queue(state_->queue.get(), 0, raw.data(), messages_max);
    if (count == 0 && state_->woken.exchange(false)) return {};
    if (count == 0 && !last) {
      // Asked for one only, as librdkafka would wait until all have come.
      count = rd_kafka_consume_batch_queue(state_->queue.get(), remaining.milliseconds(kSlice),
                                           raw.data(), 1);
      if (count == 1 && messages_max > 1) {
        const auto more =
            rd_kafka_consume_batch_queue(state_->queue.get(), 0, raw.data() + 1, messages_max - 1);
        if (more > 0) count += more;
      }
    }
    if (count < 0) return make_error(rd_kafka_last_error());
    batch.client_ = state_->handle;
    state_->take(std::span(raw).first(static_cast<std::size_t>(count)), batch.messages_);
    if (!batch.empty()) return {};
    batch.client_.reset();
    if (last) return state_->serve();
    // What the queue gave may have been the end of a partition: then one more look, to tell of it.
    last = remaining.over() || (count > 0 && at_end());
  }
}

Result<std::optional<Received>> Consumer::poll(std::chrono::milliseconds patience) {
  Batch batch;
  LIMPET_CHECK(poll(batch, 1, patience));
  std::optional<Received> received;
  if (!batch.empty()) {
    received.emplace(batch.messages_.front().native, std::move(batch.client_));
    batch.messages_.clear();  // its memory is not the batch's any more
  }
  return received;
}

void Consumer::wake() {
  state_->woken = true;
  rd_kafka_queue_yield(state_->queue.get());
}

bool Consumer::at_end() const {
  return !state_->assigned.empty() && state_->ended.size() == state_->assigned.size();
}

bool Consumer::at_end(const TopicPartition& partition) const {
  return state_->ended.contains(partition);
}

Status Consumer::seek(const TopicPartition& partition, std::int64_t offset,
                      std::chrono::milliseconds deadline) {
  const Remaining remaining(deadline);
  const OwnedList list =
      make_list(std::vector<PartitionOffset>{{partition.topic, partition.partition, offset}});
  state_->ended.erase(partition);
  LIMPET_CHECK(status_of(rd_kafka_seek_partitions(state_->client(), list.get(),
                                                  std::max(remaining.milliseconds(), 1))));
  return first_error(*list);
}

Status Consumer::seek(Position to, std::chrono::milliseconds deadline) {
  const Remaining remaining(deadline);
  LIMPET_TRY(const auto offsets, resolve(*state_->handle, assignment(), to, remaining));
  if (offsets.empty()) return Error::invalid_input("no partition is assigned");
  const OwnedList list = make_list(offsets);
  state_->ended.clear();
  LIMPET_CHECK(status_of(rd_kafka_seek_partitions(state_->client(), list.get(),
                                                  std::max(remaining.milliseconds(), 1))));
  return first_error(*list);
}

Status Consumer::pause(const std::vector<TopicPartition>& partitions) {
  const OwnedList list = make_list(partitions);
  return ok_or_where(rd_kafka_pause_partitions(state_->client(), list.get()), *list);
}

Status Consumer::resume(const std::vector<TopicPartition>& partitions) {
  const OwnedList list = make_list(partitions);
  return ok_or_where(rd_kafka_resume_partitions(state_->client(), list.get()), *list);
}

Result<std::vector<PartitionOffset>> Consumer::positions() const {
  const OwnedList list = make_list(assignment());
  LIMPET_CHECK(ok_or_where(rd_kafka_position(state_->client(), list.get()), *list));
  return offsets_of(*list);
}

Status Consumer::commit(std::chrono::milliseconds deadline) {
  LIMPET_TRY(auto offsets, positions());
  std::erase_if(offsets, [](const PartitionOffset& at) { return at.offset < 0; });
  if (offsets.empty()) return {};
  return commit(offsets, deadline);
}

Status Consumer::commit(const std::vector<PartitionOffset>& offsets,
                        std::chrono::milliseconds deadline) {
  if (!state_->has_group()) return Error::invalid_input("a commit needs a group", "group.id");
  const Remaining remaining(deadline);
  const OwnedList list = make_list(offsets);
  const OwnedQueue answers(rd_kafka_queue_new(state_->client()));
  LIMPET_CHECK(status_of(
      rd_kafka_commit_queue(state_->client(), list.get(), answers.get(), nullptr, nullptr)));
  LIMPET_TRY(const OwnedEvent event, state_->handle->wait(answers.get(), remaining));
  if (const auto* committed = rd_kafka_event_topic_partition_list(event.get())) {
    return first_error(*committed);
  }
  return {};
}

Result<std::vector<PartitionOffset>> Consumer::committed(
    const std::vector<TopicPartition>& partitions, std::chrono::milliseconds deadline) {
  if (!state_->has_group()) return Error::invalid_input("needs a group", "group.id");
  const Remaining remaining(deadline);
  const OwnedList list = make_list(partitions);
  const auto error =
      rd_kafka_committed(state_->client(), list.get(), std::max(remaining.milliseconds(), 1));
  if (auto done = ok_or_where(error, *list); !done) {
    return state_->handle->explained(std::move(done).error());
  }
  return offsets_of(*list);
}

Result<Watermarks> Consumer::watermarks(const TopicPartition& partition,
                                        std::chrono::milliseconds deadline) {
  const Remaining remaining(deadline);
  LIMPET_TRY(const auto low,
             resolve(*state_->handle, {partition}, Position::earliest(), remaining));
  LIMPET_TRY(const auto high, resolve(*state_->handle, {partition}, Position::latest(), remaining));
  return Watermarks{low.front().offset, high.front().offset};
}

std::optional<Watermarks> Consumer::known_watermarks(const TopicPartition& partition) const {
  Watermarks known;
  const auto error = rd_kafka_get_watermark_offsets(state_->client(), partition.topic.c_str(),
                                                    partition.partition, &known.low, &known.high);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR || known.high < 0) return std::nullopt;
  return known;
}

GroupMetadata::GroupMetadata(void* native) : native_(native) {}
void GroupMetadata::Free::operator()(void* native) const {
  rd_kafka_consumer_group_metadata_destroy(
      static_cast<rd_kafka_consumer_group_metadata_t*>(native));
}

Result<GroupMetadata> Consumer::group_metadata() const {
  if (!state_->has_group()) return Error::invalid_input("needs a group", "group.id");
  auto* native = rd_kafka_consumer_group_metadata(state_->client());
  if (native == nullptr) return Error::invalid_input("needs a group", "group.id");
  return GroupMetadata(native);
}

Status Consumer::close() {
  if (state_->closed) return {};
  auto done = status_of(rd_kafka_consumer_close(state_->client()));
  state_->closed = true;
  state_->assigned.clear();
  state_->ended.clear();
  return done;
}

rd_kafka_s* Consumer::native_handle() const { return state_->client(); }

}  // namespace limpet::kafka
