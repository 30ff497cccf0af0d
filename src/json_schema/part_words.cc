#include "part_words.h"

#include "equality.h"

#include "limpet/base/utf8.h"
#include "limpet/json/writer.h"

#include <algorithm>

namespace limpet::json_schema {
namespace {

constexpr std::size_t kShownBytes = 120;

std::string_view word_of(const Part& part) {
  switch (part.kind) {
    case PartKind::True:
    case PartKind::Empty:
      return "anything";
    case PartKind::False:
      return "nothing";
    case PartKind::String:
      return "string";
    case PartKind::Number:
      return part.integer ? "integer" : "number";
    case PartKind::Boolean:
      return "boolean";
    case PartKind::Null:
      return "null";
    case PartKind::Object:
      return "object";
    case PartKind::Array:
      return "array";
    case PartKind::Enum:
      return "enum";
    case PartKind::Const:
      return "const";
    case PartKind::Not:
      return "not";
    case PartKind::Conditional:
      return "if";
    case PartKind::Reference:
    case PartKind::DynamicReference:
      return "a reference";
    case PartKind::Combined:
      return to_string(part.criterion);
  }
  return "";
}

}  // namespace

std::string shown(const json::Value& value) {
  if (size_of(value, kShownBytes * 2) < kShownBytes * 2) {
    const auto text = json::to_text(value);
    const auto cut = truncate_utf8(text, kShownBytes);
    return std::string(cut) + (cut.size() < text.size() ? "…" : "");
  }
  return value.is_array() ? "[…]" : "{…}";
}

std::string described(const Part& part) {
  if (part.kind != PartKind::Combined) return std::string(word_of(part));
  const bool types =
      part.criterion == Criterion::AnyOf &&
      std::ranges::all_of(part.parts, [&](const Part* inner) { return inner->node == part.node; });
  const std::string_view between = types ? " or " : part.synthetic ? " with " : ", ";
  std::string out = types || part.synthetic ? "" : std::string(to_string(part.criterion)) + " of ";
  std::size_t count = 0;
  for (auto inner = part.parts.rbegin(); inner != part.parts.rend(); ++inner) {
    if (count > 0) out += between;
    if (++count > 8) return out + "…";
    out += word_of(**inner);
  }
  return out;
}

}  // namespace limpet::json_schema
