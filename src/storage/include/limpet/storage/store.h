// Store: an ordered map of text keys to text values with serializable transactions.
//
//   store.write([](storage::Txn& txn) { return txn.put("greeting", "hello"); });
//   store.read([&](storage::Reader& reader) -> Status {
//     LIMPET_TRY(greeting, reader.get("greeting"));
//     return {};
//   });
//
// Keys are compared as unsigned bytes. One contract suite (store_contract.h) runs on every Store.
// Threads: safe.
#pragma once

#include "limpet/base/result.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::storage {

struct Row {
  std::string key;
  std::string value;

  friend bool operator==(const Row&, const Row&) = default;
};

enum class Order : bool { Ascending, Descending };

/// The rows with from <= key < to, at most `limit` of them, in `order`. An empty `to` has no bound.
struct Range {
  std::string from = {};
  std::string to = {};
  std::size_t limit = 1000;
  Order order = Order::Ascending;
};

/// A consistent view of the store. Valid for the call it was handed to.
class Reader {
 public:
  virtual ~Reader() = default;
  /// nullopt when there is no such key.
  virtual Result<std::optional<std::string>> get(std::string_view key) = 0;
  /// One answer per key, in the order asked; one round trip.
  virtual Result<std::vector<std::optional<std::string>>> get_many(
      std::span<const std::string> keys) = 0;
  virtual Result<std::vector<Row>> scan(const Range& range) = 0;
};

/// A transaction; it reads its own writes.
class Txn : public Reader {
 public:
  virtual Status put(std::string_view key, std::string_view value) = 0;
  /// Erasing what is not there is no error.
  virtual Status erase(std::string_view key) = 0;
};

/// How a transaction ended.
enum class Outcome : std::uint8_t {
  Committed,   ///< durable: it survives kill -9 and power loss
  RolledBack,  ///< the work answered an error (or the store refused): nothing was written
  Conflict,    ///< lost a race; nothing was written; may be tried again
  Unknown,     ///< the machine failed while committing; only reading tells. Never guess
};

struct CommitResult {
  Outcome outcome = Outcome::Unknown;
  std::optional<Error> error;  ///< set unless committed

  /// Committed → success; otherwise the error.
  Status status() const;
};

using ReadWork = std::function<Status(Reader&)>;
/// May be called more than once; must have no effect outside the transaction until it is committed,
/// except on variables that the next call overwrites. An error rolls back.
using WriteWork = std::function<Status(Txn&)>;
using Done = std::function<void(CommitResult)>;

class Store {
 public:
  virtual ~Store() = default;

  /// Runs `work` on a snapshot of committed, durable state. Blocks the caller's thread only.
  virtual Status read(const ReadWork& work) = 0;

  /// Queues `work`; transactions run one after the other, many in one commit. `done` is called
  /// once, after the commit is durable, on a thread of the store (or before submit returns), in the
  /// order of submit; it may submit, but neither block nor call write(). A work that throws is
  /// rolled back with Internal. A store that is stopping, or whose queue is full, answers
  /// RolledBack with Unavailable.
  virtual void submit(WriteWork work, Done done) = 0;

  /// Close the door: what was submitted before is run and answered before this returns, later reads
  /// and submits are refused with Unavailable. Repeating is no error. A destructor does it too.
  virtual void stop() = 0;

  /// submit() and wait. Requires: not called from a `done`.
  CommitResult write(WriteWork work);
};

}  // namespace limpet::storage
