#include "limpet/compat/bundle.h"

#include "limpet/compat/definition.h"

#include <gtest/gtest.h>

#include <array>

namespace limpet::compat {
namespace {

constexpr std::string_view k2020 = R"({"$schema":"https://json-schema.org/draft/2020-12/schema",)"
                                   R"("properties":{"a":{"$ref":"a.json"}}})";

TEST(BundleDefinition, EachFormatHasItsEngine) {
  const std::array avro{NamedText{"A", R"({"type":"fixed","name":"A","size":2})"}};
  const auto array = bundle_definition(Format::Avro, R"({"type":"array","items":"A"})", avro);
  ASSERT_TRUE(array);
  EXPECT_TRUE(parse_definition(Format::Avro, *array));
  const std::array json{NamedText{"a.json", R"({"type":"string"})"}};
  const auto object = bundle_definition(Format::Json, R"({"items":{"$ref":"a.json"}})", json);
  ASSERT_TRUE(object);
  EXPECT_TRUE(parse_definition(Format::Json, *object));
  const std::array proto{NamedText{"a.proto", "syntax = \"proto3\"; message A {}"}};
  const auto file = bundle_definition(
      Format::Protobuf, "syntax = \"proto3\"; import \"a.proto\"; message M { A a = 1; }", proto);
  ASSERT_TRUE(file);
  EXPECT_TRUE(parse_definition(Format::Protobuf, *file));
}

// Alone it is draft-07: embedded in another dialect it would mean something else.
TEST(BundleDefinition, AJsonSchemaWithoutDialectIsDraft7) {
  const std::array silent{NamedText{"a.json", R"({"type":"string"})"}};
  const auto refused = bundle_definition(Format::Json, k2020, silent);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::InvalidInput);
  EXPECT_EQ(refused.error().message,
            "the import a.json has no $schema, so it is written in draft-07, and this schema in "
            "2020-12; all must have the same $schema");
  const std::array told{NamedText{
      "a.json", R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"string"})"}};
  EXPECT_TRUE(bundle_definition(Format::Json, k2020, told));
  const std::array always{NamedText{"a.json", "true"}};
  EXPECT_TRUE(bundle_definition(Format::Json, k2020, always));
}

}  // namespace
}  // namespace limpet::compat
