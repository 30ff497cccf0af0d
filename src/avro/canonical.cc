#include "limpet/avro/schema.h"
#include "limpet/json/writer.h"

#include <utility>
#include <vector>

namespace limpet::avro {
namespace {

// Walks in the order of the text, so that each named type is printed where it was defined and the
// depth of recursion is that of the text.
class Printer {
 public:
  explicit Printer(std::size_t nodes) : printed_(nodes, false) {}

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
      out_.end_object();
    } else {
      out_.value(to_string(node.type));
    }
  }

  std::string take() && { return std::move(out_).take(); }

 private:
  void print_named(const Node& node) {
    if (printed_[node.id]) {
      out_.value(node.name.full);
      return;
    }
    printed_[node.id] = true;
    out_.begin_object().key("name").value(node.name.full).key("type").value(to_string(node.type));
    if (node.type == Type::Enum) {
      out_.key("symbols").begin_array();
      for (const auto& symbol : node.symbols) out_.value(symbol);
      out_.end_array();
    } else if (node.type == Type::Fixed) {
      out_.key("size").value(node.size);
    } else {
      out_.key("fields").begin_array();
      for (const auto& field : node.fields) {
        out_.begin_object().key("name").value(field.name).key("type");
        print(*field.type);
        out_.end_object();
      }
      out_.end_array();
    }
    out_.end_object();
  }

  json::Writer out_;
  std::vector<bool> printed_;  // by id
};

}  // namespace

std::string canonical_form(const Schema& schema) {
  Printer printer(schema.node_count());
  printer.print(schema.root());
  return std::move(printer).take();
}

}  // namespace limpet::avro
