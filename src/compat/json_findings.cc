#include "findings.h"

namespace limpet::compat {
namespace {

using json_schema::Difference;
using json_schema::Rule;

constexpr std::string_view kAbsent = "absent";

/// What is to be kept or left out: `"age"`, or the place where no property is concerned.
std::string target(const Difference& difference, const std::string& path) {
  return difference.field.empty() ? shorten(path, kWordBytes) : quoted(difference.field);
}

/// Undoing the change always helps; where something else does as well, it is said first.
std::string fix_of(const Comparison& comparison, const Difference& difference) {
  const bool backward = comparison.backward();
  const std::string& stored_value = backward ? difference.writer_value : difference.reader_value;
  const std::string& stored_path = backward ? difference.writer_path : difference.reader_path;
  const std::string what = target(difference, stored_path);
  const std::string stored = comparison.stored();
  switch (difference.rule) {
    case Rule::RequiredAttributeAdded:
    case Rule::RequiredPropertyAddedToUnopenContentModel:
      if (backward) return "Give " + what + " a default, or leave it out of \"required\"";
      return "Keep " + what + " in the new definition, and in its \"required\"";
    case Rule::OptionalPropertyAddedToOpenContentModel:
    case Rule::RequiredPropertyAddedToOpenContentModel:
    case Rule::RequiredPropertyWithDefaultAddedToOpenContentModel:
      if (!backward) return "Keep " + what + " in the new definition, as " + stored + " has it";
      return "Leave " + what + " out, since " + stored +
             " takes anything under that name (a schema with \"additionalProperties\": false can "
             "get properties later)";
    case Rule::PropertyRemovedFromClosedContentModel:
    case Rule::PropertyRemovedNotCoveredByPartiallyOpenContentModel:
      if (!backward) return "Leave " + what + " out of the new definition";
      return "Keep " + what + " in the new definition";
    default:
      break;
  }
  if (stored_value.empty()) return "Keep " + what + " as " + stored + " has it";
  if (stored_value == kAbsent) return "Leave it out at " + what + ", as " + stored + " does";
  return "Keep " + what + " as " + stored + " has it: " + shorten(stored_value, kWordBytes);
}

/// "#/properties/age" → "/properties/age"; the paths of all findings are plain JSON pointers.
std::string pointer(std::string_view path) {
  if (path.starts_with('#')) path.remove_prefix(1);
  return shorten(path.empty() ? "/" : path, kMemberBytes);
}

std::string value_or_absent(std::string_view value) {
  return value.empty() ? std::string(kAbsent) : shorten(value, kMemberBytes);
}

}  // namespace

Finding to_finding(const Comparison& comparison, const Difference& difference) {
  return {
      .rule = std::string(json_schema::to_string(difference.rule)),
      .direction = comparison.direction,
      .version = comparison.version,
      .path = pointer(difference.reader_path),
      .field = shorten(difference.field, kMemberBytes),
      .reader_type = value_or_absent(difference.reader_value),
      .writer_type = value_or_absent(difference.writer_value),
      .message = comparison.message(
          json_schema::describe(difference, comparison.reader(), comparison.writer())),
      .fix = fix_of(comparison, difference),
  };
}

}  // namespace limpet::compat
