#include "findings.h"

namespace limpet::compat {
namespace {

using protobuf::Difference;
using protobuf::Rule;

constexpr std::string_view kAbsent = "absent";

/// The number of a field, which is the last part of its path.
std::string number_of(const Difference& difference) {
  return difference.path.substr(difference.path.rfind('/') + 1);
}

std::string fix_of(const Comparison& comparison, const Difference& difference) {
  const bool backward = comparison.backward();
  const std::string stored = comparison.stored();
  const std::string& stored_value = (backward ? difference.writer : difference.reader).value;
  const std::string name =
      difference.field.empty() ? shorten(difference.path, kWordBytes) : quoted(difference.field);
  switch (difference.rule) {
    case Rule::RequiredFieldAdded:
      if (backward) return "Make " + name + " optional";
      break;
    case Rule::FieldBecameRequired:
      return backward ? "Keep " + name + " optional" : "Keep " + name + " required";
    case Rule::FieldKindChanged:
    case Rule::FieldScalarKindChanged:
    case Rule::FieldNamedTypeChanged:
      return "Keep " + name + " as " + stored + " has it (" + shorten(stored_value, kWordBytes) +
             "), and give the new type a field of its own with a number other than " +
             number_of(difference);
    case Rule::PackageChanged:
      return stored_value == kAbsent ? "Leave the package out"
                                     : "Keep " + shorten(stored_value, kWordBytes);
    case Rule::MessageRemoved:
    case Rule::EnumRemoved:
    case Rule::ServiceRemoved:
      if (stored_value != kAbsent) return "Keep " + shorten(stored_value, kWordBytes);
      break;
    default:
      break;
  }
  if (stored_value == kAbsent) return "Leave " + name + " out of the new definition";
  return "Keep " + name + " as " + stored + " has it: " + shorten(stored_value, kWordBytes);
}

}  // namespace

Finding to_finding(const Comparison& comparison, const Difference& difference) {
  std::string_view path = difference.path;
  if (path.starts_with('#')) path.remove_prefix(1);
  return {
      .rule = std::string(protobuf::to_string(difference.rule)),
      .direction = comparison.direction,
      .version = comparison.version,
      .path = shorten(path.empty() ? "/" : path, kMemberBytes),
      .field = shorten(difference.field, kMemberBytes),
      .reader_type = shorten(difference.reader.value, kMemberBytes),
      .writer_type = shorten(difference.writer.value, kMemberBytes),
      .message = comparison.message(
          protobuf::describe(difference, comparison.reader(), comparison.writer())),
      .fix = fix_of(comparison, difference),
  };
}

}  // namespace limpet::compat
