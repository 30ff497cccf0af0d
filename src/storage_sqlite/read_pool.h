// ReadPool: a bounded number of read connections, opened when they are first needed.
#pragma once

#include "connection.h"

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace limpet::storage {

/// Threads: safe.
class ReadPool {
 public:
  ReadPool(ConnectionSettings settings, std::size_t max);

  /// Open so many connections now. SQLite opens the log for writing even for a reader, and that
  /// waits as long as the disk hangs; a read that finds a connection does not.
  Status open_ahead(std::size_t count);
  /// Run `work` in a read transaction; waits while all connections are busy.
  Status read(const ReadWork& work);
  /// Refuse new reads, wait for those that run, close the connections.
  void stop();

 private:
  Result<std::unique_ptr<Connection>> take();
  void give_back(std::unique_ptr<Connection> connection);

  const ConnectionSettings settings_;
  const std::size_t max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t in_use_ = 0;
  bool stopping_ = false;
};

}  // namespace limpet::storage
