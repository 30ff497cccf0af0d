#include "limpet/registry/check_invariants.h"

#include "test_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace limpet::registry {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const SchemaRef kOrders = schema_ref("r", "orders");

class AuditTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(world_.make_registry("r"));
    ASSERT_TRUE(world_.make_schema(kOrders, record({"a:int"})));
    ASSERT_TRUE(world_.put_version(kOrders, record({"a:long"})));
    ASSERT_TRUE(world_.put_version(kOrders, record({"a:long", "must:int"})));  // FAILURE
    ASSERT_TRUE(world_.put_pair(version_ref(kOrders, 1), "k", "v"));
    for (std::int64_t number = 1; number <= 3; ++number) {
      const auto version = world_.version(version_ref(kOrders, number));
      ASSERT_TRUE(version);
      versions_.push_back(*version);
    }
  }

  static std::string row(const std::string& rest) { return "aws!123456789012!us-east-1!" + rest; }
  std::string version_row(std::size_t number) const {
    return row("schema-version!" + versions_[number - 1].id.to_string());
  }
  std::string value(const std::string& key) {
    const auto found =
        world_.read<std::optional<std::string>>([&](auto& reader) { return reader.get(key); });
    return found && *found ? **found : std::string();
  }
  void put(const std::string& key, const std::string& text) {
    ASSERT_TRUE(world_.store().write([&](auto& txn) { return txn.put(key, text); }).status());
  }
  void erase(const std::string& key) {
    ASSERT_FALSE(value(key).empty());
    ASSERT_TRUE(world_.store().write([&](auto& txn) { return txn.erase(key); }).status());
  }
  void replace(const std::string& key, std::string_view old, std::string_view fresh) {
    std::string text = value(key);
    ASSERT_NE(text.find(old), std::string::npos) << text;
    put(key, text.replace(text.find(old), old.size(), fresh));
  }
  AuditReport report() {
    return *world_.read<AuditReport>(
        [&](auto& reader) { return audit(reader, world_.context.scope); });
  }

  World world_;
  std::vector<SchemaVersion> versions_;
};

auto told(const std::string& key, const std::string& message) {
  return AllOf(Field(&storage::Problem::key, key),
               Field(&storage::Problem::message, HasSubstr(message)),
               Field(&storage::Problem::advice, Not(IsEmpty())));
}

TEST_F(AuditTest, CountsASoundScope) {
  const auto sound = report();
  EXPECT_THAT(sound.problems, IsEmpty());
  EXPECT_TRUE(sound.complete);
  EXPECT_EQ(sound.registries, 1U);
  EXPECT_EQ(sound.schemas, 1U);
  EXPECT_EQ(sound.versions, 3U);
}

TEST_F(AuditTest, FindsANumberThatTwoVersionsHave) {
  replace(version_row(2), R"("number":2)", R"("number":1)");
  EXPECT_THAT(report().problems, testing::Contains(told(version_row(2), "has the number of")));
}

TEST_F(AuditTest, FindsACounterBelowTheNumbers) {
  replace(row("schema!r!orders"), R"("next":4)", R"("next":3)");
  EXPECT_THAT(report().problems,
              ElementsAre(told(row("schema!r!orders"),
                               "has version 3 but would give the next one number 3")));
}

TEST_F(AuditTest, FindsAWrongLatestVersion) {
  replace(row("schema!r!orders"), R"("latest":2)", R"("latest":1)");
  EXPECT_THAT(report().problems, ElementsAre(told(row("schema!r!orders"), "which is 2")));
}

TEST_F(AuditTest, FindsASecondAvailableVersionOfADefinition) {
  replace(version_row(2), versions_[1].identity, versions_[0].identity);
  EXPECT_THAT(report().problems,
              testing::Contains(told(version_row(2), "is a second AVAILABLE version")));
}

TEST_F(AuditTest, FindsAMissingDefinitionAndAForgedOne) {
  const std::string text = row("text!" + versions_[0].content);
  replace(text, "int", "str");
  EXPECT_THAT(report().problems, ElementsAre(told(version_row(1), "does not match its hash")));
  erase(text);
  EXPECT_THAT(report().problems, ElementsAre(told(version_row(1), "has no definition")));
}

TEST_F(AuditTest, FindsWhatHasLostItsOwner) {
  erase(version_row(1));
  erase(version_row(3));
  EXPECT_THAT(report().problems,
              testing::UnorderedElementsAre(
                  told(row("metadata!" + versions_[0].id.to_string() + "!k!v"), "does not exist"),
                  told(row("verdict!" + versions_[2].id.to_string()), "does not exist"),
                  told(row("usage!counts"), "counts 3 schema_versions where there are 1")));
  erase(row("registry!r"));
  EXPECT_THAT(report().problems,
              testing::Contains(told(row("schema!r!orders"), "has no registry")));
  erase(row("schema!r!orders"));
  EXPECT_THAT(report().problems, testing::Contains(told(version_row(2), "has no schema")));
}

TEST_F(AuditTest, FindsAFailureWithoutAReason) {
  erase(row("verdict!" + versions_[2].id.to_string()));
  EXPECT_THAT(report().problems, ElementsAre(told(version_row(3), "failed without a reason")));
}

TEST_F(AuditTest, PassesOverWhatCannotBeRead) {
  put(version_row(1), "nonsense");
  put(row("registry!r"), R"({"_format":99})");
  EXPECT_THAT(report().problems, IsEmpty());
}

TEST_F(AuditTest, FindsWrongCounts) {
  replace(row("usage!counts"), R"("schemas":1)", R"("schemas":2)");
  EXPECT_THAT(report().problems,
              ElementsAre(told(row("usage!counts"), "counts 2 schemas where there are 1")));
}

TEST_F(AuditTest, FindsAnIdThatTwoScopesHave) {
  Scope other = world_.context.scope;
  other.region = "eu-west-1";
  const std::vector<Scope> scopes{other, world_.context.scope};
  const auto ids = [&] {
    return *world_.read<std::vector<storage::Problem>>(
        [&](auto& reader) { return audit_ids(reader, scopes); });
  };
  EXPECT_THAT(ids(), IsEmpty());
  const std::string id = versions_[1].id.to_string();
  put("aws!123456789012!eu-west-1!schema-version!" + id, value(version_row(2)));
  put("aws!123456789012!eu-west-1!schema-version!0", value(version_row(2)));
  EXPECT_THAT(ids(), ElementsAre(told(version_row(2), "one id names two versions")));
}

}  // namespace
}  // namespace limpet::registry
