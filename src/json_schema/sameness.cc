#include "sameness.h"

#include "number.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace limpet::json_schema {
namespace {

class Walk {
 public:
  Walk(const Model& a, const Model& b, std::uint64_t& steps_left)
      : a_(a), b_(b), steps_left_(steps_left) {}

  bool nodes(const Node& a, const Node& b, std::initializer_list<std::string_view> keywords) {
    if (a_.resource_of(a).dialect() != b_.resource_of(b).dialect()) return false;
    if (keywords.size() == 0) {
      push(a.value, b.value);
    } else {
      if (!same_targets(a, b)) return false;
      for (const auto keyword : keywords) {
        const auto* in_a = a.find(keyword);
        const auto* in_b = b.find(keyword);
        if ((in_a == nullptr) != (in_b == nullptr)) return false;
        if (in_a != nullptr) push(in_a, in_b);
      }
    }
    while (!open_.empty()) {
      const auto [left, right] = open_.back();
      open_.pop_back();
      if (!values(*left, *right)) return false;
    }
    return true;
  }

 private:
  void push(const json::Value* a, const json::Value* b) {
    if (seen_.emplace(a, b).second) open_.emplace_back(a, b);
  }

  bool same_targets(const Node& a, const Node& b) {
    if ((a.ref == nullptr) != (b.ref == nullptr)) return false;
    if ((a.dynamic_ref == nullptr) != (b.dynamic_ref == nullptr)) return false;
    if (a.ref != nullptr) push(a.ref->value, b.ref->value);
    if (a.dynamic_ref != nullptr) push(a.dynamic_ref->value, b.dynamic_ref->value);
    return true;
  }

  bool values(const json::Value& a, const json::Value& b) {
    const auto cost = 1 + a.items().size() + 4 * a.members().size();
    if (steps_left_ < cost) {
      steps_left_ = 0;
      return false;
    }
    steps_left_ -= cost;
    if (a.kind() != b.kind()) return false;
    const auto node_a = a_.by_value.find(&a);
    const auto node_b = b_.by_value.find(&b);
    const bool known = node_a != a_.by_value.end();
    if (known != (node_b != b_.by_value.end())) return false;
    if (known && !same_targets(*node_a->second, *node_b->second)) return false;
    switch (a.kind()) {
      case json::Kind::Null:
        return true;
      case json::Kind::Bool:
        return a.as_bool() == b.as_bool();
      case json::Kind::Number:
        return a.text() == b.text() || Decimal::read(a.text()) == Decimal::read(b.text());
      case json::Kind::String:
        return a.text() == b.text();
      case json::Kind::Array:
        if (a.items().size() != b.items().size()) return false;
        for (std::size_t i = 0; i < a.items().size(); ++i) push(&a.items()[i], &b.items()[i]);
        return true;
      case json::Kind::Object:
        return members(a, b);
    }
    return false;
  }

  bool members(const json::Value& a, const json::Value& b) {
    if (a.members().size() != b.members().size()) return false;
    const auto sorted = [](const json::Value& value) {
      std::vector<const json::Member*> out;
      for (const auto& member : value.members()) out.push_back(&member);
      std::ranges::sort(out, {}, [](const json::Member* m) -> const auto& { return m->name; });
      return out;
    };
    const auto left = sorted(a);
    const auto right = sorted(b);
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (left[i]->name != right[i]->name) return false;
      push(&left[i]->value, &right[i]->value);
    }
    return true;
  }

  const Model& a_;
  const Model& b_;
  std::uint64_t& steps_left_;
  std::set<std::pair<const json::Value*, const json::Value*>> seen_;
  std::vector<std::pair<const json::Value*, const json::Value*>> open_;
};

}  // namespace

bool same_text(const Written& a, const Written& b, std::uint64_t& steps_left,
               std::initializer_list<std::string_view> keywords) {
  return Walk(a.model, b.model, steps_left).nodes(a.node, b.node, keywords);
}

}  // namespace limpet::json_schema
