// `limpet serve` and `limpet dev`, from configuration to the last signal.
#pragma once

#include "load_config.h"

namespace limpet::app {

/// Serves until SIGTERM or SIGINT; answers the program's exit status. Says on standard error what
/// is wrong when it cannot.
int run_serve(const ConfigSources& sources);

/// The same on a temporary folder (unless one is given) with a key pair that is ready to use.
int run_dev(ConfigSources sources);

}  // namespace limpet::app
