#include "origin.h"

#include <gtest/gtest.h>

namespace limpet::app {
namespace {

struct Row {
  const char* name;
  http::Headers headers;
  bool served;
};

std::string row_name(const testing::TestParamInfo<Row>& row) { return row.param.name; }

bool serves(OriginSettings settings, const http::Headers& headers) {
  return !OriginRule(std::move(settings)).refusal(headers);
}

/// Nothing is configured.
class HostTest : public testing::TestWithParam<Row> {};

TEST_P(HostTest, Decides) { EXPECT_EQ(serves({}, GetParam().headers), GetParam().served); }

INSTANTIATE_TEST_SUITE_P(
    Hosts, HostTest,
    testing::Values(Row{"Address", {{"Host", "127.0.0.1:8484"}}, true},
                    Row{"AddressOfTheNetwork", {{"Host", "192.168.1.20:8484"}}, true},
                    Row{"AddressWithoutPort", {{"Host", "10.0.0.1"}}, true},
                    Row{"ShortAddress", {{"Host", "127.1:8484"}}, true},
                    Row{"V6", {{"Host", "[::1]:8484"}}, true},
                    Row{"V6OfTheNetwork", {{"Host", "[fd00::7]"}}, true},
                    Row{"Localhost", {{"Host", "localhost:8484"}}, true},
                    Row{"UpperCase", {{"HOST", "LOCALHOST:8484"}}, true},
                    Row{"BelowLocalhost", {{"Host", "glue.us-east-1.localhost:8484"}}, true},
                    Row{"FullName", {{"Host", "localhost.:8484"}}, true},
                    Row{"ContainerName", {{"Host", "limpet:8484"}}, true},
                    Row{"ContainerNameWithLine", {{"Host", "my_stack-limpet-1"}}, true},
                    Row{"HostOfTheContainer", {{"Host", "host.docker.internal:8484"}}, true},
                    Row{"ClusterName", {{"Host", "limpet.default.svc.cluster.local"}}, true},
                    Row{"EmptyPort", {{"Host", "localhost:"}}, true}, Row{"NoHost", {}, true},
                    Row{"EmptyHost", {{"Host", ""}}, true},
                    Row{"PublicName", {{"Host", "evil.example.com:8484"}}, false},
                    Row{"PublicFullName", {{"Host", "evil.example.com."}}, false},
                    Row{"ServiceName", {{"Host", "glue.us-east-1.amazonaws.com"}}, false},
                    Row{"NameThatBeginsSo", {{"Host", "localhost.evil.com"}}, false},
                    Row{"NameThatEndsSo", {{"Host", "evil-localhost.com"}}, false},
                    Row{"AddressThatBeginsSo", {{"Host", "127.0.0.1.evil.com"}}, false},
                    Row{"User", {{"Host", "localhost@evil.com"}}, false},
                    Row{"TwoNames", {{"Host", "localhost,evil.com"}}, false},
                    Row{"Blank", {{"Host", "localhost evil"}}, false},
                    Row{"NoAddress", {{"Host", "[::1"}}, false},
                    Row{"NameInBrackets", {{"Host", "[evil.com]"}}, false},
                    Row{"BadPort", {{"Host", "localhost:84x4"}}, false},
                    Row{"PortThatGoesOn", {{"Host", "localhost:123456789"}}, false},
                    Row{"Dots", {{"Host", "a..test"}}, false},
                    Row{"Long", {{"Host", std::string(5000, 'a')}}, false}),
    row_name);

class OriginTest : public testing::TestWithParam<Row> {};

TEST_P(OriginTest, Decides) { EXPECT_EQ(serves({}, GetParam().headers), GetParam().served); }

INSTANTIATE_TEST_SUITE_P(
    Origins, OriginTest,
    testing::Values(
        Row{"None", {{"Host", "127.0.0.1:8484"}}, true},
        Row{"Own", {{"Host", "127.0.0.1:8484"}, {"Origin", "http://127.0.0.1:8484"}}, true},
        Row{"OwnByName", {{"Host", "limpet:8484"}, {"Origin", "http://LIMPET:8484"}}, true},
        Row{"OtherServerOfThisMachine",
            {{"Host", "127.0.0.1:8484"}, {"Origin", "http://localhost:3000"}},
            true},
        Row{"OtherServerByV6",
            {{"Host", "localhost:8484"}, {"Origin", "https://[::1]:3000"}},
            true},
        Row{"OtherSite", {{"Host", "127.0.0.1:8484"}, {"Origin", "https://evil.com"}}, false},
        Row{"OtherSiteInUpperCase",
            {{"Host", "127.0.0.1:8484"}, {"ORIGIN", "https://evil.com"}},
            false},
        Row{"Opaque", {{"Host", "127.0.0.1:8484"}, {"Origin", "null"}}, false},
        Row{"Empty", {{"Host", "127.0.0.1:8484"}, {"Origin", ""}}, false},
        Row{"Extension",
            {{"Host", "127.0.0.1:8484"}, {"Origin", "chrome-extension://abcdef"}},
            false},
        Row{"AddressOfTheNetwork",
            {{"Host", "127.0.0.1:8484"}, {"Origin", "http://192.168.1.20"}},
            false},
        Row{"OtherPortOfANetworkName",
            {{"Host", "limpet:8484"}, {"Origin", "http://limpet:9000"}},
            false},
        Row{"NoHost", {{"Origin", "http://evil.com"}}, false},
        Row{"Second",
            {{"Host", "127.0.0.1:8484"},
             {"Origin", "http://127.0.0.1:8484"},
             {"Origin", "http://evil.com"}},
            false},
        Row{"Path", {{"Host", "localhost"}, {"Origin", "http://localhost/evil.com"}}, false}),
    row_name);

/// --allowed-hosts registry.example.com,*.corp.example
class AllowedHostsTest : public testing::TestWithParam<Row> {};

TEST_P(AllowedHostsTest, Decides) {
  EXPECT_EQ(
      serves({.allowed_hosts = {"registry.example.com", "*.corp.example"}}, GetParam().headers),
      GetParam().served);
}

INSTANTIATE_TEST_SUITE_P(
    Allowed, AllowedHostsTest,
    testing::Values(
        Row{"Listed", {{"Host", "registry.example.com"}}, true},
        Row{"ListedWithPort", {{"Host", "Registry.Example.com:443"}}, true},
        Row{"Below", {{"Host", "a.b.CORP.example"}}, true},
        Row{"LocalStill", {{"Host", "127.0.0.1"}}, true},
        Row{"TheZoneItself", {{"Host", "corp.example"}}, false},
        Row{"EndsSo", {{"Host", "evilcorp.example"}}, false},
        Row{"BelowAListedName", {{"Host", "a.registry.example.com"}}, false},
        Row{"Origin", {{"Host", "10.0.0.1"}, {"Origin", "https://registry.example.com"}}, true},
        Row{"OriginBelow", {{"Host", "10.0.0.1"}, {"Origin", "https://ui.corp.example"}}, true},
        Row{"OtherOrigin", {{"Host", "10.0.0.1"}, {"Origin", "https://example.com"}}, false}),
    row_name);

TEST(OriginRuleTest, AStarIsForHostsOnly) {
  const OriginSettings star{.allowed_hosts = {"*"}};
  EXPECT_TRUE(serves(star, {{"Host", "anything.example.com"}}));
  EXPECT_FALSE(serves(star, {{"Host", "10.0.0.1"}, {"Origin", "https://evil.com"}}));
}

TEST(OriginRuleTest, HostsAreAQuestionOfConfiguration) {
  const OriginSettings open{.check_host = false};
  EXPECT_TRUE(serves(open, {{"Host", "limpet.example.com"}}));
  EXPECT_FALSE(serves(open, {{"Host", "limpet.example.com"}, {"Origin", "https://evil.com"}}));
}

TEST(OriginRuleTest, SaysWhatToDo) {
  const OriginRule rule({});
  EXPECT_EQ(rule.refusal({{"Host", "evil.\"\r\n.com"}}),
            "The Host header \"evil.???.com\" is not a name that this server answers to; if it "
            "should be, list it in --allowed-hosts (LIMPET_ALLOWED_HOSTS).");
  EXPECT_EQ(rule.refusal({{"Host", "localhost"}, {"Origin", "https://evil.com"}}),
            "A web page of \"https://evil.com\" may not call this server; if it should, list its "
            "host in --allowed-hosts (LIMPET_ALLOWED_HOSTS).");
  EXPECT_LT(rule.refusal({{"Host", std::string(30'000, 'x')}})->size(), 300U);
}

TEST(AllowedHostTest, IsChecked) {
  for (const char* good : {"*", "limpet", "limpet.example.com", "*.example.com", "fd00::7"}) {
    EXPECT_TRUE(check_allowed_host(good)) << good;
  }
  for (const char* bad : {"", "*.", "a.*.b", "http://a", "a:80", "a b", "[::1]", ".a", "a."}) {
    EXPECT_FALSE(check_allowed_host(bad)) << bad;
  }
}

struct LocalRow {
  const char* name;
  bool loopback;
  http::Headers headers;
  bool local;
};

class LocalRequestTest : public testing::TestWithParam<LocalRow> {};

TEST_P(LocalRequestTest, Decides) {
  http::Request request;
  request.loopback = GetParam().loopback;
  request.headers = GetParam().headers;
  EXPECT_EQ(is_local_request(request), GetParam().local);
}

INSTANTIATE_TEST_SUITE_P(
    Local, LocalRequestTest,
    testing::Values(
        LocalRow{"Address", true, {{"Host", "127.0.0.1:8484"}}, true},
        LocalRow{"Name", true, {{"Host", "LocalHost"}}, true},
        LocalRow{"V6", true, {{"Host", "[::1]:8484"}}, true},
        LocalRow{"OtherPeer", false, {{"Host", "127.0.0.1:8484"}}, false},
        LocalRow{"NoHost", true, {}, false},
        LocalRow{"OtherHost", true, {{"Host", "limpet.example"}}, false},
        LocalRow{"NameThatBeginsSo", true, {{"Host", "localhost.evil.example"}}, false},
        LocalRow{"AddressThatBeginsSo", true, {{"Host", "127.0.0.1.evil.example"}}, false},
        LocalRow{"UserInHost", true, {{"Host", "localhost@evil.example"}}, false},
        LocalRow{"OwnOrigin",
                 true,
                 {{"Host", "localhost:8484"}, {"Origin", "http://localhost:3000"}},
                 true},
        LocalRow{"OtherOrigin",
                 true,
                 {{"Host", "localhost:8484"}, {"Origin", "http://evil.example"}},
                 false},
        LocalRow{"OpaqueOrigin", true, {{"Host", "localhost:8484"}, {"Origin", "null"}}, false}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace limpet::app
