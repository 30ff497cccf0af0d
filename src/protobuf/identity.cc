#include "identity.h"

#include "document.h"
#include "model_builder.h"
#include "options.h"

#include "limpet/protobuf/schema.h"

#include <algorithm>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <vector>

namespace limpet::protobuf {
namespace {

// Equal keys keep their order.
template <class T, class Key>
void order_by(pb::RepeatedPtrField<T>& all, const Key& key) {
  std::unordered_map<const T*, int> places;
  for (int i = 0; i < all.size(); ++i) places.emplace(&all.Get(i), i);
  const auto before = [&](const T* a, const T* b) {
    return std::pair(key(*a), places.at(a)) < std::pair(key(*b), places.at(b));
  };
  if (!std::is_sorted(all.pointer_begin(), all.pointer_end(), before)) {
    std::sort(all.pointer_begin(), all.pointer_end(), before);
  }
}

// Java's descriptors list plain fields, then proto3 optional ones, then the members of oneofs.
std::pair<int, int> place_of(const pb::FieldDescriptorProto& field) {
  if (field.proto3_optional()) return {1, 0};
  return field.has_oneof_index() ? std::pair(2, field.oneof_index()) : std::pair(0, 0);
}

// Map entries follow from their fields, wherever the text or a parser puts them.
std::pair<bool, std::string_view> place_of_type(const pb::DescriptorProto& message) {
  const bool entry = message.options().map_entry();
  return {entry, entry ? std::string_view(message.name()) : std::string_view()};
}

class Normalizer {
 public:
  explicit Normalizer(const pb::DescriptorPool& pool) : pool_(pool) {}

  void file(pb::FileDescriptorProto& file) const {
    for (auto& message : *file.mutable_message_type()) this->message(message);
    for (auto& enumeration : *file.mutable_enum_type()) this->enumeration(enumeration);
    for (auto& extension : *file.mutable_extension()) field(extension);
    for (auto& service : *file.mutable_service()) {
      for (auto& method : *service.mutable_method()) options(method);
      options(service);
    }
    options(file);
  }

 private:
  template <class Owner>
  void options(Owner& owner) const {
    if (!owner.has_options()) return;
    if (owner.options().ByteSizeLong() == 0) {
      owner.clear_options();
    } else {
      normalize_custom(*owner.mutable_options(), pool_);
    }
  }

  void field(pb::FieldDescriptorProto& field) const {
    if (field.json_name() == default_json_name(field.name())) field.clear_json_name();
    options(field);
  }

  void enumeration(pb::EnumDescriptorProto& enumeration) const {
    for (auto& value : *enumeration.mutable_value()) options(value);
    options(enumeration);
  }

  void message(pb::DescriptorProto& message) const {
    for (auto& one : *message.mutable_field()) field(one);
    for (auto& extension : *message.mutable_extension()) field(extension);
    for (auto& oneof : *message.mutable_oneof_decl()) options(oneof);
    for (auto& range : *message.mutable_extension_range()) options(range);
    for (auto& one : *message.mutable_enum_type()) enumeration(one);
    for (auto& nested : *message.mutable_nested_type()) this->message(nested);
    options(message);
    order_by(*message.mutable_field(), place_of);
    order_by(*message.mutable_nested_type(), place_of_type);
  }

  const pb::DescriptorPool& pool_;
};

// Public imports behind the others, as they are printed.
void normalize_imports(const pb::FileDescriptor& file, pb::FileDescriptorProto& proto) {
  const auto contains = [](int count, auto get, const pb::FileDescriptor* wanted) {
    for (int i = 0; i < count; ++i) {
      if (get(i) == wanted) return true;
    }
    return false;
  };
  proto.clear_dependency();
  proto.clear_public_dependency();
  proto.clear_weak_dependency();
  for (const bool publicly : {false, true}) {
    for (int i = 0; i < file.dependency_count(); ++i) {
      const auto* import = file.dependency(i);
      const bool is_public = contains(
          file.public_dependency_count(), [&](int k) { return file.public_dependency(k); }, import);
      if (is_public != publicly) continue;
      if (is_public) proto.add_public_dependency(proto.dependency_size());
      if (contains(
              file.weak_dependency_count(), [&](int k) { return file.weak_dependency(k); },
              import)) {
        proto.add_weak_dependency(proto.dependency_size());
      }
      proto.add_dependency(import->name());
    }
  }
}

}  // namespace

std::string identity_of(const pb::FileDescriptor& file) {
  pb::FileDescriptorProto proto;
  file.CopyTo(&proto);  // type names are full ones, options interpreted, defaults normalized
  proto.clear_name();
  if (proto.syntax() == "proto2") proto.clear_syntax();
  normalize_imports(file, proto);
  Normalizer(*file.pool()).file(proto);
  std::string out;
  pb::io::StringOutputStream stream(&out);
  pb::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  proto.SerializeToCodedStream(&coded);
  coded.Trim();
  return out;
}

std::string identity_form(const Schema& schema) { return identity_of(*schema.document().root); }

}  // namespace limpet::protobuf
