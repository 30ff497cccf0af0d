#include "identity.h"

#include "numbers.h"

#include "limpet/json/writer.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace limpet::avro {
namespace {

std::vector<const json::Member*> by_name(std::span<const json::Member> members) {
  std::vector<const json::Member*> sorted;
  sorted.reserve(members.size());
  for (const auto& member : members) sorted.push_back(&member);
  std::ranges::sort(sorted, {},
                    [](const json::Member* member) -> const std::string& { return member->name; });
  return sorted;
}

// Walks in the order of the text, so that each named type is printed where it was defined and the
// depth of recursion is that of the text.
class Printer {
 public:
  Printer(std::size_t nodes, const Kept& kept) : printed_(nodes, false), kept_(kept) {}
  /// Prints the names of all other named types.
  explicit Printer(const Node& only) : only_(&only) {}

  void print(const Node& node) {
    if (is_named(node.type)) {
      print_named(node);
    } else if (node.type == Type::Union) {
      out_.begin_array();
      for (const auto* branch : node.branches) print(*branch);
      out_.end_array();
    } else if (node.element != nullptr) {
      out_.begin_object().key("type").value(to_string(node.type));
      out_.key(node.type == Type::Array ? "items" : "values");
      print(*node.element);
      print_properties(node.properties);
      out_.end_object();
    } else if (node.properties.empty()) {
      out_.value(to_string(node.type));
    } else {
      out_.begin_object().key("type").value(to_string(node.type));
      print_properties(node.properties);
      out_.end_object();
    }
  }

  std::string take() && { return std::move(out_).take(); }

 private:
  // From the second time on.
  bool has_printed(const Node& node) {
    if (only_ != nullptr) return &node != only_ || std::exchange(only_printed_, true);
    if (printed_[node.id]) return true;
    printed_[node.id] = true;
    return false;
  }

  void print_named(const Node& node) {
    if (has_printed(node)) {
      out_.value(spelled(node.name, space_));
      return;
    }
    out_.begin_object().key("type");
    out_.value(node.is_error ? std::string_view("error") : to_string(node.type));
    out_.key("name").value(spelled(node.name, space_));
    if (node.doc && kept_.docs) out_.key("doc").value(*node.doc);
    if (!node.aliases.empty() && kept_.aliases) {
      out_.key("aliases").begin_array();
      for (const auto& alias : node.aliases) out_.value(spelled(alias, node.name.space()));
      out_.end_array();
    }
    if (node.type == Type::Record) print_fields(node);
    if (node.type == Type::Enum) print_symbols(node);
    if (node.type == Type::Fixed) out_.key("size").value(node.size);
    print_properties(node.properties);
    out_.end_object();
  }

  // A name without dot means one of the enclosing namespace; a leading dot says that there is none.
  static std::string spelled(const Name& name, std::string_view enclosing) {
    return name.space().empty() && !enclosing.empty() ? "." + name.full : name.full;
  }

  void print_fields(const Node& node) {
    const auto outer = std::exchange(space_, node.name.space());
    out_.key("fields").begin_array();
    for (const auto& field : node.fields) {
      out_.begin_object().key("name").value(field.name).key("type");
      print(*field.type);
      if (field.doc && kept_.docs) out_.key("doc").value(*field.doc);
      if (field.default_value) {
        out_.key("default");
        print_value(*field.default_value);
      }
      if (field.order != Order::Ascending) out_.key("order").value(to_string(field.order));
      if (!field.aliases.empty() && kept_.aliases) {
        out_.key("aliases").begin_array();
        for (const auto& alias : field.aliases) out_.value(alias);
        out_.end_array();
      }
      print_properties(field.properties);
      out_.end_object();
    }
    out_.end_array();
    space_ = outer;
  }

  void print_symbols(const Node& node) {
    out_.key("symbols").begin_array();
    for (const auto& symbol : node.symbols) out_.value(symbol);
    out_.end_array();
    if (node.enum_default && kept_.enum_defaults) out_.key("default").value(*node.enum_default);
  }

  void print_properties(const std::vector<json::Member>& properties) {
    for (const auto* member : by_name(properties)) {
      out_.key(member->name);
      print_value(member->value);
    }
  }

  // Depth is that of the JSON text, which the parser bounded.
  void print_value(const json::Value& value) {
    if (value.is_array()) {
      out_.begin_array();
      for (const auto& item : value.items()) print_value(item);
      out_.end_array();
    } else if (value.is_object()) {
      out_.begin_object();
      for (const auto* member : by_name(value.members())) {
        out_.key(member->name);
        print_value(member->value);
      }
      out_.end_object();
    } else {
      out_.value(value.is_number() ? normal_number(value) : value);
    }
  }

  json::Writer out_;
  std::vector<bool> printed_;  // by id
  Kept kept_;
  const Node* only_ = nullptr;
  bool only_printed_ = false;
  std::string_view space_;
};

}  // namespace

std::string print_schema(const Schema& schema, const Kept& kept) {
  Printer printer(schema.node_count(), kept);
  printer.print(schema.root());
  return std::move(printer).take();
}

std::string print_alone(const Node& named) {
  Printer printer(named);
  printer.print(named);
  return std::move(printer).take();
}

std::string identity_form(const Schema& schema) { return print_schema(schema, {}); }

bool equal_in_java(const Schema& a, const Schema& b) {
  constexpr Kept kKept{.docs = false, .aliases = false, .enum_defaults = false};
  return print_schema(a, kKept) == print_schema(b, kKept);
}

}  // namespace limpet::avro
