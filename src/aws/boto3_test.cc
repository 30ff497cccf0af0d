// Requests that botocore signed (testdata/boto3): we accept them, and sign them alike.
#include "ascii.h"

#include "limpet/aws/sigv4.h"
#include "limpet/json/parse.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace limpet::aws {
namespace {

constexpr const char* kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

struct Captured {
  std::string name;
  HttpRequest request;
  Timestamp now;
  std::string region, service, token;
};

std::vector<Captured> load() {
  std::ifstream in(LIMPET_TESTDATA "/boto3/requests.json");
  std::ostringstream text;
  text << in.rdbuf();
  const auto document = json::parse(text.str());
  std::vector<Captured> out;
  for (const auto& row : document->items()) {
    Captured captured;
    captured.name = row.find("name")->text();
    captured.request.method = row.find("method")->text();
    captured.request.target = row.find("target")->text();
    for (const auto& line : row.find("headers")->items()) {
      captured.request.headers.add(line.items()[0].text(), line.items()[1].text());
    }
    captured.request.body = row.find("body")->text();
    captured.now = *parse_iso8601_basic(row.find("now")->text());
    captured.region = row.find("region")->text();
    captured.service = row.find("service")->text();
    if (row.find("token")->is_string()) captured.token = row.find("token")->text();
    out.push_back(std::move(captured));
  }
  return out;
}

Verifier verifier_for(const Captured& captured) {
  return Verifier({.services = {captured.service}}, [token = captured.token](std::string_view id) {
    KnownKey key{.secret = kSecret, .account = "123456789012", .principal = "p", .session = {}};
    if (!token.empty()) key.session = {token, *parse_iso8601_basic("20270101T000000Z")};
    return id == "AKIDEXAMPLE" ? std::optional(key) : std::nullopt;
  });
}

std::string error_of(const Outcome<Identity>& outcome) {
  const auto* error = std::get_if<WireError>(&outcome);
  return error != nullptr ? error->type + ": " + error->message : "";
}

class Boto3 : public testing::TestWithParam<Captured> {};

TEST_P(Boto3, IsAccepted) {
  const auto& captured = GetParam();
  const auto outcome = verifier_for(captured).verify(captured.request, captured.now);
  EXPECT_EQ(error_of(outcome), "");
  EXPECT_EQ(claimed_identity(captured.request), (Claim{"AKIDEXAMPLE", captured.region}));
}

TEST_P(Boto3, IsRefusedWhenAnythingSignedChanges) {
  const auto& captured = GetParam();
  const auto refused = [&](const HttpRequest& request) {
    const auto outcome = verifier_for(captured).verify(request, captured.now);
    const auto* error = std::get_if<WireError>(&outcome);
    return error != nullptr && (error->type == "InvalidSignatureException" ||
                                error->type == "UnrecognizedClientException");
  };
  HttpRequest body = captured.request;
  body.body += " ";
  EXPECT_TRUE(refused(body));
  HttpRequest method = captured.request;
  method.method = "PUT";
  EXPECT_TRUE(refused(method));
  HttpRequest query = captured.request;
  query.target += query.target.find('?') == std::string::npos ? "?a=b" : "&a=b";
  EXPECT_TRUE(refused(query));
  HttpRequest host = captured.request;
  host.headers.set("host", std::string(*host.header("host")) + "x");
  EXPECT_TRUE(refused(host));
}

TEST_P(Boto3, IsSignedAlike) {
  const auto& captured = GetParam();
  if (!captured.request.header("authorization")) return;  // a presigned one
  HttpRequest request = captured.request;
  // botocore adds the first two to a signed request, unsigned.
  for (const char* name : {"amz-sdk-request", "amz-sdk-invocation-id", "Authorization"}) {
    request.headers.erase(name);
  }
  const Credentials key{"AKIDEXAMPLE", kSecret, captured.token};
  sign(request, key, {.region = captured.region, .service = captured.service}, captured.now);
  EXPECT_EQ(request.header("authorization"), captured.request.header("authorization"));
}

INSTANTIATE_TEST_SUITE_P(Captured, Boto3, testing::ValuesIn(load()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace limpet::aws
