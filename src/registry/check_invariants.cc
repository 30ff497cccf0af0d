#include "limpet/registry/check_invariants.h"

#include "stored.h"

#include "limpet/crypto/sha256.h"
#include "limpet/storage/content.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace limpet::registry {
namespace {

template <class T>
Result<std::vector<T>> read_all(storage::RecordReader& records) {
  std::vector<T> all;
  storage::Scan scan;
  while (true) {
    LIMPET_TRY(auto page, records.scan<T>(scan));
    std::ranges::move(page.records, std::back_inserter(all));
    if (page.next.empty()) return all;
    scan.after = std::move(page.next);
  }
}

class Audit {
 public:
  explicit Audit(storage::RecordReader& records) : records_(records) {}

  Result<std::vector<std::string>> run() && {
    LIMPET_TRY(const auto registries, read_all<Registry>(records_));
    LIMPET_TRY(const auto schemas, read_all<Schema>(records_));
    LIMPET_TRY(const auto versions, read_all<SchemaVersion>(records_));
    LIMPET_TRY(const auto usage, records_.get<Usage>(storage::RecordType<Usage>::key({})));
    std::set<RegistryName> registry_names;
    for (const auto& registry : registries) registry_names.insert(registry.name);
    for (const auto& schema : schemas) {
      expect(registry_names.contains(schema.registry), schema, "has no registry");
      schemas_.emplace(schema.incarnation, schema);
    }
    for (const auto& version : versions) LIMPET_CHECK(check_version(version));
    for (const auto& [incarnation, schema] : schemas_) {
      expect(schema.latest == latest_[incarnation], schema, "points to a wrong latest version");
      expect(schema.next == 1 || schema.checkpoint < schema.next, schema,
             "has a checkpoint beyond its versions");
    }
    const Usage counted{.registries = static_cast<std::int64_t>(registries.size()),
                        .schemas = static_cast<std::int64_t>(schemas.size()),
                        .schema_versions = static_cast<std::int64_t>(versions.size())};
    if (usage.value_or(Usage{}) != counted) violations_.emplace_back("the usage counts are wrong");
    LIMPET_CHECK(check_belongings());
    return std::move(violations_);
  }

 private:
  Status check_version(const SchemaVersion& version) {
    ids_.emplace(version.id, version.status);
    expect(numbers_.emplace(version.incarnation, version.number).second, version,
           "shares its number with another");
    const auto owner = schemas_.find(version.incarnation);
    if (owner == schemas_.end()) {
      expect(false, version, "has no schema");
    } else {
      const Schema& schema = owner->second;
      expect(schema.registry == version.registry && schema.name == version.schema &&
                 schema.format == version.format,
             version, "disagrees with its schema");
      expect(version.number < schema.next, version, "has a number that was not given away");
    }
    if (version.status == VersionStatus::Available) {
      expect(live_.emplace(version.incarnation, version.identity).second, version,
             "is a second AVAILABLE version of one definition");
      auto& latest = latest_[version.incarnation];
      latest = std::max(latest, version.number);
    }
    if (version.status == VersionStatus::Failure) {
      LIMPET_TRY(const auto verdict, records_.get<StoredVerdict>(version_key(version.id)));
      expect(verdict && !verdict->verdict.compatible(), version, "failed without a reason");
    }
    return check_text(version);
  }

  Status check_text(const SchemaVersion& version) {
    LIMPET_TRY(const auto text, storage::get_text(records_, version.content));
    if (!text) {
      expect(false, version, "has no text");
      return {};
    }
    expect(crypto::sha256_hex(*text) == version.content, version, "has another text's hash");
    const auto parsed = compat::parse_definition(version.format, *text);
    expect(parsed && crypto::sha256_hex(parsed->identity()) == version.identity, version,
           "has another definition's identity");
    return {};
  }

  Status check_belongings() {
    LIMPET_TRY(const auto pairs, read_all<StoredMetadata>(records_));
    for (const auto& pair : pairs) {
      if (!ids_.contains(pair.version)) {
        violations_.push_back("metadata of " + pair.version.to_string() + " has no version");
      }
    }
    LIMPET_TRY(const auto verdicts, read_all<StoredVerdict>(records_));
    for (const auto& verdict : verdicts) {
      const auto owner = ids_.find(verdict.version);
      if (owner == ids_.end() || owner->second != VersionStatus::Failure) {
        violations_.push_back("a verdict on " + verdict.version.to_string() + " has no version");
      }
    }
    return {};
  }

  void expect(bool holds, const Schema& schema, std::string_view otherwise) {
    if (holds) return;
    violations_.push_back("schema " + schema.registry.str() + "/" + schema.name.str() + " " +
                          std::string(otherwise));
  }

  void expect(bool holds, const SchemaVersion& version, std::string_view otherwise) {
    if (holds) return;
    violations_.push_back("version " + version.id.to_string() + " " + std::string(otherwise));
  }

  storage::RecordReader& records_;
  std::vector<std::string> violations_;
  std::map<Uuid, Schema> schemas_;       // by incarnation
  std::map<Uuid, std::int64_t> latest_;  // AVAILABLE, by incarnation
  std::map<Uuid, VersionStatus> ids_;
  std::set<std::pair<Uuid, std::int64_t>> numbers_;
  std::set<std::pair<Uuid, std::string>> live_;
};

}  // namespace

std::vector<storage::RecordKind> record_kinds() {
  return {storage::kind_of<Registry>(),      storage::kind_of<Schema>(),
          storage::kind_of<SchemaVersion>(), storage::kind_of<StoredMetadata>(),
          storage::kind_of<StoredVerdict>(), storage::kind_of<Usage>()};
}

Result<std::vector<std::string>> check_invariants(storage::Reader& reader, const Scope& scope) {
  storage::RecordReader records(reader, scope);
  return Audit(records).run();
}

}  // namespace limpet::registry
