#include "limpet/glue_model/check_request.h"

#include <cstdint>
#include <string>
#include <vector>

namespace limpet::glue_model {
namespace {

constexpr std::size_t kViolationsShown = 20;

// "RegistryName" is 'registryName' in messages.
std::string path_name(std::string_view member) {
  std::string out(member);
  if (!out.empty() && out[0] >= 'A' && out[0] <= 'Z') out[0] = static_cast<char>(out[0] + 32);
  return out;
}

struct Violations {
  std::vector<std::string> texts;
  std::size_t count = 0;

  void add(std::string_view value, const std::string& path, std::string_view constraint) {
    if (++count > kViolationsShown) return;
    texts.push_back(std::string("Value ")
                        .append(value)
                        .append(" at '")
                        .append(path)
                        .append("' failed to satisfy constraint: ")
                        .append(constraint));
  }

  void structure(const Shape& shape, const void* object, const std::string& prefix);
  void value(const Shape& shape, const void* object, const std::string& path);
};

void Violations::structure(const Shape& shape, const void* object, const std::string& prefix) {
  for (const Member& member : shape.members) {
    const void* inside = member.slot(const_cast<void*>(object), false);
    if (inside == nullptr) {
      if (member.required) add("null", prefix + path_name(member.name), "Member must not be null");
    } else if (member.shape->members.size() + (member.shape->item != nullptr ? 1 : 0) > 0) {
      value(*member.shape, inside, prefix + path_name(member.name));
    }
  }
}

// Items are numbered from 1, as in "partitionInputList.1.member.values"; map items by key.
void Violations::value(const Shape& shape, const void* object, const std::string& path) {
  if (shape.kind == Kind::Structure) return structure(shape, object, path + ".");
  if (shape.item == nullptr) return;
  struct Visit {
    Violations& violations;
    const Shape& item;
    const std::string& path;
    std::size_t number = 0;
  } visit{*this, *shape.item, path};
  const auto each = [](void* context, const std::string* key, const void* item) {
    auto& at = *static_cast<Visit*>(context);
    ++at.number;
    if (at.item.kind != Kind::Structure && at.item.item == nullptr) return;
    at.violations.value(
        at.item, item,
        at.path + "." + (key != nullptr ? *key : std::to_string(at.number)) + ".member");
  };
  shape.container->each(object, &visit, each);
}

void check_page_limit(const Operation& operation, const void* object, Violations& violations) {
  const Member* limit = operation.page.limit;
  if (limit == nullptr) return;
  const void* inside = limit->slot(const_cast<void*>(object), false);
  if (inside == nullptr) return;
  std::int64_t value = 0;
  if (limit->shape->kind == Kind::Integer) {
    value = *static_cast<const std::int32_t*>(inside);
  } else if (limit->shape->kind == Kind::Long) {
    value = *static_cast<const std::int64_t*>(inside);
  } else {
    return;  // a few operations take the size as text; they read it themselves
  }
  const auto number = static_cast<double>(value);
  const Range& range = limit->shape->range;
  const auto bound = [](double edge) { return std::to_string(static_cast<std::int64_t>(edge)); };
  const std::string quoted = "'" + std::to_string(value) + "'";
  if (number < range.min) {
    violations.add(quoted, path_name(limit->name),
                   "Member must have value greater than or equal to " + bound(range.min));
  } else if (number > range.max) {
    violations.add(quoted, path_name(limit->name),
                   "Member must have value less than or equal to " + bound(range.max));
  }
}

}  // namespace

std::optional<Fault> check_object(const Operation& operation, const void* object) {
  Violations violations;
  violations.structure(*operation.input, object, "");
  check_page_limit(operation, object, violations);
  if (violations.count == 0) return std::nullopt;
  std::string message = std::to_string(violations.count) + " validation error" +
                        (violations.count == 1 ? "" : "s") + " detected: ";
  for (std::size_t i = 0; i < violations.texts.size(); ++i) {
    message.append(i == 0 ? "" : "; ").append(violations.texts[i]);
  }
  return Fault{"ValidationException", std::move(message)};
}

}  // namespace limpet::glue_model
