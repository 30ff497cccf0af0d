// Bundle: one self-contained document made of a JSON Schema and those that it refers to.
//
//   const NamedText address{"address.json", R"({"type":"object"})"};
//   auto whole = json_schema::bundle(R"({"properties":{"to":{"$ref":"address.json"}}})",
//                                    std::array{address});
//   // {"properties":{"to":{"$ref":"#/definitions/address.json"}},
//   //  "definitions":{"address.json":{"type":"object"}}}
//
// Pure: the same texts give the same bundle. Threads: safe.
#pragma once

#include "limpet/base/named_text.h"
#include "limpet/base/result.h"

#include <span>
#include <string>
#include <string_view>

namespace limpet::json_schema {

/// Embed each import under `$defs` of `root` (before 2019-09, or where `root` has only those:
/// `definitions`), and make each reference to one a JSON pointer from the top, so that readers need
/// to know nothing of identifiers: those of embedded schemas (`$id`, `$anchor`, `$schema`) are left
/// out. All else stays as it is, `root`'s references within itself too. Without imports: `root`.
///
/// An import's name is a URI without fragment, as references write it, with or without "./"; it is
/// also found by its `$id`, and by its name relative to the `$id` of `root`. An import without
/// `$schema` has the dialect of `root`.
/// Limits: 100 imports, 4 MiB of text, parse()'s over all texts, 170,000 characters of bundle.
/// Errors: InvalidInput (what parse() refuses, in `root` or in an import; an import that nothing
/// uses, that is given twice, has another's identifier, another dialect than `root`, or dynamic
/// references or anchors; a reference that could mean two; one to an import from within a schema
/// of `root` that has an `$id` of its own, unless that of `root` is an absolute URI);
/// LimitExceeded. `where` is the place, behind the URI of an import.
Result<std::string> bundle(std::string_view root, std::span<const NamedText> imports);

}  // namespace limpet::json_schema
