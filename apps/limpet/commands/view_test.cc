#include "commands/view.h"

#include "limpet/json/parse.h"

#include <gtest/gtest.h>

namespace limpet::app {
namespace {

json::Value parsed(std::string_view text) { return *json::parse(text); }

TEST(View, ObjectsAreOneLinePerMember) {
  EXPECT_EQ(object_view(parsed(R"({"SchemaName":"s","LatestSchemaVersion":3,"Tags":{},
                                   "Description":"","Valid":true,"Nested":{"a":[1]}})")),
            "SchemaName           s\n"
            "LatestSchemaVersion  3\n"
            "Tags                 -\n"
            "Description          -\n"
            "Valid                true\n"
            "Nested               {\"a\":[1]}\n");
  EXPECT_EQ(object_view(parsed("{}")), "");
}

TEST(View, ListsAreAlignedByCharactersNotBytes) {
  EXPECT_EQ(list_view(parsed(R"([{"RegistryName":"caf\u00e9","Status":"AVAILABLE"},
                                 {"RegistryName":"orders","Other":1}])"),
                      {"RegistryName", "Status"}),
            "REGISTRY NAME  STATUS\n"
            "caf\xC3\xA9           AVAILABLE\n"
            "orders         -\n");
  EXPECT_EQ(list_view(parsed("[]"), {"A"}), "nothing to list\n");
  EXPECT_EQ(list_view(parsed(R"([{"SchemaStatus":"x"}])"), {"Status|SchemaStatus"}), "STATUS\nx\n");
}

TEST(View, NothingThatAServerSendsMovesTheCursor) {
  EXPECT_EQ(printable("a\x1b[31mred\x07\nb\tc\x7f"), "a.[31mred. b c.");
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m caf\xC3\xA9 \xff"),
            ".31m caf\xC3\xA9 .");
  EXPECT_EQ(object_view(parsed(R"({"Description":"one\u001b[2Jtwo"})")),
            "Description  one.[2Jtwo\n");
}

}  // namespace
}  // namespace limpet::app
