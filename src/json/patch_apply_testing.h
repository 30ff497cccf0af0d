// The other half of RFC 6902, for tests: apply what diff() writes. Kept simple and independent of
// it.
#pragma once

#include "limpet/json/value.h"

#include <optional>
#include <string>
#include <vector>

namespace limpet::json::testing {

inline std::optional<std::vector<std::string>> tokens_of(const std::string& pointer) {
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    const char c = pointer[i];
    if (c == '/') {
      tokens.emplace_back();
    } else if (tokens.empty()) {
      return std::nullopt;
    } else if (c == '~') {
      if (++i == pointer.size()) return std::nullopt;
      tokens.back().push_back(pointer[i] == '0' ? '~' : '/');
    } else {
      tokens.back().push_back(c);
    }
  }
  return tokens;
}

/// The document after one operation below `tokens[at]`; nullopt when the operation does not fit.
inline std::optional<Value> applied(const Value& document, const std::vector<std::string>& tokens,
                                    std::size_t at, const std::string& op, const Value* value) {
  if (at == tokens.size()) {
    return op == "replace" && value != nullptr ? std::optional(*value) : std::nullopt;
  }
  const bool last = at + 1 == tokens.size();
  const auto& token = tokens[at];
  if (document.is_object()) {
    std::vector<Member> members(document.members().begin(), document.members().end());
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (members[i].name != token) continue;
      if (last && op == "add") return std::nullopt;  // diff() would have replaced
      if (last && op == "remove") {
        members.erase(members.begin() + static_cast<std::ptrdiff_t>(i));
        return Value::object(std::move(members));
      }
      auto child = applied(members[i].value, tokens, at + 1, op, value);
      if (!child) return std::nullopt;
      members[i].value = *std::move(child);
      return Value::object(std::move(members));
    }
    if (!last || op != "add" || value == nullptr) return std::nullopt;
    members.push_back({token, *value});
    return Value::object(std::move(members));
  }
  if (!document.is_array() || token.empty() || token.size() > 9 ||
      token.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  const auto index = static_cast<std::size_t>(std::stoul(token));
  std::vector<Value> items(document.items().begin(), document.items().end());
  const auto place = items.begin() + static_cast<std::ptrdiff_t>(std::min(index, items.size()));
  if (last && op == "add") {
    if (index > items.size() || value == nullptr) return std::nullopt;
    items.insert(place, *value);
  } else if (index >= items.size()) {
    return std::nullopt;
  } else if (last && op == "remove") {
    items.erase(place);
  } else {
    auto child = applied(items[index], tokens, at + 1, op, value);
    if (!child) return std::nullopt;
    items[index] = *std::move(child);
  }
  return Value::array(std::move(items));
}

/// nullopt when an operation is malformed or does not fit.
inline std::optional<Value> apply(Value document, const Value& patch) {
  for (const auto& operation : patch.items()) {
    const auto* op = operation.find("op");
    const auto* path = operation.find("path");
    if (op == nullptr || path == nullptr || !op->is_string() || !path->is_string()) {
      return std::nullopt;
    }
    const auto tokens = tokens_of(path->text());
    if (!tokens) return std::nullopt;
    auto next = applied(document, *tokens, 0, op->text(), operation.find("value"));
    if (!next) return std::nullopt;
    document = *std::move(next);
  }
  return document;
}

/// Equal but for the order of members.
inline bool equal(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  if (a.is_array()) {
    if (a.items().size() != b.items().size()) return false;
    for (std::size_t i = 0; i < a.items().size(); ++i) {
      if (!equal(a.items()[i], b.items()[i])) return false;
    }
    return true;
  }
  if (!a.is_object()) return a == b;
  if (a.members().size() != b.members().size()) return false;
  for (const auto& member : a.members()) {
    const auto* other = b.find(member.name);
    if (other == nullptr || !equal(member.value, *other)) return false;
  }
  return true;
}

}  // namespace limpet::json::testing
