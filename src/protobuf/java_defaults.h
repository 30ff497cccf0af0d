// Defaults of bytes fields as Java's serializers print them: without quotes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace limpet::protobuf {

/// The text with these defaults in quotes, line by line; nullopt: there are none.
///
///   optional bytes a = 1 [default = it\'s];          …    [default = "it\'s"];
///   optional bytes b = 2 [
///     deprecated = true,
///     default = \000\377                                    default = "\000\377"
///   ];
///
/// Only lines of exactly this layout count, and only what escaped bytes can look like: printable
/// ASCII, quotes escaped. No schema of the language holds such a line outside of comments, so where
/// a text cannot be read as it is, this changes nothing that it might have meant.
std::optional<std::string> quote_java_defaults(std::string_view text);

}  // namespace limpet::protobuf
