#include "importer.h"

#include "view.h"

#include "limpet/glue_model/limpet.h"
#include "limpet/glue_model/schema_registry.h"

#include <algorithm>
#include <array>
#include <utility>

namespace limpet::app {
namespace {

namespace op = glue_model::op;

bool is_not_found(const client::CallError& error) {
  return error.type == "EntityNotFoundException";
}
bool is_there(const client::CallError& error) { return error.type == "AlreadyExistsException"; }

/// Errors that concern one thing; after any other one the next call would fail as well.
bool concerns_one(const client::CallError& error) {
  constexpr std::array<std::string_view, 4> kTypes{
      "AlreadyExistsException", "InvalidInputException", "EntityNotFoundException",
      "ResourceNumberLimitExceededException"};
  return std::ranges::find(kTypes, error.type) != kTypes.end();
}

std::string name_of(const ExportedSchema& schema) { return schema.registry + "/" + schema.name; }
std::string name_of(const ExportedVersion& version) {
  return version.registry + "/" + version.schema + " version " + std::to_string(version.number);
}

glue_model::SchemaId id_of(const ExportedSchema& schema) {
  return {.schema_arn = {}, .schema_name = schema.name, .registry_name = schema.registry};
}
glue_model::SchemaId id_of(const ExportedVersion& version) {
  return {.schema_arn = {}, .schema_name = version.schema, .registry_name = version.registry};
}
glue_model::RegistryId registry_id_of(const std::string& name) {
  return {.registry_name = name, .registry_arn = {}};
}

std::optional<TextMap> unless_empty(const TextMap& tags) {
  return tags.empty() ? std::nullopt : std::optional(tags);
}

}  // namespace

void Importer::problem(std::string where, std::string message) {
  problems_.push_back({std::move(where), std::move(message)});
}

void Importer::problem(std::string where, const client::CallError& error) {
  const std::string text = error.type.empty() ? error.message : error.type + ": " + error.message;
  if (!concerns_one(error)) {
    std::string hint;
    if (error.type == "UnknownOperationException") {
      hint = " (versions can be imported into a Limpet server of this version or newer)";
    }
    throw CommandFailed{where + ": " + text + hint};
  }
  problem(std::move(where), text);
}

void Importer::take(const Exported& item) {
  if (const auto* registry = std::get_if<ExportedRegistry>(&item)) take_registry(*registry);
  if (const auto* schema = std::get_if<ExportedSchema>(&item)) take_schema(*schema);
  if (const auto* version = std::get_if<ExportedVersion>(&item)) take_version(*version);
}

void Importer::take_registry(const ExportedRegistry& registry) {
  end_schema();
  const auto found =
      target_.try_call<op::GetRegistry>({.registry_id = registry_id_of(registry.name)});
  if (found) {
    ++registries_.present;
    return;
  }
  if (!is_not_found(found.error())) return problem(registry.name, found.error());
  if (!dry_run_) {
    const auto made = target_.try_call<op::CreateRegistry>({.registry_name = registry.name,
                                                            .description = registry.description,
                                                            .tags = unless_empty(registry.tags)});
    if (!made) return problem(registry.name, made.error());
  }
  ++registries_.made;
}

void Importer::take_schema(const ExportedSchema& schema) {
  end_schema();
  schema_ = schema;
  schema_usable_ = true;
  schema_new_ = false;
  versions_were_made_ = false;
  next_number_ = 1;
  first_number_ = 0;
  last_number_ = 0;
  problems_before_ = problems_.size();
  const auto found = target_.try_call<op::GetSchema>({.schema_id = id_of(schema)});
  if (found) {
    if (found->output.data_format != schema.data_format) {
      schema_usable_ = false;
      return problem(name_of(schema), "is there with the data format " +
                                          found->output.data_format.value_or("") + ", not " +
                                          schema.data_format);
    }
    next_number_ = found->output.next_schema_version.value_or(1);
    ++schemas_.present;
    return;
  }
  if (!is_not_found(found.error())) {
    schema_usable_ = false;
    return problem(name_of(schema), found.error());
  }
  schema_new_ = true;
  create_schema(schema);
}

void Importer::create_schema(const ExportedSchema& schema) {
  if (!dry_run_) {
    const auto made =
        target_.try_call<op::CreateSchema>({.registry_id = registry_id_of(schema.registry),
                                            .schema_name = schema.name,
                                            .data_format = schema.data_format,
                                            .compatibility = schema.compatibility,
                                            .description = schema.description,
                                            .tags = unless_empty(schema.tags),
                                            .schema_definition = {}});
    if (!made) {
      schema_usable_ = false;
      return problem(name_of(schema), made.error());
    }
  }
  ++schemas_.made;
}

void Importer::take_version(const ExportedVersion& version) {
  const bool ours =
      schema_ && schema_->registry == version.registry && schema_->name == version.schema;
  if (!ours) return problem(name_of(version), "comes before its schema");
  if (!schema_usable_) return;  // told once, for the schema
  if (first_number_ == 0) first_number_ = version.number;
  last_number_ = version.number;
  if (dry_run_) return foresee(version);
  const auto imported =
      target_.try_call<op::ImportSchemaVersion>({.schema_id = id_of(version),
                                                 .schema_version_id = version.id,
                                                 .version_number = version.number,
                                                 .schema_definition = version.definition,
                                                 .status = version.status});
  if (!imported) return problem(name_of(version), imported.error());
  const bool made = imported->output.imported.value_or(false);
  versions_were_made_ |= made;
  ++(made ? versions_.made : versions_.present);
  put_metadata(version);
}

void Importer::foresee(const ExportedVersion& version) {
  const auto found = target_.try_call<op::GetSchemaVersion>(
      {.schema_id = {}, .schema_version_id = version.id, .schema_version_number = {}});
  if (found) {
    const auto& there = found->output;
    const std::string suffix = ":schema/" + version.registry + "/" + version.schema;
    const bool same = there.schema_definition == version.definition &&
                      there.version_number == version.number && there.status == version.status &&
                      there.schema_arn.value_or("").ends_with(suffix);
    if (same) {
      ++versions_.present;
    } else {
      problem(name_of(version), "the id " + version.id + " names another version there");
    }
    return;
  }
  if (!is_not_found(found.error())) return problem(name_of(version), found.error());
  if (version.number < next_number_) {
    return problem(name_of(version), "the number is in use there or was; the next one is " +
                                         std::to_string(next_number_));
  }
  const auto valid = target_.try_call<op::CheckSchemaVersionValidity>(
      {.data_format = schema_->data_format, .schema_definition = version.definition});
  if (!valid) return problem(name_of(version), valid.error());
  if (!valid->output.valid.value_or(false)) {
    return problem(name_of(version),
                   "the definition is not valid: " + valid->output.error.value_or(""));
  }
  if (!schema_new_ && version.status == "AVAILABLE") {
    const auto same = target_.try_call<op::GetSchemaByDefinition>(
        {.schema_id = id_of(version), .schema_definition = version.definition});
    if (same && same->output.status == "AVAILABLE") {
      return problem(name_of(version), "the definition is there already, with the id " +
                                           same->output.schema_version_id.value_or(""));
    }
    if (!same && !is_not_found(same.error())) return problem(name_of(version), same.error());
  }
  next_number_ = version.number + 1;
  ++versions_.made;
  metadata_.made += static_cast<std::int64_t>(version.metadata.size());
}

void Importer::put_metadata(const ExportedVersion& version) {
  for (const auto& [key, value] : version.metadata) {
    const auto put = target_.try_call<op::PutSchemaVersionMetadata>(
        {.schema_id = {},
         .schema_version_number = {},
         .schema_version_id = version.id,
         .metadata_key_value =
             glue_model::MetadataKeyValuePair{.metadata_key = key, .metadata_value = value}});
    if (put) {
      ++metadata_.made;
    } else if (is_there(put.error())) {
      ++metadata_.present;
    } else {
      problem(name_of(version) + " metadata " + key, put.error());
    }
  }
}

void Importer::end_schema() {
  const auto schema = std::exchange(schema_, std::nullopt);
  const bool settled = !schema || !schema_usable_ || dry_run_ || schema->checkpoint == 0 ||
                       problems_.size() != problems_before_;
  if (settled) return;
  const auto found = target_.try_call<op::GetSchema>({.schema_id = id_of(*schema)});
  if (!found) return problem(name_of(*schema), found.error());
  if (found->output.schema_checkpoint == schema->checkpoint) return;
  // A checkpoint that somebody moved after an earlier import stays; one that stands where an import
  // leaves it, because that import was cut off, does not.
  const bool unfinished = found->output.schema_checkpoint == first_number_ &&
                          found->output.next_schema_version == last_number_ + 1;
  if (!versions_were_made_ && !unfinished) return;
  const auto changed = target_.try_call<op::UpdateSchema>(
      {.schema_id = id_of(*schema),
       .schema_version_number =
           glue_model::SchemaVersionNumber{.latest_version = {},
                                           .version_number = schema->checkpoint},
       .compatibility = {},
       .description = {}});
  if (!changed) problem(name_of(*schema) + " checkpoint", changed.error());
}

void Importer::finish() { end_schema(); }

void Importer::show() const {
  const std::array<std::pair<const char*, const Tally*>, 4> kinds{{{"Registries", &registries_},
                                                                   {"Schemas", &schemas_},
                                                                   {"Versions", &versions_},
                                                                   {"Metadata", &metadata_}}};
  if (target_.form() == OutputForm::Json) {
    auto document = json::Value::object({{"DryRun", json::Value::boolean(dry_run_)}});
    for (const auto& [name, tally] : kinds) {
      document.set(name, json::Value::object({{"Created", json::Value::integer(tally->made)},
                                              {"Present", json::Value::integer(tally->present)}}));
    }
    document.set("Skipped", json::Value::integer(skipped_));
    auto problems = json::Value::array({});
    for (const Problem& one : problems_) {
      problems.push_back(json::Value::object({{"Where", json::Value::string(one.where)},
                                              {"Message", json::Value::string(one.message)}}));
    }
    document.set("Problems", std::move(problems));
    target_.show_json(document);
    return;
  }
  for (const auto& [name, tally] : kinds) {
    target_.say(std::string(name) + ": " + std::to_string(tally->made) +
                (dry_run_ ? " would be created, " : " created, ") + std::to_string(tally->present) +
                " there already");
  }
  if (skipped_ > 0) {
    target_.say(std::to_string(skipped_) + " versions that are PENDING or DELETING were left out");
  }
  for (const Problem& one : problems_) target_.say("problem: " + one.where + ": " + one.message);
}

}  // namespace limpet::app
