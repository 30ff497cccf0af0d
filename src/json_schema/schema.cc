#include "limpet/json_schema/schema.h"

#include "equality.h"
#include "loader.h"
#include "model.h"
#include "uri.h"

#include "limpet/base/limits.h"

#include <algorithm>
#include <array>

namespace limpet::json_schema {

std::string_view to_string(Dialect dialect) {
  switch (dialect) {
    case Dialect::Draft4:
      return "draft-04";
    case Dialect::Draft6:
      return "draft-06";
    case Dialect::Draft7:
      return "draft-07";
    case Dialect::Draft201909:
      return "2019-09";
    case Dialect::Draft202012:
      return "2020-12";
  }
  return "";
}

std::optional<Dialect> dialect_of(std::string_view schema_uri) {
  auto uri = without_empty_fragment(schema_uri);
  if (uri.starts_with("http://")) {
    uri.remove_prefix(7);
  } else if (uri.starts_with("https://")) {
    uri.remove_prefix(8);
  } else {
    return std::nullopt;
  }
  if (uri == "json-schema.org/draft-04/schema") return Dialect::Draft4;
  if (uri == "json-schema.org/schema") return Dialect::Draft4;  // as it was then
  if (uri == "json-schema.org/draft-06/schema") return Dialect::Draft6;
  if (uri == "json-schema.org/draft-07/schema") return Dialect::Draft7;
  if (uri == "json-schema.org/draft/2019-09/schema") return Dialect::Draft201909;
  if (uri == "json-schema.org/draft/2020-12/schema") return Dialect::Draft202012;
  return std::nullopt;
}

const json::Value* Node::find(std::string_view keyword) const {
  if (only_ref && keyword != "$ref") return nullptr;
  return value->find(keyword);
}

std::string Model::location(const Node& node) const {
  std::vector<const Node*> path;
  for (const auto* at = &node; at != nullptr; at = at->parent) path.push_back(at);
  const auto& document = resource_of(*path.back()).document;
  std::string out = document == 0 ? "" : documents[document].uri;
  out += '#';
  for (auto at = path.rbegin(); at != path.rend(); ++at) out += (*at)->step;
  return out;
}

Dialect Schema::dialect() const { return model_->resources.front().dialect(); }
const json::Value& Schema::document() const& { return model_->documents.front().tree; }
std::size_t Schema::node_count() const { return model_->nodes.size(); }

Result<Schema> parse(std::string_view text, const ParseOptions& options) {
  LIMPET_TRY(auto model, load(text, options));
  return Schema(std::move(model));
}

std::string identity_form(const Schema& schema) {
  // Parsing bounded the depth.
  return *equality_text(schema.document(), limits::kSchemaDepth);
}

}  // namespace limpet::json_schema
