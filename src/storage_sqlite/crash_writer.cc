// Writes to a store until it is killed; says on standard output what was acknowledged.
//
//   crash_writer FOLDER PREFIX
//
// One line per transaction: its number. Each wrote PREFIX-<number>-a and PREFIX-<number>-b.
#include "limpet/storage_sqlite/sqlite_store.h"

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

int main(int argc, char** argv) {
  using namespace limpet;  // NOLINT
  if (argc != 3) return 2;
  auto store = storage::SqliteStore::open(argv[1], {.checkpoint_bytes = 256 << 10});
  if (!store) {
    std::fprintf(stderr, "%s\n", describe(store.error()).c_str());
    return 1;
  }
  const std::string prefix = argv[2];
  std::atomic<int> next = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      while (true) {
        const std::string number = std::to_string(next++);
        const auto result = (*store)->write([&](storage::Txn& txn) -> Status {
          const std::string key = prefix + "-" + number;
          LIMPET_CHECK(txn.put(key + "-a", std::string(500, 'v')));
          return txn.put(key + "-b", std::string(500, 'v'));
        });
        if (result.outcome != storage::Outcome::Committed) std::_Exit(3);
        const std::string line = number + "\n";
        // One write call per line, shorter than a pipe's atomic unit.
        if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(4);
      }
    });
  }
  for (auto& thread : threads) thread.join();
}
