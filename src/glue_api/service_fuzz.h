// What the fuzzer of the whole service does with one input; an ordinary test replays its corpus.
//
// The input is a list of calls separated by a line "--". The first line of a call is X-Amz-Target,
// the rest the body. They run one after the other on one empty state, with authentication off.
#pragma once

#include "limpet/base/assert.h"
#include "limpet/glue_api/service.h"
#include "limpet/json/parse.h"
#include "limpet/registry/check_invariants.h"
#include "limpet/storage/memory_store.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace limpet::glue_api::fuzz {

class StandingClock final : public Clock {
 public:
  Timestamp now() const override { return Timestamp(std::chrono::milliseconds(1'636'303'348'617)); }
};

class CountedIds final : public IdSource {
 public:
  Uuid next() override {
    std::array<std::uint8_t, 16> bytes{};
    bytes[14] = static_cast<std::uint8_t>(++count_ >> 8U);
    bytes[15] = static_cast<std::uint8_t>(count_);
    return Uuid::v4(bytes);
  }

 private:
  std::uint32_t count_ = 0;
};

class IgnoredEvents final : public Events {
 public:
  void emit(const CallFinished&) override {}
  void emit(const AuthenticationFailed&) override {}
  void emit(const VersionRejected&) override {}
  void emit(const AccessKeyChanged&) override {}
};

inline constexpr int kCallsMax = 32;

/// Aborts unless every call is answered exactly once, with a JSON object that holds no null and is
/// never our fault, and the state is sound at the end.
inline void run(std::string_view input) {
  storage::MemoryStore store;
  const StandingClock clock;
  CountedIds ids;
  IgnoredEvents events;
  Settings settings;
  settings.auth = AuthMode::Off;
  Service service({.store = store, .clock = clock, .ids = ids, .events = events}, settings);
  LIMPET_ASSERT(service.start().has_value());

  for (int call = 0; call < kCallsMax && !input.empty(); ++call) {
    const auto end = input.find("\n--\n");
    const std::string_view text = input.substr(0, end);
    input = end == std::string_view::npos ? std::string_view{} : input.substr(end + 4);
    const auto line_end = text.find('\n');
    aws::HttpRequest request;
    request.method = "POST";
    request.target = "/";
    request.headers = {{"Content-Type", "application/x-amz-json-1.1"},
                       {"X-Amz-Target", std::string(text.substr(0, line_end))}};
    if (line_end != std::string_view::npos) request.body = text.substr(line_end + 1);

    int answers = 0;
    service.handle(std::move(request), [&](const aws::HttpAnswer& answer) {
      ++answers;
      LIMPET_ASSERT(answer.status == 200 || answer.status == 400);
      const auto document = json::parse(answer.content(), {.max_bytes = 64UL << 20});
      LIMPET_ASSERT(document.has_value() && document->is_object());
      LIMPET_ASSERT((document->find("__type") != nullptr) == (answer.status != 200));
      for (const auto& member : document->members()) LIMPET_ASSERT(!member.value.is_null());
    });
    LIMPET_ASSERT(answers == 1);
  }

  const Scope scope{.partition = "aws", .account = settings.account, .region = "us-east-1"};
  const Status sound = store.read([&](storage::Reader& reader) -> Status {
    LIMPET_TRY(const auto violations, registry::check_invariants(reader, scope));
    LIMPET_ASSERT(violations.empty());
    return {};
  });
  LIMPET_ASSERT(sound.has_value());
}

}  // namespace limpet::glue_api::fuzz
