#include "schema_set.h"

#include "attributes.h"
#include "names.h"
#include "parser.h"

#include "limpet/base/limits.h"

#include <algorithm>
#include <set>
#include <utility>

namespace limpet::avro {
namespace {

// Calls define() for each definition of a text and mention() for each name, in the order of the
// text. Stops where parse() would find the types nested too deeply.
template <class Visitor>
Status walk(const json::Value& value, std::string_view space, Visitor& visitor, std::size_t depth) {
  if (depth >= limits::kSchemaDepth) return {};
  if (value.is_string()) return visitor.mention(value, value.text(), space);
  for (const auto& branch : value.items()) LIMPET_CHECK(walk(branch, space, visitor, depth + 1));
  const auto* word = find_text(value, "type");
  if (word == nullptr || primitive_of(*word)) return {};
  if (*word == "array" || *word == "map") {
    const auto* element = value.find(*word == "array" ? "items" : "values");
    return element == nullptr ? Status() : walk(*element, space, visitor, depth + 1);
  }
  if (*word != "record" && *word != "error" && *word != "enum" && *word != "fixed") {
    return visitor.mention(value, *word, space);
  }
  const auto* definition = visitor.define(value, space);
  const auto* fields = *word == "record" || *word == "error" ? value.find("fields") : nullptr;
  if (definition == nullptr || fields == nullptr) return {};
  for (const auto& field : fields->items()) {
    const auto* type = field.find("type");
    if (type == nullptr) continue;
    LIMPET_CHECK(walk(*type, definition->name.space(), visitor, depth + 1));
  }
  return {};
}

// The JSON pointer from `tree` to the value within it.
std::string pointer_to(const json::Value& tree, const json::Value& wanted) {
  struct Open {
    const json::Value* value;
    std::size_t next;
  };
  std::vector<Open> path{{&tree, 0}};
  while (!path.empty() && path.back().value != &wanted) {
    auto& [value, next] = path.back();
    const json::Value* child = nullptr;
    if (next < value->items().size()) child = &value->items()[next];
    if (next < value->members().size()) child = &value->members()[next].value;
    ++next;
    if (child == nullptr) {
      path.pop_back();
    } else {
      path.push_back({child, 0});
    }
  }
  std::string pointer;
  for (const auto& [value, next] : path) {
    if (value == &wanted) break;
    pointer += "/" + (value->is_array() ? std::to_string(next - 1)
                                        : value->members()[next - 1].name);  // our own words
  }
  return pointer;
}

}  // namespace

class SchemaSet::Collector {
 public:
  Collector(SchemaSet& set, std::uint32_t text) : set_(set), text_(text) {}

  const Definition* define(const json::Value& object, std::string_view space) {
    const auto* written = find_text(object, "name");
    if (written == nullptr) return nullptr;
    if (const auto* own = find_text(object, "namespace"); own != nullptr) space = *own;
    auto& made = set_.definitions_.emplace_back(&object, resolve_name(*written, space), text_);
    set_.defined_at_.emplace(&object, &made);
    set_.by_name_[made.name.full].push_back(&made);
    return &made;
  }
  Status mention(const json::Value&, std::string_view, std::string_view) { return {}; }

 private:
  SchemaSet& set_;
  std::uint32_t text_;
};

class SchemaSet::Resolver {
 public:
  Resolver(SchemaSet& set, std::uint32_t text) : set_(set), text_(text) {}

  const Definition* define(const json::Value& object, std::string_view) {
    const auto* definition = set_.defined_at(object);
    if (definition != nullptr) own_.emplace(definition->name.full, definition);
    return definition;
  }

  Status mention(const json::Value& value, std::string_view written, std::string_view space) {
    if (value.is_string() && primitive_of(written)) return {};
    const auto near = resolve_name(written, space).full;
    // Only a bare name is looked for in the null namespace, too.
    const auto far = value.is_string() ? resolve_name(written, "").full : near;
    const auto* found = own(near);
    if (found == nullptr) {
      found = foreign(near);
      if (far != near) {
        const auto* other = own(far);
        if (other == nullptr) other = foreign(far);
        if (found != nullptr && other != nullptr) {
          return refuse(value, "The name \"" + std::string(written) + "\" could mean " + near +
                                   " or " + far + "; write \"" + near + "\" or \"." + far + "\"");
        }
        if (found == nullptr) found = other;
      }
    }
    if (found == nullptr) {
      return refuse(value, "\"" + near + "\" is not a defined name, and no import defines it");
    }
    set_.mentioned_at_.emplace(&value, found);
    if (found->text != text_) uses_.insert(found->text);
    return {};
  }

  std::vector<std::uint32_t> uses() const { return {uses_.begin(), uses_.end()}; }

 private:
  const Definition* own(const std::string& full) const {
    const auto found = own_.find(full);
    return found == own_.end() ? nullptr : found->second;
  }

  // The import of that name, else the first one that defines such a type somewhere.
  const Definition* foreign(const std::string& full) const {
    const Definition* found = nullptr;
    for (const auto* definition : set_.definitions(full)) {
      if (definition->text == kRoot || definition->text == text_) continue;
      if (set_.names_[definition->text] == full) return definition;
      if (found == nullptr) found = definition;
    }
    return found;
  }

  Error refuse(const json::Value& value, std::string message) const {
    auto error = set_.blamed(text_, Error::invalid_input(std::move(message)));
    error.where = set_.place(text_, value);
    return error;
  }

  SchemaSet& set_;
  std::uint32_t text_;
  std::unordered_map<std::string_view, const Definition*> own_;  // so far
  std::set<std::uint32_t> uses_;
};

Result<SchemaSet> SchemaSet::read(std::string_view root, std::span<const NamedText> imports) {
  SchemaSet set;
  set.trees_.reserve(imports.size() + 1);  // definitions point into it
  const auto add = [&](std::string_view name, std::string_view text) -> Status {
    set.names_.push_back(name);
    auto tree = read_json(text);
    if (!tree) return set.blamed(set.size(), std::move(tree).error());
    set.trees_.push_back(*std::move(tree));
    return {};
  };
  LIMPET_CHECK(add({}, root));
  std::unordered_set<std::string_view> names;
  for (const auto& [name, text] : imports) {
    if (!names.insert(name).second) {
      return Error::invalid_input("the import " + std::string(name) + " is given twice",
                                  std::string(name));
    }
    LIMPET_CHECK(add(name, text));
  }
  for (std::uint32_t text = 0; text < set.size(); ++text) {
    Collector collector(set, text);
    LIMPET_CHECK(walk(set.tree(text), "", collector, 0));
    if (text != kRoot) LIMPET_CHECK(set.check_import(text));
  }
  for (std::uint32_t text = 0; text < set.size(); ++text) {
    Resolver resolver(set, text);
    LIMPET_CHECK(walk(set.tree(text), "", resolver, 0));
    set.uses_.push_back(resolver.uses());
  }
  return set;
}

Status SchemaSet::check_import(std::uint32_t text) const {
  const std::string name(names_[text]);
  const auto of_that_name = definitions(name);
  const bool defines = std::ranges::any_of(
      of_that_name, [&](const Definition* definition) { return definition->text == text; });
  const auto* top = defined_at(tree(text));
  if (defines && (top == nullptr || top->name.full == name)) return {};
  return Error::invalid_input(
      described(text) + " does not define a type of that name" +
          (top == nullptr ? "" : ", but " + top->name.full + (defines ? " around it" : "")),
      name);
}

std::string SchemaSet::described(std::uint32_t text) const {
  return text == kRoot ? "this schema" : "the import " + std::string(names_[text]);
}

Error SchemaSet::blamed(std::uint32_t text, Error error) const {
  if (text == kRoot) return error;
  const std::string name(names_[text]);
  error.message = "in the import " + name + ": " + error.message;
  error.where = name + (error.where.empty() ? "" : " " + error.where);
  return error;
}

std::string SchemaSet::place(std::uint32_t text, const json::Value& value) const {
  auto pointer = pointer_to(tree(text), value);
  if (text == kRoot) return pointer;
  return std::string(names_[text]) + (pointer.empty() ? "" : " " + pointer);
}

const Definition* SchemaSet::defined_at(const json::Value& value) const {
  const auto found = defined_at_.find(&value);
  return found == defined_at_.end() ? nullptr : found->second;
}

const Definition* SchemaSet::mentioned_at(const json::Value& value) const {
  const auto found = mentioned_at_.find(&value);
  return found == mentioned_at_.end() ? nullptr : found->second;
}

std::span<const Definition* const> SchemaSet::definitions(const std::string& full) const {
  const auto found = by_name_.find(full);
  if (found == by_name_.end()) return {};
  return found->second;
}

}  // namespace limpet::avro
