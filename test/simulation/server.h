// Server: the whole of Limpet behind its socket, on one thread and a Disk in memory.
//
//   Server server({.vfs = vfs, .clock = clock, .ids = ids, .plant = plant}, {});
//   LIMPET_CHECK(server.start());
//   server.handle(request, done);     // reads answer at once, writes wait for
//   server.run_queued();              // … the store's next batch, and
//   server.resume(0);                 // … their turn to be answered
//   server.end();                     // as a crash does when the disk is dead, else orderly
#pragma once

#include "memory_vfs.h"
#include "plant.h"

#include "limpet/base/time.h"
#include "limpet/glue_api/service.h"
#include "limpet/storage_sqlite/sqlite_store.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace limpet::simulation {

/// Threads: confined.
class Server {
 public:
  struct Ports {
    MemoryVfs& vfs;
    const Clock& clock;
    IdSource& ids;
    Plant& plant;
  };
  struct Limits {
    std::size_t batch_works_max = 8;
    std::size_t batch_bytes_max = 64UL << 10;
    std::size_t queue_works_max = 1000;
    std::size_t checkpoint_bytes = 64UL << 10;
  };

  explicit Server(const Ports& ports);
  ~Server();

  Status start(const Limits& limits);
  bool running() const { return service_ != nullptr; }

  void handle(const aws::HttpRequest& request, std::function<void(aws::HttpAnswer)> done);
  std::size_t run_queued();
  /// Calls whose transaction has ended and that wait to go on.
  std::size_t resumable() const { return resumed_.size(); }
  void resume(std::size_t which);

  /// Everything in memory goes. An orderly end runs and answers first what waits.
  void end();

  /// Without what is planted: what is really stored.
  storage::Store& store() { return *sqlite_; }
  storage::SqliteStats stats() const;

 private:
  class PlantedIds;
  class PlantedStore;
  struct NoEvents;

  Ports ports_;
  std::unique_ptr<PlantedIds> ids_;
  std::unique_ptr<NoEvents> events_;
  std::unique_ptr<storage::SqliteStore> sqlite_;
  std::unique_ptr<PlantedStore> planted_;
  std::unique_ptr<glue_api::Service> service_;
  std::vector<std::function<void()>> resumed_;
};

}  // namespace limpet::simulation
