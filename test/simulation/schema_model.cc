#include "schema_model.h"

#include <algorithm>
#include <utility>

namespace limpet::simulation {

namespace {

using Result = Response::Result;

bool many(const ModelState& schema) { return schema.mode.ends_with("_ALL"); }

std::int64_t latest(const ModelState& schema) {
  std::int64_t latest = 0;
  for (const auto& version : schema.versions) {
    if (version.available) latest = version.number;
  }
  return latest;
}

/// What a verdict rests on.
std::string circumstances(const ModelState& schema) {
  return schema.mode + "/" + std::to_string(schema.checkpoint) + "/" +
         std::to_string(many(schema) ? schema.generation : latest(schema));
}

bool accepts(const ModelState& schema, const Shape& shape) {
  const bool full = schema.mode.starts_with("FULL");
  const bool backward = full || schema.mode.starts_with("BACKWARD");
  const bool forward = full || schema.mode.starts_with("FORWARD");
  const std::int64_t newest = latest(schema);
  for (const auto& version : schema.versions) {
    if (!version.available) continue;
    if (many(schema) ? version.number < schema.checkpoint : version.number != newest) continue;
    if (backward && !Shape::reads(shape, *version.definition.shape)) return false;
    if (forward && !Shape::reads(*version.definition.shape, shape)) return false;
  }
  return true;
}

ModelVersion& append(ModelState& schema, const Definition& definition, bool accepted) {
  ModelVersion version{.number = schema.next,
                       .available = accepted,
                       .definition = definition,
                       .id = {},
                       .verdict = accepted ? std::string() : circumstances(schema),
                       .metadata = {}};
  ++schema.next;
  if (accepted) ++schema.generation;
  return schema.versions.emplace_back(std::move(version));
}

ModelVersion* by_number(ModelState& schema, std::int64_t number) {
  const auto found = std::ranges::find(schema.versions, number, &ModelVersion::number);
  return found == schema.versions.end() ? nullptr : &*found;
}

ModelVersion* select(ModelState& schema, const Selector& selector) {
  if (!schema.exists) return nullptr;
  if (!selector.id.empty()) {
    const auto found = std::ranges::find(schema.versions, selector.id, &ModelVersion::id);
    return found == schema.versions.end() ? nullptr : &*found;
  }
  return by_number(schema, selector.number != 0 ? selector.number : latest(schema));
}

ModelVersion* live(ModelState& schema, const Definition& definition) {
  for (auto& version : schema.versions) {
    if (version.available && version.definition.shape == definition.shape) return &version;
  }
  return nullptr;
}

VersionLine line_of(const ModelVersion& version) {
  return {version.number, version.id, version.available ? "AVAILABLE" : "FAILURE"};
}

Response answer(Result result) { return {.result = result}; }

Response create_registry(ModelState& state, const Request& request) {
  if (state.exists) return answer(Result::AlreadyExists);
  state = {.exists = true, .description = request.description};
  return {};
}

Response create_schema(ModelState& state, const Request& request) {
  const bool readable = !request.definition || request.definition->shape;
  if (!readable) return answer(Result::InvalidInput);
  if (state.exists) return answer(Result::AlreadyExists);
  state = {.exists = true, .description = request.description, .mode = request.mode};
  if (!request.definition) return {};
  return {.versions = {line_of(append(state, *request.definition, true))}};
}

Response update_schema(ModelState& state, const Request& request) {
  const ModelVersion* version = select(state, request.version);
  if (version == nullptr) return answer(Result::NotFound);
  if (!version->available) return answer(Result::InvalidInput);
  state.checkpoint = version->number;
  if (!request.mode.empty()) state.mode = request.mode;
  if (!request.description.empty()) state.description = request.description;
  return {};
}

Response erase(ModelState& state) {
  if (!state.exists) return answer(Result::NotFound);
  state = {};
  return {};
}

Response get_schema(const ModelState& state) {
  if (!state.exists) return answer(Result::NotFound);
  return {.description = state.description,
          .mode = state.mode,
          .checkpoint = state.checkpoint,
          .latest = latest(state),
          .next = state.next};
}

Response register_version(ModelState& state, const Request& request) {
  if (!state.exists) return answer(Result::NotFound);
  if (state.mode == "DISABLED" && state.next > 1) return answer(Result::InvalidInput);
  if (!request.definition->shape) return answer(Result::InvalidInput);
  if (const ModelVersion* known = live(state, *request.definition)) {
    return {.versions = {line_of(*known)}};
  }
  const bool accepted = accepts(state, *request.definition->shape);
  return {.versions = {line_of(append(state, *request.definition, accepted))}};
}

Response get_by_definition(ModelState& state, const Request& request) {
  if (!state.exists) return answer(Result::NotFound);
  if (!request.definition->shape) return answer(Result::InvalidInput);
  const ModelVersion* found = live(state, *request.definition);
  if (found == nullptr) {
    for (const auto& version : state.versions) {
      if (version.definition.shape == request.definition->shape) found = &version;
    }
    // A failure is told only while what it rested on holds.
    if (found == nullptr || found->verdict != circumstances(state)) {
      return answer(Result::NotFound);
    }
  }
  return {.versions = {{0, found->id, line_of(*found).status}}};
}

Response delete_versions(ModelState& state, const Request& request) {
  if (!state.exists) return answer(Result::NotFound);
  const std::int64_t first = request.version.number;
  if (first == 1 || (first <= state.checkpoint && state.checkpoint <= request.last)) {
    return answer(Result::InvalidInput);
  }
  Response told;
  bool changed = false;
  for (auto number = first; number <= request.last; ++number) {
    const ModelVersion* version = by_number(state, number);
    if (version == nullptr) {
      told.missing.push_back(number);
      continue;
    }
    changed |= version->available;
    std::erase_if(state.versions, [&](const auto& each) { return each.number == number; });
  }
  if (changed) ++state.generation;
  return told;
}

Response put_metadata(ModelState& state, const Request& request) {
  ModelVersion* version = select(state, request.version);
  if (version == nullptr) return answer(Result::NotFound);
  const std::pair pair{request.key, request.value};
  if (std::ranges::find(version->metadata, pair) != version->metadata.end()) {
    return answer(Result::AlreadyExists);
  }
  const auto behind = std::ranges::upper_bound(version->metadata, request.key, {},
                                               &std::pair<std::string, std::string>::first);
  version->metadata.insert(behind, pair);
  return {};
}

Response remove_metadata(ModelState& state, const Request& request) {
  ModelVersion* version = select(state, request.version);
  if (version == nullptr) return answer(Result::NotFound);
  const std::pair pair{request.key, request.value};
  return answer(std::erase(version->metadata, pair) > 0 ? Result::Ok : Result::NotFound);
}

Response do_it(ModelState& state, const Request& request) {
  switch (request.kind) {
    case Kind::CreateRegistry:
      return create_registry(state, request);
    case Kind::DeleteRegistry:
    case Kind::DeleteSchema:
      return erase(state);
    case Kind::GetRegistry:
      if (!state.exists) return answer(Result::NotFound);
      return {.description = state.description};
    case Kind::CreateSchema:
      return create_schema(state, request);
    case Kind::UpdateSchema:
      return update_schema(state, request);
    case Kind::GetSchema:
      return get_schema(state);
    case Kind::RegisterSchemaVersion:
      return register_version(state, request);
    case Kind::GetSchemaVersion:
      if (const ModelVersion* version = select(state, request.version)) {
        return {.versions = {line_of(*version)}, .definition = version->definition};
      }
      return answer(Result::NotFound);
    case Kind::GetSchemaByDefinition:
      return get_by_definition(state, request);
    case Kind::ListSchemaVersions: {
      if (!state.exists) return answer(Result::NotFound);
      Response list;
      for (auto at = state.versions.rbegin(); at != state.versions.rend(); ++at) {
        list.versions.push_back(line_of(*at));
      }
      return list;
    }
    case Kind::DeleteSchemaVersions:
      return delete_versions(state, request);
    case Kind::PutMetadata:
      return put_metadata(state, request);
    case Kind::RemoveMetadata:
      return remove_metadata(state, request);
    case Kind::QueryMetadata:
      if (const ModelVersion* version = select(state, request.version)) {
        return {.versions = {{0, version->id, ""}},
                .metadata = version->metadata,
                .explained = !version->available};
      }
      return answer(Result::NotFound);
    case Kind::CheckValidity:
      return answer(request.definition->shape ? Result::Ok : Result::InvalidInput);
  }
  return {};
}

/// The model gives a version its id when somebody is told it.
bool learn(ModelState& state, const std::string& known, std::int64_t number,
           const std::string& told) {
  if (told == known) return true;
  if (!known.empty() || told.empty()) return false;
  if (std::ranges::find(state.versions, told, &ModelVersion::id) != state.versions.end()) {
    return false;
  }
  ModelVersion* version = by_number(state, number);
  if (version == nullptr) return false;
  version->id = told;
  return true;
}

/// Of a version that was told without its number, the number.
std::int64_t number_of(const ModelState& state, const Request& request) {
  ModelState copy = state;
  if (request.kind == Kind::QueryMetadata) {
    const ModelVersion* version = select(copy, request.version);
    return version == nullptr ? 0 : version->number;
  }
  if (const ModelVersion* version = live(copy, *request.definition)) return version->number;
  std::int64_t newest = 0;
  for (const auto& version : state.versions) {
    if (version.definition.shape == request.definition->shape) newest = version.number;
  }
  return newest;
}

}  // namespace

bool SchemaModel::step(State& state, const Request& request, const Response* told) {
  Response mine = do_it(state, request);
  if (told == nullptr) return true;
  if (mine.result != told->result || mine.versions.size() != told->versions.size() ||
      mine.definition != told->definition || mine.description != told->description ||
      mine.mode != told->mode || mine.checkpoint != told->checkpoint ||
      mine.latest != told->latest || mine.next != told->next || mine.missing != told->missing ||
      mine.metadata != told->metadata || mine.explained != told->explained) {
    return false;
  }
  for (std::size_t i = 0; i < mine.versions.size(); ++i) {
    const VersionLine& line = mine.versions[i];
    const VersionLine& seen = told->versions[i];
    if (line.number != seen.number || line.status != seen.status) return false;
    const auto number = line.number != 0 ? line.number : number_of(state, request);
    if (!learn(state, line.id, number, seen.id)) return false;
  }
  return true;
}

std::string SchemaModel::words(const State& state) {
  if (!state.exists) return "-";
  std::string text = "\"" + state.description + "\" " + circumstances(state) + " next " +
                     std::to_string(state.next) + " generation " + std::to_string(state.generation);
  for (const auto& version : state.versions) {
    text += "; " + std::to_string(version.number) + (version.available ? " " : " failed ") +
            simulation::words(version.definition) + " " + version.id + " " + version.verdict;
    for (const auto& [key, value] : version.metadata) text += " " + key + "=" + value;
  }
  return text;
}

std::string SchemaModel::words(const Request& request, const Response* told) {
  return simulation::words(request) + " -> " +
         (told == nullptr ? "nobody heard" : simulation::words(*told));
}

}  // namespace limpet::simulation
