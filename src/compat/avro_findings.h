// What an Avro mismatch means to a person: which sentence, which fix.
#pragma once

#include "limpet/avro/resolve.h"
#include "limpet/compat/check.h"

#include <cstdint>

namespace limpet::compat {

/// Where a mismatch was found.
struct Comparison {
  Mode mode;
  Direction direction;
  std::int64_t version;  ///< the stored side
};

/// The finding without the modes that would accept the definition; `fix` has no full stop yet.
Finding describe_mismatch(const Comparison& comparison, const avro::Mismatch& mismatch);

}  // namespace limpet::compat
