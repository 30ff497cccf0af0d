// Protobuf schemas as units.
#include "ordering.h"
#include "unit.h"

#include <unordered_map>

namespace limpet::codegen {

namespace {

class FromProtobuf {
 public:
  explicit FromProtobuf(const CppOptions& options) : options_(options) {}

  Result<Unit> run(const protobuf::Schema& schema) {
    const protobuf::File& file = schema.file();
    if (file.messages.empty()) {
      return Error::invalid_input("the file has no messages", file.path);
    }
    for (const protobuf::Enum& type : file.enums) enumeration(type, file.package);
    for (const protobuf::Message& type : file.messages) LIMPET_CHECK(message(type));
    // Fields are looked at once every type has its place, so that types may name each other.
    while (done_ < pending_.size()) LIMPET_CHECK(members(*pending_[done_++]));
    LIMPET_CHECK(order_structs(unit_));
    LIMPET_CHECK(check_unit(unit_));
    return std::move(unit_);
  }

 private:
  /// "Outer.Inner" of "pkg.Outer.Inner": C++ gets Outer_Inner.
  static std::string local_name(const std::string& full_name, const std::string& package) {
    std::string out = package.empty() ? full_name : full_name.substr(package.size() + 1);
    for (char& c : out) {
      if (c == '.') c = '_';
    }
    return identifier(out);
  }
  std::string space_of(const std::string& package) const {
    return options_.name_space.empty() ? namespace_of(package) : options_.name_space;
  }

  std::size_t enumeration(const protobuf::Enum& type, const std::string& package) {
    const auto [at, fresh] = enums_.emplace(&type, unit_.enums.size());
    if (!fresh) return at->second;
    Enum out{.name_space = space_of(package),
             .name = local_name(type.full_name, package),
             .comment = {},
             .where = type.full_name,
             .values = {}};
    for (const protobuf::EnumValue& value : type.values) {
      out.values.push_back({identifier(value.name), value.name, value.number});
    }
    unit_.enums.push_back(std::move(out));
    return at->second;
  }

  Status message(const protobuf::Message& type) {
    place(type);
    for (const protobuf::Enum& inner : type.enums) enumeration(inner, type.file->package);
    for (const protobuf::Message& inner : type.messages) {
      // Entries of maps are made where a field needs one.
      if (!inner.map_entry) LIMPET_CHECK(message(inner));
    }
    return {};
  }

  std::size_t place(const protobuf::Message& type) {
    const auto [at, fresh] = structs_.emplace(&type, unit_.structs.size());
    if (!fresh) return at->second;
    const std::string& package = type.file->package;
    unit_.structs.push_back({.name_space = space_of(package),
                             .name = local_name(type.full_name, package),
                             .schema_name = type.full_name,
                             .comment = {},
                             .where = type.full_name,
                             .members = {}});
    pending_.push_back(&type);
    return at->second;
  }

  Status members(const protobuf::Message& type) {
    const std::size_t index = structs_.at(&type);
    for (const protobuf::Field& field : type.fields) {
      LIMPET_TRY(TypeRef held, type_of(field, type));
      Member member{.name = identifier(field.name), .schema_name = field.name};
      const bool own_presence = field.message != nullptr || field.oneof.has_value() ||
                                field.label == protobuf::Label::Optional;
      if (field.is_map() && key_is_text(*field.message)) {
        LIMPET_TRY(TypeRef value, type_of(field.message->fields[1], *field.message));
        member.type = TypeRef{.shape = Shape::Map};
        member.type.elements.push_back(std::move(value));
      } else if (field.repeated) {
        member.type = TypeRef{.shape = Shape::Sequence};
        member.type.elements.push_back(std::move(held));
      } else if (own_presence && !type.map_entry) {
        member.type = TypeRef{.shape = Shape::Optional};
        member.type.elements.push_back(std::move(held));
      } else {
        member.type = std::move(held);
      }
      if (field.oneof) {
        member.comment = "One of \"" + type.oneofs[*field.oneof].name + "\": at most one is set.";
      }
      unit_.structs[index].members.push_back(std::move(member));
    }
    return {};
  }

  static bool key_is_text(const protobuf::Message& entry) {
    return entry.fields[0].type == protobuf::FieldType::String;
  }

  Result<TypeRef> type_of(const protobuf::Field& field, const protobuf::Message& owner) {
    using protobuf::FieldType;
    switch (field.type) {
      case FieldType::Double:
        return TypeRef{.shape = Shape::Double};
      case FieldType::Float:
        return TypeRef{.shape = Shape::Float};
      case FieldType::Int64:
      case FieldType::SInt64:
      case FieldType::SFixed64:
        return TypeRef{.shape = Shape::Int64};
      case FieldType::UInt64:
      case FieldType::Fixed64:
        return TypeRef{.shape = Shape::UInt64};
      case FieldType::Int32:
      case FieldType::SInt32:
      case FieldType::SFixed32:
        return TypeRef{.shape = Shape::Int32};
      case FieldType::UInt32:
      case FieldType::Fixed32:
        return TypeRef{.shape = Shape::UInt32};
      case FieldType::Bool:
        return TypeRef{.shape = Shape::Boolean};
      case FieldType::String:
        return TypeRef{.shape = Shape::String};
      case FieldType::Bytes:
        return TypeRef{.shape = Shape::Bytes};
      case FieldType::Enum:
        return TypeRef{.shape = Shape::Enum,
                       .index = enumeration(*field.enumeration, package_of(*field.enumeration))};
      case FieldType::Message:
        if (field.is_map() && key_is_text(*field.message)) return TypeRef{};  // its value counts
        return TypeRef{.shape = Shape::Struct, .index = place(*field.message)};
      case FieldType::Group:
        break;
    }
    return Error::invalid_input(
        "field \"" + field.name + "\" is a group, which C++ is not made for", owner.full_name);
  }

  /// An enum does not name its file; those of other files were not seen yet.
  static std::string package_of(const protobuf::Enum& type) {
    const std::size_t dot = type.full_name.rfind('.');
    return dot == std::string::npos ? std::string() : type.full_name.substr(0, dot);
  }

  const CppOptions& options_;
  Unit unit_;
  std::unordered_map<const protobuf::Enum*, std::size_t> enums_;
  std::unordered_map<const protobuf::Message*, std::size_t> structs_;
  std::vector<const protobuf::Message*> pending_;
  std::size_t done_ = 0;
};

}  // namespace

Result<std::string> cpp_header(const protobuf::Schema& schema, std::string_view text,
                               const CppOptions& options) {
  LIMPET_TRY(const Unit unit, FromProtobuf(options).run(schema));
  return print(unit, text, options);
}

}  // namespace limpet::codegen
