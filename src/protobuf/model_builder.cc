#include "model_builder.h"

#include "adapter.h"
#include "options.h"

#include <algorithm>
#include <google/protobuf/descriptor.pb.h>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>

namespace limpet::protobuf {
namespace {

// A scope's definition as it was written, for its line; absent for files that carry no lines.
template <class T>
const T* written(const pb::RepeatedPtrField<T>* all, int i) {
  return all == nullptr ? nullptr : &all->Get(i);
}

class Builder {
 public:
  Builder(const pb::FileDescriptor& file, const SourceFile* source, const Types& bundled,
          Types& own, File& model)
      : file_(file), source_(source), bundled_(bundled), own_(own), model_(model) {}

  void run() {
    const auto* proto = source_ == nullptr ? nullptr : &source_->proto;
    model_.path = file_.name();
    model_.package = file_.package();
    model_.syntax =
        file_.syntax() == pb::FileDescriptor::SYNTAX_PROTO3 ? Syntax::Proto3 : Syntax::Proto2;
    imports();
    // Every type gets its place before fields point at it.
    const auto* messages = proto == nullptr ? nullptr : &proto->message_type();
    declare(
        file_.message_type_count(), [this](int i) { return file_.message_type(i); }, nullptr,
        model_.messages, messages);
    enums(file_, model_.enums, proto == nullptr ? nullptr : &proto->enum_type());
    for (int i = 0; i < file_.message_type_count(); ++i) {
      define(*file_.message_type(i), at(model_.messages, i), written(messages, i));
    }
    extensions(file_, model_.extensions, proto == nullptr ? nullptr : &proto->extension());
    services(proto == nullptr ? nullptr : &proto->service());
    model_.options = options(file_.options());
  }

 private:
  template <class T>
  static T& at(std::vector<T>& all, int i) {
    return all[static_cast<std::size_t>(i)];
  }

  std::vector<Option> options(const pb::Message& given) const {
    return options_of(given, *file_.pool());
  }

  std::uint32_t line(const pb::Message* definition) const {
    return definition == nullptr ? 0 : line_of(source_, *definition);
  }

  void imports() {
    for (int i = 0; i < file_.dependency_count(); ++i) {
      model_.imports.push_back({file_.dependency(i)->name(), Import::Kind::Plain});
    }
    const auto mark = [this](const pb::FileDescriptor* file, Import::Kind kind) {
      for (auto& import : model_.imports) {
        if (import.path == file->name()) import.kind = kind;
      }
    };
    for (int i = 0; i < file_.public_dependency_count(); ++i) {
      mark(file_.public_dependency(i), Import::Kind::Public);
    }
    for (int i = 0; i < file_.weak_dependency_count(); ++i) {
      mark(file_.weak_dependency(i), Import::Kind::Weak);
    }
  }

  template <class Get>
  void declare(int count, const Get& get, const Message* parent, std::vector<Message>& out,
               const pb::RepeatedPtrField<pb::DescriptorProto>* protos) {
    out.resize(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) declare_one(*get(i), parent, at(out, i), written(protos, i));
  }

  void declare_one(const pb::Descriptor& from, const Message* parent, Message& to,
                   const pb::DescriptorProto* proto) {
    own_.messages.emplace(&from, &to);
    to.name = from.name();
    to.full_name = from.full_name();
    to.parent = parent;
    to.file = &model_;
    to.index = static_cast<std::uint32_t>(from.index());
    to.map_entry = from.options().map_entry();
    to.line = line(proto);
    declare(
        from.nested_type_count(), [&from](int i) { return from.nested_type(i); }, &to, to.messages,
        proto == nullptr ? nullptr : &proto->nested_type());
    enums(from, to.enums, proto == nullptr ? nullptr : &proto->enum_type());
  }

  template <class Scope>
  void enums(const Scope& scope, std::vector<Enum>& out,
             const pb::RepeatedPtrField<pb::EnumDescriptorProto>* protos) {
    out.resize(static_cast<std::size_t>(scope.enum_type_count()));
    for (int i = 0; i < scope.enum_type_count(); ++i) {
      const auto& from = *scope.enum_type(i);
      auto& to = at(out, i);
      own_.enums.emplace(&from, &to);
      to.name = from.name();
      to.full_name = from.full_name();
      to.line = line(written(protos, i));
      to.values.reserve(static_cast<std::size_t>(from.value_count()));
      for (int k = 0; k < from.value_count(); ++k) {
        const auto& value = *from.value(k);
        to.values.push_back({value.name(), value.number(), options(value.options())});
      }
      for (int k = 0; k < from.reserved_range_count(); ++k) {
        to.reserved_ranges.push_back({from.reserved_range(k)->start, from.reserved_range(k)->end});
      }
      for (int k = 0; k < from.reserved_name_count(); ++k) {
        to.reserved_names.push_back(from.reserved_name(k));
      }
      to.options = options(from.options());
    }
  }

  void define(const pb::Descriptor& from, Message& to, const pb::DescriptorProto* proto) {
    for (int i = 0; i < from.real_oneof_decl_count(); ++i) {
      const auto& oneof = *from.oneof_decl(i);  // synthetic ones come last
      to.oneofs.push_back({oneof.name(), {}, options(oneof.options())});
    }
    to.fields.resize(static_cast<std::size_t>(from.field_count()));
    for (int i = 0; i < from.field_count(); ++i) {
      auto& field = at(to.fields, i);
      define_field(*from.field(i), field, proto == nullptr ? nullptr : &proto->field(i));
      if (const auto* oneof = from.field(i)->real_containing_oneof()) {
        field.oneof = static_cast<std::uint32_t>(oneof->index());
        field.label = Label::None;
        to.oneofs[*field.oneof].fields.push_back(static_cast<std::uint32_t>(i));
      }
    }
    to.by_number.resize(to.fields.size());
    std::iota(to.by_number.begin(), to.by_number.end(), 0U);
    std::ranges::sort(to.by_number, {}, [&to](std::uint32_t i) { return to.fields[i].number; });
    ranges(from, to);
    extensions(from, to.extensions, proto == nullptr ? nullptr : &proto->extension());
    to.options = options(from.options());
    for (int i = 0; i < from.nested_type_count(); ++i) {
      define(*from.nested_type(i), at(to.messages, i),
             proto == nullptr ? nullptr : &proto->nested_type(i));
    }
  }

  void ranges(const pb::Descriptor& from, Message& to) {
    pb::DescriptorProto proto;  // the only way to an extension range's options
    if (from.extension_range_count() > 0) from.CopyTo(&proto);
    for (const auto& range : proto.extension_range()) {
      to.extension_ranges.push_back({{range.start(), range.end() - 1}, options(range.options())});
    }
    for (int i = 0; i < from.reserved_range_count(); ++i) {
      const auto& range = *from.reserved_range(i);
      to.reserved_ranges.push_back({range.start, range.end - 1});
    }
    for (int i = 0; i < from.reserved_name_count(); ++i) {
      to.reserved_names.push_back(from.reserved_name(i));
    }
  }

  void define_field(const pb::FieldDescriptor& from, Field& to,
                    const pb::FieldDescriptorProto* proto) {
    to.name = from.name();
    to.number = from.number();
    to.type = static_cast<FieldType>(from.type());
    to.repeated = from.is_repeated();
    to.packed = from.is_packed();
    to.label = label_of(from);
    if (const auto* message = from.message_type()) {
      to.message = find(own_.messages, bundled_.messages, message);
      // The type of a group is a message of its own, written in the field's place.
      if (from.type() == pb::FieldDescriptor::TYPE_GROUP) {
        if (const auto own = own_.messages.find(message); own != own_.messages.end()) {
          own->second->group = true;
        }
      }
    }
    if (const auto* enumeration = from.enum_type()) {
      to.enumeration = find(own_.enums, bundled_.enums, enumeration);
    }
    if (from.is_extension()) to.extendee = "." + from.containing_type()->full_name();
    to.json_name = from.json_name();
    to.json_name_given = !from.is_extension() && to.json_name != default_json_name(to.name);
    if (from.has_default_value()) to.default_value = default_literal(from);
    to.options = options(from.options());
    to.line = line(proto);
  }

  static Label label_of(const pb::FieldDescriptor& field) {
    if (field.is_map()) return Label::None;
    if (field.is_repeated()) return Label::Repeated;
    if (field.is_required()) return Label::Required;
    const bool proto3 = field.file()->syntax() == pb::FileDescriptor::SYNTAX_PROTO3;
    return proto3 && !field.has_optional_keyword() ? Label::None : Label::Optional;
  }

  static std::string default_literal(const pb::FieldDescriptor& field) {
    if (field.cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING) {
      return quoted(field.default_value_string());
    }
    pb::FieldDescriptorProto proto;  // numbers in their canonical spelling
    field.CopyTo(&proto);
    return proto.default_value();
  }

  template <class Map, class Key>
  static typename Map::mapped_type find(const Map& own, const Map& bundled, const Key* key) {
    if (const auto found = own.find(key); found != own.end()) return found->second;
    const auto found = bundled.find(key);
    return found == bundled.end() ? nullptr : found->second;
  }

  template <class Scope>
  void extensions(const Scope& scope, std::vector<Field>& out,
                  const pb::RepeatedPtrField<pb::FieldDescriptorProto>* protos) {
    out.resize(static_cast<std::size_t>(scope.extension_count()));
    for (int i = 0; i < scope.extension_count(); ++i) {
      define_field(*scope.extension(i), at(out, i), written(protos, i));
    }
  }

  void services(const pb::RepeatedPtrField<pb::ServiceDescriptorProto>* protos) {
    model_.services.resize(static_cast<std::size_t>(file_.service_count()));
    for (int i = 0; i < file_.service_count(); ++i) {
      const auto& from = *file_.service(i);
      const auto* proto = written(protos, i);
      auto& to = at(model_.services, i);
      to.name = from.name();
      to.line = line(proto);
      to.options = options(from.options());
      for (int k = 0; k < from.method_count(); ++k) {
        const auto& method = *from.method(k);
        to.methods.push_back({.name = method.name(),
                              .input = method.input_type()->full_name(),
                              .output = method.output_type()->full_name(),
                              .client_streaming = method.client_streaming(),
                              .server_streaming = method.server_streaming(),
                              .options = options(method.options()),
                              .line = line(proto == nullptr ? nullptr : &proto->method(k))});
      }
    }
  }

  const pb::FileDescriptor& file_;
  const SourceFile* source_;
  const Types& bundled_;
  Types& own_;
  File& model_;
};

std::size_t widest(const std::vector<Message>& messages) {
  std::size_t most = 0;
  for (const auto& message : messages) {
    most = std::max({most, message.fields.size(), widest(message.messages)});
  }
  return most;
}

}  // namespace

void build_model(const pb::FileDescriptor& file, const SourceFile* source, const Types& bundled,
                 Types& own, File& model) {
  Builder(file, source, bundled, own, model).run();
}

std::string default_json_name(std::string_view name) {
  std::string out;
  bool upper = false;
  for (const char c : name) {
    if (c == '_') {
      upper = true;
    } else {
      out.push_back(upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
      upper = false;
    }
  }
  return out;
}

std::size_t widest_message(const File& file) { return widest(file.messages); }

}  // namespace limpet::protobuf
