// Handle: one client of librdkafka's with its callbacks. Private to the room.
#pragma once

#include "native.h"
#include "settings.h"

#include "limpet/kafka/config.h"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

namespace limpet::kafka {

struct HandleOptions {
  rd_kafka_type_t type = RD_KAFKA_PRODUCER;
  std::vector<Property> defaults{};
  /// More callbacks, set before the client begins; their opaque is `opaque`.
  std::function<void(rd_kafka_conf_t*)> prepare{};
  void* owner = nullptr;  ///< for those callbacks: Handle::owner()
};

/// Threads: safe, as far as librdkafka's handle is. Must not move: librdkafka points to it.
class Handle {
 public:
  static Result<std::unique_ptr<Handle>> make(const Config& config, const HandleOptions& options);
  ~Handle();
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  rd_kafka_t* get() const { return native_; }
  void* owner() const { return owner_; }
  void set_owner(void* owner) { owner_ = owner; }
  static Handle& of(void* opaque) { return *static_cast<Handle*>(opaque); }

  /// The failure to log in that came last and was not asked for yet. Serves the main queue's
  /// callbacks first.
  std::optional<Error> take_login_failure();
  /// `error`, and when it tells of brokers that were not reached, why: what librdkafka has said
  /// about connections in the last half minute. A failed login becomes AccessDenied.
  Error explained(Error error);
  std::optional<Error> fatal() const;

  /// Waits for the answer to an admin call; ends early when logging in fails.
  Result<OwnedEvent> wait(rd_kafka_queue_t* queue, const Remaining& remaining);

 private:
  Handle() = default;
  static void on_log(const rd_kafka_t* client, int level, const char* facility, const char* text);
  static void on_error(rd_kafka_t* client, int error, const char* text, void* opaque);
  static int on_statistics(rd_kafka_t* client, char* text, std::size_t size, void* opaque);
  static void on_token(rd_kafka_t* client, const char* settings, void* opaque);

  rd_kafka_t* native_ = nullptr;
  void* owner_ = nullptr;
  std::function<void(const LogLine&)> log_;
  std::function<void(std::string_view)> statistics_;
  std::optional<MskIam> msk_iam_;  // with its region

  struct Trouble {
    Error error;
    std::chrono::steady_clock::time_point at;
  };
  mutable std::mutex mutex_;  // guards what follows
  std::optional<Error> login_failure_;
  std::optional<Trouble> trouble_;
};

}  // namespace limpet::kafka
