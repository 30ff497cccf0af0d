#include "metaschemas.h"

#include <algorithm>
#include <array>
#include <utility>

namespace limpet::json_schema {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;

// clang-format off: one document a line pair
constexpr std::array kMetaschemas{
    Entry{"json-schema.org/draft/2019-09/meta/applicator",
#include "metaschemas/2019-09-meta-applicator.inc"
    },
    Entry{"json-schema.org/draft/2019-09/meta/content",
#include "metaschemas/2019-09-meta-content.inc"
    },
    Entry{"json-schema.org/draft/2019-09/meta/core",
#include "metaschemas/2019-09-meta-core.inc"
    },
    Entry{"json-schema.org/draft/2019-09/meta/format",
#include "metaschemas/2019-09-meta-format.inc"
    },
    Entry{"json-schema.org/draft/2019-09/meta/meta-data",
#include "metaschemas/2019-09-meta-meta-data.inc"
    },
    Entry{"json-schema.org/draft/2019-09/meta/validation",
#include "metaschemas/2019-09-meta-validation.inc"
    },
    Entry{"json-schema.org/draft/2019-09/schema",
#include "metaschemas/2019-09.inc"
    },
    Entry{"json-schema.org/draft/2020-12/meta/applicator",
#include "metaschemas/2020-12-meta-applicator.inc"
    },
    Entry{"json-schema.org/draft/2020-12/meta/content",
#include "metaschemas/2020-12-meta-content.inc"
    },
    Entry{"json-schema.org/draft/2020-12/meta/core",
#include "metaschemas/2020-12-meta-core.inc"
    },
    Entry{"json-schema.org/draft/2020-12/meta/format-annotation",
#include "metaschemas/2020-12-meta-format-annotation.inc"
    },
    Entry{"json-schema.org/draft/2020-12/meta/format-assertion",
#include "metaschemas/2020-12-meta-format-assertion.inc"
    },
    Entry{"json-schema.org/draft/2020-12/meta/meta-data",
#include "metaschemas/2020-12-meta-meta-data.inc"
    },
    Entry{"json-schema.org/draft/2020-12/meta/unevaluated",
#include "metaschemas/2020-12-meta-unevaluated.inc"
    },
    Entry{"json-schema.org/draft/2020-12/meta/validation",
#include "metaschemas/2020-12-meta-validation.inc"
    },
    Entry{"json-schema.org/draft/2020-12/schema",
#include "metaschemas/2020-12.inc"
    },
    Entry{"json-schema.org/draft-04/schema",
#include "metaschemas/draft-04.inc"
    },
    Entry{"json-schema.org/draft-06/schema",
#include "metaschemas/draft-06.inc"
    },
    Entry{"json-schema.org/draft-07/schema",
#include "metaschemas/draft-07.inc"
    },
};
// clang-format on

}  // namespace

std::optional<std::string_view> find_metaschema(std::string_view uri) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (uri.starts_with(scheme)) {
      uri.remove_prefix(scheme.size());
      const auto* found = std::ranges::find(kMetaschemas, uri, &Entry::first);
      if (found != kMetaschemas.end()) return found->second;
      return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace limpet::json_schema
