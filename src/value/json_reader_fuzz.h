// What the fuzzer and the replay of its corpus run on one text.
#pragma once

#include "limpet/base/assert.h"
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"
#include "limpet/value/json_reader.h"
#include "limpet/value/json_text.h"

#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>

namespace limpet::value {

/// The same value, member by member; numbers by what they say.
inline bool same(const json::Value& tree, const View& view) {
  switch (tree.kind()) {
    case json::Kind::Null:
      return view.is_null();
    case json::Kind::Bool:
      return view.kind() == Kind::Boolean && view.as_boolean() == tree.as_bool();
    case json::Kind::Number: {
      const bool whole = tree.text().find_first_of(".eE") == std::string::npos;
      switch (view.kind()) {
        case Kind::Long:
          return whole && tree.as_int64() == view.as_long();
        case Kind::UnsignedLong:
          return whole && tree.text() == std::to_string(view.as_unsigned_long());
        case Kind::Double:
          return !whole && std::strtod(tree.text().c_str(), nullptr) == view.as_double();
        default:
          return view.kind() == Kind::Number && view.text() == tree.text();
      }
    }
    case json::Kind::String:
      return view.kind() == Kind::String && view.text() == tree.text();
    case json::Kind::Array: {
      if (view.kind() != Kind::Array || view.size() != tree.items().size()) return false;
      for (std::size_t i = 0; i < view.size(); ++i) {
        if (!same(tree.items()[i], view[i])) return false;
      }
      return true;
    }
    case json::Kind::Object: {
      if (view.kind() != Kind::Map || view.size() != tree.members().size()) return false;
      for (std::size_t i = 0; i < view.size(); ++i) {
        const auto& entry = view.entries()[i];
        if (entry.key.text() != tree.members()[i].name) return false;
        if (!same(tree.members()[i].value, entry.value)) return false;
      }
      return true;
    }
  }
  return false;
}

/// An exponent of nine digits or more: where it becomes too large, the two readers have bounds that
/// differ by the digits of the mantissa.
inline bool has_huge_exponent(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != 'e' && text[at] != 'E') continue;
    std::size_t digits = at + 1;
    if (digits < text.size() && (text[digits] == '-' || text[digits] == '+')) ++digits;
    std::size_t end = digits;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    if (end - digits >= 9) return true;
  }
  return false;
}

/// Any text: taken exactly when json::parse() takes it, with the same value; memory within what the
/// header says; what is printed reads back the same and prints the same.
inline void fuzz_json(std::string_view text) {
  Arena arena;
  View view;
  const auto fault = read_json(text, arena, view, {.max_depth = 100});
  LIMPET_ASSERT(arena.used() <= 64 * text.size() + 4096);
  const auto tree = json::parse(text, {.max_depth = 100});
  if (has_huge_exponent(text)) return;
  LIMPET_ASSERT(tree.has_value() == !fault);
  if (fault) {
    LIMPET_ASSERT(fault->offset <= text.size() && !fault->message.empty());
    return;
  }
  LIMPET_ASSERT(same(*tree, view));
  std::string printed;
  LIMPET_ASSERT(!append_json(view, printed));
  View again;
  LIMPET_ASSERT(!read_json(printed, arena, again, {.max_depth = 100}));
  LIMPET_ASSERT(same(*json::parse(printed), again));
  std::string twice;
  LIMPET_ASSERT(!append_json(again, twice));
  LIMPET_ASSERT(twice == printed);
  std::string pretty;
  LIMPET_ASSERT(!append_json(view, pretty, {.pretty = true}));
  LIMPET_ASSERT(!read_json(pretty, arena, again, {.max_depth = 100}));
  twice.clear();
  LIMPET_ASSERT(!append_json(again, twice));
  LIMPET_ASSERT(twice == printed);
}

}  // namespace limpet::value
