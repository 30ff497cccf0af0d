// JSON documents of one schema as Arrow columns: which ones, of which types.
//
//   auto layout = json_schema::column_layout(*schema);
//   if (!layout) return std::move(layout).error();
//   columns::describe(layout->row);     // struct<id: int64, tags: list<item: utf8>?, …>
//
// What a schema's types become (JSON Schema 2020-12, "Validation", 6.1; Arrow Columnar Format):
//   "string"                                 utf8, whatever its format
//   "integer"; "number"                      int64; double
//   "boolean"; "null"                        boolean; null
//   "object" with `properties`               struct of these, in the order of the text
//   "array" of one schema for all items      list
//   one of these, or null                    it, nullable
//   everything else                          utf8, the value's JSON text; extension arrow.json:
//                                            no `type`, several types, objects without
//                                            `properties`, tuples, an object of which
//                                            alternatives name other members, a schema within
//                                            itself, what a dynamic reference decides
// A type is what `type`, `enum` and `const` leave, with what `$ref` and `allOf` add, and of `anyOf`
// and `oneOf` what their branches have in common; a branch that is null makes nullable, and one
// that is left over counts as the schema itself. Other keywords do not change it.
//
// The properties of the root are the columns; a root that is no such object becomes one column,
// "value". Nullable is what is not in `required`, or may be null. Members that the schema does not
// name have no column. `default` is not applied: it is a remark. In a column of JSON text, null is
// the text "null", and a null is a member that is not there. Metadata: "json_schema.description".
#pragma once

#include "limpet/base/result.h"
#include "limpet/columns/row_layout.h"
#include "limpet/json_schema/schema.h"

#include <string>
#include <vector>

namespace limpet::json_schema {

struct ColumnOptions {
  /// Members to read: "id", "address.city" (through objects, also those in lists). Empty: all.
  std::vector<std::string> projection = {};
};

/// Limits: columns::kMaxColumns, kMaxDepth, kMaxLayoutText; 2^18 schemas looked at, which count
/// again wherever they stand; 128 alternatives and conditions within each other. Errors:
/// InvalidInput (a projection that names no property, a name with NUL), LimitExceeded; `where` is
/// the column's path. Threads: safe.
Result<columns::RowLayout> column_layout(const Schema& schema, const ColumnOptions& options = {});

}  // namespace limpet::json_schema
