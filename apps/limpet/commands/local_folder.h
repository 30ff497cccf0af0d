// A data folder without a server: API calls run right on it, through the same service.
//
//   auto send = send_to_folder("/var/lib/limpet", "123456789012");
//   auto client = client::Client::make({.settings = settings, .clock = &clock, .send = *send});
//
// For the first access key of a folder, which nobody could sign a request for.
#pragma once

#include "limpet/base/result.h"
#include "limpet/client/client.h"

#include <string>

namespace limpet::app {

/// Opens the folder for as long as the returned function lives; whoever may read its files may do
/// everything in it, as `account`. Errors: those of SqliteStore::open (in use by a server, …).
Result<client::Send> send_to_folder(const std::string& folder, const std::string& account);

}  // namespace limpet::app
