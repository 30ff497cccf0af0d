// Registration: the version of a schema that records are written with, found or made with the first
// of them.
//
//   ProducerRegistry registry({.registry = options, .topic = "users"});
//   Registration values(registry, "users", schema);
//   serde::append_glue_header(out, values.id());          // asks the registry, once
//
// Threads: confined.
#pragma once

#include "record_source.h"

#include "limpet/base/uuid.h"
#include "limpet/client/schema_registry.h"
#include "limpet/serde/schema.h"

#include <memory>
#include <string>

namespace limpet::app {

struct ProducerRegistryOptions {
  RegistryOptions registry{};
  std::string topic{};
  bool auto_register = true;
  std::string compatibility = "BACKWARD";  ///< of a schema that is made
};

/// Opened with the first question. Must outlive its Registrations.
class ProducerRegistry {
 public:
  explicit ProducerRegistry(ProducerRegistryOptions options) : options_(std::move(options)) {}

  /// Throws CommandFailed: 1, the registry refuses or does not answer; 2, no usable settings.
  client::SchemaPointer find(const std::string& name, const serde::Schema& schema);

 private:
  [[noreturn]] void refuse(const std::string& name, const Error& error) const;

  ProducerRegistryOptions options_;
  std::shared_ptr<client::SchemaRegistry> registry_;
};

class Registration {
 public:
  /// Borrows both.
  Registration(ProducerRegistry& registry, std::string name, const serde::Schema& schema)
      : registry_(registry), name_(std::move(name)), schema_(schema) {}

  const std::string& name() const { return name_; }
  /// nullptr: nobody has asked for it.
  const client::RegisteredSchema* version() const { return version_.get(); }
  /// Throws as ProducerRegistry::find().
  const Uuid& id() {
    if (!version_) version_ = registry_.find(name_, schema_);
    return version_->version_id;
  }

 private:
  ProducerRegistry& registry_;
  std::string name_;
  const serde::Schema& schema_;
  client::SchemaPointer version_;
};

}  // namespace limpet::app
