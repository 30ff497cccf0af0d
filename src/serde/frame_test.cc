#include "limpet/serde/frame.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace limpet::serde {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

constexpr std::string_view kId = "\xB7\xB4\xA7\xF0\x9C\x96\x4E\x4A\xA6\x87\xFB\x5D\xE9\xEF\x0C\x63";
const std::string kGlue = "\x03\x00"s + std::string(kId);
const std::string kGuid = "\x01"s + std::string(kId);
const std::string kConfluent = "\x00\x00\x01\x86\xA1"s;
const std::string kSingle = "\xC3\x01\x44\x1C\x8F\x57\x3A\x99\xA0\x93"s;

constexpr Framings kOnlyGlue{Framing::Glue};
constexpr Framings kNoGlue{Framing::ConfluentId, Framing::ConfluentGuid, Framing::AvroSingleObject};
constexpr Framings kMixed{Framing::None, Framing::Glue, Framing::ConfluentId,
                          Framing::ConfluentGuid, Framing::AvroSingleObject};

struct Row {
  std::string name;
  std::string message;
  Framing kind = Framing::None;
  FrameFault fault = FrameFault::None;
  std::size_t skipped = 0;  ///< bytes before the body
  Framings accept = kAnyFraming;
  std::string error{};
};

class FrameTest : public testing::TestWithParam<Row> {};

TEST_P(FrameTest, Inspects) {
  const Row& row = GetParam();
  // On the heap with nothing behind, so that a sanitizer sees any byte that is read too much.
  const std::vector<char> exact(row.message.begin(), row.message.end());
  const auto message = as_bytes({exact.data(), exact.size()});
  const Frame frame = inspect(message, {}, {.accept = row.accept});
  EXPECT_EQ(frame.kind, row.kind) << to_string(frame.kind);
  EXPECT_EQ(frame.fault, row.fault) << to_string(frame.fault);
  EXPECT_EQ(static_cast<bool>(frame), row.fault == FrameFault::None);
  EXPECT_FALSE(frame.in_header);
  EXPECT_EQ(frame.body.data(), message.data() + row.skipped);
  EXPECT_EQ(frame.body.size(), message.size() - row.skipped);
  if (!frame) {
    EXPECT_EQ(describe(to_error(frame)), row.error);
    EXPECT_EQ(to_error(frame).code, Code::InvalidInput);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, FrameTest,
    testing::Values(
        Row{"Glue", kGlue + "x", Framing::Glue, {}, 18},
        Row{"GlueWithoutPayload", kGlue, Framing::Glue, {}, 18},
        Row{"GlueZlib", "\x03\x05"s + std::string(kId) + "x", Framing::Glue, {}, 18},
        Row{"GlueTooShort", kGlue.substr(0, 17), Framing::Glue, FrameFault::TooShort, 0,
            kAnyFraming, "expected a Glue frame of at least 18 bytes, found 17 bytes (at byte 17)"},
        Row{"GlueFirstByteAlone", "\x03", Framing::Glue, FrameFault::TooShort, 0, kAnyFraming,
            "expected a Glue frame of at least 18 bytes, found 1 byte (at byte 1)"},
        // Its length is looked at first, as Java does.
        Row{"GlueTooShortAndOdd", "\x03\x07", Framing::Glue, FrameFault::TooShort, 0, kAnyFraming,
            "expected a Glue frame of at least 18 bytes, found 2 bytes (at byte 2)"},
        Row{"GlueCompressionUnknown", "\x03\x07"s + std::string(kId), Framing::Glue,
            FrameFault::BadCompression, 0, kAnyFraming,
            "expected 00 (not compressed) or 05 (zlib), found 07 (at byte 1)"},
        Row{"GlueNeverFallsThrough", "\x03\x07"s + std::string(kId), Framing::Glue,
            FrameFault::BadCompression, 0, kMixed,
            "expected 00 (not compressed) or 05 (zlib), found 07 (at byte 1)"},
        Row{"GlueTooShortNeverFallsThrough", "\x03\x00"s, Framing::Glue, FrameFault::TooShort, 0,
            kMixed, "expected a Glue frame of at least 18 bytes, found 2 bytes (at byte 2)"},
        Row{"GlueNotAccepted", kGlue, Framing::None, FrameFault::NotFramed, 0, kNoGlue,
            "expected a framed message, found one that begins with 03 (at byte 0)"},
        Row{"ConfluentId", kConfluent + "x", Framing::ConfluentId, {}, 5},
        Row{"ConfluentIdWithoutPayload", kConfluent, Framing::ConfluentId, {}, 5},
        Row{"ConfluentIdTooShort", kConfluent.substr(0, 4), Framing::ConfluentId,
            FrameFault::TooShort, 0, kAnyFraming,
            "expected a Confluent id frame of at least 5 bytes, found 4 bytes (at byte 4)"},
        Row{"ConfluentIdTooShortIsUnframed", kConfluent.substr(0, 4), Framing::None, {}, 0, kMixed},
        Row{"ConfluentIdNotAccepted", kConfluent, Framing::None, FrameFault::NotFramed, 0,
            kOnlyGlue, "expected a framed message, found one that begins with 00 (at byte 0)"},
        Row{"ConfluentGuid", kGuid + "x", Framing::ConfluentGuid, {}, 17},
        Row{"ConfluentGuidTooShort", kGuid.substr(0, 16), Framing::ConfluentGuid,
            FrameFault::TooShort, 0, kAnyFraming,
            "expected a Confluent GUID frame of at least 17 bytes, found 16 bytes (at byte 16)"},
        Row{"ConfluentGuidTooShortIsUnframed", kGuid.substr(0, 16), Framing::None, {}, 0, kMixed},
        Row{"SingleObject", kSingle + "x", Framing::AvroSingleObject, {}, 10},
        Row{"SingleObjectTooShort", kSingle.substr(0, 9), Framing::AvroSingleObject,
            FrameFault::TooShort, 0, kAnyFraming,
            "expected an Avro single object frame of at least 10 bytes, found 9 bytes (at byte 9)"},
        Row{"SingleObjectTooShortIsUnframed", kSingle.substr(0, 9), Framing::None, {}, 0, kMixed},
        Row{"HalfAMarker", "\xC3", Framing::None, FrameFault::NotFramed, 0, kAnyFraming,
            "expected a framed message, found one that begins with C3 (at byte 0)"},
        Row{"OtherMarker", "\xC3\x02\x44\x1C\x8F\x57\x3A\x99\xA0\x93"s, Framing::None,
            FrameFault::NotFramed, 0, kAnyFraming,
            "expected a framed message, found one that begins with C3 (at byte 0)"},
        Row{"Json", "{\"name\":\"Yoda\"}", Framing::None, FrameFault::NotFramed, 0, kAnyFraming,
            "expected a framed message, found one that begins with 7B (at byte 0)"},
        Row{"JsonAccepted", "{\"name\":\"Yoda\"}", Framing::None, {}, 0, kMixed},
        Row{"Nothing", "", Framing::None, FrameFault::Empty, 0, kAnyFraming,
            "expected a framed message, found one of zero bytes (at byte 0)"},
        Row{"NothingAccepted", "", Framing::None, {}, 0, kMixed}),
    [](const auto& row) { return row.param.name; });

TEST(Frame, HoldsWhatTheBytesSay) {
  const Uuid id = *Uuid::parse("b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63");
  Frame frame = inspect(as_bytes(kGlue));
  EXPECT_EQ(frame.version, id);
  EXPECT_FALSE(frame.zlib);
  EXPECT_TRUE(inspect(as_bytes("\x03\x05"s + std::string(kId))).zlib);
  EXPECT_EQ(inspect(as_bytes(kGuid)).version, id);
  EXPECT_EQ(inspect(as_bytes(kConfluent)).id, 100001);
  EXPECT_EQ(inspect(as_bytes("\x00\xFF\xFF\xFF\xFE"sv)).id, -2);
  EXPECT_EQ(inspect(as_bytes(kSingle)).fingerprint, 0x93A0993A578F1C44U);
}

TEST(Frame, EveryTruncationIsToldOrUnframed) {
  for (const auto& [whole, kind] :
       {std::pair(kGlue, Framing::Glue), std::pair(kConfluent, Framing::ConfluentId),
        std::pair(kGuid, Framing::ConfluentGuid)}) {
    for (std::size_t size = 1; size < whole.size(); ++size) {
      const auto cut = std::make_unique<char[]>(size);
      std::copy_n(whole.begin(), size, cut.get());
      const auto message = as_bytes({cut.get(), size});
      EXPECT_EQ(inspect(message).fault, FrameFault::TooShort) << size;
      EXPECT_EQ(inspect(message).kind, kind);
      EXPECT_EQ(static_cast<bool>(inspect(message, {}, {.accept = kMixed})), kind != Framing::Glue);
    }
  }
}

TEST(Frame, EveryFlippedBitGivesAnotherFrameOrAFault) {
  const Frame good = inspect(as_bytes(kGlue));
  for (std::size_t at = 0; at < kGlue.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = kGlue;
      changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1U << bit));
      const Frame frame = inspect(as_bytes(changed));
      const bool same = frame && frame.kind == good.kind && frame.version == good.version &&
                        frame.zlib == good.zlib;
      EXPECT_FALSE(same) << at << ' ' << bit;
    }
  }
}

struct HeaderRow {
  std::string name;
  std::vector<std::pair<std::string, std::string>> headers;
  Framing kind = Framing::None;
  FrameFault fault = FrameFault::None;
  std::int32_t id = 0;
  std::string behind{};  ///< the id, in the header
  InspectOptions options{};
  std::string error{};
};

class HeaderTest : public testing::TestWithParam<HeaderRow> {};

TEST_P(HeaderTest, Inspects) {
  const HeaderRow& row = GetParam();
  std::vector<RecordHeader> headers;
  for (const auto& [name, value] : row.headers) headers.push_back({name, as_bytes(value)});
  const std::string message = kGlue + "payload";  // which begins as a Glue frame does
  const Frame frame = inspect(as_bytes(message), headers, row.options);
  EXPECT_EQ(frame.kind, row.kind) << to_string(frame.kind);
  EXPECT_EQ(frame.fault, row.fault) << to_string(frame.fault);
  if (!frame) {
    EXPECT_EQ(describe(to_error(frame, row.options.part)), row.error);
    return;
  }
  EXPECT_EQ(frame.in_header, row.kind != Framing::Glue);
  EXPECT_EQ(frame.id, row.id);
  EXPECT_EQ(frame.body.size(), frame.in_header ? message.size() : 7U);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(frame.header.data()),  // NOLINT: as text
                        frame.header.size()),
            row.behind);
}

const std::string kValue(kValueSchemaIdHeader);
const std::string kKey(kKeySchemaIdHeader);

INSTANTIATE_TEST_SUITE_P(
    Rows, HeaderTest,
    testing::Values(HeaderRow{"None", {}, Framing::Glue},
                    HeaderRow{"Others", {{"a", "b"}}, Framing::Glue},
                    HeaderRow{"Guid", {{kValue, kGuid}}, Framing::ConfluentGuid},
                    HeaderRow{"GuidAndIndexes",
                              {{kValue, kGuid + "\x04\x02\x00"s}},
                              Framing::ConfluentGuid,
                              {},
                              0,
                              "\x04\x02\x00"s},
                    HeaderRow{"Id", {{kValue, kConfluent}}, Framing::ConfluentId, {}, 100001},
                    HeaderRow{"OfTheKey", {{kKey, kConfluent}}, Framing::Glue},
                    HeaderRow{"OfTheKeyForTheKey",
                              {{kValue, kGuid}, {kKey, kConfluent}},
                              Framing::ConfluentId,
                              {},
                              100001,
                              {},
                              {.part = MessagePart::Key}},
                    HeaderRow{"CaseCounts", {{"__VALUE_SCHEMA_ID", kConfluent}}, Framing::Glue},
                    HeaderRow{"LastCounts",
                              {{kValue, kGuid}, {"x", ""}, {kValue, kConfluent}, {"y", "z"}},
                              Framing::ConfluentId,
                              {},
                              100001},
                    HeaderRow{"FirstCounts",
                              {{kValue, kConfluent}, {kValue, kGuid}},
                              Framing::ConfluentId,
                              {},
                              100001,
                              {},
                              {.choice = HeaderChoice::First}},
                    HeaderRow{"NotAccepted",
                              {{kValue, kConfluent}},
                              Framing::Glue,
                              {},
                              0,
                              {},
                              {.accept = {Framing::Glue}}},
                    HeaderRow{"Empty",
                              {{kValue, ""}},
                              Framing::None,
                              FrameFault::HeaderTooShort,
                              0,
                              {},
                              {},
                              "expected a value of at least 5 bytes, found 0 bytes (at header "
                              "__value_schema_id)"},
                    HeaderRow{"GuidTooShort",
                              {{kKey, kGuid.substr(0, 16)}},
                              Framing::ConfluentGuid,
                              FrameFault::HeaderTooShort,
                              0,
                              {},
                              {.part = MessagePart::Key},
                              "expected a value of at least 17 bytes, found 16 bytes (at header "
                              "__key_schema_id)"},
                    HeaderRow{"IdTooShort",
                              {{kValue, kConfluent.substr(0, 4)}},
                              Framing::ConfluentId,
                              FrameFault::HeaderTooShort,
                              0,
                              {},
                              {},
                              "expected a value of at least 5 bytes, found 4 bytes (at header "
                              "__value_schema_id)"},
                    HeaderRow{"BeginsOddly",
                              {{kValue, "\x02" + kGuid}},
                              Framing::None,
                              FrameFault::BadHeader,
                              0,
                              {},
                              {},
                              "expected a value that begins with 00 or 01, found 02 (at header "
                              "__value_schema_id)"}),
    [](const auto& row) { return row.param.name; });

TEST(Frame, AsksWhetherTheSchemaIsKnown) {
  const Uuid id = *Uuid::parse("b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63");
  int asked = 0;
  auto known = [&](const Frame& frame) {
    ++asked;
    return frame.kind == Framing::Glue && frame.version == id;
  };
  const InspectOptions strict{.known = known};
  const InspectOptions mixed{.accept = kMixed, .known = known};
  EXPECT_EQ(inspect(as_bytes(kGlue), {}, strict).kind, Framing::Glue);
  EXPECT_EQ(asked, 1);

  // An Avro datum that begins with -2 (03) is none of Glue's.
  const std::string raw = "\x03\x00"s + std::string(20, 'r');
  Frame frame = inspect(as_bytes(raw), {}, mixed);
  EXPECT_TRUE(frame);
  EXPECT_EQ(frame.kind, Framing::None);
  EXPECT_EQ(frame.body.size(), raw.size());
  for (const std::string& odd : {"\x03"s, "\x03\x07"s + std::string(20, 'r')}) {
    EXPECT_TRUE(inspect(as_bytes(odd), {}, mixed));
    EXPECT_EQ(inspect(as_bytes(odd), {}, mixed).kind, Framing::None);
    EXPECT_FALSE(inspect(as_bytes(odd), {}, strict));
  }
  EXPECT_TRUE(inspect(as_bytes(kConfluent), {}, mixed));
  EXPECT_EQ(inspect(as_bytes(kConfluent), {}, mixed).kind, Framing::None);

  struct Unknown {
    std::string message;
    std::string error;
  };
  for (const auto& [message, error] :
       {Unknown{raw,
                "schema version 72727272-7272-7272-7272-727272727272 is not known (at byte 0)"},
        Unknown{kConfluent, "schema id 100001 is not known (at byte 0)"},
        Unknown{kGuid, "schema GUID b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63 is not known (at byte 0)"},
        Unknown{kSingle, "schema fingerprint 93A0993A578F1C44 is not known (at byte 0)"}}) {
    frame = inspect(as_bytes(message), {}, strict);
    EXPECT_EQ(frame.fault, FrameFault::UnknownSchema);
    EXPECT_EQ(frame.body.size(), message.size());
    EXPECT_EQ(to_error(frame).code, Code::NotFound);
    EXPECT_EQ(describe(to_error(frame)), error);
  }
  // What a header names is never taken for unframed.
  const RecordHeader header{kValueSchemaIdHeader, as_bytes(kConfluent)};
  frame = inspect(as_bytes(raw), {&header, 1}, mixed);
  EXPECT_EQ(frame.fault, FrameFault::UnknownSchema);
  EXPECT_EQ(describe(to_error(frame)),
            "schema id 100001 is not known (at header __value_schema_id)");
}

TEST(Frame, WritesWhatItReads) {
  const Uuid id = *Uuid::parse("00112233-4455-6677-8899-aabbccddeeff");
  for (const Compression compression : {Compression::None, Compression::Zlib}) {
    codec::ByteBuffer out;
    append_glue_header(out, id, compression);
    out.append("payload");
    const Frame frame = inspect(out.bytes());
    EXPECT_EQ(frame.version, id);
    EXPECT_EQ(frame.zlib, compression == Compression::Zlib);
    EXPECT_EQ(frame.body.size(), 7U);
  }
  for (const std::int32_t number : {0, 1, 100001, INT32_MAX, INT32_MIN, -1}) {
    codec::ByteBuffer out;
    append_confluent_id(out, number);
    EXPECT_EQ(out.size(), kConfluentIdBytes);
    EXPECT_EQ(inspect(out.bytes()).id, number);
  }
  codec::ByteBuffer out;
  append_confluent_guid(out, id);
  EXPECT_EQ(out.size(), kConfluentGuidBytes);
  EXPECT_EQ(inspect(out.bytes()).version, id);
  out.clear();
  append_single_object_marker(out, 0x0123456789ABCDEF);
  EXPECT_EQ(out.size(), kSingleObjectBytes);
  EXPECT_EQ(inspect(out.bytes()).fingerprint, 0x0123456789ABCDEFU);
}

}  // namespace
}  // namespace limpet::serde
