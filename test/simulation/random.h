// Random: seeded chance, the same on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace limpet::simulation {

/// std::mt19937_64 is fixed by the C++ standard; its distributions are not, so they are not used.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t next() { return engine_(); }
  /// 0 … count - 1. Requires: count > 0.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }
  bool chance(unsigned in_a_thousand) { return engine_() % 1000 < in_a_thousand; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace limpet::simulation
