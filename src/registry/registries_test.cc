#include "limpet/registry/registries.h"

#include "test_world.h"

#include "limpet/registry/messages.h"

namespace limpet::registry {
namespace {

using namespace std::chrono_literals;

TEST(Registries, CreateAndRead) {
  World world;
  const auto made = world.write<Registry>([&](auto& txn) {
    return create_registry(txn, world.context, world.settings,
                           {.name = *RegistryName::parse("r1"),
                            .description = description("d"),
                            .tags = tags({{"k", "v"}})});
  });
  ASSERT_TRUE(made);
  EXPECT_EQ(made->description, "d");
  EXPECT_EQ(made->status, RegistryStatus::Available);
  EXPECT_EQ(made->created, world.context.now);
  EXPECT_EQ(made->updated, world.context.now);
  const auto read = world.registry(registry_ref("r1"));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, *made);
  EXPECT_EQ(world.registry(registry_ref("R1")).error(), no_such_registry(registry_ref("R1")));
  EXPECT_TRUE(world.violations().empty());
}

TEST(Registries, ExistOnce) {
  World world;
  ASSERT_TRUE(world.make_registry("r1"));
  EXPECT_EQ(world.make_registry("r1").error(), registry_exists(*RegistryName::parse("r1")));
  ASSERT_TRUE(world.make_registry("default-registry"));
  EXPECT_EQ(code_of(world.make_registry("default-registry")), Code::AlreadyExists);
}

TEST(Registries, QuotaIsLookedAtFirst) {
  World world;
  world.settings.quotas = Quotas::aws();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(world.make_registry("r" + std::to_string(i)));
  EXPECT_EQ(world.make_registry("r10").error(), too_many_registries());
  EXPECT_EQ(world.make_registry("r0").error(), too_many_registries());
  ASSERT_TRUE(world.drop_registry(registry_ref("r0")));
  EXPECT_TRUE(world.make_registry("r10"));
  // The default registry is made regardless, and counts from then on.
  EXPECT_TRUE(world.make_schema(schema_ref("default-registry", "s"), R"("int")"));
  ASSERT_TRUE(world.drop_registry(registry_ref("r1")));
  EXPECT_EQ(world.make_registry("r11").error(), too_many_registries());
  EXPECT_TRUE(world.violations().empty());
}

TEST(Registries, Update) {
  World world;
  const auto ref = registry_ref("r1");
  ASSERT_TRUE(world.make_registry("r1"));
  const auto created = world.context.now;
  world.context.now += 5ms;
  const auto update = [&](std::string_view text) {
    return world.write<Registry>(
        [&](auto& txn) { return update_registry(txn, world.context, ref, description(text)); });
  };
  ASSERT_TRUE(update("new"));
  EXPECT_EQ(world.registry(ref)->description, "new");
  EXPECT_EQ(world.registry(ref)->created, created);
  EXPECT_EQ(world.registry(ref)->updated, world.context.now);
  ASSERT_TRUE(update(""));
  EXPECT_EQ(world.registry(ref)->description, "");
  const RegistryRef by_arn{.name = *RegistryName::parse("x"), .arn = "arn:x"};
  EXPECT_EQ(world.drop_registry(by_arn).error().message,
            "Registry is not found. RegistryArn: arn:x");
}

TEST(Registries, DeleteTakesEverythingAlong) {
  World world;
  const auto schema = schema_ref("r1", "s");
  ASSERT_TRUE(world.make_registry("r1"));
  ASSERT_TRUE(world.make_registry("r2"));
  const auto made = world.make_schema(schema, R"("int")");
  ASSERT_TRUE(world.make_schema(schema_ref("r2", "s"), R"("int")"));
  ASSERT_TRUE(world.put_version(schema, R"("boolean")"));  // a FAILURE
  ASSERT_TRUE(world.put_pair(made->version->id, "k", "v"));
  const auto deleted = world.drop_registry(registry_ref("r1"));
  ASSERT_TRUE(deleted);
  EXPECT_EQ(deleted->status, RegistryStatus::Deleting);
  EXPECT_EQ(code_of(world.registry(registry_ref("r1"))), Code::NotFound);
  EXPECT_EQ(world.version(made->version->id).error(), no_such_version(made->version->id));
  EXPECT_TRUE(world.version(latest_ref(schema_ref("r2", "s"))));
  EXPECT_EQ(code_of(world.drop_registry(registry_ref("r1"))), Code::NotFound);
  EXPECT_TRUE(world.violations().empty());
}

TEST(Registries, ListInPages) {
  World world;
  for (const auto* name : {"b", "a", "a-b", "a.b", "A", "a$"}) {
    ASSERT_TRUE(world.make_registry(name));
  }
  std::vector<std::string> names;
  PageRequest request{.after = {}, .limit = 2};
  do {
    const auto page = world.read<Page<Registry>>(
        [&](auto& reader) { return list_registries(reader, world.context, request); });
    ASSERT_TRUE(page);
    EXPECT_LE(page->items.size(), 2U);
    for (const auto& registry : page->items) names.push_back(registry.name.str());
    request.after = page->next;
  } while (request.after);
  EXPECT_EQ(names, (std::vector<std::string>{"A", "a", "a$", "a-b", "a.b", "b"}));
}

TEST(Registries, ScopesDoNotMeet) {
  World world;
  ASSERT_TRUE(world.make_registry("r1"));
  world.context.scope.region = "eu-west-1";
  EXPECT_EQ(code_of(world.registry(registry_ref("r1"))), Code::NotFound);
  EXPECT_TRUE(world.make_registry("r1"));
  world.context.scope.account = "210987654321";
  EXPECT_EQ(code_of(world.registry(registry_ref("r1"))), Code::NotFound);
}

}  // namespace
}  // namespace limpet::registry
