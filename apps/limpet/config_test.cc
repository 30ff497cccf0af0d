#include "config_file.h"
#include "load_config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace limpet::app {
namespace {

using namespace std::chrono_literals;

constexpr const char* kSecret = "kWcrlUX5JEDGMsecretMUSTnotAPPEAR12345678";

class ConfigTest : public testing::Test {
 protected:
  void TearDown() override {
    if (!sources_.file.empty()) std::filesystem::remove(sources_.file);
  }

  void file(const std::string& text) {
    std::string name = testing::TempDir() + "limpet-config-XXXXXX";
    close(mkstemp(name.data()));
    sources_.file = name;
    std::ofstream(name) << text;
  }

  Result<Config> load() {
    sources_.environment = [this](const char* name) -> std::optional<std::string> {
      const auto found = environment_.find(name);
      if (found == environment_.end()) return std::nullopt;
      return found->second;
    };
    return load_config(sources_);
  }

  std::string message() {
    const auto config = load();
    EXPECT_EQ(code_of(config), Code::InvalidInput);
    return config ? "" : config.error().message;
  }

  ConfigSources sources_;
  std::map<std::string, std::string> environment_;
};

TEST_F(ConfigTest, HasDefaults) {
  const auto config = load();
  ASSERT_TRUE(config.has_value()) << describe(config.error());
  EXPECT_EQ(config->listen, (net::HostPort{"127.0.0.1", 8484}));
  EXPECT_EQ(config->data, "./limpet-data");
  EXPECT_EQ(config->service.auth, glue_api::AuthMode::SigV4);
  EXPECT_EQ(config->service.account, "123456789012");
  EXPECT_EQ(config->service.clock_skew, 300s);
  EXPECT_EQ(config->service.registry.quotas.registries, std::nullopt);
  EXPECT_TRUE(config->service.registry.reason_metadata);
  EXPECT_EQ(config->body_bytes_max, 4UL << 20);
  EXPECT_EQ(config->header_bytes_max, 32UL << 10);
  EXPECT_EQ(config->connections_max, 10'000U);
}

TEST_F(ConfigTest, FlagBeatsEnvironmentBeatsFileBeatsDefault) {
  file("account: '111111111111'\nthreads: 1\nlisten: 127.0.0.1:1\ndata: file\n");
  environment_ = {
      {"LIMPET_ACCOUNT", "222222222222"}, {"LIMPET_THREADS", "2"}, {"LIMPET_LISTEN", ""}};
  sources_.flags = {{"account", "333333333333"}};
  sources_.defaults = {{"data", "own"}};
  const auto config = load();
  ASSERT_TRUE(config.has_value()) << describe(config.error());
  EXPECT_EQ(config->service.account, "333333333333");
  EXPECT_EQ(config->threads, 2U);
  EXPECT_EQ(config->listen.port, 1);  // an empty variable says nothing
  EXPECT_EQ(config->data, "file");
}

TEST_F(ConfigTest, ReadsNestedSettingsListsAndKeys) {
  file(
      "regions: [us-east-1, eu-west-1]\n"
      "log:\n  level: warning\n  format: json\n"
      "registry:\n  quotas: aws\n  default_compatibility: FULL_ALL\n"
      "glue:\n  avro:\n    enum_symbols: lenient\n"
      "limits: {max_body: 1MiB, idle_timeout: 5m}\n"
      "access_keys:\n"
      "  - {id: AKIAIOSFODNN7EXAMPLE, secret: s3cret}\n"
      "  - id: AKIAIOSFODNN7EXAMPLF\n    secret: other\n    account: '999999999999'\n");
  const auto config = load();
  ASSERT_TRUE(config.has_value()) << describe(config.error());
  EXPECT_EQ(config->service.regions, (std::vector<std::string>{"us-east-1", "eu-west-1"}));
  EXPECT_EQ(config->log.level, LogLevel::Warning);
  EXPECT_EQ(config->log.format, LogFormat::Json);
  EXPECT_EQ(config->service.registry.quotas.registries, 10);
  EXPECT_EQ(config->service.registry.default_compatibility, compat::Mode::FullAll);
  EXPECT_FALSE(config->service.registry.check.avro_enum_symbols_strict);
  EXPECT_EQ(config->body_bytes_max, 1UL << 20);
  EXPECT_EQ(config->idle_timeout, 5min);
  ASSERT_EQ(config->service.access_keys.size(), 2U);
  EXPECT_EQ(config->service.access_keys[0].account, "123456789012");
  EXPECT_EQ(config->service.access_keys[1].account, "999999999999");
  EXPECT_EQ(config->service.access_keys[1].secret, "other");
}

TEST_F(ConfigTest, TakesTheKeyPairOfTheEnvironment) {
  environment_ = {{"LIMPET_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"},
                  {"LIMPET_SECRET_ACCESS_KEY", kSecret},
                  {"LIMPET_ACCOUNT", "111111111111"}};
  const auto config = load();
  ASSERT_TRUE(config.has_value()) << describe(config.error());
  ASSERT_EQ(config->service.access_keys.size(), 1U);
  EXPECT_EQ(config->service.access_keys[0].id, "AKIAIOSFODNN7EXAMPLE");
  EXPECT_EQ(config->service.access_keys[0].secret, kSecret);
  EXPECT_EQ(config->service.access_keys[0].account, "111111111111");
}

TEST_F(ConfigTest, WantsBothHalvesOfAPair) {
  environment_ = {{"LIMPET_SECRET_ACCESS_KEY", kSecret}};
  EXPECT_EQ(message(),
            "LIMPET_ACCESS_KEY_ID and LIMPET_SECRET_ACCESS_KEY are a pair: give both or neither");
}

TEST_F(ConfigTest, NamesTheSourceOfABadValue) {
  sources_.flags = {{"account", "12"}};
  EXPECT_EQ(message(), "--account: account \"12\" must be twelve digits");
  sources_.flags.clear();
  environment_ = {{"LIMPET_AUTH", "none"}};
  EXPECT_EQ(message(), "LIMPET_AUTH: auth \"none\" must be one of: sigv4, off");
  environment_.clear();
  file("# a comment\nlimits:\n  max_body: huge\n");
  EXPECT_EQ(message(), sources_.file +
                           " line 3: max-body \"huge\" must be a size such as 65536, "
                           "64KiB or 4MiB");
}

TEST_F(ConfigTest, TellsNoSecret) {
  environment_ = {{"LIMPET_ACCESS_KEY_ID", "short"}, {"LIMPET_SECRET_ACCESS_KEY", kSecret}};
  EXPECT_EQ(message().find(kSecret), std::string::npos);
  environment_.clear();
  file(std::string("access_keys:\n  - id: bad id\n    secret: ") + kSecret + "\n");
  EXPECT_EQ(message().find(kSecret), std::string::npos);
  file(std::string("access_keys:\n  - {id: AKIAIOSFODNN7EXAMPLE, key: ") + kSecret + "}\n");
  EXPECT_EQ(message().find(kSecret), std::string::npos);
}

TEST_F(ConfigTest, SaysThatAFileIsMissing) {
  sources_.file = "/nonexistent/limpet.yaml";
  EXPECT_EQ(message(), "cannot read the configuration file /nonexistent/limpet.yaml");
}

struct FileRow {
  const char* name;
  std::string text;
  const char* error;  // nullptr: good
};

class ConfigFileTest : public testing::TestWithParam<FileRow> {};

TEST_P(ConfigFileTest, IsReadOrRefused) {
  const auto& row = GetParam();
  const auto file = parse_config_file(row.text);
  if (row.error) {
    ASSERT_EQ(code_of(file), Code::InvalidInput);
    EXPECT_EQ(describe(file.error()), row.error);
  } else {
    EXPECT_TRUE(file.has_value()) << describe(file.error());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Files, ConfigFileTest,
    testing::Values(
        FileRow{"Empty", "", nullptr}, FileRow{"OnlyAComment", "# nothing\n", nullptr},
        FileRow{"Unknown", "listen: a:1\nlisten_on: b\n",
                "there is no option listen_on (at line 2)"},
        FileRow{"UnknownNested", "log:\n  colour: red\n",
                "there is no option log.colour (at line 2)"},
        FileRow{"UnknownInsideAnOption", "listen:\n  host: a\n",
                "listen must have one plain value (at line 1)"},
        FileRow{"Twice", "data: a\ndata: b\n", "data is given twice (at line 2)"},
        FileRow{"GroupIsPlain", "log: json\n", "log must hold named values (at line 1)"},
        FileRow{"NoValue", "data:\n", "data must have one plain value (at line 1)"},
        FileRow{"ListWherePlain", "data: [a]\n", "data must have one plain value (at line 1)"},
        FileRow{"NotAMap", "- a\n", "the file must hold named values (at line 1)"},
        FileRow{"KeysNotAList", "access_keys: a\n",
                "access_keys must be a list of entries (at line 1)"},
        FileRow{"KeyWithoutSecret", "access_keys:\n  - id: a\n",
                "an access key has the members id and secret (at line 2)"},
        FileRow{"KeyWithMore", "access_keys:\n  - id: a\n    secret: b\n    region: c\n",
                "an access key has no member region (at line 4)"}),
    [](const auto& row) { return row.param.name; });

TEST(ConfigFile, RefusesWhatIsNotYaml) {
  for (const char* text : {"a: [", "\tlisten: a", "a: b: c", "\"", "*anchor"}) {
    EXPECT_EQ(code_of(parse_config_file(text)), Code::InvalidInput) << text;
  }
  EXPECT_EQ(code_of(parse_config_file(std::string(2UL << 20, '#'))), Code::InvalidInput);
}

}  // namespace
}  // namespace limpet::app
