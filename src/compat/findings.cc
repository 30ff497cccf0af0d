#include "findings.h"

#include "limpet/base/utf8.h"

namespace limpet::compat {

std::string Comparison::message(std::string_view sentence) const {
  std::string out = "Not " + std::string(to_string(mode)) + " compatible with " + stored() + ": ";
  return out.append(sentence) + ".";
}

std::string shorten(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  return std::string(truncate_utf8(text, bytes)) + "…";
}

std::string quoted(std::string_view text) { return '"' + shorten(text, kWordBytes) + '"'; }

}  // namespace limpet::compat
