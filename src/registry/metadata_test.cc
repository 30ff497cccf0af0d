#include "limpet/registry/metadata.h"

#include "stored.h"
#include "test_world.h"

#include "limpet/registry/messages.h"

namespace limpet::registry {
namespace {

using namespace std::chrono_literals;

const SchemaRef kSchema = schema_ref("default-registry", "s");

std::string told(const std::vector<Metadata>& pairs) {
  std::string text;
  for (const auto& pair : pairs) {
    text +=
        (text.empty() ? "" : " ") + pair.key + "=" + (pair.key == kReasonKey ? "…" : pair.value);
  }
  return text;
}

/// 1 AVAILABLE, 2 FAILURE.
struct MetadataWorld : World {
  MetadataWorld() {
    id = make_schema(kSchema, R"("int")")->version->id;
    const auto failed = put_version(kSchema, R"("boolean")");
    failed_id = failed->version.id;
    reason = failed->reason;
  }
  Uuid id;
  Uuid failed_id;
  std::string reason;
};

TEST(Metadata, PutQueryRemove) {
  MetadataWorld world;
  ASSERT_TRUE(world.put_pair(world.id, "owner", "b"));
  world.context.now += 1ms;
  ASSERT_TRUE(world.put_pair(version_ref(kSchema, 1), "owner", "a"));
  ASSERT_TRUE(world.put_pair(latest_ref(kSchema), "env", "test"));
  const auto all = world.query(world.id);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->version.id, world.id);
  EXPECT_EQ(told(all->page.items), "env=test owner=b owner=a");  // oldest first within a key
  EXPECT_EQ(all->page.items.at(2).created, world.context.now);
  EXPECT_FALSE(all->page.next);
  EXPECT_EQ(world.put_pair(world.id, "owner", "a").error(),
            metadata_exists(world.id, "owner", "a"));
  ASSERT_TRUE(world.drop_pair(world.id, "owner", "b"));
  EXPECT_EQ(world.drop_pair(world.id, "owner", "b").error(),
            no_such_metadata(world.id, "owner", "b"));
  ASSERT_TRUE(world.put_pair(world.id, "owner", "b"));
  EXPECT_EQ(told(world.query(world.id)->page.items), "env=test owner=a owner=b");
  EXPECT_TRUE(world.violations().empty());
}

TEST(Metadata, LooksAtABoundedNumberOfPairsPerCall) {
  MetadataWorld world;
  constexpr int kPairs = 10'150;
  ASSERT_EQ(world.store()
                .write([&](auto& txn) -> Status {
                  storage::Records records(txn, world.context, "test");
                  for (int i = 1; i <= kPairs; ++i) {
                    LIMPET_CHECK(records.put(StoredMetadata{.version = world.failed_id,
                                                            .key = "k",
                                                            .value = "v" + std::to_string(i),
                                                            .sequence = i,
                                                            .created = world.context.now}));
                  }
                  return records.finish();
                })
                .outcome,
            storage::Outcome::Committed);
  const std::string last = "v" + std::to_string(kPairs);
  const std::string reason(kReasonKey);
  for (const auto& filters : std::vector<std::vector<MetadataFilter>>{
           {{std::nullopt, last}, {reason, std::nullopt}}, {{"k", last}, {reason, std::nullopt}}}) {
    const auto first = world.query(world.failed_id, filters);
    ASSERT_TRUE(first);
    EXPECT_EQ(told(first->page.items), "");
    ASSERT_TRUE(first->page.next);
    const auto second = world.query(world.failed_id, filters, {.after = first->page.next});
    ASSERT_TRUE(second);
    EXPECT_EQ(told(second->page.items), "k=" + last + " limpet.reason=…");
    EXPECT_FALSE(second->page.next);
  }
}

TEST(Metadata, NeedsAVersion) {
  MetadataWorld world;
  const auto unknown = *Uuid::parse("0f8fad5b-d9cb-469f-a165-70867728950e");
  EXPECT_EQ(world.put_pair(unknown, "k", "v").error(), no_such_version(unknown));
  EXPECT_EQ(world.query(version_ref(kSchema, 7)).error(),
            no_such_version(kSchema, VersionSelector::at(7)));
  EXPECT_EQ(world.drop_pair(latest_ref(schema_ref("r", "s")), "k", "v").error(),
            no_such_schema(schema_ref("r", "s")));
}

TEST(Metadata, QuotaCountsPairs) {
  MetadataWorld world;
  world.settings.quotas = Quotas::aws();
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(
        world.put_pair(world.id, i < 5 ? "one" : "k" + std::to_string(i), std::to_string(i)));
  }
  EXPECT_EQ(world.put_pair(world.id, "k", "v").error(), too_much_metadata());
  EXPECT_EQ(world.put_pair(world.id, "one", "1").error(), too_much_metadata());  // before "exists"
  EXPECT_TRUE(world.put_pair(world.failed_id, "k", "v"));
  ASSERT_TRUE(world.drop_pair(world.id, "one", "1"));
  EXPECT_TRUE(world.put_pair(world.id, "k", "v"));
}

struct FilterRow {
  std::string_view name;
  std::vector<MetadataFilter> filters;
  std::string_view found;
};

class MetadataFilterTest : public testing::TestWithParam<FilterRow> {};

TEST_P(MetadataFilterTest, Table) {
  MetadataWorld world;
  for (const auto& [key, value] :
       {std::pair{"a", "1"}, {"a", "2"}, {"ab", "1"}, {"b", "3"}, {"z", "1"}}) {
    ASSERT_TRUE(world.put_pair(world.failed_id, key, value));
  }
  EXPECT_EQ(told(world.query(world.failed_id, GetParam().filters)->page.items), GetParam().found);
}

INSTANTIATE_TEST_SUITE_P(
    Filters, MetadataFilterTest,
    testing::Values(FilterRow{"None", {}, "a=1 a=2 ab=1 b=3 limpet.reason=… z=1"},
                    FilterRow{"Pair", {{"a", "2"}}, "a=2"},
                    FilterRow{"Pairs", {{"z", "1"}, {"a", "1"}}, "a=1 z=1"},
                    FilterRow{"Key", {{"a", {}}}, "a=1 a=2"},
                    FilterRow{"Value", {{{}, "1"}}, "a=1 ab=1 z=1"},
                    FilterRow{"KeyAndPair", {{"b", {}}, {"a", "2"}}, "a=2 b=3"},
                    FilterRow{"Twice", {{"b", {}}, {"b", "3"}}, "b=3"},
                    FilterRow{"Nothing", {{"a", "3"}}, ""},
                    FilterRow{"NotEvenAKey", {{"no such key!", {}}}, ""},
                    FilterRow{"Reason", {{"limpet.reason", {}}}, "limpet.reason=…"},
                    FilterRow{"ReasonAndOthers",
                              {{"z", {}}, {"limpet.reason", {}}, {"a", "1"}},
                              "a=1 limpet.reason=… z=1"},
                    FilterRow{"Anything", {{{}, {}}}, "a=1 a=2 ab=1 b=3 limpet.reason=… z=1"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Metadata, EveryPageSizeTellsTheSame) {
  MetadataWorld world;
  for (const auto* key : {"a", "limpet", "limpet.z", "z"}) {
    for (const auto* value : {"1", "2", "3"}) {
      ASSERT_TRUE(world.put_pair(world.failed_id, key, value));
    }
  }
  const std::vector<std::vector<MetadataFilter>> queries{
      {}, {{"z", {}}, {"limpet.reason", {}}, {"a", {}}}, {{{}, "2"}}};
  for (const auto& filters : queries) {
    const auto all =
        told(world.query(world.failed_id, filters, {.after = {}, .limit = 100})->page.items);
    for (std::size_t limit = 1; limit <= 14; ++limit) {
      std::vector<Metadata> pairs;
      PageRequest request{.after = {}, .limit = limit};
      do {
        const auto page = world.query(world.failed_id, filters, request);
        ASSERT_TRUE(page);
        ASSERT_LE(page->page.items.size(), limit);
        ASSERT_LE(pairs.size(), 13U);
        pairs.insert(pairs.end(), page->page.items.begin(), page->page.items.end());
        request.after = page->page.next;
      } while (request.after);
      EXPECT_EQ(told(pairs), all) << limit;
    }
  }
}

TEST(Reason, IsMadeFromTheRecord) {
  MetadataWorld world;
  const auto pairs = world.query(version_ref(kSchema, 2))->page.items;
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs.front().key, "limpet.reason");
  EXPECT_EQ(pairs.front().value, world.reason);
  EXPECT_TRUE(world.query(world.id)->page.items.empty());
  EXPECT_EQ(told(world.query(world.failed_id, {{"limpet.reason", world.reason}})->page.items),
            "limpet.reason=…");
  world.settings.reason_metadata = false;
  EXPECT_TRUE(world.query(world.failed_id)->page.items.empty());
}

TEST(Reason, IsReadOnlyAndOutsideTheQuota) {
  MetadataWorld world;
  world.settings.quotas.metadata_per_version = 1;
  for (const auto& id : {world.id, world.failed_id}) {
    EXPECT_EQ(world.put_pair(id, "limpet.reason", "v").error(), reason_is_read_only());
    EXPECT_EQ(world.drop_pair(id, "limpet.reason", "v").error(), reason_is_read_only());
  }
  EXPECT_TRUE(world.put_pair(world.failed_id, "k", "v"));
  EXPECT_EQ(world.query(world.failed_id)->page.items.size(), 2U);
}

TEST(Metadata, PositionsBelongToTheirVersion) {
  MetadataWorld world;
  ASSERT_TRUE(world.put_pair(world.id, "a", "1"));
  ASSERT_TRUE(world.put_pair(world.id, "b", "1"));
  const auto page = world.query(world.id, {}, {.after = {}, .limit = 1});
  ASSERT_TRUE(page->page.next);
  EXPECT_EQ(world.query(world.failed_id, {}, {.after = page->page.next, .limit = 1}).error(),
            wrong_page_token());
}

}  // namespace
}  // namespace limpet::registry
