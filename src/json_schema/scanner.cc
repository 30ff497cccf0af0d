#include "scanner.h"

#include "number.h"
#include "uri.h"

#include "limpet/base/limits.h"

#include <algorithm>
#include <array>
#include <utility>

namespace limpet::json_schema {
namespace {

constexpr std::size_t kMaxPatterns = 1000;

std::string step_of(std::string_view keyword) {
  std::string step;
  append_pointer_token(step, keyword);
  return step;
}

std::string step_of(std::string_view keyword, std::string_view token) {
  auto step = step_of(keyword);
  append_pointer_token(step, token);
  return step;
}

bool is_type_name(std::string_view text) {
  constexpr std::array<std::string_view, 7> kTypes{"null",   "boolean", "object", "array",
                                                   "number", "integer", "string"};
  return std::ranges::find(kTypes, text) != kTypes.end();
}

}  // namespace

Error Scanner::wrong(const Node& node, std::string_view keyword, std::string_view message) const {
  auto where = model_.location(node);
  if (!keyword.empty()) append_pointer_token(where, keyword);
  return Error::invalid_input(std::string(message), std::move(where));
}

Error Scanner::shape_error(const Node& node, std::string_view keyword, Shape shape) const {
  return wrong(node, keyword,
               "\"" + std::string(keyword) + "\" must be " + std::string(describe(shape)));
}

Status Scanner::scan_document(std::uint32_t document, const MetaInfo& unnamed) {
  const auto& [uri, tree] = model_.documents[document];
  const auto resource = static_cast<std::uint32_t>(model_.resources.size());
  auto meta = unnamed;
  if (const auto* schema = tree.find("$schema"); schema != nullptr && schema->is_string()) {
    LIMPET_TRY(meta, meta_info(schema->text()));
  }
  auto& made = model_.resources.emplace_back();
  made.uri = uri;
  made.document = document;
  made.meta = meta;
  by_uri_.emplace(uri, resource);
  return scan(tree, nullptr, "", resource);
}

Status Scanner::scan(const json::Value& value, const Node* parent, std::string step,
                     std::uint32_t resource) {
  if (model_.by_value.contains(&value)) return {};
  if (model_.nodes.size() >= limits::kSchemaNodes) {
    return Error::limit_exceeded("The schema and the documents it refers to hold more than " +
                                 std::to_string(limits::kSchemaNodes) + " schemas");
  }
  auto& node = model_.nodes.emplace_back();
  node.value = &value;
  node.parent = parent;
  node.step = std::move(step);
  node.id = static_cast<std::uint32_t>(model_.nodes.size() - 1);
  node.resource = resource;
  model_.by_value.emplace(&value, &node);
  auto& outer = model_.resources[resource];
  if (outer.root == nullptr) outer.root = &node;
  if (value.is_bool() &&
      (outer.dialect() != Dialect::Draft4 || parent == nullptr ||
       node.step == "/additionalProperties" || node.step == "/additionalItems")) {
    return {};
  }
  if (!value.is_object()) {
    return wrong(node, "",
                 outer.dialect() == Dialect::Draft4
                     ? "a schema must be an object"
                     : "a schema must be an object, true or false; this is " +
                           std::string(json::to_string(value.kind())));
  }
  const auto* ref = value.find("$ref");
  node.only_ref = ref != nullptr && outer.dialect() <= Dialect::Draft7;
  if (!node.only_ref) LIMPET_CHECK(start_resource(node, value, resource));
  const auto& mine = model_.resource_of(node);
  if (!node.only_ref) LIMPET_CHECK(add_anchors(node));
  bool refers = false;
  for (const auto& member : value.members()) {
    const auto* keyword = find_keyword(mine.dialect(), member.name);
    if (keyword == nullptr) continue;
    if (node.only_ref && keyword->shape != Shape::SchemaMap && member.name != "$ref") continue;
    refers |=
        member.name == "$ref" || member.name == "$dynamicRef" || member.name == "$recursiveRef";
    LIMPET_CHECK(scan_keyword(node, *keyword, member));
  }
  if (refers) references_.push_back(&node);
  return {};
}

// $id (draft-04: id): a new base for references, and often a new resource.
Status Scanner::start_resource(Node& node, const json::Value& value, std::uint32_t outer) {
  const auto dialect = model_.resources[outer].dialect();
  const std::string_view keyword = dialect == Dialect::Draft4 ? "id" : "$id";
  const auto* id = value.find(keyword);
  if (id == nullptr) return {};
  if (!id->is_string()) return shape_error(node, keyword, Shape::String);
  const auto [document, fragment] = split_fragment(id->text());
  if (!fragment.empty() && dialect >= Dialect::Draft201909) {
    return wrong(node, keyword, "\"$id\" must not have a fragment; use \"$anchor\"");
  }
  if (!document.empty()) {
    const auto uri = resolve_uri(model_.resources[outer].uri, document);
    if (node.parent == nullptr) {
      model_.resources[outer].uri = uri;
      by_uri_.emplace(uri, outer);
    } else {
      node.resource = static_cast<std::uint32_t>(model_.resources.size());
      auto& inner = model_.resources.emplace_back();
      inner.uri = uri;
      inner.document = model_.resources[outer].document;
      inner.root = &node;
      inner.meta = model_.resources[outer].meta;
      if (const auto* schema = value.find("$schema"); schema != nullptr && schema->is_string()) {
        LIMPET_TRY(inner.meta, meta_info(schema->text()));
      }
      by_uri_.emplace(uri, node.resource);
    }
  }
  if (!fragment.empty()) model_.resources[node.resource].anchors.emplace(fragment, &node);
  return {};
}

Status Scanner::add_anchors(Node& node) {
  auto& resource = model_.resources[node.resource];
  const auto anchor_of = [&](std::string_view keyword) -> const json::Value* {
    const auto* value = node.value->find(keyword);
    return value == nullptr || find_keyword(resource.dialect(), keyword) == nullptr ? nullptr
                                                                                    : value;
  };
  for (const std::string_view keyword : {"$anchor", "$dynamicAnchor"}) {
    const auto* anchor = anchor_of(keyword);
    if (anchor == nullptr) continue;
    if (!anchor->is_string() || anchor->text().empty() ||
        anchor->text().find('/') != std::string::npos ||
        anchor->text().find('#') != std::string::npos) {
      return wrong(node, keyword, "\"" + std::string(keyword) + "\" must be a plain name");
    }
    resource.anchors.emplace(anchor->text(), &node);
    if (keyword == "$dynamicAnchor") resource.dynamic_anchors.emplace(anchor->text(), &node);
  }
  const auto* recursive = anchor_of("$recursiveAnchor");
  if (recursive != nullptr && recursive->is_bool() && recursive->as_bool() &&
      resource.root == &node) {
    resource.dynamic_anchors.emplace("", &node);
  }
  return {};
}

Status Scanner::scan_keyword(Node& node, const Keyword& keyword, const json::Member& member) {
  const auto& value = member.value;
  const auto bad = [&] { return Status(shape_error(node, member.name, keyword.shape)); };
  switch (keyword.shape) {
    case Shape::Bool:
      return value.is_bool() ? Status() : bad();
    case Shape::Count:
      if (!value.is_number()) return bad();
      if (const auto number = Decimal::read(value.text());
          !number.is_integer() || number.is_negative()) {
        return bad();
      }
      return {};
    case Shape::Number:
      return value.is_number() ? Status() : bad();
    case Shape::Positive:
      if (!value.is_number()) return bad();
      if (const auto number = Decimal::read(value.text());
          number.is_zero() || number.is_negative()) {
        return bad();
      }
      return {};
    case Shape::Exclusive: {
      const auto& resource = model_.resource_of(node);
      if (value.is_bool() && (resource.dialect() == Dialect::Draft4 || resource.meta.lenient))
        return {};
      return value.is_number() && resource.dialect() != Dialect::Draft4 ? Status() : bad();
    }
    case Shape::String:
      return value.is_string() ? Status() : bad();
    case Shape::Regex:
      return value.is_string() ? need_pattern(node, member.name, value.text()) : bad();
    case Shape::Strings:
      return check_strings(node, member.name, value, keyword.shape);
    case Shape::Array:
      return value.is_array() ? Status() : bad();
    case Shape::Type:
      return check_type(node, member);
    case Shape::Schema:
      return scan(value, &node, step_of(member.name), node.resource);
    case Shape::SchemaOrBool:
      return scan(value, &node, step_of(member.name), node.resource);
    case Shape::Schemas:
      if (!value.is_array() || value.items().empty()) return bad();
      return scan_array(node, member);
    case Shape::Items:
      if (value.is_array()) return scan_array(node, member);
      return scan(value, &node, step_of(member.name), node.resource);
    case Shape::StringsMap:
    case Shape::SchemaMap:
    case Shape::PatternMap:
    case Shape::Dependencies:
      return value.is_object() ? scan_map(node, keyword, member) : bad();
  }
  return {};
}

Status Scanner::scan_array(Node& node, const json::Member& member) {
  std::size_t index = 0;
  for (const auto& item : member.value.items()) {
    LIMPET_CHECK(scan(item, &node, step_of(member.name, std::to_string(index++)), node.resource));
  }
  return {};
}

Status Scanner::scan_map(Node& node, const Keyword& keyword, const json::Member& member) {
  for (const auto& [name, value] : member.value.members()) {
    if (keyword.shape == Shape::PatternMap) LIMPET_CHECK(need_pattern(node, member.name, name));
    if (keyword.shape == Shape::StringsMap ||
        (keyword.shape == Shape::Dependencies && value.is_array())) {
      LIMPET_CHECK(check_strings(node, member.name, value, keyword.shape));
      continue;
    }
    LIMPET_CHECK(scan(value, &node, step_of(member.name, name), node.resource));
  }
  return {};
}

Status Scanner::check_type(const Node& node, const json::Member& member) const {
  const auto known = [](const json::Value& value) {
    return value.is_string() && is_type_name(value.text());
  };
  const auto& value = member.value;
  const auto items = value.items();
  if (known(value) || (!items.empty() && std::ranges::all_of(items, known))) return {};
  if (value.is_string()) {
    return wrong(node, member.name,
                 "\"" + value.text() + "\" is no type; a type is " +
                     "null, boolean, object, array, number, integer or string");
  }
  return shape_error(node, member.name, Shape::Type);
}

Status Scanner::check_strings(const Node& node, std::string_view keyword, const json::Value& value,
                              Shape shape) const {
  if (value.is_array() && std::ranges::all_of(value.items(), &json::Value::is_string)) return {};
  return shape_error(node, keyword, shape);
}

Status Scanner::need_pattern(const Node& node, std::string_view keyword, const std::string& text) {
  if (model_.patterns.contains(text)) return {};
  if (model_.patterns.size() >= kMaxPatterns) {
    return Error::limit_exceeded(
        "The schema has more than " + std::to_string(kMaxPatterns) + " regular expressions",
        model_.location(node));
  }
  auto pattern = Pattern::compile(text);
  if (!pattern) {
    auto error = std::move(pattern).error();
    error.where = wrong(node, keyword, "").where;
    return error;
  }
  instructions_ += pattern->instructions();
  if (instructions_ > Pattern::kMaxInstructions) {
    return Error::limit_exceeded("The regular expressions of the schema are too large together",
                                 wrong(node, keyword, "").where);
  }
  model_.patterns.emplace(text, *std::move(pattern));
  return {};
}

}  // namespace limpet::json_schema
