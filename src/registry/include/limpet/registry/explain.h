// Why a version failed, kept from the moment of its registration.
#pragma once

#include "limpet/base/context.h"
#include "limpet/base/result.h"
#include "limpet/compat/check.h"
#include "limpet/registry/entities.h"
#include "limpet/registry/settings.h"
#include "limpet/storage/store.h"

#include <cstdint>
#include <string>
#include <vector>

namespace limpet::registry {

/// The circumstances of a verdict; when they have changed, the verdict is out of date.
struct Judged {
  Mode mode = Mode::Backward;
  std::int64_t checkpoint = 0;
  std::int64_t latest = 0;
  std::int64_t generation = 0;
  std::string rules;  ///< the settings that took part, as one word

  friend bool operator==(const Judged&, const Judged&) = default;
};

struct Explanation {
  SchemaVersion version;
  Judged judged = {};
  std::vector<std::int64_t> baselines =
      {};                           ///< the versions compared with, newest first; at most 100
  std::int64_t baseline_count = 0;  ///< all of them
  compat::Verdict verdict = {};     ///< no findings for a version that did not fail
  bool out_of_date = false;         ///< registering the definition again gives a fresh verdict

  /// One sentence; empty for a version that did not fail.
  std::string summary() const { return compat::summary(verdict); }
};

/// For a version that did not fail: no findings. Errors: NotFound.
Result<Explanation> explain_version(storage::Reader& reader, const Context& context,
                                    const Settings& settings, const VersionRef& version);

}  // namespace limpet::registry
