// A transport that plays a script: for each call the operation that must come and what to answer.
// For this room's tests.
#pragma once

#include "limpet/client/client.h"
#include "limpet/client/schema_registry.h"

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace limpet::client {

struct Turn {
  std::string operation;
  Result<http::Answer> answer;
};

inline http::Answer ok(std::string body) { return {.status = 200, .body = std::move(body)}; }
inline http::Answer refused(const std::string& type, const std::string& message, int status = 400) {
  return {.status = status, .body = R"({"__type":")" + type + R"(","Message":")" + message + "\"}"};
}

inline const std::string kIdText = "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63";
inline const Uuid kId = *Uuid::parse(kIdText);
inline const std::string kArn =
    "arn:aws:glue:us-east-1:123456789012:schema/default-registry/orders";

inline http::Answer version(const std::string& status = "AVAILABLE",
                            const std::string& id = kIdText) {
  return ok(R"({"SchemaVersionId":")" + id +
            R"(","SchemaDefinition":"\"int\"","DataFormat":"AVRO",)" + R"("SchemaArn":")" + kArn +
            R"(","VersionNumber":3,"Status":")" + status + "\"}");
}
inline http::Answer by_definition(const std::string& status = "AVAILABLE") {
  return ok(R"({"SchemaVersionId":")" + kIdText + R"(","SchemaArn":")" + kArn +
            R"(","DataFormat":"AVRO","Status":")" + status + "\"}");
}
inline http::Answer registered(const std::string& status) {
  return ok(R"({"SchemaVersionId":")" + kIdText + R"(","VersionNumber":2,"Status":")" + status +
            "\"}");
}

/// Threads: safe.
class Script {
 public:
  explicit Script(std::vector<Turn> turns) : turns_(turns.begin(), turns.end()) {}

  SchemaRegistryOptions options() {
    return {
        .settings = {.endpoint = "http://h:1", .region = "eu-west-1", .credentials = {}},
        .send = [this](const http::Url&, const http::Outgoing& request) { return play(request); },
        .pause =
            [this](std::chrono::milliseconds time) {
              const std::lock_guard lock(mutex_);
              pauses_.push_back(time);
              now_ += time;
            },
        .chance = [] { return 0.5; },
        .steady =
            [this] {
              const std::lock_guard lock(mutex_);
              return now_;
            }};
  }

  void pass(std::chrono::milliseconds time) {
    const std::lock_guard lock(mutex_);
    now_ += time;
  }
  std::vector<std::string> bodies() const { return bodies_; }
  std::vector<std::chrono::milliseconds> pauses() const { return pauses_; }
  std::vector<std::chrono::milliseconds> timeouts() const { return timeouts_; }
  bool finished() const { return turns_.empty(); }

 private:
  Result<http::Answer> play(const http::Outgoing& request) {
    const std::lock_guard lock(mutex_);
    const std::string target(request.headers.find("X-Amz-Target").value_or(""));
    bodies_.push_back(request.body);
    timeouts_.push_back(request.timeout);
    if (turns_.empty()) {
      ADD_FAILURE() << "the script has ended, and then came " << target;
      return Error::internal("the script has ended");
    }
    Turn turn = std::move(turns_.front());
    turns_.pop_front();
    EXPECT_EQ(target.substr(target.find('.') + 1), turn.operation);
    return std::move(turn.answer);
  }

  mutable std::mutex mutex_;
  std::deque<Turn> turns_;
  std::vector<std::string> bodies_;
  std::vector<std::chrono::milliseconds> pauses_;
  std::vector<std::chrono::milliseconds> timeouts_;
  std::chrono::steady_clock::time_point now_{std::chrono::hours(1000)};
};

}  // namespace limpet::client
