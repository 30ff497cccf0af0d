#include "limpet/columns/column_builder.h"

#include <cstring>
#include <string>
#include <utility>

namespace limpet::columns {
namespace {

struct SchemaParts {
  std::string format;
  std::string name;
  std::string metadata;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> child_pointers;
  std::unique_ptr<ArrowSchema> dictionary;
};

void release_schema(ArrowSchema* schema) {
  const std::unique_ptr<SchemaParts> parts(static_cast<SchemaParts*>(schema->private_data));
  for (auto* child : parts->child_pointers) {
    if (child->release != nullptr) child->release(child);
  }
  if (parts->dictionary != nullptr && parts->dictionary->release != nullptr) {
    parts->dictionary->release(parts->dictionary.get());
  }
  schema->release = nullptr;
}

void append_int(std::string& out, std::size_t value) {
  const auto number = static_cast<std::int32_t>(value);
  char bytes[sizeof number];  // NOLINT: the interface's own byte order is the machine's
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof number);
}

// "The Arrow C data interface", "ArrowSchema.metadata": counts and lengths as native 32-bit ints.
std::string encode_metadata(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string out;
  if (pairs.empty()) return out;
  append_int(out, pairs.size());
  for (const auto& [key, value] : pairs) {
    append_int(out, key.size());
    out += key;
    append_int(out, value.size());
    out += value;
  }
  return out;
}

void hand_out(std::unique_ptr<SchemaParts> parts, std::int64_t flags, ArrowSchema* out) {
  for (auto& child : parts->children) parts->child_pointers.push_back(&child);
  *out = {.format = parts->format.c_str(),
          .name = parts->name.c_str(),
          .metadata = parts->metadata.empty() ? nullptr : parts->metadata.data(),
          .flags = flags,
          .n_children = static_cast<std::int64_t>(parts->children.size()),
          .children = parts->children.empty() ? nullptr : parts->child_pointers.data(),
          .dictionary = parts->dictionary.get(),
          .release = &release_schema,
          .private_data = nullptr};
  out->private_data = parts.release();
}

}  // namespace

void export_schema(const ColumnType& type, ArrowSchema* out) {
  auto parts = std::make_unique<SchemaParts>();
  parts->format = arrow_format(type);
  parts->name = type.name;
  parts->metadata = encode_metadata(type.metadata);
  parts->children.resize(type.children.size());
  for (std::size_t i = 0; i < type.children.size(); ++i) {
    export_schema(type.children[i], &parts->children[i]);
  }
  if (type.kind == Kind::Map) {
    auto entries = std::make_unique<SchemaParts>();
    entries->format = "+s";
    entries->name = "entries";
    entries->children = std::move(parts->children);
    parts->children = std::vector<ArrowSchema>(1);
    hand_out(std::move(entries), 0, parts->children.data());
  }
  if (type.kind == Kind::Enum) {
    parts->dictionary = std::make_unique<ArrowSchema>();
    export_schema({.kind = Kind::Utf8}, parts->dictionary.get());
  }
  hand_out(std::move(parts), type.nullable || type.kind == Kind::Null ? ARROW_FLAG_NULLABLE : 0,
           out);
}

}  // namespace limpet::columns
