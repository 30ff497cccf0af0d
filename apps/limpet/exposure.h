// Who may reach the server: loopback is free, anything wider needs keys or a deliberate word.
#pragma once

#include "limpet/base/result.h"
#include "limpet/glue_api/service.h"

#include <boost/asio/ip/address.hpp>

namespace limpet::app {

struct Exposure {
  boost::asio::ip::address address;
  glue_api::AuthMode auth = glue_api::AuthMode::SigV4;
  bool has_keys = false;
  bool insecure = false;
};

/// Errors: InvalidInput, with what to do instead.
Status check_exposure(const Exposure& exposure);

}  // namespace limpet::app
