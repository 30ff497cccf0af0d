#include "calls.h"

namespace limpet::simulation {

bool Shape::reads(const Shape& reader, const Shape& writer) {
  for (std::size_t i = 0; i < reader.fields.size(); ++i) {
    if (reader.fields.at(i) == Plain && writer.fields.at(i) == Absent) return false;
  }
  return true;
}

std::string Definition::text() const {
  if (!shape) return spaced ? R"({"type": "recor", "name": "R"})" : R"({"type":"record"})";
  std::string text = spaced ? "{ \"name\" : \"R\",\n \"type\" : \"record\", \"fields\" : ["
                            : R"({"type":"record","name":"R","fields":[)";
  for (std::size_t i = 0; i < shape->fields.size(); ++i) {
    if (shape->fields.at(i) == Shape::Absent) continue;
    if (text.back() == '}') text += ',';
    text += std::string(R"({"name":")") + static_cast<char>('a' + i) + R"(","type":"int")" +
            (shape->fields.at(i) == Shape::Default ? R"(,"default":0})" : "}");
  }
  return text + "]}";
}

std::string_view operation_of(Kind kind) {
  constexpr std::array<std::string_view, kKinds> kNames = {"CreateRegistry",
                                                           "DeleteRegistry",
                                                           "GetRegistry",
                                                           "CreateSchema",
                                                           "UpdateSchema",
                                                           "DeleteSchema",
                                                           "GetSchema",
                                                           "RegisterSchemaVersion",
                                                           "GetSchemaVersion",
                                                           "GetSchemaByDefinition",
                                                           "ListSchemaVersions",
                                                           "DeleteSchemaVersions",
                                                           "PutSchemaVersionMetadata",
                                                           "RemoveSchemaVersionMetadata",
                                                           "QuerySchemaVersionMetadata",
                                                           "CheckSchemaVersionValidity"};
  return kNames.at(static_cast<std::size_t>(kind));
}

bool writes(Kind kind) {
  switch (kind) {
    case Kind::GetRegistry:
    case Kind::GetSchema:
    case Kind::GetSchemaVersion:
    case Kind::GetSchemaByDefinition:
    case Kind::ListSchemaVersions:
    case Kind::QueryMetadata:
    case Kind::CheckValidity:
      return false;
    default:
      return true;
  }
}

std::string words(const Definition& definition) {
  if (!definition.shape) return definition.spaced ? "no schema'" : "no schema";
  std::string text = "<";
  for (std::size_t i = 0; i < definition.shape->fields.size(); ++i) {
    const auto field = definition.shape->fields.at(i);
    if (field != Shape::Absent) text += static_cast<char>('a' + i);
    if (field == Shape::Default) text += '=';
  }
  return text + (definition.spaced ? ">'" : ">");
}

std::string words(const Request& request) {
  std::string text = std::string(operation_of(request.kind)) + " " + request.name;
  if (!request.version.id.empty()) text += " id " + request.version.id;
  if (request.version.number != 0) text += " number " + std::to_string(request.version.number);
  if (request.last != 0) text += " to " + std::to_string(request.last);
  if (request.definition) text += " " + words(*request.definition);
  if (!request.mode.empty()) text += " " + request.mode;
  if (!request.description.empty()) text += " \"" + request.description + "\"";
  if (!request.key.empty()) text += " " + request.key + "=" + request.value;
  return text;
}

std::string words(const Response& response) {
  constexpr std::array<std::string_view, 4> kResults = {"ok", "not found", "already exists",
                                                        "invalid input"};
  std::string text(kResults.at(static_cast<std::size_t>(response.result)));
  for (const auto& line : response.versions) {
    text += ", " + std::to_string(line.number) + " " + line.status + " " + line.id;
  }
  if (response.definition) text += ", " + words(*response.definition);
  if (!response.mode.empty()) {
    text += ", " + response.mode + " checkpoint " + std::to_string(response.checkpoint) +
            " latest " + std::to_string(response.latest) + " next " + std::to_string(response.next);
  }
  if (!response.description.empty()) text += ", \"" + response.description + "\"";
  for (const auto number : response.missing) text += ", no " + std::to_string(number);
  for (const auto& [key, value] : response.metadata) text += ", " + key + "=" + value;
  if (response.explained) text += ", explained";
  return text;
}

}  // namespace limpet::simulation
