// bench_fill: make a data folder that holds many schemas, through the registry's own functions.
//
//   bench_fill --data DIR --schemas 1000000 --registries 100 --ids FILE
//
// Every schema is AVRO, BACKWARD, and has one version, a record of about --definition-bytes; no two
// definitions are alike. FILE gets one line per schema: version id, registry, schema. What makes it
// faster than the API: many thousands of schemas share one transaction, ids ascend, and the rows of
// a transaction are written in the order of their keys.
#include "limpet/registry/registries.h"
#include "limpet/registry/schemas.h"
#include "limpet/storage_sqlite/sqlite_store.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <random>

namespace limpet {
namespace {

struct Plan {
  std::string data;
  std::string ids;
  std::size_t schemas = 10'000;
  std::size_t registries = 100;
  std::size_t definition_bytes = 1024;
  std::size_t batch = 20'000;
  std::size_t cache_mebibytes = 1024;
  std::string account = "123456789012";
  std::string region = "us-east-1";
};

/// The same ids every time, each greater than the one before: in any other order every schema would
/// touch a page of its own of every index.
class SeededIds final : public IdSource {
 public:
  Uuid next() override {
    std::array<std::uint8_t, 16> bytes{};
    std::ranges::generate(bytes, [this] { return static_cast<std::uint8_t>(random_()); });
    std::uint64_t number = ++count_ << 24;  // of at most 2^40 ids
    for (int i = 0; i < 5; ++i, number <<= 8) bytes[i] = static_cast<std::uint8_t>(number >> 56);
    return Uuid::v4(bytes);
  }

 private:
  std::mt19937_64 random_{20'260'101};
  std::uint64_t count_ = 0;
};

std::string numbered(std::string_view word, std::size_t number, int digits) {
  std::string text = std::to_string(number);
  if (text.size() < static_cast<std::size_t>(digits)) text.insert(0, digits - text.size(), '0');
  return std::string(word) + text;
}

std::string definition(std::size_t number, std::size_t bytes) {
  std::string text = R"({"type":"record","name":")" + numbered("Event", number, 7) +
                     R"(","namespace":"org.example.bench","fields":[)";
  for (int field = 0; text.size() < bytes; ++field) {
    if (field > 0) text += ',';
    text += R"({"name":")" + numbered("member_", field, 3) +
            R"(","type":["null","string"],"default":null,"doc":"What the sender saw."})";
  }
  return text + "]}";
}

/// A transaction that keeps its rows back, so that they go to the store sorted: hashes are random,
/// and rows in their order would touch a page of the disk each.
class SortedTxn final : public storage::Txn {
 public:
  explicit SortedTxn(storage::Txn& store) : store_(store) {}

  Result<std::optional<std::string>> get(std::string_view key) override {
    if (const auto row = rows_.find(key); row != rows_.end()) return row->second;
    return store_.get(key);
  }
  Result<std::vector<std::optional<std::string>>> get_many(
      std::span<const std::string> keys) override {
    std::vector<std::optional<std::string>> values;
    for (const auto& key : keys) {
      LIMPET_TRY(auto value, get(key));
      values.push_back(std::move(value));
    }
    return values;
  }
  Result<std::vector<storage::Row>> scan(const storage::Range& range) override {
    LIMPET_CHECK(flush());
    return store_.scan(range);
  }
  Status put(std::string_view key, std::string_view value) override {
    rows_.insert_or_assign(std::string(key), std::string(value));
    return {};
  }
  Status erase(std::string_view key) override {
    rows_.insert_or_assign(std::string(key), std::nullopt);
    return {};
  }
  Status flush() {
    for (const auto& [key, value] : rows_) {
      LIMPET_CHECK(value ? store_.put(key, *value) : store_.erase(key));
    }
    rows_.clear();
    return {};
  }

 private:
  storage::Txn& store_;
  std::map<std::string, std::optional<std::string>, std::less<>> rows_;
};

class Filler {
 public:
  Filler(storage::Store& store, const Plan& plan) : store_(store), plan_(plan) {
    context_.scope = {.partition = "aws", .account = plan.account, .region = plan.region};
    context_.now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    context_.ids = &ids_;
    context_.principal = "arn:aws:iam::" + plan.account + ":root";
  }

  Status run(std::ostream& ids) {
    LIMPET_CHECK(make_registries());
    for (std::size_t from = 0; from < plan_.schemas; from += plan_.batch) {
      LIMPET_CHECK(make_schemas(from, std::min(from + plan_.batch, plan_.schemas)));
      ids << lines_;
      if (!ids) return Error::unavailable("cannot write the file of ids");
    }
    return {};
  }

 private:
  Result<registry::RegistryName> registry_of(std::size_t schema) const {
    return registry::RegistryName::parse(numbered("registry", schema % plan_.registries, 5));
  }

  Status make_registries() {
    return store_
        .write([this](storage::Txn& txn) -> Status {
          for (std::size_t i = 0; i < plan_.registries; ++i) {
            LIMPET_TRY(auto name, registry_of(i));
            LIMPET_CHECK(
                registry::create_registry(txn, context_, settings_, {.name = std::move(name)}));
          }
          return {};
        })
        .status();
  }

  Status make_schemas(std::size_t from, std::size_t to) {
    return store_
        .write([this, from, to](storage::Txn& txn) -> Status {
          lines_.clear();
          SortedTxn sorted(txn);
          for (std::size_t i = from; i < to; ++i) LIMPET_CHECK(make_schema(sorted, i));
          return sorted.flush();
        })
        .status();
  }

  Status make_schema(storage::Txn& txn, std::size_t number) {
    LIMPET_TRY(auto registry, registry_of(number));
    LIMPET_TRY(auto name, registry::SchemaName::parse(numbered("schema", number, 7)));
    registry::NewSchema request{.registry = {.name = registry}, .name = name};
    LIMPET_TRY(request.definition,
               registry::parse_candidate(cache_, request.format,
                                         definition(number, plan_.definition_bytes)));
    LIMPET_TRY(const auto made,
               registry::create_schema(txn, context_, settings_, std::move(request)));
    lines_ += made.version->id.to_string() + ' ' + registry.str() + ' ' + name.str() + '\n';
    return {};
  }

  storage::Store& store_;
  const Plan& plan_;
  SeededIds ids_;
  Context context_;
  registry::Settings settings_;
  registry::ParsedCache cache_;
  std::string lines_;
};

Status fill(const Plan& plan) {
  LIMPET_TRY(const auto store,
             storage::SqliteStore::open(plan.data, {.cache_bytes = plan.cache_mebibytes << 20,
                                                    .checkpoint_bytes = 1UL << 30}));
  std::ofstream ids(plan.ids);
  LIMPET_CHECK(Filler(*store, plan).run(ids));
  ids.close();
  if (!ids) return Error::unavailable("cannot write " + plan.ids);
  store->stop();
  return {};
}

}  // namespace
}  // namespace limpet

int main(int argc, char** argv) {
  limpet::Plan plan;
  CLI::App app("Make a data folder that holds many schemas.", "bench_fill");
  app.add_option("--data", plan.data, "Folder to fill; must not hold the schemas yet")->required();
  app.add_option("--ids", plan.ids, "File that gets one line per schema")->required();
  app.add_option("--schemas", plan.schemas, "How many")->capture_default_str();
  app.add_option("--registries", plan.registries, "In how many registries")->capture_default_str();
  app.add_option("--definition-bytes", plan.definition_bytes, "Least size of a definition")
      ->capture_default_str();
  app.add_option("--batch", plan.batch, "Schemas in one transaction")->capture_default_str();
  app.add_option("--cache-mebibytes", plan.cache_mebibytes, "Page cache")->capture_default_str();
  app.add_option("--account", plan.account, "Account")->capture_default_str();
  app.add_option("--region", plan.region, "Region")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (const auto status = limpet::fill(plan); !status) {
    std::cerr << "bench_fill: " << status.error().message << std::endl;
    return 1;
  }
  return 0;
}
