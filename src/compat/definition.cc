#include "limpet/compat/definition.h"

#include "limpet/base/utf8.h"

#include <array>
#include <utility>

namespace limpet::compat {
namespace {

/// How much memory a parsed definition takes for each byte of its text, measured on records of
/// plain fields; small texts are dominated by the fixed part.
struct Weight {
  std::size_t per_byte;
  std::size_t fixed;
};
constexpr std::array<Weight, kFormats.size()> kWeights{{
    {.per_byte = 15, .fixed = 1024},
    {.per_byte = 11, .fixed = 2048},
    {.per_byte = 22, .fixed = 4096},
}};

std::string identity_of(const avro::Schema& schema) { return avro::identity_form(schema); }
std::string identity_of(const json_schema::Schema& schema) {
  return json_schema::identity_form(schema);
}
std::string identity_of(const protobuf::Schema& schema) { return protobuf::identity_form(schema); }

std::string_view first_characters(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  while (characters > 0 && at < text.size()) {
    if (!next_code_point(text, at)) break;
    --characters;
  }
  return text.substr(0, at);
}

}  // namespace

ParsedDefinition::ParsedDefinition(Model model, std::size_t text_bytes)
    : model_(std::move(model)), text_bytes_(text_bytes) {}

Format ParsedDefinition::format() const {
  static_assert(std::variant_size_v<Model> == kFormats.size());
  return kFormats.at(model_.index());
}

std::string ParsedDefinition::identity() const {
  return std::visit([](const auto& schema) { return identity_of(schema); }, model_);
}

std::size_t ParsedDefinition::weight() const {
  const Weight& weight = kWeights.at(model_.index());
  return weight.fixed + text_bytes_ * weight.per_byte;
}

Result<ParsedDefinition> parse_definition(Format format, std::string_view text) {
  switch (format) {
    case Format::Avro: {
      LIMPET_TRY(avro::Schema schema, avro::parse(text));
      return ParsedDefinition(std::move(schema), text.size());
    }
    case Format::Json: {
      LIMPET_TRY(json_schema::Schema schema, json_schema::parse(text));
      return ParsedDefinition(std::move(schema), text.size());
    }
    case Format::Protobuf: {
      // Its parser takes nothing for a file without definitions.
      if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        return Error::invalid_input("the text is blank");
      }
      LIMPET_TRY(protobuf::Schema schema, protobuf::parse(text));
      return ParsedDefinition(std::move(schema), text.size());
    }
  }
  return Error::internal("a format without an engine");
}

std::string reason_invalid(const Error& parse_error) {
  std::string reason = parse_error.message.empty() ? "not a valid schema" : parse_error.message;
  if (!parse_error.where.empty()) {
    // The place survives the cut: a long message is shortened in front of it.
    const std::string place =
        " (at " + std::string(first_characters(parse_error.where, kReasonCharacters / 2)) + ")";
    reason = first_characters(reason, kReasonCharacters - code_points(place));
    reason += place;
  }
  return std::string(first_characters(reason, kReasonCharacters));
}

}  // namespace limpet::compat
