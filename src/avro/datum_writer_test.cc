#include "limpet/avro/datum_writer.h"

#include "testing/datum_text.h"
#include "testing/random_datum.h"
#include "testing/random_schema.h"
#include "write_context.h"

#include "limpet/avro/datum_reader.h"
#include "limpet/json/parse.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

namespace limpet::avro {
namespace {

using testing::bytes_of;
using testing::RandomDatum;
using testing::RandomSchema;
using testing::schema_of;
using testing::to_hex;
using value::MapEntry;
using value::View;

std::string write(std::string_view schema, const View& value, const WriteOptions& options = {}) {
  const auto writer = DatumWriter::make(schema_of(schema), options);
  if (!writer) return "make: " + describe(writer.error());
  codec::ByteBuffer out;
  out.append("!");
  if (const auto fault = writer->write(value, out)) {
    EXPECT_EQ(out.text(), "!");
    return std::string(value::to_string(fault->kind)) + ": " + value::describe(*fault);
  }
  return to_hex(out.text().substr(1));
}

constexpr const char* kUser = R"({"type":"record","name":"n.User","fields":[
    {"name":"name","type":"string"},{"name":"age","type":"int","default":-1}]})";

TEST(DatumWriter, TakesMapsForRecords) {
  const std::array<MapEntry, 2> entries{MapEntry{View::string("age"), View::of_long(5)},
                                        MapEntry{View::string("name"), View::string("x")}};
  EXPECT_EQ(write(kUser, View::map(entries)), "02780a");
  EXPECT_EQ(write(kUser, View::map(std::span(entries).subspan(1))),
            "missing field: field \"User.age\": expected int, found nothing");
  EXPECT_EQ(write(kUser, View::map(std::span(entries).subspan(1)),
                  {.missing = MissingFields::FillDefaults}),
            "027801");
  EXPECT_EQ(write(kUser, View::map(std::span(entries).first(1)),
                  {.missing = MissingFields::FillDefaults}),
            "missing field: field \"User.name\": expected string, found nothing (and there is no "
            "default)");
  const std::array<MapEntry, 3> more{entries[0], entries[1],
                                     MapEntry{View::string("zip"), View::null()}};
  EXPECT_EQ(write(kUser, View::map(more)),
            "unknown field: field \"User.zip\": record n.User has no such field");
  EXPECT_EQ(write(kUser, View::map(more), {.unknown = UnknownFields::Ignore}), "02780a");
}

TEST(DatumWriter, TakesRecordsOfOtherOrder) {
  value::Arena arena;
  const value::RecordShape shape("Other", {"age", "name"});
  const auto values = value::make_record(arena, shape);
  values[0] = View::of_int(5);
  values[1] = View::string("x");
  EXPECT_EQ(write(kUser, View::record(values)), "02780a");
  EXPECT_EQ(write(R"(["null",)" + std::string(kUser) + "]", View::record(values)), "0202780a");
}

TEST(DatumWriter, RefusesWhatDoesNotFit) {
  EXPECT_EQ(write(R"("int")", View::of_long(1L << 31)),
            "out of range: byte 0: expected int, found the number 2147483648");
  EXPECT_EQ(write(R"("long")", View::unsigned_long(1UL << 63)),
            "out of range: byte 0: expected long, found the number 9223372036854775808");
  EXPECT_EQ(write(R"("int")", View::string("5")), "type mismatch: expected int, found string");
  EXPECT_EQ(write(R"("string")", View::bytes("x")),
            "type mismatch: expected string, found 1 bytes");
  EXPECT_EQ(write(R"("string")", View::string("\xFF")),
            "invalid UTF-8: byte 0: expected a string in UTF-8, found 1 other bytes");
  EXPECT_EQ(write(R"({"type":"fixed","name":"F","size":2})", View::bytes("abc")),
            "type mismatch: expected fixed F, found 3 bytes instead of 2");
  EXPECT_EQ(write(R"({"type":"enum","name":"E","symbols":["A"]})", View::string("B")),
            "type mismatch: expected enum E, found \"B\", which is no symbol of it");
  EXPECT_EQ(write(R"(["null","int"])", View::boolean(true)),
            "type mismatch: expected union [null, int], found true");
  const std::array<View, 2> items{View::of_int(1), View::null()};
  EXPECT_EQ(write(R"({"type":"array","items":"int"})", View::array(items)),
            "type mismatch: field \"[1]\": expected int, found null");
  const std::array<MapEntry, 1> keyed{MapEntry{View::of_int(1), View::null()}};
  EXPECT_EQ(write(R"({"type":"map","values":"null"})", View::map(keyed)),
            "type mismatch: field \"[0]\": expected a string as key, found the number 1");
  EXPECT_EQ(write(R"("int")", View::of_int(1), {.max_depth = 1'001}),
            "make: max_depth must be between 1 and 1000");
}

TEST(DatumWriter, ChoosesBranches) {
  EXPECT_EQ(write(R"(["int","long"])", View::of_long(5)), "020a");
  EXPECT_EQ(write(R"(["double","int"])", View::of_int(5)), "020a");
  EXPECT_EQ(write(R"(["null","double"])", View::of_int(2)), "020000000000000040");
  View tagged = View::of_int(5);
  tagged.set_branch(0);
  EXPECT_EQ(write(R"(["long","int"])", tagged), "000a");
  tagged.set_branch(7);  // of another union
  EXPECT_EQ(write(R"(["long","int"])", tagged), "020a");
}

TEST(DatumWriter, DepthIsBounded) {
  std::string schema = R"("int")";
  View value = View::of_int(1);
  std::array<View, 70> levels;
  for (auto& level : levels) {
    schema = R"({"type":"array","items":)" + schema + "}";
    level = value;
    value = View::array({&level, 1});
  }
  EXPECT_TRUE(write(schema, value).starts_with("too deep: "));
  EXPECT_TRUE(write(schema, value, {.max_depth = 70}).starts_with("0202"));
}

TEST(Decimals, DigitsAreCounted) {
  struct Number {
    std::string_view bytes;
    int digits;
  };
  using namespace std::string_view_literals;
  for (const auto& [bytes, digits] :
       {Number{""sv, 0}, Number{"\0"sv, 0}, Number{"\x09"sv, 1}, Number{"\x0a"sv, 2},
        Number{"\xf7"sv, 1}, Number{"\xf6"sv, 2}, Number{"\x03\xe7"sv, 3}, Number{"\x03\xe8"sv, 4},
        Number{"\x80"sv, 3}, Number{"\xff\xff\x80"sv, 3}, Number{"\x3b\x9a\xc9\xff"sv, 9},
        Number{"\x3b\x9a\xca\x00"sv, 10}, Number{"\x80\0\0\0\0\0\0\0"sv, 19}}) {
    EXPECT_TRUE(within_precision(bytes, digits)) << to_hex(bytes);
    EXPECT_FALSE(digits > 0 && within_precision(bytes, digits - 1)) << to_hex(bytes);
  }
  EXPECT_FALSE(within_precision(std::string(1000, '\x7f'), 1000));
  EXPECT_TRUE(within_precision(std::string(1000, '\x7f'), 3000));
}

// What is read is written again the same, by views and by JSON; what an identical schema resolves
// to is the same; each cut is refused.
TEST(DatumProperties, RandomData) {
  std::size_t tried = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    const std::string text = RandomSchema(seed, 3 + static_cast<int>(seed % 12)).text();
    const Schema schema = schema_of(text);
    const Schema twin = schema_of(text);
    const auto plain = DatumReader::make(schema);
    const auto resolved = DatumReader::make(schema, {.reader = &twin});
    const auto writer = DatumWriter::make(schema);
    ASSERT_TRUE(plain && writer);
    RandomDatum random(seed);
    for (int i = 0; i < 10; ++i) {
      const std::string payload = random.of(schema.root());
      if (!random.ended()) continue;
      ++tried;
      value::Arena arena;
      View view;
      std::size_t consumed = 0;
      const auto fault = plain->read(bytes_of(payload), arena, view, &consumed);
      ASSERT_FALSE(fault) << value::describe(*fault) << "\n" << text;
      EXPECT_EQ(consumed, payload.size());
      codec::ByteBuffer out;
      const auto unwritten = writer->write(view, out);
      ASSERT_FALSE(unwritten) << value::describe(*unwritten) << "\n" << text;
      ASSERT_EQ(to_hex(out.text()), to_hex(payload)) << text;

      std::string json;
      ASSERT_FALSE(append_json(schema, view, JsonStyle::Avro, json));
      const auto document = json::parse(json, {.max_depth = 1'000});
      ASSERT_TRUE(document) << json;
      out.clear();
      const auto violations = write_json(schema, *document, {.style = JsonStyle::Avro}, out);
      ASSERT_TRUE(violations && violations->empty())
          << (violations ? violations->front().path + describe(violations->front()) : "") << json;
      ASSERT_EQ(to_hex(out.text()), to_hex(payload)) << text << json;

      // Aliases may make a schema unable to read its own text anew.
      if (resolved) {
        View same;
        ASSERT_FALSE(resolved->read(bytes_of(payload), arena, same));
        std::string again;
        ASSERT_FALSE(append_json(twin, same, JsonStyle::Avro, again));
        EXPECT_EQ(again, json);
      }
      for (std::size_t size = 0; size < std::min<std::size_t>(payload.size(), 100); ++size) {
        arena.reset();
        View none;
        const auto cut =
            plain->read(bytes_of(std::string_view(payload).substr(0, size)), arena, none);
        ASSERT_TRUE(cut);
        EXPECT_EQ(cut->kind, value::FaultKind::Truncated) << value::describe(*cut);
      }
    }
  }
  EXPECT_GT(tried, 2'000U);
}

// No bit that is flipped does more than give another value or a fault.
TEST(DatumProperties, FlippedBits) {
  std::size_t read = 0;
  std::size_t refused = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Schema schema = schema_of(RandomSchema(seed, 8).text());
    const auto reader = DatumReader::make(schema);
    const auto writer = DatumWriter::make(schema, {.utf8 = value::Utf8Policy::Trust});
    RandomDatum random(seed);
    std::string payload = random.of(schema.root());
    if (!random.ended()) continue;
    for (std::size_t bit = 0; bit < std::min<std::size_t>(payload.size(), 200) * 8; ++bit) {
      payload[bit / 8] = static_cast<char>(payload[bit / 8] ^ (1 << (bit % 8)));
      value::Arena arena(1UL << 24);
      View view;
      if (const auto fault = reader->read(bytes_of(payload), arena, view)) {
        ++refused;
        EXPECT_LE(fault->offset, payload.size());
        EXPECT_FALSE(fault->message.empty());
      } else {
        ++read;
      }
      payload[bit / 8] = static_cast<char>(payload[bit / 8] ^ (1 << (bit % 8)));
    }
  }
  EXPECT_GT(read, 100U);
  EXPECT_GT(refused, 100U);
}

}  // namespace
}  // namespace limpet::avro
