#include "limpet/avro/node.h"

#include <algorithm>
#include <array>

namespace limpet::avro {
namespace {

constexpr std::array<std::string_view, 14> kTypeWords{
    "null",   "boolean", "int",  "long",  "float", "double", "bytes",
    "string", "record",  "enum", "fixed", "array", "map",    "union"};

constexpr std::size_t kDescribedBranches = 8;

void append(std::string& out, const Node& node, int depth) {
  if (is_named(node.type)) {
    out.append(to_string(node.type)).append(" ").append(node.name.full);
    return;
  }
  if (node.type != Type::Union && node.element == nullptr) {
    out.append(to_string(node.type));
    return;
  }
  if (depth == 0) {
    out.append(to_string(node.type)).append(" …");
    return;
  }
  if (node.element != nullptr) {
    out.append(to_string(node.type)).append(" of ");
    append(out, *node.element, depth - 1);
    return;
  }
  out.append("union [");
  const auto shown = std::min(node.branches.size(), kDescribedBranches);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out.append(", ");
    append(out, *node.branches[i], depth - 1);
  }
  out.append(shown < node.branches.size() ? ", …]" : "]");
}

}  // namespace

std::string_view to_string(Type type) { return kTypeWords[static_cast<std::size_t>(type)]; }

std::optional<Type> primitive_of(std::string_view word) {
  for (std::size_t i = 0; i < kPrimitiveCount; ++i) {
    if (kTypeWords[i] == word) return static_cast<Type>(i);
  }
  return std::nullopt;
}

std::string_view to_string(Order order) {
  switch (order) {
    case Order::Ascending:
      return "ascending";
    case Order::Descending:
      return "descending";
    case Order::Ignore:
      return "ignore";
  }
  return "";
}

const Field* Node::find_field(std::string_view wanted) const {
  const auto found = at.find(wanted);
  return found == at.end() || type != Type::Record ? nullptr : &fields[found->second];
}

bool Node::has_symbol(std::string_view symbol) const {
  return type == Type::Enum && at.contains(symbol);
}

std::optional<std::uint32_t> Node::find_branch(Type wanted, std::string_view branch) const {
  const auto found = at.find(branch);
  if (type != Type::Union || found == at.end()) return std::nullopt;
  return branches[found->second]->type == wanted ? std::optional(found->second) : std::nullopt;
}

std::string_view branch_name(const Node& node) {
  return is_named(node.type) ? std::string_view(node.name.full) : to_string(node.type);
}

std::string describe(const Node& node) {
  std::string out;
  append(out, node, 3);
  return out;
}

}  // namespace limpet::avro
