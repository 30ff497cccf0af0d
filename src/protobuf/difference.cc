// Rules by name, and differences as sentences.
#include "difference.h"

#include <array>
#include <string>

namespace limpet::protobuf {
namespace {

struct RuleRow {
  std::string_view name;
  bool breaks;
};

constexpr std::array kRules{
    RuleRow{"PACKAGE_CHANGED", true},
    RuleRow{"MESSAGE_REMOVED", true},
    RuleRow{"MESSAGE_ADDED", false},
    RuleRow{"MESSAGE_MOVED", false},
    RuleRow{"ENUM_REMOVED", false},
    RuleRow{"ENUM_ADDED", false},
    RuleRow{"ENUM_CONST_REMOVED", false},
    RuleRow{"ENUM_CONST_ADDED", false},
    RuleRow{"ENUM_CONST_CHANGED", false},
    RuleRow{"FIELD_REMOVED", false},
    RuleRow{"FIELD_ADDED", false},
    RuleRow{"REQUIRED_FIELD_REMOVED", true},
    RuleRow{"REQUIRED_FIELD_ADDED", true},
    RuleRow{"FIELD_NAME_CHANGED", false},
    RuleRow{"FIELD_KIND_CHANGED", true},
    RuleRow{"FIELD_SCALAR_KIND_CHANGED", true},
    RuleRow{"FIELD_NAMED_TYPE_CHANGED", true},
    RuleRow{"FIELD_NUMERIC_LABEL_CHANGED", true},
    RuleRow{"FIELD_STRING_OR_BYTES_LABEL_CHANGED", false},
    RuleRow{"FIELD_BECAME_REQUIRED", true},
    RuleRow{"FIELD_NO_LONGER_REQUIRED", false},
    RuleRow{"ONEOF_REMOVED", false},
    RuleRow{"ONEOF_ADDED", false},
    RuleRow{"ONEOF_FIELD_REMOVED", true},
    RuleRow{"ONEOF_FIELD_ADDED", false},
    RuleRow{"ONEOF_FIELD_MOVED_TO_TOP_LEVEL", false},
    RuleRow{"MULTIPLE_FIELDS_MOVED_TO_ONEOF", true},
    RuleRow{"FIELD_MOVED_TO_EXISTING_ONEOF", true},
    RuleRow{"SERVICE_REMOVED", true},
    RuleRow{"SERVICE_ADDED", false},
    RuleRow{"METHOD_REMOVED", true},
    RuleRow{"METHOD_ADDED", false},
    RuleRow{"METHOD_CHANGED", true},
};
static_assert(kRules.size() == static_cast<std::size_t>(Rule::MethodChanged) + 1);

}  // namespace

bool breaks(Rule rule, Profile profile) {
  // AWS Glue developer guide: a required field may be taken away.
  if (rule == Rule::RequiredFieldRemoved && profile == Profile::Glue) return false;
  return kRules[static_cast<std::size_t>(rule)].breaks;
}

std::string_view to_string(Rule rule) { return kRules[static_cast<std::size_t>(rule)].name; }

std::string describe(const Difference& difference, std::string_view reader,
                     std::string_view writer) {
  std::string what;
  switch (difference.rule) {
    case Rule::PackageChanged:
      what = "the package";
      break;
    case Rule::MessageRemoved:
    case Rule::MessageAdded:
    case Rule::MessageMoved:
      what = "message \"" + difference.field + "\"";
      break;
    case Rule::EnumRemoved:
    case Rule::EnumAdded:
    case Rule::EnumConstRemoved:
    case Rule::EnumConstAdded:
    case Rule::EnumConstChanged:
      what = "enum \"" + difference.field + "\"";
      break;
    case Rule::OneofRemoved:
    case Rule::OneofAdded:
    case Rule::MultipleFieldsMovedToOneof:
    case Rule::FieldMovedToExistingOneof:
      what = "oneof \"" + difference.field + "\"";
      break;
    case Rule::ServiceRemoved:
    case Rule::ServiceAdded:
      what = "service \"" + difference.field + "\"";
      break;
    case Rule::MethodRemoved:
    case Rule::MethodAdded:
    case Rule::MethodChanged:
      what = "method \"" + difference.field + "\"";
      break;
    default:
      what = "field \"" + difference.field + "\" (" +
             difference.path.substr(difference.path.rfind('/') + 1) + ")";
  }
  const auto says = [](std::string_view side, std::string_view verb) {
    return std::string(side).append(" ").append(verb).append(" ");
  };
  const auto& expected = difference.reader.value;
  const auto& written = difference.writer.value;
  what += ": ";
  if (expected == kAbsent)
    return what + says(writer, "has") + written + ", " + says(reader, "lacks") + "it";
  if (written == kAbsent)
    return what + says(reader, "has") + expected + ", " + says(writer, "lacks") + "it";
  if (difference.rule == Rule::MultipleFieldsMovedToOneof ||
      difference.rule == Rule::FieldMovedToExistingOneof) {
    return what + says(reader, "can keep one of the") + written + ", " + says(writer, "can set") +
           "them together";
  }
  return what + says(reader, "expects") + expected + ", " + says(writer, "has") + written;
}

}  // namespace limpet::protobuf
