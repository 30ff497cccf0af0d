#include "pagination.h"

#include <gtest/gtest.h>

namespace limpet::glue_api {
namespace {

const Scope kScope{.partition = "aws", .account = "123456789012", .region = "us-east-1"};

PageQuery query() { return {.operation = "ListSchemas", .scope = kScope, .filter = "r1"}; }

TEST(PageTokens, GiveThePositionBack) {
  const PageTokens tokens("key");
  for (const std::string_view position : {"", "a", "r1!orders", "\x01\xff"}) {
    const auto read = tokens.read(query(), tokens.issue(query(), position));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, position);
  }
}

TEST(PageTokens, AreUrlSafeText) {
  const std::string token = PageTokens("key").issue(query(), "r1!orders");
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-_"),
            std::string::npos);
}

TEST(PageTokens, RefuseEveryChangedCharacter) {
  const PageTokens tokens("key");
  const std::string token = tokens.issue(query(), "r1!orders");
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(code_of(tokens.read(query(), changed)), Code::InvalidInput) << i;
  }
  for (std::size_t length = 0; length < token.size(); ++length) {
    EXPECT_EQ(code_of(tokens.read(query(), token.substr(0, length))), Code::InvalidInput);
  }
  EXPECT_EQ(code_of(tokens.read(query(), token + "A")), Code::InvalidInput);
}

struct ForeignRow {
  const char* name;
  std::string operation = "ListSchemas";
  Scope scope = kScope;
  std::string filter = "r1";
  std::string key = "key";
};

class ForeignTokens : public testing::TestWithParam<ForeignRow> {};

TEST_P(ForeignTokens, AreRefused) {
  const auto& row = GetParam();
  const PageQuery other{.operation = row.operation, .scope = row.scope, .filter = row.filter};
  const std::string token = PageTokens(row.key).issue(other, "r1!orders");
  const auto read = PageTokens("key").read(query(), token);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error(), Error::invalid_input("NextToken is not valid."));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ForeignTokens,
    testing::Values(ForeignRow{.name = "Operation", .operation = "ListRegistries"},
                    ForeignRow{.name = "Account", .scope = {"aws", "210987654321", "us-east-1"}},
                    ForeignRow{.name = "Region", .scope = {"aws", "123456789012", "us-east-2"}},
                    ForeignRow{.name = "Filter", .filter = "r2"},
                    ForeignRow{.name = "ServerKey", .key = "other"},
                    ForeignRow{.name = "ShiftedParts", .operation = "ListSchema", .filter = "sr1"}),
    [](const auto& row) { return row.param.name; });

TEST(PageTokens, RefuseAnOverlongToken) {
  EXPECT_EQ(code_of(PageTokens("key").read(query(), std::string(100'000, 'A'))),
            Code::InvalidInput);
}

}  // namespace
}  // namespace limpet::glue_api
