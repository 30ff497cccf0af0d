#include "limpet/client/settings.h"

#include "chain.h"
#include "profiles.h"

#include "limpet/http/url.h"

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
                   value_of(environment, "AWS_ENDPOINT_URL"), profile.service("glue.endpoint_url"),
                   profile.value("endpoint_url"), std::string(kLocalEndpoint)});
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

const Clock& machine_clock() {
  class MachineClock final : public Clock {
   public:
    Timestamp now() const override {
      return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
  };
  static const MachineClock clock;
  return clock;
}

bool is_aws_endpoint(std::string_view endpoint) {
  const auto url = http::parse_url(endpoint);
  if (!url) return false;
  std::string host = url->host;
  for (char& letter : host) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn") ||
         host.ends_with(".api.aws");
}

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
  LIMPET_TRY(const Profiles profiles, Profiles::read(files));
  const Profile profile = profiles.find(name);
  if (!profile.exists && name != "default") {
    return Error::invalid_input("there is no profile " + name + " in the AWS config files");
  }
  Settings settings;
  settings.region =
      first_of({arguments.region, value_of(environment, "AWS_REGION"),
                value_of(environment, "AWS_DEFAULT_REGION"), profile.value("region"), "us-east-1"});
  settings.endpoint = choose_endpoint(arguments, environment, profile);
  settings.ca_file = first_of(
      {arguments.ca_file, value_of(environment, "AWS_CA_BUNDLE"), profile.value("ca_bundle")});
  if (settings.endpoint == "aws") settings.endpoint = aws_endpoint(settings.region);
  if (arguments.sign) {
    const bool aws = is_aws_endpoint(settings.endpoint);
    LIMPET_TRY(Chain chain, make_chain({.profile = arguments.profile,
                                        .region = settings.region,
                                        .reach = aws ? Reach::Machine : Reach::Files},
                                       environment, profiles, machine_clock()));
    settings.credentials = std::move(chain.fixed);
    if (!settings.credentials) settings.provider = std::move(chain.provider);
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
