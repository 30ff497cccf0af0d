#include "wire.h"

#include "limpet/json/parse.h"
#include "limpet/json/value.h"
#include "limpet/json/writer.h"

#include <utility>

namespace limpet::simulation {

namespace {

using Result = Response::Result;

void schema_id(json::Writer& out, const Request& request) {
  out.key("SchemaId").begin_object();
  out.key("RegistryName").value(kSchemasIn).key("SchemaName").value(request.name);
  out.end_object();
}

void version_number(json::Writer& out, const Request& request) {
  out.key("SchemaVersionNumber").begin_object();
  if (request.version.number != 0) {
    out.key("VersionNumber").value(request.version.number);
  } else {
    out.key("LatestVersion").value(true);
  }
  out.end_object();
}

void version(json::Writer& out, const Request& request) {
  if (!request.version.id.empty()) {
    out.key("SchemaVersionId").value(request.version.id);
  } else {
    schema_id(out, request);
    version_number(out, request);
  }
}

void pair(json::Writer& out, const Request& request) {
  out.key("MetadataKeyValue").begin_object();
  out.key("MetadataKey").value(request.key).key("MetadataValue").value(request.value);
  out.end_object();
}

void registry_id(json::Writer& out, const Request& request) {
  out.key("RegistryId").begin_object();
  out.key("RegistryName").value(request.name).end_object();
}

std::string body_of(const Request& request) {
  json::Writer out;
  out.begin_object();
  switch (request.kind) {
    case Kind::CreateRegistry:
      out.key("RegistryName").value(request.name);
      break;
    case Kind::DeleteRegistry:
    case Kind::GetRegistry:
      registry_id(out, request);
      break;
    case Kind::CreateSchema:
      out.key("SchemaName").value(request.name).key("DataFormat").value("AVRO");
      break;
    case Kind::UpdateSchema:
      schema_id(out, request);
      version_number(out, request);
      break;
    case Kind::DeleteSchemaVersions:
      schema_id(out, request);
      out.key("Versions")
          .value(std::to_string(request.version.number) + "-" + std::to_string(request.last));
      break;
    case Kind::GetSchemaVersion:
    case Kind::QueryMetadata:
      version(out, request);
      break;
    case Kind::PutMetadata:
    case Kind::RemoveMetadata:
      version(out, request);
      pair(out, request);
      break;
    case Kind::CheckValidity:
      out.key("DataFormat").value("AVRO");
      break;
    default:
      schema_id(out, request);
  }
  if (!request.mode.empty()) out.key("Compatibility").value(request.mode);
  if (!request.description.empty()) out.key("Description").value(request.description);
  if (request.definition) out.key("SchemaDefinition").value(request.definition->text());
  out.end_object();
  return std::move(out).take();
}

std::string text_of(const json::Value& document, std::string_view name) {
  const json::Value* member = document.find(name);
  return member != nullptr && member->is_string() ? member->text() : std::string();
}

std::int64_t number_of(const json::Value& document, std::string_view name) {
  const json::Value* member = document.find(name);
  return member == nullptr ? 0 : member->as_int64().value_or(-1);
}

VersionLine line_of(const json::Value& document) {
  return {.number = number_of(document, "VersionNumber"),
          .id = text_of(document, "SchemaVersionId"),
          .status = text_of(document, "Status")};
}

/// The definition that has this text; one that nobody uses when there is none.
Definition definition_of(const std::string& text) {
  Definition definition{.shape = Shape{}, .spaced = text.starts_with("{ ")};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string name = std::string(R"("name":")") + static_cast<char>('a' + i) + '"';
    const auto at = text.find(name);
    if (at == std::string::npos) continue;
    const auto end = text.find('}', at);
    const bool has_default = text.substr(at, end - at).find("default") != std::string::npos;
    definition.shape->fields.at(i) = has_default ? Shape::Default : Shape::Plain;
  }
  if (definition.text() != text) return {.shape = std::nullopt, .spaced = false};
  return definition;
}

void add_metadata(Response& response, const json::Value& document) {
  const json::Value* map = document.find("MetadataInfoMap");
  if (map == nullptr || !map->is_object()) return;
  for (const json::Member& member : map->members()) {
    if (member.name == "limpet.reason") {
      response.explained = true;
      continue;
    }
    response.metadata.emplace_back(member.name, text_of(member.value, "MetadataValue"));
    const json::Value* others = member.value.find("OtherMetadataValueList");
    if (others == nullptr) continue;
    for (const json::Value& other : others->items()) {
      response.metadata.emplace_back(member.name, text_of(other, "MetadataValue"));
    }
  }
}

Response response_of(const Request& request, const json::Value& document) {
  Response response;
  switch (request.kind) {
    case Kind::GetRegistry:
      response.description = text_of(document, "Description");
      break;
    case Kind::CreateSchema:
      if (document.find("SchemaVersionId") != nullptr) {
        response.versions.push_back({.number = number_of(document, "LatestSchemaVersion"),
                                     .id = text_of(document, "SchemaVersionId"),
                                     .status = text_of(document, "SchemaVersionStatus")});
      }
      break;
    case Kind::GetSchema:
      response.description = text_of(document, "Description");
      response.mode = text_of(document, "Compatibility");
      response.checkpoint = number_of(document, "SchemaCheckpoint");
      response.latest = number_of(document, "LatestSchemaVersion");
      response.next = number_of(document, "NextSchemaVersion");
      break;
    case Kind::RegisterSchemaVersion:
    case Kind::GetSchemaByDefinition:
      response.versions.push_back(line_of(document));
      break;
    case Kind::GetSchemaVersion:
      response.versions.push_back(line_of(document));
      response.definition = definition_of(text_of(document, "SchemaDefinition"));
      break;
    case Kind::ListSchemaVersions:
      if (const json::Value* list = document.find("Schemas")) {
        for (const json::Value& item : list->items()) response.versions.push_back(line_of(item));
      }
      break;
    case Kind::DeleteSchemaVersions:
      if (const json::Value* errors = document.find("SchemaVersionErrors")) {
        for (const json::Value& item : errors->items()) {
          response.missing.push_back(number_of(item, "VersionNumber"));
        }
      }
      break;
    case Kind::QueryMetadata:
      response.versions.push_back(
          {.number = 0, .id = text_of(document, "SchemaVersionId"), .status = {}});
      add_metadata(response, document);
      break;
    case Kind::CheckValidity: {
      const json::Value* valid = document.find("Valid");
      const bool yes = valid != nullptr && valid->is_bool() && valid->as_bool();
      response.result = yes ? Result::Ok : Result::InvalidInput;
      break;
    }
    default:
      break;
  }
  return response;
}

}  // namespace

aws::HttpRequest to_http(const Request& request) {
  aws::HttpRequest http;
  http.method = "POST";
  http.target = "/";
  http.headers = {{"Host", "localhost:8484"},
                  {"Content-Type", "application/x-amz-json-1.1"},
                  {"X-Amz-Target", "AWSGlue." + std::string(operation_of(request.kind))}};
  http.body = body_of(request);
  http.peer = "127.0.0.1:50000";
  return http;
}

Answer read_answer(const Request& request, const aws::HttpAnswer& answer) {
  using Means = Answer::Means;
  Answer read{.text = std::to_string(answer.status) + " " + std::string(answer.content())};
  const auto document = json::parse(answer.content(), {});
  if (!document || !document->is_object()) return read;
  if (answer.status == 200) {
    read.means = Means::Told;
    read.response = response_of(request, *document);
    return read;
  }
  const std::string type = text_of(*document, "__type");
  const std::string message = text_of(*document, "Message");
  if (type == "EntityNotFoundException") {
    read.means = Means::Told;
    read.response.result = Result::NotFound;
  } else if (type == "AlreadyExistsException") {
    read.means = Means::Told;
    read.response.result = Result::AlreadyExists;
  } else if (type == "InvalidInputException") {
    read.means = Means::Told;
    read.response.result = Result::InvalidInput;
  } else if (type == "ConcurrentModificationException" || type == "ServiceUnavailableException") {
    read.means = Means::Refused;
  } else if (message.find("outcome of this call is unknown") != std::string::npos) {
    read.means = Means::Unknown;
  }
  return read;
}

}  // namespace limpet::simulation
