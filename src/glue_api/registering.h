// The write phase that AWS's RegisterSchemaVersion and ours have in common.
#pragma once

#include "step.h"

#include "limpet/registry/versions.h"

namespace limpet::glue_api {

/// registry::register_version, and a version that failed is told to Events.
Result<registry::RegisteredVersion> write_version(Writing& writing,
                                                  const registry::Registration& registration);

}  // namespace limpet::glue_api
