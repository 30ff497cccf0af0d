#include "handles.h"

#include "limpet/client/settings.h"

#include <array>

namespace {

using limpet::capi::fail;
using limpet::capi::guarded;
using limpet::capi::known_part;
using limpet::capi::text_of;
using limpet::capi::view;
using limpet::serde::FailureKind;

limpet_status open_registry(const limpet_registry_options& known, limpet_registry** registry,
                            limpet_error** error) {
  using namespace limpet;  // NOLINT: within one function
  client::Arguments arguments{.endpoint = std::string(view(known.endpoint)),
                              .region = std::string(view(known.region)),
                              .profile = std::string(view(known.profile)),
                              .ca_file = std::string(view(known.ca_file)),
                              .sign = known.unsigned_requests == 0};
  const bool keys = known.access_key_id.size != 0;
  if (keys) arguments.sign = false;  // nobody need look for what is given
  auto settings = client::load_settings(arguments, client::process_environment());
  if (!settings) {
    return fail(serde::to_failure(settings.error(), FailureKind::Config, FailureKind::Config),
                error);
  }
  if (keys) {
    settings->provider.reset();
    settings->credentials = aws::Credentials{};
    settings->credentials->access_key_id = view(known.access_key_id);
    settings->credentials->secret_access_key = view(known.secret_access_key);
    settings->credentials->session_token = view(known.session_token);
  }
  client::SchemaRegistryOptions options;
  options.settings = *std::move(settings);
  options.auto_register = known.auto_register != 0;
  if (known.registry_name.size != 0) options.registry_name = view(known.registry_name);
  if (known.compatibility.size != 0) options.compatibility = view(known.compatibility);
  if (known.deadline_ms != 0) options.deadline = std::chrono::milliseconds(known.deadline_ms);
  if (known.entries_max != 0) options.entries_max = known.entries_max;
  options.user_agent = "limpet-c";
  auto opened = client::SchemaRegistry::open(std::move(options));
  if (!opened) {
    return fail(serde::to_failure(opened.error(), FailureKind::Config, FailureKind::Config), error);
  }
  auto out = std::make_unique<limpet_registry>();
  out->registry = *std::move(opened);
  out->source = std::make_shared<client::RegistrySource>(out->registry);
  if (known.inflated_bytes_max != 0) out->reading.inflate.max_bytes = known.inflated_bytes_max;
  auto to_json = serde::Deserializer<std::string>::make(out->source, out->reading);
  auto to_payload = serde::Deserializer<serde::Payload>::make(out->source, out->reading);
  if (!to_json || !to_payload) {
    const Error& why = to_json ? to_payload.error() : to_json.error();
    return fail(serde::to_failure(why, FailureKind::Config, FailureKind::Config), error);
  }
  out->to_json.emplace(*std::move(to_json));
  out->to_payload.emplace(*std::move(to_payload));
  *registry = out.release();
  return LIMPET_OK;
}

/// A schema with an id, whatever it was asked by.
limpet_status give_schema(limpet::serde::Answer<limpet::serde::SchemaPointer> answer,
                          limpet_schema** schema, limpet_error** error) {
  if (!answer) return fail(std::move(answer).failure(), error);
  *schema = new limpet_schema(*std::move(answer));
  return LIMPET_OK;
}

}  // namespace

uint32_t limpet_abi_version(void) { return LIMPET_ABI_VERSION; }

const char* limpet_version(void) { return LIMPET_VERSION; }

limpet_status limpet_registry_open(const limpet_registry_options* options,
                                   limpet_registry** registry, limpet_error** error) {
  return guarded(error, [&] {
    if (registry == nullptr) return fail(FailureKind::Config, "no place for the registry", error);
    *registry = nullptr;
    return open_registry(known_part(options), registry, error);
  });
}

void limpet_registry_close(limpet_registry* registry) { delete registry; }

limpet_status limpet_schema_by_id(limpet_registry* registry, const uint8_t id[16],
                                  limpet_schema** schema, limpet_error** error) {
  return guarded(error, [&] {
    if (registry == nullptr || id == nullptr || schema == nullptr) {
      return fail(FailureKind::Config, "an argument is NULL", error);
    }
    *schema = nullptr;
    std::array<std::uint8_t, 16> bytes{};
    std::copy_n(id, bytes.size(), bytes.begin());
    return give_schema(registry->source->by_version(limpet::Uuid(bytes)), schema, error);
  });
}

limpet_status limpet_schema_for(limpet_registry* registry, limpet_text name, limpet_format format,
                                limpet_text definition, limpet_schema** schema,
                                limpet_error** error) {
  return guarded(error, [&] {
    if (registry == nullptr || schema == nullptr) {
      return fail(FailureKind::Config, "an argument is NULL", error);
    }
    *schema = nullptr;
    if (format < LIMPET_AVRO || format > LIMPET_PROTOBUF) {
      return fail(FailureKind::Config, "no such format", error);
    }
    auto ids = registry->source->by_definition({.schema_name = view(name),
                                                .format = static_cast<limpet::DataFormat>(format),
                                                .definition = view(definition),
                                                .topic = view(name)});
    if (!ids) return fail(std::move(ids).failure(), error);
    return give_schema(registry->source->by_version(ids->version), schema, error);
  });
}

void limpet_schema_free(limpet_schema* schema) { delete schema; }

limpet_format limpet_schema_format(const limpet_schema* schema) {
  return static_cast<limpet_format>(schema->schema->format());
}

const uint8_t* limpet_schema_id(const limpet_schema* schema) {
  return schema->schema->id().bytes().data();
}

limpet_text limpet_schema_definition(const limpet_schema* schema) {
  return text_of(schema->schema->definition());
}

limpet_text limpet_schema_name(const limpet_schema* schema) {
  return text_of(schema->schema->name());
}
