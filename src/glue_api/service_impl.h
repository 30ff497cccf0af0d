// What a Service holds.
#pragma once

#include "admission.h"
#include "answer_cache.h"
#include "pagination.h"
#include "snapshot.h"

#include "limpet/aws/sigv4.h"
#include "limpet/glue_api/service.h"
#include "limpet/iam/authorizer.h"
#include "limpet/iam/key_ring.h"
#include "limpet/registry/parsed_cache.h"

#include <chrono>
#include <mutex>

namespace limpet::glue_api {

struct Service::Impl {
  Impl(Ports given_ports, Settings given_settings);

  /// Reads the stored keys and replaces the ring.
  Status load_keys();
  const iam::Authorizer& authorizer() const;
  std::chrono::nanoseconds now() const;
  /// Run `work` where calls go on after a commit.
  void resume(std::function<void()> work) const;

  const Ports ports;
  const Settings settings;
  const iam::AllowAuthenticated allow_authenticated;
  Admission admission;
  registry::ParsedCache cache;
  Snapshot<iam::KeyRing> keys;
  Snapshot<PageTokens> tokens;  ///< nullptr until start()
  const aws::Verifier verifier;
  RowChanges changes;
  AnswerCache answers;

 private:
  std::mutex load_mutex_;  // an older reading of the keys must not replace a newer one
};

}  // namespace limpet::glue_api
