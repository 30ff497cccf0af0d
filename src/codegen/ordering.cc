#include "ordering.h"

#include <algorithm>
#include <set>

namespace limpet::codegen {

namespace {

class Ordering {
 public:
  explicit Ordering(Unit& unit) : unit_(unit), state_(unit.structs.size(), State::New) {}

  Status run() {
    for (std::size_t i = 0; i < unit_.structs.size(); ++i) LIMPET_CHECK(visit(i));
    unit_.order = std::move(order_);
    unit_.ahead.assign(ahead_.begin(), ahead_.end());
    return {};
  }

 private:
  enum class State : std::uint8_t { New, Open, Done };

  // Depth of the recursion: that of the schema, which its parser bounds.
  Status visit(std::size_t index) {
    if (state_[index] != State::New) return {};
    state_[index] = State::Open;
    for (Member& member : unit_.structs[index].members) {
      LIMPET_CHECK(walk(member.type, unit_.structs[index], member, false));
    }
    state_[index] = State::Done;
    order_.push_back(index);
    return {};
  }

  // `by_pointer`: whoever holds this needs only its declaration.
  Status walk(TypeRef& type, Struct& owner, const Member& member, bool by_pointer) {
    switch (type.shape) {
      case Shape::Struct:
        if (state_[type.index] == State::Open) {
          if (by_pointer) {
            ahead_.insert(type.index);
            return {};
          }
          return Error::invalid_input(
              "field \"" + member.schema_name + "\" holds " + owner.schema_name +
                  " within itself in a way that C++ has no type for; put it into an array, or into "
                  "a union with null alone",
              owner.where);
        }
        return visit(type.index);
      case Shape::Optional: {
        TypeRef& held = type.elements.front();
        if (held.shape == Shape::Struct && state_[held.index] == State::Open) {
          type.shape = Shape::Boxed;
          owner.comparable = false;
          ahead_.insert(held.index);
          return {};
        }
        return walk(held, owner, member, false);
      }
      case Shape::Boxed:
        owner.comparable = false;
        return walk(type.elements.front(), owner, member, true);
      case Shape::Sequence:  // [vector.overview]: its items may be incomplete
        return walk(type.elements.front(), owner, member, true);
      case Shape::Map:
      case Shape::Variant:
        for (TypeRef& element : type.elements) {
          LIMPET_CHECK(walk(element, owner, member, false));
        }
        return {};
      default:
        return {};
    }
  }

  Unit& unit_;
  std::vector<State> state_;
  std::vector<std::size_t> order_;
  std::set<std::size_t> ahead_;
};

/// Structs are comparable when all that they hold is.
void settle_comparable(Unit& unit) {
  const auto comparable = [&unit](const auto& self, const TypeRef& type) -> bool {
    if (type.shape == Shape::Struct) return unit.structs[type.index].comparable;
    return std::all_of(type.elements.begin(), type.elements.end(),
                       [&self](const TypeRef& element) { return self(self, element); });
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (Struct& type : unit.structs) {
      if (!type.comparable) continue;
      for (const Member& member : type.members) {
        if (comparable(comparable, member.type)) continue;
        type.comparable = false;
        changed = true;
        break;
      }
    }
  }
}

}  // namespace

Status order_structs(Unit& unit) {
  LIMPET_CHECK(Ordering(unit).run());
  settle_comparable(unit);
  return {};
}

}  // namespace limpet::codegen
