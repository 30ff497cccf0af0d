#include "equality.h"

#include "number.h"

#include "limpet/json/writer.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace limpet::json_schema {
namespace {

template <class Value>
std::string number(const Value& value) {
  NumberRoom room;
  return Decimal::read(number_text(value, room)).text();
}

// A member to sort; a view's has no other place than here.
struct NamedTree {
  std::string_view name;
  const json::Value* value;
};
NamedTree named(const json::Member& member) { return {member.name, &member.value}; }
const json::Value& value_of(const NamedTree& member) { return *member.value; }
ViewMember named(const ViewMember& member) { return member; }
const ViewValue& value_of(const ViewMember& member) { return member.value; }

template <class Value>
bool append(std::string& out, const Value& value, std::size_t depth_left) {
  if (depth_left == 0) return false;
  switch (value.kind()) {
    case json::Kind::Null:
      out += "null";
      return true;
    case json::Kind::Bool:
      out += value.as_bool() ? "true" : "false";
      return true;
    case json::Kind::Number:
      out += number(value);
      return true;
    case json::Kind::String:
      json::append_string(out, value.text());
      return true;
    case json::Kind::Array: {
      out += '[';
      bool first = true;
      for (const auto& item : value.items()) {
        if (!first) out += ',';
        first = false;
        if (!append(out, item, depth_left - 1)) return false;
      }
      out += ']';
      return true;
    }
    case json::Kind::Object: {
      std::vector<decltype(named(*value.members().begin()))> members;
      members.reserve(value.members().size());
      for (const auto& member : value.members()) members.push_back(named(member));
      std::ranges::sort(members, {}, [](const auto& member) { return member.name; });
      out += '{';
      bool first = true;
      for (const auto& member : members) {
        if (!first) out += ',';
        first = false;
        json::append_string(out, member.name);
        out += ':';
        if (!append(out, value_of(member), depth_left - 1)) return false;
      }
      out += '}';
      return true;
    }
  }
  return false;
}

template <class Value>
std::optional<std::string> text_of(const Value& value, std::size_t max_depth) {
  std::string out;
  if (!append(out, value, max_depth + 1)) return std::nullopt;
  return out;
}

// What remembers a value for a while.
const json::Value* handle_of(const json::Value& value) { return &value; }
const json::Value& value_of(const json::Value* handle) { return *handle; }
ViewValue handle_of(const ViewValue& value) { return value; }
const ViewValue& value_of(const ViewValue& handle) { return handle; }

template <class Value>
std::uint64_t steps_of(const Value& value, std::uint64_t enough) {
  std::uint64_t size = 0;
  std::vector<decltype(handle_of(value))> open{handle_of(value)};
  while (!open.empty() && size < enough) {
    const auto handle = open.back();
    open.pop_back();
    const auto& next = value_of(handle);
    size += 1;
    if (next.is_number()) {
      NumberRoom room;
      size += number_text(next, room).size() / 16;
    } else if (next.is_string()) {
      size += next.text().size() / 16;
    }
    for (const auto& item : next.items()) open.push_back(handle_of(item));
    for (const auto& member : next.members()) {
      size += member.name.size() / 16;
      open.push_back(handle_of(member.value));
    }
  }
  return size;
}

}  // namespace

std::optional<std::string> equality_text(const json::Value& value, std::size_t max_depth) {
  return text_of(value, max_depth);
}
std::optional<std::string> equality_text(const ViewValue& value, std::size_t max_depth) {
  return text_of(value, max_depth);
}

std::uint64_t size_of(const json::Value& value, std::uint64_t enough) {
  return steps_of(value, enough);
}
std::uint64_t size_of(const ViewValue& value, std::uint64_t enough) {
  return steps_of(value, enough);
}

}  // namespace limpet::json_schema
