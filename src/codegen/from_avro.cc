// Avro schemas as units.
#include "ordering.h"
#include "unit.h"

#include <unordered_map>

namespace limpet::codegen {

namespace {

std::string_view meaning(const avro::Node& node) {
  if (!node.logical) return {};
  const std::string& name = node.logical->name;
  if (name == "date") return "Days since 1970-01-01.";
  if (name == "time-millis") return "Milliseconds after midnight.";
  if (name == "time-micros") return "Microseconds after midnight.";
  if (name == "timestamp-millis") return "Milliseconds since 1970-01-01T00:00:00Z.";
  if (name == "timestamp-micros") return "Microseconds since 1970-01-01T00:00:00Z.";
  if (name == "timestamp-nanos") return "Nanoseconds since 1970-01-01T00:00:00Z.";
  if (name == "local-timestamp-millis") return "Milliseconds since 1970-01-01, local time.";
  if (name == "local-timestamp-micros") return "Microseconds since 1970-01-01, local time.";
  if (name == "local-timestamp-nanos") return "Nanoseconds since 1970-01-01, local time.";
  if (name == "uuid") return "A UUID.";
  if (name == "duration") return "Months, days, milliseconds; 32 bits each, little-endian.";
  return {};
}

std::string meaning_of(const avro::Node& node) {
  if (node.logical && node.logical->name == "decimal") {
    return "Decimal: big-endian two's complement times 10^-" + std::to_string(node.logical->scale) +
           ", at most " + std::to_string(node.logical->precision) + " digits.";
  }
  if (node.type == avro::Type::Union) {
    for (const avro::Node* branch : node.branches) {
      if (std::string words = meaning_of(*branch); !words.empty()) return words;
    }
  }
  return std::string(meaning(node));
}

class FromAvro {
 public:
  explicit FromAvro(const CppOptions& options) : options_(options) {}

  Result<Unit> run(const avro::Schema& schema) {
    if (schema.root().type != avro::Type::Record) {
      return Error::invalid_input(
          "the schema is " + avro::describe(schema.root()) + "; C++ is made for records", "/");
    }
    LIMPET_TRY(const TypeRef root, type_of(schema.root()));
    unit_.root = root.index;
    unit_.avro = true;
    LIMPET_CHECK(order_structs(unit_));
    LIMPET_CHECK(check_unit(unit_));
    return std::move(unit_);
  }

 private:
  std::string space_of(const avro::Name& name) const {
    return options_.name_space.empty() ? namespace_of(name.space()) : options_.name_space;
  }

  Result<TypeRef> type_of(const avro::Node& node) {
    using avro::Type;
    switch (node.type) {
      case Type::Null:
        return TypeRef{.shape = Shape::Nothing};
      case Type::Boolean:
        return TypeRef{.shape = Shape::Boolean};
      case Type::Int:
        return TypeRef{.shape = Shape::Int32};
      case Type::Long:
        return TypeRef{.shape = Shape::Int64};
      case Type::Float:
        return TypeRef{.shape = Shape::Float};
      case Type::Double:
        return TypeRef{.shape = Shape::Double};
      case Type::Bytes:
        return TypeRef{.shape = Shape::Bytes};
      case Type::String:
        return TypeRef{.shape = Shape::String};
      case Type::Fixed:
        return TypeRef{.shape = Shape::Fixed, .size = static_cast<std::size_t>(node.size)};
      case Type::Enum:
        return TypeRef{.shape = Shape::Enum, .index = enumeration(node)};
      case Type::Record:
        return record(node);
      case Type::Array:
      case Type::Map: {
        LIMPET_TRY(TypeRef element, type_of(*node.element));
        TypeRef out{.shape = node.type == Type::Array ? Shape::Sequence : Shape::Map};
        out.elements.push_back(std::move(element));
        return out;
      }
      case Type::Union:
        return union_of(node);
    }
    return Error::internal("a type that Avro does not have");
  }

  Result<TypeRef> union_of(const avro::Node& node) {
    if (node.branches.size() == 2) {
      for (const std::size_t null : {0U, 1U}) {
        if (node.branches[null]->type != avro::Type::Null) continue;
        LIMPET_TRY(TypeRef element, type_of(*node.branches[1 - null]));
        TypeRef out{.shape = Shape::Optional, .null_first = null == 0};
        out.elements.push_back(std::move(element));
        return out;
      }
    }
    TypeRef out{.shape = Shape::Variant};
    for (const avro::Node* branch : node.branches) {
      LIMPET_TRY(TypeRef element, type_of(*branch));
      out.elements.push_back(std::move(element));
    }
    if (out.elements.empty()) {
      return Error::invalid_input("a union without branches has no values");
    }
    return out;
  }

  std::size_t enumeration(const avro::Node& node) {
    const auto [at, fresh] = named_.emplace(node.name.full, unit_.enums.size());
    if (!fresh) return at->second;
    Enum out{.name_space = space_of(node.name),
             .name = identifier(node.name.simple()),
             .comment = node.doc.value_or(""),
             .where = node.name.full,
             .values = {}};
    for (const std::string& symbol : node.symbols) {
      out.values.push_back({identifier(symbol), symbol, std::nullopt});
    }
    unit_.enums.push_back(std::move(out));
    return at->second;
  }

  Result<TypeRef> record(const avro::Node& node) {
    const auto [at, fresh] = named_.emplace(node.name.full, unit_.structs.size());
    const std::size_t index = at->second;
    TypeRef out{.shape = Shape::Struct, .index = index};
    if (!fresh) return out;
    unit_.structs.push_back({.name_space = space_of(node.name),
                             .name = identifier(node.name.simple()),
                             .schema_name = node.name.full,
                             .comment = node.doc.value_or(""),
                             .where = node.name.full,
                             .members = {}});
    for (const avro::Field& field : node.fields) {
      LIMPET_TRY(TypeRef type, type_of(*field.type));
      std::string comment = field.doc.value_or("");
      if (const std::string words = meaning_of(*field.type); !words.empty()) {
        comment += (comment.empty() ? "" : "\n") + words;
      }
      unit_.structs[index].members.push_back(
          {identifier(field.name), field.name, std::move(comment), std::move(type), false});
    }
    return out;
  }

  const CppOptions& options_;
  Unit unit_;
  std::unordered_map<std::string, std::size_t> named_;
};

}  // namespace

Result<std::string> cpp_header(const avro::Schema& schema, std::string_view text,
                               const CppOptions& options) {
  LIMPET_TRY(const Unit unit, FromAvro(options).run(schema));
  return print(unit, text, options);
}

}  // namespace limpet::codegen
