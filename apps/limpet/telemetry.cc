#include "telemetry.h"

#include <algorithm>

namespace limpet::app {

namespace {

/// A call that takes longer is worth a line, whatever it did.
constexpr std::chrono::seconds kSlow{1};

/// A client's mistake is ordinary; ours is not. Reads that go well are counted, and told only to
/// those who ask for them: there are thousands a second.
LogLevel level_of(const glue_api::CallFinished& event) {
  if (event.status >= 500) return LogLevel::Error;
  const bool quiet = event.status == 200 && !event.wrote && event.duration < kSlow;
  return quiet ? LogLevel::Debug : LogLevel::Info;
}

/// The id of the key that a caller named. Ids are upper case; what is not may be a secret that was
/// put in the wrong place.
std::string_view shown_id(std::string_view id) {
  const auto belongs = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return std::ranges::all_of(id, belongs) ? id : "(malformed)";
}

/// The message of an error. This one repeats headers, which may hold signatures and tokens: they
/// are for the eyes of their sender only.
std::string_view shown_message(std::string_view code, std::string_view message) {
  return code == "IncompleteSignatureException" ? std::string_view() : message;
}

/// Turned away before the operation began: there may be as many as fit through the door.
bool is_turned_away(const glue_api::CallFinished& event) {
  return event.status != 200 && (event.principal.empty() || event.code == "ThrottlingException" ||
                                 event.code == "ServiceUnavailableException");
}

std::chrono::nanoseconds stopwatch() { return std::chrono::steady_clock::now().time_since_epoch(); }

/// Says how many lines of this kind were left out before this one.
void add_left_out(LogFields& fields, std::uint64_t count) {
  if (count > 0) fields.add("left_out", static_cast<std::int64_t>(count));
}

}  // namespace

void Telemetry::emit(const glue_api::CallFinished& event) {
  metrics_.count_call(event.operation, event.code, event.duration);
  const LogLevel level = level_of(event);
  if (!log_.enabled(level)) return;
  std::uint64_t left_out = 0;
  if (is_turned_away(event)) {
    const auto may_write = call_lines_.take(stopwatch());
    if (!may_write) return;
    left_out = *may_write;
  }
  LogFields fields("call_finished");
  fields.add("op", event.operation)
      .add("status", event.status)
      .add("code", event.code)
      .add("message", shown_message(event.code, event.message))
      .add("account", event.account)
      .add("region", event.region)
      .add("access_key_id", shown_id(event.access_key_id))
      .add("principal", event.principal)
      .add_milliseconds("ms", event.duration)
      .add("bytes_in", static_cast<std::int64_t>(event.bytes_in))
      .add("bytes_out", static_cast<std::int64_t>(event.bytes_out))
      .add("peer", event.peer)
      .add("request_id", event.request_id);
  add_left_out(fields, left_out);
  log_.write(level, fields);
}

void Telemetry::emit(const glue_api::AuthenticationFailed& event) {
  metrics_.count_authentication_failure(event.reason);
  const auto left_out = authentication_lines_.take(stopwatch());
  if (!left_out) return;
  LogFields fields("authentication_failed");
  fields.add("reason", event.reason)
      .add("message", shown_message(event.reason, event.message))
      .add("access_key_id", shown_id(event.access_key_id))
      .add("peer", event.peer)
      .add("request_id", event.request_id);
  add_left_out(fields, *left_out);
  log_.write(LogLevel::Warning, fields);
}

void Telemetry::emit(const glue_api::VersionRejected& event) {
  metrics_.count_rejection(event.compatibility);
  log_.write(LogLevel::Warning, LogFields("version_rejected")
                                    .add("reason", event.reason)
                                    .add("schema", event.schema_arn)
                                    .add("version", event.version_number)
                                    .add("version_id", event.schema_version_id)
                                    .add("mode", event.compatibility)
                                    .add("principal", event.principal)
                                    .add("request_id", event.request_id));
}

void Telemetry::emit(const glue_api::AccessKeyChanged& event) {
  const bool created = event.change == glue_api::KeyChange::Created;
  metrics_.count_key_change(created ? "created" : "revoked");
  log_.write(LogLevel::Info, LogFields(created ? "access_key_created" : "access_key_revoked")
                                 .add("access_key_id", event.access_key_id)
                                 .add("account", event.account)
                                 .add("principal", event.principal)
                                 .add("request_id", event.request_id));
}

void Telemetry::emit(const ServerStarted& event) {
  log_.write(LogLevel::Info, LogFields("server_started")
                                 .add("address", event.address)
                                 .add("data", event.data)
                                 .add("auth", event.auth)
                                 .add("account", event.account)
                                 .add("version", event.version));
}

void Telemetry::emit(const ServerStopping& event) {
  log_.write(LogLevel::Info, LogFields("server_stopping").add("signal", event.signal));
}

void Telemetry::emit(const ServerStopped& event) {
  log_.write(event.all_finished ? LogLevel::Info : LogLevel::Warning,
             LogFields("server_stopped").add("requests", event.all_finished ? "finished" : "cut"));
}

void Telemetry::emit(const RequestRefused& event) {
  metrics_.count_refusal(event.status);
  const auto left_out = request_lines_.take(stopwatch());
  if (!left_out) return;
  LogFields fields("request_refused");
  fields.add("status", event.status)
      .add("reason", event.reason)
      .add("request_id", event.request_id);
  add_left_out(fields, *left_out);
  log_.write(event.status >= 500 ? LogLevel::Error : LogLevel::Info, fields);
}

void Telemetry::emit(const StateReset&) { log_.write(LogLevel::Info, LogFields("state_reset")); }

void Telemetry::emit(const LogReopened&) { log_.write(LogLevel::Info, LogFields("log_reopened")); }

void Telemetry::emit(const CertificateLoaded& event) {
  log_.write(event.expired ? LogLevel::Warning : LogLevel::Info,
             LogFields(event.expired ? "certificate_expired" : "certificate_loaded")
                 .add("file", event.file)
                 .add("expires", to_iso8601(event.expires)));
}

void Telemetry::emit(const KeyExposed& event) {
  log_.write(LogLevel::Warning,
             LogFields("tls_key_exposed")
                 .add("file", event.file)
                 .add("message", "every user of this machine may read it; chmod o-rwx it"));
}

void Telemetry::emit(const ReloadFailed& event) {
  log_.write(LogLevel::Error, LogFields("reload_failed").add("message", event.message));
}

void Telemetry::emit(const ChangeLogTrimmed& event) {
  log_.write(
      LogLevel::Info,
      LogFields("change_log_trimmed").add("entries", static_cast<std::int64_t>(event.entries)));
}

void Telemetry::emit(const RetentionFailed& event) {
  log_.write(LogLevel::Error, LogFields("retention_failed").add("reason", event.message));
}

}  // namespace limpet::app
