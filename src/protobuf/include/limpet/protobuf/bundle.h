// Bundle: one self-contained file made of a schema and those that it imports.
//
//   const NamedText address{"common/address.proto", R"(syntax = "proto3"; package common;
//       message Address { string city = 1; })"};
//   auto whole = protobuf::bundle(R"(syntax = "proto3"; package shop;
//       import "common/address.proto"; message Order { common.Address to = 1; })",
//       std::array{address});
//   // … message Order { .shop.common.Address to = 1; }
//   //   message common { message Address { string city = 1; } }
//
// Pure: the same texts give the same bundle. Threads: safe.
#pragma once

#include "limpet/base/named_text.h"
#include "limpet/base/result.h"

#include <span>
#include <string>
#include <string_view>

namespace limpet::protobuf {

/// Merge `root` and its imports into one file of root's syntax, package and file options, printed
/// as canonical_text() prints. google/protobuf/… and google/type/… stay imports. Without imports:
/// root's canonical text.
///
/// An import's name is the path by which `import` statements of root or of other imports mention
/// it. Its messages, enums and extensions come whole, behind root's own and behind those of its own
/// imports; a message that stands for their package holds them:
///
///   package of the import    in a bundle of package shop
///   shop                     beside root's own types: names stay
///   shop.geo                 in `message geo`: full names stay (shop.geo.Point)
///   common.geo               in `message common { message geo`: shop.common.geo.Point
///   none                     beside root's own types: shop.Point
///
/// Where root has no package, all full names stay (but AWS's Java deserializer misreads messages
/// within messages in a file without package). Numbers and kinds of fields do not change, so
/// data written with the separate files is read with the bundle and the other way round. What goes:
/// file options and services of imports, and the difference between plain and public imports.
///
/// Message indexes (message_index.h) count in the bundle, as it is what consumers fetch: producers
/// must compile the bundle, or look the index up in it. A path of positions is the same in root for
/// root's own messages; a rank by name is so only where no imported name sorts before theirs (by
/// convention that of a package, lower case, does not).
///
/// Limits: 100 imports, 4 MiB of text, 31 messages within each other (those that stand for packages
/// included), 170,000 characters of bundle. Errors: InvalidInput (what parse() refuses, in root or
/// in an import; an import that nothing uses, that is given twice or that is bundled anyway; proto2
/// and proto3 mixed; two definitions that would have one name); LimitExceeded. `where` is the place
/// in root, or the name of an import and the place in it.
Result<std::string> bundle(std::string_view root, std::span<const NamedText> imports);

}  // namespace limpet::protobuf
