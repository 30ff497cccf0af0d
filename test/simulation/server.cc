#include "server.h"

#include "memory_folder.h"

#include <utility>

namespace limpet::simulation {

namespace {

class PlantedReader : public storage::Reader {
 public:
  PlantedReader(Plant& plant, storage::Reader& inner) : plant_(plant), inner_(inner) {}
  Result<std::optional<std::string>> get(std::string_view key) override {
    return plant_.get(inner_, key);
  }
  Result<std::vector<std::optional<std::string>>> get_many(
      std::span<const std::string> keys) override {
    std::vector<std::optional<std::string>> values;
    for (const std::string& key : keys) {
      LIMPET_TRY(auto value, plant_.get(inner_, key));
      values.push_back(std::move(value));
    }
    return values;
  }
  Result<std::vector<storage::Row>> scan(const storage::Range& range) override {
    return plant_.scan(inner_, range);
  }

 private:
  Plant& plant_;
  storage::Reader& inner_;
};

class PlantedTxn final : public storage::Txn {
 public:
  PlantedTxn(Plant& plant, storage::Txn& inner)
      : plant_(plant), inner_(inner), reader_(plant, inner) {}
  Result<std::optional<std::string>> get(std::string_view key) override { return reader_.get(key); }
  Result<std::vector<std::optional<std::string>>> get_many(
      std::span<const std::string> keys) override {
    return reader_.get_many(keys);
  }
  Result<std::vector<storage::Row>> scan(const storage::Range& range) override {
    return reader_.scan(range);
  }
  Status put(std::string_view key, std::string_view value) override {
    return plant_.put(inner_, key, value);
  }
  Status erase(std::string_view key) override { return plant_.erase(inner_, key); }

 private:
  Plant& plant_;
  storage::Txn& inner_;
  PlantedReader reader_;
};

}  // namespace

class Server::PlantedIds final : public IdSource {
 public:
  PlantedIds(Plant& plant, IdSource& ids) : plant_(plant), ids_(ids) {}
  Uuid next() override { return plant_.id(ids_); }

 private:
  Plant& plant_;
  IdSource& ids_;
};

struct Server::NoEvents final : glue_api::Events {
  void emit(const glue_api::CallFinished&) override {}
  void emit(const glue_api::AuthenticationFailed&) override {}
  void emit(const glue_api::VersionRejected&) override {}
  void emit(const glue_api::AccessKeyChanged&) override {}
};

/// The store as the service sees it.
class Server::PlantedStore final : public storage::Store {
 public:
  PlantedStore(Plant& plant, storage::SqliteStore& inner) : plant_(plant), inner_(inner) {}

  Status read(const storage::ReadWork& work) override {
    return inner_.read([&](storage::Reader& reader) -> Status {
      PlantedReader planted(plant_, reader);
      return work(planted);
    });
  }
  void submit(storage::WriteWork work, storage::Done done) override {
    plant_.submit(
        inner_,
        [this, work = std::move(work)](storage::Txn& txn) -> Status {
          PlantedTxn planted(plant_, txn);
          return work(planted);
        },
        [this, done = std::move(done)](storage::CommitResult result) {
          done(plant_.answer(std::move(result)));
        });
    if (at_once) inner_.run_queued();
  }
  void stop() override { inner_.stop(); }

  bool at_once = true;  ///< while the service starts, it waits for its writes

 private:
  Plant& plant_;
  storage::SqliteStore& inner_;
};

Server::Server(const Ports& ports) : ports_(ports) {}

Server::~Server() { end(); }

Status Server::start(const Limits& limits) {
  storage::SqliteOptions options = in_memory(ports_.vfs);
  options.batch_works_max = limits.batch_works_max;
  options.batch_bytes_max = limits.batch_bytes_max;
  options.queue_works_max = limits.queue_works_max;
  options.checkpoint_bytes = limits.checkpoint_bytes;
  LIMPET_TRY(sqlite_, storage::SqliteStore::open("/", options));
  planted_ = std::make_unique<PlantedStore>(ports_.plant, *sqlite_);
  ids_ = std::make_unique<PlantedIds>(ports_.plant, ports_.ids);
  events_ = std::make_unique<NoEvents>();
  glue_api::Settings settings;
  settings.auth = glue_api::AuthMode::Off;
  service_ = std::make_unique<glue_api::Service>(
      glue_api::Ports{
          .store = *planted_,
          .clock = ports_.clock,
          .ids = *ids_,
          .events = *events_,
          .resume = [this](std::function<void()> work) { resumed_.push_back(std::move(work)); }},
      std::move(settings));
  const Status started = service_->start();
  planted_->at_once = false;
  if (!started) end();
  return started;
}

void Server::handle(const aws::HttpRequest& request, std::function<void(aws::HttpAnswer)> done) {
  if (auto cached = ports_.plant.cached(request)) return done(*std::move(cached));
  service_->handle(aws::HttpRequest(request),
                   [this, request, done = std::move(done)](aws::HttpAnswer answer) {
                     ports_.plant.answered(request, answer);
                     done(std::move(answer));
                   });
}

std::size_t Server::run_queued() { return sqlite_->run_queued(); }

void Server::resume(std::size_t which) {
  const auto work = std::move(resumed_.at(which));
  resumed_.erase(resumed_.begin() + static_cast<std::ptrdiff_t>(which));
  work();
}

void Server::end() {
  if (!sqlite_) return;
  if (service_ && !ports_.vfs.dead()) {
    while (run_queued() > 0 || resumable() > 0) {
      while (resumable() > 0) resume(0);
    }
  }
  sqlite_->stop();
  // A process that is gone answers nobody.
  resumed_.clear();
  service_.reset();
  planted_.reset();
  sqlite_.reset();
  ports_.plant.crash();
}

storage::SqliteStats Server::stats() const {
  return sqlite_ ? sqlite_->stats() : storage::SqliteStats{};
}

}  // namespace limpet::simulation
