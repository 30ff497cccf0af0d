// Many callers at once, and lists that change while somebody pages through them.
#include "testing_service.h"

#include "limpet/registry/check_invariants.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <barrier>
#include <set>
#include <thread>

namespace limpet::glue_api {
namespace {

constexpr int kCallers = 32;

/// Every caller does the same at the same moment; their answers.
template <class Work>
std::vector<Answer> at_once(const Work& work) {
  std::vector<Answer> answers(kCallers);
  std::barrier start(kCallers);
  std::vector<std::jthread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      start.arrive_and_wait();
      answers[static_cast<std::size_t>(i)] = work(i);
    });
  }
  callers.clear();
  return answers;
}

void expect_sound(TestService& service) {
  const Scope scope{.partition = "aws", .account = std::string(kAccount), .region = "us-east-1"};
  EXPECT_TRUE(service.store.read([&](storage::Reader& reader) -> Status {
    LIMPET_TRY(const auto violations, registry::check_invariants(reader, scope));
    EXPECT_EQ(violations, std::vector<std::string>());
    return {};
  }));
}

TEST(Concurrency, OneNewDefinitionFromManyIsOneVersion) {
  TestService service;
  ASSERT_EQ(service
                .call("AWSGlue.CreateSchema",
                      R"({"SchemaName":"s","DataFormat":"AVRO","Compatibility":"BACKWARD",
                          "SchemaDefinition":"\"int\""})")
                .status,
            200);
  const auto answers = at_once([&](int i) {
    // The same schema, spelled by every caller in its own way.
    const std::string text = std::string(static_cast<std::size_t>(i), ' ') + R"(\"long\")";
    return service.call("AWSGlue.RegisterSchemaVersion",
                        R"({"SchemaId":{"RegistryName":"default-registry","SchemaName":"s"},
                             "SchemaDefinition":")" +
                            text + "\"}");
  });
  std::set<std::string> ids;
  for (const Answer& answer : answers) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.number("VersionNumber"), 2);
    EXPECT_EQ(answer.text("Status"), "AVAILABLE");
    ids.insert(answer.text("SchemaVersionId"));
  }
  EXPECT_EQ(ids.size(), 1U);
  expect_sound(service);
}

TEST(Concurrency, DifferentDefinitionsGetDifferentNumbers) {
  TestService service;
  ASSERT_EQ(service
                .call("AWSGlue.CreateSchema",
                      R"({"SchemaName":"s","DataFormat":"AVRO","Compatibility":"NONE",
                          "SchemaDefinition":"\"int\""})")
                .status,
            200);
  const auto answers = at_once([&](int i) {
    return service.call(
        "AWSGlue.RegisterSchemaVersion",
        R"({"SchemaId":{"RegistryName":"default-registry","SchemaName":"s"},"SchemaDefinition":
            "{\"type\":\"fixed\",\"name\":\"F\",\"size\":)" +
            std::to_string(i + 1) + "}\"}");
  });
  std::set<std::int64_t> numbers;
  for (const Answer& answer : answers) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    numbers.insert(answer.number("VersionNumber"));
  }
  EXPECT_EQ(numbers.size(), static_cast<std::size_t>(kCallers));
  EXPECT_EQ(*numbers.begin(), 2);
  EXPECT_EQ(*numbers.rbegin(), kCallers + 1);
  expect_sound(service);
}

TEST(Concurrency, ARaceToCreateHasOneWinner) {
  TestService service;
  const auto answers = at_once([&](int) {
    return service.call("AWSGlue.CreateSchema",
                        R"({"SchemaName":"s","DataFormat":"AVRO","Compatibility":"BACKWARD",
                             "SchemaDefinition":"\"int\""})");
  });
  int made = 0;
  for (const Answer& answer : answers) {
    if (answer.status == 200) {
      ++made;
    } else {
      EXPECT_EQ(answer.message(), "Schema already exists. SchemaName: s");
    }
  }
  EXPECT_EQ(made, 1);
  expect_sound(service);
}

TEST(Concurrency, MakingAndDeletingAtOnceLeavesASoundState) {
  TestService service;
  const auto answers = at_once([&](int i) {
    if (i % 4 == 3) {
      return service.call("AWSGlue.DeleteRegistry",
                          R"({"RegistryId":{"RegistryName":"default-registry"}})");
    }
    if (i % 4 == 2) {
      return service.call("AWSGlue.RegisterSchemaVersion",
                          R"({"SchemaId":{"RegistryName":"default-registry","SchemaName":"s"},
                               "SchemaDefinition":"\"string\""})");
    }
    return service.call("AWSGlue.CreateSchema",
                        R"({"SchemaName":"s","DataFormat":"AVRO","Compatibility":"BACKWARD",
                             "SchemaDefinition":"\"int\""})");
  });
  for (const Answer& answer : answers) EXPECT_LT(answer.status, 500) << answer.body;
  expect_sound(service);
}

// Lists that change between two pages: what was there all the time is seen once, nothing twice.

std::string padded(int number) {
  const std::string digits = std::to_string(number);
  return "n" + std::string(4 - digits.size(), '0') + digits;
}

class ChangingList : public testing::Test {
 protected:
  void create(int number) {
    const Answer made =
        service.call("AWSGlue.CreateRegistry", R"({"RegistryName":")" + padded(number) + "\"}");
    ASSERT_EQ(made.status, 200) << made.body;
  }

  void remove(int number) {
    const Answer gone = service.call(
        "AWSGlue.DeleteRegistry", R"({"RegistryId":{"RegistryName":")" + padded(number) + "\"}}");
    ASSERT_EQ(gone.status, 200) << gone.body;
  }

  TestService service;
};

TEST_F(ChangingList, NeverRepeatsNorHidesARow) {
  for (int i = 0; i < 100; i += 2) create(i);  // the even ones stay but for some
  std::vector<std::string> seen;
  std::string token;
  int round = 0;
  do {
    const std::string body =
        token.empty() ? R"({"MaxResults":7})" : R"({"MaxResults":7,"NextToken":")" + token + "\"}";
    const Answer page = service.call("AWSGlue.ListRegistries", body);
    ASSERT_EQ(page.status, 200) << page.body;
    for (const auto& item : page.document.find("Registries")->items()) {
      seen.push_back(item.find("RegistryName")->text());
    }
    token = page.text("NextToken");
    if (!seen.empty() && round < 5) {
      // Before and behind the page's end: new rows, and the very row that the token stands at.
      create(1 + 20 * round);
      create(99 - 2 * round);
      remove(std::stoi(seen.back().substr(1)));
    }
    ++round;
  } while (!token.empty());
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), seen.size());
  for (int i = 0; i < 100; i += 2) {
    EXPECT_TRUE(std::find(seen.begin(), seen.end(), padded(i)) != seen.end()) << padded(i);
  }
}

}  // namespace
}  // namespace limpet::glue_api
