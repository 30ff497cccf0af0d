#include "limpet/compat/bundle.h"

#include "limpet/avro/bundle.h"
#include "limpet/base/limits.h"
#include "limpet/json/parse.h"
#include "limpet/json_schema/bundle.h"
#include "limpet/json_schema/schema.h"
#include "limpet/protobuf/bundle.h"

namespace limpet::compat {
namespace {

/// Alone, a text without `$schema` means draft-07; within another one it means that one's dialect.
Status check_dialects(std::string_view whole, std::span<const NamedText> imports) {
  LIMPET_TRY(const auto schema, json_schema::parse(whole));
  if (schema.dialect() == json_schema::Dialect::Draft7) return {};
  for (const NamedText& import : imports) {
    LIMPET_TRY(const auto tree, json::parse(import.text, {.max_depth = limits::kSchemaDepth * 4,
                                                          .max_nodes = limits::kSchemaNodes}));
    if (!tree.is_object() || tree.find("$schema") != nullptr) continue;
    const std::string name(import.name);
    return Error::invalid_input(
        "the import " + name +
            " has no $schema, so it is written in draft-07, and this schema in " +
            std::string(to_string(schema.dialect())) + "; all must have the same $schema",
        name);
  }
  return {};
}

}  // namespace

Result<std::string> bundle_definition(Format format, std::string_view root,
                                      std::span<const NamedText> imports) {
  switch (format) {
    case Format::Avro:
      return avro::bundle(root, imports);
    case Format::Json: {
      LIMPET_TRY(auto whole, json_schema::bundle(root, imports));
      LIMPET_CHECK(check_dialects(whole, imports));
      return whole;
    }
    case Format::Protobuf:
      return protobuf::bundle(root, imports);
  }
  return Error::internal("a format without an engine");
}

}  // namespace limpet::compat
