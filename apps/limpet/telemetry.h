// Telemetry: each kind of event writes its log line and moves its counter, so that the two cannot
// drift apart.
#pragma once

#include "line_budget.h"
#include "log.h"
#include "metrics.h"

#include "limpet/base/time.h"
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

/// SIGHUP was obeyed: the log file was opened anew, the level and the certificate read again.
struct LogReopened {};

/// SIGHUP could not be obeyed; what could not be read stays as it was.
struct ReloadFailed {
  std::string message;
};

/// The listener speaks TLS by this certificate from now on.
struct CertificateLoaded {
  std::string file;
  Timestamp expires{};
  bool expired = false;
};

/// Every user of the machine may read the TLS key.
struct KeyExposed {
  std::string file;
};

/// Entries of the change log were older than the retention.
struct ChangeLogTrimmed {
  std::uint64_t entries = 0;
};

/// Old entries could not be removed; it is tried again.
struct RetentionFailed {
  std::string message;
};

/// Lines a second of each kind that tells about requests turned away, where anybody who reaches the
/// server decides how many there are. The counters count them all.
inline constexpr std::uint64_t kRefusalLines = 100;

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
  void emit(const CertificateLoaded& event);
  void emit(const KeyExposed& event);
  void emit(const ChangeLogTrimmed& event);
  void emit(const RetentionFailed& event);

 private:
  Log& log_;
  Metrics& metrics_;
  LineBudget call_lines_{kRefusalLines};
  LineBudget authentication_lines_{kRefusalLines};
  LineBudget request_lines_{kRefusalLines};
};

}  // namespace limpet::app
