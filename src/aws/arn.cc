#include "limpet/aws/arn.h"

#include "ascii.h"

#include <algorithm>
#include <array>
#include <utility>

namespace limpet::aws {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kPartitions{{
    {"cn-", "aws-cn"},
    {"us-gov-", "aws-us-gov"},
    {"us-iso-", "aws-iso"},
    {"us-isob-", "aws-iso-b"},
    {"eu-isoe-", "aws-iso-e"},
    {"us-isof-", "aws-iso-f"},
}};

std::string glue_arn(const Scope& scope, std::string resource) {
  return Arn{scope.partition, "glue", scope.region, scope.account, std::move(resource)}.str();
}

struct GlueResource {
  Scope scope;
  std::string names;  // behind "kind/"
};

std::optional<GlueResource> parse_glue(std::string_view text, std::string_view kind) {
  auto arn = Arn::parse(text);
  if (!arn || arn->service != "glue" || !arn->resource.starts_with(kind)) return std::nullopt;
  return GlueResource{{arn->partition, arn->account, arn->region},
                      arn->resource.substr(kind.size())};
}

bool is_plain_name(std::string_view text) {
  return !text.empty() && text.find('/') == std::string_view::npos;
}

}  // namespace

std::optional<Arn> Arn::parse(std::string_view text) {
  if (std::ranges::count(text, ':') < 5 || take_until(text, ':') != "arn") return std::nullopt;
  Arn arn;
  arn.partition = take_until(text, ':');
  arn.service = take_until(text, ':');
  arn.region = take_until(text, ':');
  arn.account = take_until(text, ':');
  arn.resource = text;
  if (arn.partition.empty() || arn.service.empty() || arn.resource.empty()) return std::nullopt;
  return arn;
}

std::string Arn::str() const {
  std::string out("arn");
  const std::array<std::string_view, 5> parts{partition, service, region, account, resource};
  std::size_t bytes = out.size() + parts.size();
  for (const std::string_view part : parts) bytes += part.size();
  out.reserve(bytes);
  for (const std::string_view part : parts) out.append(1, ':').append(part);
  return out;
}

std::string_view partition_of(std::string_view region) {
  for (const auto& [prefix, partition] : kPartitions) {
    if (region.starts_with(prefix)) return partition;
  }
  return "aws";
}

bool is_region(std::string_view text) {
  if (text.size() > 32) return false;
  std::size_t words = 0;
  while (text.find('-') != std::string_view::npos) {
    const auto word = take_until(text, '-');
    if (word.size() < 2 || !std::ranges::all_of(word, is_lower)) return false;
    ++words;
  }
  return words >= 2 && words <= 4 && !text.empty() && text.size() <= 2 &&
         std::ranges::all_of(text, is_digit);
}

bool is_account(std::string_view text) {
  return text.size() == 12 && std::ranges::all_of(text, is_digit);
}

std::string registry_arn(const Scope& scope, std::string_view registry) {
  return glue_arn(scope, "registry/" + std::string(registry));
}

std::string schema_arn(const Scope& scope, std::string_view registry, std::string_view schema) {
  return glue_arn(scope, "schema/" + std::string(registry) + "/" + std::string(schema));
}

std::optional<RegistryArn> parse_registry_arn(std::string_view text) {
  auto resource = parse_glue(text, "registry/");
  if (!resource || !is_plain_name(resource->names)) return std::nullopt;
  return RegistryArn{std::move(resource->scope), std::move(resource->names)};
}

std::optional<SchemaArn> parse_schema_arn(std::string_view text) {
  auto resource = parse_glue(text, "schema/");
  if (!resource) return std::nullopt;
  std::string_view schema = resource->names;
  const auto registry = take_until(schema, '/');
  if (!is_plain_name(registry) || !is_plain_name(schema)) return std::nullopt;
  return SchemaArn{std::move(resource->scope), std::string(registry), std::string(schema)};
}

}  // namespace limpet::aws
