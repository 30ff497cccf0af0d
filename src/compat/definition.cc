#include "limpet/compat/definition.h"

#include "limpet/base/utf8.h"

#include <utility>

namespace limpet::compat {
namespace {

// A parsed Avro schema takes some ten times the memory of its text (measured on records of plain
// fields); small texts are dominated by the fixed part.
constexpr std::size_t kBytesPerTextByte = 10;
constexpr std::size_t kFixedBytes = 1024;

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
  static_assert(std::variant_size_v<Model> == 1, "a new engine needs its case here");
  return Format::Avro;
}

std::string ParsedDefinition::identity() const {
  return std::visit([](const avro::Schema& schema) { return avro::identity_form(schema); }, model_);
}

std::size_t ParsedDefinition::weight() const {
  return kFixedBytes + text_bytes_ * kBytesPerTextByte;
}

Result<ParsedDefinition> parse_definition(Format format, std::string_view text) {
  LIMPET_CHECK(check_served(format));
  LIMPET_TRY(avro::Schema schema, avro::parse(text));
  return ParsedDefinition(std::move(schema), text.size());
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
