#include "limpet/glue_model/shape.h"

#include "limpet/base/utf8.h"

#include <algorithm>

namespace limpet::glue_model {

const Member* Shape::find(std::string_view member_name) const {
  const auto at = std::ranges::find(members, member_name, &Member::name);
  return at == members.end() ? nullptr : &*at;
}

bool in_range(const Shape& shape, double value) {
  return value >= shape.range.min && value <= shape.range.max;
}

bool fits_count(const Shape& shape, std::size_t items) {
  return in_range(shape, static_cast<double>(items));
}

bool fits_bytes(const Shape& shape, std::string_view text) {
  return fits_count(shape, text.size());
}

bool fits_characters(const Shape& shape, std::string_view text) {
  return is_valid_utf8(text) && fits_count(shape, code_points(text));
}

bool matches_pattern(const Shape& shape, std::string_view text) {
  return shape.pattern == nullptr || shape.pattern->matches(text);
}

bool is_enum_value(const Shape& shape, std::string_view text) {
  return shape.values.empty() || std::ranges::find(shape.values, text) != shape.values.end();
}

}  // namespace limpet::glue_model
