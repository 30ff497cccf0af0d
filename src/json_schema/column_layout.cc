#include "limpet/json_schema/column_layout.h"

#include "keywords.h"
#include "model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <ranges>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace limpet::json_schema {
namespace {

using columns::ColumnType;
using columns::Kind;
using columns::Projection;

constexpr std::size_t kTextOverhead = 32;
constexpr std::uint64_t kMaxSteps = 1UL << 18;
constexpr int kMaxNesting = 128;  // alternatives and conditions within each other

/// A set of types; a number that is an integer has both bits of a number.
using Types = unsigned;
constexpr Types kNull = 1;
constexpr Types kBoolean = 2;
constexpr Types kInteger = 4;
constexpr Types kFraction = 8;
constexpr Types kString = 16;
constexpr Types kObject = 32;
constexpr Types kArray = 64;
constexpr Types kNumber = kInteger | kFraction;
constexpr Types kAny = 127;

Types types_of_name(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Types>, 7> kNames{{{"null", kNull},
                                                                      {"boolean", kBoolean},
                                                                      {"integer", kInteger},
                                                                      {"number", kNumber},
                                                                      {"string", kString},
                                                                      {"object", kObject},
                                                                      {"array", kArray}}};
  const auto* const found =
      std::ranges::find(kNames, name, &std::pair<std::string_view, Types>::first);
  return found == kNames.end() ? 0 : found->second;
}

Types types_of_value(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::Null:
      return kNull;
    case json::Kind::Bool:
      return kBoolean;
    case json::Kind::Number: {
      const auto number = value.as_double().value_or(0.5);
      return std::trunc(number) == number ? kInteger : kFraction;
    }
    case json::Kind::String:
      return kString;
    case json::Kind::Array:
      return kArray;
    case json::Kind::Object:
      return kObject;
  }
  return kAny;
}

using Nodes = std::vector<const Node*>;

/// All schemas that hold for one value.
struct Applied {
  Nodes nodes;           ///< in the order in which they are met
  Types types = kAny;    ///< what they leave
  bool nothing = false;  ///< one of them is `false`
  /// Objects and arrays are not of one form: alternatives differ, or only the instance decides.
  bool varies = false;
};

class LayoutMaker {
 public:
  LayoutMaker(const Model& model, const ColumnOptions& options)
      : model_(model), options_(options) {}

  Result<columns::RowLayout> make() {
    LIMPET_TRY(const auto wanted, Projection::parse(options_.projection));
    const Applied root = apply({&model_.root()});
    layout_.wrapped = root.types != kObject || root.nothing || root.varies ||
                      conditional(root.nodes) || properties_of(root.nodes).empty();
    LIMPET_CHECK(check_steps());
    if (!layout_.wrapped) {
      LIMPET_CHECK(fill(root, wanted, layout_.row));
    } else {
      if (!wanted.takes_all()) {
        return Error::invalid_input("only an object with properties has some to choose from",
                                    options_.projection.front());
      }
      layout_.row.kind = Kind::Struct;
      layout_.cells.emplace_back();
      auto& column = layout_.row.children.emplace_back();
      column.name = "value";
      LIMPET_CHECK(fill(root, wanted, column));
    }
    LIMPET_CHECK(check_steps());
    LIMPET_CHECK(columns::check(layout_.row));
    return std::move(layout_);
  }

 private:
  // ---- What holds for a value ----

  const json::Value* keyword(const Node& node, std::string_view name) const {
    if (!node.value->is_object()) return nullptr;
    const auto* value = node.find(name);
    if (value == nullptr || find_keyword(model_.resource_of(node).dialect(), name) == nullptr) {
      return nullptr;
    }
    return value;
  }

  bool step(std::uint64_t count = 1) {
    steps_ += count;
    return steps_ <= kMaxSteps;
  }
  Status check_steps() const {
    if (steps_ <= kMaxSteps && !too_nested_) return {};
    return Error::limit_exceeded(too_nested_
                                     ? "the schema has more than " + std::to_string(kMaxNesting) +
                                           " alternatives and conditions within each other"
                                     : "making columns of the schema takes more than 2^18 steps",
                                 path_);
  }

  // Recursion is safe: it ends at kMaxNesting. When it goes beyond a limit, check_steps() tells.
  Applied apply(const Nodes& from) {
    Applied out;
    too_nested_ = too_nested_ || nesting_ >= kMaxNesting;
    if (too_nested_) return out;
    ++nesting_;
    std::unordered_set<const Node*> seen;
    gather(from, out, seen);
    // What branches leave is in `types` when these were weighed: null may have come from another
    // branch than the one that is left.
    const std::size_t own = out.nodes.size();
    for (std::size_t i = 0; i < out.nodes.size() && !too_nested_; ++i) {
      const Types types = out.types;
      for (const auto* name : {"anyOf", "oneOf"}) {
        if (const auto* branches = keyword(*out.nodes[i], name)) {
          add_alternatives(*branches, out, seen);
        }
      }
      if (i >= own) out.types = types;
    }
    --nesting_;
    return out;
  }

  void gather(const Nodes& from, Applied& out, std::unordered_set<const Node*>& seen) {
    Nodes open(from.rbegin(), from.rend());
    while (!open.empty()) {
      const Node& node = *open.back();
      open.pop_back();
      if (!step() || !seen.insert(&node).second) continue;
      if (node.value->is_bool()) {
        if (!node.value->as_bool()) out.nothing = true;
        continue;
      }
      const auto* all = keyword(node, "allOf");
      if (all != nullptr) {
        for (const auto& item : all->items() | std::views::reverse) {
          open.push_back(&model_.at(item));
        }
      }
      if (node.ref != nullptr) open.push_back(node.ref);
      if (node.dynamic_ref != nullptr) out.varies = true;
      // What only refers is known by what it refers to.
      if (node.ref != nullptr && (node.only_ref || node.value->members().size() == 1)) continue;
      out.types &= own_types(node);
      out.nodes.push_back(&node);
    }
  }

  Types own_types(const Node& node) {
    Types types = kAny;
    if (const auto* type = keyword(node, "type")) {
      Types named = type->is_string() ? types_of_name(type->text()) : 0;
      for (const auto& item : type->items()) {
        if (item.is_string()) named |= types_of_name(item.text());
      }
      types &= named;
    }
    if (const auto* values = keyword(node, "enum")) {
      Types listed = 0;
      step(values->items().size());
      for (const auto& item : values->items()) listed |= types_of_value(item);
      types &= listed;
    }
    // Which is not in the table of keywords, as it may be anything.
    const auto* value = node.find("const");
    if (value != nullptr && model_.resource_of(node).dialect() >= Dialect::Draft6) {
      types &= types_of_value(*value);
    }
    return types;
  }

  void add_alternatives(const json::Value& branches, Applied& out,
                        std::unordered_set<const Node*>& seen) {
    Types together = 0;
    Nodes left;
    for (const auto& branch : branches.items()) {
      if (!step()) return;
      const auto applied = apply({&model_.at(branch)});
      const Types types = applied.nothing ? 0 : applied.types & out.types;
      together |= types;
      if ((types & ~kNull) != 0) left.push_back(&model_.at(branch));
    }
    out.types &= together;
    if (left.size() == 1) {
      const Types types = out.types;
      gather(left, out, seen);
      out.types = types;  // null may have come from another branch
    } else {
      for (const auto* node : left) out.varies = out.varies || !only_narrows(*node, out.nodes);
    }
  }

  // Whether an alternative says nothing about which members or items there are, beyond what
  // `others` say. Recursion is safe: apply() ends it at kMaxNesting.
  bool only_narrows(const Node& alternative, const Nodes& others) {
    const auto applied = apply({&alternative});
    if (applied.varies || too_nested_) return false;
    ++nesting_;
    const bool depends = conditional(applied.nodes);
    --nesting_;
    if (depends) return false;
    std::set<std::string_view> known;
    for (const auto* node : others) {
      if (const auto* properties = keyword(*node, "properties")) {
        if (!step(properties->members().size())) return false;
        for (const auto& member : properties->members()) known.insert(member.name);
      }
    }
    for (const auto* node : applied.nodes) {
      if (keyword(*node, "items") != nullptr || keyword(*node, "prefixItems") != nullptr) {
        return false;
      }
      const auto* properties = keyword(*node, "properties");
      if (properties == nullptr) continue;
      for (const auto& member : properties->members()) {
        if (!step() || !known.contains(member.name) || has_parts(model_.at(member.value))) {
          return false;
        }
      }
    }
    return true;
  }

  // Whether a schema says more of a value than its type and bounds.
  bool has_parts(const Node& node) const {
    if (node.ref != nullptr || node.dynamic_ref != nullptr) return true;
    return std::ranges::any_of(
        std::array{"properties", "items", "prefixItems", "allOf", "anyOf", "oneOf", "if"},
        [&](const char* name) { return keyword(node, name) != nullptr; });
  }

  // Whether only an instance tells which schemas hold.
  bool conditional(const Nodes& nodes) {
    for (const auto* node : nodes) {
      for (const auto* name : {"then", "else", "dependentSchemas", "dependencies"}) {
        const auto* value = keyword(*node, name);
        if (value == nullptr) continue;
        if (const auto one = model_.by_value.find(value); one != model_.by_value.end()) {
          if (!only_narrows(*one->second, nodes)) return true;
        }
        for (const auto& member : value->members()) {
          if (!step()) return true;
          const auto one = model_.by_value.find(&member.value);
          if (one == model_.by_value.end()) continue;
          if (!only_narrows(*one->second, nodes)) return true;
        }
      }
    }
    return false;
  }

  struct Property {
    std::string_view name;
    Nodes nodes;
  };
  std::vector<Property> properties_of(const Nodes& nodes) {
    std::vector<Property> out;
    std::map<std::string_view, std::size_t> at;
    for (const auto* node : nodes) {
      const auto* properties = keyword(*node, "properties");
      if (properties == nullptr) continue;
      for (const auto& member : properties->members()) {
        if (!step()) return out;
        const auto [known, made] = at.try_emplace(member.name, out.size());
        if (made) out.push_back({member.name, {}});
        out[known->second].nodes.push_back(&model_.at(member.value));
      }
    }
    return out;
  }

  std::set<std::string_view> required_of(const Nodes& nodes) {
    std::set<std::string_view> out;
    for (const auto* node : nodes) {
      const auto* required = keyword(*node, "required");
      if (required == nullptr || !step(required->items().size())) continue;
      for (const auto& name : required->items()) {
        if (name.is_string()) out.insert(name.text());
      }
    }
    return out;
  }

  // ---- Its columns ----

  Error refuse(std::string message) const {
    return Error::invalid_input(std::move(message), path_);
  }

  Status charge(std::size_t bytes) {
    text_bytes_ += bytes + kTextOverhead;
    if (text_bytes_ <= columns::kMaxLayoutText) return {};
    return Error::limit_exceeded("names and descriptions of the columns take more than 16 MiB",
                                 path_);
  }

  static Status as_text(const Projection& wanted, ColumnType& column, columns::Cell& cell,
                        const std::string& path) {
    if (!wanted.takes_all()) {
      return Error::invalid_input("a value without fixed form has no members to choose from", path);
    }
    columns::mark_as_json(column);
    cell.source = columns::Source::JsonText;
    return {};
  }

  // `column` has its name, and is nullable where the member may be missing.
  Status fill(const Applied& applied, const Projection& wanted, ColumnType& column) {
    LIMPET_CHECK(check_steps());
    if (layout_.cells.size() >= columns::kMaxColumns) {
      return Error::limit_exceeded(
          "the schema has more than " + std::to_string(columns::kMaxColumns) + " columns", path_);
    }
    if (open_.size() > columns::kMaxDepth) {
      return Error::limit_exceeded("the schema's types lie more than " +
                                       std::to_string(columns::kMaxDepth) + " within each other",
                                   path_);
    }
    const auto cell = layout_.cells.size();
    layout_.cells.emplace_back();
    LIMPET_CHECK(describe_it(applied, column));
    const bool takes_null = (applied.types & kNull) != 0;
    Kind kind = Kind::Null;
    switch (applied.nothing ? kAny : applied.types & ~kNull) {
      case 0:
        if (!takes_null) return as_text(wanted, column, layout_.cells[cell], path_);
        break;
      case kBoolean:
        kind = Kind::Boolean;
        break;
      case kInteger:
        kind = Kind::Int64;
        break;
      case kFraction:
      case kNumber:
        kind = Kind::Double;
        break;
      case kString:
        kind = Kind::Utf8;
        break;
      case kObject:
        kind = Kind::Struct;
        break;
      case kArray:
        kind = Kind::List;
        break;
      default:
        return as_text(wanted, column, layout_.cells[cell], path_);
    }
    if (kind == Kind::Struct || kind == Kind::List) {
      return fill_nested(applied, kind, cell, wanted, column);
    }
    if (!wanted.takes_all()) return refuse("a value without members has none to choose from");
    column.kind = kind;
    column.nullable = column.nullable || takes_null;
    return {};
  }

  Status describe_it(const Applied& applied, ColumnType& column) {
    for (const auto* node : applied.nodes) {
      const auto* words = keyword_or_remark(*node, "description");
      if (words == nullptr || !words->is_string()) continue;
      LIMPET_CHECK(charge(words->text().size()));
      column.metadata.emplace_back("json_schema.description", words->text());
      break;
    }
    return {};
  }
  static const json::Value* keyword_or_remark(const Node& node, std::string_view name) {
    return node.value->is_object() ? node.find(name) : nullptr;
  }

  Status fill_nested(const Applied& applied, Kind kind, std::size_t cell, const Projection& wanted,
                     ColumnType& column) {
    Nodes sorted = applied.nodes;
    std::ranges::sort(sorted);
    step(open_.size());
    const bool holds_itself = std::ranges::find(open_, sorted) != open_.end();
    const bool one_form = !holds_itself && !applied.varies && !conditional(applied.nodes);
    LIMPET_CHECK(check_steps());
    if (!one_form) {
      return as_text(wanted, column, layout_.cells[cell], path_);
    }
    open_.push_back(std::move(sorted));
    const bool may_be_missing = column.nullable;
    column.nullable = may_be_missing || (applied.types & kNull) != 0;
    LIMPET_TRY(const bool done, kind == Kind::Struct ? fill_struct(applied.nodes, wanted, column)
                                                     : fill_list(applied.nodes, wanted, column));
    open_.pop_back();
    if (done) return {};
    column.nullable = may_be_missing;
    return as_text(wanted, column, layout_.cells[cell], path_);
  }

  // False: it has no fixed form, and nothing was done.
  Result<bool> fill_struct(const Nodes& nodes, const Projection& wanted, ColumnType& column) {
    const auto properties = properties_of(nodes);
    if (properties.empty()) return false;
    for (const auto& [name, below] : wanted.fields) {
      if (std::ranges::find(properties, name, &Property::name) == properties.end()) {
        return refuse("the schema has no property " + name + " to choose");
      }
    }
    const auto required = required_of(nodes);
    column.kind = Kind::Struct;
    for (const auto& property : properties) {
      const auto* below = wanted.find(property.name);
      if (below == nullptr) continue;
      LIMPET_CHECK(charge(property.name.size()));
      const auto before = path_.size();
      path_.append(before == 0 ? "" : ".").append(property.name);
      auto& child = column.children.emplace_back();
      child.name = property.name;
      child.nullable = !required.contains(property.name);
      LIMPET_CHECK(fill(apply(property.nodes), *below, child));
      path_.resize(before);
    }
    return true;
  }

  Result<bool> fill_list(const Nodes& nodes, const Projection& wanted, ColumnType& column) {
    Nodes items;
    for (const auto* node : nodes) {
      if (keyword(*node, "prefixItems") != nullptr) return false;
      const auto* value = keyword(*node, "items");
      if (value == nullptr) continue;
      if (value->is_array()) return false;
      items.push_back(&model_.at(*value));
    }
    column.kind = Kind::List;
    column.children.push_back({.name = "item"});
    LIMPET_CHECK(fill(apply(items), wanted, column.children[0]));
    return true;
  }

  const Model& model_;
  const ColumnOptions& options_;
  columns::RowLayout layout_;
  std::uint64_t steps_ = 0;
  bool too_nested_ = false;
  int nesting_ = 0;
  std::size_t text_bytes_ = 0;
  std::string path_;
  std::vector<Nodes> open_;  // objects and arrays that are being laid out
};

}  // namespace

Result<columns::RowLayout> column_layout(const Schema& schema, const ColumnOptions& options) {
  return LayoutMaker(*schema.model(), options).make();
}

}  // namespace limpet::json_schema
