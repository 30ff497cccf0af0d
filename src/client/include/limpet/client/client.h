// Client: call the API, signed, against Limpet's or AWS's endpoint.
//
//   auto client = client::Client::make({.settings = settings, .clock = &clock});
//   auto reply = client->call<glue_model::op::GetRegistry>({.registry_id = …});
//   if (!reply) return show(reply.error());        // EntityNotFoundException, …
//   use(reply->output.registry_arn);
//
// Failures that may pass are tried again as the AWS SDKs do (standard mode): no connection, 5xx,
// throttling, and ConcurrentModificationException (as the Glue Schema Registry library for Java): a
// write that lost a race; at most three times in all, with growing random pauses (full jitter).
// Every operation is safe to repeat, though a repeated create can answer that the thing exists.
#pragma once

#include "limpet/base/result.h"
#include "limpet/base/time.h"
#include "limpet/client/settings.h"
#include "limpet/glue_model/json_codec.h"
#include "limpet/glue_model/operation.h"
#include "limpet/http/client.h"
#include "limpet/json/value.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace limpet::client {

/// Why a call failed.
struct CallError {
  std::string type;            ///< "EntityNotFoundException"; empty when no answer of the API came
  std::string message;         ///< for people
  int status = 0;              ///< HTTP; 0 when there was no answer
  std::string request_id;      ///< what the server logs; empty when unknown
  std::optional<Code> code{};  ///< of a failure on this side of the wire
};

/// The failure by what a caller can do about it. The message is the error's own; `where` is the
/// type, EntityNotFoundException.
Error to_error(const CallError& error);

/// Bounds of one call, or of several that belong together.
struct CallLimits {
  using Time = std::chrono::steady_clock::time_point;
  Time end = Time::max();  ///< no attempt and no pause goes beyond it
  int attempts = 0;        ///< 0: as many as the client's policy
};

/// A value or a CallError.
template <class T>
class [[nodiscard]] Reply {
 public:
  Reply(T value) : state_(std::move(value)) {}          // NOLINT: implicit
  Reply(CallError error) : state_(std::move(error)) {}  // NOLINT: implicit

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  /// Requires: has_value().
  T& operator*() { return std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  /// Requires: !has_value().
  const CallError& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, CallError> state_;
};

/// An answer twice: as it came, with members that this version does not know, and typed.
template <class Output>
struct Answered {
  json::Value document;
  Output output;
};

struct RetryPolicy {
  int attempts = 3;
  std::chrono::milliseconds base{200};  ///< first pause at most; doubles each time
  std::chrono::milliseconds longest{5'000};
};

/// How a request travels; a test puts its own here.
using Send = std::function<Result<http::Answer>(const http::Url&, const http::Outgoing&)>;

struct ClientOptions {
  Settings settings;
  const Clock* clock = nullptr;  ///< must outlive the client
  RetryPolicy retry{};
  http::ClientOptions http{};
  Send send{};                                             ///< default: an http::Client
  std::function<void(std::chrono::milliseconds)> pause{};  ///< default: sleep
  std::function<double()> chance{};                        ///< 0 to 1; default: random
  std::function<CallLimits::Time()> steady{};              ///< default: std::chrono::steady_clock
  std::string user_agent = "limpet";
};

/// Threads: safe, when the functions in its options are.
class Client {
 public:
  /// Requires: options.clock. Errors: InvalidInput (endpoint).
  static Result<Client> make(ClientOptions options);

  /// Blocks until the answer, pauses included.
  Reply<json::Value> call_json(const glue_model::Operation& operation, std::string body,
                               const CallLimits& limits = {});

  template <class Op>
  Reply<Answered<typename Op::Output>> call(const typename Op::Input& input,
                                            const CallLimits& limits = {}) {
    return typed<Op>(call_json(Op::kOperation, glue_model::encode(input), limits));
  }

  /// Every page, joined into one answer as if there had been no pages; stops behind `items_max`
  /// items. Requires: Op is paged.
  template <class Op>
  Reply<Answered<typename Op::Output>> call_all(typename Op::Input input,
                                                std::size_t items_max = SIZE_MAX) {
    return typed<Op>(all_pages(Op::kOperation, &input, items_max));
  }

  const Settings& settings() const { return options_.settings; }

 private:
  Client(ClientOptions options, http::Url url);
  Reply<json::Value> all_pages(const glue_model::Operation& operation, void* input,
                               std::size_t items_max);
  Reply<json::Value> attempt(const glue_model::Operation& operation, const std::string& body,
                             std::chrono::milliseconds timeout, bool& may_pass);
  Result<std::optional<aws::Credentials>> signer();

  template <class Op>
  static Reply<Answered<typename Op::Output>> typed(Reply<json::Value> reply) {
    if (!reply) return reply.error();
    Answered<typename Op::Output> out{*std::move(reply), {}};
    if (auto fault = glue_model::decode(out.document, out.output)) {
      return CallError{{}, "the server's answer cannot be read: " + fault->message, 200, {}};
    }
    return out;
  }

  ClientOptions options_;
  http::Url url_;
};

}  // namespace limpet::client
