#include "limpet/avro/bundle.h"

#include "attributes.h"
#include "identity.h"
#include "names.h"
#include "parser.h"
#include "schema_set.h"

#include "limpet/base/limits.h"
#include "limpet/base/utf8.h"
#include "limpet/json/writer.h"

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

namespace limpet::avro {
namespace {

constexpr std::size_t kMaxImports = 100;
constexpr std::size_t kTextsBytes = 4UL << 20;
constexpr std::size_t kBundleBytes = 4 * limits::kDefinitionCharacters;

std::string characters_limit() {
  return "the schema and its imports are more than " +
         std::to_string(limits::kDefinitionCharacters) + " characters together";
}

// Prints one text of a set; types of other texts are printed in full where they are met first, or
// stand there as empty ones.
class Printer {
 public:
  enum class Foreign : std::uint8_t { InFull, Empty };

  Printer(const SchemaSet& set, std::uint32_t text, Foreign foreign)
      : set_(set), text_(text), foreign_(foreign) {}

  /// Errors: LimitExceeded.
  Result<std::string> print() {
    print_type(set_.tree(text_), "", 0);
    if (too_deep_) {
      return Error::limit_exceeded("The schema and its imports nest types deeper than " +
                                   std::to_string(limits::kSchemaDepth) + " levels");
    }
    if (is_full()) return Error::limit_exceeded(characters_limit());
    return std::move(out_).take();
  }

  /// Requires: printed.
  bool has_printed(const std::string& full) const { return printed_.contains(full); }

 private:
  bool is_full() const { return foreign_ == Foreign::InFull && out_.text().size() > kBundleBytes; }

  void print_type(const json::Value& value, std::string_view space, std::size_t depth) {
    too_deep_ |= depth >= limits::kSchemaDepth;
    if (too_deep_ || is_full()) {
      out_.null();
    } else if (const auto* definition = set_.defined_at(value); definition != nullptr) {
      print_definition(*definition, space, depth);
    } else if (const auto* mentioned = set_.mentioned_at(value); mentioned != nullptr) {
      print_mention(value, *mentioned, space, depth);
    } else if (value.is_array()) {
      out_.begin_array();
      for (const auto& branch : value.items()) print_type(branch, space, depth + 1);
      out_.end_array();
    } else {
      const auto* word = find_text(value, "type");
      const std::string_view element = word == nullptr    ? ""
                                       : *word == "array" ? "items"
                                       : *word == "map"   ? "values"
                                                          : "";
      print_members(value, element,
                    [&](const json::Value& inner) { print_type(inner, space, depth + 1); });
    }
  }

  // The value as it is, but for one member of an object.
  template <class Print>
  void print_members(const json::Value& value, std::string_view special, const Print& print) {
    if (!value.is_object()) {
      out_.value(value);
      return;
    }
    out_.begin_object();
    for (const auto& member : value.members()) {
      out_.key(member.name);
      if (member.name == special) {
        print(member.value);
      } else {
        out_.value(member.value);
      }
    }
    out_.end_object();
  }

  void print_mention(const json::Value& value, const Definition& mentioned, std::string_view space,
                     std::size_t depth) {
    const auto& name = mentioned.name;
    if (!printed_.contains(name.full)) {
      const auto* own = foreign_ == Foreign::Empty ? own_definition(name.full) : nullptr;
      if (own != nullptr) {
        print_definition(*own, space, depth);
      } else if (foreign_ == Foreign::Empty) {
        printed_.emplace(name.full, &mentioned);
        out_.begin_object().key("type").value("fixed").key("name").value(spelled(name, space));
        out_.key("size").value(0).end_object();
      } else {
        print_definition(mentioned, space, depth);
      }
    } else if (value.is_string() && resolve_name(value.text(), space) != name &&
               !set_.definitions(resolve_name(value.text(), space).full).empty()) {
      out_.value(spelled(name, space));
    } else {
      out_.value(value);
    }
  }

  const Definition* own_definition(const std::string& full) const {
    for (const auto* definition : set_.definitions(full)) {
      if (definition->text == text_) return definition;
    }
    return nullptr;
  }

  // A name without dot means one of the enclosing namespace; a leading dot says that there is none.
  static std::string spelled(const Name& name, std::string_view enclosing) {
    return name.space().empty() && !enclosing.empty() ? "." + name.full : name.full;
  }

  void print_definition(const Definition& definition, std::string_view space, std::size_t depth) {
    const auto& name = definition.name;
    const auto [at, fresh] = printed_.emplace(name.full, &definition);
    // What one text defines twice parse() has to see twice.
    if (!fresh && (at->second == &definition || at->second->text != definition.text)) {
      out_.value(spelled(name, space));
      return;
    }
    const auto& object = *definition.value;
    const auto* written = find_text(object, "name");
    const bool inherits = written->find('.') == std::string::npos &&
                          find_text(object, "namespace") == nullptr && name.space() != space;
    out_.begin_object();
    for (const auto& member : object.members()) {
      if (inherits && member.name == "namespace") continue;  // no text: it means nothing
      out_.key(member.name);
      if (member.name == "fields" && member.value.is_array()) {
        print_fields(member.value, name.space(), depth);
      } else {
        out_.value(member.value);
      }
      if (inherits && member.name == "name") out_.key("namespace").value(name.space());
    }
    out_.end_object();
  }

  void print_fields(const json::Value& fields, std::string_view space, std::size_t depth) {
    out_.begin_array();
    for (const auto& field : fields.items()) {
      print_members(field, "type",
                    [&](const json::Value& type) { print_type(type, space, depth + 1); });
    }
    out_.end_array();
  }

  const SchemaSet& set_;
  std::uint32_t text_;
  Foreign foreign_;
  json::Writer out_;
  std::unordered_map<std::string, const Definition*> printed_;
  bool too_deep_ = false;
};

using NamedNodes = std::unordered_map<std::string_view, const Node*>;

NamedNodes named_nodes(const Schema& schema) {
  NamedNodes found;
  std::vector<const Node*> open{&schema.root()};
  while (!open.empty()) {
    const auto* node = open.back();
    open.pop_back();
    if (is_named(node->type) && !found.emplace(node->name.full, node).second) continue;
    for (const auto& field : node->fields) open.push_back(field.type);
    open.insert(open.end(), node->branches.begin(), node->branches.end());
    if (node->element != nullptr) open.push_back(node->element);
  }
  return found;
}

// Each text is a schema as far as that can be seen without the others, and texts that define one
// type mean the same by it.
Status check_texts(const SchemaSet& set) {
  std::vector<Schema> schemas;
  std::vector<NamedNodes> nodes;
  for (std::uint32_t text = 0; text < set.size(); ++text) {
    LIMPET_TRY(const auto alone, Printer(set, text, Printer::Foreign::Empty).print());
    LIMPET_TRY(const auto tree, read_json(alone));
    auto schema = parse_tree(tree, Defaults::Unchecked);
    if (!schema) return set.blamed(text, std::move(schema).error());
    nodes.push_back(named_nodes(schemas.emplace_back(*std::move(schema))));
  }
  std::unordered_map<std::string_view, std::string> first;  // what the first text says of a type
  for (const auto& definition : set.all()) {
    const auto& full = definition.name.full;
    const auto all = set.definitions(full);
    if (all.size() == 1) continue;
    auto said = print_alone(*nodes[definition.text].at(full));
    const auto [at, fresh] = first.try_emplace(full, std::move(said));  // moves only if fresh
    if (!fresh && at->second != said) {
      return Error::invalid_input(set.described(all.front()->text) + " and " +
                                      set.described(definition.text) + " define " + full +
                                      " differently",
                                  set.place(definition.text, *definition.value));
    }
  }
  return {};
}

// The texts that the root needs, each behind those that it needs itself (unless they need it, too).
std::vector<std::uint32_t> needed(const SchemaSet& set) {
  std::vector<bool> seen(set.size(), false);
  std::vector<std::uint32_t> order;
  struct Open {
    std::uint32_t text;
    std::size_t next = 0;
  };
  std::vector<Open> path{{SchemaSet::kRoot}};
  seen[SchemaSet::kRoot] = true;
  while (!path.empty()) {
    auto& [text, next] = path.back();
    if (next == set.used_by(text).size()) {
      order.push_back(text);
      path.pop_back();
      continue;
    }
    const auto used = set.used_by(text)[next++];
    if (!seen[used]) path.push_back({used});
    seen[used] = true;
  }
  return order;
}

Status check_used(const SchemaSet& set, std::span<const std::uint32_t> order) {
  std::vector<bool> used(set.size(), false);
  for (const auto text : order) used[text] = true;
  for (std::uint32_t text = 0; text < set.size(); ++text) {
    if (used[text]) continue;
    return Error::invalid_input(set.described(text) + " is never used",
                                std::string(set.name(text)));
  }
  return {};
}

Status check_alone(const SchemaSet& set, std::uint32_t text) {
  auto whole = Printer(set, text, Printer::Foreign::InFull).print();
  if (!whole) return set.blamed(text, std::move(whole).error());
  if (auto schema = parse(*whole); !schema) return set.blamed(text, std::move(schema).error());
  return {};
}

Status check_length(std::string_view text) {
  if (code_points(text) <= limits::kDefinitionCharacters) return {};
  return Error::limit_exceeded(characters_limit());
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
  LIMPET_TRY(const auto set, SchemaSet::read(root, imports));
  LIMPET_CHECK(check_texts(set));
  const auto order = needed(set);
  LIMPET_CHECK(check_used(set, order));

  Printer printer(set, SchemaSet::kRoot, Printer::Foreign::InFull);
  LIMPET_TRY(auto whole, printer.print());
  const auto schema = parse(whole);
  for (const auto text : order) {
    // Most are part of the bundle and good if it is.
    const auto* top = set.defined_at(set.tree(text));
    const bool is_part = top != nullptr && printer.has_printed(top->name.full);
    if (text != SchemaSet::kRoot && !(schema && is_part)) LIMPET_CHECK(check_alone(set, text));
  }
  LIMPET_CHECK(schema);
  LIMPET_CHECK(check_length(whole));
  return whole;
}

}  // namespace limpet::avro
