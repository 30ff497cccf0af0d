// Planted faults: servers that are wrong in one way each, kept to prove that the simulation would
// find a server that is.
#pragma once

#include "plant.h"

#include <memory>
#include <string_view>
#include <vector>

namespace limpet::simulation {

struct PlantedFault {
  std::string_view name;  ///< "number-reused"
  std::string_view what;  ///< one sentence
  std::unique_ptr<Plant> (*make)();
};

const std::vector<PlantedFault>& planted_faults();

}  // namespace limpet::simulation
