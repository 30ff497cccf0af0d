#include "limpet/client/settings.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

namespace limpet::client {
namespace {

using Variables = std::map<std::string, std::string>;

Environment variables(Variables values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto at = values.find(name);
    return at == values.end() ? std::nullopt : std::optional(at->second);
  };
}

const Variables kPair{{"AWS_ACCESS_KEY_ID", "ENVKEY"}, {"AWS_SECRET_ACCESS_KEY", "envsecret"}};

Variables with(Variables more) {
  more.insert(kPair.begin(), kPair.end());
  return more;
}

const SharedFiles kFiles{.config =
                             "# comment\n"
                             "[default]\n"
                             "region = eu-central-1\n"
                             "[profile staging]\n"
                             "region=eu-west-3\n"
                             "endpoint_url = http://staging:1\n"
                             "services = mine\n"
                             "s3 =\n"
                             "  max_concurrent_requests = 20\n"
                             "[services mine]\n"
                             "glue =\n"
                             "  endpoint_url = http://staging-glue:2\n"
                             "s3 =\n"
                             "  endpoint_url = http://staging-s3:3\n"
                             "[profile assumed]\n"
                             "role_arn = arn:aws:iam::123456789012:role/r\n",
                         .credentials =
                             "[default]\r\n"
                             "aws_access_key_id = FILEKEY\r\n"
                             "aws_secret_access_key = filesecret\r\n"
                             "[staging]\n"
                             "aws_access_key_id = STAGEKEY\n"
                             "aws_secret_access_key = stage=secret\n"
                             "aws_session_token = token\n"
                             "[half]\n"
                             "aws_access_key_id = HALF\n"};

struct SettingsRow {
  std::string name;
  Arguments arguments;
  Variables environment;
  SharedFiles files;
  std::string endpoint;  ///< empty: refused, and `region` is the message
  std::string region;
  std::string access_key_id;  ///< empty: not signed
};

void PrintTo(const SettingsRow& row, std::ostream* out) { *out << row.name; }

class SettingsTest : public testing::TestWithParam<SettingsRow> {};

TEST_P(SettingsTest, Resolve) {
  const SettingsRow& row = GetParam();
  const auto settings = resolve_settings(row.arguments, variables(row.environment), row.files);
  if (row.endpoint.empty()) {
    ASSERT_EQ(code_of(settings), Code::InvalidInput);
    EXPECT_EQ(settings.error().message, row.region);
    return;
  }
  ASSERT_TRUE(settings) << describe(settings.error());
  EXPECT_EQ(settings->endpoint, row.endpoint);
  EXPECT_EQ(settings->region, row.region);
  EXPECT_EQ(settings->credentials ? settings->credentials->access_key_id : "", row.access_key_id);
}

const std::string kLocal(kLocalEndpoint);

INSTANTIATE_TEST_SUITE_P(
    Rows, SettingsTest,
    testing::Values(
        SettingsRow{"EnvironmentOnly", {}, kPair, {}, kLocal, "us-east-1", "ENVKEY"},
        SettingsRow{"DefaultProfile", {}, {}, kFiles, kLocal, "eu-central-1", "FILEKEY"},
        SettingsRow{"EnvironmentBeatsTheDefaultProfile",
                    {},
                    with({{"AWS_REGION", "ap-south-1"}, {"AWS_DEFAULT_REGION", "us-west-2"}}),
                    kFiles,
                    kLocal,
                    "ap-south-1",
                    "ENVKEY"},
        SettingsRow{"DefaultRegionVariable",
                    {},
                    with({{"AWS_DEFAULT_REGION", "us-west-2"}}),
                    kFiles,
                    kLocal,
                    "us-west-2",
                    "ENVKEY"},
        SettingsRow{"NamedProfileBeatsTheEnvironmentsKeys",
                    {.profile = "staging"},
                    kPair,
                    kFiles,
                    "http://staging-glue:2",
                    "eu-west-3",
                    "STAGEKEY"},
        SettingsRow{"ProfileVariable",
                    {},
                    {{"AWS_PROFILE", "staging"}},
                    kFiles,
                    "http://staging-glue:2",
                    "eu-west-3",
                    "STAGEKEY"},
        SettingsRow{"ArgumentsBeatAll",
                    {.endpoint = "http://here:9", .region = "us-east-2"},
                    with({{"AWS_ENDPOINT_URL_GLUE", "http://env:1"}, {"AWS_REGION", "x"}}),
                    kFiles,
                    "http://here:9",
                    "us-east-2",
                    "ENVKEY"},
        SettingsRow{"ServiceEndpointBeatsTheGeneralOne",
                    {},
                    with({{"AWS_ENDPOINT_URL", "http://all:1"},
                          {"AWS_ENDPOINT_URL_GLUE", "http://glue:2"}}),
                    {},
                    "http://glue:2",
                    "us-east-1",
                    "ENVKEY"},
        SettingsRow{"GeneralEndpoint",
                    {},
                    with({{"AWS_ENDPOINT_URL", "http://all:1"}}),
                    {},
                    "http://all:1",
                    "us-east-1",
                    "ENVKEY"},
        SettingsRow{"IgnoredEndpoints",
                    {},
                    with({{"AWS_ENDPOINT_URL", "http://all:1"},
                          {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}}),
                    {},
                    kLocal,
                    "us-east-1",
                    "ENVKEY"},
        SettingsRow{"TheWordAws",
                    {.endpoint = "aws", .region = "eu-west-1"},
                    kPair,
                    {},
                    "https://glue.eu-west-1.amazonaws.com",
                    "eu-west-1",
                    "ENVKEY"},
        SettingsRow{"TheWordAwsInChina",
                    {.endpoint = "aws", .region = "cn-north-1"},
                    kPair,
                    {},
                    "https://glue.cn-north-1.amazonaws.com.cn",
                    "cn-north-1",
                    "ENVKEY"},
        SettingsRow{"Unsigned", {.sign = false}, {}, {}, kLocal, "us-east-1", ""},
        SettingsRow{"NoCredentials",
                    {},
                    {},
                    {},
                    "",
                    "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give "
                    "--profile, or --no-sign for a server that runs with --auth off",
                    ""},
        SettingsRow{"HalfAPairInTheEnvironment",
                    {},
                    {{"AWS_ACCESS_KEY_ID", "x"}},
                    {},
                    "",
                    "the environment holds only half of a key pair",
                    ""},
        SettingsRow{"HalfAPairInTheProfile",
                    {.profile = "half"},
                    {},
                    kFiles,
                    "",
                    "profile half holds only half of a key pair",
                    ""},
        SettingsRow{"UnknownProfile",
                    {.profile = "nope"},
                    kPair,
                    kFiles,
                    "",
                    "there is no profile nope in the AWS config files",
                    ""},
        SettingsRow{"ProfileOfARoleWithoutSource",
                    {.profile = "assumed"},
                    {},
                    kFiles,
                    "",
                    "profile assumed has a role_arn, and needs one of source_profile and "
                    "credential_source",
                    ""},
        SettingsRow{"MalformedFile",
                    {},
                    kPair,
                    {.config = "[default]\nregion\n"},
                    "",
                    "cannot read the AWS config file: expected name = value",
                    ""},
        SettingsRow{"OpenBracket",
                    {},
                    kPair,
                    {.credentials = "[default\n"},
                    "",
                    "cannot read the AWS credentials file: a section name needs a closing bracket",
                    ""},
        SettingsRow{"ValueBeforeASection",
                    {},
                    kPair,
                    {.config = "region = x\n"},
                    "",
                    "cannot read the AWS config file: a value stands before the first section",
                    ""}),
    [](const auto& row) { return row.param.name; });

TEST(Settings, TokensAndSecretsAreReadWhole) {
  const auto settings = resolve_settings({.profile = "staging"}, variables({}), kFiles);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->credentials->secret_access_key, "stage=secret");
  EXPECT_EQ(settings->credentials->session_token, "token");
}

TEST(Settings, FilesAreFoundThroughTheEnvironment) {
  const std::filesystem::path home =
      std::filesystem::path(testing::TempDir()) / "limpet_client_home";
  std::filesystem::create_directories(home / ".aws");
  std::ofstream(home / ".aws" / "credentials") << kFiles.credentials;
  std::ofstream(home / "elsewhere") << kFiles.config;
  const auto settings = load_settings(
      {}, variables({{"HOME", home.string()}, {"AWS_CONFIG_FILE", (home / "elsewhere").string()}}));
  ASSERT_TRUE(settings) << describe(settings.error());
  EXPECT_EQ(settings->region, "eu-central-1");
  EXPECT_EQ(settings->credentials->access_key_id, "FILEKEY");

  std::ofstream(home / "elsewhere") << std::string((1 << 20) + 1, '#');
  EXPECT_EQ(
      code_of(load_settings({}, variables({{"HOME", home.string()},
                                           {"AWS_CONFIG_FILE", (home / "elsewhere").string()}}))),
      Code::InvalidInput);
  std::filesystem::remove_all(home);
}

TEST(Settings, FindsTheAuthoritiesOfHttps) {
  const SharedFiles files{.config =
                              "[profile p]\nca_bundle = /profile.pem\n"
                              "aws_access_key_id = AKID\naws_secret_access_key = s\n"};
  const auto found = [&](const Arguments& arguments, const std::string& variable) {
    const auto settings = resolve_settings(
        arguments,
        [&](const std::string& name) -> std::optional<std::string> {
          if (name == "AWS_CA_BUNDLE" && !variable.empty()) return variable;
          return std::nullopt;
        },
        files);
    return settings ? settings->ca_file : describe(settings.error());
  };
  EXPECT_EQ(found({.profile = "p", .ca_file = "/argument.pem"}, "/variable.pem"), "/argument.pem");
  EXPECT_EQ(found({.profile = "p"}, "/variable.pem"), "/variable.pem");
  EXPECT_EQ(found({.profile = "p"}, ""), "/profile.pem");
  EXPECT_EQ(found({.sign = false}, ""), "");
}

TEST(Settings, KnowsTheHostsOfAws) {
  for (const char* endpoint :
       {"https://glue.us-east-1.amazonaws.com", "https://GLUE.eu-west-1.AmazonAWS.com/",
        "https://glue.cn-north-1.amazonaws.com.cn", "https://glue.us-east-1.api.aws"}) {
    EXPECT_TRUE(is_aws_endpoint(endpoint)) << endpoint;
  }
  for (const char* endpoint : {"http://127.0.0.1:8484", "https://amazonaws.com.example.org",
                               "https://notamazonaws.com", "aws", ""}) {
    EXPECT_FALSE(is_aws_endpoint(endpoint)) << endpoint;
  }
}

TEST(Settings, AKindThatChangesIsAProvider) {
  const SharedFiles files{.config =
                              "[profile r]\nrole_arn=arn:r\nsource_profile=k\n"
                              "[profile k]\naws_access_key_id=A\naws_secret_access_key=s\n",
                          .credentials = {}};
  const auto role = resolve_settings({.profile = "r"}, variables({}), files);
  ASSERT_TRUE(role) << describe(role.error());
  EXPECT_FALSE(role->credentials);
  EXPECT_NE(role->provider, nullptr);
  const auto keys = resolve_settings({.profile = "k"}, variables({}), files);
  EXPECT_EQ(keys->credentials->access_key_id, "A");
  EXPECT_EQ(keys->provider, nullptr);
}

}  // namespace
}  // namespace limpet::client
