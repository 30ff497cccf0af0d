// RunningCall: one request on its way through the service. It lives until its answer has been
// handed over, on whatever thread that happens.
#pragma once

#include "call_record.h"
#include "served.h"
#include "service_impl.h"

#include "limpet/aws/protocol.h"

#include <functional>
#include <memory>
#include <vector>

namespace limpet::glue_api {

/// Threads: confined; one thread at a time, handed over by the store.
class RunningCall : public std::enable_shared_from_this<RunningCall> {
 public:
  using Done = std::function<void(aws::HttpAnswer&&)>;

  /// Requires: `service` outlives the call.
  static std::variant<aws::HttpAnswer, Service::PendingCall> begin(Service::Impl& service,
                                                                   aws::HttpRequest&& request);
  /// Once. The service must outlive the call of `done`.
  static void finish(Service::PendingCall call, Done&& done);

 private:
  RunningCall(Service::Impl& service, aws::HttpRequest request, CallRecord record);

  /// Answers what has been answered before and still holds. nullopt: nothing was done but, perhaps,
  /// `record` knows who calls.
  static std::optional<aws::HttpAnswer> answer_again(Service::Impl& service,
                                                     const aws::HttpRequest& request,
                                                     CallRecord& record);

  /// Everything before the operation; nullopt when the operation may run.
  std::optional<aws::WireError> admit();
  std::optional<aws::WireError> route();
  std::optional<aws::WireError> prepare();
  std::optional<aws::WireError> authorize();

  /// Runs the operation on a snapshot, then its write if it has one.
  void attempt();
  void write(ErasedWrite work);
  void answer_write(const storage::CommitResult& result, const Encode& encode);
  void committed(const storage::CommitResult& result, const Encode& encode);
  void repeat_or_give_up();
  /// Errors: the keys changed but could not be read again; the caller must repeat the call.
  Status tell_facts();

  void succeed(const Encode& encode);
  void fail(Error error);
  void fail(const aws::WireError& error);

  Service::Impl& service_;
  aws::HttpRequest request_;
  CallRecord record_;
  Done done_;
  const aws::Protocol& protocol_;
  std::shared_ptr<const PageTokens> tokens_;
  const Served* served_ = nullptr;
  Prepared prepared_;
  Arns resources_;
  std::vector<Fact> facts_;
  std::vector<RowChanges::Slot> changing_;  // begun by our write, ended when it is done
  int attempts_ = 0;
};

}  // namespace limpet::glue_api
