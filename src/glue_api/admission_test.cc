#include "admission.h"

#include "testing_service.h"

#include <gtest/gtest.h>

#include <functional>
#include <thread>
#include <vector>

namespace limpet::glue_api {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kAlice = "AKIAALICEALICEALICE1";
constexpr std::string_view kBob = "AKIABOBBOBBOBBOBBOB1";

/// How many of `calls` at one instant are admitted.
int admitted(Admission& admission, std::string_view caller, int calls,
             std::chrono::nanoseconds now) {
  int count = 0;
  for (int i = 0; i < calls; ++i) count += admission.take(caller, now) ? 1 : 0;
  return count;
}

TEST(AdmissionTest, TheHeadersExample) {
  Admission admission({.calls_max = 1, .rate = 100, .burst = 2});
  const Admission::Ticket ticket = admission.enter();
  EXPECT_TRUE(ticket);
  EXPECT_FALSE(admission.enter());
  EXPECT_TRUE(admission.take(kAlice, 1s));
  EXPECT_TRUE(admission.take(kAlice, 1s));
  EXPECT_FALSE(admission.take(kAlice, 1s));
}

TEST(AdmissionTest, WithoutRateEverybodyMayCallAlways) {
  Admission admission({});
  EXPECT_EQ(admitted(admission, kAlice, 10'000, 0ns), 10'000);
  EXPECT_EQ(admission.callers(), 0U);
}

TEST(AdmissionTest, ABurstThenTheRate) {
  Admission admission({.rate = 10, .burst = 5});
  EXPECT_EQ(admitted(admission, kAlice, 100, 1s), 5);
  EXPECT_EQ(admitted(admission, kAlice, 100, 1s + 99ms), 0);
  EXPECT_EQ(admitted(admission, kAlice, 100, 1s + 100ms), 1);
  EXPECT_EQ(admitted(admission, kAlice, 100, 1s + 350ms), 2);
  EXPECT_EQ(admitted(admission, kAlice, 100, 60s), 5);  // full again, and no fuller
}

TEST(AdmissionTest, TheBurstIsASecondsWorthUnlessToldOtherwise) {
  Admission admission({.rate = 7});
  EXPECT_EQ(admitted(admission, kAlice, 100, 0ns), 7);
}

TEST(AdmissionTest, OneCallASecond) {
  Admission admission({.rate = 1, .burst = 1});
  for (int second = 0; second < 10; ++second) {
    EXPECT_EQ(admitted(admission, kAlice, 3, std::chrono::seconds(second)), 1) << second;
  }
}

TEST(AdmissionTest, RefusedCallsCostNoTokens) {
  Admission admission({.rate = 10, .burst = 1});
  EXPECT_TRUE(admission.take(kAlice, 0ms));
  for (int i = 1; i < 100; ++i) EXPECT_FALSE(admission.take(kAlice, std::chrono::milliseconds(i)));
  EXPECT_TRUE(admission.take(kAlice, 100ms));
}

TEST(AdmissionTest, OverAMinuteTheRateIsKept) {
  Admission admission({.rate = 300, .burst = 30});
  int count = 0;
  for (int at = 0; at < 60'000; ++at) {
    count += admission.take(kAlice, std::chrono::milliseconds(at)) ? 1 : 0;
  }
  // A burst, and then 300 a second (the interval is a whole number of nanoseconds).
  EXPECT_NEAR(count, 60 * 300 + 29, 2);
}

TEST(AdmissionTest, CallersDoNotPayForEachOther) {
  Admission admission({.rate = 10, .burst = 5});
  EXPECT_EQ(admitted(admission, kAlice, 100, 0ns), 5);
  EXPECT_EQ(admitted(admission, kBob, 100, 0ns), 5);
  EXPECT_EQ(admission.stats().throttled, 190U);
}

TEST(AdmissionTest, MemoryIsBounded) {
  Admission admission({.rate = 10, .burst = 5});
  // All within one burst's time, so that no bucket is full: the hardest case.
  for (int i = 0; i < 300'000; ++i) {
    ASSERT_TRUE(admission.take("caller-" + std::to_string(i), 1s));
  }
  EXPECT_LE(admission.callers(), Admission::kCallersMax);
}

TEST(AdmissionTest, ForgettingAFullBucketChangesNothing) {
  Admission admission({.rate = 10, .burst = 5});
  EXPECT_EQ(admitted(admission, kAlice, 5, 1000s), 5);
  for (int i = 0; i < 200'000; ++i) {  // each of another time, long past when it ends
    admission.take("caller-" + std::to_string(i), std::chrono::milliseconds(i));
  }
  EXPECT_EQ(admitted(admission, kAlice, 5, 1000s), 0);  // hers is not full and is kept
}

TEST(AdmissionTest, TicketsAreGivenBack) {
  Admission admission({.calls_max = 3});
  std::vector<Admission::Ticket> tickets;
  for (int i = 0; i < 3; ++i) tickets.push_back(admission.enter());
  EXPECT_FALSE(admission.enter());
  EXPECT_EQ(admission.stats().in_flight, 3U);
  EXPECT_EQ(admission.stats().overloaded, 1U);
  tickets.pop_back();
  Admission::Ticket again = admission.enter();
  EXPECT_TRUE(again);
  const Admission::Ticket moved = std::move(again);
  EXPECT_TRUE(moved);
  EXPECT_EQ(admission.stats().in_flight, 3U);
  tickets.clear();
  EXPECT_EQ(admission.stats().in_flight, 1U);
}

TEST(AdmissionTest, WithoutCapCallsAreOnlyCounted) {
  Admission admission({});
  std::vector<Admission::Ticket> tickets;
  for (int i = 0; i < 1000; ++i) {
    tickets.push_back(admission.enter());
    EXPECT_TRUE(tickets.back());
  }
  EXPECT_EQ(admission.stats().in_flight, 1000U);
}

TEST(AdmissionTest, ManyThreadsShareOneBucket) {
  Admission admission({.calls_max = 4, .rate = 1000, .burst = 500});
  std::atomic<int> count = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 1000; ++call) {
        const Admission::Ticket ticket = admission.enter();
        EXPECT_TRUE(ticket);
        if (admission.take(kAlice, 1s)) ++count;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(count, 500);
  EXPECT_EQ(admission.stats().in_flight, 0U);
}

/// A service whose stopwatch the test moves.
class AdmittingService {
 public:
  explicit AdmittingService(AdmissionSettings admission, Settings settings = open_settings())
      : service_({.store = store_,
                  .clock = clock_,
                  .ids = ids_,
                  .events = events,
                  .stopwatch = [this] { return time; }},
                 with(std::move(settings), admission)) {
    EXPECT_TRUE(service_.start());
  }

  Answer call(aws::HttpRequest request = api_request("AWSGlue.ListRegistries", "{}")) {
    Answer answer;
    service_.handle(std::move(request),
                    [&](aws::HttpAnswer given) { answer = to_answer(std::move(given)); });
    return answer;
  }
  Service& service() { return service_; }

  std::chrono::nanoseconds time{1};
  RecordedEvents events;
  bool holds_writes = false;
  std::vector<std::function<void()>> held;

 private:
  static Settings with(Settings settings, AdmissionSettings admission) {
    settings.admission = admission;
    return settings;
  }

  storage::MemoryStore store_{[this](std::function<void()> work) {
    if (holds_writes) {
      held.push_back(std::move(work));
    } else {
      work();
    }
  }};
  FakeClock clock_;
  CountingIds ids_;
  Service service_;
};

TEST(AdmissionOfCallsTest, BeyondTheRateCallsAreThrottled) {
  AdmittingService service({.rate = 10, .burst = 2});
  EXPECT_EQ(service.call().status, 200);
  EXPECT_EQ(service.call().status, 200);
  const Answer refused = service.call();
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.type(), "ThrottlingException");
  EXPECT_EQ(refused.text("message"), "Rate exceeded");
  EXPECT_EQ(service.events.calls.at(2).code, "ThrottlingException");
  EXPECT_EQ(service.events.calls.at(2).operation, "ListRegistries");
  service.time += 100ms;
  EXPECT_EQ(service.call().status, 200);
  EXPECT_EQ(service.service().admission_stats().throttled, 1U);
}

TEST(AdmissionOfCallsTest, AnswersThatAreKeptAreCallsToo) {
  Settings settings = open_settings();
  settings.answer_cache_bytes = 1UL << 20;
  AdmittingService service({.rate = 1, .burst = 3}, settings);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(service.call().status, 200);
  EXPECT_EQ(service.call().type(), "ThrottlingException");
}

TEST(AdmissionOfCallsTest, WhoIsNotKnownSpendsNothing) {
  AdmittingService service({.rate = 1, .burst = 1}, signed_settings(kCallerKey));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(service.call().type(), "MissingAuthenticationTokenException");
  }
  EXPECT_EQ(service.service().admission_stats().throttled, 0U);
}

TEST(AdmissionOfCallsTest, ACallIsInFlightUntilItIsAnswered) {
  AdmittingService service({.calls_max = 1});
  service.holds_writes = true;
  int first = 0;
  service.service().handle(api_request("AWSGlue.CreateRegistry", R"({"RegistryName":"r"})"),
                           [&](const aws::HttpAnswer& answer) { first = answer.status; });
  EXPECT_EQ(service.service().admission_stats().in_flight, 1U);
  const Answer second = service.call();
  EXPECT_EQ(first, 0);
  ASSERT_EQ(service.held.size(), 1U);
  service.held.front()();
  EXPECT_EQ(first, 200);
  EXPECT_EQ(second.status, 503);
  EXPECT_EQ(second.type(), "ServiceUnavailableException");
  EXPECT_EQ(second.text("message"), "Too many calls at once. Please retry.");
  EXPECT_EQ(service.call().status, 200);
  EXPECT_EQ(service.service().admission_stats().overloaded, 1U);
  EXPECT_EQ(service.service().admission_stats().in_flight, 0U);
}

}  // namespace
}  // namespace limpet::glue_api
