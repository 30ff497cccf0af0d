// Advice on Avro schemas. The text and the parsed tree are walked side by side: the text has the
// places, the tree the meaning.
#include "collector.h"
#include "spelling.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace limpet::lint {
namespace {

using avro::Field;
using avro::Node;
using avro::Type;

constexpr std::array<std::string_view, 14> kTypeAttributes{
    "type",  "name",   "namespace", "doc",         "aliases",   "fields", "symbols",
    "items", "values", "size",      "logicalType", "precision", "scale",  "default"};
constexpr std::array<std::string_view, 6> kFieldAttributes{"name",  "type",    "doc",
                                                           "order", "aliases", "default"};

struct Logical {
  std::string_view name;
  std::string_view carrier;
};
// Avro 1.11.4 specification, "Logical Types"; big-decimal as Avro Java has it.
constexpr std::array<Logical, 11> kLogicalTypes{{
    {"big-decimal", "bytes"},
    {"date", "int"},
    {"decimal", "bytes or fixed"},
    {"duration", "a fixed of 12 bytes"},
    {"local-timestamp-micros", "long"},
    {"local-timestamp-millis", "long"},
    {"time-micros", "long"},
    {"time-millis", "int"},
    {"timestamp-micros", "long"},
    {"timestamp-millis", "long"},
    {"uuid", "string, or a fixed of 16 bytes"},
}};
constexpr std::array<std::string_view, 2> kNewerLogicalTypes{"local-timestamp-nanos",
                                                             "timestamp-nanos"};

bool is_portable(std::string_view name) {
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
  });
}

const json::Value* property(const std::vector<json::Member>& properties, std::string_view name) {
  const auto found = std::ranges::find(properties, name, &json::Member::name);
  return found == properties.end() ? nullptr : &found->value;
}

bool may_be_null(const Node& type) {
  return type.type == Type::Union && type.branches.size() > 1 && type.at.contains("null");
}

/// Does this object define a type, rather than mention one that stands elsewhere?
bool is_definition(const json::Value& object) {
  const json::Value* word = object.find("type");
  if (word == nullptr || !word->is_string()) return false;
  constexpr std::array<std::string_view, 6> kWords{"record", "error", "enum",
                                                   "fixed",  "array", "map"};
  return std::ranges::find(kWords, word->text()) != kWords.end() ||
         avro::primitive_of(word->text()).has_value();
}

class Linter {
 public:
  explicit Linter(Collector& out) : out_(out) {}

  // Depth: the parser bounds types within each other.
  void walk(const Node& node, const json::Value& value, const std::string& path) {
    if (out_.full()) return;
    if (value.is_array()) {
      for (std::size_t i = 0; i < node.branches.size(); ++i) {
        walk(*node.branches[i], value.items()[i], step(path, i));
      }
      return;
    }
    if (!value.is_object() || !is_definition(value)) return;
    spelling(node.properties, kTypeAttributes, path);
    logical_type(node, path);
    if (avro::is_named(node.type)) name(node, value, path);
    if (node.type == Type::Enum) enumeration(node, path);
    if (node.type == Type::Record) record(node, value, path);
    if (node.type == Type::Array) walk(*node.element, *value.find("items"), step(path, "items"));
    if (node.type == Type::Map) walk(*node.element, *value.find("values"), step(path, "values"));
  }

  void namespaces(const Node& root, const json::Value& value) {
    const auto check = [&](const Node& node, const json::Value& object, const std::string& path) {
      if (!avro::is_named(node.type) || !node.name.space().empty() || !object.is_object()) return;
      out_.add(RuleId::AvroNoNamespace, path,
               avro::describe(node) + " has no namespace, so its full name is the bare " +
                   quoted(node.name.full),
               R"(add a "namespace", such as "com.example.orders")");
    };
    check(root, value, "");
    for (std::size_t i = 0; i < root.branches.size() && value.is_array(); ++i) {
      check(*root.branches[i], value.items()[i], step("", i));
    }
  }

  /// What can be told when all types are known.
  void finish() {
    for (const auto& [node, path] : types_) {
      for (std::size_t i = 0; i < node->aliases.size(); ++i) {
        const std::string& alias = node->aliases[i].full;
        const auto other = by_name_.find(alias);
        if (other == by_name_.end() || other->second == node) continue;
        out_.add(RuleId::AvroAliasShadows, step(path, "aliases"),
                 "the alias " + quoted(alias) + " of " + avro::describe(*node) +
                     " is the name of another type here",
                 "remove the alias, or the other type");
      }
    }
  }

 private:
  void spelling(const std::vector<json::Member>& properties,
                std::span<const std::string_view> known, const std::string& path) {
    if (!out_.wants(RuleId::AvroMisspelledAttribute)) return;
    for (const json::Member& member : properties) {
      const std::string_view meant =
          member.name == "alias" ? "aliases" : nearest_word(member.name, known);
      if (meant.empty()) continue;
      out_.add(RuleId::AvroMisspelledAttribute, step(path, member.name),
               "Avro has no attribute " + quoted(member.name) + " and ignores it",
               "write " + quoted(meant) + ", if that is what it is meant to be");
    }
  }

  void logical_type(const Node& node, const std::string& path) {
    const json::Value* logical = property(node.properties, "logicalType");
    if (logical == nullptr || node.logical) return;
    const std::string here = step(path, "logicalType");
    const std::string plain = avro::describe(node);
    if (!logical->is_string()) {
      return out_.add(RuleId::AvroBrokenLogicalType, here,
                      "a logical type is named by a string, not by " + shown(*logical),
                      "write its name as a string");
    }
    const auto known = std::ranges::find(kLogicalTypes, logical->text(), &Logical::name);
    if (known != kLogicalTypes.end()) {
      const bool decimal =
          known->name == "decimal" && (node.type == Type::Bytes || node.type == Type::Fixed);
      return out_.add(
          RuleId::AvroBrokenLogicalType, here,
          "readers ignore the logical type " + quoted(known->name) + " here: " +
              (decimal ? "its precision or scale is missing, out of range, or more than " + plain +
                             " can hold"
                       : "it needs " + std::string(known->carrier) + ", and this is " + plain),
          decimal ? R"(give a "precision" of 1 or more and a "scale" from 0 to the precision)"
                  : "change the type, or remove the logical type");
    }
    std::string fix = "make sure that every reader has a conversion for it, or remove it";
    std::array<std::string_view, kLogicalTypes.size()> names{};
    std::ranges::transform(kLogicalTypes, names.begin(), &Logical::name);
    const std::string_view meant = nearest_word(logical->text(), names);
    if (std::ranges::find(kNewerLogicalTypes, logical->text()) != kNewerLogicalTypes.end()) {
      fix = "it is new in Avro 1.12: make sure that every reader has that release";
    } else if (!meant.empty()) {
      fix = "write " + quoted(meant) + ", if that is what it is meant to be";
    }
    out_.add(RuleId::AvroUnknownLogicalType, here,
             "Avro 1.11 does not define the logical type " + quoted(logical->text()) +
                 ": readers see a plain " + plain,
             std::move(fix));
  }

  void portable(std::string_view name, const std::string& what, const std::string& path) {
    if (is_portable(name)) return;
    out_.add(RuleId::AvroNameNotPortable, path,
             what + " " + quoted(name) + " has characters that only Avro Java takes in names",
             "use A-Z, a-z, 0-9 and _");
  }

  void missing_doc(bool has_doc, const std::string& what, const std::string& path) {
    if (has_doc) return;
    out_.add(RuleId::AvroMissingDoc, path, what + R"( has no "doc")", R"(add a "doc")");
  }

  void name(const Node& node, const json::Value& value, const std::string& path) {
    types_.emplace_back(&node, path);
    by_name_.emplace(node.name.full, &node);
    portable(node.name.full, "the name", step(path, "name"));
    if (value.find("doc") == nullptr && node.type != Type::Fixed) {
      missing_doc(false, avro::describe(node), path);
    }
    const auto [other, fresh] = folded_types_.emplace(folded(node.name.full), node.name.full);
    if (!fresh) {
      out_.add(RuleId::AvroNamesDifferByCase, step(path, "name"),
               "the types " + quoted(other->second) + " and " + quoted(node.name.full) +
                   " differ only in upper and lower case",
               "rename one of them and keep its old name as an alias");
    }
  }

  void enumeration(const Node& node, const std::string& path) {
    if (!node.enum_default) {
      out_.add(RuleId::AvroEnumWithoutDefault, path,
               avro::describe(node) +
                   " has no default, so that no symbol can be added under FORWARD or FULL, nor "
                   "removed under BACKWARD or FULL",
               R"(add a symbol such as "UNKNOWN" and name it as the enum's "default")");
    }
    std::unordered_map<std::string, std::string_view> seen;
    for (std::size_t i = 0; i < node.symbols.size(); ++i) {
      const std::string here = step(step(path, "symbols"), i);
      portable(node.symbols[i], "the symbol", here);
      const auto [other, fresh] = seen.emplace(folded(node.symbols[i]), node.symbols[i]);
      if (fresh) continue;
      out_.add(RuleId::AvroNamesDifferByCase, here,
               "the symbols " + quoted(other->second) + " and " + quoted(node.symbols[i]) +
                   " differ only in upper and lower case",
               "keep one of them");
    }
  }

  void record(const Node& node, const json::Value& value, const std::string& path) {
    const auto fields = value.find("fields")->items();
    std::unordered_map<std::string, std::string_view> seen;
    std::unordered_map<std::string_view, std::string_view> aliases;
    for (std::size_t i = 0; i < node.fields.size() && !out_.full(); ++i) {
      const Field& field = node.fields[i];
      const std::string here = step(step(path, "fields"), i);
      default_value(field, fields[i], here);
      spelling(field.properties, kFieldAttributes, here);
      portable(field.name, "the field", step(here, "name"));
      missing_doc(field.doc.has_value(), "field " + quoted(field.name), here);
      misplaced(field, fields[i], here);
      const auto [other, fresh] = seen.emplace(folded(field.name), field.name);
      if (!fresh) {
        out_.add(RuleId::AvroNamesDifferByCase, step(here, "name"),
                 "the fields " + quoted(other->second) + " and " + quoted(field.name) +
                     " differ only in upper and lower case",
                 "rename one of them and keep its old name as an alias");
      }
      for (const std::string& alias : field.aliases) {
        const auto [owner, first] = aliases.emplace(alias, field.name);
        const bool named = alias != field.name && node.find_field(alias) != nullptr;
        if (!named && (first || owner->second == field.name)) continue;
        out_.add(RuleId::AvroAliasShadows, step(here, "aliases"),
                 "the alias " + quoted(alias) + " of field " + quoted(field.name) + " is also " +
                     (named ? "the name of another field"
                            : "an alias of field " + quoted(owner->second)),
                 "remove the alias from one of them");
      }
      walk(*field.type, *fields[i].find("type"), step(here, "type"));
    }
  }

  void default_value(const Field& field, const json::Value& object, const std::string& path) {
    const std::string subject = "field " + quoted(field.name);
    if (field.default_value) {
      if (!field.default_usable) {
        out_.add(RuleId::AvroUnusableDefault, step(path, "default"),
                 "the default of " + subject + ", " + shown(*field.default_value) +
                     ", is no value that can be written: an enum in it has no such symbol",
                 "use a symbol of the enum");
      }
      return;
    }
    const std::string effect =
        " has no default, so that it cannot be added under BACKWARD or FULL, nor removed under "
        "FORWARD or FULL";
    if (!may_be_null(*field.type)) {
      return out_.add(RuleId::AvroFieldWithoutDefault, path, subject + effect,
                      "give it a default, if it is not to stay for ever");
    }
    const bool first = field.type->branches.front()->type == Type::Null;
    const bool here = object.find("type")->is_array();
    out_.add(RuleId::AvroOptionalWithoutDefault, path, subject + " may be null but" + effect,
             first || !here ? R"(add "default": null)"
                            : R"(put "null" first in the union and add "default": null)");
  }

  void misplaced(const Field& field, const json::Value& object, const std::string& path) {
    const json::Value* logical = property(field.properties, "logicalType");
    const json::Value& type = *object.find("type");
    if (logical == nullptr || (type.is_object() && type.find("logicalType") != nullptr)) return;
    const std::string word = type.is_string() ? quoted(type.text()) : "…";
    out_.add(RuleId::AvroMisplacedLogicalType, step(path, "logicalType"),
             "\"logicalType\" stands beside the type of field " + quoted(field.name) +
                 ", where nobody reads it",
             R"(write it into the type: "type": {"type": )" + word + R"(, "logicalType": )" +
                 shown(*logical) + "}");
  }

  Collector& out_;
  std::vector<std::pair<const Node*, std::string>> types_;
  std::unordered_map<std::string_view, const Node*> by_name_;
  std::unordered_map<std::string, std::string_view> folded_types_;
};

}  // namespace

void lint_avro(const avro::Schema& schema, const json::Value& document, Collector& out) {
  Linter linter(out);
  linter.namespaces(schema.root(), document);
  linter.walk(schema.root(), document, "");
  linter.finish();
}

}  // namespace limpet::lint
