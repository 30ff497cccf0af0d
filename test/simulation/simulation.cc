#include "simulation.h"

#include "history.h"
#include "server.h"
#include "wire.h"
#include "workload.h"

#include "limpet/iam/records.h"
#include "limpet/registry/check_invariants.h"
#include "limpet/storage/check.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <numeric>
#include <utility>

namespace limpet::simulation {

namespace {

class SetClock final : public Clock {
 public:
  Timestamp now() const override { return now_; }
  void advance(std::size_t milliseconds) { now_ += std::chrono::milliseconds(milliseconds); }

 private:
  Timestamp now_{std::chrono::milliseconds(1'636'303'348'617)};  // 2021-11-07
};

class SeededIds final : public IdSource {
 public:
  explicit SeededIds(std::uint64_t seed) : random_(seed) {}
  Uuid next() override {
    std::array<std::uint8_t, 16> bytes{};
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random_.next());
    return Uuid::v4(bytes);
  }

 private:
  Random random_;
};

/// Starts that may fail by faults before one is let through.
constexpr int kFaultyStartsMax = 4;
/// What clients do while the disk is at work.
constexpr std::size_t kMeanwhileMax = 3;

class Run {
 public:
  Run(const Options& options, Plant& plant)
      : options_(options),
        random_(options.seed),
        workload_(random_.next()),
        ids_(random_.next()),
        faults_(options.odds, options.script, random_.next(), plant),
        vfs_(disk_, faults_, random_.next()),
        server_({.vfs = vfs_, .clock = clock_, .ids = ids_, .plant = plant}) {
    clients_.resize(options.clients);
    faults_.meanwhile = [this](const Operation& operation) { meanwhile(operation); };
    faults_.told = [this](const Operation& operation, Fate fate) {
      history_.note(std::string(to_string(fate)) + " " + std::string(operation.file) + " " +
                    std::to_string(operation.offset));
    };
  }

  Report run() && {
    recover();
    for (std::size_t step = 0; step < options_.steps && violations_.empty(); ++step) {
      one_step();
      if (vfs_.dead()) crash();
    }
    faults_.enable(false);
    if (violations_.empty()) {
      stop();
      recover();
    }
    if (violations_.empty()) violations_ = history_.contradictions();
    server_.end();
    Report report{.seed = options_.seed,
                  .violations = std::move(violations_),
                  .history_hash = history_.hash(),
                  .history = options_.keep_history ? history_.text() : "",
                  .faults = faults_.counts(),
                  .calls = history_.calls(),
                  .refusals = history_.refusals(),
                  .unknowns = history_.unknowns(),
                  .crashes = crashes_,
                  .operations = faults_.operations()};
    return report;
  }

 private:
  struct Client {
    std::optional<std::size_t> waits_for;  // a call
  };

  void one_step() {
    clock_.advance(random_.below(20));
    const std::size_t choice = random_.below(100);
    if (choice < 50) {
      ask();
    } else if (choice < 70) {
      server_.run_queued();
    } else if (choice < 99) {
      resume();
    } else if (random_.below(2) == 0) {
      vfs_.die();  // the power goes while the disk is idle, or the process is killed
      killed_ = random_.below(2) == 0;
    } else {
      stop();
      recover();
    }
  }

  /// An idle client asks something.
  void ask() {
    const std::size_t who = random_.below(clients_.size());
    if (clients_[who].waits_for) return;
    call("c" + std::to_string(who), workload_.next(), who);
  }

  void resume() {
    if (server_.resumable() > 0) server_.resume(random_.below(server_.resumable()));
  }

  void meanwhile(const Operation& operation) {
    if (busy_ || !serving_ || vfs_.dead()) return;
    if (operation.call != Call::Sync && random_.below(8) != 0) return;
    busy_ = true;
    for (std::size_t i = random_.below(kMeanwhileMax + 1); i > 0 && !vfs_.dead(); --i) {
      if (random_.below(3) == 0) {
        resume();
      } else {
        ask();
      }
    }
    busy_ = false;
  }

  void call(const std::string& who, const Request& request, std::optional<std::size_t> client) {
    const std::size_t number = history_.invoke(who, request);
    if (client) clients_[*client].waits_for = number;
    const std::size_t life = life_;
    server_.handle(to_http(request),
                   [this, number, request, client, life](const aws::HttpAnswer& answer) {
                     if (life != life_ || vfs_.dead()) return;  // said by a machine that is gone
                     if (client) clients_[*client].waits_for.reset();
                     hear(number, request, answer);
                   });
  }

  void hear(std::size_t number, const Request& request, const aws::HttpAnswer& answer) {
    const Answer read = read_answer(request, answer);
    switch (read.means) {
      case Answer::Means::Told:
        history_.told(number, read.response, read.text);
        workload_.learn(request, read.response);
        break;
      case Answer::Means::Refused:
        history_.refused(number, read.text);
        break;
      case Answer::Means::Unknown:
        history_.unknown(number, read.text);
        break;
      case Answer::Means::Wrong:
        history_.refused(number, read.text);
        violations_.push_back("no server may answer this to " + words(request) + ": " + read.text);
    }
  }

  /// Power or process are gone.
  void crash() {
    fall();
    nobody_hears();
    recover();
  }

  /// The machine is up again, with what it keeps.
  void fall() {
    ++crashes_;
    const auto kills = faults_.counts().at(static_cast<std::size_t>(Fate::Kill));
    const bool killed = killed_ || kills > kills_;
    kills_ = kills;
    killed_ = false;
    history_.note(killed ? "killed" : "power lost");
    server_.end();
    if (!killed) {
      disk_.lose_power(
          options_.unsynced.value_or(static_cast<Unsynced>(random_.below(kUnsyncedKinds))),
          vfs_.random());
    }
    vfs_.revive();
  }

  void stop() {
    history_.note("stopped");
    serving_ = false;
    server_.end();
    if (vfs_.dead()) {
      crash();
    } else {
      nobody_hears();
    }
  }

  void nobody_hears() {
    ++life_;
    for (auto& client : clients_) {
      if (client.waits_for) history_.unknown(*client.waits_for, "nobody hears");
      client.waits_for.reset();
    }
  }

  /// A server is started, whatever it takes; then everything that was acknowledged must be there.
  void recover() {
    if (server_.running()) return;
    serving_ = false;
    Server::Limits limits{.batch_works_max = 1 + random_.below(12),
                          .batch_bytes_max = std::size_t{2} << (10 + random_.below(8)),
                          .queue_works_max = random_.below(8) == 0 ? 4U : 1000U,
                          .checkpoint_bytes = std::size_t{16} << (10 + random_.below(5))};
    const bool faulty = faults_.enabled();
    for (int tries = 0; !server_.running(); ++tries) {
      if (tries == kFaultyStartsMax) faults_.enable(false);
      const Status started = server_.start(limits);
      if (vfs_.dead()) {
        fall();  // not started, whatever it says
        continue;
      }
      if (started) break;
      history_.note("cannot start: " + describe(started.error()));
      if (!faults_.enabled()) {
        violations_.push_back("cannot start: " + describe(started.error()));
        return;
      }
    }
    faults_.enable(false);
    history_.settle();
    look_at_rows();
    ask_for_everything();
    faults_.enable(faulty);
    serving_ = true;
  }

  /// What `limpet check` does.
  void look_at_rows() {
    const Status looked = server_.store().read([&](storage::Reader& reader) -> Status {
      auto kinds = registry::record_kinds();
      for (auto& kind : iam::record_kinds()) kinds.push_back(std::move(kind));
      LIMPET_TRY(const auto report, storage::check_records(reader, std::move(kinds)));
      for (const auto& problem : report.problems) {
        violations_.push_back(problem.key + ": " + problem.message);
      }
      const Scope scope{.partition = "aws", .account = "123456789012", .region = "us-east-1"};
      LIMPET_TRY(const auto broken, registry::check_invariants(reader, scope));
      violations_.insert(violations_.end(), broken.begin(), broken.end());
      return {};
    });
    if (!looked) violations_.push_back("cannot be checked: " + describe(looked.error()));
  }

  void ask_for_everything() {
    for (const auto& name : Workload::registries()) {
      call("audit", {.kind = Kind::GetRegistry, .name = name}, {});
    }
    for (const auto& name : Workload::schemas()) {
      call("audit", {.kind = Kind::GetSchema, .name = name}, {});
      std::vector<VersionLine> versions;
      const Request list{.kind = Kind::ListSchemaVersions, .name = name};
      const std::size_t number = history_.invoke("audit", list);
      server_.handle(to_http(list), [&](const aws::HttpAnswer& answer) {
        versions = read_answer(list, answer).response.versions;
        hear(number, list, answer);
      });
      for (const auto& version : versions) {
        const Selector selector{.id = version.id};
        call("audit", {.kind = Kind::GetSchemaVersion, .name = name, .version = selector}, {});
        call("audit", {.kind = Kind::QueryMetadata, .name = name, .version = selector}, {});
      }
    }
  }

  const Options options_;
  Random random_;
  Workload workload_;
  SetClock clock_;
  SeededIds ids_;
  Disk disk_;
  Faults faults_;
  MemoryVfs vfs_;
  Server server_;
  History history_;
  std::vector<Client> clients_;
  std::vector<std::string> violations_;
  std::size_t life_ = 0;  // counts servers: what an earlier one says is not heard
  std::size_t crashes_ = 0;
  std::uint64_t kills_ = 0;
  bool killed_ = false;
  bool serving_ = false;  // clients may ask
  bool busy_ = false;
};

}  // namespace

std::uint64_t Report::fault_count() const {
  return std::accumulate(faults.begin(), faults.end(), std::uint64_t{0});
}

Report simulate(const Options& options, Plant& plant) { return Run(options, plant).run(); }

}  // namespace limpet::simulation
