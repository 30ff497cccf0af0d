#include "record_text.h"

#include "limpet/json/parse.h"

#include <gtest/gtest.h>

#include <vector>

namespace limpet::app {
namespace {

using Content = ReadPart::Content;
using value::View;

const Uuid kId = *Uuid::parse("b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63");

serde::SchemaPointer schema() {
  return *serde::compile_schema({.id = kId,
                                 .format = DataFormat::Avro,
                                 .definition = R"("string")",
                                 .name = "orders",
                                 .version_number = 3});
}

ReadPart text_part(std::string_view text) {
  return {.content = Content::Text, .view = View::string(text), .bytes = kafka::as_bytes(text)};
}

std::string printed(const ReadPart& key, const ReadPart& value, RecordForm form,
                    bool colours = false) {
  RecordPrinter printer({.form = form, .colours = colours});
  std::string out;
  printer.append({.topic = "orders",
                  .partition = 2,
                  .offset = 12,
                  .timestamp_ms = 1'769'846'400'005,
                  .key = &key,
                  .value = &value},
                 out);
  return out;
}

TEST(RecordPrinterTest, JsonLine) {
  const auto known = schema();
  const ReadPart value{.content = Content::Decoded,
                       .view = View::string("a\"b"),
                       .frame = {.kind = serde::Framing::Glue, .version = kId},
                       .schema = known.get()};
  EXPECT_EQ(printed(text_part("k"), value, RecordForm::Json),
            R"({"topic":"orders","partition":2,"offset":12,"timestamp":"2026-01-31T08:00:00.005Z",)"
            R"("key":"k","schema":{"id":"b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63","name":"orders",)"
            R"("version":3,"format":"AVRO","framing":"Glue","compression":"none"},)"
            R"("value":"a\"b"})"
            "\n");
}

TEST(RecordPrinterTest, WhatIsNoTextIsHexadecimal) {
  const std::string bytes("\x00\xff", 2);
  const ReadPart part{.content = Content::Binary, .bytes = kafka::as_bytes(bytes)};
  const auto line = json::parse(printed(part, part, RecordForm::Json));
  ASSERT_TRUE(line);
  EXPECT_EQ(line->find("key")->find("hex")->text(), "00ff");
  EXPECT_EQ(line->find("value")->find("hex")->text(), "00ff");
  EXPECT_EQ(line->find("schema"), nullptr);
}

TEST(RecordPrinterTest, Tombstone) {
  EXPECT_EQ(printed(text_part("k"), {}, RecordForm::Value), "null\n");
  const auto line = json::parse(printed(text_part("k"), {}, RecordForm::Json));
  EXPECT_TRUE(line->find("value")->is_null());
}

TEST(RecordPrinterTest, Failure) {
  ReadPart value{.content = Content::Failed,
                 .bytes = kafka::as_bytes("\x03\x01"),
                 .frame = {.kind = serde::Framing::Glue, .fault = serde::FrameFault::TooShort},
                 .failure = serde::Failure{.kind = serde::FailureKind::Truncated,
                                           .message = "expected more",
                                           .place = serde::Failure::Place::Message,
                                           .offset = 2,
                                           .path = "User.age"}};
  const auto line = json::parse(printed({}, value, RecordForm::Json));
  ASSERT_TRUE(line);
  const json::Value& error = *line->find("error");
  EXPECT_EQ(error.find("kind")->text(), "truncated");
  EXPECT_EQ(error.find("offset")->as_int64(), 2);
  EXPECT_EQ(error.find("path")->text(), "User.age");
  const std::string pretty = printed({}, value, RecordForm::Pretty);
  EXPECT_NE(pretty.find("error: truncated at byte 2"), std::string::npos) << pretty;
  EXPECT_NE(pretty.find("\n0x0301\n"), std::string::npos) << pretty;
}

TEST(RecordPrinterTest, NothingActsOnATerminal) {
  const std::string evil =
      "\x1b[2J\x7f\xc2\x9b"
      "2J\r\n";
  const ReadPart key = text_part(evil);
  const ReadPart value{.content = Content::Json, .view = View::string(evil)};
  for (const bool colours : {false, true}) {
    std::string out = printed(key, value, RecordForm::Pretty, colours);
    for (const std::string_view own :
         {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[34m"}) {
      for (auto at = out.find(own); at != std::string::npos; at = out.find(own)) {
        out.erase(at, own.size());
      }
    }
    EXPECT_EQ(out.find('\x1b'), std::string::npos) << out;
    EXPECT_EQ(out.find('\x7f'), std::string::npos) << out;
    EXPECT_EQ(out.find("\xc2\x9b"), std::string::npos) << out;
    EXPECT_EQ(out.find('\r'), std::string::npos) << out;
  }
}

// A printer keeps texts of the record before; nothing of them may show in another one.
TEST(RecordPrinterTest, OneOfManyIsAsOneAlone) {
  const auto known = schema();
  const auto framed = [&](serde::Framing kind, bool zlib, std::string_view message = {}) {
    return ReadPart{.content = Content::Decoded,
                    .view = View::string("v"),
                    .frame = {.kind = kind, .zlib = zlib, .version = kId},
                    .schema = known.get(),
                    .message = message};
  };
  const auto other = *serde::compile_schema({.id = Uuid(),
                                             .format = DataFormat::Json,
                                             .definition = "{}",
                                             .name = "others",
                                             .version_number = 1});
  ReadPart of_other = framed(serde::Framing::Glue, false);
  of_other.schema = other.get();
  ReadPart unknown = framed(serde::Framing::Glue, false);
  unknown.schema = nullptr;
  ReadPart confluent = unknown;
  confluent.frame = {.kind = serde::Framing::ConfluentId, .id = 7};
  const std::vector<ReadPart> values{framed(serde::Framing::Glue, false),
                                     framed(serde::Framing::Glue, true),
                                     framed(serde::Framing::AvroSingleObject, false),
                                     of_other,
                                     framed(serde::Framing::Glue, false, "shop.Order"),
                                     framed(serde::Framing::Glue, false, "shop.Aside"),
                                     unknown,
                                     confluent,
                                     text_part("t"),
                                     {}};
  const ReadPart key = text_part("k");
  for (const RecordForm form : {RecordForm::Json, RecordForm::Pretty, RecordForm::Value}) {
    for (const bool colours : {false, true}) {
      RecordPrinter one({.form = form, .colours = colours});
      for (std::size_t i = 0; i < 4 * values.size(); ++i) {
        const ShownRecord record{.topic = i % 3 == 0 ? "a" : "b",
                                 .partition = static_cast<std::int32_t>(i % 2),
                                 .offset = static_cast<std::int64_t>(i),
                                 .timestamp_ms = static_cast<std::int64_t>(i * 400),
                                 .key = &key,
                                 .value = &values[i / 2 % values.size()]};
        std::string of_many;
        one.append(record, of_many);
        std::string alone;
        RecordPrinter({.form = form, .colours = colours}).append(record, alone);
        EXPECT_EQ(of_many, alone);
      }
    }
  }
}

TEST(RecordPrinterTest, ControlsAnywhereInAValue) {
  for (const std::string text : {"\x7f", "a\x7f", "\xc2\x80x", "ab\xc2\x9f", "\xc2\xa0\x7f\x7f",
                                 "\xc2\xa0\xc2\x85\x7f", "\xc3\x80", "\xc2\xbf"}) {
    const ReadPart value{.content = Content::Json, .view = View::string(text)};
    const std::string out = printed({}, value, RecordForm::Pretty);
    const std::string shown = out.substr(out.find('\n') + 1);
    EXPECT_EQ(shown.find('\x7f'), std::string::npos) << shown;
    for (std::size_t at = shown.find('\xc2'); at != std::string::npos;
         at = shown.find('\xc2', at + 1)) {
      EXPECT_GE(static_cast<unsigned char>(shown[at + 1]), 0xA0U) << shown;
    }
    // JSON's escapes say the same text.
    const auto read = json::parse(shown);
    ASSERT_TRUE(read) << shown;
    EXPECT_EQ(read->text(), text);
  }
}

TEST(RecordTextTest, Colours) {
  std::string out;
  append_for_terminal(R"({"a": [1, "x:", true]})", true, out);
  EXPECT_EQ(out,
            "{\x1b[34m\"a\"\x1b[0m: [\x1b[33m1\x1b[0m, \x1b[32m\"x:\"\x1b[0m, "
            "\x1b[33mtrue\x1b[0m]}");
}

TEST(RecordTextTest, LongTexts) {
  const std::string text(100'000, 'x');
  std::string out;
  append_quoted(text, out);
  EXPECT_EQ(out, "\"" + text + "\"");
}

// Linear: a search from each of them to the end of the text would take minutes.
TEST(RecordTextTest, ManyControls) {
  constexpr std::size_t kMany = 1'000'000;
  std::string out;
  append_for_terminal(std::string(kMany, '\x7F'), false, out);
  EXPECT_EQ(out.size(), 6 * kMany);
  EXPECT_TRUE(out.starts_with("\\u007f\\u007f") && out.ends_with("\\u007f"));
  out.clear();
  std::string c1;
  for (std::size_t i = 0; i < kMany; ++i) c1 += "\xC2\x80";
  append_for_terminal(c1 + "\x7F\xC2\xA0\xC2", false, out);
  EXPECT_EQ(out.size(), 6 * kMany + 6 + 3);
  EXPECT_TRUE(out.starts_with("\\u0080\\u0080") && out.ends_with("\\u0080\\u007f\xC2\xA0\xC2"));
}

TEST(RecordTextTest, WhatIsText) {
  EXPECT_TRUE(is_text(""));
  EXPECT_TRUE(is_text("Zoë\t1\r\n"));
  EXPECT_FALSE(is_text(std::string_view("\0\0\0*", 4)));
  EXPECT_FALSE(is_text("\x1b[2J"));
  EXPECT_FALSE(is_text("\xff"));
}

TEST(RecordTextTest, Times) {
  const auto text = [](std::int64_t milliseconds) {
    std::string out;
    append_time(milliseconds, out);
    return out;
  };
  EXPECT_EQ(text(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(text(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(text(253'402'300'799'999), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(text(253'402'300'800'000), "253402300800000ms");
  EXPECT_EQ(text(INT64_MAX), "9223372036854775807ms");
}

TEST(RecordTextTest, TimesOfOnePrinter) {
  TimePrinter printer;
  for (const std::int64_t time :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{999}, std::int64_t{1'000},
        std::int64_t{1'769'846'400'005}, std::int64_t{1'769'846'400'999},
        std::int64_t{253'402'300'800'000}, std::int64_t{1'769'846'400'120}, std::int64_t{-1},
        std::int64_t{-1'000}, std::int64_t{-1'001}, std::int64_t{-62'167'219'200'000},
        std::int64_t{-62'167'219'200'001}, std::int64_t{253'402'300'799'999}, INT64_MIN,
        INT64_MAX}) {
    std::string kept = "before";
    printer.append(time, kept);
    std::string alone = "before";
    append_time(time, alone);
    EXPECT_EQ(kept, alone);
  }
}

}  // namespace
}  // namespace limpet::app
