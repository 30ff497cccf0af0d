// Config: where a Kafka cluster is, how to log in to it, and how its clients behave.
//
//   kafka::Config config{.bootstrap = "b-1.demo.kafka.eu-west-1.amazonaws.com:9098"};
//   config.msk_iam = kafka::MskIam{.credentials = [&] { return credentials; }, .clock = &clock};
//   config.properties = {{"fetch.min.bytes", "100000"}};       // librdkafka's own names
//   LIMPET_CHECK(kafka::check(config));                        // InvalidInput, `where` = property
//
// What is typed here covers the usual; `properties` takes every property of librdkafka
// (CONFIGURATION.md of librdkafka) and wins over the typed members. Values are never repeated in
// messages when the property's name speaks of a secret.
#pragma once

#include "limpet/aws/sigv4.h"
#include "limpet/base/result.h"
#include "limpet/base/time.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::kafka {

/// `security.protocol`. Auto: what follows from the other members; Plaintext when nothing does.
enum class Security : std::uint8_t { Auto, Plaintext, Ssl, SaslPlaintext, SaslSsl };

enum class SaslMechanism : std::uint8_t { None, Plain, ScramSha256, ScramSha512, OAuthBearer };

/// Names of PEM files; empty: the authorities of the system, no client certificate.
struct TlsFiles {
  std::string ca{};
  std::string certificate{};
  std::string key{};
  std::string key_password{};
};

/// Amazon MSK's IAM authentication: tokens that are signed here, never fetched.
struct MskIam {
  /// Called on a thread of librdkafka's, before each token: at the start and then at 80 % of a
  /// token's life. It must be safe to call so, and end within seconds.
  std::function<Result<aws::Credentials>()> credentials{};
  const Clock* clock = nullptr;  ///< must outlive the client
  std::string region{};          ///< empty: read from the first broker's name
  std::string user_agent = "limpet/1.0";
};

/// One line of librdkafka's log. `level` as syslog's: 3 error, 4 warning, 6 information, 7 debug.
struct LogLine {
  int level = 0;
  std::string_view facility;
  std::string_view text;
};

struct Config {
  std::string bootstrap = "127.0.0.1:9092";  ///< HOST:PORT, several joined by commas
  std::string client_id = "limpet";
  Security security = Security::Auto;
  SaslMechanism sasl = SaslMechanism::None;
  std::string username{};
  std::string password{};
  TlsFiles tls{};
  std::optional<MskIam> msk_iam{};  ///< sets sasl and security
  std::vector<std::pair<std::string, std::string>> properties{};

  /// Called from any thread of librdkafka's. Empty: log lines are dropped.
  std::function<void(const LogLine&)> on_log{};
  /// Called with librdkafka's statistics (JSON, STATISTICS.md) when `statistics.interval.ms` is
  /// set; on the thread that polls.
  std::function<void(std::string_view)> on_statistics{};
};

/// Read a properties file: `name=value` lines, `#` and `!` comments, blanks around both trimmed,
/// later lines win. Names of Java clients that librdkafka has not are refused with the name to use.
/// Limits: 1 MiB. Errors: InvalidInput, `where` = "line N".
Result<std::vector<std::pair<std::string, std::string>>> parse_properties(std::string_view text);

/// Take over one property: what has a typed member (`bootstrap.servers`, `client.id`,
/// `security.protocol`, `sasl.mechanism`, …) goes there, all else to `properties`.
/// Errors: InvalidInput, `where` = the property.
Status set_property(Config& config, std::string_view name, std::string_view value);

/// Whether librdkafka takes all of it, files included. No connection is waited for.
/// Errors: InvalidInput, `where` = the property.
Status check(const Config& config);

/// "2.15.1": the librdkafka that this program uses.
std::string_view librdkafka_version();

}  // namespace limpet::kafka
