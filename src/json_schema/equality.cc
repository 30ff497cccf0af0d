#include "equality.h"

#include "number.h"

#include "limpet/json/writer.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace limpet::json_schema {
namespace {

bool append(std::string& out, const json::Value& value, std::size_t depth_left) {
  if (depth_left == 0) return false;
  switch (value.kind()) {
    case json::Kind::Null:
      out += "null";
      return true;
    case json::Kind::Bool:
      out += value.as_bool() ? "true" : "false";
      return true;
    case json::Kind::Number:
      out += Decimal::read(value.text()).text();
      return true;
    case json::Kind::String:
      json::append_string(out, value.text());
      return true;
    case json::Kind::Array: {
      out += '[';
      for (const auto& item : value.items()) {
        if (&item != value.items().data()) out += ',';
        if (!append(out, item, depth_left - 1)) return false;
      }
      out += ']';
      return true;
    }
    case json::Kind::Object: {
      std::vector<const json::Member*> members;
      members.reserve(value.members().size());
      for (const auto& member : value.members()) members.push_back(&member);
      std::ranges::sort(members, {}, [](const json::Member* m) -> const auto& { return m->name; });
      out += '{';
      bool first = true;
      for (const auto* member : members) {
        if (!first) out += ',';
        first = false;
        json::append_string(out, member->name);
        out += ':';
        if (!append(out, member->value, depth_left - 1)) return false;
      }
      out += '}';
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<std::string> equality_text(const json::Value& value, std::size_t max_depth) {
  std::string out;
  if (!append(out, value, max_depth + 1)) return std::nullopt;
  return out;
}

std::uint64_t size_of(const json::Value& value, std::uint64_t enough) {
  std::uint64_t size = 0;
  std::vector<const json::Value*> open{&value};
  while (!open.empty() && size < enough) {
    const auto* next = open.back();
    open.pop_back();
    size += 1;
    if (next->is_string() || next->is_number()) size += next->text().size() / 16;
    for (const auto& item : next->items()) open.push_back(&item);
    for (const auto& member : next->members()) {
      size += member.name.size() / 16;
      open.push_back(&member.value);
    }
  }
  return size;
}

}  // namespace limpet::json_schema
