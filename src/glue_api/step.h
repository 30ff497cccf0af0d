// Step: what an operation's handler answers after it has looked at the snapshot: a finished output,
// or what it wants written.
//
//   Result<Step<UpdateRegistryResponse>> update_registry(Call& call, const UpdateRegistryInput& in)
//   {
//     LIMPET_TRY(const auto registry, registry_address(call, in.registry_id));
//     return [=](Writing& writing) -> Result<UpdateRegistryResponse> { … };     // in a transaction
//   }
//
// A handler is a plain function: it may be called again from the start when its write lost a race,
// so it keeps no state of its own. Texts are parsed on the snapshot, never in the transaction.
#pragma once

#include "pagination.h"

#include "limpet/base/context.h"
#include "limpet/base/result.h"
#include "limpet/glue_api/events.h"
#include "limpet/glue_api/service.h"
#include "limpet/registry/parsed_cache.h"
#include "limpet/storage/store.h"

#include <functional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace limpet::glue_api {

/// What every call shares. Threads: safe.
struct Environment {
  const Settings& settings;
  registry::ParsedCache& cache;
  const PageTokens& tokens;
};

/// The read phase of a call. Valid for the handler's run only; a write must not keep it.
struct Call {
  const Context& context;
  storage::Reader& snapshot;
  const Environment& environment;

  const Settings& settings() const { return environment.settings; }
};

/// Something that happened, told to Events once the transaction is durable.
using Fact = std::variant<VersionRejected, AccessKeyChanged>;

/// The write phase of a call.
struct Writing {
  storage::Txn& txn;
  const Context& context;
  const Environment& environment;
  std::vector<Fact>& facts;

  const Settings& settings() const { return environment.settings; }
};

template <class Output>
class Step {
 public:
  using Write = std::function<Result<Output>(Writing&)>;

  Step(Output output) : state_(std::move(output)) {}  // NOLINT: implicit
  template <class Work>
    requires(std::is_invocable_r_v<Result<Output>, Work&, Writing&>)
  Step(Work work) : state_(Write(std::move(work))) {}  // NOLINT: implicit

  /// The output, or nullptr when something is to be written first.
  Output* output() { return std::get_if<Output>(&state_); }
  /// Requires: output() == nullptr.
  Write& write() { return std::get<Write>(state_); }

 private:
  std::variant<Output, Write> state_;
};

}  // namespace limpet::glue_api
