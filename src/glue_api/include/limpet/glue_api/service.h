// Service: the whole AWS Glue API behind one function, without sockets, threads or a clock of its
// own.
//
//   glue_api::Service service({.store = store, .clock = clock, .ids = ids, .events = events},
//                             {.auth = glue_api::AuthMode::Off});
//   LIMPET_CHECK(service.start());
//   service.handle(request, [&](aws::HttpAnswer answer) { send(std::move(answer)); });
//
// Order within a call: route and target, authentication, deserialisation, required members and page
// sizes, authorisation, the operation. An operation reads on a snapshot; what it writes goes
// through Store::submit, and the answer waits until the commit is durable.
#pragma once

#include "limpet/aws/http.h"
#include "limpet/base/context.h"
#include "limpet/base/result.h"
#include "limpet/glue_api/events.h"
#include "limpet/iam/access_key.h"
#include "limpet/iam/authorizer.h"
#include "limpet/registry/settings.h"
#include "limpet/storage/store.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace limpet::glue_api {

class RunningCall;

enum class AuthMode : std::uint8_t {
  SigV4,  ///< every request must be signed with a known access key
  Off,    ///< any or no signature; the caller is the root of the default account
};

/// Who must wait. Zero: no bound.
struct AdmissionSettings {
  std::size_t calls_max = 0;  ///< calls in flight; one more is answered ServiceUnavailable
  std::uint32_t rate = 0;     ///< calls a second and access key (with AuthMode::Off: of all callers
                              ///< together); one more is answered Throttling
  std::uint32_t burst = 0;    ///< calls at once after a pause; zero: one second's worth
};

struct Settings {
  AuthMode auth = AuthMode::SigV4;
  /// Account of callers when `auth` is Off, and of new access keys that name none.
  std::string account = "123456789012";
  /// Regions that a request may be scoped to; empty: every syntactically valid one.
  std::vector<std::string> regions;
  std::chrono::seconds clock_skew{300};
  AdmissionSettings admission;
  /// Keys of configuration and environment; keys made with Limpet.CreateAccessKey are in the store.
  std::vector<iam::AccessKey> access_keys;
  /// SchemaName without RegistryName means the default registry (else it is refused, as AWS does).
  bool schema_id_default_registry = false;
  /// Bytes of finished answers that are kept; 0 keeps none.
  std::size_t answer_cache_bytes = 64UL << 20;
  /// How the Schema Registry behaves: quotas, leniency, `limpet.reason`, the rules' choices.
  registry::Settings registry;
};

/// What the service stands on. Everything named here must outlive the service and every call.
struct Ports {
  storage::Store& store;
  const Clock& clock;
  IdSource& ids;  ///< unpredictable outside tests: secrets are made from it
  Events& events;
  /// nullptr: every authenticated caller may do everything in its account.
  const iam::Authorizer* authorizer = nullptr;
  /// Where a call goes on after its commit (encoding, answering, repeating). Empty: right on the
  /// store's thread. Must run what it is given, exactly once.
  std::function<void(std::function<void()>)> resume = {};
  /// A clock that only moves forward, for CallFinished::duration. Empty: durations are zero.
  std::function<std::chrono::nanoseconds()> stopwatch = {};
};

/// Threads: safe.
class Service {
 public:
  Service(Ports ports, Settings settings);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Makes the server's secrets on the first start and loads the access keys. Call it before the
  /// first handle(), and again after the store was written by anybody else. Errors: those of the
  /// store.
  Status start();

  /// A call that has begun and is not answered yet; its caller is known only if that was needed.
  using PendingCall = std::shared_ptr<RunningCall>;

  /// Begins a call: the answer, when one that is kept will do or when the call is refused, else
  /// what is to be given to finish(). Never blocks.
  std::variant<aws::HttpAnswer, PendingCall> begin(aws::HttpRequest&& request);

  /// Answers a call that begin() has begun: calls `done` exactly once, as handle() does.
  void finish(PendingCall call, std::function<void(aws::HttpAnswer&&)> done);

  /// begin() and finish() in one. Answers one request: calls `done` exactly once, before it returns
  /// or later on the store's thread (see Ports::resume). Blocks while it reads. The service must
  /// outlive the call's `done`.
  void handle(aws::HttpRequest&& request, std::function<void(aws::HttpAnswer&&)> done);

  /// True when at least one access key is in force.
  bool has_access_keys() const;

  /// What has become of the answers that are kept.
  struct CacheStats {
    std::uint64_t hits = 0, misses = 0, entries = 0, bytes = 0;
  };
  CacheStats cache_stats() const;

  /// Calls that are under way, and how many were refused for lack of room and for their rate.
  struct AdmissionStats {
    std::uint64_t in_flight = 0, overloaded = 0, throttled = 0;
  };
  AdmissionStats admission_stats() const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

/// An operation of the API model, and whether this version serves it.
struct OperationInfo {
  std::string_view service;  ///< "AWSGlue" or "Limpet": the prefix of X-Amz-Target
  std::string_view name;     ///< "CreateSchema"
  bool served = false;
};

/// Every operation of both models, by service and name.
std::vector<OperationInfo> operations();

}  // namespace limpet::glue_api
