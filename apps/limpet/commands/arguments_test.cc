#include "commands/arguments.h"

#include "commands/session.h"

#include "limpet/glue_model/json_codec.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace limpet::app {
namespace {

using glue_model::encode;

template <class Call>
std::string refusal(Call call) {
  try {
    call();
  } catch (const CommandFailed& failed) {
    EXPECT_EQ(failed.status, 2);
    return failed.message;
  }
  return "accepted";
}

TEST(Arguments, SchemasAreNamedInThreeWays) {
  EXPECT_EQ(encode(schema_id("orders/order-value")),
            R"({"SchemaName":"order-value","RegistryName":"orders"})");
  EXPECT_EQ(encode(schema_id("order-value")),
            R"({"SchemaName":"order-value","RegistryName":"default-registry"})");
  EXPECT_EQ(encode(schema_id("arn:aws:glue:us-east-1:123456789012:schema/r/s")),
            R"({"SchemaArn":"arn:aws:glue:us-east-1:123456789012:schema/r/s"})");
  EXPECT_EQ(encode(registry_id("orders")), R"({"RegistryName":"orders"})");
  EXPECT_EQ(encode(registry_id("arn:aws:glue:us-east-1:123456789012:registry/r")),
            R"({"RegistryArn":"arn:aws:glue:us-east-1:123456789012:registry/r"})");
}

TEST(Arguments, VersionsAreNumbersOrLatest) {
  EXPECT_EQ(encode(version_number("3")), R"({"VersionNumber":3})");
  EXPECT_EQ(encode(version_number("latest")), R"({"LatestVersion":true})");
  for (const char* wrong : {"", "v3", "3 ", "3.0", "99999999999999999999"}) {
    EXPECT_EQ(refusal([&] { version_number(wrong); }),
              "a version is a number or \"latest\", not \"" + std::string(wrong) + "\"");
  }
}

TEST(Arguments, AVersionIsSelectedByIdOrBySchema) {
  glue_model::GetSchemaVersionInput by_id;
  select_version({.schema = {}, .number = {}, .id = "some-id"}, by_id);
  EXPECT_EQ(encode(by_id), R"({"SchemaVersionId":"some-id"})");
  glue_model::GetSchemaVersionInput latest;
  select_version({.schema = "r/s", .number = {}, .id = {}}, latest);
  EXPECT_EQ(encode(latest), R"({"SchemaId":{"SchemaName":"s","RegistryName":"r"},)"
                            R"("SchemaVersionNumber":{"LatestVersion":true}})");
}

TEST(Arguments, TagsArePairs) {
  EXPECT_EQ(tags({}), std::nullopt);
  EXPECT_EQ(tags({"a=1", "b=x=y", "c="}),
            (std::map<std::string, std::string>{{"a", "1"}, {"b", "x=y"}, {"c", ""}}));
  EXPECT_EQ(refusal([] { tags({"a"}); }), "a tag is KEY=VALUE, not \"a\"");
}

TEST(Arguments, DefinitionsAreReadAsTheyAre) {
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / "limpet_arguments_definition";
  const std::string text = "{ \"type\": \"string\" }\r\n";
  std::ofstream(path, std::ios::binary) << text;
  EXPECT_EQ(require_definition({.text = {}, .file = path.string()}), text);
  EXPECT_EQ(require_definition({.text = "\"int\"", .file = {}}), "\"int\"");
  EXPECT_EQ(read_definition({}), std::nullopt);
  EXPECT_EQ(refusal([] { require_definition({}); }), "give --definition-file or --definition");
  EXPECT_EQ(refusal([] { require_definition({.text = {}, .file = "/nonexistent/file"}); }),
            "cannot open /nonexistent/file");
  std::ofstream(path, std::ios::binary) << std::string((4 << 20) + 1, ' ');
  EXPECT_EQ(refusal([&] { require_definition({.text = {}, .file = path.string()}); }),
            path.string() + " is larger than 4 MiB");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace limpet::app
