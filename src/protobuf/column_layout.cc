#include "limpet/protobuf/column_layout.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace limpet::protobuf {
namespace {

using columns::Cell;
using columns::ColumnType;
using columns::Kind;
using columns::Projection;
using columns::Source;

constexpr std::size_t kTextOverhead = 32;
constexpr std::string_view kWellKnown = "google.protobuf.";

Kind kind_of(FieldType type) {
  switch (type) {
    case FieldType::Double:
      return Kind::Double;
    case FieldType::Float:
      return Kind::Float;
    case FieldType::Int64:
    case FieldType::SFixed64:
    case FieldType::SInt64:
      return Kind::Int64;
    case FieldType::UInt64:
    case FieldType::Fixed64:
      return Kind::UInt64;
    case FieldType::Int32:
    case FieldType::SFixed32:
    case FieldType::SInt32:
      return Kind::Int32;
    case FieldType::UInt32:
    case FieldType::Fixed32:
      return Kind::UInt32;
    case FieldType::Bool:
      return Kind::Boolean;
    case FieldType::String:
      return Kind::Utf8;
    case FieldType::Bytes:
      return Kind::Binary;
    case FieldType::Enum:
      return Kind::Enum;
    case FieldType::Group:
    case FieldType::Message:
      break;
  }
  return Kind::Struct;
}

/// What a bundled message is beyond a record.
Source source_of(const Message& message) {
  if (!message.file->bundled || !message.full_name.starts_with(kWellKnown)) return Source::Value;
  const auto name = std::string_view(message.full_name).substr(kWellKnown.size());
  if (name == "Timestamp" || name == "Duration") return Source::Time;
  if (name == "Struct" || name == "Value" || name == "ListValue") return Source::JsonValue;
  if (name.ends_with("Value") && message.fields.size() == 1 && message.fields[0].name == "value") {
    return Source::Wrapper;
  }
  return Source::Value;
}

// "Field Presence": what tells whether it was set. Of proto2 also `required`, which always is.
bool has_presence(const Field& field, const Message& message) {
  if (field.label == Label::Required) return false;
  return field.message != nullptr || field.oneof.has_value() || field.label == Label::Optional ||
         message.file->syntax == Syntax::Proto2;
}

// Recursion is safe: it ends at columns::kMaxDepth, or where a message holds itself.
class LayoutMaker {
 public:
  explicit LayoutMaker(const ColumnOptions& options) : options_(options) {}

  Result<columns::RowLayout> make(const Message& message) {
    LIMPET_TRY(const auto wanted, Projection::parse(options_.projection));
    LIMPET_TRY(const auto root, begin_column(0));
    (void)root;
    LIMPET_CHECK(fill_message(message, wanted, layout_.row));
    LIMPET_CHECK(columns::check(layout_.row));
    return std::move(layout_);
  }

 private:
  Error refuse(std::string message) const {
    return Error::invalid_input(std::move(message), path_);
  }

  Status charge(std::size_t bytes) {
    text_bytes_ += bytes + kTextOverhead;
    if (text_bytes_ <= columns::kMaxLayoutText) return {};
    return Error::limit_exceeded("names and symbols of the columns take more than 16 MiB", path_);
  }

  // Columns are numbered as ColumnBuilder does it: a parent before its children.
  Result<std::size_t> begin_column(std::uint32_t position) {
    if (layout_.cells.size() >= columns::kMaxColumns) {
      return Error::limit_exceeded(
          "the message has more than " + std::to_string(columns::kMaxColumns) + " columns", path_);
    }
    layout_.cells.push_back({.position = position});
    return layout_.cells.size() - 1;
  }

  Status fill_message(const Message& message, const Projection& wanted, ColumnType& column) {
    if (std::ranges::find(open_, &message) != open_.end()) {
      return refuse("message " + message.full_name + " holds itself, which columns cannot");
    }
    if (open_.size() > columns::kMaxDepth) {
      return Error::limit_exceeded(
          "the messages lie more than " + std::to_string(columns::kMaxDepth) + " within each other",
          path_);
    }
    for (const auto& [name, below] : wanted.fields) {
      if (std::ranges::find(message.fields, name, &Field::name) == message.fields.end()) {
        return refuse("message " + message.full_name + " has no field " + name + " to choose");
      }
    }
    column.kind = Kind::Struct;
    LIMPET_CHECK(name_it(message.full_name, column));
    open_.push_back(&message);
    for (std::size_t i = 0; i < message.fields.size(); ++i) {
      const Field& field = message.fields[i];
      const Projection* below = wanted.find(field.name);
      if (below == nullptr) continue;
      const auto before = path_.size();
      path_ += (before == 0 ? "" : ".") + field.name;
      LIMPET_CHECK(charge(field.name.size()));
      auto& child = column.children.emplace_back();
      child.name = field.name;
      LIMPET_CHECK(add_field(field, static_cast<std::uint32_t>(i), *below,
                             has_presence(field, message), child));
      path_.resize(before);
    }
    open_.pop_back();
    return {};
  }

  Status name_it(const std::string& full_name, ColumnType& column) {
    LIMPET_CHECK(charge(full_name.size()));
    column.metadata.emplace_back("protobuf.name", full_name);
    return {};
  }

  Status add_field(const Field& field, std::uint32_t position, const Projection& wanted,
                   bool nullable, ColumnType& column) {
    if (!field.repeated) {
      column.nullable = nullable;
      return add_value(field, position, wanted, column);
    }
    LIMPET_TRY(const auto list, begin_column(position));
    (void)list;
    if (!field.is_map()) {
      column.kind = Kind::List;
      column.children.push_back({.name = "item"});
      return add_value(field, 0, wanted, column.children[0]);
    }
    column.kind = Kind::Map;
    column.children = {{.name = "key"}, {.name = "value"}};
    LIMPET_CHECK(add_value(*field.message->find_field(1), 0, {}, column.children[0]));
    return add_value(*field.message->find_field(2), 0, wanted, column.children[1]);
  }

  // One value, not a list of them.
  Status add_value(const Field& field, std::uint32_t position, const Projection& wanted,
                   ColumnType& column) {
    LIMPET_TRY(const auto cell, begin_column(position));
    const auto source = field.message == nullptr ? Source::Value : source_of(*field.message);
    if (field.message != nullptr && source == Source::Value) {
      return fill_message(*field.message, wanted, column);
    }
    if (!wanted.takes_all()) {
      return refuse(describe_type(field) + " has no fields to choose from");
    }
    layout_.cells[cell].source = source;
    column.kind = kind_of(field.type);
    switch (source) {
      case Source::JsonValue:
        columns::mark_as_json(column);
        break;
      case Source::Time: {
        const bool is_timestamp = field.message->name == "Timestamp";
        column.kind = is_timestamp ? Kind::Timestamp : Kind::Duration;
        column.zone = is_timestamp ? "UTC" : "";
        column.unit = options_.time_unit;
        break;
      }
      case Source::Wrapper:
        column.kind = kind_of(field.message->fields[0].type);
        break;
      default:
        return field.enumeration == nullptr ? Status()
                                            : fill_enum(*field.enumeration, cell, column);
    }
    return name_it(field.message->full_name, column);
  }

  Status fill_enum(const Enum& type, std::size_t cell, ColumnType& column) {
    LIMPET_CHECK(name_it(type.full_name, column));
    if (options_.enum_numbers) {
      column.kind = Kind::Int32;
      layout_.cells[cell].source = Source::EnumNumber;
    }
    for (const auto& value : type.values) {
      LIMPET_CHECK(charge(value.name.size()));
      if (options_.enum_numbers) {
        layout_.cells[cell].numbers.push_back(value.number);
      } else {
        column.symbols.push_back(value.name);
      }
    }
    return {};
  }

  const ColumnOptions& options_;
  columns::RowLayout layout_;
  std::size_t text_bytes_ = 0;
  std::string path_;
  std::vector<const Message*> open_;  // messages that are being laid out
};

}  // namespace

Result<columns::RowLayout> column_layout(const Message& message, const ColumnOptions& options) {
  return LayoutMaker(options).make(message);
}

}  // namespace limpet::protobuf
