#include "limpet/json_schema/bundle.h"

#include "keywords.h"
#include "loader.h"
#include "model.h"
#include "uri.h"

#include "limpet/base/limits.h"
#include "limpet/base/utf8.h"
#include "limpet/json/writer.h"
#include "limpet/json_schema/schema.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

namespace limpet::json_schema {
namespace {

constexpr std::size_t kMaxImports = 100;
constexpr std::size_t kTextsBytes = 4UL << 20;
constexpr std::array<std::string_view, 3> kReferences{"$ref", "$dynamicRef", "$recursiveRef"};

// Letters, digits and a few signs; everything else would have to be escaped in references.
std::string key_of(std::string_view name) {
  std::string key;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) || c == '.' || c == '-')) {
      key += c;
    } else if (!key.ends_with('_')) {
      key += '_';
    }
  }
  return key;
}

class Bundler {
 public:
  Bundler(const Model& model, std::span<const NamedText> imports)
      : model_(model), imports_(imports) {}

  Result<std::string> run() {
    LIMPET_CHECK(check_used());
    for (std::uint32_t i = 0; i < imports_.size(); ++i) LIMPET_CHECK(check_dialect(i + 1));
    LIMPET_CHECK(check_nodes());
    choose_keys();
    print_root();
    if (failure_) return *std::move(failure_);
    return std::move(out_).take();
  }

 private:
  static constexpr std::uint32_t kRoot = 0;

  const json::Value& tree(std::uint32_t document) const { return model_.documents[document].tree; }
  std::uint32_t document_of(const Node& node) const { return model_.resource_of(node).document; }
  bool is_import(std::uint32_t document) const {
    return document != kRoot && document <= imports_.size();
  }
  std::string described(std::uint32_t document) const {
    return "the import " + std::string(imports_[document - 1].name);
  }

  Status check_used() const {
    std::vector<std::vector<std::uint32_t>> leads_to(model_.documents.size());
    for (const auto& node : model_.nodes) {
      for (const auto* target : {node.ref, node.dynamic_ref}) {
        if (target != nullptr) leads_to[document_of(node)].push_back(document_of(*target));
      }
    }
    std::vector<bool> used(model_.documents.size(), false);
    std::vector<std::uint32_t> open{kRoot};
    used[kRoot] = true;
    while (!open.empty()) {
      const auto document = open.back();
      open.pop_back();
      for (const auto next : leads_to[document]) {
        if (!used[next]) open.push_back(next);
        used[next] = true;
      }
    }
    for (std::uint32_t i = 1; i <= imports_.size(); ++i) {
      if (used[i]) continue;
      return Error::invalid_input(described(i) + " is never used", model_.documents[i].uri);
    }
    return {};
  }

  Status check_dialect(std::uint32_t document) const {
    const auto expected = model_.resources.front().dialect();
    for (const auto& resource : model_.resources) {
      if (resource.document != document || resource.dialect() == expected) continue;
      return Error::invalid_input(described(document) + " is written in " +
                                      std::string(to_string(resource.dialect())) +
                                      ", this schema in " + std::string(to_string(expected)) +
                                      "; all must have the same $schema",
                                  model_.location(*resource.root));
    }
    return {};
  }

  // What embedding would change the meaning of.
  Status check_nodes() const {
    for (const auto& node : model_.nodes) {
      const auto document = document_of(node);
      if (!node.value->is_object() || !is_import(document)) continue;
      for (const std::string_view word :
           {"$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor"}) {
        const auto* value = node.find(word);
        if (value == nullptr || find_keyword(dialect(), word) == nullptr) continue;
        if (value->is_bool() && !value->as_bool()) continue;
        return Error::invalid_input(described(document) + " has \"" + std::string(word) +
                                        "\", whose meaning would change within another schema; "
                                        "use \"$ref\" and \"$anchor\"",
                                    model_.location(node));
      }
    }
    return {};
  }

  Dialect dialect() const { return model_.resources.front().dialect(); }

  void choose_keys() {
    const auto& root = tree(kRoot);
    // Some refer to `#/$defs/…` and mean `definitions`, which works as long as there is no `$defs`.
    const bool modern = dialect() >= Dialect::Draft201909 &&
                        (root.find("$defs") != nullptr || root.find("definitions") == nullptr);
    place_ = modern ? "$defs" : "definitions";
    std::unordered_set<std::string> taken;
    if (const auto* map = root.find(place_); map != nullptr) {
      for (const auto& member : map->members()) taken.insert(member.name);
    }
    for (const auto& import : imports_) {
      const auto wished = key_of(import.name);
      auto key = wished;
      for (int i = 2; !taken.insert(key).second; ++i) key = wished + "-" + std::to_string(i);
      keys_.push_back(std::move(key));
    }
  }

  void print_root() {
    const auto& root = tree(kRoot);
    const auto* node = &model_.root();
    out_.begin_object();
    bool placed = false;
    for (const auto& member : root.members()) {
      if (member.name != place_) {
        print_member(node, member, kRoot, false);
        continue;
      }
      placed = true;
      out_.key(place_).begin_object();
      for (const auto& own : member.value.members()) {
        out_.key(own.name);
        print(own.value, kRoot, false);
      }
      print_imports();
      out_.end_object();
    }
    if (!placed) {
      out_.key(place_).begin_object();
      print_imports();
      out_.end_object();
    }
    out_.end_object();
  }

  void print_imports() {
    for (std::uint32_t i = 0; i < imports_.size(); ++i) {
      out_.key(keys_[i]);
      const auto& value = tree(i + 1);
      if (value.is_bool() && dialect() == Dialect::Draft4) {
        out_.raw(value.as_bool() ? "{}" : R"({"not":{}})");
      } else {
        print(value, i + 1, false);
      }
    }
  }

  // Recursion is as deep as the text. Within data nothing may change.
  void print(const json::Value& value, std::uint32_t document, bool in_data) {
    if (value.is_array()) {
      out_.begin_array();
      for (const auto& item : value.items()) print(item, document, in_data);
      out_.end_array();
    } else if (value.is_object()) {
      const auto known = model_.by_value.find(&value);
      const auto* node = known == model_.by_value.end() ? nullptr : known->second;
      out_.begin_object();
      for (const auto& member : value.members()) print_member(node, member, document, in_data);
      out_.end_object();
    } else {
      out_.value(value);
    }
  }

  void print_member(const Node* node, const json::Member& member, std::uint32_t document,
                    bool in_data) {
    const auto& [name, value] = member;
    if (node == nullptr) {
      out_.key(name);
      print(value, document, in_data);
      return;
    }
    const bool left_out = document != kRoot && is_identifier(name) && value.is_string();
    auto text = std::ranges::find(kReferences, name) != kReferences.end()
                    ? rewritten(*node, name, document)
                    : std::nullopt;
    if (in_data && (left_out || text)) {
      fail(*node,
           "a reference leads into the data of \"enum\", \"const\", \"default\" or "
           "\"examples\"; that cannot be a schema at the same time");
    }
    if (left_out) return;
    out_.key(name);
    if (text) {
      out_.value(*text);
    } else {
      const bool is_data =
          name == "enum" || name == "const" || name == "default" || name == "examples";
      print(value, document, in_data || is_data);
    }
  }

  bool is_identifier(std::string_view name) const {
    return name == "$schema" || name == (dialect() == Dialect::Draft4 ? "id" : "$id") ||
           (name == "$anchor" && dialect() >= Dialect::Draft201909);
  }

  // The reference when it must be written anew.
  std::optional<std::string> rewritten(const Node& node, std::string_view keyword,
                                       std::uint32_t document) {
    const auto* target = keyword == "$ref" ? node.ref : node.dynamic_ref;
    const auto* written = node.find(keyword);
    if (target == nullptr || written == nullptr) return std::nullopt;
    const auto leads_to = document_of(*target);
    if (leads_to != kRoot && !is_import(leads_to)) {  // a meta-schema
      if (document == kRoot) return std::nullopt;
      return resolve_uri(model_.resource_of(node).uri, written->text());
    }
    if (document == kRoot && leads_to == kRoot) return std::nullopt;
    std::string pointer;
    if (leads_to != kRoot) {
      append_pointer_token(pointer, place_);
      append_pointer_token(pointer, keys_[leads_to - 1]);
    }
    pointer += steps_to(*target);
    auto fragment = "#" + percent_encode_fragment(pointer);
    if (document != kRoot || node.resource == model_.root().resource) return fragment;
    // Within a resource of its own '#' is the top of that.
    const auto& base = model_.resources.front().uri;
    if (is_absolute_uri(base)) return base + fragment;
    fail(node, "the reference \"" + written->text() +
                   "\" to an import stands within a schema with an identifier of its own; remove "
                   "that identifier, or give the whole schema one that is an absolute URI");
    return fragment;
  }

  // The JSON pointer from the top of the node's document.
  static std::string steps_to(const Node& node) {
    std::vector<const Node*> path;
    for (const auto* at = &node; at != nullptr; at = at->parent) path.push_back(at);
    std::string steps;
    for (auto at = path.rbegin(); at != path.rend(); ++at) steps += (*at)->step;
    return steps;
  }

  void fail(const Node& node, std::string message) {
    if (!failure_) failure_ = Error::invalid_input(std::move(message), model_.location(node));
  }

  const Model& model_;
  std::span<const NamedText> imports_;
  std::string place_;
  std::vector<std::string> keys_;  // by import
  json::Writer out_;
  std::optional<Error> failure_;
};

Status check_length(std::string_view text) {
  if (code_points(text) <= limits::kDefinitionCharacters) return {};
  return Error::limit_exceeded("the schema and its imports are more than " +
                               std::to_string(limits::kDefinitionCharacters) +
                               " characters together");
}

}  // namespace

Result<std::string> bundle(std::string_view root, std::span<const NamedText> imports) {
  if (imports.empty()) {
    LIMPET_CHECK(parse(root));
    LIMPET_CHECK(check_length(root));
    return std::string(root);
  }
  if (imports.size() > kMaxImports) {
    return Error::limit_exceeded("a schema has " + std::to_string(imports.size()) +
                                 " imports; the limit is " + std::to_string(kMaxImports));
  }
  std::size_t bytes = root.size();
  for (const auto& import : imports) bytes += import.text.size();
  if (bytes > kTextsBytes) {
    return Error::limit_exceeded("the schema and its imports have " + std::to_string(bytes) +
                                 " bytes; the limit is " + std::to_string(kTextsBytes));
  }
  LIMPET_TRY(const auto model, load(root, {}, imports));
  LIMPET_TRY(auto whole, Bundler(*model, imports).run());
  LIMPET_CHECK(check_length(whole));
  if (auto schema = parse(whole); !schema) {
    auto error = std::move(schema).error();
    // All texts are good; embedding makes them two levels deeper.
    if (error.where.starts_with("byte ")) error.code = Code::LimitExceeded;
    return error;
  }
  return whole;
}

}  // namespace limpet::json_schema
