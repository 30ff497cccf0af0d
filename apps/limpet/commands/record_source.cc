#include "record_source.h"

#include "offline_definition.h"
#include "offline_imports.h"
#include "version.h"

#include "limpet/avro/fingerprint.h"
#include "limpet/client/schema_source.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace limpet::app {
namespace {

using serde::Answer;
using serde::Failure;
using serde::FailureKind;
using serde::SchemaPointer;

/// Asks `open` for the source when it is needed, once.
class LazySource final : public serde::SchemaSource {
 public:
  using Open = std::function<Result<std::shared_ptr<serde::SchemaSource>>()>;
  explicit LazySource(Open open) : open_(std::move(open)) {}

  Answer<SchemaPointer> by_version(const Uuid& id) override {
    return ask<SchemaPointer>([&](serde::SchemaSource& source) { return source.by_version(id); });
  }
  Answer<serde::SchemaIds> by_definition(const serde::DefinitionQuery& query) override {
    return ask<serde::SchemaIds>(
        [&](serde::SchemaSource& source) { return source.by_definition(query); });
  }

 private:
  template <class T, class Question>
  Answer<T> ask(const Question& question) {
    {
      const std::scoped_lock lock(mutex_);
      if (!source_) source_ = open_();
    }
    if (!*source_) {
      return Failure{.kind = FailureKind::Config, .message = describe(source_->error())};
    }
    return question(***source_);
  }

  std::mutex mutex_;
  Open open_;
  std::optional<Result<std::shared_ptr<serde::SchemaSource>>> source_;
};

class FixedSource final : public serde::SchemaSource {
 public:
  explicit FixedSource(SchemaPointer schema) : schema_(std::move(schema)) {}

  Answer<SchemaPointer> by_version(const Uuid&) override { return schema_; }
  Answer<SchemaPointer> by_confluent_id(std::int32_t) override { return schema_; }
  Answer<SchemaPointer> by_confluent_guid(const Uuid&) override { return schema_; }
  Answer<SchemaPointer> by_fingerprint(std::uint64_t fingerprint) override {
    if (schema_->avro() == nullptr) {
      return Failure{.kind = FailureKind::UnknownSchema,
                     .message = "the message says that it is Avro, the definition is " +
                                std::string(to_string(schema_->format()))};
    }
    const std::uint64_t own = avro::fingerprints(*schema_->avro()).crc64;
    if (own == fingerprint) return schema_;
    return Failure{.kind = FailureKind::UnknownSchema,
                   .message = "the message was written with a schema of fingerprint " +
                              hex(fingerprint) + ", this one has " + hex(own)};
  }
  Answer<serde::SchemaIds> by_definition(const serde::DefinitionQuery&) override {
    return serde::SchemaIds{.version = schema_->id()};
  }

 private:
  static std::string hex(std::uint64_t number) {
    std::array<char, 17> digits{};
    std::snprintf(digits.data(), digits.size(), "%016llx",
                  static_cast<unsigned long long>(number));  // NOLINT: printf's type
    return digits.data();
  }
  SchemaPointer schema_;
};

Result<client::Settings> try_settings(const RegistryOptions& options) {
  client::Arguments arguments = options.connection.arguments;
  arguments.sign = !options.connection.no_sign;
  return client::load_settings(arguments, client::process_environment());
}

DataFormat data_format(compat::Format format) {
  switch (format) {
    case compat::Format::Avro:
      return DataFormat::Avro;
    case compat::Format::Json:
      return DataFormat::Json;
    case compat::Format::Protobuf:
      return DataFormat::Protobuf;
  }
  return DataFormat::Avro;
}

}  // namespace

void add_registry_options(CLI::App& command, RegistryOptions& options) {
  add_connection_options(command, options.connection);
}

client::Settings load_registry_settings(const RegistryOptions& options) {
  auto settings = try_settings(options);
  if (!settings) throw CommandFailed{describe(settings.error()), 2};
  return *std::move(settings);
}

client::SchemaRegistryOptions registry_defaults(const RegistryOptions& options) {
  client::SchemaRegistryOptions asking;
  asking.registry_name = options.registry;
  asking.user_agent = std::string("limpet/") + kVersion;
  return asking;
}

std::shared_ptr<serde::SchemaSource> registry_source(const RegistryOptions& options) {
  return std::make_shared<LazySource>([options]() -> Result<std::shared_ptr<serde::SchemaSource>> {
    client::SchemaRegistryOptions asking = registry_defaults(options);
    LIMPET_TRY(asking.settings, try_settings(options));
    LIMPET_TRY(auto registry, client::SchemaRegistry::open(std::move(asking)));
    return std::shared_ptr<serde::SchemaSource>(
        std::make_shared<client::RegistrySource>(std::move(registry)));
  });
}

serde::SchemaPointer schema_of_file(const std::string& file, const std::string& format,
                                    const std::vector<std::string>& imports) {
  Imports used(imports);
  const OfflineDefinition definition = load_with(used, choose_format({file}, format), file);
  used.require_used();
  auto schema = serde::compile_schema(
      {.format = data_format(definition.parsed.format()),
       .definition = definition.text,
       .name = file == "-" ? "" : std::filesystem::path(file).filename().string()});
  if (!schema) throw CommandFailed{file + ": " + serde::describe(schema.failure()), 2};
  return *std::move(schema);
}

std::shared_ptr<serde::SchemaSource> fixed_source(serde::SchemaPointer schema) {
  return std::make_shared<FixedSource>(std::move(schema));
}

bool is_registry_trouble(const serde::Failure& failure) {
  switch (failure.kind) {
    case FailureKind::Throttled:
    case FailureKind::Transport:
    case FailureKind::Timeout:
    case FailureKind::Config:
      return true;
    default:
      return false;
  }
}

}  // namespace limpet::app
