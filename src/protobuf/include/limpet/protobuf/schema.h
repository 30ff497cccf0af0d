// Protobuf schemas (proto2, proto3): parse, canonical text, identity.
//
//   auto schema = protobuf::parse("syntax = \"proto3\"; message Order { int64 id = 1; }");
//   if (!schema) return std::move(schema).error();      // InvalidInput, `where` = "line 1, column
//   9" index.emplace(protobuf::identity_form(*schema), *schema);
//
// Nothing is ever read from disk or network: an import is a bundled file (google/protobuf/ and
// google/type/), or what the caller's resolver answers. A Schema is immutable; copies share one
// document and are cheap. Threads: safe.
#pragma once

#include "limpet/base/result.h"
#include "limpet/protobuf/model.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::protobuf {

struct Document;

/// A whole parsed file with everything it imports.
class Schema {
 public:
  explicit Schema(std::shared_ptr<const Document> document);
  /// The file itself; valid while this Schema (or a copy) lives.
  const File& file() const&;
  const File& file() && = delete;
  /// All messages of the file, nested ones and map entries included, by full name in byte order.
  std::span<const Message* const> messages() const&;
  std::span<const Message* const> messages() && = delete;
  /// The message of that full name (without leading dot) in this file, or nullptr.
  const Message* find_message(std::string_view full_name) const&;
  const Message* find_message(std::string_view full_name) && = delete;

  /// For this room's own sources.
  const Document& document() const { return *document_; }

 private:
  std::shared_ptr<const Document> document_;
};

/// `extensions`, `extend` and `group`: AWS Glue documents that it does not take them. Custom
/// options
/// (`extend google.protobuf.FieldOptions`) are always taken.
enum class Extensions : bool { Reject, Accept };

/// The text of an imported file by its path; nullopt = there is none.
using ImportResolver = std::function<std::optional<std::string>(std::string_view path)>;

struct ParseOptions {
  Extensions extensions = Extensions::Reject;
  ImportResolver imports = nullptr;  ///< asked for paths that are not bundled
};

/// Parse and link one file: every type resolves, numbers and names are checked. Editions are
/// refused, and so are types with the name of a bundled one. Taken beside the language: defaults of
/// bytes fields without quotes, as AWS's Java serializer registers them. Limits: 1 MiB of text (4
/// MiB and 256 files with all imports), 31 messages within each other, 200,000 definitions, full
/// names of 8 MiB together. Errors: InvalidInput, also when a limit is passed; `where` is "line L,
/// column C", preceded by the path where the culprit is an imported file.
Result<Schema> parse(std::string_view text, const ParseOptions& options = {});

/// The paths that every schema may import: google/protobuf/…, google/type/….
std::span<const std::string> bundled_imports();

/// Canonical text: what Java's serializers register for a schema, which is Square Wire's layout
/// (without its spaces on empty lines, and with quotes around defaults of bytes).
/// Two spaces of indentation; syntax (proto3 only), package, imports, options, messages, enums,
/// extensions, services; in a message reserved statements, options, plain fields, proto3 optional
/// fields, oneofs, extension ranges, nested messages, nested enums; a field's default last of its
/// options; full names of types and custom options with a leading dot; maps as their entry
/// messages; comments dropped. Parsing the text gives a schema of the same text and identity.
std::string canonical_text(const Schema& schema);

/// The form by which the registry tells definitions apart: bytes of a FileDescriptorProto without
/// what a spelling may change. Comments, white space, quotes, spelling of numbers and type names,
/// and how messages, enums and kinds of fields interleave are forgotten; names, numbers, options,
/// reserved ranges and the order of fields and messages are kept.
std::string identity_form(const Schema& schema);

}  // namespace limpet::protobuf
