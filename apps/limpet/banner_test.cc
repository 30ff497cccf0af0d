#include "banner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace limpet::app {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Banner, SaysHowToConnect) {
  Config config;
  config.data = "./limpet-data";
  config.service.account = "123456789012";
  config.service.access_keys.push_back({.id = "AKIAIOSFODNN7EXAMPLE",
                                        .secret = "hidden",
                                        .account = {},
                                        .principal = {},
                                        .description = {}});
  const auto text = serve_banner({.config = config, .address = "127.0.0.1:8484", .has_keys = true});
  EXPECT_THAT(text, HasSubstr("http://127.0.0.1:8484\n"));
  EXPECT_THAT(text, HasSubstr("data     ./limpet-data\n"));
  EXPECT_THAT(text, HasSubstr("auth     sigv4, access key AKIAIOSFODNN7EXAMPLE\n"));
  EXPECT_THAT(text, HasSubstr("account  123456789012\n"));
  EXPECT_THAT(text, Not(HasSubstr("hidden")));
}

TEST(Banner, WarnsOfOpenDoorsAndMissingKeys) {
  Config config;
  EXPECT_THAT(serve_banner({.config = config, .address = "a:1", .has_keys = false}),
              HasSubstr("there is no access key yet"));
  config.service.auth = glue_api::AuthMode::Off;
  EXPECT_THAT(serve_banner({.config = config, .address = "a:1", .has_keys = false}),
              HasSubstr("auth     off: whoever"));
}

TEST(Banner, GivesLinesThatAShellCanRead) {
  const auto text = dev_banner({.address = "127.0.0.1:8484",
                                .folder = "/tmp/x",
                                .temporary = true,
                                .access_key_id = "ID",
                                .secret_access_key = "SECRET"});
  EXPECT_THAT(text, HasSubstr("\nexport AWS_ENDPOINT_URL_GLUE=http://127.0.0.1:8484\n"));
  EXPECT_THAT(text, HasSubstr("\nexport AWS_ACCESS_KEY_ID=ID\n"));
  EXPECT_THAT(text, HasSubstr("\nexport AWS_SECRET_ACCESS_KEY=SECRET\n"));
  EXPECT_THAT(text, HasSubstr("boto3.client("));
  EXPECT_THAT(text, HasSubstr("\nexport AWS_REGION=us-east-1\n"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(line.empty() || line[0] == '#' || line.starts_with("export ")) << line;
  }
}

}  // namespace
}  // namespace limpet::app
