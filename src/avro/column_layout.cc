#include "column_layout.h"

#include "read_plan.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace limpet::avro {
namespace {

using columns::ColumnType;
using columns::Kind;
using columns::Unit;
using value::Logical;

constexpr std::size_t kTextBytes = 16UL << 20;
constexpr std::size_t kTextOverhead = 32;
constexpr std::int32_t kDigits128 = 38;
constexpr std::int32_t kDigits256 = 76;

/// The fields that are wanted below a record; nobody named: all.
struct Wanted {
  std::map<std::string, Wanted, std::less<>> fields;
};

Status add_path(Wanted& root, const std::string& path) {
  Wanted* at = &root;
  bool fresh = true;
  for (std::size_t from = 0; from <= path.size();) {
    const auto dot = std::min(path.find('.', from), path.size());
    const auto name = path.substr(from, dot - from);
    if (name.empty()) return Error::invalid_input("the projection has an empty name", path);
    const auto [known, made] = at->fields.try_emplace(name);
    if (!made && known->second.fields.empty()) return {};  // the whole field is wanted already
    fresh = made;
    at = &known->second;
    from = dot + 1;
  }
  if (!fresh) at->fields.clear();
  return {};
}

// Recursion is safe: it ends at columns::kMaxDepth, or where a type holds itself.
class LayoutMaker {
 public:
  LayoutMaker(ColumnLayout::State& layout, const ColumnOptions& options)
      : layout_(layout), options_(options) {}

  Status make() {
    Wanted wanted;
    for (const auto& path : options_.projection) LIMPET_CHECK(add_path(wanted, path));
    layout_.projected = !options_.projection.empty();
    const Node& root = layout_.reader.root();
    layout_.wrapped = root.type != Type::Record;
    if (!layout_.wrapped) {
      LIMPET_CHECK(make_slot(root, wanted, layout_.row));
      return {};
    }
    if (layout_.projected) {
      return Error::invalid_input("only a record has fields to choose from, not " + describe(root),
                                  options_.projection.front());
    }
    layout_.row.kind = Kind::Struct;
    next_column_ = 1;
    auto& column = layout_.row.children.emplace_back();
    column.name = "value";
    LIMPET_CHECK(make_slot(root, wanted, column));
    return {};
  }

 private:
  Error refuse(std::string message) const {
    return Error::invalid_input(std::move(message), path_);
  }

  Status charge(std::size_t bytes) {
    text_bytes_ += bytes + kTextOverhead;
    if (text_bytes_ <= kTextBytes) return {};
    return Error::limit_exceeded("names, docs and symbols of the columns take more than 16 MiB",
                                 path_);
  }

  // `column` has its name. Slots and columns are numbered alike: a parent before its children.
  Result<SlotId> make_slot(const Node& node, const Wanted& wanted, ColumnType& column) {
    if (next_column_ >= columns::kMaxColumns) {
      return Error::limit_exceeded(
          "the schema has more than " + std::to_string(columns::kMaxColumns) + " columns", path_);
    }
    if (depth_ > columns::kMaxDepth) {
      return Error::limit_exceeded("the schema's types lie more than " +
                                       std::to_string(columns::kMaxDepth) + " within each other",
                                   path_);
    }
    ++depth_;
    const auto id = static_cast<SlotId>(layout_.slots.size());
    layout_.slots.emplace_back();
    layout_.slots[id].column = next_column_++;
    LIMPET_CHECK(fill(id, node, wanted, column));
    --depth_;
    layout_.slots[id].kind = column.kind;
    return id;
  }

  Status fill(SlotId id, const Node& node, const Wanted& wanted, ColumnType& column) {
    layout_.slots[id].type = &node;
    if (node.type != Type::Union) return fill_type(id, node, wanted, column);
    if (node.branches.size() == 1) return fill(id, *node.branches[0], wanted, column);
    const auto is_null = [](const Node* branch) { return branch->type == Type::Null; };
    if (node.branches.size() == 2 && std::ranges::any_of(node.branches, is_null)) {
      const auto& other = is_null(node.branches[0]) ? *node.branches[1] : *node.branches[0];
      column.nullable = true;
      layout_.slots[id].shape = Slot::Shape::Optional;
      layout_.slots[id].type = &other;
      return fill_type(id, other, wanted, column);
    }
    if (!wanted.fields.empty()) {
      return refuse("a union of several types has no fields to choose from: " + describe(node));
    }
    return fill_union(id, node, column);
  }

  Status fill_union(SlotId id, const Node& node, ColumnType& column) {
    if (node.branches.empty() || node.branches.size() > columns::kMaxUnionBranches) {
      return refuse("a union of " + std::to_string(node.branches.size()) +
                    " branches has no columns; from 1 to " +
                    std::to_string(columns::kMaxUnionBranches) + " have");
    }
    column.kind = Kind::Union;
    layout_.slots[id].shape = Slot::Shape::Union;
    for (const auto* branch : node.branches) {
      LIMPET_CHECK(add_child(id, *branch, {}, std::string(branch_name(*branch)), column));
    }
    return {};
  }

  Status add_child(SlotId id, const Node& node, const Wanted& wanted, std::string name,
                   ColumnType& column) {
    LIMPET_CHECK(charge(name.size()));
    auto& child = column.children.emplace_back();
    child.name = std::move(name);
    LIMPET_TRY(const auto made, make_slot(node, wanted, child));
    layout_.slots[id].children.push_back(made);
    return {};
  }

  Status fill_type(SlotId id, const Node& node, const Wanted& wanted, ColumnType& column) {
    if (is_named(node.type)) {
      LIMPET_CHECK(charge(node.name.full.size()));
      column.metadata.emplace_back("avro.name", node.name.full);
    }
    if (!wanted.fields.empty() && node.type != Type::Record && node.type != Type::Array &&
        node.type != Type::Map) {
      return refuse(describe(node) + " has no fields to choose from");
    }
    switch (node.type) {
      case Type::Null:
      case Type::Boolean:
      case Type::Int:
      case Type::Long:
      case Type::Float:
      case Type::Double:
      case Type::Bytes:
      case Type::String:
      case Type::Fixed:
        fill_scalar(node, column);
        return {};
      case Type::Enum:
        for (const auto& symbol : node.symbols) LIMPET_CHECK(charge(symbol.size()));
        column.kind = Kind::Enum;
        column.symbols = node.symbols;
        // Where a struct is null its enum has no value; without symbols that must be a null.
        column.nullable = column.nullable || node.symbols.empty();
        return {};
      case Type::Array:
        column.kind = Kind::List;
        return add_child(id, *node.element, wanted, "item", column);
      case Type::Map:
        column.kind = Kind::Map;
        column.children.push_back({.kind = Kind::Utf8, .name = "key"});
        ++next_column_;
        return add_child(id, *node.element, wanted, "value", column);
      case Type::Record:
        return fill_record(id, node, wanted, column);
      case Type::Union:
        break;
    }
    return refuse("a union stands directly within another");
  }

  Status fill_record(SlotId id, const Node& node, const Wanted& wanted, ColumnType& column) {
    if (std::ranges::find(open_, &node) != open_.end()) {
      return refuse(describe(node) + " holds itself, which columns cannot");
    }
    for (const auto& [name, below] : wanted.fields) {
      if (node.find_field(name) == nullptr) {
        return refuse(describe(node) + " has no field " + name + " to choose");
      }
    }
    open_.push_back(&node);
    column.kind = Kind::Struct;
    for (const auto& field : node.fields) {
      const auto found = wanted.fields.find(field.name);
      if (!wanted.fields.empty() && found == wanted.fields.end()) {
        layout_.slots[id].children.push_back(Slot::kNone);
        continue;
      }
      const auto before = path_.size();
      path_ += (before == 0 ? "" : ".") + field.name;
      if (field.doc) LIMPET_CHECK(charge(field.doc->size()));
      static const Wanted kAll;
      LIMPET_CHECK(add_child(id, *field.type, found == wanted.fields.end() ? kAll : found->second,
                             field.name, column));
      if (field.doc) column.children.back().metadata.emplace_back("avro.doc", *field.doc);
      path_.resize(before);
    }
    open_.pop_back();
    return {};
  }

  void fill_scalar(const Node& node, ColumnType& column) const {
    const auto logical = logical_of(node);
    const auto take = [&](Kind kind, Unit unit = Unit::Milli, std::string_view zone = {}) {
      column.kind = kind;
      column.unit = unit;
      column.zone = zone;
    };
    switch (logical) {
      case Logical::Decimal: {
        const auto digits = node.logical->precision;
        if (digits > kDigits256) break;
        take(digits <= kDigits128 ? Kind::Decimal128 : Kind::Decimal256);
        column.precision = digits;
        column.scale = node.logical->scale;
        return;
      }
      case Logical::Uuid:
        if (node.type == Type::String && options_.uuid_as_text) break;
        take(Kind::FixedBinary);
        column.width = 16;
        column.metadata.emplace_back("ARROW:extension:name", "arrow.uuid");
        column.metadata.emplace_back("ARROW:extension:metadata", "");
        return;
      case Logical::Date:
        return take(Kind::Date);
      case Logical::TimeMillis:
        return take(Kind::Time, Unit::Milli);
      case Logical::TimeMicros:
        return take(Kind::Time, Unit::Micro);
      case Logical::TimestampMillis:
        return take(Kind::Timestamp, Unit::Milli, "UTC");
      case Logical::TimestampMicros:
        return take(Kind::Timestamp, Unit::Micro, "UTC");
      case Logical::TimestampNanos:
        return take(Kind::Timestamp, Unit::Nano, "UTC");
      case Logical::LocalTimestampMillis:
        return take(Kind::Timestamp, Unit::Milli);
      case Logical::LocalTimestampMicros:
        return take(Kind::Timestamp, Unit::Micro);
      case Logical::LocalTimestampNanos:
        return take(Kind::Timestamp, Unit::Nano);
      case Logical::Duration:
        return take(Kind::Interval);
      default:
        break;
    }
    switch (node.type) {
      case Type::Boolean:
        return take(Kind::Boolean);
      case Type::Int:
        return take(Kind::Int32);
      case Type::Long:
        return take(Kind::Int64);
      case Type::Float:
        return take(Kind::Float);
      case Type::Double:
        return take(Kind::Double);
      case Type::Bytes:
        return take(Kind::Binary);
      case Type::String:
        return take(Kind::Utf8);
      case Type::Fixed:
        column.width = static_cast<std::uint32_t>(node.size);
        return take(Kind::FixedBinary);
      default:
        return take(Kind::Null);
    }
  }

  ColumnLayout::State& layout_;
  const ColumnOptions& options_;
  std::uint32_t next_column_ = 0;
  std::size_t depth_ = 0;
  std::size_t text_bytes_ = 0;
  std::string path_;
  std::vector<const Node*> open_;  // records that are being laid out
};

}  // namespace

Result<ColumnLayout> ColumnLayout::make(const Schema& reader, const ColumnOptions& options) {
  auto state = std::make_shared<State>(reader);
  LIMPET_CHECK(LayoutMaker(*state, options).make());
  LIMPET_CHECK(columns::check(state->row));
  return ColumnLayout(std::move(state));
}

const columns::ColumnType& ColumnLayout::type() const { return state_->row; }

}  // namespace limpet::avro
