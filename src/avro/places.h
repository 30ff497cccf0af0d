// Places in a reader's schema, kept as links to their parents: one step costs a few bytes, text is
// made only for the places that are reported.
#pragma once

#include "limpet/avro/node.h"

#include <cstdint>
#include <string>
#include <vector>

namespace limpet::avro {

using PlaceId = std::uint32_t;

class Places {
 public:
  static constexpr PlaceId kRoot = 0;

  Places() { places_.push_back({kRoot, Kind::Root, 0, nullptr}); }

  PlaceId field_at(PlaceId parent, const Node& record, std::uint32_t index) {
    return add({parent, Kind::Field, index, &record});
  }
  PlaceId type_of(PlaceId field) { return add({field, Kind::FieldType, 0, nullptr}); }
  PlaceId element(PlaceId parent, const Node& container) {
    return add({parent, container.type == Type::Array ? Kind::Items : Kind::Values, 0, nullptr});
  }
  PlaceId branch(PlaceId parent, std::uint32_t index) {
    return add({parent, Kind::Branch, index, nullptr});
  }
  bool is_branch(PlaceId place) const { return places_[place].kind == Kind::Branch; }

  /// "/fields/2/type/items"; empty for the root.
  std::string path(PlaceId place) const;
  /// "User.address.street": the root's simple name and the fields on the way; empty without fields.
  std::string field(PlaceId place, const Node& root) const;
  /// Sorts like the reader's text.
  std::vector<std::uint32_t> order(PlaceId place) const;

 private:
  enum class Kind : std::uint8_t { Root, Field, FieldType, Items, Values, Branch };
  struct Place {
    PlaceId parent;
    Kind kind;
    std::uint32_t index;
    const Node* record;  // of a field
  };

  PlaceId add(Place place) {
    places_.push_back(place);
    return static_cast<PlaceId>(places_.size() - 1);
  }
  std::vector<const Place*> way_to(PlaceId place) const;

  std::vector<Place> places_;
};

}  // namespace limpet::avro
