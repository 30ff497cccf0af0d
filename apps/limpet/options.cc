#include "options.h"

#include "origin.h"

#include "limpet/aws/arn.h"

#include <algorithm>
#include <array>

namespace limpet::app {

using namespace std::chrono_literals;
using enum OptionType;

namespace {

constexpr std::string_view kServer = "Server";
constexpr std::string_view kTls = "TLS";
constexpr std::string_view kKeys = "Access keys";
constexpr std::string_view kRegistry = "Schema Registry";
constexpr std::string_view kLogs = "Logs";
constexpr std::string_view kLimits = "Limits";

/// Keeps what a reader answers, or passes its error on.
template <class Member, class T>
Status keep(Member& member, Result<T> value) {
  if (!value) return std::move(value).error();
  member = *std::move(value);
  return {};
}

template <class Member>
struct Named {
  std::string_view name;
  Member value;
};

/// Keeps the value of the choice that `text` names.
template <class Member, class Value, std::size_t N>
Status choose(Member& member, std::string_view text, const Named<Value> (&choices)[N]) {
  std::string names;
  for (const auto& choice : choices) {
    if (choice.name == text) {
      member = choice.value;
      return {};
    }
    names += (names.empty() ? "" : ", ") + std::string(choice.name);
  }
  return Error::invalid_input("must be one of: " + names);
}

Status set_regions(Config& config, std::string_view text) {
  config.service.regions = parse_list(text);
  for (const auto& region : config.service.regions) {
    if (!aws::is_region(region)) {
      return Error::invalid_input("must be a list of regions such as us-east-1,eu-west-1");
    }
  }
  return {};
}

Status set_account(Config& config, std::string_view text) {
  if (!aws::is_account(text)) return Error::invalid_input("must be twelve digits");
  config.service.account = text;
  return {};
}

Status set_allowed_hosts(Config& config, std::string_view text) {
  config.allowed_hosts = parse_list(text);
  for (const auto& host : config.allowed_hosts) LIMPET_CHECK(check_allowed_host(host));
  return {};
}

Status set_listen(Config& config, std::string_view text) {
  return keep(config.listen, net::parse_host_port(text));
}

Status set_data(Config& config, std::string_view text) {
  if (text.empty()) return Error::invalid_input("must name a folder");
  config.data = text;
  return {};
}

Status set_change_log_retention(Config& config, std::string_view text) {
  config.change_log_retention.reset();
  if (text == "forever") return {};
  auto keep_for = parse_duration(text, std::chrono::days(36'500));
  if (!keep_for) return Error::invalid_input("must be a duration such as 90d, or forever");
  config.change_log_retention = *keep_for;
  return {};
}

Status set_default_compatibility(Config& config, std::string_view text) {
  config.service.registry.default_compatibility.reset();
  if (text.empty()) return {};
  const auto mode = compat::parse_mode(text);
  if (!mode) {
    return Error::invalid_input(
        "must be one of: NONE, DISABLED, BACKWARD, BACKWARD_ALL, FORWARD, FORWARD_ALL, FULL, "
        "FULL_ALL");
  }
  config.service.registry.default_compatibility = *mode;
  return {};
}

constexpr std::size_t kGiB = 1UL << 30;

constexpr auto kOptions = std::to_array<Option>({
    {.group = kServer,
     .name = "listen",
     .env = "LIMPET_LISTEN",
     .path = "listen",
     .fallback = "127.0.0.1:8484",
     .sentence = "Address and port to serve on; port 0 takes a free one.",
     .set = set_listen},
    {.group = kServer,
     .name = "data",
     .env = "LIMPET_DATA",
     .path = "data",
     .fallback = "./limpet-data",
     .sentence = "Folder that holds all state; it is made when it is missing.",
     .set = set_data},
    {.group = kServer,
     .name = "auth",
     .env = "LIMPET_AUTH",
     .path = "auth",
     .type = Choice,
     .choices = "sigv4|off",
     .fallback = "sigv4",
     .sentence = "Whether requests must be signed with a known access key.",
     .set =
         [](Config& config, std::string_view text) {
           static constexpr Named<glue_api::AuthMode> kChoices[] = {
               {"sigv4", glue_api::AuthMode::SigV4}, {"off", glue_api::AuthMode::Off}};
           return choose(config.service.auth, text, kChoices);
         }},
    {.group = kServer,
     .name = "account",
     .env = "LIMPET_ACCOUNT",
     .path = "account",
     .fallback = "123456789012",
     .sentence = "Account of keys that name none, and of every caller when auth is off.",
     .set = set_account},
    {.group = kServer,
     .name = "insecure",
     .env = "LIMPET_INSECURE",
     .path = "insecure",
     .type = Switch,
     .fallback = "off",
     .sentence = "Serve beyond this machine even without access keys or with auth off.",
     .set = [](Config& config,
               std::string_view text) { return keep(config.insecure, parse_switch(text)); }},
    {.group = kServer,
     .name = "allowed-hosts",
     .env = "LIMPET_ALLOWED_HOSTS",
     .path = "allowed_hosts",
     .type = List,
     .fallback = "",
     .sentence = "Public names that the server is called by: NAME, *.NAME (below it), * (any).",
     .set = set_allowed_hosts},
    {.group = kServer,
     .name = "regions",
     .env = "LIMPET_REGIONS",
     .path = "regions",
     .type = List,
     .fallback = "",
     .sentence = "Regions that a request may be signed for; empty means every one.",
     .set = set_regions},
    {.group = kServer,
     .name = "clock-skew",
     .env = "LIMPET_CLOCK_SKEW",
     .path = "clock_skew",
     .type = Duration,
     .fallback = "300s",
     .sentence = "How far the time of a signature may be from the server's.",
     .set = [](Config& config, std::string_view text) -> Status {
       LIMPET_TRY(const auto skew, parse_duration(text, 24h));
       config.service.clock_skew = std::chrono::ceil<std::chrono::seconds>(skew);
       return {};
     }},
    {.group = kServer,
     .name = "stop-timeout",
     .env = "LIMPET_STOP_TIMEOUT",
     .path = "stop_timeout",
     .type = Duration,
     .fallback = "30s",
     .sentence = "How long requests in flight may take to finish after SIGTERM.",
     .set =
         [](Config& config, std::string_view text) {
           return keep(config.stop_timeout, parse_duration(text, 1h));
         }},
    {.group = kServer,
     .name = "threads",
     .env = "LIMPET_THREADS",
     .path = "threads",
     .type = Integer,
     .fallback = "0",
     .sentence = "Threads that handle requests; 0 means one per processor.",
     .set =
         [](Config& config, std::string_view text) {
           return keep(config.threads, parse_integer(text, 0, 1024));
         }},

    {.group = kServer,
     .name = "change-log-retention",
     .env = "LIMPET_CHANGE_LOG_RETENTION",
     .path = "change_log_retention",
     .type = Duration,
     .choices = "DURATION|forever",
     .fallback = "90d",
     .sentence = "How long the change log, which tells who changed what, keeps an entry.",
     .set = set_change_log_retention},

    {.group = kServer,
     .name = "core-dumps",
     .env = "LIMPET_CORE_DUMPS",
     .path = "core_dumps",
     .type = Switch,
     .fallback = "off",
     .sentence = "Let a crash leave a core file, and debuggers attach; both would show secrets.",
     .set = [](Config& config,
               std::string_view text) { return keep(config.core_dumps, parse_switch(text)); }},

    {.group = kTls,
     .name = "tls-certificate",
     .env = "LIMPET_TLS_CERTIFICATE",
     .path = "tls.certificate",
     .fallback = "",
     .sentence = "PEM file of the server's certificate and its chain; with it the port speaks "
                 "TLS 1.2 and 1.3 only. Read again on SIGHUP.",
     .set = [](Config& config, std::string_view text) -> Status {
       config.tls.certificate = text;
       return {};
     }},
    {.group = kTls,
     .name = "tls-key",
     .env = "LIMPET_TLS_KEY",
     .path = "tls.key",
     .fallback = "",
     .sentence = "PEM file of the certificate's key, without a passphrase. Read again on "
                 "SIGHUP.",
     .set = [](Config& config, std::string_view text) -> Status {
       config.tls.key = text;
       return {};
     }},
    {.group = kTls,
     .name = "tls-client-auth",
     .env = "LIMPET_TLS_CLIENT_AUTH",
     .path = "tls.client_auth",
     .type = Choice,
     .choices = "off|optional|required",
     .fallback = "off",
     .sentence = "Whether clients must show a certificate; a bad one is refused in any case.",
     .set =
         [](Config& config, std::string_view text) {
           using net::ClientCertificates;
           static constexpr Named<ClientCertificates> kChoices[] = {
               {"off", ClientCertificates::Off},
               {"optional", ClientCertificates::Optional},
               {"required", ClientCertificates::Required}};
           return choose(config.tls.client_certificates, text, kChoices);
         }},
    {.group = kTls,
     .name = "tls-client-ca",
     .env = "LIMPET_TLS_CLIENT_CA",
     .path = "tls.client_ca",
     .fallback = "",
     .sentence = "PEM file of the authorities that sign clients' certificates. Read again on "
                 "SIGHUP.",
     .set = [](Config& config, std::string_view text) -> Status {
       config.tls.client_authorities = text;
       return {};
     }},

    {.group = kKeys,
     .name = "access-key-id",
     .env = "LIMPET_ACCESS_KEY_ID",
     .path = "access_key_id",
     .fallback = "",
     .sentence = "Id of an access key of the server's account.",
     .places = OptionPlaces::NoFlag,
     .set = [](Config& config, std::string_view text) -> Status {
       config.environment_key.id = text;
       return {};
     }},
    {.group = kKeys,
     .name = "secret-access-key",
     .env = "LIMPET_SECRET_ACCESS_KEY",
     .path = "secret_access_key",
     .fallback = "",
     .sentence = "Secret of that access key; never a flag, since others can see those.",
     .secret = true,
     .places = OptionPlaces::NoFlag,
     .set = [](Config& config, std::string_view text) -> Status {
       config.environment_key.secret = text;
       return {};
     }},
    {.group = kKeys,
     .name = "access-keys",
     .env = "",
     .path = "access_keys",
     .type = Keys,
     .fallback = "",
     .sentence = "More access keys: a list of entries with id, secret and (optional) account.",
     .secret = true,
     .places = OptionPlaces::FileOnly},

    {.group = kRegistry,
     .name = "quotas",
     .env = "LIMPET_QUOTAS",
     .path = "registry.quotas",
     .type = Choice,
     .choices = "aws|unlimited",
     .fallback = "unlimited",
     .sentence = "Whether the documented quotas of AWS Glue apply.",
     .set =
         [](Config& config, std::string_view text) {
           static const Named<registry::Quotas> kChoices[] = {
               {"aws", registry::Quotas::aws()}, {"unlimited", registry::Quotas::unlimited()}};
           return choose(config.service.registry.quotas, text, kChoices);
         }},
    {.group = kRegistry,
     .name = "explain-metadata",
     .env = "LIMPET_EXPLAIN_METADATA",
     .path = "registry.explain_metadata",
     .type = Switch,
     .fallback = "on",
     .sentence = "QuerySchemaVersionMetadata tells why a version failed, under limpet.reason.",
     .set =
         [](Config& config, std::string_view text) {
           return keep(config.service.registry.reason_metadata, parse_switch(text));
         }},
    {.group = kRegistry,
     .name = "default-compatibility",
     .env = "LIMPET_DEFAULT_COMPATIBILITY",
     .path = "registry.default_compatibility",
     .fallback = "",
     .sentence = "Mode of a schema that is created without one; empty means it must name one.",
     .set = set_default_compatibility},
    {.group = kRegistry,
     .name = "lenient-update-schema",
     .env = "LIMPET_LENIENT_UPDATE_SCHEMA",
     .path = "registry.lenient_update_schema",
     .type = Switch,
     .fallback = "off",
     .sentence = "UpdateSchema may come without SchemaVersionNumber.",
     .set =
         [](Config& config, std::string_view text) {
           return keep(config.service.registry.lenient_update_schema, parse_switch(text));
         }},
    {.group = kRegistry,
     .name = "schemaid-default-registry",
     .env = "LIMPET_SCHEMAID_DEFAULT_REGISTRY",
     .path = "registry.schemaid_default_registry",
     .type = Switch,
     .fallback = "off",
     .sentence = "A SchemaName without a RegistryName means the default registry.",
     .set =
         [](Config& config, std::string_view text) {
           return keep(config.service.schema_id_default_registry, parse_switch(text));
         }},
    {.group = kRegistry,
     .name = "baseline-for-single-modes",
     .env = "LIMPET_BASELINE_FOR_SINGLE_MODES",
     .path = "registry.baseline_for_single_modes",
     .type = Choice,
     .choices = "latest|checkpoint",
     .fallback = "latest",
     .sentence = "The version that BACKWARD, FORWARD and FULL compare with.",
     .set =
         [](Config& config, std::string_view text) {
           using registry::SingleBaseline;
           static constexpr Named<SingleBaseline> kChoices[] = {
               {"latest", SingleBaseline::Latest}, {"checkpoint", SingleBaseline::Checkpoint}};
           return choose(config.service.registry.baseline_for_single_modes, text, kChoices);
         }},
    {.group = kRegistry,
     .name = "all-modes-scope",
     .env = "LIMPET_ALL_MODES_SCOPE",
     .path = "registry.all_modes_scope",
     .type = Choice,
     .choices = "checkpoint|everything",
     .fallback = "checkpoint",
     .sentence = "The versions that the _ALL modes compare with: from the checkpoint on, or all.",
     .set =
         [](Config& config, std::string_view text) {
           using registry::ManyBaseline;
           static constexpr Named<ManyBaseline> kChoices[] = {
               {"checkpoint", ManyBaseline::FromCheckpoint},
               {"everything", ManyBaseline::Everything}};
           return choose(config.service.registry.all_modes_scope, text, kChoices);
         }},
    {.group = kRegistry,
     .name = "strict-delete-all-modes",
     .env = "LIMPET_STRICT_DELETE_ALL_MODES",
     .path = "registry.strict_delete_all_modes",
     .type = Switch,
     .fallback = "off",
     .sentence = "Under an _ALL mode, versions from the checkpoint on cannot be deleted.",
     .set =
         [](Config& config, std::string_view text) {
           return keep(config.service.registry.strict_delete_all_modes, parse_switch(text));
         }},
    {.group = kRegistry,
     .name = "glue-avro-enum-symbols",
     .env = "LIMPET_GLUE_AVRO_ENUM_SYMBOLS",
     .path = "glue.avro.enum_symbols",
     .type = Choice,
     .choices = "strict|lenient",
     .fallback = "strict",
     .sentence = "Whether losing an enum symbol that has no default is incompatible.",
     .set =
         [](Config& config, std::string_view text) {
           static constexpr Named<bool> kChoices[] = {{"strict", true}, {"lenient", false}};
           return choose(config.service.registry.check.avro_enum_symbols_strict, text, kChoices);
         }},
    {.group = kRegistry,
     .name = "glue-avro-record-names",
     .env = "LIMPET_GLUE_AVRO_RECORD_NAMES",
     .path = "glue.avro.record_names",
     .type = Choice,
     .choices = "ignore|simple",
     .fallback = "ignore",
     .sentence = "Whether a record must keep its simple name.",
     .set =
         [](Config& config, std::string_view text) {
           static constexpr Named<bool> kChoices[] = {{"ignore", false}, {"simple", true}};
           return choose(config.service.registry.check.avro_record_names_matter, text, kChoices);
         }},
    {.group = kRegistry,
     .name = "glue-json-compatibility",
     .env = "LIMPET_GLUE_JSON_COMPATIBILITY",
     .path = "glue.json.compatibility",
     .type = Choice,
     .choices = "strict|lenient",
     .fallback = "strict",
     .sentence = "Whether a property that joins an open content model is incompatible.",
     .set =
         [](Config& config, std::string_view text) {
           static constexpr Named<bool> kChoices[] = {{"strict", false}, {"lenient", true}};
           return choose(config.service.registry.check.json_lenient, text, kChoices);
         }},

    {.group = kLogs,
     .name = "log-format",
     .env = "LIMPET_LOG_FORMAT",
     .path = "log.format",
     .type = Choice,
     .choices = "text|json",
     .fallback = "text",
     .sentence = "One key=value line, or one JSON object, per event.",
     .set =
         [](Config& config, std::string_view text) {
           static constexpr Named<LogFormat> kChoices[] = {{"text", LogFormat::Text},
                                                           {"json", LogFormat::Json}};
           return choose(config.log.format, text, kChoices);
         }},
    {.group = kLogs,
     .name = "log-level",
     .env = "LIMPET_LOG_LEVEL",
     .path = "log.level",
     .type = Choice,
     .choices = "debug|info|warning|error",
     .fallback = "info",
     .sentence = "The least level that is written; one line per request is info.",
     .set =
         [](Config& config, std::string_view text) {
           static constexpr Named<LogLevel> kChoices[] = {{"debug", LogLevel::Debug},
                                                          {"info", LogLevel::Info},
                                                          {"warning", LogLevel::Warning},
                                                          {"error", LogLevel::Error}};
           return choose(config.log.level, text, kChoices);
         }},
    {.group = kLogs,
     .name = "log-file",
     .env = "LIMPET_LOG_FILE",
     .path = "log.file",
     .fallback = "",
     .sentence = "File to append to, opened anew on SIGHUP; empty means standard error.",
     .set = [](Config& config, std::string_view text) -> Status {
       config.log.file = text;
       return {};
     }},

    {.group = kLimits,
     .name = "max-connections",
     .env = "LIMPET_MAX_CONNECTIONS",
     .path = "limits.max_connections",
     .type = Integer,
     .fallback = "10000",
     .sentence = "Connections served at once; more wait in the kernel's queue.",
     .set =
         [](Config& config, std::string_view text) {
           return keep(config.connections_max, parse_integer(text, 1, 1'000'000));
         }},
    {.group = kLimits,
     .name = "max-calls",
     .env = "LIMPET_MAX_CALLS",
     .path = "limits.max_calls",
     .type = Integer,
     .fallback = "4096",
     .sentence = "API calls in flight at once; one more is answered 503 before it does any work.",
     .set =
         [](Config& config, std::string_view text) {
           return keep(config.service.admission.calls_max, parse_integer(text, 1, 1'000'000));
         }},
    {.group = kLimits,
     .name = "rate-limit",
     .env = "LIMPET_RATE_LIMIT",
     .path = "limits.rate_limit",
     .type = Integer,
     .fallback = "0",
     .sentence = "API calls a second that one access key may make; 0 means any number.",
     .set =
         [](Config& config, std::string_view text) {
           return keep(config.service.admission.rate, parse_integer(text, 0, 1'000'000));
         }},
    {.group = kLimits,
     .name = "rate-burst",
     .env = "LIMPET_RATE_BURST",
     .path = "limits.rate_burst",
     .type = Integer,
     .fallback = "0",
     .sentence = "API calls that one key may make at once; 0 means one second's worth.",
     .set =
         [](Config& config, std::string_view text) {
           return keep(config.service.admission.burst, parse_integer(text, 0, 1'000'000));
         }},
    {.group = kLimits,
     .name = "max-body",
     .env = "LIMPET_MAX_BODY",
     .path = "limits.max_body",
     .type = Bytes,
     .fallback = "4MiB",
     .sentence = "Largest request body; a larger one is answered 413.",
     .set =
         [](Config& config, std::string_view text) {
           return keep(config.body_bytes_max, parse_bytes(text, 1UL << 10, 64UL << 20));
         }},
    {.group = kLimits,
     .name = "max-headers",
     .env = "LIMPET_MAX_HEADERS",
     .path = "limits.max_headers",
     .type = Bytes,
     .fallback = "32KiB",
     .sentence = "Largest request line and headers together; larger ones are answered 431.",
     .set =
         [](Config& config, std::string_view text) {
           return keep(config.header_bytes_max, parse_bytes(text, 1UL << 10, 1UL << 20));
         }},
    {.group = kLimits,
     .name = "max-body-memory",
     .env = "LIMPET_MAX_BODY_MEMORY",
     .path = "limits.max_body_memory",
     .type = Bytes,
     .fallback = "512MiB",
     .sentence = "All request bodies together; beyond it requests are answered 503.",
     .set =
         [](Config& config, std::string_view text) {
           return keep(config.body_memory_max, parse_bytes(text, 1UL << 20, 1024 * kGiB));
         }},
    {.group = kLimits,
     .name = "read-cache",
     .env = "LIMPET_READ_CACHE",
     .path = "read_cache",
     .type = Bytes,
     .fallback = "64MiB",
     .sentence = "Memory for finished answers; 0 keeps none.",
     .set =
         [](Config& config, std::string_view text) {
           return keep(config.service.answer_cache_bytes, parse_bytes(text, 0, 1024 * kGiB));
         }},
    {.group = kLimits,
     .name = "header-timeout",
     .env = "LIMPET_HEADER_TIMEOUT",
     .path = "limits.header_timeout",
     .type = Duration,
     .fallback = "10s",
     .sentence = "Time from the first byte of a request to its last header.",
     .set =
         [](Config& config, std::string_view text) {
           return keep(config.header_timeout, parse_duration(text, 1h));
         }},
    {.group = kLimits,
     .name = "body-timeout",
     .env = "LIMPET_BODY_TIMEOUT",
     .path = "limits.body_timeout",
     .type = Duration,
     .fallback = "60s",
     .sentence = "Time for the body of a request to arrive.",
     .set =
         [](Config& config, std::string_view text) {
           return keep(config.body_timeout, parse_duration(text, 1h));
         }},
    {.group = kLimits,
     .name = "idle-timeout",
     .env = "LIMPET_IDLE_TIMEOUT",
     .path = "limits.idle_timeout",
     .type = Duration,
     .fallback = "60s",
     .sentence = "Time that a connection may wait between two requests.",
     .set =
         [](Config& config, std::string_view text) {
           return keep(config.idle_timeout, parse_duration(text, 24h));
         }},
});

}  // namespace

std::span<const Option> options() { return kOptions; }

}  // namespace limpet::app
