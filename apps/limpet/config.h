// Config: everything an operator can decide about a server, checked.
#pragma once

#include "limpet/glue_api/service.h"
#include "limpet/net/address.h"
#include "limpet/net/tls.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace limpet::app {

enum class LogFormat : std::uint8_t { Text, Json };
enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

struct LogConfig {
  LogFormat format = LogFormat::Text;
  LogLevel level = LogLevel::Info;
  std::string file;  ///< empty: standard error
};

/// One entry of the YAML list `access_keys`, or the pair of the environment.
struct ConfiguredKey {
  std::string id;
  std::string secret;
  std::string account;  ///< empty: the server's own
};

struct Config {
  net::HostPort listen;
  net::TlsFiles tls;  ///< no certificate: plain HTTP
  std::string data;
  bool insecure = false;
  bool core_dumps = false;
  std::vector<std::string> allowed_hosts;
  glue_api::Settings service;  ///< its `access_keys` are filled from the members below
  ConfiguredKey environment_key;
  std::vector<ConfiguredKey> file_keys;
  LogConfig log;
  std::size_t threads = 0;  ///< 0: one per processor
  std::size_t connections_max = 0;
  std::size_t body_bytes_max = 0;
  std::size_t header_bytes_max = 0;
  std::size_t body_memory_max = 0;
  std::chrono::milliseconds header_timeout{0};
  std::chrono::milliseconds body_timeout{0};
  std::chrono::milliseconds idle_timeout{0};
  std::chrono::milliseconds stop_timeout{0};
  std::optional<std::chrono::milliseconds> change_log_retention;  ///< nullopt: for ever
};

}  // namespace limpet::app
