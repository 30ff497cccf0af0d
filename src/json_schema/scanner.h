// Scanner: finds the schemas of a document, checks their keywords, notes identifiers and anchors.
#pragma once

#include "keywords.h"
#include "model.h"

#include "limpet/base/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::json_schema {

/// Threads: confined.
class Scanner {
 public:
  explicit Scanner(Model& model) : model_(model) {}
  virtual ~Scanner() = default;

 protected:
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;

  /// Adds the resource of a document and all schemas in it. `document` is its number, `unnamed`
  /// what holds when it names no dialect.
  Status scan_document(std::uint32_t document, const MetaInfo& unnamed);

  /// Adds the schema at `value` and those within it, unless they are there already. Recursion is as
  /// deep as the document.
  Status scan(const json::Value& value, const Node* parent, std::string step,
              std::uint32_t resource);

  /// What `$schema` means.
  virtual Result<MetaInfo> meta_info(std::string_view uri) = 0;

  Error wrong(const Node& node, std::string_view keyword, std::string_view message) const;

  Model& model_;
  std::unordered_map<std::string, std::uint32_t> by_uri_;  // resources
  std::size_t instructions_ = 0;                           // of all regular expressions
  std::vector<Node*> references_;                          // nodes with references to resolve

 private:
  Status start_resource(Node& node, const json::Value& value, std::uint32_t outer);
  Status add_anchors(Node& node);
  Status scan_keyword(Node& node, const Keyword& keyword, const json::Member& member);
  Status scan_map(Node& node, const Keyword& keyword, const json::Member& member);
  Status scan_array(Node& node, const json::Member& member);
  Status check_type(const Node& node, const json::Member& member) const;
  Status check_strings(const Node& node, std::string_view keyword, const json::Value& value,
                       Shape shape) const;
  Status need_pattern(const Node& node, std::string_view keyword, const std::string& text);
  Error shape_error(const Node& node, std::string_view keyword, Shape shape) const;
};

}  // namespace limpet::json_schema
