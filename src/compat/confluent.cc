#include "confluent.h"

#include <string>
#include <string_view>

namespace limpet::compat {
namespace {

/// A template with "%p" for the path, "%m" for a message, and "%s" for the reader's and then the
/// writer's name.
std::string fill(const Comparison& comparison, std::string_view text, std::string_view path,
                 std::string_view message = {}) {
  std::string out;
  bool reader = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    switch (text[++i]) {
      case 's':
        out += reader == comparison.backward() ? "new" : "old";
        reader = false;
        break;
      case 'p':
        out += shorten(path, kMemberBytes);
        break;
      default:
        out += shorten(message, kMemberBytes);
    }
  }
  return out;
}

std::string_view description(avro::MismatchKind kind) {
  switch (kind) {
    case avro::MismatchKind::FixedSizeMismatch:
      return "The size of FIXED type field at path '%p' in the %s schema does not match with the "
             "%s schema";
    case avro::MismatchKind::TypeMismatch:
      return "The type (path '%p') of a field in the %s schema does not match with the %s schema";
    case avro::MismatchKind::NameMismatch:
      return "The name of the schema has changed (path '%p')";
    case avro::MismatchKind::MissingEnumSymbols:
      return "The %s schema is missing enum symbols '%m' at path '%p' in the %s schema";
    case avro::MismatchKind::MissingUnionBranch:
      return "The %s schema is missing a type inside a union field at path '%p' in the %s schema";
    case avro::MismatchKind::ReaderFieldMissingDefaultValue:
      return "The field '%m' at path '%p' in the %s schema has no default value and is missing in "
             "the %s schema";
    case avro::MismatchKind::AmbiguousAlias:
      return "Unexpected exception during compatibility check: %m";
    case avro::MismatchKind::UnusableDefault:
      break;
  }
  return "";
}

std::string_view description(protobuf::Rule rule) {
  using protobuf::Rule;
  switch (rule) {
    case Rule::PackageChanged:
      return "The package at '%p' in the %s schema does not match the package in the %s schema";
    case Rule::MessageRemoved:
      return "The %s schema is missing a MESSAGE type at path '%p' in the %s schema";
    case Rule::FieldKindChanged:
      return "The type of a field at path '%p' in the %s schema does not match the %s schema";
    case Rule::FieldScalarKindChanged:
      return "The kind of a SCALAR field at path '%p' in the %s schema does not match its kind in "
             "the %s schema";
    case Rule::FieldNamedTypeChanged:
      return "The type of a MESSAGE field at path '%p' in the %s schema does not match its type in "
             "the %s schema";
    case Rule::FieldNumericLabelChanged:
      return "The label for a NUMERIC field at path '%p' in the %s schema does not match its label "
             "in the %s schema";
    case Rule::RequiredFieldAdded:
      return "A required field  at path '%p' in the %s schema is missing in the %s schema";
    case Rule::RequiredFieldRemoved:
      return "The %s schema is missing a required field at path: '%p' in the %s schema";
    case Rule::OneofFieldRemoved:
      return "The %s schema is missing a oneof field at path '%p' in the %s schema";
    case Rule::MultipleFieldsMovedToOneof:
      return "Multiple fields in the oneof at path '%p' in the %s schema are outside a oneof in "
             "the "
             "%s schema";
    case Rule::FieldMovedToExistingOneof:
      return "A field in the oneof at path '%p' in the %s schema is outside an existing oneof in "
             "the %s schema";
    default:
      return "";  // never breaks there
  }
}

constexpr std::string_view kNotPresent =
    "The keyword at path '%p' in the %s schema is not present in the %s schema";
constexpr std::string_view kMore =
    "The value at path '%p' in the %s schema is more than its value in the %s schema";
constexpr std::string_view kLess =
    "The value at path '%p' in the %s schema is less than its value in the %s schema";
constexpr std::string_view kDifferent =
    "The value at path '%p' is different between the %s and %s schema";
constexpr std::string_view kFewer =
    "An array or combined type at path '%p' has fewer elements in the %s schema than the %s schema";
constexpr std::string_view kMoreElements =
    "An array or combined type at path '%p' has more elements in the %s schema than the %s schema";
constexpr std::string_view kOtherType =
    "A type at path '%p' is different between the %s schema and the %s schema";
constexpr std::string_view kAddedToOpen =
    "The %s schema has an open content model and has a property or item at path '%p' which is "
    "missing in the %s schema";
constexpr std::string_view kRequiredAddedToUnopen =
    "The %s schema has an unopen content model and has a required property at path '%p' which is "
    "missing in the %s schema";
constexpr std::string_view kRemovedFromClosed =
    "The %s has a closed content model and is missing a property or item present at path '%p' in "
    "the %s schema";
constexpr std::string_view kRemovedNotCovered =
    "A property or item is missing in the %s schema but present at path '%p' in the %s schema and "
    "is not covered by its partially open content model";
constexpr std::string_view kAddedNotCovered =
    "The %s schema has a property or item at path '%p' which is missing in the %s schema and is "
    "not "
    "covered by its partially open content model";

std::string_view description(json_schema::Rule rule) {
  using json_schema::Rule;
  switch (rule) {
    case Rule::MaximumAdded:
    case Rule::MinimumAdded:
    case Rule::ExclusiveMaximumAdded:
    case Rule::ExclusiveMinimumAdded:
    case Rule::MultipleOfAdded:
    case Rule::MaxLengthAdded:
    case Rule::MinLengthAdded:
    case Rule::PatternAdded:
    case Rule::RequiredAttributeAdded:
    case Rule::MaxPropertiesAdded:
    case Rule::MinPropertiesAdded:
    case Rule::DependencyArrayAdded:
    case Rule::DependencySchemaAdded:
    case Rule::MaxItemsAdded:
    case Rule::MinItemsAdded:
    case Rule::MaxContainsAdded:
    case Rule::MinContainsAdded:
    case Rule::UniqueItemsAdded:
    case Rule::AdditionalItemsRemoved:
    case Rule::AdditionalPropertiesRemoved:
    case Rule::UnevaluatedItemsRemoved:
    case Rule::UnevaluatedPropertiesRemoved:
      return kNotPresent;
    case Rule::MinLengthIncreased:
    case Rule::MinimumIncreased:
    case Rule::ExclusiveMinimumIncreased:
    case Rule::MinPropertiesIncreased:
    case Rule::MinItemsIncreased:
    case Rule::MinContainsIncreased:
    case Rule::MultipleOfExpanded:
      return kMore;
    case Rule::MaxLengthDecreased:
    case Rule::MaximumDecreased:
    case Rule::ExclusiveMaximumDecreased:
    case Rule::MaxPropertiesDecreased:
    case Rule::MaxItemsDecreased:
    case Rule::MaxContainsDecreased:
      return kLess;
    case Rule::PatternChanged:
    case Rule::MultipleOfChanged:
    case Rule::DependencyArrayChanged:
      return kDifferent;
    case Rule::AdditionalItemsNarrowed:
    case Rule::AdditionalPropertiesNarrowed:
    case Rule::UnevaluatedItemsNarrowed:
    case Rule::UnevaluatedPropertiesNarrowed:
    case Rule::EnumArrayNarrowed:
    case Rule::SumTypeNarrowed:
      return kFewer;
    case Rule::DependencyArrayExtended:
    case Rule::ProductTypeExtended:
    case Rule::NotTypeExtended:
      return kMoreElements;
    case Rule::TypeChanged:
    case Rule::TypeNarrowed:
    case Rule::CombinedTypeChanged:
    case Rule::CombinedTypeSubschemasChanged:
    case Rule::EnumArrayChanged:
      return kOtherType;
    case Rule::RequiredPropertyAddedToOpenContentModel:
    case Rule::RequiredPropertyWithDefaultAddedToOpenContentModel:
    case Rule::OptionalPropertyAddedToOpenContentModel:
    case Rule::ItemAddedToOpenContentModel:
      return kAddedToOpen;
    case Rule::RequiredPropertyAddedToUnopenContentModel:
      return kRequiredAddedToUnopen;
    case Rule::PropertyRemovedFromClosedContentModel:
    case Rule::ItemRemovedFromClosedContentModel:
      return kRemovedFromClosed;
    case Rule::PropertyRemovedNotCoveredByPartiallyOpenContentModel:
    case Rule::ItemRemovedNotCoveredByPartiallyOpenContentModel:
      return kRemovedNotCovered;
    case Rule::PropertyAddedNotCoveredByPartiallyOpenContentModel:
    case Rule::ItemAddedNotCoveredByPartiallyOpenContentModel:
      return kAddedNotCovered;
    default:
      return "";  // SCHEMA_ADDED has no text
  }
}

}  // namespace

Finding to_confluent_finding(const Comparison& comparison, const avro::Incompatibility& found) {
  Finding finding =
      to_finding(comparison, avro::Mismatch{found.kind, found.location, found.field,
                                            found.reader_type, found.writer_type, found.message});
  const auto text = fill(comparison, description(found.kind), found.location, found.message);
  finding.message = comparison.message(text);
  finding.confluent_message = found.kind == avro::MismatchKind::AmbiguousAlias
                                  ? text
                                  : "{errorType:'" + finding.rule + "', description:'" + text +
                                        "', additionalInfo:'" +
                                        shorten(found.message, kMemberBytes) + "'}";
  return finding;
}

Finding to_confluent_finding(const Comparison& comparison,
                             const json_schema::ConfluentDifference& found) {
  Finding finding = to_finding(comparison, found.difference);
  const auto text = fill(comparison, description(found.difference.rule), found.path);
  if (!text.empty()) finding.message = comparison.message(text);
  // The second quotation mark is theirs.
  finding.confluent_message = "{errorType:\"" + finding.rule + "\", description:\"" + text + "'}";
  return finding;
}

Finding to_confluent_finding(const Comparison& comparison, const protobuf::Difference& found) {
  Finding finding = to_finding(comparison, found);
  const auto text = fill(comparison, description(found.rule), found.path);
  finding.message = comparison.message(text);
  finding.confluent_message = "{errorType:\"" + finding.rule + "\", description:\"" + text + "\"}";
  return finding;
}

Finding other_format(const Comparison& comparison, Format candidate, Format stored) {
  const auto reader = comparison.backward() ? candidate : stored;
  const auto writer = comparison.backward() ? stored : candidate;
  const std::string text = "Incompatible because of different schema type";
  return {.rule = "SCHEMA_TYPE_CHANGED",
          .direction = comparison.direction,
          .version = comparison.version,
          .path = "/",
          .field = {},
          .reader_type = std::string(to_string(reader)),
          .writer_type = std::string(to_string(writer)),
          .message = comparison.message(text),
          .fix = "Keep the format " + std::string(to_string(stored)),
          .confluent_message = text};
}

}  // namespace limpet::compat
