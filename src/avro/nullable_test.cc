// What is read in place, away from the end of the bytes, against what is read with care: a
// std::unique_ptr in the place of each std::optional, and views.
#include "limpet/avro/nullable.h"

#include "testing/datum_text.h"

#include "limpet/avro/datum_reader.h"
#include "limpet/avro/exact.h"
#include "limpet/avro/struct_reader.h"
#include "limpet/avro/struct_writer.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::avro {
namespace {

using testing::bytes_of;
using testing::from_hex;
using testing::schema_of;

/// `Held` is std::optional or std::unique_ptr.
template <class Held>
struct Holder {
  Held x{};
};

template <template <class...> class Held>
struct Kinds {
  Held<bool> flag;
  Held<std::int32_t> small;
  Held<std::int64_t> large;
  Held<float> real;
  Held<double> precise;
  Held<std::string_view> view;
  Held<std::string> text;
  Held<bool> flag_last;
  Held<std::int32_t> small_last;
  Held<std::int64_t> large_last;
  Held<float> real_last;
  Held<double> precise_last;
  Held<std::string_view> view_last;
  Held<std::string> text_last;
};
template <class T>
using Optional = std::optional<T>;
template <class T>
using Pointer = std::unique_ptr<T>;
using InPlace = Kinds<Optional>;
using WithCare = Kinds<Pointer>;

}  // namespace
}  // namespace limpet::avro

namespace limpet::value {
template <class Held>
struct Binding<avro::Holder<Held>> {
  static constexpr auto type = record("One", field<"x">(&avro::Holder<Held>::x));
};
template <template <class...> class Held>
struct Binding<avro::Kinds<Held>> {
  using K = avro::Kinds<Held>;
  static constexpr auto type =
      record("Kinds", field<"flag">(&K::flag), field<"small">(&K::small), field<"large">(&K::large),
             field<"real">(&K::real), field<"precise">(&K::precise), field<"view">(&K::view),
             field<"text">(&K::text), field<"flag_last">(&K::flag_last),
             field<"small_last">(&K::small_last), field<"large_last">(&K::large_last),
             field<"real_last">(&K::real_last), field<"precise_last">(&K::precise_last),
             field<"view_last">(&K::view_last), field<"text_last">(&K::text_last));
};
}  // namespace limpet::value

namespace limpet::avro {
namespace {

constexpr const char* kKinds = R"({"type":"record","name":"Kinds","fields":[
    {"name":"flag","type":["null","boolean"]},{"name":"small","type":["null","int"]},
    {"name":"large","type":["null","long"]},{"name":"real","type":["null","float"]},
    {"name":"precise","type":["null","double"]},{"name":"view","type":["null","string"]},
    {"name":"text","type":["null","string"]},
    {"name":"flag_last","type":["boolean","null"]},{"name":"small_last","type":["int","null"]},
    {"name":"large_last","type":["long","null"]},{"name":"real_last","type":["float","null"]},
    {"name":"precise_last","type":["double","null"]},
    {"name":"view_last","type":["string","null"]},{"name":"text_last","type":["string","null"]}]})";

// Every field has a value. -123456, 2^35, 1.5, -2.25, "twelve chars", "short", and again.
constexpr const char* kAll =
    "0201"
    "02ff880f"
    "02808080808002"
    "020000c03f"
    "0200000000000002c0"
    "02187477656c7665206368617273"
    "020a73686f7274"
    "0001"
    "00ff880f"
    "00808080808002"
    "000000c03f"
    "0000000000000002c0"
    "00187477656c7665206368617273"
    "000a73686f7274";

std::string shown(const std::optional<value::Fault>& fault) {
  if (!fault) return "good";
  return std::to_string(static_cast<int>(fault->kind)) + " at " + std::to_string(fault->offset) +
         " " + fault->path + ": " + fault->message;
}

template <class T>
bool same(const std::optional<T>& a, const std::unique_ptr<T>& b) {
  return a.has_value() == (b != nullptr) && (!a || std::memcmp(&*a, b.get(), sizeof(T)) == 0);
}
bool same(const std::optional<std::string>& a, const std::unique_ptr<std::string>& b) {
  return a.has_value() == (b != nullptr) && (!a || *a == *b);
}
bool same(const InPlace& a, const WithCare& b) {
  return same(a.flag, b.flag) && same(a.small, b.small) && same(a.large, b.large) &&
         same(a.real, b.real) && same(a.precise, b.precise) && same(a.view, b.view) &&
         same(a.text, b.text) && same(a.flag_last, b.flag_last) &&
         same(a.small_last, b.small_last) && same(a.large_last, b.large_last) &&
         same(a.real_last, b.real_last) && same(a.precise_last, b.precise_last) &&
         same(a.view_last, b.view_last) && same(a.text_last, b.text_last);
}

/// All three readers on one payload, and what the first two have read, up to a fault.
class Readers {
 public:
  explicit Readers(value::Utf8Policy utf8 = value::Utf8Policy::Validate)
      : in_place_(*TypedReader<InPlace>::make(schema_of(kKinds), {.utf8 = utf8})),
        with_care_(*TypedReader<WithCare>::make(schema_of(kKinds), {.utf8 = utf8})),
        views_(*DatumReader::make(schema_of(kKinds), {.utf8 = utf8})) {}

  void agree_on(std::string_view payload, const std::string& what) {
    value::Arena arena;
    InPlace in_place;
    WithCare with_care;
    value::View view;
    std::size_t consumed = 0;
    std::size_t consumed_with_care = 0;
    const auto fault = in_place_.read(bytes_of(payload), arena, in_place, &consumed);
    ASSERT_EQ(shown(fault),
              shown(with_care_.read(bytes_of(payload), arena, with_care, &consumed_with_care)))
        << what;
    ASSERT_EQ(shown(fault), shown(views_.read(bytes_of(payload), arena, view))) << what;
    ASSERT_EQ(consumed, consumed_with_care) << what;
    ASSERT_TRUE(same(in_place, with_care)) << what;
  }

 private:
  TypedReader<InPlace> in_place_;
  TypedReader<WithCare> with_care_;
  DatumReader views_;
};

TEST(Nullable, ExampleOfTheHeader) {
  const std::string payload = from_hex("020c") + std::string(12, '\0');
  const auto bytes = bytes_of(payload);
  const std::byte* at = bytes.data();
  const std::byte* const end = at + bytes.size();
  std::optional<std::int32_t> age;
  ASSERT_GE(bytes.size(), kNullableBytes);
  EXPECT_EQ(read_nullable(at, end, 0, age), at + 2);
  EXPECT_EQ(age, 6);
  EXPECT_EQ(read_nullable(at, end, 1, age), at + 1);
  EXPECT_EQ(age, std::nullopt);
}

TEST(Nullable, CutAtEveryByte) {
  Readers readers;
  const std::string all = from_hex(kAll);
  for (std::size_t end = 0; end <= all.size(); ++end) {
    // A copy of its own, so that a sanitizer sees a read behind the end.
    const std::vector<char> cut(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(end));
    readers.agree_on({cut.data(), cut.size()}, "cut at " + std::to_string(end));
  }
}

TEST(Nullable, EveryByteReplaced) {
  Readers readers;
  const std::string all = from_hex(kAll);
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const char byte : std::string_view("\x00\x01\x02\x03\x04\x7F\x80\x82\xC3\xFF", 10)) {
      std::string changed = all;
      changed[i] = byte;
      readers.agree_on(changed, "byte " + std::to_string(i) + " is " + std::to_string(byte));
    }
  }
}

TEST(Nullable, TextByEveryPolicy) {
  for (const auto policy :
       {value::Utf8Policy::Validate, value::Utf8Policy::Replace, value::Utf8Policy::Trust}) {
    Readers readers(policy);
    std::string payload = from_hex(kAll);
    const auto text = payload.find("short");
    for (const std::string_view other : {"sh\xC3\xA9t", "sh\xFFrt", "\xC3\xA9\xC3\xA9r"}) {
      payload.replace(text, 5, other);
      readers.agree_on(payload, "policy " + std::to_string(static_cast<int>(policy)));
    }
  }
}

// One value of a union of null and `type`, null first, in all spellings that are near the edge of
// what is read at once.
struct Spelling {
  const char* name;
  const char* type;
  const char* hex;
};
constexpr std::array kSpellings{
    Spelling{"null", "int", "00"},
    Spelling{"one", "int", "0202"},
    Spelling{"no such branch", "int", "0402"},
    Spelling{"a negative branch", "int", "0102"},
    Spelling{"null in two bytes", "int", "8000"},
    Spelling{"a branch in two bytes", "int", "820006"},
    Spelling{"a branch in ten bytes", "int", "8280808080808080800006"},
    Spelling{"a branch in eleven bytes", "int", "828080808080808080800006"},
    Spelling{"an int of five bytes", "int", "02ffffffff0f"},
    Spelling{"an int spelled longer", "int", "0286808000"},
    Spelling{"an int of six bytes", "int", "02868080808000"},
    Spelling{"an int of more than 32 bits", "int", "02ffffffff1f"},
    Spelling{"a long of nine bytes", "long", "02ffffffffffffffff7f"},
    Spelling{"a long of ten bytes", "long", "02ffffffffffffffffff01"},
    Spelling{"a long of more than 64 bits", "long", "02ffffffffffffffffff02"},
    Spelling{"a long of eleven bytes", "long", "0280808080808080808080808000"},
    Spelling{"true", "boolean", "0201"},
    Spelling{"no boolean", "boolean", "0202"},
    Spelling{"a float", "float", "020000c03f"},
    Spelling{"a double", "double", "0200000000000002c0"},
    Spelling{"no text", "string", "0200"},
    Spelling{"one letter", "string", "020261"},
    Spelling{"seven letters", "string", "020e61626364656667"},
    Spelling{"eight letters", "string", "02106162636465666768"},
    Spelling{"nine letters", "string", "0212616263646566676869"},
    Spelling{"a length in two bytes", "string",
             "02848000"
             "6162"},
    Spelling{"a length in ten bytes", "string",
             "0284808080808080808000"
             "6162"},
    Spelling{"a negative length", "string", "0203"},
    Spelling{"a length of 2^63-1", "string", "02feffffffffffffffff01"},
    Spelling{"two bytes of UTF-8", "string", "0204c3a9"},
    Spelling{"the first of two bytes", "string", "0202c3"},
    Spelling{"seven letters, the last broken", "string", "020e616263646566ff"},
    Spelling{"nine letters, the first broken", "string", "0212ff6263646566676869"},
};

template <class T>
void agree_on(const Spelling& row, const std::string& payload) {
  const auto schema = schema_of((std::string(R"({"type":"record","name":"One","fields":[)") +
                                 R"({"name":"x","type":["null",")" + row.type + "\"]}]}")
                                    .c_str());
  const auto in_place = TypedReader<Holder<std::optional<T>>>::make(schema);
  const auto with_care = TypedReader<Holder<std::unique_ptr<T>>>::make(schema);
  ASSERT_TRUE(in_place && with_care);
  value::Arena arena;
  Holder<std::optional<T>> optional;
  Holder<std::unique_ptr<T>> pointer;
  std::size_t consumed = 0;
  std::size_t consumed_with_care = 0;
  // A copy of its own, so that a sanitizer sees a read behind the end.
  const auto whole = bytes_of(payload);
  const std::vector<std::byte> bytes(whole.begin(), whole.end());
  const auto fault = in_place->read(bytes, arena, optional, &consumed);
  const auto other = with_care->read(bytes, arena, pointer, &consumed_with_care);
  EXPECT_EQ(shown(fault), shown(other));
  EXPECT_EQ(consumed, consumed_with_care);
  EXPECT_TRUE(same(optional.x, pointer.x));

  ExactReader exact(bytes);
  std::optional<T> made;
  const bool read = exact.nullable<0>(made);
  EXPECT_EQ(read, !fault);
  if (read) {
    EXPECT_EQ(made, optional.x);
    EXPECT_EQ(exact.left(), bytes.size() - consumed);
  }
}

TEST(Nullable, EverySpellingAtEveryDistanceFromTheEnd) {
  for (const Spelling& row : kSpellings) {
    const std::string value = from_hex(row.hex);
    for (std::size_t cut = 0; cut <= value.size(); ++cut) {
      for (std::size_t more = 0; more <= (cut < value.size() ? 0 : kNullableBytes + 1); ++more) {
        for (const char filler : {'\x00', '\xFF'}) {
          SCOPED_TRACE(std::string(row.name) + ", " + std::to_string(cut) + " bytes of it and " +
                       std::to_string(more) + " more");
          const std::string payload = value.substr(0, cut) + std::string(more, filler);
          const std::string_view type = row.type;
          if (type == "int") agree_on<std::int32_t>(row, payload);
          if (type == "long") agree_on<std::int64_t>(row, payload);
          if (type == "boolean") agree_on<bool>(row, payload);
          if (type == "float") agree_on<float>(row, payload);
          if (type == "double") agree_on<double>(row, payload);
          if (type == "string") agree_on<std::string_view>(row, payload);
          if (type == "string") agree_on<std::string>(row, payload);
        }
      }
    }
  }
}

TEST(Nullable, StringsKeepTheirMemory) {
  const auto reader = TypedReader<InPlace>::make(schema_of(kKinds));
  ASSERT_TRUE(reader);
  const std::string payload = from_hex(kAll);
  value::Arena arena;
  InPlace target;
  target.text.emplace(100, 'x');
  const char* const memory = target.text->data();
  ASSERT_FALSE(reader->read(bytes_of(payload), arena, target));
  EXPECT_EQ(target.text, "short");
  EXPECT_EQ(target.text->data(), memory);
}

TEST(Nullable, WhatWasReadIsWrittenAgain) {
  const auto in_place = TypedWriter<InPlace>::make(schema_of(kKinds));
  const auto with_care = TypedWriter<WithCare>::make(schema_of(kKinds));
  ASSERT_TRUE(in_place && with_care);
  const auto reader = TypedReader<InPlace>::make(schema_of(kKinds));
  const auto careful = TypedReader<WithCare>::make(schema_of(kKinds));
  const std::string none = from_hex("0000000000000002020202020202");
  for (const std::string& payload : {from_hex(kAll), none}) {
    value::Arena arena;
    InPlace target;
    WithCare boxed;
    ASSERT_FALSE(reader->read(bytes_of(payload), arena, target));
    ASSERT_FALSE(careful->read(bytes_of(payload), arena, boxed));
    codec::ByteBuffer out;
    ASSERT_FALSE(in_place->write(target, out));
    EXPECT_EQ(out.text(), payload);
    out.clear();
    ASSERT_FALSE(with_care->write(boxed, out));
    EXPECT_EQ(out.text(), payload);
  }
}

TEST(Nullable, BrokenTextIsNotWritten) {
  const auto writer = TypedWriter<InPlace>::make(schema_of(kKinds));
  ASSERT_TRUE(writer);
  InPlace target;
  target.view_last = "\xFF";
  codec::ByteBuffer out;
  const auto fault = writer->write(target, out);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, value::FaultKind::InvalidUtf8);
  EXPECT_EQ(fault->path, "Kinds.view_last");
  EXPECT_EQ(out.size(), 0U);
}

}  // namespace
}  // namespace limpet::avro
