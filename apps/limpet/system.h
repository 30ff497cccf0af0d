// The world's own clock and chance; everything else is given them.
#pragma once

#include "limpet/base/time.h"
#include "limpet/base/uuid.h"

namespace limpet::app {

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
};

/// Unpredictable UUIDs from the kernel's generator.
class RandomIds final : public IdSource {
 public:
  Uuid next() override;
};

/// Keeps the memory of this process, and the secrets in it, out of core files and away from
/// debuggers of the same user.
void forbid_core_dumps();

}  // namespace limpet::app
