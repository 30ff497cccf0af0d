#include "places.h"

#include <algorithm>

namespace limpet::avro {

std::vector<const Places::Place*> Places::way_to(PlaceId place) const {
  std::vector<const Place*> way;
  for (; place != kRoot; place = places_[place].parent) way.push_back(&places_[place]);
  std::ranges::reverse(way);
  return way;
}

std::string Places::path(PlaceId place) const {
  std::string path;
  for (const auto* step : way_to(place)) {
    switch (step->kind) {
      case Kind::Root:
        break;
      case Kind::Field:
        path += "/fields/" + std::to_string(step->index);
        break;
      case Kind::FieldType:
        path += "/type";
        break;
      case Kind::Items:
        path += "/items";
        break;
      case Kind::Values:
        path += "/values";
        break;
      case Kind::Branch:
        path += "/" + std::to_string(step->index);
        break;
    }
  }
  return path;
}

std::string Places::field(PlaceId place, const Node& root) const {
  std::string text;
  for (const auto* step : way_to(place)) {
    if (step->kind != Kind::Field) continue;
    if (text.empty())
      text = root.type == Type::Record ? root.name.simple() : step->record->name.simple();
    text += "." + step->record->fields[step->index].name;
  }
  return text;
}

std::vector<std::uint32_t> Places::order(PlaceId place) const {
  std::vector<std::uint32_t> order;
  for (const auto* step : way_to(place)) {
    if (step->kind == Kind::Field || step->kind == Kind::Branch) order.push_back(step->index);
  }
  return order;
}

}  // namespace limpet::avro
