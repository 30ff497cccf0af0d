#include "limpet/iam/access_key.h"
#include "limpet/iam/access_keys.h"
#include "limpet/iam/authorizer.h"
#include "limpet/iam/key_ring.h"
#include "limpet/iam/records.h"
#include "limpet/iam/server_secret.h"
#include "limpet/storage/memory_store.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace limpet::iam {
namespace {

/// The same ids in every run.
class SeededIds final : public IdSource {
 public:
  Uuid next() override {
    std::array<std::uint8_t, 16> bytes{};
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random_());
    return Uuid::v4(bytes);
  }

 private:
  std::mt19937 random_{20211107};
};

constexpr Timestamp kNow{std::chrono::milliseconds(1'636'303'348'617)};

class AccessKeysTest : public testing::Test {
 protected:
  Context context(std::string account = "123456789012") {
    Context made;
    made.scope = {.partition = "aws", .account = account, .region = "us-east-1"};
    made.now = kNow;
    made.ids = &ids_;
    made.principal = root_principal("aws", account);
    return made;
  }

  AccessKey create(const Context& context, std::string_view description = "") {
    AccessKey key;
    const auto result = store_.write([&](storage::Txn& txn) -> Status {
      LIMPET_TRY(key, create_access_key(txn, context, description));
      return {};
    });
    EXPECT_EQ(result.outcome, storage::Outcome::Committed);
    return key;
  }

  Result<AccessKey> revoke(const Context& context, std::string_view id) {
    Result<AccessKey> revoked;
    store_.write([&](storage::Txn& txn) -> Status {
      revoked = revoke_access_key(txn, context, id);
      return revoked ? Status() : Status(revoked.error());
    });
    return revoked;
  }

  std::vector<AccessKey> load() {
    std::vector<AccessKey> keys;
    EXPECT_TRUE(store_.read([&](storage::Reader& reader) -> Status {
      LIMPET_TRY(keys, load_access_keys(reader));
      return {};
    }));
    return keys;
  }

  AccessKeyPage list(const Context& context, std::string_view after, std::size_t limit) {
    AccessKeyPage page;
    EXPECT_TRUE(store_.read([&](storage::Reader& reader) -> Status {
      LIMPET_TRY(page, list_access_keys(reader, context, after, limit));
      return {};
    }));
    return page;
  }

  storage::MemoryStore store_;
  SeededIds ids_;
};

TEST_F(AccessKeysTest, ANewKeyHasTheFormOfAnAccessKey) {
  const AccessKey key = create(context(), "the build server");
  EXPECT_EQ(key.id.size(), 20U);
  EXPECT_TRUE(key.id.starts_with("LIMPET"));
  EXPECT_TRUE(is_access_key_id(key.id));
  EXPECT_EQ(key.secret.size(), 40U);
  EXPECT_EQ(key.principal, "arn:aws:iam::123456789012:root");
  EXPECT_EQ(key.description, "the build server");
  EXPECT_EQ(key.created, kNow);
  EXPECT_EQ(load(), std::vector{key});
}

TEST_F(AccessKeysTest, KeysDiffer) {
  std::set<std::string> ids;
  std::set<std::string> secrets;
  for (int i = 0; i < 100; ++i) {
    const AccessKey key = create(context());
    ids.insert(key.id);
    secrets.insert(key.secret);
  }
  EXPECT_EQ(ids.size(), 100U);
  EXPECT_EQ(secrets.size(), 100U);
}

TEST_F(AccessKeysTest, ARevokedKeyStaysAndIsNotInTheRing) {
  const AccessKey kept = create(context());
  const AccessKey key = create(context());
  ASSERT_TRUE(revoke(context(), key.id));
  ASSERT_TRUE(revoke(context(), key.id)) << "again";
  EXPECT_EQ(load().size(), 2U);
  const KeyRing ring({}, load());
  EXPECT_EQ(ring.find(key.id), nullptr);
  ASSERT_NE(ring.find(kept.id), nullptr);
  EXPECT_EQ(*ring.find(kept.id), kept);
}

TEST_F(AccessKeysTest, AnAccountSeesOnlyItsOwn) {
  const AccessKey key = create(context());
  const AccessKey other = create(context("210987654321"));
  EXPECT_EQ(list(context(), "", 10).keys, std::vector{key});
  EXPECT_EQ(list(context("210987654321"), "", 10).keys, std::vector{other});
  const auto refused = revoke(context(), other.id);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), Error::not_found("Access key is not found. AccessKeyId: " + other.id));
  EXPECT_EQ(code_of(revoke(context(), "LIMPETNOSUCHKEYATALL")), Code::NotFound);
}

TEST_F(AccessKeysTest, ListsInPages) {
  std::set<std::string> made;
  for (int i = 0; i < 5; ++i) made.insert(create(context()).id);
  std::set<std::string> seen;
  std::string after;
  int pages = 0;
  do {
    const AccessKeyPage page = list(context(), after, 2);
    for (const AccessKey& key : page.keys) EXPECT_TRUE(seen.insert(key.id).second);
    after = page.next;
    ++pages;
  } while (!after.empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(seen, made);
}

TEST_F(AccessKeysTest, TheChangeLogDoesNotHoldTheSecret) {
  const AccessKey key = create(context());
  ASSERT_TRUE(revoke(context(), key.id));
  int log_rows = 0;
  for (const auto& [row, value] : store_.rows()) {
    if (!row.starts_with("access-key")) {
      ++log_rows;
      EXPECT_EQ(value.find(key.secret), std::string::npos) << row;
    }
  }
  EXPECT_GT(log_rows, 0);
}

TEST_F(AccessKeysTest, AServerSecretIsMadeOnce) {
  std::vector<std::string> secrets;
  for (const char* purpose : {"page-tokens", "sessions", "page-tokens"}) {
    store_.write([&](storage::Txn& txn) -> Status {
      LIMPET_TRY(auto secret, server_secret(txn, context(), purpose));
      secrets.push_back(std::move(secret));
      return {};
    });
  }
  ASSERT_EQ(secrets.size(), 3U);
  EXPECT_EQ(secrets[0].size(), 32U);
  EXPECT_EQ(secrets[0], secrets[2]);
  EXPECT_NE(secrets[0], secrets[1]);
}

TEST(KeyRing, AConfiguredKeyWinsOverAStoredOneOfTheSameId) {
  AccessKey configured{.id = "AKIAIOSFODNN7EXAMPLE",
                       .secret = "configured",
                       .account = {},
                       .principal = {},
                       .description = {}};
  AccessKey stored = configured;
  stored.secret = "stored";
  const KeyRing ring(std::span(&configured, 1), std::span(&stored, 1));
  ASSERT_NE(ring.find("AKIAIOSFODNN7EXAMPLE"), nullptr);
  EXPECT_EQ(ring.find("AKIAIOSFODNN7EXAMPLE")->secret, "configured");
  EXPECT_EQ(ring.find("akiaiosfodnn7example"), nullptr);
  EXPECT_EQ(ring.size(), 1U);
}

struct ConfiguredRow {
  const char* name;
  std::string id;
  std::string secret;
  std::string account;
  std::optional<Code> fails;
};

class ConfiguredKeys : public testing::TestWithParam<ConfiguredRow> {};

TEST_P(ConfiguredKeys, AreChecked) {
  const auto& row = GetParam();
  EXPECT_EQ(code_of(configured_access_key(row.id, row.secret, row.account)), row.fails);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ConfiguredKeys,
    testing::Values(
        ConfiguredRow{"Good", "AKIAIOSFODNN7EXAMPLE", "s", "123456789012", std::nullopt},
        ConfiguredRow{"Underscore", "LIMPET_TEST_KEY_1", "s", "123456789012", std::nullopt},
        ConfiguredRow{"ShortId", "AKIA", "s", "123456789012", Code::InvalidInput},
        ConfiguredRow{"LongId", std::string(129, 'A'), "s", "123456789012", Code::InvalidInput},
        ConfiguredRow{"Slash", "AKIA/OSFODNN7EXAMPLE", "s", "123456789012", Code::InvalidInput},
        ConfiguredRow{"NoSecret", "AKIAIOSFODNN7EXAMPLE", "", "123456789012", Code::InvalidInput},
        ConfiguredRow{"ShortAccount", "AKIAIOSFODNN7EXAMPLE", "s", "1234", Code::InvalidInput},
        ConfiguredRow{"NamedAccount", "AKIAIOSFODNN7EXAMPLE", "s", "12345678901x",
                      Code::InvalidInput}),
    [](const auto& row) { return row.param.name; });

TEST(Authorizer, AllowsWhoeverHasAPrincipal) {
  const AllowAuthenticated authorizer;
  Context context;
  const std::vector<std::string> arns{"arn:aws:glue:us-east-1:123456789012:registry/r"};
  context.principal = "arn:aws:iam::123456789012:root";
  EXPECT_TRUE(authorizer.authorize({context, "glue:GetRegistry", arns}));
  context.principal.clear();
  EXPECT_EQ(code_of(authorizer.authorize({context, "glue:GetRegistry", arns})), Code::AccessDenied);
}

TEST(Authorizer, DenialsNameUserActionAndResource) {
  EXPECT_EQ(access_denied("arn:aws:iam::111122223333:user/x", "glue:GetSchemaByDefinition",
                          "arn:aws:glue:us-east-1:111122223333:registry/NAME")
                .message,
            "User: arn:aws:iam::111122223333:user/x is not authorized to perform: "
            "glue:GetSchemaByDefinition on resource: "
            "arn:aws:glue:us-east-1:111122223333:registry/NAME because no identity-based policy "
            "allows the glue:GetSchemaByDefinition action");
  EXPECT_EQ(access_denied("arn:aws:iam::111122223333:user/x", "glue:GetSchemaVersion", "").message,
            "User: arn:aws:iam::111122223333:user/x is not authorized to perform: "
            "glue:GetSchemaVersion because no identity-based policy allows the "
            "glue:GetSchemaVersion action");
}

TEST(Records, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const auto& kind : record_kinds()) names.insert(kind.name);
  EXPECT_EQ(names.size(), record_kinds().size());
}

}  // namespace
}  // namespace limpet::iam
