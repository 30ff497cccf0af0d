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
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::glue_api {

enum class AuthMode : std::uint8_t {
  SigV4,  ///< every request must be signed with a known access key
  Off,    ///< any or no signature; the caller is the root of the default account
};

struct Settings {
  AuthMode auth = AuthMode::SigV4;
  /// Account of callers when `auth` is Off, and of new access keys that name none.
  std::string account = "123456789012";
  /// Regions that a request may be scoped to; empty: every syntactically valid one.
  std::vector<std::string> regions;
  std::chrono::seconds clock_skew{300};
  /// Keys of configuration and environment; keys made with Limpet.CreateAccessKey are in the store.
  std::vector<iam::AccessKey> access_keys;
  /// SchemaName without RegistryName means the default registry (else it is refused, as AWS does).
  bool schema_id_default_registry = false;
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
  /// first handle(), and again after the store was emptied. Errors: those of the store.
  Status start();

  /// Answers one request: calls `done` exactly once, before it returns or later on the store's
  /// thread (see Ports::resume). Blocks while it reads. The service must outlive the call's `done`.
  void handle(aws::HttpRequest request, std::function<void(aws::HttpAnswer)> done);

  /// True when at least one access key is in force.
  bool has_access_keys() const;

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
