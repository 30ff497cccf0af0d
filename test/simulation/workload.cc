#include "workload.h"

#include <algorithm>

namespace limpet::simulation {

const std::vector<std::string>& Workload::schemas() {
  static const std::vector<std::string> kNames = {"orders", "payments", "refunds"};
  return kNames;
}

const std::vector<std::string>& Workload::registries() {
  static const std::vector<std::string> kNames = {"east", "west"};
  return kNames;
}

Request Workload::next() {
  ++count_;
  if (!deleted_in_.empty() && random_.below(2) == 0) return after_delete();
  const std::size_t choice = random_.below(100);
  if (choice < 5) return on_registry();
  if (choice < 30) return on_schema();
  if (choice < 80) return on_versions();
  return on_metadata();
}

void Workload::learn(const Request& request, const Response& response) {
  const bool deleted =
      request.kind == Kind::DeleteSchema || request.kind == Kind::DeleteSchemaVersions;
  if (deleted && response.result == Response::Result::Ok) deleted_in_.push_back(request.name);
  for (const auto& line : response.versions) {
    if (line.id.empty()) continue;
    if (schema_of_.emplace(line.id, request.name).second) ids_.push_back(line.id);
  }
}

Request Workload::after_delete() {
  Request request{.kind = Kind::GetSchemaVersion, .name = deleted_in_.back()};
  deleted_in_.pop_back();
  std::vector<std::string> known;
  for (const auto& id : ids_) {
    if (schema_of_.at(id) == request.name) known.push_back(id);
  }
  if (!known.empty()) request.version.id = one_of(known);
  return request;
}

Request Workload::on_registry() {
  Request request{.name = one_of(registries())};
  switch (random_.below(4)) {
    case 0:
      request.kind = Kind::DeleteRegistry;
      break;
    case 1:
      request.kind = Kind::GetRegistry;
      break;
    default:
      request.kind = Kind::CreateRegistry;
      request.description = "d" + std::to_string(count_);
  }
  return request;
}

Request Workload::on_schema() {
  Request request{.name = one_of(schemas())};
  switch (random_.below(10)) {
    case 0:
      request.kind = Kind::DeleteSchema;
      break;
    case 1:
    case 2:
    case 3:
    case 4:
      request.kind = Kind::CreateSchema;
      request.mode = mode();
      if (random_.below(8) != 0) request.definition = definition();
      request.description = "d" + std::to_string(count_);
      break;
    case 5:
    case 6:
      request.kind = Kind::UpdateSchema;
      if (random_.below(3) != 0)
        request.version.number = static_cast<std::int64_t>(1 + random_.below(6));
      if (random_.below(2) == 0) request.mode = mode();
      request.description = "d" + std::to_string(count_);
      break;
    default:
      request.kind = Kind::GetSchema;
  }
  return request;
}

Request Workload::on_versions() {
  Request request{.name = one_of(schemas())};
  switch (random_.below(20)) {
    case 0:
    case 1:
      request.kind = Kind::ListSchemaVersions;
      break;
    case 2:
    case 3:
    case 4:
      request.kind = Kind::GetSchemaVersion;
      request.version = version(request.name);
      break;
    case 5:
    case 6:
      request.kind = Kind::GetSchemaByDefinition;
      request.definition = definition();
      break;
    case 7:
    case 8:
      request.kind = Kind::DeleteSchemaVersions;
      request.version.number = static_cast<std::int64_t>(1 + random_.below(8));
      request.last = request.version.number + static_cast<std::int64_t>(random_.below(3));
      break;
    case 9:
      request.kind = Kind::CheckValidity;
      request.name = "-";
      request.definition = definition();
      break;
    default:
      request.kind = Kind::RegisterSchemaVersion;
      request.definition = definition();
  }
  return request;
}

Request Workload::on_metadata() {
  Request request{.name = one_of(schemas())};
  request.version = version(request.name);
  switch (random_.below(4)) {
    case 0:
      request.kind = Kind::RemoveMetadata;
      break;
    case 1:
      request.kind = Kind::QueryMetadata;
      return request;
    default:
      request.kind = Kind::PutMetadata;
  }
  request.key = random_.below(2) == 0 ? "k" : "l";
  request.value = std::to_string(random_.below(3));
  return request;
}

Definition Workload::definition() {
  Definition definition{.shape = Shape{}, .spaced = random_.below(2) == 0};
  for (auto& field : definition.shape->fields) field = static_cast<Shape::Field>(random_.below(3));
  // A plain c is rare: with it, most definitions would be incompatible with most others.
  auto& last = definition.shape->fields.back();
  if (last == Shape::Plain && random_.below(2) == 0) last = Shape::Default;
  if (random_.below(40) == 0) definition.shape.reset();
  return definition;
}

std::string Workload::mode() { return std::string(kModes.at(random_.below(kModes.size()))); }

Selector Workload::version(std::string& name) {
  const std::size_t choice = random_.below(4);
  if (choice < 2 && !ids_.empty()) {
    // Mostly a young one: the old ones are likely to be gone.
    const std::size_t back =
        random_.below(random_.below(3) == 0 ? ids_.size() : std::min<std::size_t>(ids_.size(), 6));
    const std::string& id = ids_.at(ids_.size() - 1 - back);
    name = schema_of_.at(id);
    return {.id = id};
  }
  if (choice == 2) return {};
  return {.id = {}, .number = static_cast<std::int64_t>(1 + random_.below(6))};
}

}  // namespace limpet::simulation
