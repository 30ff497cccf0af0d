#include "kafka_flags.h"

#include "system.h"
#include "view.h"

#include "limpet/aws/msk_iam.h"
#include "limpet/client/credentials.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <sstream>

namespace limpet::app {
namespace {

constexpr const char* kGroup = "Kafka";
constexpr const char* kLocalBootstrap = "127.0.0.1:9092";
constexpr std::size_t kFileBytesMax = std::size_t{1} << 20U;
constexpr int kWarning = 4;  // as syslog counts
/// A text is told again after so long.
constexpr std::chrono::seconds kToldAgain{60};
constexpr std::size_t kTextsMax = 100;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

std::string read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  if (!file) throw CommandFailed{"cannot read " + name, 2};
  std::string text(kFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) throw CommandFailed{"cannot read " + name, 2};
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

[[noreturn]] void refuse(const Error& error, const std::string& place) {
  throw CommandFailed{
      place + ": " + (error.where.empty() ? "" : error.where + ": ") + error.message, 2};
}

void tell(const kafka::LogLine& line) {
  std::ostringstream text;
  text << "limpet: kafka: " << line.facility << ": " << printable(line.text) << "\n";
  std::cerr << text.str() << std::flush;
}

kafka::MskIam msk_iam(const kafka::Config& config, client::Arguments aws) {
  static const SystemClock clock;
  kafka::MskIam iam{.clock = &clock, .region = aws.region};
  // The cluster is AWS's, whatever registry is used beside it.
  aws.endpoint = "aws";
  auto settings = client::load_settings(aws, client::process_environment());
  if (!settings) refuse(settings.error(), "--msk-iam");
  if (iam.region.empty()) {
    iam.region = aws::msk_region(config.bootstrap).value_or(settings->region);
  }
  iam.credentials = [settings = *std::move(settings)]() -> Result<aws::Credentials> {
    if (settings.provider) {
      LIMPET_TRY(auto found, settings.provider->get());
      return std::move(found.keys);
    }
    if (settings.credentials) return *settings.credentials;
    return Error::access_denied("there are no credentials of AWS");
  };
  return iam;
}

}  // namespace

void add_kafka_options(CLI::App& command, KafkaFlags& flags) {
  command
      .add_option("--bootstrap", flags.bootstrap,
                  "Brokers, HOST:PORT joined by commas. Default: LIMPET_BOOTSTRAP, "
                  "KAFKA_BOOTSTRAP_SERVERS, " +
                      std::string(kLocalBootstrap) + ".")
      ->type_name("BROKERS")
      ->group(kGroup);
  command
      .add_option("--kafka-config", flags.properties_file,
                  "Properties file of librdkafka's names (security.protocol, sasl.username, …).")
      ->type_name("FILE")
      ->group(kGroup);
  command
      .add_option("-X", flags.properties,
                  "One property of librdkafka's; may be given several times.")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false)
      ->group(kGroup);
  command
      .add_flag("--msk-iam", flags.msk_iam,
                "Log in to Amazon MSK with an AWS key (environment, profile).")
      ->group(kGroup);
  command.add_option("--timeout", flags.timeout, "Seconds to wait for brokers. Default: 30.")
      ->check(CLI::Range(0.001, 86'400.0).description(""))
      ->type_name("SECONDS")
      ->group(kGroup);
}

void add_msk_options(CLI::App& command, client::Arguments& aws) {
  command
      .add_option("--region", aws.region,
                  "Region of --msk-iam. Default: the one in the broker's name, AWS_REGION, "
                  "AWS_DEFAULT_REGION, the profile.")
      ->group(kGroup);
  command
      .add_option("--profile", aws.profile,
                  "Profile of ~/.aws/config and ~/.aws/credentials for --msk-iam.")
      ->group(kGroup);
}

kafka::Config kafka_config(const KafkaFlags& flags, const client::Arguments& aws) {
  kafka::Config config;
  config.bootstrap = environment("LIMPET_BOOTSTRAP");
  if (config.bootstrap.empty()) config.bootstrap = environment("KAFKA_BOOTSTRAP_SERVERS");
  if (config.bootstrap.empty()) config.bootstrap = kLocalBootstrap;
  if (!flags.properties_file.empty()) {
    const auto properties = kafka::parse_properties(read_file(flags.properties_file));
    if (!properties) refuse(properties.error(), flags.properties_file);
    for (const auto& [name, value] : *properties) {
      const auto set = kafka::set_property(config, name, value);
      if (!set) refuse(set.error(), flags.properties_file);
    }
  }
  for (const auto& pair : flags.properties) {
    const auto equals = pair.find('=');
    // The text may be a secret: it is not repeated.
    if (equals == std::string::npos) throw CommandFailed{"-X: want KEY=VALUE", 2};
    const auto set = kafka::set_property(config, std::string_view(pair).substr(0, equals),
                                         std::string_view(pair).substr(equals + 1));
    if (!set) refuse(set.error(), "-X");
  }
  if (!flags.bootstrap.empty()) config.bootstrap = flags.bootstrap;
  if (flags.msk_iam) config.msk_iam = msk_iam(config, aws);
  for (const auto& [name, value] : config.properties) {
    if (name == "debug") config.on_log = tell;
  }
  return config;
}

void tell_warnings(kafka::Config& config) {
  if (config.on_log) return;  // all lines already
  struct Told {
    std::mutex mutex;
    std::map<std::string, std::chrono::steady_clock::time_point, std::less<>> texts;
  };
  config.on_log = [told = std::make_shared<Told>()](const kafka::LogLine& line) {
    if (line.level > kWarning) return;
    // "…: Connect to … failed: Connection refused (after 2ms in state CONNECT)": the same every
    // time but for what is in brackets.
    const std::string text(line.text.substr(0, line.text.find(" (")));
    const auto now = std::chrono::steady_clock::now();
    {
      const std::lock_guard lock(told->mutex);
      if (told->texts.size() >= kTextsMax) told->texts.clear();
      const auto [known, first] = told->texts.emplace(text, now);
      if (!first && now - known->second < kToldAgain) return;
      known->second = now;
    }
    tell(line);
  };
}

CLI::Option* add_from_option(CLI::App& command, std::string& from) {
  return command
      .add_option("--from", from,
                  "earliest, latest, an offset (1200), the last N records of each partition "
                  "(--from=-N), a time (2026-01-31T08:00:00Z, 2026-01-31), or epoch milliseconds "
                  "(1769846400000ms).")
      ->type_name("PLACE");
}

kafka::Position position(const std::string& from) {
  const auto position = kafka::parse_position(from);
  if (!position) throw CommandFailed{"--from: " + position.error().message, 2};
  return *position;
}

void fail(const Error& error) {
  const std::string text = error.where.empty() ? error.message : error.where + ": " + error.message;
  throw CommandFailed{text, error.code == Code::InvalidInput ? 2 : 1};
}

}  // namespace limpet::app
