// Plant: a fault put into a server on purpose, to see that the simulation finds it. The default
// plants nothing. A plant stands between the service and its store, its disk and its ids; what is
// planted never is in the program's own code.
#pragma once

#include "memory_vfs.h"

#include "limpet/aws/http.h"
#include "limpet/base/uuid.h"
#include "limpet/storage/store.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::simulation {

class Plant {
 public:
  virtual ~Plant() = default;

  // What a transaction or a snapshot does.
  virtual Status put(storage::Txn& txn, std::string_view key, std::string_view value) {
    return txn.put(key, value);
  }
  virtual Status erase(storage::Txn& txn, std::string_view key) { return txn.erase(key); }
  virtual Result<std::optional<std::string>> get(storage::Reader& reader, std::string_view key) {
    return reader.get(key);
  }
  virtual Result<std::vector<storage::Row>> scan(storage::Reader& reader,
                                                 const storage::Range& range) {
    return reader.scan(range);
  }

  // What the store does with them.
  virtual void submit(storage::Store& store, storage::WriteWork work, storage::Done done) {
    store.submit(std::move(work), std::move(done));
  }
  virtual storage::CommitResult answer(storage::CommitResult result) { return result; }

  // A cache of answers before the service: what it answers itself, and what it sees go by.
  virtual std::optional<aws::HttpAnswer> cached(const aws::HttpRequest&) { return std::nullopt; }
  virtual void answered(const aws::HttpRequest&, const aws::HttpAnswer&) {}

  /// What the disk does, given what it was going to meet.
  virtual Fate disk(const Operation&, Fate fate) { return fate; }
  virtual Uuid id(IdSource& ids) { return ids.next(); }
  /// A server has ended: what it had in memory is gone.
  virtual void crash() {}
};

}  // namespace limpet::simulation
