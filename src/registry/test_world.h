// A registry in a store, with counted ids and a clock that is set by hand. For this room's tests.
#pragma once

#include "limpet/registry/check_invariants.h"
#include "limpet/registry/explain.h"
#include "limpet/registry/metadata.h"
#include "limpet/registry/registries.h"
#include "limpet/registry/schemas.h"
#include "limpet/registry/tags.h"
#include "limpet/registry/versions.h"
#include "limpet/storage/check.h"
#include "limpet/storage/memory_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::registry {

/// 00000000-0000-4000-8000-000000000001, …2, …
class CountedIds final : public IdSource {
 public:
  Uuid next() override {
    std::array<std::uint8_t, 16> bytes{};
    const std::uint64_t count = ++count_;
    for (int i = 0; i < 6; ++i) bytes.at(15 - i) = static_cast<std::uint8_t>(count >> (8 * i));
    return Uuid::v4(bytes);
  }

 private:
  std::atomic<std::uint64_t> count_ = 0;
};

inline RegistryRef registry_ref(std::string_view name) {
  return {.name = *RegistryName::parse(name)};
}
inline SchemaRef schema_ref(std::string_view registry, std::string_view name) {
  return {.registry = *RegistryName::parse(registry), .name = *SchemaName::parse(name)};
}
inline VersionRef version_ref(const SchemaRef& schema, std::int64_t number) {
  return NumberedVersion{.schema = schema, .version = VersionSelector::at(number)};
}
inline VersionRef latest_ref(const SchemaRef& schema) {
  return NumberedVersion{.schema = schema, .version = VersionSelector::latest()};
}
inline Description description(std::string_view text) { return *Description::parse(text); }
inline Tags tags(Tags::Map map) { return *Tags::parse(std::move(map)); }

/// A record schema with these fields, each "name:type" or "name:type=default".
inline std::string record(const std::vector<std::string>& fields, std::string_view name = "R") {
  std::string text = R"({"type":"record","name":")" + std::string(name) + R"(","fields":[)";
  for (const auto& field : fields) {
    const auto colon = field.find(':');
    const auto equals = field.find('=');
    if (text.back() == '}') text += ',';
    text += R"({"name":")" + field.substr(0, colon) + R"(","type":")" +
            field.substr(colon + 1, equals - colon - 1) + '"';
    if (equals != std::string::npos) text += R"(,"default":)" + field.substr(equals + 1);
    text += '}';
  }
  return text + "]}";
}

class World {
 public:
  explicit World(std::unique_ptr<storage::Store> other = nullptr)
      : store_(other ? std::move(other) : std::make_unique<storage::MemoryStore>()) {
    context.scope = {.partition = "aws", .account = "123456789012", .region = "us-east-1"};
    context.now = Timestamp{std::chrono::milliseconds{1'600'000'000'000}};
    context.ids = &ids_;
    context.principal = "arn:aws:iam::123456789012:root";
    context.request_id = "r";
  }

  storage::Store& store() { return *store_; }

  /// Run `work` in a transaction; its value when it was committed.
  template <class T>
  Result<T> write(const std::function<Result<T>(storage::Txn&)>& work) {
    Result<T> value;
    const auto outcome = store_->write([&](storage::Txn& txn) -> Status {
      value = work(txn);
      return value ? Status() : Status(value.error());
    });
    last_outcome = outcome.outcome;
    if (outcome.outcome != storage::Outcome::Committed) return *outcome.error;
    return value;
  }
  template <class T>
  Result<T> read(const std::function<Result<T>(storage::Reader&)>& work) {
    Result<T> value;
    const auto status = store_->read([&](storage::Reader& reader) -> Status {
      value = work(reader);
      return value ? Status() : Status(value.error());
    });
    if (!status) return status.error();
    return value;
  }

  Result<Registry> make_registry(std::string_view name, Tags given = {}) {
    return write<Registry>([&](storage::Txn& txn) {
      return create_registry(txn, context, settings,
                             {.name = *RegistryName::parse(name), .tags = given});
    });
  }
  Result<Registry> registry(const RegistryRef& ref) {
    return read<Registry>([&](auto& reader) { return get_registry(reader, context, ref); });
  }
  Result<Registry> drop_registry(const RegistryRef& ref) {
    return write<Registry>([&](auto& txn) { return delete_registry(txn, context, ref); });
  }

  Result<CreatedSchema> make_schema(const SchemaRef& ref, std::string_view definition,
                                    Mode mode = Mode::Backward) {
    NewSchema request{.registry = {.name = ref.registry}, .name = ref.name, .mode = mode};
    if (!definition.empty()) {
      LIMPET_TRY(request.definition, parse_candidate(cache, Format::Avro, definition));
    }
    return write<CreatedSchema>(
        [&](auto& txn) { return create_schema(txn, context, settings, request); });
  }
  Result<Schema> schema(const SchemaRef& ref) {
    return read<Schema>([&](auto& reader) { return get_schema(reader, context, ref); });
  }
  Result<Schema> change_schema(const SchemaChange& change) {
    return write<Schema>([&](auto& txn) { return update_schema(txn, context, settings, change); });
  }
  Result<Schema> drop_schema(const SchemaRef& ref) {
    return write<Schema>([&](auto& txn) { return delete_schema(txn, context, ref); });
  }

  /// Both phases, repeated while the second loses a race.
  Result<RegisteredVersion> put_version(const SchemaRef& ref, std::string_view text,
                                        const std::vector<WantedReference>& references = {}) {
    for (int tries = 0;; ++tries) {
      LIMPET_TRY(const auto prepared, prepare(ref, text, references));
      if (prepared.existing) return RegisteredVersion{.version = *prepared.existing};
      auto registered = write<RegisteredVersion>([&](auto& txn) {
        return register_version(txn, context, settings, cache, prepared.registration);
      });
      if (registered || registered.error().code != Code::Conflict || tries == 5) return registered;
    }
  }
  /// The first phase alone.
  Result<PreparedRegistration> prepare(const SchemaRef& ref, std::string_view text,
                                       const std::vector<WantedReference>& references = {}) {
    return read<PreparedRegistration>([&](auto& reader) {
      return prepare_registration(reader, context, settings, cache, ref, text, references);
    });
  }
  Result<SubmittedDefinition> submitted(const VersionRef& ref) {
    return read<SubmittedDefinition>(
        [&](auto& reader) { return get_submitted_definition(reader, context, ref); });
  }
  Result<Page<Referrer>> referrers(const VersionRef& ref, const PageRequest& page = {}) {
    return read<Page<Referrer>>(
        [&](auto& reader) { return list_referrers(reader, context, ref, page); });
  }
  Result<SchemaVersion> version(const VersionRef& ref) {
    return read<SchemaVersion>([&](auto& reader) { return get_version(reader, context, ref); });
  }
  Result<DefinedVersion> defined_version(const VersionRef& ref) {
    return read<DefinedVersion>(
        [&](auto& reader) { return get_defined_version(reader, context, ref); });
  }
  Result<SchemaVersion> find(const SchemaRef& ref, std::string_view text) {
    return read<SchemaVersion>([&](auto& reader) {
      return find_by_definition(reader, context, settings, cache, ref, text);
    });
  }
  Result<std::vector<VersionError>> drop_versions(const SchemaRef& ref, std::string_view range) {
    LIMPET_TRY(const auto parsed, parse_version_range(range));
    return write<std::vector<VersionError>>(
        [&](auto& txn) { return delete_versions(txn, context, settings, ref, parsed); });
  }
  Result<Page<SchemaVersion>> versions(const SchemaRef& ref, const PageRequest& page = {}) {
    return read<Page<SchemaVersion>>(
        [&](auto& reader) { return list_versions(reader, context, ref, page); });
  }
  Result<Explanation> explain(const VersionRef& ref) {
    return read<Explanation>(
        [&](auto& reader) { return explain_version(reader, context, settings, ref); });
  }

  Result<SchemaVersion> put_pair(const VersionRef& ref, std::string_view key,
                                 std::string_view value) {
    LIMPET_TRY(auto checked_key, MetadataKey::parse(key));
    LIMPET_TRY(auto checked_value, MetadataValue::parse(value));
    return write<SchemaVersion>([&](auto& txn) {
      return put_metadata(txn, context, settings, ref, {checked_key, checked_value});
    });
  }
  Result<SchemaVersion> drop_pair(const VersionRef& ref, std::string_view key,
                                  std::string_view value) {
    LIMPET_TRY(auto checked_key, MetadataKey::parse(key));
    LIMPET_TRY(auto checked_value, MetadataValue::parse(value));
    return write<SchemaVersion>([&](auto& txn) {
      return remove_metadata(txn, context, ref, {checked_key, checked_value});
    });
  }
  Result<MetadataPage> query(const VersionRef& ref, const std::vector<MetadataFilter>& filters = {},
                             const PageRequest& page = {}) {
    return read<MetadataPage>([&](auto& reader) {
      return query_metadata(reader, context, settings, ref, filters, page);
    });
  }

  /// Every violation that this room and the storage room can see in what is committed.
  std::vector<std::string> violations() {
    auto found = read<std::vector<std::string>>(
        [&](auto& reader) { return check_invariants(reader, context.scope); });
    if (!found) return {describe(found.error())};
    const auto report = read<storage::CheckReport>(
        [&](auto& reader) { return storage::check_records(reader, record_kinds()); });
    if (!report) return {describe(report.error())};
    for (const auto& problem : report->problems) {
      found->push_back(problem.key + ": " + problem.message);
    }
    return *found;
  }

  Context context;
  Settings settings;
  ParsedCache cache;
  storage::Outcome last_outcome = storage::Outcome::Committed;  ///< of the last write

 private:
  CountedIds ids_;
  std::unique_ptr<storage::Store> store_;
};

/// "3 FAILURE, 2 AVAILABLE, 1 AVAILABLE"
inline std::string told(const std::vector<SchemaVersion>& versions) {
  std::string text;
  for (const auto& version : versions) {
    if (!text.empty()) text += ", ";
    text += std::to_string(version.number) + " " + std::string(to_string(version.status));
  }
  return text;
}

}  // namespace limpet::registry
