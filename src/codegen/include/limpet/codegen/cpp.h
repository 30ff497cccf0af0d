// C++ from schemas: structs, their bindings, and a straight-line codec for the exact schema.
//
//   auto schema = avro::parse(text);
//   auto header = codegen::cpp_header(*schema, text, {.source = "user.avsc"});
//   if (!header) return std::move(header).error();      // InvalidInput: what C++ cannot hold
//   write_file("user.h", *header);
//
// Records become structs, enums become enum classes, in the namespaces of the schema. A union of
// null and one type becomes std::optional, any other a std::variant in the order of its branches
// (std::monostate for null). A record that holds itself is held by std::unique_ptr. Logical types
// keep the type they stand on; a comment says what it means. Words of C++ get an underscore.
//
// Pure: the same schema gives the same text. Threads: safe.
#pragma once

#include "limpet/avro/schema.h"
#include "limpet/base/result.h"
#include "limpet/json_schema/schema.h"
#include "limpet/protobuf/schema.h"

#include <string>
#include <string_view>

namespace limpet::codegen {

enum class Strings : bool {
  Owned,  ///< std::string, std::vector<std::byte>
  Views,  ///< std::string_view, std::span<const std::byte>: into the message or the arena
};

struct CppOptions {
  std::string source{};      ///< named in the first line: "user.avsc"
  std::string name_space{};  ///< "shop::v1" for every type; empty: the schema's namespaces
  Strings strings = Strings::Owned;
  std::string root_name{};  ///< JSON Schema: name of the outermost struct when it has no `title`
};

/// Requires: `text` is what `schema` was parsed from; the header holds a copy of it.
/// Errors: InvalidInput (`where` = the place): no record at the top, two types that would have one
/// name in C++, a type that C++ cannot hold (a record that holds itself within a larger union, an
/// array of booleans: std::vector<bool> has no items that can be read into).
Result<std::string> cpp_header(const avro::Schema& schema, std::string_view text,
                               const CppOptions& options = {});

/// Every message of the file; messages of other files that it uses as well.
/// Errors: InvalidInput: no messages, two types of one name in C++, a repeated bool.
Result<std::string> cpp_header(const protobuf::Schema& schema, std::string_view text,
                               const CppOptions& options = {});

/// Objects with `properties` become structs; `additionalProperties` alone a map; `enum` of strings
/// an enum class; `$ref` within the document is followed; `["T", "null"]` is optional, and so is a
/// property that is not `required`.
/// Errors: InvalidInput: a schema that has no one type (`where` names it), an array of booleans.
Result<std::string> cpp_header(const json_schema::Schema& schema, std::string_view text,
                               const CppOptions& options = {});

}  // namespace limpet::codegen
