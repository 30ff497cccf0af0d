#include "limpet/client/schema_registry.h"

#include "messages.h"
#include "registration.h"
#include "snapshot.h"
#include "version_table.h"

#include "limpet/aws/arn.h"
#include "limpet/base/assert.h"
#include "limpet/glue_model/schema_registry.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <thread>
#include <time.h>
#include <unordered_map>
#include <utility>

namespace limpet::client {
namespace {

namespace op = glue_model::op;
using SteadyTime = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;

/// A few nanoseconds and a few milliseconds' grain: enough for what lives for a second or a day.
SteadyTime coarse_now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return SteadyTime(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

/// A counter that many threads move: each has a line of its own, mostly.
class Counter {
 public:
  void add() noexcept { lines_[line()].count.fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t total() const {
    std::uint64_t sum = 0;
    for (const Line& line : lines_) sum += line.count.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  static constexpr std::size_t kLines = 16;
  static std::size_t line() noexcept {
    static std::atomic<std::size_t> threads{0};
    static constinit thread_local std::size_t mine = SIZE_MAX;
    if (mine == SIZE_MAX) mine = threads.fetch_add(1, std::memory_order_relaxed) % kLines;
    return mine;
  }
  struct alignas(64) Line {
    std::atomic<std::uint64_t> count{0};
  };
  std::array<Line, kLines> lines_{};
};

struct IdHash {
  std::size_t operator()(const Uuid& id) const {
    std::size_t hash = 0;
    for (const std::uint8_t byte : id.bytes()) hash = hash * 131 + byte;
    return hash;
  }
};

struct DefinitionKey {
  std::string schema_name;
  DataFormat format = DataFormat::Avro;
  std::string definition;

  bool operator==(const DefinitionKey&) const = default;
};

struct DefinitionKeyHash {
  std::size_t operator()(const DefinitionKey& key) const {
    const std::hash<std::string_view> hash;
    return hash(key.definition) * 31 + hash(key.schema_name) + static_cast<std::size_t>(key.format);
  }
};

constexpr std::array<std::string_view, 4> kStatusNames{"AVAILABLE", "PENDING", "FAILURE",
                                                       "DELETING"};

constexpr std::array<std::string_view, 8> kCompatibilities{
    "NONE", "DISABLED", "BACKWARD", "BACKWARD_ALL", "FORWARD", "FORWARD_ALL", "FULL", "FULL_ALL"};

}  // namespace

std::string_view to_string(VersionStatus status) {
  return kStatusNames.at(static_cast<std::size_t>(status));
}

std::optional<VersionStatus> parse_version_status(std::string_view text) {
  for (std::size_t i = 0; i < kStatusNames.size(); ++i) {
    if (kStatusNames[i] == text) return static_cast<VersionStatus>(i);
  }
  return std::nullopt;
}

/// What is known of one definition. Answers that were given stay until the slot goes: a serializer
/// may hold a pointer to one.
struct DefinitionHandle::Slot {
  DefinitionKey key;
  std::string transport;

  std::atomic<const RegisteredSchema*> current{nullptr};
  std::atomic<SteadyTime::rep> fresh_until{0};

  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  bool asking = false;
  std::vector<SchemaPointer> answers;
  std::optional<Error> error;
  SteadyTime error_until{};
};

struct SchemaRegistry::Impl {
  using Slot = DefinitionHandle::Slot;

  /// One question about one id, and everybody who waits for its answer.
  struct Flight {
    bool done = false;
    Result<SchemaPointer> result;
    std::vector<Done> callbacks;
    std::condition_variable landed;
  };
  /// An answer that is kept for a moment only: a failure, or a version that is PENDING.
  struct Brief {
    Result<SchemaPointer> result;
    SteadyTime until;
  };
  struct Job {
    Uuid id;
    std::shared_ptr<Flight> flight;
    SteadyTime end;
  };

  Impl(SchemaRegistryOptions given, Client made)
      : options(std::move(given)),
        client(std::move(made)),
        table({.entries_max = options.entries_max, .bytes_max = options.bytes_max}) {}

  ~Impl() {
    std::deque<Job> dropped;
    {
      const std::lock_guard lock(mutex);
      stopping = true;
      dropped.swap(jobs);
    }
    work.notify_all();
    for (Job& job : dropped) {
      land(job.id, job.flight, Error::unavailable("the schema registry client is being closed"));
    }
    for (std::thread& thread : threads) thread.join();
  }

  SteadyTime now() const { return own_time ? options.steady() : coarse_now(); }
  CallLimits limits() const { return {.end = options.steady() + options.deadline, .attempts = 0}; }

  Result<SchemaPointer> usable(SchemaPointer schema) {
    if (options.require_available && schema->status != VersionStatus::Available) {
      return counted(Error::invalid_input(found_but_status(to_string(schema->status))));
    }
    return schema;
  }
  Error counted(Error error) {
    errors.add();
    return error;
  }

  // ---- by id

  std::optional<Result<SchemaPointer>> in_memory(const Uuid& id) {
    if (const SchemaPointer* known = table.find(id)) {
      hits.add();
      return usable(*known);
    }
    return std::nullopt;
  }

  /// Under the mutex.
  std::optional<Result<SchemaPointer>> in_brief(const Uuid& id) {
    const auto found = briefs.find(id);
    if (found == briefs.end()) return std::nullopt;
    if (found->second.until <= now()) {
      briefs.erase(found);
      return std::nullopt;
    }
    negative_hits.add();
    return found->second.result;
  }

  Result<SchemaPointer> ask(const Uuid& id, const CallLimits& limits) {
    const auto answer = client.call<op::GetSchemaVersion>(
        {.schema_id = {}, .schema_version_id = id.to_string(), .schema_version_number = {}},
        limits);
    Result<SchemaPointer> read =
        answer ? read_version(id, answer->output) : Result<SchemaPointer>(to_error(answer.error()));
    if (read) return read;
    Error error = std::move(read).error();
    error.message = cannot_get_version(id) + ": " + error.message;
    return error;
  }

  static Result<SchemaPointer> read_version(const Uuid& id,
                                            const glue_model::GetSchemaVersionResponse& answer) {
    LIMPET_TRY(const Uuid answered, id_of(answer.schema_version_id));
    if (answered != id) return Error::internal("the server answered another version");
    LIMPET_TRY(const VersionStatus status, status_of(answer.status));
    const auto format = answer.data_format ? parse_data_format(*answer.data_format) : std::nullopt;
    if (!format) return Error::internal("the server's answer holds no DataFormat that we know");
    if (!answer.schema_definition || answer.schema_definition->empty()) {
      return Error::internal("the server's answer holds no SchemaDefinition");
    }
    const auto arn = answer.schema_arn ? aws::Arn::parse(*answer.schema_arn) : std::nullopt;
    const std::size_t slash = arn ? answer.schema_arn->rfind('/') : std::string::npos;
    if (slash == std::string::npos || slash + 1 == answer.schema_arn->size()) {
      return Error::internal("the server's answer holds no SchemaArn of a schema");
    }
    std::optional<std::uint64_t> number;
    if (answer.version_number && *answer.version_number > 0) {
      number = static_cast<std::uint64_t>(*answer.version_number);
    }
    return SchemaPointer(std::make_shared<const RegisteredSchema>(
        RegisteredSchema{.version_id = id,
                         .format = *format,
                         .definition = *answer.schema_definition,
                         .schema_name = answer.schema_arn->substr(slash + 1),
                         .schema_arn = *answer.schema_arn,
                         .version_number = number,
                         .status = status}));
  }

  /// The answer for everybody who waits.
  void land(const Uuid& id, const std::shared_ptr<Flight>& flight, Result<SchemaPointer> result) {
    const bool keep = result && (*result)->status != VersionStatus::Pending;
    if (keep) table.put(*result);
    std::vector<Done> callbacks;
    {
      const std::lock_guard lock(mutex);
      if (!keep && options.negative_ttl.count() > 0 && !stopping) {
        remember_briefly(id, result);
      }
      flight->done = true;
      flight->result = result;
      callbacks.swap(flight->callbacks);
      flights.erase(id);
    }
    flight->landed.notify_all();
    for (const Done& done : callbacks) done(checked(result));
  }

  Result<SchemaPointer> checked(const Result<SchemaPointer>& result) {
    if (!result) return counted(result.error());
    return usable(*result);
  }

  void remember_briefly(const Uuid& id, const Result<SchemaPointer>& result) {
    constexpr std::size_t kBriefsMax = 1'024;
    if (briefs.size() >= kBriefsMax) {
      std::erase_if(briefs, [at = now()](const auto& entry) { return entry.second.until <= at; });
      if (briefs.size() >= kBriefsMax) briefs.clear();
    }
    briefs.insert_or_assign(id, Brief{result, now() + options.negative_ttl});
  }

  Result<SchemaPointer> by_version(const Uuid& id) {
    if (auto known = in_memory(id)) return *std::move(known);
    std::shared_ptr<Flight> flight;
    {
      std::unique_lock lock(mutex);
      if (auto brief = in_brief(id)) {
        lock.unlock();
        return checked(*brief);
      }
      misses.add();
      if (options.on_miss == OnMiss::FailFast) {
        enqueue(id, {});
        lock.unlock();
        return counted(Error::unavailable("schema version " + id.to_string() +
                                          " is not in memory yet; it is being asked for"));
      }
      if (const auto other = flights.find(id); other != flights.end()) {
        flight = other->second;
        if (!flight->landed.wait_for(lock, options.deadline, [&] { return flight->done; })) {
          return counted(
              Error::unavailable(cannot_get_version(id) + ": no answer within the deadline"));
        }
        auto result = flight->result;
        lock.unlock();
        return checked(result);
      }
      flight = std::make_shared<Flight>();
      flights.emplace(id, flight);
    }
    // Another caller may have brought it between our look and the flight's beginning.
    const SchemaPointer* known = table.find(id);
    auto result = known != nullptr ? Result<SchemaPointer>(*known) : ask(id, limits());
    land(id, flight, result);
    return checked(result);
  }

  /// Under the mutex: a job for the threads, or one more who waits for a job that is under way.
  /// False: too many wait.
  bool enqueue(const Uuid& id, Done done) {
    auto [at, fresh] = flights.try_emplace(id);
    if (fresh) {
      if (jobs.size() >= options.queued_max || stopping) {
        flights.erase(at);
        return false;
      }
      at->second = std::make_shared<Flight>();
      jobs.push_back({id, at->second, options.steady() + options.deadline});
      if (threads.size() < options.workers && idle < jobs.size()) {
        threads.emplace_back([this] { serve(); });
      }
      work.notify_one();
    }
    if (done) at->second->callbacks.push_back(std::move(done));
    return true;
  }

  void serve() {
    std::unique_lock lock(mutex);
    while (true) {
      ++idle;
      work.wait(lock, [&] { return stopping || !jobs.empty(); });
      --idle;
      if (stopping) return;
      const Job job = std::move(jobs.front());
      jobs.pop_front();
      lock.unlock();
      const SchemaPointer* known = table.find(job.id);
      land(job.id, job.flight,
           known != nullptr ? Result<SchemaPointer>(*known)
                            : ask(job.id, {.end = job.end, .attempts = 0}));
      lock.lock();
    }
  }

  void by_version_async(const Uuid& id, Done done) {
    if (auto known = in_memory(id)) return done(*std::move(known));
    std::optional<Result<SchemaPointer>> now_known;
    {
      const std::lock_guard lock(mutex);
      now_known = in_brief(id);
      if (!now_known) {
        misses.add();
        if (enqueue(id, done)) return;
        now_known = stopping
                        ? Error::unavailable("the schema registry client is being closed")
                        : Error::limit_exceeded("too many schema versions are being asked for");
      }
    }
    done(checked(*now_known));
  }

  // ---- by definition

  std::shared_ptr<Slot> slot_of(const DefinitionRequest& request) {
    DefinitionKey key{std::string(request.schema_name), request.format,
                      std::string(request.definition)};
    const std::lock_guard lock(definitions_mutex);
    if (const auto found = definitions.find(key); found != definitions.end()) {
      recent.splice(recent.begin(), recent, found->second);
      return *found->second;
    }
    auto slot = std::make_shared<Slot>();
    slot->key = key;
    slot->transport = request.transport;
    recent.push_front(slot);
    definitions.emplace(std::move(key), recent.begin());
    definition_bytes += bytes_of(*slot);
    while (recent.size() > 1 &&
           (recent.size() > options.entries_max || definition_bytes > options.bytes_max)) {
      definition_bytes -= bytes_of(*recent.back());
      definitions.erase(recent.back()->key);
      recent.pop_back();
    }
    return slot;
  }

  /// The key is kept twice, and the answer holds the text once more.
  static std::size_t bytes_of(const Slot& slot) {
    return 3 * (slot.key.definition.size() + slot.key.schema_name.size()) + 512;
  }

  const RegisteredSchema* fresh(const Slot& slot) const {
    const RegisteredSchema* known = slot.current.load(std::memory_order_acquire);
    if (known == nullptr) return nullptr;
    const auto until = slot.fresh_until.load(std::memory_order_relaxed);
    return now().time_since_epoch().count() < until ? known : nullptr;
  }

  Result<SchemaPointer> by_definition(const std::shared_ptr<Slot>& slot) {
    if (const RegisteredSchema* known = fresh(*slot)) {
      hits.add();
      return SchemaPointer(slot, known);
    }
    std::unique_lock lock(slot->mutex);
    const RegisteredSchema* old = slot->current.load(std::memory_order_relaxed);
    if (slot->asking) {
      if (old != nullptr) {  // somebody renews it: what was true for a day is true a little longer
        hits.add();
        return SchemaPointer(slot, old);
      }
      misses.add();
      if (!slot->changed.wait_for(lock, options.deadline, [&] { return !slot->asking; })) {
        return counted(
            Error::unavailable("no answer about a schema definition within the deadline"));
      }
      old = slot->current.load(std::memory_order_relaxed);
      if (old != nullptr) return SchemaPointer(slot, old);
      if (slot->error) return counted(*slot->error);
      return counted(Error::unavailable("the schema definition could not be asked for"));
    }
    if (fresh(*slot) != nullptr) return SchemaPointer(slot, old);
    if (old == nullptr && slot->error && now() < slot->error_until) {
      negative_hits.add();
      return counted(*slot->error);
    }
    misses.add();
    slot->asking = true;
    lock.unlock();
    auto result = Registration({client, options, metadata_failed},
                               {.schema_name = slot->key.schema_name,
                                .format = slot->key.format,
                                .definition = slot->key.definition,
                                .transport = slot->transport},
                               limits())
                      .run();
    lock.lock();
    slot->asking = false;
    slot->changed.notify_all();
    if (result) return keep(slot, *std::move(result));
    if (old != nullptr) {
      refreshes_failed.add();
      freshen(*slot,
              std::min(options.time_to_live, std::max(options.negative_ttl, milliseconds(1))));
      return SchemaPointer(slot, old);
    }
    slot->error = result.error();
    slot->error_until = now() + options.negative_ttl;
    return counted(std::move(result).error());
  }

  /// Under the slot's mutex.
  Result<SchemaPointer> keep(const std::shared_ptr<Slot>& slot, RegisteredSchema answer) {
    const RegisteredSchema* old = slot->current.load(std::memory_order_relaxed);
    slot->error.reset();
    if (old == nullptr || old->version_id != answer.version_id) {
      slot->answers.push_back(std::make_shared<const RegisteredSchema>(std::move(answer)));
      old = slot->answers.back().get();
      slot->current.store(old, std::memory_order_release);
    }
    freshen(*slot, options.time_to_live);
    return SchemaPointer(slot, old);
  }

  void freshen(Slot& slot, milliseconds time) const {
    // A time to live of years must not run over the clock's end.
    const auto longest = SteadyTime::max() - now();
    const auto until = now() + std::min<SteadyTime::duration>(time, longest);
    slot.fresh_until.store(until.time_since_epoch().count(), std::memory_order_relaxed);
  }

  SchemaRegistryOptions options;
  bool own_time = false;  // a test's clock
  Client client;
  VersionTable table;

  Counter hits;
  Counter misses;
  Counter negative_hits;
  Counter errors;
  Counter refreshes_failed;
  std::atomic<std::uint64_t> metadata_failed{0};
  std::shared_ptr<std::atomic<std::uint64_t>> calls;

  std::mutex mutex;  // guards what follows
  std::unordered_map<Uuid, std::shared_ptr<Flight>, IdHash> flights;
  std::unordered_map<Uuid, Brief, IdHash> briefs;
  std::deque<Job> jobs;
  std::vector<std::thread> threads;
  std::size_t idle = 0;
  bool stopping = false;
  std::condition_variable work;

  std::mutex definitions_mutex;             // guards what follows
  std::list<std::shared_ptr<Slot>> recent;  // the one used last in front
  std::unordered_map<DefinitionKey, std::list<std::shared_ptr<Slot>>::iterator, DefinitionKeyHash>
      definitions;
  std::size_t definition_bytes = 0;
};

namespace {

Status check(const SchemaRegistryOptions& options) {
  if (std::ranges::find(kCompatibilities, options.compatibility) == kCompatibilities.end()) {
    std::string accepted;
    for (const std::string_view one : kCompatibilities) {
      accepted += (accepted.empty() ? "" : ", ") + std::string(one);
    }
    return Error::invalid_input("Invalid compatibility setting : " + options.compatibility +
                                    ", Accepted values are : [" + accepted + "]",
                                "compatibility");
  }
  if (options.registry_name.empty()) {
    return Error::invalid_input("the name of the registry is empty", "registry.name");
  }
  const bool positive = options.deadline.count() > 0 && options.time_to_live.count() >= 0 &&
                        options.negative_ttl.count() >= 0 && options.retry.attempts > 0 &&
                        options.workers > 0 && options.poll_attempts > 0 &&
                        options.poll_wait.count() >= 0;
  if (!positive) return Error::invalid_input("an option of the schema registry is out of range");
  return {};
}

}  // namespace

Result<std::shared_ptr<SchemaRegistry>> SchemaRegistry::open(SchemaRegistryOptions options) {
  LIMPET_CHECK(check(options));
  const bool own_time = static_cast<bool>(options.steady);
  if (!own_time) options.steady = [] { return std::chrono::steady_clock::now(); };
  if (!options.pause) {
    options.pause = [](milliseconds time) { std::this_thread::sleep_for(time); };
  }
  if (options.clock == nullptr) options.clock = &machine_clock();
  auto calls = std::make_shared<std::atomic<std::uint64_t>>(0);
  Send send = options.send;
  if (!send) {
    auto http = std::make_shared<http::Client>(http::ClientOptions{
        .idle_connections_max = options.workers + 8, .ca_file = options.settings.ca_file});
    send = [http](const http::Url& url, const http::Outgoing& request) {
      return http->send(url, request);
    };
  }
  LIMPET_TRY(auto client,
             Client::make({.settings = options.settings,
                           .clock = options.clock,
                           .retry = options.retry,
                           .send =
                               [send = std::move(send), calls](const http::Url& url,
                                                               const http::Outgoing& request) {
                                 calls->fetch_add(1, std::memory_order_relaxed);
                                 return send(url, request);
                               },
                           .pause = options.pause,
                           .chance = options.chance,
                           .steady = options.steady,
                           .user_agent = options.user_agent}));
  auto impl = std::make_unique<Impl>(std::move(options), std::move(client));
  impl->own_time = own_time;
  impl->calls = std::move(calls);
  return std::shared_ptr<SchemaRegistry>(new SchemaRegistry(std::move(impl)));
}

SchemaRegistry::SchemaRegistry(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SchemaRegistry::~SchemaRegistry() = default;

Result<SchemaPointer> SchemaRegistry::by_version(const Uuid& id) { return impl_->by_version(id); }

const RegisteredSchema* SchemaRegistry::peek(const Uuid& id) noexcept {
  const SchemaPointer* known = impl_->table.find(id);
  return known == nullptr ? nullptr : known->get();
}

void SchemaRegistry::by_version_async(const Uuid& id, Done done) {
  impl_->by_version_async(id, std::move(done));
}

Preloaded SchemaRegistry::preload(std::span<const Uuid> ids) {
  struct Shared {
    std::mutex mutex;
    std::condition_variable landed;
    std::size_t outstanding = 0;
    std::unordered_map<Uuid, std::optional<Error>, IdHash> answers;  // nullopt: loaded
  };
  const auto shared = std::make_shared<Shared>();
  const auto end = std::chrono::steady_clock::now() + impl_->options.deadline;
  const std::size_t window = std::min(impl_->options.workers * 4, impl_->options.queued_max);
  std::vector<Uuid> asked;
  for (const Uuid& id : ids) {
    {
      std::unique_lock lock(shared->mutex);
      if (!shared->landed.wait_until(lock, end, [&] { return shared->outstanding < window; })) {
        break;
      }
      ++shared->outstanding;
    }
    by_version_async(id, [shared, id](Result<SchemaPointer> result) {
      {
        const std::lock_guard lock(shared->mutex);
        --shared->outstanding;
        shared->answers[id] = result ? std::nullopt : std::optional(result.error());
      }
      shared->landed.notify_all();
    });
  }
  std::unique_lock lock(shared->mutex);
  shared->landed.wait_until(lock, end, [&] { return shared->outstanding == 0; });
  Preloaded report;
  std::unordered_map<Uuid, bool, IdHash> seen;
  for (const Uuid& id : ids) {
    if (!seen.emplace(id, true).second) continue;
    const auto answer = shared->answers.find(id);
    if (answer == shared->answers.end()) {
      report.failed.emplace_back(
          id, Error::unavailable(cannot_get_version(id) + ": no answer within the deadline"));
    } else if (answer->second) {
      report.failed.emplace_back(id, *answer->second);
    } else {
      ++report.loaded;
    }
  }
  return report;
}

Result<SchemaPointer> SchemaRegistry::by_definition(const DefinitionRequest& request) {
  return impl_->by_definition(impl_->slot_of(request));
}

DefinitionHandle SchemaRegistry::handle(const DefinitionRequest& request) {
  return DefinitionHandle(impl_->slot_of(request));
}

Result<SchemaPointer> SchemaRegistry::by_definition(const DefinitionHandle& handle) {
  LIMPET_ASSERT(handle.slot_ != nullptr);
  return impl_->by_definition(handle.slot_);
}

const RegisteredSchema* SchemaRegistry::peek(const DefinitionHandle& handle) noexcept {
  return handle.slot_ == nullptr ? nullptr : impl_->fresh(*handle.slot_);
}

void SchemaRegistry::remember(RegisteredSchema schema) {
  impl_->table.put(std::make_shared<const RegisteredSchema>(std::move(schema)));
}

Result<SnapshotReport> SchemaRegistry::save_snapshot(const std::string& path) const {
  return write_snapshot(path, impl_->table.all());
}

SnapshotReport SchemaRegistry::load_snapshot(const std::string& path) {
  auto read = read_snapshot(
      path, {.entries_max = impl_->options.entries_max, .bytes_max = impl_->options.bytes_max});
  if (!read) return {.schemas = 0, .note = describe(read.error())};
  for (SchemaPointer& schema : *read) impl_->table.put(std::move(schema));
  return {.schemas = read->size()};
}

RegistryStats SchemaRegistry::stats() const {
  const auto counts = impl_->table.counts();
  return {.hits = impl_->hits.total(),
          .misses = impl_->misses.total(),
          .negative_hits = impl_->negative_hits.total(),
          .calls = impl_->calls->load(std::memory_order_relaxed),
          .errors = impl_->errors.total(),
          .refreshes_failed = impl_->refreshes_failed.total(),
          .metadata_failed = impl_->metadata_failed.load(std::memory_order_relaxed),
          .evictions = counts.evictions,
          .entries = counts.entries,
          .bytes = counts.bytes};
}

const SchemaRegistryOptions& SchemaRegistry::options() const { return impl_->options; }

}  // namespace limpet::client
