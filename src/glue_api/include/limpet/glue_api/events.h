// What the service has to tell besides its answers: facts, which the rim turns into log lines and
// metrics. Pure rooms do not log.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace limpet::glue_api {

/// One call has been answered. Emitted once per call, just before the answer is handed over. Its
/// texts are borrowed for the time of emit().
struct CallFinished {
  std::string_view operation;  ///< "CreateSchema", "Limpet.ExplainSchemaVersion"; "-" if
                               ///< unknown. Always one of the model's names, so it may label a
                               ///< metric
  int status = 0;              ///< HTTP
  std::string_view code;       ///< "EntityNotFoundException"; empty for success. A closed set too
  std::string_view message;    ///< the error's text; empty for success
  std::string_view principal;  ///< empty when authentication failed
  std::string_view access_key_id;  ///< as the caller claimed it; empty when none was named
  std::string_view account;
  std::string_view region;
  std::string_view request_id;
  std::string_view peer;
  std::size_t bytes_in = 0;
  std::size_t bytes_out = 0;
  std::chrono::nanoseconds duration{0};
  bool wrote = false;  ///< a transaction was committed, or may have been
};

/// A caller could not be authenticated. `reason` is the exception's name, a closed set.
struct AuthenticationFailed {
  std::string reason;
  std::string message;
  std::string access_key_id;
  std::string peer;
  std::string request_id;
};

/// A definition was kept as a FAILURE version because it is incompatible.
struct VersionRejected {
  std::string schema_arn;
  std::string schema_version_id;
  std::int64_t version_number = 0;
  std::string compatibility;  ///< "BACKWARD", …
  std::string reason;         ///< one sentence: the rule, the path, both types, the fix
  std::string principal;
  std::string request_id;
};

enum class KeyChange : std::uint8_t { Created, Revoked };

/// An access key was created or revoked. The secret is not told.
struct AccessKeyChanged {
  KeyChange change = KeyChange::Created;
  std::string access_key_id;
  std::string account;
  std::string principal;  ///< who did it
  std::string request_id;
};

/// Receives the events. Called from the threads that run the service; must not call it back.
/// Threads: safe.
class Events {
 public:
  virtual ~Events() = default;
  virtual void emit(const CallFinished& event) = 0;
  virtual void emit(const AuthenticationFailed& event) = 0;
  virtual void emit(const VersionRejected& event) = 0;
  virtual void emit(const AccessKeyChanged& event) = 0;
};

}  // namespace limpet::glue_api
