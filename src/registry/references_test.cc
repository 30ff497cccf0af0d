#include "limpet/registry/references.h"

#include "test_world.h"

#include "limpet/json/parse.h"
#include "limpet/registry/messages.h"

#include <algorithm>

namespace limpet::registry {
namespace {

const SchemaRef kCountry = schema_ref("shared", "country");
const SchemaRef kAddress = schema_ref("shared", "address");
const SchemaRef kOrder = schema_ref("orders", "order");

constexpr auto kCountryText = R"({"type":"enum","name":"geo.Country","symbols":["DE","FR"]})";
constexpr auto kAddressText =
    R"({"type":"record","name":"geo.Address","fields":[{"name":"country","type":"geo.Country"}]})";
constexpr auto kOrderText =
    R"({"type":"record","name":"shop.Order","fields":[{"name":"to","type":"geo.Address"}]})";
constexpr auto kWholeOrder =
    R"({"type":"record","name":"shop.Order","fields":[{"name":"to","type":{"type":"record",)"
    R"("name":"geo.Address","fields":[{"name":"country","type":{"type":"enum","name":"geo.Country",)"
    R"("symbols":["DE","FR"]}}]}}]})";

WantedReference wanted(std::string_view name, const SchemaRef& schema, std::int64_t number = 1) {
  return {*ReferenceName::parse(name), version_ref(schema, number)};
}
const WantedReference kToCountry = wanted("geo.Country", kCountry);
const WantedReference kToAddress = wanted("geo.Address", kAddress);

/// country 1 <- address 1 <- order 1
class References : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(world.make_registry("shared"));
    ASSERT_TRUE(world.make_registry("orders"));
    ASSERT_TRUE(world.make_schema(kCountry, kCountryText));
    ASSERT_TRUE(world.make_schema(kAddress, ""));
    ASSERT_TRUE(world.make_schema(kOrder, ""));
    const auto address = world.put_version(kAddress, kAddressText, {kToCountry});
    ASSERT_TRUE(address) << describe(address.error());
    const auto order = world.put_version(kOrder, kOrderText, {kToAddress});
    ASSERT_TRUE(order) << describe(order.error());
  }
  void TearDown() override { EXPECT_EQ(world.violations(), std::vector<std::string>()); }

  std::size_t rows() { return static_cast<storage::MemoryStore&>(world.store()).rows().size(); }

  World world;
};

TEST_F(References, TheBundleIsTheDefinition) {
  const auto defined = world.defined_version(version_ref(kOrder, 1));
  ASSERT_TRUE(defined);
  EXPECT_EQ(defined->version.status, VersionStatus::Available);
  EXPECT_TRUE(compat::parse_definition(Format::Avro, defined->definition));
  // Whoever knows the whole definition finds the version, and gets no second one.
  EXPECT_EQ(world.find(kOrder, kWholeOrder)->id, defined->version.id);
  const auto again = world.put_version(kOrder, kWholeOrder);
  EXPECT_FALSE(again->created);
  EXPECT_EQ(again->version.id, defined->version.id);
}

TEST_F(References, TheSubmittedTextIsKept) {
  const auto submitted = world.submitted(version_ref(kOrder, 1));
  ASSERT_TRUE(submitted);
  EXPECT_EQ(submitted->definition, kOrderText);
  const auto address = world.version(version_ref(kAddress, 1));
  EXPECT_EQ(submitted->references, (std::vector<Reference>{{.name = "geo.Address",
                                                            .version = address->id,
                                                            .registry = kAddress.registry,
                                                            .schema = kAddress.name,
                                                            .number = 1}}));
  const auto plain = world.submitted(version_ref(kCountry, 1));
  EXPECT_EQ(plain->definition, kCountryText);
  EXPECT_TRUE(plain->references.empty());
}

TEST_F(References, RegisteringAgainAnswersTheSameVersion) {
  const auto before = rows();
  const auto again = world.put_version(kOrder, kOrderText, {kToAddress});
  EXPECT_FALSE(again->created);
  EXPECT_EQ(again->version.number, 1);
  EXPECT_EQ(rows(), before);
}

TEST_F(References, AnotherVersionOfAReferenceIsAnotherDefinition) {
  ASSERT_TRUE(world.put_version(
      kCountry, R"({"type":"enum","name":"geo.Country","symbols":["DE","FR","IT"]})"));
  const auto address =
      world.put_version(kAddress, kAddressText, {wanted("geo.Country", kCountry, 2)});
  ASSERT_TRUE(address);
  EXPECT_EQ(address->version.number, 2);
  EXPECT_EQ(address->version.status, VersionStatus::Available);
  EXPECT_NE(address->version.identity, world.version(version_ref(kAddress, 1))->identity);
}

TEST_F(References, AnIncompatibleReferenceFailsAndHoldsNothing) {
  ASSERT_TRUE(world.change_schema(
      {.schema = kCountry, .checkpoint = VersionSelector::latest(), .mode = Mode::None}));
  ASSERT_TRUE(
      world.put_version(kCountry, R"({"type":"enum","name":"geo.Country","symbols":["DE"]})"));
  const auto address =
      world.put_version(kAddress, kAddressText, {wanted("geo.Country", kCountry, 2)});
  ASSERT_TRUE(address);
  EXPECT_EQ(address->version.status, VersionStatus::Failure);
  EXPECT_NE(address->reason.find("FR"), std::string::npos) << address->reason;
  EXPECT_EQ(world.submitted(address->version.id)->definition, kAddressText);
  EXPECT_TRUE(world.drop_versions(kCountry, "2"));
}

TEST_F(References, WhatIsReferencedCannotBeDeleted) {
  const auto address = *world.version(version_ref(kAddress, 1));
  const auto order = *world.version(version_ref(kOrder, 1));
  const Reference to_country = world.submitted(address.id)->references.front();
  const Reference to_address = world.submitted(order.id)->references.front();
  EXPECT_EQ(world.drop_schema(kCountry).error(),
            referenced_schema_not_deletable(to_country, address));
  EXPECT_EQ(world.drop_schema(kAddress).error(),
            referenced_schema_not_deletable(to_address, order));
  EXPECT_EQ(world.drop_registry(registry_ref("shared")).error(),
            referenced_registry_not_deletable(to_address, order));
  EXPECT_EQ(world.drop_schema(kAddress).error().message,
            "Version 1 of the schema is referenced by version 1 of orders/order; the schema cannot "
            "be deleted.");
  EXPECT_TRUE(world.drop_registry(registry_ref("orders")));
  EXPECT_TRUE(world.drop_registry(registry_ref("shared")));  // holders and held go together
}

TEST_F(References, AReferencedVersionCannotBeDeleted) {
  ASSERT_TRUE(world.put_version(
      kCountry, R"({"type":"enum","name":"geo.Country","symbols":["DE","FR","IT"]})"));
  ASSERT_TRUE(world.put_version(
      kCountry, R"({"type":"enum","name":"geo.Country","symbols":["DE","FR","IT","ES"]})"));
  const auto address =
      world.put_version(kAddress, kAddressText, {wanted("geo.Country", kCountry, 2)});
  ASSERT_TRUE(address);
  EXPECT_EQ(world.drop_versions(kCountry, "2-3").error(),
            referenced_version_not_deletable(2, address->version));
  EXPECT_TRUE(world.version(version_ref(kCountry, 3)));
  ASSERT_TRUE(world.drop_versions(kAddress, "2"));
  EXPECT_TRUE(world.drop_versions(kCountry, "2-3"));
}

TEST_F(References, ListsWhoReferences) {
  const auto second = schema_ref("orders", "invoice");
  ASSERT_TRUE(world.make_schema(second, ""));
  ASSERT_TRUE(world.put_version(
      second,
      R"({"type":"record","name":"shop.Invoice","fields":[{"name":"at","type":"geo.Address"}]})",
      {kToAddress}));
  std::vector<std::string> names;
  PageRequest request{.after = {}, .limit = 1};
  for (int pages = 0; pages < 3; ++pages) {
    const auto page = world.referrers(version_ref(kAddress, 1), request);
    ASSERT_TRUE(page);
    for (const auto& referrer : page->items) {
      EXPECT_EQ(referrer.name, "geo.Address");
      names.push_back(referrer.version.schema.str());
    }
    if (!page->next) break;
    request.after = page->next;
  }
  std::ranges::sort(names);
  EXPECT_EQ(names, (std::vector<std::string>{"invoice", "order"}));
  EXPECT_TRUE(world.referrers(version_ref(kOrder, 1))->items.empty());
  EXPECT_EQ(world.referrers(version_ref(kOrder, 1), {.after = "elsewhere", .limit = 1}).error(),
            wrong_page_token());
}

TEST_F(References, LatestIsFixedWhenRegistered) {
  const WantedReference latest{*ReferenceName::parse("geo.Country"), latest_ref(kCountry)};
  const auto schema = schema_ref("shared", "latest");
  ASSERT_TRUE(world.make_schema(schema, ""));
  const auto made = world.put_version(schema, kAddressText, {latest});
  ASSERT_TRUE(made);
  ASSERT_TRUE(world.put_version(
      kCountry, R"({"type":"enum","name":"geo.Country","symbols":["DE","FR","IT"]})"));
  EXPECT_EQ(world.submitted(made->version.id)->references.front().number, 1);
}

TEST_F(References, Refusals) {
  EXPECT_EQ(world.put_version(kOrder, kOrderText, {kToAddress, kToAddress}).error(),
            reference_doubled(kToAddress.name));
  const auto nowhere = schema_ref("shared", "nowhere");
  EXPECT_EQ(world.put_version(kOrder, kOrderText, {wanted("geo.Address", nowhere)}).error(),
            no_such_schema(nowhere));
  EXPECT_EQ(world.put_version(kOrder, kOrderText, {wanted("geo.Address", kAddress, 9)}).error(),
            no_such_version(kAddress, VersionSelector::at(9)));
  EXPECT_EQ(world.put_version(kOrder, "", {kToAddress}).error(), wrong_length("SchemaDefinition"));
  // Unresolved, unused.
  EXPECT_EQ(code_of(world.put_version(kOrder, kOrderText)), Code::InvalidInput);
  EXPECT_EQ(code_of(world.put_version(kOrder, R"("int")", {kToAddress})), Code::InvalidInput);
  EXPECT_EQ(code_of(ReferenceName::parse("")), Code::InvalidInput);
  EXPECT_EQ(code_of(ReferenceName::parse("a\nb")), Code::InvalidInput);
  EXPECT_EQ(code_of(ReferenceName::parse(std::string(1025, 'a'))), Code::InvalidInput);
}

TEST_F(References, AFailedVersionCannotBeReferenced) {
  const auto failed = world.put_version(kCountry, R"("int")");
  ASSERT_EQ(failed->version.status, VersionStatus::Failure);
  EXPECT_EQ(world.put_version(kAddress, kAddressText, {wanted("geo.Country", kCountry, 2)}).error(),
            reference_not_available(kToCountry.name, failed->version));
}

TEST_F(References, OneNameForTwoVersionsIsRefused) {
  ASSERT_TRUE(world.put_version(
      kCountry, R"({"type":"enum","name":"geo.Country","symbols":["DE","FR","IT"]})"));
  const auto text =
      R"({"type":"record","name":"shop.Pair","fields":[{"name":"a","type":"geo.Address"},)"
      R"({"name":"c","type":"geo.Country"}]})";
  const auto schema = schema_ref("orders", "pair");
  ASSERT_TRUE(world.make_schema(schema, ""));
  const auto refused =
      world.put_version(schema, text, {kToAddress, wanted("geo.Country", kCountry, 2)});
  EXPECT_EQ(refused.error().message,
            "Reference geo.Country means two schema versions: version 2 of shared/country and "
            "version 1 of shared/country. Register what names the one with the other, or rename "
            "one.");
  EXPECT_TRUE(world.put_version(schema, text, {kToAddress, kToCountry}));
}

TEST_F(References, TwoNamesForOneVersionAreRefused) {
  const auto schema = schema_ref("orders", "twice");
  ASSERT_TRUE(world.make_schema(schema, ""));
  EXPECT_EQ(world.put_version(schema, kOrderText, {kToAddress, wanted("geo.Anschrift", kAddress)})
                .error()
                .message,
            "The references reach version 1 of shared/address as geo.Address and as "
            "geo.Anschrift. Use one name for it everywhere.");
}

TEST_F(References, ADeletionBetweenThePhasesIsAConflict) {
  const auto schema = schema_ref("orders", "racing");
  ASSERT_TRUE(world.make_schema(schema, ""));
  const auto spare = schema_ref("shared", "spare");
  ASSERT_TRUE(world.make_schema(spare, kCountryText));
  const auto prepared = world.prepare(schema, kAddressText, {wanted("geo.Country", spare)});
  ASSERT_TRUE(prepared);
  ASSERT_TRUE(world.drop_schema(spare));
  const auto registered = world.write<RegisteredVersion>([&](auto& txn) {
    return register_version(txn, world.context, world.settings, world.cache,
                            prepared->registration);
  });
  EXPECT_EQ(registered.error(), changed_meanwhile());
}

TEST_F(References, AtMostSoMany) {
  const auto schema = schema_ref("orders", "wide");
  ASSERT_TRUE(world.make_schema(schema, ""));
  std::vector<WantedReference> references;
  std::vector<std::string> fields;
  for (std::size_t i = 0; i <= kReferencesMax; ++i) {
    const std::string name = "T" + std::to_string(i);
    const auto target = schema_ref("shared", name);
    ASSERT_TRUE(world.make_schema(target, record({"a:int"}, name)));
    references.push_back(wanted(name, target));
    fields.push_back("f" + std::to_string(i) + ":" + name);
  }
  EXPECT_EQ(world.put_version(schema, record(fields), references).error(),
            too_many_references(kReferencesMax));
  references.pop_back();
  fields.pop_back();
  const auto made = world.put_version(schema, record(fields), references);
  EXPECT_TRUE(made) << describe(made.error());
}

TEST_F(References, NothingIsLeftBehind) {
  const auto before = rows();
  const auto schema = schema_ref("orders", "gone");
  ASSERT_TRUE(world.make_schema(schema, ""));
  ASSERT_TRUE(world.put_version(
      schema, R"({"type":"record","name":"G","fields":[{"name":"to","type":"geo.Address"}]})",
      {kToAddress}));
  ASSERT_TRUE(world.drop_schema(schema));
  const auto log_rows = std::size_t{3};  // one entry of the change log for each write
  EXPECT_EQ(rows(), before + log_rows);
}

}  // namespace
}  // namespace limpet::registry
