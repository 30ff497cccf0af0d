#include "settings.h"

#include "limpet/kafka/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace limpet::kafka {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::Pair;

/// What librdkafka holds for a property.
std::string held(const Config& config, const std::string& name) {
  const auto conf = make_conf(config, {});
  if (!conf) return "error: " + describe(conf.error());
  char text[512];
  std::size_t size = sizeof text;
  if (rd_kafka_conf_get(conf->get(), name.c_str(), text, &size) != RD_KAFKA_CONF_OK) return "none";
  return text;
}

class Fixed : public Clock {
 public:
  Timestamp now() const override { return Timestamp{}; }
};
const Fixed kClock;

MskIam iam(std::string region = {}) {
  return {.credentials = [] { return Result<aws::Credentials>(aws::Credentials{"AK", "SK", ""}); },
          .clock = &kClock,
          .region = std::move(region)};
}

TEST(Librdkafka, HasWhatWeBuildItWith) {
  EXPECT_EQ(librdkafka_version(), "2.15.1");
  for (const char* feature :
       {"ssl", "sasl_plain", "sasl_scram", "sasl_oauthbearer", "gzip", "snappy", "lz4", "zstd"}) {
    EXPECT_THAT(held({}, "builtin.features"), HasSubstr(feature));
  }
}

struct HeldRow {
  const char* name;
  Config config;
  const char* property;
  const char* value;
};

class Held : public testing::TestWithParam<HeldRow> {};

TEST_P(Held, FollowsFromTheTypedMembers) {
  EXPECT_EQ(held(GetParam().config, GetParam().property), GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    Members, Held,
    testing::Values(
        HeldRow{"Bootstrap", {}, "bootstrap.servers", "127.0.0.1:9092"},
        HeldRow{"ClientId", {}, "client.id", "limpet"},
        HeldRow{"Plain", {}, "security.protocol", "plaintext"},
        HeldRow{"SaslAlone",
                {.sasl = SaslMechanism::Plain, .username = "u", .password = "p"},
                "security.protocol",
                "sasl_plaintext"},
        HeldRow{"SaslWithTls",
                {.sasl = SaslMechanism::ScramSha512, .tls = {.ca = "/ca.pem"}},
                "security.protocol",
                "sasl_ssl"},
        HeldRow{"TlsAlone", {.tls = {.ca = "/ca.pem"}}, "security.protocol", "ssl"},
        HeldRow{"Said",
                {.security = Security::SaslPlaintext, .tls = {.ca = "/ca.pem"}},
                "security.protocol",
                "sasl_plaintext"},
        HeldRow{"Scram", {.sasl = SaslMechanism::ScramSha256}, "sasl.mechanisms", "SCRAM-SHA-256"},
        HeldRow{"MskIam", {.msk_iam = iam("eu-west-1")}, "sasl.mechanisms", "OAUTHBEARER"},
        HeldRow{"MskIamUsesTls", {.msk_iam = iam("eu-west-1")}, "security.protocol", "sasl_ssl"},
        HeldRow{"MskIamOverPlain",
                {.security = Security::SaslPlaintext, .msk_iam = iam("eu-west-1")},
                "security.protocol",
                "sasl_plaintext"},
        HeldRow{"PropertiesWin",
                {.client_id = "a", .properties = {{"client.id", "b"}}},
                "client.id",
                "b"}),
    [](const auto& test) { return test.param.name; });

struct RefusedRow {
  const char* name;
  Config config;
  const char* where;
  const char* says;
};

class Refused : public testing::TestWithParam<RefusedRow> {};

TEST_P(Refused, NamesTheProperty) {
  const auto checked = check(GetParam().config);
  ASSERT_EQ(code_of(checked), Code::InvalidInput);
  EXPECT_EQ(checked.error().where, GetParam().where);
  EXPECT_THAT(checked.error().message, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Configs, Refused,
    testing::Values(
        RefusedRow{"NoBroker", {.bootstrap = ""}, "bootstrap.servers", "names no broker"},
        RefusedRow{"UnknownProperty",
                   {.properties = {{"no.such.thing", "1"}}},
                   "no.such.thing",
                   "No such configuration property"},
        RefusedRow{"BadValue",
                   {.properties = {{"fetch.min.bytes", "many"}}},
                   "fetch.min.bytes",
                   "Invalid value"},
        RefusedRow{"OutOfRange",
                   {.properties = {{"fetch.min.bytes", "-1"}}},
                   "fetch.min.bytes",
                   "outside allowed range"},
        RefusedRow{"JavaProperty",
                   {.properties = {{"sasl.jaas.config", "secret"}}},
                   "sasl.jaas.config",
                   "sasl.username"},
        RefusedRow{"NoRegion", {.msk_iam = iam()}, "msk_iam.region", "no region"},
        RefusedRow{"NoCredentials", {.msk_iam = MskIam{}}, "msk_iam", "needs credentials"}),
    [](const auto& test) { return test.param.name; });

TEST(Check, FindsAFileThatIsNotThere) {
  const auto checked = check({.tls = {.ca = "/no/such/file.pem"}});
  ASSERT_EQ(code_of(checked), Code::InvalidInput);
  EXPECT_THAT(checked.error().message, HasSubstr("ssl.ca.location"));
}

TEST(Check, RefusesKerberosWithLibrdkafkasReason) {
  const auto checked =
      check({.security = Security::SaslPlaintext, .properties = {{"sasl.mechanism", "GSSAPI"}}});
  ASSERT_EQ(code_of(checked), Code::InvalidInput);
  EXPECT_THAT(checked.error().message, HasSubstr("GSSAPI"));
}

TEST(Check, RepeatsNoSecret) {
  const Config configs[] = {
      {.security = Security::Ssl, .properties = {{"ssl.key.pem", "hunter2"}}},
      {.properties = {{"ssl.key.password", "hunter2"}, {"sasl.jaas.config", "hunter2"}}},
      {.properties = {{"no.such.password", "hunter2"}}},
      {.sasl = SaslMechanism::Plain,
       .username = "u",
       .password = "hunter2",
       .properties = {{"fetch.min.bytes", "x"}}}};
  for (const auto& config : configs) {
    const auto checked = check(config);
    ASSERT_FALSE(checked);
    EXPECT_THAT(describe(checked.error()), Not(HasSubstr("hunter2")));
  }
}

TEST(Properties, AreReadAsJavaWritesThem) {
  const auto properties = parse_properties(
      "# a comment\n! another\n\n  bootstrap.servers = a:1,b:2 \r\nclient.id=x=y\nlinger.ms=\n"
      "client.id=z");
  ASSERT_TRUE(properties);
  EXPECT_THAT(*properties, testing::ElementsAre(Pair("bootstrap.servers", "a:1,b:2"),
                                                Pair("client.id", "z"), Pair("linger.ms", "")));
}

TEST(Properties, NameTheLineThatIsNone) {
  const struct {
    const char* text;
    const char* where;
  } rows[] = {{"a=1\nb", "line 2"},
              {"=1", "line 1"},
              {"a=1\n\nb=c\\\n", "line 3"},
              {"ssl.truststore.location=/x.jks", "line 1"}};
  for (const auto& row : rows) {
    const auto properties = parse_properties(row.text);
    ASSERT_EQ(code_of(properties), Code::InvalidInput) << row.text;
    EXPECT_EQ(properties.error().where, row.where);
  }
  EXPECT_EQ(code_of(parse_properties(std::string((1U << 20U) + 1, '#'))), Code::LimitExceeded);
}

TEST(SetProperty, FillsTheTypedMembers) {
  Config config;
  const std::pair<const char*, const char*> rows[] = {{"bootstrap.servers", "b:1"},
                                                      {"client.id", "c"},
                                                      {"security.protocol", "SASL_SSL"},
                                                      {"sasl.mechanism", "scram-sha-512"},
                                                      {"sasl.username", "u"},
                                                      {"sasl.password", "p"},
                                                      {"ssl.ca.location", "/ca"},
                                                      {"fetch.min.bytes", "1"},
                                                      {"fetch.min.bytes", "2"}};
  for (const auto& [name, value] : rows) ASSERT_TRUE(set_property(config, name, value)) << name;
  EXPECT_EQ(config.bootstrap, "b:1");
  EXPECT_EQ(config.security, Security::SaslSsl);
  EXPECT_EQ(config.sasl, SaslMechanism::ScramSha512);
  EXPECT_EQ(config.password, "p");
  EXPECT_EQ(config.tls.ca, "/ca");
  EXPECT_THAT(config.properties, testing::ElementsAre(Pair("fetch.min.bytes", "2")));
  EXPECT_EQ(code_of(set_property(config, "security.protocol", "tls")), Code::InvalidInput);
  EXPECT_EQ(code_of(set_property(config, "", "x")), Code::InvalidInput);
}

}  // namespace
}  // namespace limpet::kafka
