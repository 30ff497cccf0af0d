// The rules by name, in the order of rules().
#pragma once

#include <cstdint>

namespace limpet::lint {

enum class RuleId : std::uint8_t {
  AvroAliasShadows,
  AvroBrokenLogicalType,
  AvroDuplicateMember,
  AvroEnumWithoutDefault,
  AvroFieldWithoutDefault,
  AvroMisplacedLogicalType,
  AvroMissingDoc,
  AvroMisspelledAttribute,
  AvroNameNotPortable,
  AvroNamesDifferByCase,
  AvroNoNamespace,
  AvroOptionalWithoutDefault,
  AvroUnknownLogicalType,
  AvroUnusableDefault,
  JsonDialectNotInGlue,
  JsonDuplicateMember,
  JsonFormatNotAsserted,
  JsonImpossibleBounds,
  JsonKeywordNotForType,
  JsonKeywordOfOtherDraft,
  JsonMissingDescription,
  JsonMisspelledFormat,
  JsonMisspelledKeyword,
  JsonNamesDifferByCase,
  JsonNoDialect,
  JsonOpenContentModel,
  JsonPatternNotAnchored,
  JsonRefSiblings,
  JsonRequiredNotDescribed,
  JsonValueOfOtherType,
  ProtobufEnumFirstNotZero,
  ProtobufEnumZeroName,
  ProtobufExtensionsNotInGlue,
  ProtobufLowNumbersSpent,
  ProtobufNameStyle,
  ProtobufNamesCollide,
  ProtobufNoPackage,
  ProtobufNoSyntax,
  ProtobufRequiredField,
};

}  // namespace limpet::lint
