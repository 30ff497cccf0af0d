// AWS's Signature Version 4 test suite, both ways: what we sign is what AWS signs, and what AWS
// signed we accept.
#include "ascii.h"
#include "canonical.h"

#include "limpet/aws/sigv4.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace limpet::aws {
namespace {

namespace fs = std::filesystem;

const Credentials kKey{.access_key_id = "AKIDEXAMPLE",
                       .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                       .session_token = ""};
const Timestamp kNow = *parse_iso8601_basic("20150830T123600Z");

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

HttpRequest parse_raw(std::string_view text) {
  HttpRequest request;
  std::string_view line = take_until(text, '\n');
  request.method = take_until(line, ' ');
  request.target = line.substr(0, line.rfind(' '));  // one case has a raw space in its path
  while (!text.empty()) {
    line = take_until(text, '\n');
    if (line.empty()) break;
    const auto name = take_until(line, ':');
    std::string value(line);
    while (!text.empty() && text.front() != '\n' && is_blank(text.front())) {
      value.append("\n").append(take_until(text, '\n'));  // obs-fold, RFC 9112 5.2
    }
    request.headers.add(name, value);
  }
  request.body = text;
  return request;
}

// The session token of the cases that sign one, as botocore's runner of the suite finds it.
std::string token_in(std::string_view canonical) {
  while (!canonical.empty()) {
    std::string_view line = take_until(canonical, '\n');
    if (take_until(line, ':') == "x-amz-security-token") return std::string(line);
  }
  return {};
}

class Suite : public testing::TestWithParam<fs::path> {
 protected:
  std::string part(const char* extension) const {
    const fs::path& folder = GetParam();
    return read(folder / (folder.filename().string() + extension));
  }
};

TEST_P(Suite, Signs) {
  HttpRequest request = parse_raw(part(".req"));
  Credentials key = kKey;
  key.session_token = token_in(part(".creq"));
  sign(request, key, {.region = "us-east-1", .service = "service"}, kNow);
  EXPECT_EQ(*request.header("authorization"), part(".authz"));
}

TEST_P(Suite, BuildsTheCanonicalRequest) {
  const HttpRequest request = parse_raw(part(".sreq"));
  std::string_view names = *request.header("authorization");
  names.remove_prefix(names.find("SignedHeaders=") + 14);
  names = names.substr(0, names.find(','));
  std::string lines;
  for (std::string_view rest = names; !rest.empty();) {
    EXPECT_TRUE(append_canonical_header(lines, request.headers, take_until(rest, ';')));
  }
  const auto [path, query] = split_target(request.target);
  const std::string expected = part(".creq");
  const auto canonical = canonical_request({.method = request.method,
                                            .path = path,
                                            .query = parse_query(query),
                                            .headers = lines,
                                            .signed_headers = names,
                                            .payload_hash = expected.substr(expected.size() - 64)});
  EXPECT_EQ(canonical, expected);
  EXPECT_EQ(
      string_to_sign("20150830T123600Z", "20150830/us-east-1/service/aws4_request", canonical),
      part(".sts"));
}

TEST_P(Suite, Verifies) {
  HttpRequest request = parse_raw(part(".sreq"));
  // The suite's .sreq files and its .authz files disagree in one case; the latter were computed.
  request.headers.set("Authorization", part(".authz"));
  const Verifier verifier({.services = {"service"}}, [](std::string_view id) {
    return id == kKey.access_key_id
               ? std::optional(KnownKey{.secret = kKey.secret_access_key,
                                        .account = "123456789012",
                                        .principal = "arn:aws:iam::123456789012:root",
                                        .session = std::nullopt})
               : std::nullopt;
  });
  for (int round = 0; round < 2; ++round) {  // the second time with a cached signing key
    const auto outcome = verifier.verify(request, kNow);
    const auto* error = std::get_if<WireError>(&outcome);
    ASSERT_EQ(error, nullptr) << error->message;
    EXPECT_EQ(std::get<Identity>(outcome).region, "us-east-1");
  }
}

std::vector<fs::path> cases() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(LIMPET_TESTDATA "/aws4_testsuite")) {
    if (entry.path().extension() == ".req") out.push_back(entry.path().parent_path());
  }
  std::ranges::sort(out);
  return out;
}

INSTANTIATE_TEST_SUITE_P(Aws4, Suite, testing::ValuesIn(cases()), [](const auto& test) {
  std::string name = test.param.filename().string();
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace limpet::aws
