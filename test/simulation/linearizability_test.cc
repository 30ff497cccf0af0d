// The checker on histories made by hand: what it must accept, and what it must refuse.
#include "linearizability.h"

#include "history.h"
#include "schema_model.h"

#include <gtest/gtest.h>

namespace limpet::simulation {
namespace {

/// A variable: the smallest thing that has a history.
struct Variable {
  struct Request {
    bool writes = false;
    int value = 0;
  };
  using State = int;
  using Response = int;  // what was read; a write answers what it wrote

  static bool step(State& state, const Request& request, const Response* told) {
    if (request.writes) state = request.value;
    return told == nullptr || *told == state;
  }
  static std::string words(const State& state) { return std::to_string(state); }
  static std::string words(const Request& request, const Response* told) {
    return (request.writes ? "write " + std::to_string(request.value) : "read") + " -> " +
           (told == nullptr ? "?" : std::to_string(*told));
  }
};

using Calls = std::vector<Invocation<Variable>>;

Invocation<Variable> write(int value, std::size_t from, std::size_t to) {
  return {{true, value}, value, from, to};
}
Invocation<Variable> read(int value, std::size_t from, std::size_t to) {
  return {{false, 0}, value, from, to};
}
Invocation<Variable> lost_write(int value, std::size_t from, std::size_t to) {
  return {{true, value}, std::nullopt, from, to};
}

struct Row {
  const char* name;
  Calls calls;
  bool holds;
};

class Histories : public testing::TestWithParam<Row> {};

TEST_P(Histories, AreJudged) {
  const auto verdict = check_linearizable(GetParam().calls);
  EXPECT_EQ(verdict.holds, GetParam().holds) << verdict.explanation;
  EXPECT_FALSE(verdict.gave_up);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Histories,
    testing::Values(
        Row{"Empty", {}, true}, Row{"OneAfterTheOther", {write(1, 1, 2), read(1, 3, 4)}, true},
        Row{"StaleRead", {write(1, 1, 2), read(0, 3, 4)}, false},
        Row{"ReadDuringAWriteMaySeeTheOld", {write(1, 1, 4), read(0, 2, 3)}, true},
        Row{"ReadDuringAWriteMaySeeTheNew", {write(1, 1, 4), read(1, 2, 3)}, true},
        Row{"NoReadGoesBack", {write(1, 1, 6), read(1, 2, 3), read(0, 4, 5)}, false},
        Row{"ReadOfWhatNobodyWrote", {write(1, 1, 2), read(7, 3, 4)}, false},
        Row{"TwoWritesAtOnceEitherOrder", {write(1, 1, 4), write(2, 2, 3), read(1, 5, 6)}, true},
        Row{"ButOneOrder", {write(1, 1, 4), write(2, 2, 3), read(1, 5, 6), read(2, 7, 8)}, false},
        Row{"LostWriteMayHaveHappened", {lost_write(1, 1, 2), read(1, 3, 4)}, true},
        Row{"LostWriteMayNotHaveHappened", {lost_write(1, 1, 2), read(0, 3, 4)}, true},
        Row{"LostWriteIsDecided", {lost_write(1, 1, 2), read(0, 3, 4), read(1, 5, 6)}, false},
        Row{"LostWriteIsUndecidedUntilItsEnd",
            {lost_write(1, 1, 6), read(0, 2, 3), read(1, 4, 5)},
            true},
        Row{"LostWriteDoesNotComeBack", {lost_write(1, 1, 8), read(1, 2, 3), read(0, 4, 5)}, false},
        // Three readers that overlap two writes, and disagree on their order.
        Row{"ReadersAgreeOnTheOrder",
            {write(1, 1, 20), write(2, 2, 19), read(1, 3, 4), read(2, 5, 6), read(2, 7, 8)},
            true},
        Row{"ReadersDisagree",
            {write(1, 1, 20), write(2, 2, 19), read(1, 3, 4), read(2, 5, 6), read(1, 7, 8)},
            false}),
    [](const auto& row) { return row.param.name; });

TEST(Linearizability, NamesTheCallThatCannotBe) {
  const Calls calls = {write(1, 1, 2), read(0, 3, 4)};
  const auto verdict = check_linearizable(calls);
  EXPECT_EQ(verdict.call, 1U);
  EXPECT_NE(verdict.explanation.find("read -> 0"), std::string::npos) << verdict.explanation;
}

// Twelve lost writes at once have 12! orders, but only 12 states.
TEST(Linearizability, DoesNotEnterAConfigurationTwice) {
  Calls calls;
  for (int i = 1; i <= 12; ++i) {
    calls.push_back(lost_write(i, static_cast<std::size_t>(i), static_cast<std::size_t>(100 + i)));
  }
  calls.push_back(read(7, 50, 51));
  const auto verdict = check_linearizable(calls);
  EXPECT_TRUE(verdict.holds) << verdict.explanation;
  EXPECT_LT(verdict.configurations, 200'000U);
}

// ---- histories of a schema, as the simulation records them

class SchemaHistory : public testing::Test {
 protected:
  static Definition definition(Shape::Field a) { return {.shape = Shape{{a}}, .spaced = false}; }
  static Response made(std::int64_t number, const std::string& id,
                       const std::string& status = "AVAILABLE") {
    return {.versions = {{number, id, status}}};
  }
  void tell(const Request& request, const Response& response) {
    history.told(history.invoke("c", request), response, "");
  }
  void create() {
    tell({.kind = Kind::CreateSchema, .name = "s", .definition = plain, .mode = "BACKWARD"},
         made(1, "one"));
  }
  Request by_id(const std::string& id) {
    return {.kind = Kind::GetSchemaVersion, .name = "s", .version = {.id = id}};
  }
  void expect_contradiction(std::string_view part) {
    const auto found = history.contradictions();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NE(found[0].find(part), std::string::npos) << found[0];
  }

  const Definition plain = definition(Shape::Plain);
  const Definition with_default = definition(Shape::Default);
  const Definition empty = definition(Shape::Absent);
  const Request register_empty{
      .kind = Kind::RegisterSchemaVersion, .name = "s", .definition = empty};
  History history;
};

TEST_F(SchemaHistory, OfOrdinaryCallsHolds) {
  create();
  tell(register_empty, made(2, "two"));
  tell(register_empty, made(2, "two"));  // again: the same version
  tell({.kind = Kind::RegisterSchemaVersion, .name = "s", .definition = plain}, made(1, "one"));
  Response first = made(1, "one");
  first.definition = plain;
  tell(by_id("one"), first);
  tell({.kind = Kind::DeleteSchemaVersions, .name = "s", .version = {.number = 2}, .last = 2}, {});
  tell(by_id("two"), {.result = Response::Result::NotFound});
  tell(register_empty, made(3, "three"));
  EXPECT_EQ(history.contradictions(), std::vector<std::string>());
}

TEST_F(SchemaHistory, WithANumberUsedTwiceIsRefused) {
  create();
  tell(register_empty, made(2, "two"));
  tell({.kind = Kind::DeleteSchemaVersions, .name = "s", .version = {.number = 2}, .last = 2}, {});
  tell(register_empty, made(2, "three"));
  expect_contradiction("2 AVAILABLE three");
}

TEST_F(SchemaHistory, WithAVersionThatIsLostIsRefused) {
  create();
  tell(register_empty, made(2, "two"));
  tell({.kind = Kind::ListSchemaVersions, .name = "s"}, made(1, "one"));
  expect_contradiction("ListSchemaVersions");
}

TEST_F(SchemaHistory, WithAWrongVerdictIsRefused) {
  create();
  tell(register_empty, made(2, "two"));
  // `plain` is version 1 already, so another field shows it: b is new and has no default.
  const Definition b{.shape = Shape{{Shape::Absent, Shape::Plain}}, .spaced = false};
  tell({.kind = Kind::RegisterSchemaVersion, .name = "s", .definition = b}, made(3, "three"));
  expect_contradiction("3 AVAILABLE three");
}

TEST_F(SchemaHistory, WithTwoIdsOfOneVersionIsRefused) {
  create();
  Response other = made(1, "other");
  other.definition = plain;
  tell({.kind = Kind::GetSchemaVersion, .name = "s", .version = {.number = 1}}, other);
  expect_contradiction("other");
}

TEST_F(SchemaHistory, WithOneIdOfTwoVersionsIsRefused) {
  create();
  tell({.kind = Kind::DeleteSchema, .name = "s"}, {});
  tell({.kind = Kind::CreateSchema, .name = "s", .definition = empty, .mode = "NONE"},
       made(1, "one"));
  Response read = made(1, "one");
  read.definition = empty;
  tell(by_id("one"), read);
  EXPECT_EQ(history.contradictions(), std::vector<std::string>()) << "nobody has read its text yet";
  Response before = made(1, "one");
  before.definition = with_default;
  tell(by_id("one"), before);
  EXPECT_FALSE(history.contradictions().empty());
}

TEST_F(SchemaHistory, AnUnknownRegistrationMayShowUpLater) {
  create();
  history.unknown(history.invoke("c", register_empty), "");
  tell({.kind = Kind::ListSchemaVersions, .name = "s"}, made(1, "one"));
  Response both = made(2, "two");
  both.versions.push_back({1, "one", "AVAILABLE"});
  tell({.kind = Kind::ListSchemaVersions, .name = "s"}, both);
  history.settle();
  EXPECT_EQ(history.contradictions(), std::vector<std::string>());
}

TEST_F(SchemaHistory, AnUnknownRegistrationIsDecidedByTheNextStart) {
  create();
  history.unknown(history.invoke("c", register_empty), "");
  history.settle();
  tell({.kind = Kind::ListSchemaVersions, .name = "s"}, made(1, "one"));
  Response both = made(2, "two");
  both.versions.push_back({1, "one", "AVAILABLE"});
  tell({.kind = Kind::ListSchemaVersions, .name = "s"}, both);
  expect_contradiction("ListSchemaVersions");
}

TEST_F(SchemaHistory, AnUnknownRegistrationMayBeThereOrNot) {
  create();
  history.unknown(history.invoke("c", register_empty), "");
  history.settle();
  Response both = made(2, "two");
  both.versions.push_back({1, "one", "AVAILABLE"});
  tell({.kind = Kind::ListSchemaVersions, .name = "s"}, both);
  EXPECT_EQ(history.contradictions(), std::vector<std::string>());
}

TEST_F(SchemaHistory, WhatWasRefusedDidNotTakePlace) {
  create();
  history.refused(history.invoke("c", register_empty), "");
  Response both = made(2, "two");
  both.versions.push_back({1, "one", "AVAILABLE"});
  tell({.kind = Kind::ListSchemaVersions, .name = "s"}, both);
  expect_contradiction("2 AVAILABLE two");
}

}  // namespace
}  // namespace limpet::simulation
