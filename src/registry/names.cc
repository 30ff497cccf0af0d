#include "limpet/registry/names.h"

#include "limpet/base/utf8.h"
#include "limpet/registry/messages.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace limpet::registry {
namespace {

constexpr std::size_t kNameBytes = 255;
constexpr std::size_t kDescriptionBytes = 2048;
constexpr std::size_t kMetadataKeyBytes = 128;
constexpr std::size_t kMetadataValueBytes = 256;
constexpr std::size_t kTagKeyBytes = 128;
constexpr std::size_t kTagValueBytes = 256;
constexpr std::size_t kVersionIdBytes = 36;
constexpr std::size_t kVersionsBytes = 100'000;
/// Larger numbers are no versions; this bound keeps arithmetic on them safe.
constexpr std::size_t kVersionDigits = 15;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_name_character(char c) {
  return is_letter_or_digit(c) || c == '-' || c == '_' || c == '$' || c == '#' || c == '.';
}

/// [a-zA-Z0-9+-=._./@]: the hyphen makes a range from '+' to '='.
bool is_metadata_character(char c) {
  return is_letter_or_digit(c) || (c >= '+' && c <= '=') || c == '_' || c == '@';
}

bool is_description_character(char32_t c) {
  if (c == U'\t' || c == U'\n' || c == U'\r') return true;
  return c >= 0x20 && c != 0xFFFE && c != 0xFFFF;  // valid UTF-8 holds no surrogates
}

bool is_description(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto c = next_code_point(text, at);
    if (!c || !is_description_character(*c)) return false;
  }
  return true;
}

Status check_text(std::string_view text, std::size_t max_bytes, bool (*allowed)(char),
                  std::string_view parameter) {
  if (text.empty() || text.size() > max_bytes) return wrong_length(parameter);
  if (!std::ranges::all_of(text, allowed)) return wrong_characters(parameter);
  return {};
}

/// [1-9][0-9]*
bool is_version_number(std::string_view text) {
  if (text.empty() || text.front() == '0') return false;
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool digits_less(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

/// Requires: is_version_number(text) and at most kVersionDigits digits.
std::int64_t number_of(std::string_view text) {
  std::int64_t number = 0;
  for (const char c : text) number = number * 10 + (c - '0');
  return number;
}

}  // namespace

Status RegistryNameRules::check(std::string_view text) {
  return check_text(text, kNameBytes, is_name_character, "registryName");
}

Status SchemaNameRules::check(std::string_view text) {
  return check_text(text, kNameBytes, is_name_character, "schemaName");
}

Status DescriptionRules::check(std::string_view text) {
  if (text.size() > kDescriptionBytes) return wrong_length("description");
  if (!is_description(text)) return wrong_characters("description");
  return {};
}

Status MetadataKeyRules::check(std::string_view text) {
  return check_text(text, kMetadataKeyBytes, is_metadata_character, "key");
}

Status MetadataValueRules::check(std::string_view text) {
  return check_text(text, kMetadataValueBytes, is_metadata_character, "value");
}

const RegistryName& default_registry() {
  static const RegistryName name = *RegistryName::parse("default-registry");
  return name;
}

Result<Tags> Tags::parse(Map tags) {
  if (tags.size() > kMax) return wrong_number_of_tags();
  for (const auto& [key, value] : tags) {
    if (key.empty() || key.size() > kTagKeyBytes || key.starts_with("aws:") ||
        value.size() > kTagValueBytes) {
      return wrong_tag();
    }
  }
  return Tags(std::move(tags));
}

Result<Uuid> parse_version_id(std::string_view text) {
  if (text.size() != kVersionIdBytes) return wrong_length("SchemaVersionId");
  const auto id = Uuid::parse(text);
  if (!id) return wrong_characters("SchemaVersionId");
  return *id;
}

Result<VersionRange> parse_version_range(std::string_view text) {
  if (text.empty() || text.size() > kVersionsBytes) return wrong_length("versions");
  const auto dash = text.find('-');
  const std::string_view first = text.substr(0, dash);
  const std::string_view last = dash == std::string_view::npos ? first : text.substr(dash + 1);
  if (!is_version_number(first) || !is_version_number(last) || digits_less(last, first)) {
    return wrong_characters("versions");
  }
  if (last.size() > kVersionDigits) {
    // No version can have a number that long, and an answer could not name it.
    return first == last ? wrong_characters("versions") : too_many_versions_to_delete();
  }
  const VersionRange range{number_of(first), number_of(last)};
  if (range.last - range.first >= kDeleteRangeMax) return too_many_versions_to_delete();
  return range;
}

}  // namespace limpet::registry
