// A whole service in a test: a store in memory, a clock that stands, ids that count.
//
//   TestService service;
//   Answer answer = service.call("AWSGlue.CreateRegistry", R"({"RegistryName":"r1"})");
//   EXPECT_EQ(answer.status, 200);
//   EXPECT_EQ(answer.text("RegistryName"), "r1");
#pragma once

#include "limpet/aws/sigv4.h"
#include "limpet/glue_api/service.h"
#include "limpet/json/value.h"
#include "limpet/storage/faulty_store.h"
#include "limpet/storage/memory_store.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::glue_api {

inline constexpr Timestamp kTestTime{std::chrono::milliseconds(1'636'303'348'617)};  // 2021-11-07
inline constexpr std::string_view kAccount = "123456789012";
inline constexpr std::string_view kRegion = "us-east-1";

class FakeClock final : public Clock {
 public:
  Timestamp now() const override { return Timestamp(std::chrono::milliseconds(millis_)); }
  void set(Timestamp time) { millis_ = time.time_since_epoch().count(); }
  void advance(std::chrono::milliseconds by) { millis_ += by.count(); }

 private:
  std::atomic<std::int64_t> millis_{kTestTime.time_since_epoch().count()};
};

/// 00000000-0000-4000-8000-000000000001, …2, …
class CountingIds final : public IdSource {
 public:
  Uuid next() override;

 private:
  std::atomic<std::uint64_t> count_{0};
};

/// A CallFinished with texts of its own.
struct RecordedCall {
  explicit RecordedCall(const CallFinished& event)
      : operation(event.operation),
        status(event.status),
        code(event.code),
        message(event.message),
        principal(event.principal),
        access_key_id(event.access_key_id),
        account(event.account),
        region(event.region),
        request_id(event.request_id),
        peer(event.peer),
        bytes_in(event.bytes_in),
        bytes_out(event.bytes_out),
        duration(event.duration),
        wrote(event.wrote) {}

  std::string operation;
  int status;
  std::string code, message, principal, access_key_id, account, region, request_id, peer;
  std::size_t bytes_in, bytes_out;
  std::chrono::nanoseconds duration;
  bool wrote;
};

struct RecordedEvents final : Events {
  void emit(const CallFinished& event) override { add(calls, RecordedCall(event)); }
  void emit(const AuthenticationFailed& event) override { add(refusals, event); }
  void emit(const VersionRejected& event) override { add(rejections, event); }
  void emit(const AccessKeyChanged& event) override { add(key_changes, event); }

  std::vector<RecordedCall> calls;
  std::vector<AuthenticationFailed> refusals;
  std::vector<VersionRejected> rejections;
  std::vector<AccessKeyChanged> key_changes;

 private:
  template <class Event>
  void add(std::vector<Event>& events, const Event& event) {
    const std::lock_guard lock(mutex_);
    events.push_back(event);
  }
  std::mutex mutex_;
};

struct Answer {
  int status = 0;
  aws::Headers headers;
  std::string body;
  json::Value document;

  std::string header(std::string_view name) const;
  /// The text of a member; empty when it is not there.
  std::string text(std::string_view member) const;
  /// -1 when it is not there.
  std::int64_t number(std::string_view member) const;
  std::string type() const { return text("__type"); }
  /// Under `Message` or `message`.
  std::string message() const;
};

/// Auth off, no quotas.
Settings open_settings();
/// SigV4 with this one key.
Settings signed_settings(const aws::Credentials& credentials);
inline const aws::Credentials kCallerKey{"AKIAIOSFODNN7EXAMPLE",
                                         "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};

class TestService {
 public:
  explicit TestService(Settings settings = open_settings());
  /// Over a store of the test's own, which must outlive this.
  TestService(storage::Store& store, Settings settings,
              const iam::Authorizer* authorizer = nullptr);

  /// POST / with this target and body, scoped to a region, not signed with any real key.
  Answer call(std::string_view target, std::string_view body);
  Answer call_in(std::string_view region, std::string_view target, std::string_view body);
  /// Signed at the clock's time.
  Answer call_signed(const aws::Credentials& credentials, std::string_view region,
                     std::string_view target, std::string_view body);
  /// Waits for the answer, which a store may give on a thread of its own. Threads: safe.
  Answer send(aws::HttpRequest request);

  FakeClock clock;
  CountingIds ids;
  RecordedEvents events;

 private:
  storage::MemoryStore memory_;

 public:
  storage::Store& store;
  Service service;
};

/// An unsigned POST / as a client of the API makes it.
aws::HttpRequest api_request(std::string_view target, std::string_view body);

/// With the body parsed; a failure of the test when it is no JSON object.
Answer to_answer(aws::HttpAnswer answer);

}  // namespace limpet::glue_api
