#include "limpet/client/settings.h"

#include "profiles.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace limpet::client {
namespace {

constexpr std::size_t kSharedFileBytes = 1UL << 20;

std::string first_of(std::initializer_list<std::string> values) {
  for (const std::string& value : values) {
    if (!value.empty()) return value;
  }
  return {};
}

std::string value_of(const Environment& environment, const std::string& name) {
  return environment(name).value_or("");
}

std::string value_of(const Section& section, const std::string& name) {
  const auto at = section.find(name);
  return at == section.end() ? std::string() : at->second;
}

// What both files say of one profile; the credentials file wins.
struct Profile {
  Section values;
  Section services;  // of the [services …] section that the profile names
  bool exists = false;
};

void merge(Profile& profile, const Sections& sections, const std::string& name) {
  const auto at = sections.find(name);
  if (at == sections.end()) return;
  profile.exists = true;
  for (const auto& [key, value] : at->second) profile.values[key] = value;
}

Result<Sections> read_sections(std::string_view text, std::string_view file) {
  auto sections = parse_sections(text);
  if (!sections) {
    return Error::invalid_input(
        "cannot read the AWS " + std::string(file) + " file: " + sections.error().message,
        sections.error().where);
  }
  return sections;
}

Result<Profile> read_profile(const std::string& name, const SharedFiles& files) {
  LIMPET_TRY(const Sections config, read_sections(files.config, "config"));
  LIMPET_TRY(const Sections credentials, read_sections(files.credentials, "credentials"));
  Profile profile;
  if (name == "default") merge(profile, config, "default");
  merge(profile, config, "profile " + name);
  merge(profile, credentials, name);
  const auto services = config.find("services " + value_of(profile.values, "services"));
  if (services != config.end()) profile.services = services->second;
  return profile;
}

std::string aws_endpoint(const std::string& region) {
  return "https://glue." + region + ".amazonaws.com" + (region.starts_with("cn-") ? ".cn" : "");
}

std::string choose_endpoint(const Arguments& arguments, const Environment& environment,
                            const Profile& profile) {
  if (!arguments.endpoint.empty()) return arguments.endpoint;
  if (value_of(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == "true") {
    return std::string(kLocalEndpoint);
  }
  return first_of({value_of(environment, "AWS_ENDPOINT_URL_GLUE"),
                   value_of(environment, "AWS_ENDPOINT_URL"),
                   value_of(profile.services, "glue.endpoint_url"),
                   value_of(profile.values, "endpoint_url"), std::string(kLocalEndpoint)});
}

Result<aws::Credentials> checked_pair(aws::Credentials pair, const std::string& source) {
  if (pair.access_key_id.empty() || pair.secret_access_key.empty()) {
    return Error::invalid_input(source + " holds only half of a key pair");
  }
  return pair;
}

Result<aws::Credentials> profile_credentials(const std::string& name, const Profile& profile) {
  aws::Credentials pair{value_of(profile.values, "aws_access_key_id"),
                        value_of(profile.values, "aws_secret_access_key"),
                        value_of(profile.values, "aws_session_token")};
  if (!pair.access_key_id.empty() || !pair.secret_access_key.empty()) {
    return checked_pair(std::move(pair), "profile " + name);
  }
  for (const char* kind : {"role_arn", "credential_process", "sso_session", "sso_start_url"}) {
    if (!value_of(profile.values, kind).empty()) {
      return Error::invalid_input(
          "profile " + name + " gets its credentials through " + kind +
          ", which limpet does not read; export them first: aws configure export-credentials "
          "--profile " +
          name + " --format env");
    }
  }
  return Error::invalid_input(
      "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile, or "
      "--no-sign for a server that runs with --auth off");
}

Result<aws::Credentials> choose_credentials(const Arguments& arguments,
                                            const Environment& environment, const std::string& name,
                                            const Profile& profile) {
  aws::Credentials pair{value_of(environment, "AWS_ACCESS_KEY_ID"),
                        value_of(environment, "AWS_SECRET_ACCESS_KEY"),
                        value_of(environment, "AWS_SESSION_TOKEN")};
  const bool any = !pair.access_key_id.empty() || !pair.secret_access_key.empty();
  if (any && arguments.profile.empty()) return checked_pair(std::move(pair), "the environment");
  return profile_credentials(name, profile);
}

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::string();  // a missing file is an empty one
  std::string text(kSharedFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kSharedFileBytes) {
    return Error::invalid_input("larger than 1 MiB", path.string());
  }
  return text;
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

Result<Settings> resolve_settings(const Arguments& arguments, const Environment& environment,
                                  const SharedFiles& files) {
  const std::string name = first_of({arguments.profile, value_of(environment, "AWS_PROFILE"),
                                     value_of(environment, "AWS_DEFAULT_PROFILE"), "default"});
  LIMPET_TRY(const Profile profile, read_profile(name, files));
  if (!profile.exists && name != "default") {
    return Error::invalid_input("there is no profile " + name + " in the AWS config files");
  }
  Settings settings;
  settings.region = first_of({arguments.region, value_of(environment, "AWS_REGION"),
                              value_of(environment, "AWS_DEFAULT_REGION"),
                              value_of(profile.values, "region"), "us-east-1"});
  settings.endpoint = choose_endpoint(arguments, environment, profile);
  settings.ca_file = first_of({arguments.ca_file, value_of(environment, "AWS_CA_BUNDLE"),
                               value_of(profile.values, "ca_bundle")});
  if (settings.endpoint == "aws") settings.endpoint = aws_endpoint(settings.region);
  if (arguments.sign) {
    LIMPET_TRY(settings.credentials, choose_credentials(arguments, environment, name, profile));
  }
  return settings;
}

Result<Settings> load_settings(const Arguments& arguments, const Environment& environment) {
  const std::filesystem::path folder =
      std::filesystem::path(value_of(environment, "HOME")) / ".aws";
  const auto path = [&](const std::string& variable, const char* file) {
    const std::string named = value_of(environment, variable);
    return named.empty() ? folder / file : std::filesystem::path(named);
  };
  SharedFiles files;
  LIMPET_TRY(files.config, read_file(path("AWS_CONFIG_FILE", "config")));
  LIMPET_TRY(files.credentials, read_file(path("AWS_SHARED_CREDENTIALS_FILE", "credentials")));
  return resolve_settings(arguments, environment, files);
}

}  // namespace limpet::client
