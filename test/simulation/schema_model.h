// SchemaModel: what one registry or one schema does when calls come one after the other: a plain
// sequential specification, without store, indexes, caches or an Avro engine. A registry is a name
// that is there or not; a schema is its versions. See linearizability.h for how it is used.
#pragma once

#include "calls.h"

#include <cstdint>
#include <string>
#include <vector>

namespace limpet::simulation {

struct ModelVersion {
  std::int64_t number = 0;
  bool available = true;
  Definition definition;
  std::string id;       ///< empty until somebody has been told
  std::string verdict;  ///< of a FAILURE: the circumstances under which it failed
  std::vector<std::pair<std::string, std::string>> metadata;  ///< by key, oldest first
};

struct ModelState {
  bool exists = false;
  std::string description = {};
  std::string mode = {};
  std::int64_t checkpoint = 1;
  std::int64_t next = 1;
  std::int64_t generation = 0;  ///< changes of the set of AVAILABLE versions
  std::vector<ModelVersion> versions = {};
};

struct SchemaModel {
  using State = ModelState;
  using Request = simulation::Request;
  using Response = simulation::Response;

  /// Do what is asked. False when it cannot be answered as `told`; ids that the model does not know
  /// yet are learned from there. nullptr: nobody heard the answer.
  static bool step(State& state, const Request& request, const Response* told);
  static std::string words(const State& state);
  static std::string words(const Request& request, const Response* told);
};

}  // namespace limpet::simulation
