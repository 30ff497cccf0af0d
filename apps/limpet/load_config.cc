#include "load_config.h"

#include "config_file.h"
#include "options.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace limpet::app {

namespace {

/// `source` is how the operator knows the value: "--listen", "LIMPET_LISTEN", "limpet.yaml line 3".
Status apply(const Option& option, Config& config, std::string_view text,
             const std::string& source) {
  auto status = option.set(config, text);
  if (status) return {};
  std::string message = source + ": " + std::string(option.name) + " ";
  if (!option.secret && !text.empty()) message += "\"" + std::string(text.substr(0, 100)) + "\" ";
  return Error::invalid_input(message + status.error().message);
}

Result<ConfigFile> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) {
    return Error::invalid_input("cannot read the configuration file " + path);
  }
  auto file = parse_config_file(text.view());
  if (file) return file;
  const auto& error = file.error();
  return Error::invalid_input(path + (error.where.empty() ? "" : " " + error.where) + ": " +
                              error.message);
}

Status add_key(Config& config, const ConfiguredKey& key, const std::string& source) {
  const auto& account = key.account.empty() ? config.service.account : key.account;
  auto checked = iam::configured_access_key(key.id, key.secret, account);
  if (!checked) {
    return Error::invalid_input(source + ": access key " + key.id + ": " + checked.error().message);
  }
  config.service.access_keys.push_back(*std::move(checked));
  return {};
}

Status collect_keys(Config& config, const std::string& file) {
  const auto& pair = config.environment_key;
  if (pair.id.empty() != pair.secret.empty()) {
    return Error::invalid_input(
        "LIMPET_ACCESS_KEY_ID and LIMPET_SECRET_ACCESS_KEY are a pair: give both or neither");
  }
  if (!pair.id.empty()) LIMPET_CHECK(add_key(config, pair, "LIMPET_ACCESS_KEY_ID"));
  for (const auto& key : config.file_keys) LIMPET_CHECK(add_key(config, key, file));
  return {};
}

}  // namespace

Result<Config> load_config(const ConfigSources& sources) {
  Config config;
  for (const auto& option : options()) {
    if (!option.set) continue;
    const auto own = sources.defaults.find(option.name);
    const auto text =
        own == sources.defaults.end() ? option.fallback : std::string_view(own->second);
    LIMPET_CHECK(apply(option, config, text, "default"));
  }
  if (!sources.file.empty()) {
    LIMPET_TRY(auto file, read_file(sources.file));
    for (const auto& setting : file.settings) {
      LIMPET_CHECK(apply(*setting.option, config, setting.text,
                         sources.file + " line " + std::to_string(setting.line)));
    }
    config.file_keys = std::move(file.keys);
  }
  for (const auto& option : options()) {
    if (option.env.empty() || !option.set) continue;
    const std::string name(option.env);
    if (const auto text = sources.environment(name.c_str()); text && !text->empty()) {
      LIMPET_CHECK(apply(option, config, *text, name));
    }
  }
  for (const auto& option : options()) {
    if (const auto flag = sources.flags.find(option.name); flag != sources.flags.end()) {
      LIMPET_CHECK(apply(option, config, flag->second, "--" + std::string(option.name)));
    }
  }
  LIMPET_CHECK(collect_keys(config, sources.file));
  return config;
}

std::optional<std::string> process_environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? std::optional<std::string>(value) : std::nullopt;
}

}  // namespace limpet::app
