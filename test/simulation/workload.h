// Workload: what seeded clients ask, given what they have been told.
#pragma once

#include "calls.h"
#include "random.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace limpet::simulation {

/// Threads: confined.
class Workload {
 public:
  explicit Workload(std::uint64_t seed) : random_(seed) {}

  Request next();
  /// Ids in answers are what later calls ask for.
  void learn(const Request& request, const Response& response);

  static const std::vector<std::string>& schemas();
  static const std::vector<std::string>& registries();

 private:
  /// A look at what has just been deleted.
  Request after_delete();
  Request on_registry();
  Request on_schema();
  Request on_versions();
  Request on_metadata();
  Definition definition();
  std::string mode();
  /// By id, number or latest; `name` becomes the schema of the id.
  Selector version(std::string& name);
  template <class T>
  const T& one_of(const std::vector<T>& choices) {
    return choices.at(random_.below(choices.size()));
  }

  Random random_;
  std::size_t count_ = 0;                         // makes descriptions differ
  std::map<std::string, std::string> schema_of_;  // of ids
  std::vector<std::string> ids_;
  std::vector<std::string> deleted_in_;  // schemas, not looked at since
};

}  // namespace limpet::simulation
