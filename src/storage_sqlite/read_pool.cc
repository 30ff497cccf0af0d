#include "read_pool.h"

#include "limpet/storage/guard.h"

#include <algorithm>
#include <utility>

namespace limpet::storage {

ReadPool::ReadPool(ConnectionSettings settings, std::size_t max)
    : settings_(std::move(settings)), max_(std::max<std::size_t>(max, 1)) {}

Result<std::unique_ptr<Connection>> ReadPool::take() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || in_use_ < max_; });
    if (stopping_) return stopping_error();
    ++in_use_;
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  auto opened = Connection::open(settings_);
  if (!opened) give_back(nullptr);
  return opened;
}

void ReadPool::give_back(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  --in_use_;
  if (connection) idle_.push_back(std::move(connection));
  changed_.notify_all();
}

Status ReadPool::open_ahead(std::size_t count) {
  for (std::size_t opened = 0; opened < std::min(count, max_); ++opened) {
    LIMPET_TRY(auto connection, Connection::open(settings_));
    if (const int code = connection->begin(); code != SQLITE_OK) {
      return sqlite_error(code, "cannot begin to read");
    }
    LIMPET_CHECK(connection->get(""));  // the first read opens the log
    connection->rollback();
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
  }
  return {};
}

Status ReadPool::read(const ReadWork& work) {
  LIMPET_TRY(auto connection, take());
  if (const int code = connection->begin(); code != SQLITE_OK) {
    give_back(nullptr);
    return sqlite_error(code, "cannot begin to read");
  }
  ConnectionReader reader(*connection);
  Status status = guarded(work, static_cast<Reader&>(reader));
  connection->rollback();
  // A connection that is stuck in its transaction would show an old state for ever.
  give_back(connection->in_transaction() ? nullptr : std::move(connection));
  return status;
}

void ReadPool::stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
  changed_.wait(lock, [this] { return in_use_ == 0; });
  idle_.clear();
}

}  // namespace limpet::storage
