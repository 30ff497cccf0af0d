#include "limpet/aws/arn.h"

#include <gtest/gtest.h>

namespace limpet::aws {
namespace {

const Scope kScope{.partition = "aws", .account = "123456789012", .region = "us-east-1"};

TEST(Arn, PrintsAndReads) {
  const std::string registry = "arn:aws:glue:us-east-1:123456789012:registry/default-registry";
  EXPECT_EQ(registry_arn(kScope, "default-registry"), registry);
  EXPECT_EQ(parse_registry_arn(registry), (RegistryArn{kScope, "default-registry"}));
  EXPECT_EQ(Arn::parse(registry)->str(), registry);

  const std::string schema = "arn:aws:glue:us-east-1:123456789012:schema/r1/orders";
  EXPECT_EQ(schema_arn(kScope, "r1", "orders"), schema);
  EXPECT_EQ(parse_schema_arn(schema), (SchemaArn{kScope, "r1", "orders"}));
}

TEST(Arn, KeepsColonsOfTheResource) {
  const std::string text = "arn:aws:iam::123456789012:user/a:b";
  const auto arn = Arn::parse(text);
  ASSERT_TRUE(arn);
  EXPECT_EQ(arn->region, "");
  EXPECT_EQ(arn->resource, "user/a:b");
  EXPECT_EQ(arn->str(), text);
}

TEST(Arn, RefusesOtherText) {
  for (const auto* text :
       {"", "arn", "arn:aws:glue:us-east-1:123456789012",
        "arn:aws:glue:::", "arn::glue:us-east-1:1:registry/r",
        "urn:aws:glue:us-east-1:1:registry/r", "arn:aws::us-east-1:1:registry/r"}) {
    EXPECT_EQ(Arn::parse(text), std::nullopt) << text;
  }
  const std::string start = "arn:aws:glue:us-east-1:123456789012:";
  for (const auto* resource : {"registry/", "registry", "registry/a/b", "schema/a", "table/a"}) {
    EXPECT_EQ(parse_registry_arn(start + resource), std::nullopt) << resource;
  }
  for (const auto* resource :
       {"schema/a", "schema/a/", "schema//b", "schema/a/b/c", "registry/a"}) {
    EXPECT_EQ(parse_schema_arn(start + resource), std::nullopt) << resource;
  }
  EXPECT_EQ(parse_registry_arn("arn:aws:s3:us-east-1:123456789012:registry/r"), std::nullopt);
}

TEST(Partition, FollowsFromTheRegion) {
  EXPECT_EQ(partition_of("us-east-1"), "aws");
  EXPECT_EQ(partition_of("cn-north-1"), "aws-cn");
  EXPECT_EQ(partition_of("us-gov-west-1"), "aws-us-gov");
  EXPECT_EQ(partition_of("us-iso-east-1"), "aws-iso");
  EXPECT_EQ(partition_of("us-isob-east-1"), "aws-iso-b");
  EXPECT_EQ(partition_of("eu-isoe-west-1"), "aws-iso-e");
  EXPECT_EQ(partition_of("us-isof-south-1"), "aws-iso-f");
}

TEST(Region, Syntax) {
  for (const auto* good : {"us-east-1", "us-gov-west-1", "ap-southeast-12", "eusc-de-east-1"}) {
    EXPECT_TRUE(is_region(good)) << good;
  }
  for (const auto* bad :
       {"", "us", "us-east", "us-east-", "us-east-x", "US-EAST-1", "us--1", "us-east-123",
        "us-east-1/..", "-us-east-1", "us east-1", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-east-1"}) {
    EXPECT_FALSE(is_region(bad)) << bad;
  }
}

TEST(Account, IsTwelveDigits) {
  EXPECT_TRUE(is_account("123456789012"));
  for (const auto* bad : {"", "12345678901", "1234567890123", "12345678901a"}) {
    EXPECT_FALSE(is_account(bad)) << bad;
  }
}

}  // namespace
}  // namespace limpet::aws
