#include "limpet/registry/tags.h"

#include "test_world.h"

#include "limpet/registry/messages.h"

namespace limpet::registry {
namespace {

const SchemaRef kSchema = schema_ref("r", "s");

class TagsTest : public testing::TestWithParam<bool> {
 protected:
  TagsTest() {
    EXPECT_TRUE(world_.make_registry("r"));
    EXPECT_TRUE(world_.make_schema(kSchema, R"("int")"));
  }

  ResourceRef resource() const {
    return GetParam() ? ResourceRef(kSchema) : ResourceRef(registry_ref("r"));
  }
  Tags::Map get() {
    return world_
        .read<Tags>([&](auto& reader) { return get_tags(reader, world_.context, resource()); })
        ->entries();
  }
  Status tag(Tags::Map map) {
    return world_.store()
        .write([&](auto& txn) {
          return tag_resource(txn, world_.context, resource(), tags(std::move(map)));
        })
        .status();
  }
  Status untag(const std::vector<std::string>& keys) {
    return world_.store()
        .write([&](auto& txn) { return untag_resource(txn, world_.context, resource(), keys); })
        .status();
  }
  World world_;
};

TEST_P(TagsTest, AddReplaceRemove) {
  EXPECT_TRUE(get().empty());
  ASSERT_TRUE(tag({{"a", "1"}, {"b", "2"}}));
  ASSERT_TRUE(tag({{"b", "3"}, {"c", ""}}));
  EXPECT_EQ(get(), (Tags::Map{{"a", "1"}, {"b", "3"}, {"c", ""}}));
  ASSERT_TRUE(untag({"a", "nope"}));
  ASSERT_TRUE(untag({}));
  EXPECT_EQ(get(), (Tags::Map{{"b", "3"}, {"c", ""}}));
  EXPECT_TRUE(world_.violations().empty());
}

TEST_P(TagsTest, AtMostFiftyAfterwards) {
  EXPECT_EQ(tag({}).error(), wrong_number_of_tags());
  Tags::Map fifty;
  for (int i = 0; i < 50; ++i) fifty.emplace("k" + std::to_string(i), "v");
  ASSERT_TRUE(tag(fifty));
  EXPECT_TRUE(tag({{"k0", "again"}}));
  EXPECT_EQ(tag({{"more", "v"}}).error(), wrong_number_of_tags());
  EXPECT_EQ(get().size(), 50U);
}

TEST_P(TagsTest, DoNotTouchTheUpdateTime) {
  const auto registry = *world_.registry(registry_ref("r"));
  const auto schema = *world_.schema(kSchema);
  world_.context.now += std::chrono::hours(1);
  ASSERT_TRUE(tag({{"a", "1"}}));
  EXPECT_EQ(world_.registry(registry_ref("r"))->updated, registry.updated);
  EXPECT_EQ(world_.schema(kSchema)->updated, schema.updated);
}

INSTANTIATE_TEST_SUITE_P(Resources, TagsTest, testing::Bool(), [](const auto& row) {
  return std::string(row.param ? "Schema" : "Registry");
});

TEST(Tags, OfWhatDoesNotExist) {
  World world;
  const auto get = [&](const ResourceRef& resource) {
    return world.read<Tags>(
        [&](auto& reader) { return get_tags(reader, world.context, resource); });
  };
  EXPECT_EQ(get(registry_ref("r")).error(), no_such_registry(registry_ref("r")));
  EXPECT_EQ(get(kSchema).error(), no_such_schema(kSchema));
}

TEST(Tags, GoWithTheirResource) {
  World world;
  ASSERT_TRUE(world.make_registry("r", tags({{"a", "1"}})));
  ASSERT_TRUE(world.drop_registry(registry_ref("r")));
  ASSERT_TRUE(world.make_registry("r"));
  EXPECT_TRUE(world.registry(registry_ref("r"))->tags.empty());
}

}  // namespace
}  // namespace limpet::registry
