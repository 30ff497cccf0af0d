#include "loader.h"

#include "metaschemas.h"
#include "scanner.h"
#include "uri.h"

#include "limpet/base/limits.h"
#include "limpet/json/parse.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace limpet::json_schema {
namespace {

constexpr std::size_t kDocumentBytes = 1UL << 20;
constexpr std::size_t kMaxDocuments = 1000;
constexpr int kMetaDepth = 8;

std::size_t count_values(const json::Value& value) {
  std::size_t count = 0;
  std::vector<const json::Value*> open{&value};
  while (!open.empty()) {
    const auto* next = open.back();
    open.pop_back();
    ++count;
    for (const auto& item : next->items()) open.push_back(&item);
    for (const auto& member : next->members()) open.push_back(&member.value);
  }
  return count;
}

class Loader : Scanner {
 public:
  Loader(Model& model, const ParseOptions& options, std::span<const NamedText> imports)
      : Scanner(model), options_(options), imports_(imports) {}

  Status run(std::string_view text) {
    LIMPET_TRY(auto tree, read(text));
    if (!tree.is_object() && !tree.is_bool()) {
      return Error::invalid_input("a JSON Schema is an object, true or false; this is " +
                                      std::string(json::to_string(tree.kind())),
                                  "#");
    }
    const auto [uri, fragment] = split_fragment(options_.uri);
    model_.documents.push_back({std::string(uri), std::move(tree)});
    LIMPET_CHECK(scan_document(0, unnamed()));
    for (const auto& import : imports_) {
      if (auto added = add_import(import); !added) return blamed(import, added.error());
    }
    // Resolving may find more schemas with more references.
    for (std::size_t next = 0; next < references_.size(); ++next) {
      const auto& node = *references_[next];
      if (auto done = resolve(*references_[next]); !done) return blamed(node, done.error());
    }
    return check_endless();
  }

 private:
  Status add_import(const NamedText& import) {
    const std::string name(plain_name(import.name));
    if (name.empty() || name.find('#') != std::string::npos) {
      return Error::invalid_input("its name is no URI without fragment", name);
    }
    auto tree = read(import.text);
    if (!tree) {
      auto error = std::move(tree).error();
      error.where = name + (error.where.empty() ? "" : " " + error.where);
      return error;
    }
    const auto document = static_cast<std::uint32_t>(model_.documents.size());
    const auto first = static_cast<std::uint32_t>(model_.resources.size());
    const auto& root = model_.resources.front();
    const auto uri = resolve_uri(root.uri, name);
    model_.documents.push_back({uri, *std::move(tree)});
    if (!by_name_.emplace(name, first).second) {
      return Error::invalid_input("it is given twice", name);
    }
    LIMPET_CHECK(scan_document(document, {root.dialect(), root.meta.lenient, true, false}));
    LIMPET_CHECK(check_free(uri, document));
    for (auto made = first; made < model_.resources.size(); ++made) {
      LIMPET_CHECK(check_free(model_.resources[made].uri, document));
    }
    return {};
  }

  Status check_free(const std::string& uri, std::uint32_t document) const {
    const auto holder = model_.resources[by_uri_.at(uri)].document;
    if (holder == document) return {};
    return Error::invalid_input(
        "its identifier \"" + uri + "\" is that of " +
            (holder == 0 ? "this schema, or of one within it" : "the import " + name_of(holder)) +
            ", too",
        model_.documents[document].uri);
  }

  // "./a.json" is "a.json".
  static std::string_view plain_name(std::string_view name) {
    while (name.starts_with("./")) name.remove_prefix(2);
    return name;
  }

  std::string name_of(std::uint32_t document) const {
    return std::string(imports_[document - 1].name);
  }

  static Error blamed(const NamedText& import, Error error) {
    error.message = "in the import " + std::string(import.name) + ": " + error.message;
    return error;
  }
  Error blamed(const Node& node, Error error) const {
    const auto document = model_.resource_of(node).document;
    if (document == 0 || document > imports_.size()) return error;
    return blamed(imports_[document - 1], std::move(error));
  }

  Result<json::Value> read(std::string_view text) {
    LIMPET_TRY(auto tree, json::parse(text, {.max_bytes = kDocumentBytes,
                                             .max_depth = limits::kSchemaDepth,
                                             .max_nodes = limits::kSchemaNodes - values_}));
    values_ += count_values(tree);
    return tree;
  }

  MetaInfo unnamed() const {
    return {.dialect = options_.default_dialect.value_or(Dialect::Draft7),
            .lenient = !options_.default_dialect};
  }

  std::optional<std::string> supplied(std::string_view uri) const {
    return options_.supply ? options_.supply(uri) : std::nullopt;
  }

  Result<MetaInfo> meta_info(std::string_view uri) override { return meta_info(uri, kMetaDepth); }

  // A meta-schema of somebody's own: a dialect of which some vocabularies are taken away.
  Result<MetaInfo> meta_info(std::string_view uri, int depth_left) {
    if (const auto dialect = dialect_of(uri)) return MetaInfo{.dialect = *dialect};
    const auto unknown = unnamed();
    const auto text = depth_left == 0 ? std::nullopt : supplied(without_empty_fragment(uri));
    if (!text) return unknown;
    LIMPET_TRY(const auto tree, read(*text));
    const auto* schema = tree.find("$schema");
    if (schema == nullptr || !schema->is_string()) return unknown;
    LIMPET_TRY(auto meta, meta_info(schema->text(), depth_left - 1));
    const auto* vocabularies = tree.find("$vocabulary");
    if (vocabularies == nullptr || meta.dialect < Dialect::Draft201909) return meta;
    meta.validation = false;
    for (const auto& [name, required] : vocabularies->members()) {
      const auto known = name.starts_with("https://json-schema.org/draft/20") &&
                         find_metaschema(replaced(name)).has_value();
      if (!known && required.is_bool() && required.as_bool()) {
        return Error::invalid_input("the meta-schema \"" + std::string(uri) +
                                    "\" requires the vocabulary \"" + name +
                                    "\", which is not supported");
      }
      meta.validation |= name.ends_with("/vocab/validation");
      meta.format_assertion |= name.ends_with("/vocab/format-assertion") ||
                               (name == "https://json-schema.org/draft/2019-09/vocab/format" &&
                                required.is_bool() && required.as_bool());
    }
    return meta;
  }

  static std::string replaced(std::string name) {
    if (const auto at = name.find("/vocab/"); at != std::string::npos) {
      name.replace(at, 7, "/meta/");
    }
    return name;
  }

  Status resolve(Node& node) {
    const auto dialect = model_.resource_of(node).dialect();
    if (const auto* ref = node.find("$ref")) {
      LIMPET_TRY(node.ref, target(node, "$ref", ref->text()));
    }
    const auto* dynamic = node.find("$dynamicRef");
    if (dynamic != nullptr && dialect == Dialect::Draft202012) {
      LIMPET_TRY(node.dynamic_ref, target(node, "$dynamicRef", dynamic->text()));
      const auto name = std::string(split_fragment(dynamic->text()).fragment);
      const auto& anchors = model_.resource_of(*node.dynamic_ref).dynamic_anchors;
      const auto anchor = anchors.find(name);
      if (anchor != anchors.end() && anchor->second == node.dynamic_ref) node.dynamic_name = name;
    }
    const auto* recursive = node.find("$recursiveRef");
    if (recursive != nullptr && dialect == Dialect::Draft201909) {
      LIMPET_TRY(node.dynamic_ref, target(node, "$recursiveRef", recursive->text()));
      const auto& anchors = model_.resource_of(*node.dynamic_ref).dynamic_anchors;
      if (anchors.contains("")) node.dynamic_name = "";
    }
    return {};
  }

  Result<const Node*> target(const Node& node, std::string_view keyword, const std::string& text) {
    const auto full = resolve_uri(model_.resource_of(node).uri, text);
    const auto [uri, fragment] = split_fragment(full);
    LIMPET_TRY(const auto number, resource_at(node, keyword, text, uri));
    const auto decoded = percent_decode(fragment);
    if (!decoded) {
      return wrong(node, keyword, "the reference \"" + text + "\" has a broken escape");
    }
    const auto* root = model_.resources[number].root;
    if (decoded->empty()) return root;
    if (decoded->front() == '/') return follow(node, keyword, text, *root, *decoded);
    const auto& anchors = model_.resources[number].anchors;
    const auto anchor = anchors.find(*decoded);
    if (anchor == anchors.end()) return leads_nowhere(node, keyword, text);
    return anchor->second;
  }

  Error leads_nowhere(const Node& node, std::string_view keyword, const std::string& text) const {
    return wrong(node, keyword, "the reference \"" + text + "\" leads nowhere");
  }

  Result<std::uint32_t> resource_at(const Node& node, std::string_view keyword,
                                    const std::string& text, std::string_view uri) {
    const std::string name(uri);
    const auto known = by_uri_.find(name);
    const auto import = by_name_.find(std::string(plain_name(split_fragment(text).document)));
    if (known != by_uri_.end() && import != by_name_.end() && known->second != import->second &&
        model_.resources[known->second].document != model_.resource_of(node).document) {
      return wrong(node, keyword,
                   "the reference \"" + text + "\" could mean the import " + import->first +
                       " or the schema whose identifier is \"" + name + "\"");
    }
    if (known != by_uri_.end()) return known->second;
    if (import != by_name_.end()) return import->second;
    std::optional<std::string> document = supplied(name);
    if (!document) {
      if (const auto metaschema = find_metaschema(name)) document = std::string(*metaschema);
    }
    if (!document) {
      return wrong(
          node, keyword,
          "the reference \"" + text + "\" leads to another document, \"" + name +
              "\", and documents are never fetched; put that schema under \"" +
              (model_.resource_of(node).dialect() >= Dialect::Draft201909 ? "$defs"
                                                                          : "definitions") +
              "\" of this document and refer to it as \"#/" +
              (model_.resource_of(node).dialect() >= Dialect::Draft201909 ? "$defs"
                                                                          : "definitions") +
              "/…\"");
    }
    if (model_.documents.size() >= kMaxDocuments) {
      return Error::limit_exceeded("The schema refers to more than " +
                                   std::to_string(kMaxDocuments) + " documents");
    }
    auto tree = read(*document);
    if (!tree) {
      auto error = std::move(tree).error();
      error.where = name + (error.where.empty() ? "" : " " + error.where);
      return error;
    }
    model_.documents.push_back({name, *std::move(tree)});
    const auto number = static_cast<std::uint32_t>(model_.documents.size() - 1);
    const auto& from = model_.resource_of(node);
    LIMPET_CHECK(scan_document(number, {from.dialect(), from.meta.lenient, true, false}));
    return by_uri_.at(name);
  }

  // A JSON pointer from the top of a resource, in places where no schema is known to stand too.
  Result<const Node*> follow(const Node& node, std::string_view keyword, const std::string& text,
                             const Node& root, const std::string& pointer) {
    const auto tokens = split_pointer(pointer);
    if (!tokens) return leads_nowhere(node, keyword, text);
    const auto* at = root.value;
    const auto* nearest = &root;
    std::string step;
    for (std::size_t i = 0; i < tokens->size(); ++i) {
      const auto& token = (*tokens)[i];
      const auto* next = child(*at, token);
      if (next == nullptr && i == 0 && token == "$defs" && root.parent == nullptr) {
        next = at->find("definitions");
      }
      if (next == nullptr) return leads_nowhere(node, keyword, text);
      at = next;
      append_pointer_token(step, token);
      if (const auto known = model_.by_value.find(at); known != model_.by_value.end()) {
        nearest = known->second;
        step.clear();
      }
    }
    if (nearest->value != at) {
      LIMPET_CHECK(scan(*at, nearest, std::move(step), nearest->resource));
      nearest = model_.by_value.at(at);
    }
    return nearest;
  }

  // Many references into one big object must not cost a search through it each.
  const json::Value* member(const json::Value& object, const std::string& name) {
    constexpr std::size_t kFew = 16;
    if (object.members().size() <= kFew) return object.find(name);
    auto& index = indexes_[&object];
    if (index.empty()) {
      for (const auto& [key, value] : object.members()) index.emplace(key, &value);
    }
    const auto found = index.find(name);
    return found == index.end() ? nullptr : found->second;
  }

  const json::Value* child(const json::Value& value, const std::string& token) {
    if (value.is_object()) return member(value, token);
    std::size_t index = 0;
    const auto [end, bad] = std::from_chars(token.data(), token.data() + token.size(), index);
    if (bad != std::errc() || end != token.data() + token.size()) return nullptr;
    if (token.size() > 1 && token[0] == '0') return nullptr;
    return index < value.items().size() ? &value.items()[index] : nullptr;
  }

  // Schemas that a schema applies to the same value as itself.
  std::vector<const Node*> applied_in_place(const Node& node) const {
    std::vector<const Node*> out;
    if (node.ref != nullptr) out.push_back(node.ref);
    if (node.dynamic_ref != nullptr) out.push_back(node.dynamic_ref);
    if (node.only_ref || !node.value->is_object()) return out;
    const auto add = [&](const json::Value& value) {
      const auto known = model_.by_value.find(&value);
      if (known != model_.by_value.end()) out.push_back(known->second);
    };
    for (const auto& [name, value] : node.value->members()) {
      const auto* keyword = find_keyword(model_.resource_of(node).dialect(), name);
      if (keyword == nullptr) continue;
      if (name == "allOf" || name == "anyOf" || name == "oneOf") {
        for (const auto& item : value.items()) add(item);
      } else if (name == "not" || name == "if" || name == "then" || name == "else") {
        add(value);
      } else if (name == "dependentSchemas" || name == "dependencies") {
        for (const auto& member : value.members()) add(member.value);
      }
    }
    return out;
  }

  Status check_endless() const {
    enum class State : std::uint8_t { New, Open, Done };
    std::vector<State> states(model_.nodes.size(), State::New);
    struct Frame {
      const Node* node;
      std::vector<const Node*> edges;
      std::size_t next = 0;
    };
    std::vector<Frame> path;
    for (const auto& start : model_.nodes) {
      if (states[start.id] != State::New) continue;
      states[start.id] = State::Open;
      path.push_back({&start, applied_in_place(start)});
      while (!path.empty()) {
        auto& frame = path.back();
        if (frame.next == frame.edges.size()) {
          states[frame.node->id] = State::Done;
          path.pop_back();
          continue;
        }
        const auto* next = frame.edges[frame.next++];
        if (states[next->id] == State::Open) {
          return blamed(
              *frame.node,
              wrong(*frame.node, "",
                    "a reference leads back to \"" + model_.location(*next) +
                        "\" on the same value, so that checking a value would never end"));
        }
        if (states[next->id] == State::New) {
          states[next->id] = State::Open;
          path.push_back({next, applied_in_place(*next)});
        }
      }
    }
    return {};
  }

  const ParseOptions& options_;
  std::span<const NamedText> imports_;
  std::unordered_map<std::string, std::uint32_t> by_name_;  // resources of imports
  std::unordered_map<const json::Value*, std::unordered_map<std::string_view, const json::Value*>>
      indexes_;
  std::size_t values_ = 0;
};

}  // namespace

Result<std::shared_ptr<const Model>> load(std::string_view text, const ParseOptions& options,
                                          std::span<const NamedText> imports) {
  auto model = std::make_shared<Model>();
  Loader loader(*model, options, imports);
  LIMPET_CHECK(loader.run(text));
  return std::shared_ptr<const Model>(std::move(model));
}

}  // namespace limpet::json_schema
