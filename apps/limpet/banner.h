// What a server says to the person who started it.
#pragma once

#include "config.h"

#include <string>
#include <string_view>

namespace limpet::app {

struct Banner {
  const Config& config;
  std::string address;  ///< "127.0.0.1:8484"
  bool has_keys = false;
};

/// After `limpet serve` has begun to serve.
std::string serve_banner(const Banner& banner);

struct DevBanner {
  std::string_view scheme = "http";
  std::string address;
  std::string folder;
  bool temporary = true;
  std::string access_key_id;
  std::string secret_access_key;
};

/// After `limpet dev` has: lines to paste into a shell, boto3, Java.
std::string dev_banner(const DevBanner& banner);

}  // namespace limpet::app
