#include "adapter.h"
#include "bundled.h"
#include "document.h"
#include "identity.h"
#include "java_defaults.h"
#include "measure.h"
#include "model_builder.h"
#include "text_scan.h"

#include "limpet/protobuf/schema.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace limpet::protobuf {
namespace {

constexpr std::size_t kTextBytes = 1UL << 20;
constexpr std::size_t kAllTextBytes = 4UL << 20;
constexpr std::size_t kFiles = 256;

bool is_bundled(std::string_view path) {
  return std::ranges::binary_search(bundled_files().paths, path, std::less<>());
}

// The root's place is the one that Java's serializers give it.
std::string root_path(std::string package) {
  std::ranges::replace(package, '.', '/');
  return package.empty() ? "default.proto" : package + "/default.proto";
}

// Errors inside an imported file say in which.
Error in_file(Error error, std::string_view path) {
  error.where = error.where.empty() ? std::string(path) : std::string(path) + " " + error.where;
  return error;
}

// A file whose imports are being read, or have been.
struct Unit {
  SourceFile source;
  int imports_seen = 0;
  bool complete = false;
  bool root = false;
};

// Reads the root and what it imports, depth first and without recursion.
class Loader {
 public:
  explicit Loader(const ParseOptions& options) : options_(options) {}

  // All files, imports before their importers.
  Result<std::vector<Unit*>> run(std::string_view text) {
    root_.root = true;
    LIMPET_CHECK(read(text, root_));
    open_.push_back(&root_);
    while (!open_.empty()) {
      Unit& unit = *open_.back();
      const auto& proto = unit.source.proto;
      if (unit.imports_seen == proto.dependency_size()) {
        unit.complete = true;
        ordered_.push_back(&unit);
        open_.pop_back();
        continue;
      }
      const std::string& path = proto.dependency(unit.imports_seen++);
      if (is_bundled(path)) continue;
      if (const auto known = imports_.find(path); known != imports_.end()) {
        if (!known->second->complete) return cycle(path);
        continue;
      }
      LIMPET_CHECK(import(path, unit));
    }
    name_root();
    return std::move(ordered_);
  }

 private:
  Status read(std::string_view text, Unit& unit) {
    if (text.size() > kTextBytes) {
      return Error::invalid_input("the text is longer than " + std::to_string(kTextBytes) +
                                  " bytes");
    }
    if (auto status = read_bounded(text, unit.source); !status) {
      const auto quoted = quote_java_defaults(text);
      unit.source.proto.Clear();
      unit.source.lines.Clear();
      if (!quoted || !read_bounded(*quoted, unit.source)) return status;
    }
    return measure(unit.source.proto, sums_);
  }

  static Status read_bounded(std::string_view text, SourceFile& source) {
    LIMPET_CHECK(scan_text(text));
    return read_source(text, source);
  }

  void open(std::unique_ptr<Unit> unit) {
    open_.push_back(unit.get());
    const std::string path = unit->source.proto.name();
    imports_.emplace(path, std::move(unit));
  }

  // Last, so that its name is no import's.
  void name_root() {
    auto path = root_path(root_.source.proto.package());
    while (imports_.contains(path)) path.insert(0, "_");
    root_.source.proto.set_name(std::move(path));
  }

  Status import(const std::string& path, const Unit& importer) {
    if (imports_.size() + 1 >= kFiles) {
      return Error::invalid_input("more than " + std::to_string(kFiles) + " files");
    }
    auto text = options_.imports ? options_.imports(path) : std::nullopt;
    if (!text) {
      auto error = Error::invalid_input("unable to find " + path +
                                        ": only the bundled files of google/protobuf/ and "
                                        "google/type/ can be imported");
      if (options_.imports) error.message = "unable to find " + path;
      return importer.root ? error : in_file(std::move(error), importer.source.proto.name());
    }
    all_bytes_ += text->size();
    if (all_bytes_ > kAllTextBytes) {
      return Error::invalid_input("the imported files are longer than " +
                                  std::to_string(kAllTextBytes) + " bytes together");
    }
    auto unit = std::make_unique<Unit>();
    if (auto status = read(*text, *unit); !status) {
      return in_file(std::move(status).error(), path);
    }
    unit->source.proto.set_name(path);
    open(std::move(unit));
    return {};
  }

  Error cycle(const std::string& path) const {
    std::string message = "import cycle: ";
    auto at = std::ranges::find(open_, path, [](const Unit* u) { return u->source.proto.name(); });
    for (; at != open_.end(); ++at) message += (*at)->source.proto.name() + " -> ";
    return Error::invalid_input(message + path);
  }

  const ParseOptions& options_;
  Unit root_;
  std::map<std::string, std::unique_ptr<Unit>> imports_;
  std::vector<Unit*> open_;
  std::vector<Unit*> ordered_;
  std::size_t all_bytes_ = 0;
  Measure sums_;

 public:
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;
};

Error refuse(std::string message, std::uint32_t line) {
  return Error::invalid_input(std::move(message),
                              line == 0 ? std::string() : "line " + std::to_string(line));
}

bool is_custom_option(const Field& extension) {
  return extension.extendee.starts_with(".google.protobuf.") &&
         extension.extendee.ends_with("Options");
}

// AWS Glue developer guide: Protocol Buffers "without support for extensions or groups".
Status refuse_extensions(const std::vector<Field>& extensions) {
  for (const auto& extension : extensions) {
    if (extension.type == FieldType::Group) {
      return refuse("groups are not supported: " + extension.name, extension.line);
    }
    if (!is_custom_option(extension)) {
      return refuse("extensions are not supported: extend " + extension.extendee.substr(1),
                    extension.line);
    }
  }
  return {};
}

Status refuse_extensions(const std::vector<Message>& messages) {
  for (const auto& message : messages) {
    if (!message.extension_ranges.empty()) {
      return refuse("extensions are not supported: message " + message.full_name, message.line);
    }
    for (const auto& field : message.fields) {
      if (field.type == FieldType::Group) {
        return refuse("groups are not supported: " + message.full_name + "." + field.name,
                      field.line);
      }
    }
    LIMPET_CHECK(refuse_extensions(message.extensions));
    LIMPET_CHECK(refuse_extensions(message.messages));
  }
  return {};
}

// The JSON mapping knows types of the bundle by name: others of that name would mislead it.
Status refuse_shadows(const std::vector<Enum>& enums) {
  for (const auto& enumeration : enums) {
    if (bundled_files().pool.FindEnumTypeByName(enumeration.full_name) != nullptr) {
      return refuse(enumeration.full_name + " is a type of the bundled files", enumeration.line);
    }
  }
  return {};
}

Status refuse_shadows(const std::vector<Message>& messages) {
  for (const auto& message : messages) {
    if (bundled_files().pool.FindMessageTypeByName(message.full_name) != nullptr) {
      return refuse(message.full_name + " is a type of the bundled files", message.line);
    }
    LIMPET_CHECK(refuse_shadows(message.enums));
    LIMPET_CHECK(refuse_shadows(message.messages));
  }
  return {};
}

// Whether something of that name, no package, is in the pool.
bool defines(const pb::DescriptorPool& pool, const std::string& name) {
  const auto* file = pool.FindFileContainingSymbol(name);
  return file != nullptr && file->package() != name && !file->package().starts_with(name + ".");
}

// The bundled files lie in a pool below the schema's own, where the linker does not look for what
// is a package in one file and something else in another.
Status refuse_package_clashes(const pb::FileDescriptor& file) {
  for (auto name = file.package(); !name.empty();
       name.resize(name.find('.') == std::string::npos ? 0 : name.rfind('.'))) {
    if (defines(bundled_files().pool, name)) {
      return refuse("package " + name + " has the name of a type of the bundled files", 0);
    }
  }
  for (int i = 0; i < file.dependency_count(); ++i) {
    if (!is_bundled(file.dependency(i)->name())) continue;
    for (const std::string name : {"google", "google.protobuf", "google.type"}) {
      if (defines(*file.pool(), name)) {
        return refuse(name + " is the package of " + file.dependency(i)->name(), 0);
      }
    }
  }
  return {};
}

Status refuse_unsupported(const File& file, Extensions extensions) {
  LIMPET_CHECK(refuse_shadows(file.enums));
  LIMPET_CHECK(refuse_shadows(file.messages));
  if (extensions == Extensions::Accept) return {};
  LIMPET_CHECK(refuse_extensions(file.extensions));
  return refuse_extensions(file.messages);
}

void collect(const std::vector<Message>& messages, std::vector<const Message*>& out) {
  for (const auto& message : messages) {
    out.push_back(&message);
    collect(message.messages, out);
  }
}

}  // namespace

Schema::Schema(std::shared_ptr<const Document> document) : document_(std::move(document)) {}

const File& Schema::file() const& { return document_->files.back(); }

std::span<const Message* const> Schema::messages() const& { return document_->messages; }

const Message* Schema::find_message(std::string_view full_name) const& {
  const auto found =
      std::ranges::lower_bound(document_->messages, full_name, {},
                               [](const Message* m) -> std::string_view { return m->full_name; });
  if (found == document_->messages.end() || (*found)->full_name != full_name) return nullptr;
  return *found;
}

Result<Schema> parse(std::string_view text, const ParseOptions& options) {
  Loader loader(options);
  LIMPET_TRY(const auto units, loader.run(text));
  auto document = std::make_shared<Document>(&bundled_files().pool);
  document->widest = bundled_files().widest;
  for (const Unit* unit : units) {
    const std::string& path = unit->source.proto.name();
    auto linked = link(document->pool, unit->source);
    if (!linked) {
      return unit->root ? std::move(linked).error() : in_file(std::move(linked).error(), path);
    }
    File& file = document->files.emplace_back();
    build_model(**linked, &unit->source, bundled_files().types, document->types, file);
    document->widest = std::max(document->widest, widest_message(file));
    auto status = refuse_package_clashes(**linked);
    if (status) status = refuse_unsupported(file, options.extensions);
    if (!status) {
      return unit->root ? std::move(status).error() : in_file(std::move(status).error(), path);
    }
    if (unit->root) {
      document->root = *linked;
    } else {
      document->import_identities.emplace(&file, identity_of(**linked));
    }
  }
  collect(document->files.back().messages, document->messages);
  std::ranges::sort(document->messages, {},
                    [](const Message* m) -> const std::string& { return m->full_name; });
  return Schema(std::move(document));
}

}  // namespace limpet::protobuf
