#include "registration.h"

#include "messages.h"

#include "limpet/client/settings.h"
#include "limpet/glue_model/limpet.h"
#include "limpet/glue_model/schema_registry.h"

#include <utility>

namespace limpet::client {
namespace {

namespace op = glue_model::op;

constexpr std::string_view kTransportKey = "x-amz-meta-transport";
constexpr std::string_view kDefaultTransport = "default-stream";

Error chained(std::string outer, Error cause) {
  cause.message = std::move(outer) + ": " + cause.message;
  return cause;
}

}  // namespace

Result<Uuid> id_of(const std::optional<std::string>& text) {
  const auto id = text ? Uuid::parse(*text) : std::nullopt;
  if (!id) return Error::internal("the server's answer holds no SchemaVersionId");
  return *id;
}

Result<VersionStatus> status_of(const std::optional<std::string>& text) {
  const auto status = text ? parse_version_status(*text) : std::nullopt;
  if (!status) return Error::internal("the server's answer holds no Status that we know");
  return *status;
}

glue_model::SchemaId Registration::schema_id() const {
  return {.schema_arn = {},
          .schema_name = std::string(request_.schema_name),
          .registry_name = with_.options.registry_name};
}

RegisteredSchema Registration::made(const Uuid& id, VersionStatus status) const {
  return {.version_id = id,
          .format = request_.format,
          .definition = std::string(request_.definition),
          .schema_name = std::string(request_.schema_name),
          .schema_arn = {},
          .version_number = {},
          .status = status};
}

Error Registration::failed(Code code, std::string why) const {
  return {.code = code,
          .message = cannot_fetch_or_register(request_.definition, request_.schema_name, why),
          .where = {}};
}

Result<RegisteredSchema> Registration::run() {
  const auto answer = with_.client.call<op::GetSchemaByDefinition>(
      {.schema_id = schema_id(), .schema_definition = std::string(request_.definition)}, limits_);
  if (answer) return found(answer->output);
  const Error error = to_error(answer.error());
  const bool no_version = error.message.find(kNoSuchVersion) != std::string::npos;
  const bool no_schema = error.message.find(kNoSuchSchema) != std::string::npos;
  if (!no_version && !no_schema) return failed(error.code, error.message);
  if (!with_.options.auto_register) {
    return Error::not_found(registration_is_off() + ": " + error.message);
  }
  return no_version ? enroll() : create();
}

Result<RegisteredSchema> Registration::found(
    const glue_model::GetSchemaByDefinitionResponse& answer) {
  const auto id = id_of(answer.schema_version_id);
  if (!id) return failed(id.error().code, id.error().message);
  const auto status = status_of(answer.status);
  if (!status) return failed(status.error().code, status.error().message);
  if (*status == VersionStatus::Available) {
    RegisteredSchema version = made(*id, *status);
    version.schema_arn = answer.schema_arn.value_or("");
    return version;
  }
  std::string why = found_but_status(to_string(*status));
  if (*status == VersionStatus::Failure) why += explanation(*id);
  return failed(*status == VersionStatus::Pending ? Code::Unavailable : Code::InvalidInput,
                std::move(why));
}

Result<RegisteredSchema> Registration::enroll() {
  const std::string outer = register_failed(request_.schema_name);
  const auto answer = with_.client.call<op::RegisterSchemaVersion>(
      {.schema_id = schema_id(), .schema_definition = std::string(request_.definition)}, limits_);
  if (!answer) return chained(outer, to_error(answer.error()));
  auto id = id_of(answer->output.schema_version_id);
  if (!id) return chained(outer, std::move(id).error());
  auto status = status_of(answer->output.status);
  if (!status) return chained(outer, std::move(status).error());
  RegisteredSchema version = made(*id, *status);
  if (answer->output.version_number) {
    version.version_number = static_cast<std::uint64_t>(*answer->output.version_number);
  }
  if (version.status != VersionStatus::Available) {
    auto judged = await_verdict(std::move(version));
    if (!judged) return chained(outer, std::move(judged).error());
    version = *std::move(judged);
  }
  put_metadata(version.version_id);
  return version;
}

Result<RegisteredSchema> Registration::create() {
  const SchemaRegistryOptions& options = with_.options;
  const auto answer = with_.client.call<op::CreateSchema>(
      {.registry_id =
           glue_model::RegistryId{.registry_name = options.registry_name, .registry_arn = {}},
       .schema_name = std::string(request_.schema_name),
       .data_format = std::string(to_string(request_.format)),
       .compatibility = options.compatibility,
       .description = options.description.value_or(
           "DEFAULT-DESCRIPTION-" + options.settings.region + "-" + options.registry_name),
       .tags = options.tags,
       .schema_definition = std::string(request_.definition)},
      limits_);
  if (!answer) {
    if (answer.error().type == "AlreadyExistsException") return enroll();
    Error error = to_error(answer.error());
    error.message = create_failed(request_.schema_name, error.message);
    return error;
  }
  // The first version is not judged: its status is not looked at.
  auto id = id_of(answer->output.schema_version_id);
  if (!id) {
    return Error::internal(create_failed(request_.schema_name, id.error().message));
  }
  RegisteredSchema version = made(*id, VersionStatus::Available);
  version.schema_arn = answer->output.schema_arn.value_or("");
  version.version_number = 1;
  put_metadata(version.version_id);
  return version;
}

Result<RegisteredSchema> Registration::await_verdict(RegisteredSchema version) {
  // A verdict that is there already needs no waiting, only the look that tells the client.
  if (version.status == VersionStatus::Pending) {
    const auto wait = with_.options.poll_wait;
    if (limits_.end != CallLimits::Time::max() && with_.options.steady() + wait >= limits_.end) {
      return Error::unavailable("schema version " + version.version_id.to_string() +
                                " is PENDING, and the deadline leaves no time to wait for it");
    }
    with_.options.pause(wait);
  }
  for (int looks = 0; looks < with_.options.poll_attempts; ++looks) {
    const auto answer = with_.client.call<op::GetSchemaVersion>(
        {.schema_id = {},
         .schema_version_id = version.version_id.to_string(),
         .schema_version_number = {}},
        limits_);
    if (!answer) return to_error(answer.error());
    LIMPET_TRY(version.status, status_of(answer->output.status));
    if (version.status == VersionStatus::Pending) continue;
    if (version.status == VersionStatus::Available) {
      version.schema_arn = answer->output.schema_arn.value_or("");
      return version;
    }
    return Error::invalid_input(evolution_check_failed(version.version_id) +
                                explanation(version.version_id));
  }
  return Error::unavailable(evolution_check_exhausted(version.version_id));
}

void Registration::put_metadata(const Uuid& version) {
  const auto put = [&](std::string_view key, std::string_view value) {
    const auto answer = with_.client.call<op::PutSchemaVersionMetadata>(
        {.schema_id = {},
         .schema_version_number = {},
         .schema_version_id = version.to_string(),
         .metadata_key_value =
             glue_model::MetadataKeyValuePair{.metadata_key = std::string(key),
                                              .metadata_value = std::string(value)}},
        limits_);
    if (!answer) with_.metadata_failed.fetch_add(1, std::memory_order_relaxed);
  };
  put(kTransportKey, request_.transport.empty() ? kDefaultTransport : request_.transport);
  for (const auto& [key, value] : with_.options.metadata) put(key, value);
}

std::string Registration::explanation(const Uuid& version) {
  if (is_aws_endpoint(with_.options.settings.endpoint)) return {};  // AWS has no such operation
  CallLimits once = limits_;
  once.attempts = 1;
  const auto answer = with_.client.call<op::ExplainSchemaVersion>(
      {.schema_id = {}, .schema_version_id = version.to_string(), .schema_version_number = {}},
      once);
  if (!answer || !answer->output.reason || answer->output.reason->empty()) return {};
  return " Reason: " + *answer->output.reason;
}

}  // namespace limpet::client
