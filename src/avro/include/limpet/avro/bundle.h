// Bundle: one self-contained schema made of a schema and those that it mentions by name.
//
//   const NamedText address{"shop.Address", R"({"type":"record","name":"shop.Address",…})"};
//   auto whole = avro::bundle(R"({"type":"record","name":"Order","fields":[
//       {"name":"to","type":"shop.Address"}]})", std::array{address});
//   if (!whole) return std::move(whole).error();
//   auto schema = avro::parse(*whole);
//
// Pure: the same texts give the same bundle. Threads: safe.
#pragma once

#include "limpet/base/named_text.h"
#include "limpet/base/result.h"

#include <span>
#include <string>
#include <string_view>

namespace limpet::avro {

/// Put the definition of each imported type where `root` mentions it first; later mentions stay
/// names. Every attribute of the definitions survives; a "namespace" is added where a definition
/// would inherit another one at its new place. Without imports: `root` as it is.
///
/// An import's name is a full name; its text defines that type, as its top-level schema or, where
/// that is a union, array or map, somewhere in it. Texts see all types of all imports, and each
/// other's (recursion from one import to another is fine); their own come first. One type may be
/// defined in several texts if the definitions are the same in meaning (identity_form).
/// Limits: 100 imports, 4 MiB of text, 512 types within each other, 170,000 characters of bundle.
/// Errors: InvalidInput (what parse() refuses, in `root` or in an import; an import that nothing
/// uses, that does not define its name or is given twice; a name that could mean two types; two
/// different definitions of one type); LimitExceeded. `where` is the place in `root`, or the name
/// of an import and the place in it.
Result<std::string> bundle(std::string_view root, std::span<const NamedText> imports);

}  // namespace limpet::avro
