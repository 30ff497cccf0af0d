#include "fault_path.h"

#include "limpet/base/utf8.h"
#include "limpet/json/writer.h"

#include <string>

namespace limpet::avro {
namespace {

constexpr std::size_t kShownKey = 40;
constexpr std::size_t kPathBytes = 1'000;

void add_step(value::Fault& fault, std::string_view step) {
  if (fault.path.size() < kPathBytes) fault.path.insert(0, step);
}

}  // namespace

void add_field_step(value::Fault& fault, std::string_view name) {
  std::string step = ".";
  step += name;
  add_step(fault, step);
}

void add_item_step(value::Fault& fault, std::size_t index) {
  add_step(fault, "[" + std::to_string(index) + "]");
}

void add_entry_step(value::Fault& fault, std::string_view key) {
  std::string step = "[";
  const auto shown = truncate_utf8(key, kShownKey);
  if (is_valid_utf8(shown)) {
    json::append_string(step, shown);
  } else {
    step += "…";
  }
  add_step(fault, step + "]");
}

value::Fault from_root(value::Fault fault, const Node& root) {
  if (root.type == Type::Record) fault.path.insert(0, root.name.simple());
  if (fault.path.starts_with('.')) fault.path.erase(0, 1);
  return fault;
}

}  // namespace limpet::avro
