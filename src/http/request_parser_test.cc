#include "request_parser.h"

#include <gtest/gtest.h>

namespace limpet::http {
namespace {

constexpr ParserLimits kLimits{.header_bytes = 1024, .header_count = 8, .body_bytes = 64};

constexpr int kWaiting = -1;  // neither accepted nor refused; a connection would time out

/// What came of `bytes`, fed in pieces of `step` bytes as a connection would.
struct Outcome {
  std::vector<Request> requests;
  std::optional<Refusal> refusal;
  std::string left;

  int status() const { return refusal ? refusal->status : left.empty() ? 0 : kWaiting; }
};

Outcome parse(std::string_view bytes, std::size_t step = std::string_view::npos) {
  RequestParser parser(kLimits);
  Outcome outcome;
  std::string& buffer = outcome.left;
  while (!bytes.empty()) {
    const auto piece = bytes.substr(0, step);
    buffer += piece;
    bytes.remove_prefix(piece.size());
    while (!buffer.empty()) {
      auto progress = parser.feed(buffer);
      buffer.erase(0, progress.consumed);
      if (progress.refusal) {
        outcome.refusal = std::move(progress.refusal);
        return outcome;
      }
      if (!progress.done) break;
      outcome.requests.push_back(parser.take());
    }
  }
  return outcome;
}

TEST(RequestParser, ReadsARequest) {
  const auto outcome = parse(
      "POST /?a=b HTTP/1.1\r\nHost: x\r\nX-Two: 1\r\nx-two:  2 \r\nContent-Length: 5\r\n\r\nhello"
      "GET");
  ASSERT_EQ(outcome.requests.size(), 1U);
  const auto& request = outcome.requests[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/?a=b");
  EXPECT_EQ(request.headers,
            (Headers{{"Host", "x"}, {"X-Two", "1"}, {"x-two", "2"}, {"Content-Length", "5"}}));
  EXPECT_EQ(request.body, "hello");
}

TEST(RequestParser, DoesNotCareHowBytesArrive) {
  const std::string bytes =
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;name=\"value\"\r\nabc\r\n0a\r\n0123456789\r\n0\r\nTrailer: no header\r\n\r\n"
      "GET /next HTTP/1.1\r\nHost: y\r\n\r\n"
      "PUT /last HTTP/1.1\r\nHost: z\r\nContent-Length: 2\r\n\r\nok";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    const auto outcome = parse(bytes, step);
    ASSERT_EQ(outcome.status(), 0) << step << ": " << outcome.refusal->reason;
    ASSERT_EQ(outcome.requests.size(), 3U) << step;
    EXPECT_EQ(outcome.requests[0].body, "abc0123456789");
    EXPECT_FALSE(outcome.requests[0].headers.find("trailer"));
    EXPECT_EQ(outcome.requests[1].target, "/next");
    EXPECT_EQ(outcome.requests[2].body, "ok");
    EXPECT_EQ(outcome.left, "");
  }
}

TEST(RequestParser, TurnsAnAbsoluteTargetIntoAPath) {
  for (const auto& [target, path] :
       std::initializer_list<std::pair<const char*, const char*>>{{"http://host:80/a?b", "/a?b"},
                                                                  {"HTTPS://host", "/"},
                                                                  {"http://host?q", "/?q"},
                                                                  {"/http://x", "/http://x"},
                                                                  {"*", "*"}}) {
    const auto outcome = parse("GET " + std::string(target) + " HTTP/1.1\r\nHost: host\r\n\r\n");
    ASSERT_EQ(outcome.requests.size(), 1U) << target;
    EXPECT_EQ(outcome.requests[0].target, path);
  }
}

TEST(RequestParser, KnowsWhenTheConnectionStays) {
  const auto keeps = [](std::string_view head) {
    RequestParser parser(kLimits);
    EXPECT_TRUE(parser.feed(head).done) << head;
    return parser.keep_alive();
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(RequestParser, KnowsWhenAClientWaitsForContinue) {
  RequestParser parser(kLimits);
  const std::string head =
      "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  EXPECT_EQ(parser.feed(head).consumed, head.size());
  EXPECT_TRUE(parser.expects_continue());
  EXPECT_FALSE(parser.feed("o").done);
  EXPECT_FALSE(parser.expects_continue());
  EXPECT_TRUE(parser.feed("k").done);
}

TEST(RequestParser, NeverTakesABareLineFeedForTheEndOfALine) {
  for (const std::size_t step : {1, 100}) {
    EXPECT_NE(parse("GET / HTTP/1.1\nHost: x\n\n", step).status(), 0);
    EXPECT_NE(parse("GET / HTTP/1.1\r\nHost: x\n\n", step).status(), 0);
  }
}

struct RefusalRow {
  const char* name;
  std::string bytes;
  int status;  // 0: accepted
};

class RefusalTest : public testing::TestWithParam<RefusalRow> {};

TEST_P(RefusalTest, AnswersWhole) {
  EXPECT_EQ(parse(GetParam().bytes).status(), GetParam().status);
}

TEST_P(RefusalTest, AnswersPieceByPiece) {
  EXPECT_EQ(parse(GetParam().bytes, 1).status(), GetParam().status);
}

std::string with(std::string_view headers, std::string_view body = {}) {
  return "POST / HTTP/1.1\r\nHost: x\r\n" + std::string(headers) + "\r\n" + std::string(body);
}

std::string chunked(std::string_view body) { return with("Transfer-Encoding: chunked\r\n", body); }

std::string repeat(std::string_view text, int times) {
  std::string out;
  while (times-- > 0) out += text;
  return out;
}

INSTANTIATE_TEST_SUITE_P(
    Smuggling, RefusalTest,
    testing::Values(
        RefusalRow{"LengthAndChunked",
                   with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
        RefusalRow{"ChunkedAndLength",
                   with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), 400},
        RefusalRow{"TwoLengths", with("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), 400},
        RefusalRow{"OneLengthTwice", with("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"),
                   400},
        RefusalRow{"ListOfLengths", with("Content-Length: 3, 3\r\n", "abc"), 400},
        RefusalRow{"NegativeLength", with("Content-Length: -1\r\n"), 400},
        RefusalRow{"SignedLength", with("Content-Length: +3\r\n", "abc"), 400},
        RefusalRow{"HexLength", with("Content-Length: 0x3\r\n", "abc"), 400},
        RefusalRow{"EmptyLength", with("Content-Length: \r\n"), 400},
        RefusalRow{"HugeLength", with("Content-Length: 99999999999999999999999\r\n"), 400},
        RefusalRow{"ChunkedTwice",
                   with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
        RefusalRow{"ChunkedInside", with("Transfer-Encoding: gzip, chunked\r\n"), 501},
        RefusalRow{"ChunkedNotLast", with("Transfer-Encoding: chunked, identity\r\n"), 501},
        RefusalRow{"ChunkedMisspelt", with("Transfer-Encoding: xchunked\r\n"), 501},
        RefusalRow{"GzipOnly", with("Transfer-Encoding: gzip\r\n"), 501},
        RefusalRow{"GzipAndLength", with("Content-Length: 3\r\nTransfer-Encoding: gzip\r\n", "abc"),
                   400},
        RefusalRow{"ChunkedInOldHttp",
                   "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        RefusalRow{"SpaceBeforeColon", with("Content-Length : 3\r\n", "abc"), 400},
        RefusalRow{"NoColon", with("Content-Length\r\n"), 400},
        RefusalRow{"BareCarriageReturn", with("A: b\rContent-Length: 3\r\n"), 400},
        RefusalRow{"FoldedHeader", with("A: b\r\n c\r\n"), 400},
        RefusalRow{"FoldedByTab", with("A: b\r\n\tTransfer-Encoding: chunked\r\n"), 400},
        RefusalRow{"FoldedEmpty", with("A:\r\n b\r\n"), 400},
        RefusalRow{"FoldedRequestLine", "GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400},
        RefusalRow{"NulInHeader", with(std::string("A: b\0c\r\n", 8)), 400},
        RefusalRow{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
        RefusalRow{"TwoHosts", with("host: y\r\n"), 400}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Chunks, RefusalTest,
    testing::Values(RefusalRow{"Good", chunked("1\r\na\r\n0\r\n\r\n"), 0},
                    RefusalRow{"NoSize", chunked("\r\na\r\n0\r\n\r\n"), 400},
                    RefusalRow{"BadSize", chunked("g\r\na\r\n0\r\n\r\n"), 400},
                    RefusalRow{"NegativeSize", chunked("-1\r\na\r\n0\r\n\r\n"), 400},
                    RefusalRow{"PrefixedSize", chunked("0x1\r\na\r\n0\r\n\r\n"), 400},
                    RefusalRow{"OverflowingSize", chunked("10000000000000001\r\na"), 400},
                    RefusalRow{"SizeTooSmall", chunked("1\r\nab\r\n0\r\n\r\n"), 400},
                    RefusalRow{"BareLineFeed", chunked("1\na\n0\n\n"), kWaiting},
                    RefusalRow{"LastChunkOnly", chunked("0\r\n\r\n"), 0},
                    RefusalRow{"BadExtension", chunked("1;=\r\na\r\n0\r\n\r\n"), 400},
                    RefusalRow{"EndlessExtension", chunked("1;" + repeat("a", 2000)), 400},
                    RefusalRow{"EndlessTrailer", chunked("0\r\n" + repeat("a: b\r\n", 500)), 400},
                    RefusalRow{"LengthInTrailer", chunked("0\r\nContent-Length: 1\r\n\r\n"), 400},
                    RefusalRow{"OneTooLarge", chunked("41\r\na"), 413},
                    RefusalRow{"TogetherTooLarge",
                               chunked("20\r\n" + repeat("a", 32) + "\r\n20\r\n" + repeat("a", 32) +
                                       "\r\n1\r\na"),
                               413}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Bounds, RefusalTest,
    testing::Values(
        RefusalRow{"LargestBody", with("Content-Length: 64\r\n", repeat("a", 64)), 0},
        RefusalRow{"BodyTooLarge", with("Content-Length: 65\r\n"), 413},
        RefusalRow{"ManyHeaders", with(repeat("a: b\r\n", 7)), 0},
        RefusalRow{"TooManyHeaders", with(repeat("a: b\r\n", 8)), 431},
        RefusalRow{"LongHeader", with("a: " + repeat("b", 900) + "\r\n"), 0},
        RefusalRow{"HeaderTooLong", with("a: " + repeat("b", 1024) + "\r\n"), 431},
        RefusalRow{"LargestHeaders", with("a: " + repeat("b", 1024 - 26 - 2 - 5) + "\r\n"), 0},
        RefusalRow{"OneByteMore", with("a: " + repeat("b", 1024 - 26 - 2 - 4) + "\r\n"), 431},
        RefusalRow{"BlanksCount", with("a: " + repeat(" ", 1024) + "\r\n"), 431},
        RefusalRow{"HeaderNeverEnds", with("a: " + repeat("b", 2048)).substr(0, 2000), 431},
        RefusalRow{"TargetTooLong", "GET /" + repeat("a", 2000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
                   431},
        RefusalRow{"LinesTogetherTooLong", with(repeat("a: " + repeat("b", 200) + "\r\n", 6)),
                   431}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    NotHttp, RefusalTest,
    testing::Values(RefusalRow{"TlsClientHello",
                               std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),
                               400},
                    RefusalRow{"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
                    RefusalRow{"Http3", "GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505},
                    RefusalRow{"Http09", "GET /\r\n\r\n", 400},
                    RefusalRow{"LeadingSpace", " GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    RefusalRow{"BadMethod", "G(T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    RefusalRow{"BadVersion", "GET / HTTP/one\r\nHost: x\r\n\r\n", 505},
                    RefusalRow{"ControlInTarget", "GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                    RefusalRow{"OtherExpectation", with("Expect: miracle\r\n"), 417}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace limpet::http
