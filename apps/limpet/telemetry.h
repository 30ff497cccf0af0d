// Telemetry: each kind of event writes its log line and moves its counter, so that the two cannot
// drift apart.
#pragma once

#include "log.h"
#include "metrics.h"

#include "limpet/glue_api/events.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace limpet::app {

/// A server is ready.
struct ServerStarted {
  std::string address;
  std::string data;
  std::string_view auth;
  std::string account;
  std::string_view version;
};

/// A signal arrived; requests in flight finish.
struct ServerStopping {
  std::string_view signal;
};

struct ServerStopped {
  bool all_finished = true;  ///< false: some requests were cut
};

/// A request did not get as far as the API: malformed, too large, too slow.
struct RequestRefused {
  int status = 0;
  std::string reason;
  std::string request_id;
};

/// `limpet dev` was told to forget everything.
struct StateReset {};

/// SIGHUP: the log file was opened anew and the level read again.
struct LogReopened {};

/// SIGHUP could not be obeyed; everything stays as it was.
struct ReloadFailed {
  std::string message;
};

/// Threads: safe. `log` and `metrics` must outlive it.
class Telemetry final : public glue_api::Events {
 public:
  Telemetry(Log& log, Metrics& metrics) : log_(log), metrics_(metrics) {}

  void emit(const glue_api::CallFinished& event) override;
  void emit(const glue_api::AuthenticationFailed& event) override;
  void emit(const glue_api::VersionRejected& event) override;
  void emit(const glue_api::AccessKeyChanged& event) override;
  void emit(const ServerStarted& event);
  void emit(const ServerStopping& event);
  void emit(const ServerStopped& event);
  void emit(const RequestRefused& event);
  void emit(const StateReset& event);
  void emit(const LogReopened& event);
  void emit(const ReloadFailed& event);

 private:
  Log& log_;
  Metrics& metrics_;
};

}  // namespace limpet::app
