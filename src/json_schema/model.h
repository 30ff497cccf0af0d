// Model: the parsed documents of one Schema, its nodes and where their references lead.
#pragma once

#include "pattern.h"

#include "limpet/json_schema/schema.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace limpet::json_schema {

struct Document {
  std::string uri;
  json::Value tree;
};

/// One schema: an object or a boolean somewhere in a document.
struct Node {
  const json::Value* value = nullptr;
  const Node* parent = nullptr;  ///< the schema around it; nullptr at the top of a document
  std::string step;              ///< from the parent: "/properties/age", "/items"
  std::uint32_t id = 0;          ///< 0, 1, … within the model
  std::uint32_t resource = 0;
  const Node* ref = nullptr;  ///< where $ref leads
  /// Where $dynamicRef or $recursiveRef leads unless the dynamic scope knows better.
  const Node* dynamic_ref = nullptr;
  /// Set when the dynamic scope decides: the anchor's name; "" for $recursiveRef.
  std::optional<std::string> dynamic_name;

  /// The member of that name when this schema is an object, and the dialect does not ignore it
  /// (drafts up to 7 ignore what stands beside $ref).
  const json::Value* find(std::string_view keyword) const;
  bool only_ref = false;
};

/// What a meta-schema says about the documents that name it.
struct MetaInfo {
  Dialect dialect = Dialect::Draft7;
  bool lenient = false;           ///< takes draft-04's boolean bounds as well
  bool validation = true;         ///< it has the validation vocabulary
  bool format_assertion = false;  ///< … and the format-assertion one
};

/// A document or a part of one with an identifier of its own: what anchors belong to.
struct Resource {
  std::string uri;
  std::uint32_t document = 0;
  const Node* root = nullptr;
  MetaInfo meta;
  std::unordered_map<std::string, const Node*> anchors;
  std::unordered_map<std::string, const Node*> dynamic_anchors;  ///< "": $recursiveAnchor

  Dialect dialect() const { return meta.dialect; }
};

struct Model {
  std::deque<Document> documents;  ///< the first is the schema's own
  std::deque<Node> nodes;          ///< the first is its root
  std::deque<Resource> resources;  ///< the first is the document's
  std::unordered_map<const json::Value*, const Node*> by_value;
  std::unordered_map<std::string, Pattern> patterns;  ///< by their text

  const Node& root() const { return nodes.front(); }
  const Resource& resource_of(const Node& node) const { return resources[node.resource]; }
  /// The schema at that place. Requires: there is one.
  const Node& at(const json::Value& value) const { return *by_value.at(&value); }
  const Pattern& pattern(const std::string& text) const { return patterns.at(text); }
  /// "#/properties/age", with the document's URI in front unless it is the first one.
  std::string location(const Node& node) const;
};

}  // namespace limpet::json_schema
