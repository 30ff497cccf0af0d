#include "limpet/protobuf/bundle.h"

#include "adapter.h"
#include "bundled.h"
#include "canonical.h"
#include "document.h"
#include "identity.h"
#include "measure.h"
#include "model_builder.h"

#include "limpet/base/limits.h"
#include "limpet/base/utf8.h"
#include "limpet/protobuf/schema.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace limpet::protobuf {
namespace {

constexpr std::size_t kImports = 100;
constexpr std::size_t kTextBytes = 4UL << 20;
constexpr int kMessageDepth = 31;  // that libprotobuf's parser follows

std::vector<std::string> parts_of(std::string_view package) {
  std::vector<std::string> out;
  while (!package.empty()) {
    const auto part = package.substr(0, package.find('.'));
    out.emplace_back(part);
    package.remove_prefix(std::min(part.size() + 1, package.size()));
  }
  return out;
}

std::string join(const std::string& scope, std::string_view name) {
  return scope.empty() ? std::string(name) : scope + "." + std::string(name);
}

int depth_of(const pb::Descriptor& message) {
  int deepest = 0;
  for (int i = 0; i < message.nested_type_count(); ++i) {
    deepest = std::max(deepest, depth_of(*message.nested_type(i)));
  }
  return deepest + 1;
}

// Where an import's definitions go: messages within each other, from the top of the bundle.
struct Home {
  std::vector<std::string> wrappers;
  std::string scope;  // their full name; with no wrapper the package of the bundle
};

Home home_of(const std::string& package, const std::string& root_package) {
  std::string_view inside = package;
  if (package == root_package) {
    inside = {};
  } else if (!root_package.empty() && package.starts_with(root_package + ".")) {
    inside.remove_prefix(root_package.size() + 1);
  }
  return {parts_of(inside), inside.empty() ? root_package : join(root_package, inside)};
}

Error too_long() {
  return Error::limit_exceeded("the bundle is longer than " +
                               std::to_string(limits::kDefinitionCharacters) + " characters");
}

// Puts what a linked root imports into root's own file.
class Merger {
 public:
  explicit Merger(const Document& document)
      : document_(document), root_(*document.root), package_(root_.package()) {}

  Result<pb::FileDescriptorProto> run() {
    root_.CopyTo(&bundle_);
    keep_bundled_imports();
    LIMPET_CHECK(claim_all(root_, package_, "of the schema"));
    for (const auto& file : document_.files) {
      if (&file == &document_.files.back()) break;
      const auto& import = *document_.pool.FindFileByName(file.path);
      auto added = add(import);
      if (!added) {
        auto error = std::move(added).error();
        error.where = file.path;
        return error;
      }
    }
    rename_all(bundle_);
    if (reference_bytes_ > limits::kDefinitionCharacters) return too_long();
    for (auto& service : *bundle_.mutable_service()) {
      for (auto& method : *service.mutable_method()) {
        rename(*method.mutable_input_type());
        rename(*method.mutable_output_type());
      }
    }
    return std::move(bundle_);
  }

 private:
  // What has a full name in the bundle, for people.
  struct Holder {
    std::string what;
    bool wrapper = false;
  };

  Status claim(const std::string& full_name, Holder holder) {
    const auto [at, fresh] = holders_.try_emplace(full_name, holder);
    if (fresh || (at->second.wrapper && holder.wrapper)) return {};
    return Error::invalid_input("in the bundle " + at->second.what + " and " + holder.what +
                                " would both be " + full_name + ": rename one of them");
  }

  // The names that a file's own definitions have in the scope.
  Status claim_all(const pb::FileDescriptor& file, const std::string& scope,
                   const std::string& whose) {
    const auto claim_named = [&](const char* kind, const auto& definition) {
      return claim(join(scope, definition.name()),
                   {std::string(kind) + " " + definition.name() + " " + whose});
    };
    for (int i = 0; i < file.message_type_count(); ++i) {
      LIMPET_CHECK(claim_named("message", *file.message_type(i)));
    }
    for (int i = 0; i < file.enum_type_count(); ++i) {
      const auto& enumeration = *file.enum_type(i);
      LIMPET_CHECK(claim_named("enum", enumeration));
      for (int k = 0; k < enumeration.value_count(); ++k) {
        LIMPET_CHECK(claim_named("enum value", *enumeration.value(k)));
      }
    }
    for (int i = 0; i < file.extension_count(); ++i) {
      LIMPET_CHECK(claim_named("extension", *file.extension(i)));
    }
    if (&file != &root_) return {};  // services of imports stay behind
    for (int i = 0; i < file.service_count(); ++i) {
      LIMPET_CHECK(claim_named("service", *file.service(i)));
    }
    return {};
  }

  Status add(const pb::FileDescriptor& import) {
    if (import.syntax() != root_.syntax()) {
      return Error::invalid_input(std::string("the import is written in ") +
                                  pb::FileDescriptor::SyntaxName(import.syntax()) +
                                  ", the schema in " +
                                  pb::FileDescriptor::SyntaxName(root_.syntax()) +
                                  ": a bundle is one file of one syntax; write both in the same");
    }
    auto home = home_of(import.package(), package_);
    for (int i = 0; i < import.message_type_count(); ++i) {
      const auto depth = static_cast<int>(home.wrappers.size()) + depth_of(*import.message_type(i));
      if (depth > kMessageDepth) {
        return Error::limit_exceeded(
            "in the bundle message " + import.message_type(i)->name() + " would nest " +
            std::to_string(depth) + " deep, with a message for each part of its package; at most " +
            std::to_string(kMessageDepth) + " are possible");
      }
    }
    const auto whose = "of " + import.name();
    pb::DescriptorProto* wrapper = nullptr;
    auto scope = package_;
    for (const auto& part : home.wrappers) {
      scope = join(scope, part);
      LIMPET_CHECK(claim(scope, {"package " + import.package() + " " + whose, true}));
      wrapper = message_named(part, wrapper == nullptr ? bundle_.mutable_message_type()
                                                       : wrapper->mutable_nested_type());
    }
    LIMPET_CHECK(claim_all(import, scope, whose));
    pb::FileDescriptorProto copy;
    import.CopyTo(&copy);
    const auto move = [](auto& from, auto* to) {
      for (auto& one : from) *to->Add() = std::move(one);
    };
    if (wrapper == nullptr) {
      move(*copy.mutable_message_type(), bundle_.mutable_message_type());
      move(*copy.mutable_enum_type(), bundle_.mutable_enum_type());
      move(*copy.mutable_extension(), bundle_.mutable_extension());
    } else {
      move(*copy.mutable_message_type(), wrapper->mutable_nested_type());
      move(*copy.mutable_enum_type(), wrapper->mutable_enum_type());
      move(*copy.mutable_extension(), wrapper->mutable_extension());
    }
    homes_.emplace(&import, std::move(home));
    return {};
  }

  static pb::DescriptorProto* message_named(const std::string& name,
                                            pb::RepeatedPtrField<pb::DescriptorProto>* all) {
    const auto found = std::ranges::find(*all, name, &pb::DescriptorProto::name);
    if (found != all->end()) return &*found;
    auto* added = all->Add();
    added->set_name(name);
    return added;
  }

  // ---- names of types ----

  void rename_all(pb::FileDescriptorProto& file) {
    for (auto& message : *file.mutable_message_type()) rename_all(message);
    for (auto& extension : *file.mutable_extension()) rename(extension);
  }
  void rename_all(pb::DescriptorProto& message) {
    for (auto& field : *message.mutable_field()) rename(field);
    for (auto& extension : *message.mutable_extension()) rename(extension);
    for (auto& nested : *message.mutable_nested_type()) rename_all(nested);
  }

  // Stops when it is clear that the text will be too long: names of types are short in the files,
  // but full in the bundle.
  void rename(pb::FieldDescriptorProto& field) {
    if (reference_bytes_ > limits::kDefinitionCharacters) return;
    if (field.has_type_name()) {
      rename(*field.mutable_type_name());
      reference_bytes_ += field.type_name().size();
    }
    if (field.has_extendee()) rename(*field.mutable_extendee());
  }

  // A linked file's references are full names with a leading dot.
  void rename(std::string& reference) {
    const auto name = reference.substr(1);
    const pb::FileDescriptor* file = nullptr;
    if (const auto* message = document_.pool.FindMessageTypeByName(name)) {
      file = message->file();
    } else if (const auto* enumeration = document_.pool.FindEnumTypeByName(name)) {
      file = enumeration->file();
    }
    const auto home = homes_.find(file);
    if (home == homes_.end()) return;  // root's own or bundled
    const auto& package = file->package();
    const auto inside = package.empty() ? name : name.substr(package.size() + 1);
    reference = "." + join(home->second.scope, inside);
  }

  // ---- imports that stay ----

  void keep_bundled_imports() {
    const auto is_public = [this](const pb::FileDescriptor* file) {
      for (int i = 0; i < root_.public_dependency_count(); ++i) {
        if (root_.public_dependency(i) == file) return true;
      }
      return false;
    };
    bundle_.clear_dependency();
    bundle_.clear_public_dependency();
    bundle_.clear_weak_dependency();
    std::set<std::string> seen;
    const auto keep = [&](const pb::FileDescriptor& file) {
      for (int i = 0; i < file.dependency_count(); ++i) {
        const auto* import = file.dependency(i);
        if (import->pool() == &document_.pool || !seen.insert(import->name()).second) continue;
        if (is_public(import)) bundle_.add_public_dependency(bundle_.dependency_size());
        bundle_.add_dependency(import->name());
        // No type may have the name of a package, whichever file that is in.
        std::string package;
        for (const auto& part : parts_of(import->package())) {
          package = join(package, part);
          holders_[package] = {"the package of " + import->name()};
        }
      }
    };
    keep(root_);
    for (const auto& file : document_.files) keep(*document_.pool.FindFileByName(file.path));
  }

  const Document& document_;
  const pb::FileDescriptor& root_;
  const std::string& package_;
  pb::FileDescriptorProto bundle_;
  std::map<std::string, Holder> holders_;
  std::unordered_map<const pb::FileDescriptor*, Home> homes_;
  std::size_t reference_bytes_ = 0;
};

Status check_imports(std::string_view root, std::span<const NamedText> imports) {
  if (imports.size() > kImports) {
    return Error::limit_exceeded("more than " + std::to_string(kImports) + " imports");
  }
  std::size_t bytes = root.size();
  std::set<std::string_view> names;
  for (const auto& [name, text] : imports) {
    bytes += text.size();
    if (std::ranges::binary_search(bundled_imports(), name, std::less<>())) {
      return Error::invalid_input(
          "import \"" + std::string(name) + "\" is not needed: every schema may import this file",
          std::string(name));
    }
    if (!names.insert(name).second) {
      return Error::invalid_input("two imports have the name \"" + std::string(name) + "\"",
                                  std::string(name));
    }
  }
  if (bytes > kTextBytes) {
    return Error::limit_exceeded("the schema and its imports are longer than " +
                                 std::to_string(kTextBytes) + " bytes together");
  }
  return {};
}

Result<Schema> parse_all(std::string_view root, std::span<const NamedText> imports) {
  std::map<std::string_view, std::string_view> texts;
  for (const auto& [name, text] : imports) texts.emplace(name, text);
  std::set<std::string, std::less<>> used;
  std::string missing;
  auto schema = parse(root, {.imports = [&](std::string_view path) -> std::optional<std::string> {
                        const auto found = texts.find(path);
                        if (found == texts.end()) {
                          missing = path;
                          return std::nullopt;
                        }
                        used.emplace(path);
                        return std::string(found->second);
                      }});
  if (!missing.empty()) {
    return Error::invalid_input("import \"" + missing + "\" is not among the imports given",
                                schema.error().where);
  }
  if (!schema) return schema;
  for (const auto& [name, text] : imports) {
    if (!used.contains(name)) {
      return Error::invalid_input(
          "import \"" + std::string(name) + "\" is never used: no import statement names it",
          std::string(name));
    }
  }
  return schema;
}

}  // namespace

Result<std::string> bundle(std::string_view root, std::span<const NamedText> imports) {
  LIMPET_CHECK(check_imports(root, imports));
  LIMPET_TRY(const auto schema, parse_all(root, imports));
  SourceFile merged;
  LIMPET_TRY(merged.proto, Merger(schema.document()).run());
  Measure sums;
  if (const auto status = measure(merged.proto, sums); !status) {
    return Error::limit_exceeded("in the bundle: " + status.error().message);
  }
  pb::DescriptorPool pool(&bundled_files().pool);
  LIMPET_TRY(const auto* linked, link(pool, merged));
  Types types;
  File file;
  build_model(*linked, nullptr, bundled_files().types, types, file);
  auto text = canonical_text(file);
  if (text.size() > limits::kDefinitionCharacters &&
      code_points(text) > limits::kDefinitionCharacters) {
    return too_long();
  }
  // Names are longer than in the parts, and there are more of them: a limit may be passed.
  const auto again = parse(text);
  if (!again) return Error::limit_exceeded("in the bundle: " + again.error().message);
  if (identity_form(*again) != identity_of(*linked)) {
    return Error::internal("the bundle does not read back as what was merged");
  }
  return text;
}

}  // namespace limpet::protobuf
