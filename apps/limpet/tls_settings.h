// What the listener speaks TLS with: checked when the server starts, and again on SIGHUP.
#pragma once

#include "config.h"

#include "limpet/base/result.h"
#include "limpet/net/tls.h"

#include <memory>

namespace limpet::app {

/// Null when the configuration names no certificate.
/// Errors: InvalidInput (a file that cannot be used, options that need each other).
Result<std::shared_ptr<const net::TlsContext>> load_tls(const net::TlsFiles& files);

/// "http" or "https".
std::string_view scheme_of(const Config& config);

}  // namespace limpet::app
