#include "planted_faults.h"

#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <map>
#include <set>
#include <utility>

namespace limpet::simulation {

namespace {

using storage::CommitResult;
using storage::Outcome;
using storage::Reader;
using storage::Row;
using storage::Txn;

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}
bool is_schema(std::string_view key) { return has(key, "!schema!"); }
bool is_version(std::string_view key) {
  return has(key, "!schema-version!") && !has(key, "!text-use!");
}

/// True every `n`-th time.
class Every {
 public:
  explicit Every(std::size_t n) : n_(n) {}
  bool operator()() { return ++count_ % n_ == 0; }

 private:
  std::size_t n_;
  std::size_t count_ = 0;
};

std::int64_t number_in(std::string_view document, std::string_view member) {
  const auto parsed = json::parse(document);
  const json::Value* value = parsed ? parsed->find(member) : nullptr;
  return value == nullptr ? 0 : value->as_int64().value_or(0);
}

std::string with_number(std::string_view document, std::string_view member, std::int64_t number) {
  auto parsed = json::parse(document);
  if (!parsed) return std::string(document);
  parsed->set(member, json::Value::integer(number));
  return json::to_text(*parsed);
}

// ---- the disk

struct AnswerBeforeSync final : Plant {
  Fate disk(const Operation& operation, Fate fate) override {
    if (fate != Fate::Pass || operation.call != Call::Sync || !has(operation.file, "-wal")) {
      return fate;
    }
    return second_() ? Fate::SyncLies : fate;
  }
  Every second_{2};
};

struct CheckpointWithoutSync final : Plant {
  Fate disk(const Operation& operation, Fate fate) override {
    const bool database = operation.file.ends_with(".db");
    return fate == Fate::Pass && database && operation.call == Call::Sync ? Fate::SyncLies : fate;
  }
};

struct LogNeverSynced final : Plant {
  Fate disk(const Operation& operation, Fate fate) override {
    const bool log = operation.file.ends_with("-wal");
    return fate == Fate::Pass && log && operation.call == Call::Sync ? Fate::SyncLies : fate;
  }
};

struct WriteLost final : Plant {
  Fate disk(const Operation& operation, Fate fate) override {
    const bool database = operation.file.ends_with(".db");
    if (fate != Fate::Pass || !database || operation.call != Call::Write) return fate;
    return now_() ? Fate::WriteIsLost : fate;
  }
  Every now_{5};
};

struct FolderNeverSynced final : Plant {
  Fate disk(const Operation& operation, Fate fate) override {
    return fate == Fate::Pass && operation.file == "/" ? Fate::SyncLies : fate;
  }
};

// ---- what is written

struct IndexEntryLost final : Plant {
  Status put(Txn& txn, std::string_view key, std::string_view value) override {
    if (has(key, "!schema-version.by-number!") && now_()) return {};
    return txn.put(key, value);
  }
  Every now_{5};
};

struct NumberReused final : Plant {
  Status erase(Txn& txn, std::string_view key) override {
    if (is_version(key)) {
      LIMPET_TRY(const auto before, txn.get(key));
      if (before) freed_ = number_in(*before, "number");
    }
    return txn.erase(key);
  }
  Status put(Txn& txn, std::string_view key, std::string_view value) override {
    if (!is_schema(key) || freed_ == 0) return txn.put(key, value);
    const bool newest = number_in(value, "next") == freed_ + 1;
    const auto wrong = newest ? with_number(value, "next", freed_) : std::string(value);
    freed_ = 0;
    return txn.put(key, wrong);
  }
  std::int64_t freed_ = 0;
};

struct CounterNotAdvanced final : Plant {
  Status put(Txn& txn, std::string_view key, std::string_view value) override {
    if (!is_schema(key)) return txn.put(key, value);
    LIMPET_TRY(const auto before, txn.get(key));
    const std::int64_t next = before ? number_in(*before, "next") : 0;
    if (next == 0 || next == number_in(value, "next") || !now_()) return txn.put(key, value);
    return txn.put(key, with_number(value, "next", next));
  }
  Every now_{4};
};

struct TextNotStored final : Plant {
  Status put(Txn& txn, std::string_view key, std::string_view value) override {
    return has(key, "!text!") && now_() ? Status() : txn.put(key, value);
  }
  Every now_{4};
};

struct LogEntryMissing final : Plant {
  Status put(Txn& txn, std::string_view key, std::string_view value) override {
    return key.starts_with("log!") && now_() ? Status() : txn.put(key, value);
  }
  Every now_{6};
};

struct DeletedVersionStays final : Plant {
  Status erase(Txn& txn, std::string_view key) override {
    return is_version(key) ? Status() : txn.erase(key);
  }
};

struct CheckpointNotMoved final : Plant {
  Status put(Txn& txn, std::string_view key, std::string_view value) override {
    if (!is_schema(key)) return txn.put(key, value);
    LIMPET_TRY(const auto before, txn.get(key));
    if (!before) return txn.put(key, value);
    return txn.put(key, with_number(value, "checkpoint", number_in(*before, "checkpoint")));
  }
};

struct MetadataLost final : Plant {
  Status put(Txn& txn, std::string_view key, std::string_view value) override {
    if (has(key, "!metadata!")) losing_ = now_();
    return losing_ && has(key, "!metadata") ? Status() : txn.put(key, value);
  }
  Every now_{3};
  bool losing_ = false;
};

struct MetadataOutlivesItsVersion final : Plant {
  Status erase(Txn& txn, std::string_view key) override {
    return has(key, "!metadata") && now_() ? Status() : txn.erase(key);
  }
  Every now_{2};
};

struct TwoLiveVersions final : Plant {
  Result<std::optional<std::string>> get(Reader& reader, std::string_view key) override {
    if (has(key, "!schema-version.live-identity!")) return std::optional<std::string>();
    return reader.get(key);
  }
};

struct IdDoubled final : Plant {
  Uuid id(IdSource& ids) override {
    const Uuid fresh = ids.next();
    if (!now_()) return last_ = fresh;
    hidden_ = last_.to_string();  // and the look whether it is taken is not done
    return last_;
  }
  Result<std::optional<std::string>> get(Reader& reader, std::string_view key) override {
    if (!hidden_.empty() && is_version(key) && key.ends_with(hidden_)) {
      hidden_.clear();
      return std::optional<std::string>();
    }
    return reader.get(key);
  }
  Every now_{9};
  Uuid last_;
  std::string hidden_;
};

struct IdsStartOver final : Plant {
  Uuid id(IdSource&) override {
    std::array<std::uint8_t, 16> bytes{};
    ++count_;
    bytes[15] = static_cast<std::uint8_t>(count_);
    bytes[14] = static_cast<std::uint8_t>(count_ >> 8U);
    return Uuid::v4(bytes);
  }
  void crash() override { count_ = 0; }
  unsigned count_ = 0;
};

// ---- how a transaction ends

struct CommittedAsRolledBack final : Plant {
  CommitResult answer(CommitResult result) override {
    if (result.outcome != Outcome::Committed || !now_()) return result;
    return {Outcome::RolledBack, Error::unavailable("the disk is full")};
  }
  Every now_{8};
};

struct UnknownAsCommitted final : Plant {
  CommitResult answer(CommitResult result) override {
    if (result.outcome == Outcome::Unknown) return {Outcome::Committed, std::nullopt};
    return result;
  }
};

struct UnknownAsRolledBack final : Plant {
  CommitResult answer(CommitResult result) override {
    if (result.outcome == Outcome::Unknown) result.outcome = Outcome::RolledBack;
    return result;
  }
};

struct RolledBackAsCommitted final : Plant {
  void submit(storage::Store& store, storage::WriteWork work, storage::Done done) override {
    const auto worked = std::make_shared<bool>(false);
    store.submit(
        [work = std::move(work), worked](Txn& txn) -> Status {
          const Status status = work(txn);
          *worked = status.has_value();
          return status;
        },
        [done = std::move(done), worked](CommitResult result) {
          // The work was done, only the disk did not take it.
          if (result.outcome == Outcome::RolledBack && *worked) result = {Outcome::Committed, {}};
          done(std::move(result));
        });
  }
};

/// Half of what a transaction wrote comes in a transaction of its own, right after.
struct HalfTransaction final : Plant {
  struct Write {
    std::string key;
    std::optional<std::string> before;
    std::optional<std::string> after;
  };
  class Recorder final : public Txn {
   public:
    Recorder(Txn& inner, std::vector<Write>& writes) : inner_(inner), writes_(writes) {}
    Result<std::optional<std::string>> get(std::string_view key) override {
      return inner_.get(key);
    }
    Result<std::vector<std::optional<std::string>>> get_many(
        std::span<const std::string> keys) override {
      return inner_.get_many(keys);
    }
    Result<std::vector<Row>> scan(const storage::Range& range) override {
      return inner_.scan(range);
    }
    Status put(std::string_view key, std::string_view value) override {
      LIMPET_TRY(auto before, inner_.get(key));
      writes_.push_back({std::string(key), std::move(before), std::string(value)});
      return inner_.put(key, value);
    }
    Status erase(std::string_view key) override {
      LIMPET_TRY(auto before, inner_.get(key));
      writes_.push_back({std::string(key), std::move(before), std::nullopt});
      return inner_.erase(key);
    }

   private:
    Txn& inner_;
    std::vector<Write>& writes_;
  };
  static Status apply(Txn& txn, const std::string& key, const std::optional<std::string>& value) {
    return value ? txn.put(key, *value) : txn.erase(key);
  }

  void submit(storage::Store& store, storage::WriteWork work, storage::Done done) override {
    const auto writes = std::make_shared<std::vector<Write>>();
    store.submit(
        [work = std::move(work), writes](Txn& txn) -> Status {
          writes->clear();
          Recorder recorder(txn, *writes);
          LIMPET_CHECK(work(recorder));
          for (std::size_t i = writes->size(); i > writes->size() / 2; --i) {
            LIMPET_CHECK(apply(txn, (*writes)[i - 1].key, (*writes)[i - 1].before));
          }
          return {};
        },
        [&store, done = std::move(done), writes](CommitResult result) {
          if (result.outcome == Outcome::Committed) {
            store.submit(
                [writes](Txn& txn) -> Status {
                  for (std::size_t i = writes->size() / 2; i < writes->size(); ++i) {
                    LIMPET_CHECK(apply(txn, (*writes)[i].key, (*writes)[i].after));
                  }
                  return {};
                },
                {});
          }
          done(std::move(result));
        });
  }
};

// ---- what is read

/// What a transaction has written can be read before it is committed.
struct DirtyRead final : Plant {
  Status put(Txn& txn, std::string_view key, std::string_view value) override {
    dirty_[std::string(key)] = std::string(value);
    return txn.put(key, value);
  }
  Status erase(Txn& txn, std::string_view key) override {
    dirty_[std::string(key)] = std::nullopt;
    return txn.erase(key);
  }
  Result<std::optional<std::string>> get(Reader& reader, std::string_view key) override {
    const auto found = dirty_.find(std::string(key));
    if (found != dirty_.end() && dynamic_cast<Txn*>(&reader) == nullptr) return found->second;
    return reader.get(key);
  }
  CommitResult answer(CommitResult result) override {
    dirty_.clear();
    return result;
  }
  void crash() override { dirty_.clear(); }
  std::map<std::string, std::optional<std::string>> dirty_;
};

struct StaleRead final : Plant {
  Result<std::optional<std::string>> get(Reader& reader, std::string_view key) override {
    if (!is_version(key) || dynamic_cast<Txn*>(&reader) != nullptr) return reader.get(key);
    const auto known = seen_.find(std::string(key));
    if (known != seen_.end()) return std::optional(known->second);
    auto value = reader.get(key);
    if (value && *value) seen_.emplace(key, **value);
    return value;
  }
  void crash() override { seen_.clear(); }
  std::map<std::string, std::string> seen_;
};

struct ScanMissesARow final : Plant {
  Result<std::vector<Row>> scan(Reader& reader, const storage::Range& range) override {
    auto rows = reader.scan(range);
    if (rows && rows->size() > 2 && has(range.from, "!schema-version.by-number!") && now_()) {
      rows->pop_back();
    }
    return rows;
  }
  Every now_{4};
};

// ---- a cache of answers

class AnswerCachePlant : public Plant {
 public:
  std::optional<aws::HttpAnswer> cached(const aws::HttpRequest& request) override {
    const auto found = answers_.find(name_of(request));
    if (found == answers_.end()) return std::nullopt;
    return found->second;
  }
  void answered(const aws::HttpRequest& request, const aws::HttpAnswer& answer) override {
    if (answer.status == 200 && keeps(request)) {
      answers_.insert_or_assign(name_of(request), answer);
    }
  }
  void crash() override { answers_.clear(); }

 protected:
  virtual bool keeps(const aws::HttpRequest& request) const = 0;
  static std::string name_of(const aws::HttpRequest& request) {
    return std::string(*request.header("X-Amz-Target")) + request.body;
  }
  std::map<std::string, aws::HttpAnswer> answers_;
};

/// What an id names never changes, so why should an answer ever go?
struct StaleCacheAfterDelete final : AnswerCachePlant {
  bool keeps(const aws::HttpRequest& request) const override {
    return name_of(request).starts_with(R"(AWSGlue.GetSchemaVersion{"SchemaVersionId")");
  }
};

/// A list is kept for as long as none of its rows goes; that one may come is not thought of.
struct StaleListAfterCreate final : AnswerCachePlant {
  bool keeps(const aws::HttpRequest& request) const override {
    return name_of(request).starts_with("AWSGlue.ListSchemaVersions");
  }
  Status erase(Txn& txn, std::string_view key) override {
    erased_ = true;
    return txn.erase(key);
  }
  CommitResult answer(CommitResult result) override {
    if (std::exchange(erased_, false)) answers_.clear();
    return result;
  }
  bool erased_ = false;
};

/// A write forgets what is known of its schema, while it is under way; what is read until the
/// commit is kept again.
struct CacheEmptiedBeforeCommit final : AnswerCachePlant {
  bool keeps(const aws::HttpRequest& request) const override {
    const std::string name = name_of(request);
    return has(name, "\"SchemaName\"") &&
           (name.starts_with("AWSGlue.Get") || name.starts_with("AWSGlue.List"));
  }
  Status put(Txn& txn, std::string_view key, std::string_view value) override {
    forget(key);
    return txn.put(key, value);
  }
  Status erase(Txn& txn, std::string_view key) override {
    forget(key);
    return txn.erase(key);
  }
  void forget(std::string_view key) {
    if (!is_schema(key)) return;
    const auto schema = std::string(key.substr(key.rfind('!') + 1));
    std::erase_if(answers_, [&](const auto& kept) { return has(kept.first, schema); });
  }
};

/// The answer to a read is cached from what a transaction has written but not committed.
struct CacheFilledBeforeCommit final : Plant {
  Status put(Txn& txn, std::string_view key, std::string_view value) override {
    if (is_schema(key)) rows_[std::string(key)] = std::string(value);
    return txn.put(key, value);
  }
  Status erase(Txn& txn, std::string_view key) override {
    rows_.erase(std::string(key));
    return txn.erase(key);
  }
  Result<std::optional<std::string>> get(Reader& reader, std::string_view key) override {
    const auto found = rows_.find(std::string(key));
    if (found != rows_.end() && dynamic_cast<Txn*>(&reader) == nullptr) {
      return std::optional(found->second);
    }
    return reader.get(key);
  }
  void crash() override { rows_.clear(); }
  std::map<std::string, std::string> rows_;
};

template <class T>
PlantedFault fault(std::string_view name, std::string_view what) {
  return {name, what, [] { return std::unique_ptr<Plant>(std::make_unique<T>()); }};
}

}  // namespace

const std::vector<PlantedFault>& planted_faults() {
  static const std::vector<PlantedFault> kFaults = {
      fault<AnswerBeforeSync>("answer-before-sync", "every other sync of the log comes late"),
      fault<LogNeverSynced>("log-never-synced", "the disk says it has synced the log, and has not"),
      fault<CheckpointWithoutSync>("checkpoint-without-sync",
                                   "a checkpoint does not sync the file"),
      fault<WriteLost>("write-lost", "a write to the database succeeds and does nothing"),
      fault<FolderNeverSynced>("folder-never-synced", "names of new files are not synced"),
      fault<IndexEntryLost>("index-entry-lost", "an index row is not written"),
      fault<NumberReused>("number-reused", "deleting the newest version frees its number"),
      fault<CounterNotAdvanced>("counter-not-advanced", "the next number stays where it was"),
      fault<TextNotStored>("text-not-stored", "a definition's text is not written"),
      fault<LogEntryMissing>("log-entry-missing", "a change is not in the change log"),
      fault<DeletedVersionStays>("deleted-version-stays", "a deleted version is found by its id"),
      fault<CheckpointNotMoved>("checkpoint-not-moved", "UpdateSchema leaves the checkpoint"),
      fault<MetadataLost>("metadata-lost", "a metadata pair is not written"),
      fault<MetadataOutlivesItsVersion>("metadata-outlives", "removed metadata is still there"),
      fault<TwoLiveVersions>("two-live-versions", "two AVAILABLE versions of one definition"),
      fault<IdDoubled>("id-doubled", "a new version gets the id of another"),
      fault<IdsStartOver>("ids-start-over", "after a restart, ids come again"),
      fault<CommittedAsRolledBack>("committed-as-rolled-back", "an error is answered, it is there"),
      fault<RolledBackAsCommitted>("rolled-back-as-committed",
                                   "success is answered, it is not there"),
      fault<UnknownAsCommitted>("unknown-as-committed", "an open outcome is answered as success"),
      fault<UnknownAsRolledBack>("unknown-as-rolled-back",
                                 "an open outcome is answered as refusal"),
      fault<HalfTransaction>("half-transaction", "a transaction is committed in two halves"),
      fault<DirtyRead>("dirty-read", "a snapshot shows what is not committed"),
      fault<StaleRead>("stale-read", "a read shows a version that was deleted before"),
      fault<ScanMissesARow>("scan-misses-a-row", "a list leaves out its last row"),
      fault<StaleCacheAfterDelete>("stale-cache-after-delete",
                                   "answers by id are cached, and stay when it is deleted"),
      fault<StaleListAfterCreate>("stale-list-after-create",
                                  "lists are cached, and stay when a row comes"),
      fault<CacheEmptiedBeforeCommit>("cache-emptied-before-commit",
                                      "the cache is emptied before the commit, not after"),
      fault<CacheFilledBeforeCommit>("cache-filled-before-commit",
                                     "the cache is filled by a transaction that may fail"),
  };
  return kFaults;
}

}  // namespace limpet::simulation
