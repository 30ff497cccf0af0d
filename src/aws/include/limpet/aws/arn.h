// Amazon Resource Names, partitions, regions and accounts.
//
//   const Scope scope{.partition = "aws", .account = "123456789012", .region = "us-east-1"};
//   aws::registry_arn(scope, "r1");      // "arn:aws:glue:us-east-1:123456789012:registry/r1"
//   auto arn = aws::parse_schema_arn("arn:aws:glue:us-east-1:123456789012:schema/r1/orders");
//   arn->scope == scope;  arn->schema;   // "orders"
//
// Threads: safe.
#pragma once

#include "limpet/base/context.h"

#include <optional>
#include <string>
#include <string_view>

namespace limpet::aws {

/// The six parts of any ARN. `region` and `account` may be empty; `resource` may hold colons.
struct Arn {
  std::string partition;
  std::string service;
  std::string region;
  std::string account;
  std::string resource;

  /// "arn:partition:service:region:account:resource"; nullopt when a part that must be there is
  /// missing.
  static std::optional<Arn> parse(std::string_view text);
  std::string str() const;

  friend bool operator==(const Arn&, const Arn&) = default;
};

/// "cn-north-1" → "aws-cn", "us-gov-west-1" → "aws-us-gov", …, everything else "aws".
std::string_view partition_of(std::string_view region);

/// Letters, hyphens and a number, as in "us-east-1", "us-isob-east-1", "ap-southeast-12". Says
/// nothing about whether AWS runs such a region.
bool is_region(std::string_view text);

/// Twelve digits.
bool is_account(std::string_view text);

struct RegistryArn {
  Scope scope;
  std::string registry;

  friend bool operator==(const RegistryArn&, const RegistryArn&) = default;
};

struct SchemaArn {
  Scope scope;
  std::string registry;
  std::string schema;

  friend bool operator==(const SchemaArn&, const SchemaArn&) = default;
};

std::string registry_arn(const Scope& scope, std::string_view registry);
std::string schema_arn(const Scope& scope, std::string_view registry, std::string_view schema);

/// nullopt when `text` is no ARN of service glue with that kind of resource. Names are not checked
/// beyond being non-empty and free of slashes.
std::optional<RegistryArn> parse_registry_arn(std::string_view text);
std::optional<SchemaArn> parse_schema_arn(std::string_view text);

}  // namespace limpet::aws
