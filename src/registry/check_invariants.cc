#include "limpet/registry/check_invariants.h"

#include "stored.h"

#include "limpet/crypto/sha256.h"
#include "limpet/storage/content.h"

#include <algorithm>
#include <queue>
#include <string_view>
#include <utility>

namespace limpet::registry {
namespace {

using storage::Key;
using storage::RecordType;

constexpr std::size_t kPageRows = 64;
constexpr std::uint64_t kProgressRows = 4096;
constexpr std::string_view kRestore = "Restore a backup in which `limpet check` finds nothing.";

/// The row of a record.
template <storage::Record T>
std::string row_of(const Scope& scope, const Key& key) {
  return storage::scope_key(scope).add(RecordType<T>::name).add(key).text();
}

class Audit {
 public:
  Audit(storage::Reader& reader, const Scope& scope, const storage::CheckProgress& progress)
      : reader_(reader), records_(reader, scope), progress_(progress) {}

  Result<AuditReport> run() && {
    LIMPET_CHECK(each<Registry>(report_.registries, [](const Registry&) { return Status(); }));
    LIMPET_CHECK(each<Schema>(report_.schemas,
                              [this](const Schema& schema) { return check_schema(schema); }));
    LIMPET_CHECK(each<SchemaVersion>(
        report_.versions, [this](const SchemaVersion& version) { return check_version(version); }));
    std::uint64_t others = 0;
    LIMPET_CHECK(each<StoredMetadata>(others, [this](const StoredMetadata& pair) -> Status {
      LIMPET_TRY(const auto owner, read<SchemaVersion>(version_key(pair.version)));
      if (owner.state == State::Absent) {
        const auto row = row_of(pair);
        problem(row, "metadata of version " + pair.version.to_string() + ", which does not exist",
                storage::advise_erase(row));
      }
      return {};
    }));
    LIMPET_CHECK(each<StoredVerdict>(others, [this](const StoredVerdict& verdict) -> Status {
      LIMPET_TRY(const auto owner, read<SchemaVersion>(version_key(verdict.version)));
      if (owner.state == State::Absent ||
          (owner.record && owner.record->status != VersionStatus::Failure)) {
        const auto row = row_of(verdict);
        problem(row,
                "explains the failure of version " + verdict.version.to_string() +
                    ", which does not exist or has not failed",
                storage::advise_erase(row));
      }
      return {};
    }));
    LIMPET_CHECK(each<StoredReferences>(
        others, [this](const StoredReferences& stored) { return check_references(stored); }));
    LIMPET_CHECK(check_usage());
    return std::move(report_);
  }

 private:
  enum class State : std::uint8_t { Present, Absent, Unreadable };
  template <class T>
  struct Found {
    State state = State::Absent;
    std::optional<T> record;
  };

  // A record that does not read is no reason to stop: check_records tells it. Any error of the
  // store itself is.
  template <class T>
  static Result<Found<T>> classified(Result<std::optional<T>> read) {
    if (read) {
      const State state = *read ? State::Present : State::Absent;
      return Found<T>{state, *std::move(read)};
    }
    const bool newer = read.error().code == Code::Unavailable && !read.error().where.empty();
    if (newer || read.error().code == Code::Internal) return Found<T>{State::Unreadable, {}};
    return std::move(read).error();
  }

  template <storage::Record T>
  Result<Found<T>> read(const Key& key) {
    return classified<T>(records_.get<T>(key));
  }

  template <storage::Record T>
  std::string row_of(const T& record) const {
    return registry::row_of<T>(records_.scope(), RecordType<T>::key(record));
  }

  // Counts the rows of a type and hands every readable record to `visit`, in key order.
  template <storage::Record T, class Visit>
  Status each(std::uint64_t& count, Visit visit) {
    const Key type = Key(storage::scope_key(records_.scope())).add(RecordType<T>::name);
    auto range = storage::prefix_range(type, kPageRows);
    while (true) {
      LIMPET_TRY(const auto rows, reader_.scan(range));
      count += rows.size();
      for (const auto& row : rows) {
        const auto key = Key::parse(std::string_view(row.key).substr(type.text().size() + 1));
        if (!key) continue;
        LIMPET_TRY(const auto found, read<T>(*key));
        if (found.record && RecordType<T>::key(*found.record) == *key) {
          LIMPET_CHECK(visit(*found.record));
        }
        if (++looked_at_ % kProgressRows == 0 && progress_) progress_(looked_at_);
      }
      if (rows.size() < kPageRows) return {};
      range.from = storage::key_after(rows.back().key);
    }
  }

  // The version with the highest number under an index that is ordered by it; 0: there is none.
  Result<std::int64_t> highest(std::string_view index, const Schema& schema) {
    auto page =
        records_.scan_index<SchemaVersion>(index, {.under = {schema.incarnation.to_string()},
                                                   .limit = 1,
                                                   .order = storage::Order::Descending});
    if (!page) {
      if (page.error().code == Code::Internal || !page.error().where.empty()) return -1;
      return std::move(page).error();
    }
    return page->records.empty() ? 0 : page->records.front().number;
  }

  Status check_schema(const Schema& schema) {
    const std::string row = row_of(schema);
    LIMPET_TRY(const auto owner, read<Registry>(Key(schema.registry)));
    if (owner.state == State::Absent) {
      problem(row, named(schema) + " has no registry",
              storage::advise_copy_back(
                  registry::row_of<Registry>(records_.scope(), Key(schema.registry))));
    }
    LIMPET_TRY(const std::int64_t newest, highest(kByNumber, schema));
    if (newest >= schema.next) {
      problem(row,
              named(schema) + " has version " + std::to_string(newest) +
                  " but would give the next one number " + std::to_string(schema.next),
              storage::advise_set(row, "next", static_cast<std::uint64_t>(newest) + 1));
    }
    LIMPET_TRY(const std::int64_t available, highest(kAvailable, schema));
    if (available >= 0 && available != schema.latest) {
      problem(row,
              named(schema) + " points to version " + std::to_string(schema.latest) +
                  " as its latest, which is " + std::to_string(available),
              storage::advise_set(row, "latest", static_cast<std::uint64_t>(available)));
    }
    if (schema.next > 1 && schema.checkpoint >= schema.next) {
      problem(row, named(schema) + " has a checkpoint beyond its versions",
              "Set the checkpoint to a version that exists, with UpdateSchema.");
    }
    return {};
  }

  Status check_version(const SchemaVersion& version) {
    const std::string row = row_of(version);
    const std::string incarnation = version.incarnation.to_string();
    LIMPET_TRY(const auto owner, read<Schema>({version.registry, version.schema}));
    if (owner.state == State::Absent ||
        (owner.record && owner.record->incarnation != version.incarnation)) {
      problem(row, named(version) + " has no schema",
              storage::advise_copy_back(
                  registry::row_of<Schema>(records_.scope(), {version.registry, version.schema})));
    } else if (owner.record && owner.record->format != version.format) {
      problem(row, named(version) + " has another format than its schema",
              storage::advise_copy_back(row));
    }
    LIMPET_TRY(const auto numbered, classified<SchemaVersion>(records_.find<SchemaVersion>(
                                        kByNumber, {incarnation, version.number})));
    if (numbered.record && numbered.record->id != version.id &&
        numbered.record->incarnation == version.incarnation &&
        numbered.record->number == version.number) {
      problem(row, named(version) + " has the number of version " + numbered.record->id.to_string(),
              storage::advise_copy_back(row));
    }
    if (version.status == VersionStatus::Available) {
      LIMPET_TRY(const auto live, classified<SchemaVersion>(records_.find<SchemaVersion>(
                                      kLiveIdentity, {incarnation, version.identity})));
      if (live.record && live.record->id != version.id &&
          live.record->incarnation == version.incarnation &&
          live.record->identity == version.identity) {
        problem(row,
                named(version) + " is a second AVAILABLE version of the definition of version " +
                    live.record->id.to_string(),
                "Delete the one that no producer uses with DeleteSchemaVersions, or: " +
                    storage::advise_copy_back(row));
      }
    }
    if (version.status == VersionStatus::Failure) {
      LIMPET_TRY(const auto verdict, read<StoredVerdict>(version_key(version.id)));
      if (verdict.state == State::Absent ||
          (verdict.record && verdict.record->verdict.compatible())) {
        problem(row, named(version) + " failed without a reason",
                storage::advise_copy_back(
                    registry::row_of<StoredVerdict>(records_.scope(), version_key(version.id))));
      }
    }
    return check_text(version, row);
  }

  Status check_text(const SchemaVersion& version, const std::string& row) {
    const std::string text_row =
        registry::row_of<storage::Text>(records_.scope(), Key(version.content));
    LIMPET_TRY(const auto found, read<storage::Text>(Key(version.content)));
    if (found.state == State::Unreadable) return {};
    if (found.state == State::Absent) {
      problem(row, named(version) + " has no definition: " + text_row + " is missing",
              storage::advise_copy_back(text_row));
      return {};
    }
    const std::string& text = found.record->text;
    if (crypto::sha256_hex(text) != version.content) {
      problem(row, named(version) + " has a definition that does not match its hash: " + text_row,
              storage::advise_copy_back(text_row));
      return {};
    }
    const auto parsed = compat::parse_definition(version.format, text);
    if (!parsed || crypto::sha256_hex(parsed->identity()) != version.identity) {
      problem(row, named(version) + " has another definition's identity",
              storage::advise_copy_back(row));
    }
    return {};
  }

  Status check_references(const StoredReferences& stored) {
    const std::string row = row_of(stored);
    LIMPET_TRY(const auto owner, read<SchemaVersion>(version_key(stored.version)));
    if (owner.state == State::Absent) {
      problem(row, "references of version " + stored.version.to_string() + ", which does not exist",
              storage::advise_erase(row));
      return {};
    }
    LIMPET_CHECK(check_submitted(stored, row));
    if (owner.record && stored.holding != (owner.record->status == VersionStatus::Available)) {
      problem(
          row,
          named(*owner.record) + (stored.holding ? " holds what it references, and is not AVAILABLE"
                                                 : " does not hold what it references"),
          storage::advise_copy_back(row));
    }
    if (!stored.holding) return {};
    for (const Reference& reference : stored.references) {
      LIMPET_TRY(const auto target, read<SchemaVersion>(version_key(reference.version)));
      const bool other = target.record && (target.record->registry != reference.registry ||
                                           target.record->schema != reference.schema ||
                                           target.record->number != reference.number);
      if (target.state == State::Absent || other) {
        problem(row,
                "version " + stored.version.to_string() + " references " + reference.name +
                    ", version " + reference.version.to_string() +
                    (other ? ", which is another one now" : ", which does not exist"),
                storage::advise_copy_back(registry::row_of<SchemaVersion>(
                    records_.scope(), version_key(reference.version))));
      }
    }
    return {};
  }

  Status check_submitted(const StoredReferences& stored, const std::string& row) {
    const std::string text_row =
        registry::row_of<storage::Text>(records_.scope(), Key(stored.submitted));
    LIMPET_TRY(const auto text, read<storage::Text>(Key(stored.submitted)));
    if (text.state == State::Absent) {
      problem(row,
              "the submitted text of version " + stored.version.to_string() + ", " + text_row +
                  ", is missing",
              storage::advise_copy_back(text_row));
    } else if (text.record && crypto::sha256_hex(text.record->text) != stored.submitted) {
      problem(row,
              "the submitted text of version " + stored.version.to_string() +
                  " does not match its hash: " + text_row,
              storage::advise_copy_back(text_row));
    }
    return {};
  }

  Status check_usage() {
    const Key key = RecordType<Usage>::key({});
    LIMPET_TRY(const auto found, read<Usage>(key));
    if (found.state == State::Unreadable) return {};
    const Usage counted = found.record.value_or(Usage{});
    const std::string row = registry::row_of<Usage>(records_.scope(), key);
    const auto compare = [&](std::string_view member, std::int64_t told, std::uint64_t is) {
      if (told == static_cast<std::int64_t>(is)) return;
      problem(row,
              "counts " + std::to_string(told) + " " + std::string(member) + " where there are " +
                  std::to_string(is),
              storage::advise_set(row, member, is));
    };
    compare("registries", counted.registries, report_.registries);
    compare("schemas", counted.schemas, report_.schemas);
    compare("schema_versions", counted.schema_versions, report_.versions);
    return {};
  }

  static std::string named(const Schema& schema) {
    return "schema " + schema.registry.str() + "/" + schema.name.str();
  }
  static std::string named(const SchemaVersion& version) {
    return "version " + version.id.to_string() + " (" + version.registry.str() + "/" +
           version.schema.str() + " " + std::to_string(version.number) + ")";
  }

  void problem(std::string row, std::string message, std::string advice) {
    if (report_.problems.size() == storage::kProblemsMax) {
      report_.complete = false;
    } else {
      report_.problems.push_back({std::move(row), std::move(message), std::move(advice)});
    }
  }

  storage::Reader& reader_;
  storage::RecordReader records_;
  const storage::CheckProgress& progress_;
  AuditReport report_;
  std::uint64_t looked_at_ = 0;
};

/// The version ids of one scope, in order, a page at a time.
class IdCursor {
 public:
  IdCursor(storage::Reader& reader, const Scope& scope)
      : reader_(&reader),
        prefix_(storage::scope_key(scope).add(RecordType<SchemaVersion>::name)),
        range_(storage::prefix_range(prefix_, kPageRows)) {}

  /// Goes to the next id; false at the end.
  Result<bool> next() {
    if (++at_ >= ids_.size()) {
      if (last_page_) return false;
      LIMPET_TRY(const auto rows, reader_->scan(range_));
      last_page_ = rows.size() < kPageRows;
      at_ = 0;
      ids_.clear();
      for (const auto& row : rows) ids_.push_back(row.key.substr(prefix_.text().size() + 1));
      if (rows.empty()) return false;
      range_.from = storage::key_after(rows.back().key);
    }
    return true;
  }
  const std::string& id() const { return ids_[at_]; }
  std::string row() const { return prefix_.text() + storage::kKeySeparator + id(); }

 private:
  storage::Reader* reader_;
  Key prefix_;
  storage::Range range_;
  std::vector<std::string> ids_;
  std::size_t at_ = 0;
  bool last_page_ = false;
};

}  // namespace

std::vector<storage::RecordKind> record_kinds() {
  return {storage::kind_of<Registry>(),      storage::kind_of<Schema>(),
          storage::kind_of<SchemaVersion>(), storage::kind_of<StoredMetadata>(),
          storage::kind_of<StoredVerdict>(), storage::kind_of<StoredReferences>(),
          storage::kind_of<Usage>()};
}

Result<AuditReport> audit(storage::Reader& reader, const Scope& scope,
                          const storage::CheckProgress& progress) {
  return Audit(reader, scope, progress).run();
}

Result<std::vector<storage::Problem>> audit_ids(storage::Reader& reader,
                                                const std::vector<Scope>& scopes) {
  std::vector<storage::Problem> problems;
  if (scopes.size() < 2) return problems;
  std::vector<IdCursor> cursors;
  for (const Scope& scope : scopes) cursors.emplace_back(reader, scope);
  const auto later = [&](std::size_t a, std::size_t b) {
    return cursors[a].id() > cursors[b].id();
  };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> order(later);
  for (std::size_t i = 0; i < cursors.size(); ++i) {
    LIMPET_TRY(const bool more, cursors[i].next());
    if (more) order.push(i);
  }
  std::string last_id;
  std::string last_row;
  while (!order.empty() && problems.size() < storage::kProblemsMax) {
    const std::size_t first = order.top();
    order.pop();
    const std::string row = cursors[first].row();
    if (cursors[first].id() == last_id) {
      problems.push_back(
          {row, "one id names two versions; the other is " + last_row, std::string(kRestore)});
    }
    last_id = cursors[first].id();
    last_row = row;
    LIMPET_TRY(const bool more, cursors[first].next());
    if (more) order.push(first);
  }
  return problems;
}

Result<std::vector<std::string>> check_invariants(storage::Reader& reader, const Scope& scope) {
  LIMPET_TRY(const auto report, audit(reader, scope));
  std::vector<std::string> violations;
  for (const auto& problem : report.problems) {
    violations.push_back(problem.key + ": " + problem.message);
  }
  return violations;
}

}  // namespace limpet::registry
