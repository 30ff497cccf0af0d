// What all commands on Kafka share: where the brokers are, how to log in, where to start reading.
//
//   auto options = std::make_shared<Options>();
//   add_kafka_options(command, options->kafka);
//   add_from_option(command, options->from);
//   on_run_locally(command, status, [options] {
//     const kafka::Config config = kafka_config(options->kafka, {});
//     auto consumer = done(kafka::Consumer::make(config));
//     done(consumer.assign(options->topic, {}, position(options->from),
//     options->kafka.patience())); …
//   });
//
// Of several places that name a property, the first wins: an option of its own (--bootstrap), -X,
// --kafka-config, the environment.
#pragma once

#include "session.h"

#include "limpet/base/result.h"
#include "limpet/client/settings.h"
#include "limpet/kafka/config.h"
#include "limpet/kafka/types.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::app {

struct KafkaFlags {
  std::string bootstrap;  // empty: environment, then 127.0.0.1:9092
  std::string properties_file;
  std::vector<std::string> properties;  // KEY=VALUE
  bool msk_iam = false;
  double timeout = 30;  // seconds

  /// How long to wait for brokers.
  std::chrono::milliseconds patience() const {
    return std::chrono::milliseconds(static_cast<std::int64_t>(timeout * 1000));
  }
};

/// `--bootstrap`, `--kafka-config`, `-X`, `--msk-iam`, `--timeout`.
void add_kafka_options(CLI::App& command, KafkaFlags& flags);

/// `--region` and `--profile` of `--msk-iam`, for commands that have none for a registry.
void add_msk_options(CLI::App& command, client::Arguments& aws);

/// The configuration that the options mean. `aws` tells region and profile of `--msk-iam`. With
/// `-X debug=…`, librdkafka's lines go to standard error. Throws CommandFailed (2).
kafka::Config kafka_config(const KafkaFlags& flags, const client::Arguments& aws);

/// librdkafka's warnings and errors go to standard error from now on, each text once in a while:
/// for commands that go on while brokers come and go.
void tell_warnings(kafka::Config& config);

/// `--from PLACE`.
CLI::Option* add_from_option(CLI::App& command, std::string& from);
/// Throws CommandFailed (2).
kafka::Position position(const std::string& from);

/// Ends the command: status 2 for wrong use, else 1.
[[noreturn]] void fail(const Error& error);
inline void done(const Status& status) {
  if (!status) fail(status.error());
}
template <class T>
T done(Result<T> result) {
  if (!result) fail(result.error());
  return *std::move(result);
}

}  // namespace limpet::app
