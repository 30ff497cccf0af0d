#include "telemetry.h"

namespace limpet::app {

void Telemetry::emit(const glue_api::CallFinished& event) {
  metrics_.count_call(event.operation, event.code, event.duration);
  // A client's mistake is ordinary; ours is not.
  const LogLevel level = event.status >= 500 ? LogLevel::Error : LogLevel::Info;
  if (!log_.enabled(level)) return;
  LogFields fields("call_finished");
  fields.add("op", event.operation)
      .add("status", event.status)
      .add("code", event.code)
      .add("message", event.message)
      .add("account", event.account)
      .add("region", event.region)
      .add("access_key_id", event.access_key_id)
      .add("principal", event.principal)
      .add_milliseconds("ms", event.duration)
      .add("bytes_in", static_cast<std::int64_t>(event.bytes_in))
      .add("bytes_out", static_cast<std::int64_t>(event.bytes_out))
      .add("peer", event.peer)
      .add("request_id", event.request_id);
  log_.write(level, fields);
}

void Telemetry::emit(const glue_api::AuthenticationFailed& event) {
  metrics_.count_authentication_failure(event.reason);
  log_.write(LogLevel::Warning, LogFields("authentication_failed")
                                    .add("reason", event.reason)
                                    .add("message", event.message)
                                    .add("access_key_id", event.access_key_id)
                                    .add("peer", event.peer)
                                    .add("request_id", event.request_id));
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
  log_.write(event.status >= 500 ? LogLevel::Error : LogLevel::Info,
             LogFields("request_refused")
                 .add("status", event.status)
                 .add("reason", event.reason)
                 .add("request_id", event.request_id));
}

void Telemetry::emit(const StateReset&) { log_.write(LogLevel::Info, LogFields("state_reset")); }

void Telemetry::emit(const LogReopened&) { log_.write(LogLevel::Info, LogFields("log_reopened")); }

void Telemetry::emit(const ReloadFailed& event) {
  log_.write(LogLevel::Error, LogFields("reload_failed").add("message", event.message));
}

}  // namespace limpet::app
