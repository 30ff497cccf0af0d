// What the fuzzer of the reader and writer of messages, and the replay of its corpus, run on one
// input: a byte that chooses a schema, and a message.
#pragma once

#include "testing/wire_oracle.h"

#include "limpet/base/assert.h"
#include "limpet/protobuf/message_reader.h"
#include "limpet/protobuf/message_struct.h"
#include "limpet/protobuf/message_writer.h"
#include "limpet/protobuf/schema.h"
#include "limpet/value/binding.h"
#include "limpet/value/json_text.h"
#include "limpet/value/struct_view.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace limpet::protobuf::fuzz {

enum class Third : std::uint8_t { Zero, One, Last };

/// Of the first schema. Members are read where they stand, but for `q`.
struct Proto3 {
  std::int64_t a = 7;
  std::int64_t b = 7;
  std::string c;
  std::string_view d;
  std::unique_ptr<Proto3> e;
  std::vector<std::uint32_t> f;
  std::map<std::string, std::int32_t> g;
  std::optional<std::int32_t> h;
  std::optional<std::string_view> j;
  bool k = false;
  std::vector<std::string_view> l;
  std::span<const std::byte> m;
  std::uint64_t n = 7;
  double p = 7;
  std::unordered_map<std::string, std::unique_ptr<Proto3>> q;
  std::vector<Third> r;
  std::vector<std::int64_t> s;
  std::vector<Proto3> t;
  double u = 7;
};
/// Of the second.
struct Group {
  std::variant<std::monostate, std::int32_t> x;
};
struct Proto2 {
  std::int32_t a = 7;
  std::optional<std::string> b;
  std::vector<std::string> c;
  std::vector<std::string_view> d;
  std::optional<Group> g;
  std::unique_ptr<Proto2> n;
  std::vector<std::vector<std::byte>> h;
  std::string i;
};

}  // namespace limpet::protobuf::fuzz

namespace limpet::value {

template <>
struct EnumBinding<protobuf::fuzz::Third> {
  using T = protobuf::fuzz::Third;
  static constexpr auto symbols =
      value::symbols<T>({{"ZERO", T::Zero}, {"ONE", T::One}, {"LAST", T::Last}});
};
template <>
struct Binding<protobuf::fuzz::Proto3> {
  using M = protobuf::fuzz::Proto3;
  static constexpr auto type =
      record("M", field<"a">(&M::a), field<"b">(&M::b), field<"c">(&M::c), field<"d">(&M::d),
             field<"e">(&M::e), field<"f">(&M::f), field<"g">(&M::g), field<"h">(&M::h),
             field<"j">(&M::j), field<"k">(&M::k, kMayBeAbsent), field<"l">(&M::l),
             field<"m">(&M::m), field<"n">(&M::n), field<"p">(&M::p), field<"q">(&M::q),
             field<"r">(&M::r), field<"s">(&M::s), field<"t">(&M::t), field<"u">(&M::u));
};
template <>
struct Binding<protobuf::fuzz::Group> {
  static constexpr auto type = record("M.G", field<"x">(&protobuf::fuzz::Group::x));
};
template <>
struct Binding<protobuf::fuzz::Proto2> {
  using M = protobuf::fuzz::Proto2;
  static constexpr auto type = record(
      "M", field<"a">(&M::a, kMayBeAbsent), field<"b">(&M::b), field<"c">(&M::c), field<"d">(&M::d),
      field<"g">(&M::g), field<"n">(&M::n), field<"h">(&M::h), field<"i">(&M::i, kMayBeAbsent));
};

}  // namespace limpet::value

namespace limpet::protobuf {

inline constexpr std::array<std::string_view, 2> kFuzzSchemas{
    R"(syntax = "proto3"; enum E { ZERO = 0; ONE = 1; LAST = -1; }
message M {
  int32 a = 1; sint64 b = 2; string c = 3; E d = 4; M e = 5; repeated uint32 f = 6;
  map<string, int32> g = 7; oneof o { int32 h = 8; M i = 9; string j = 10; }
  optional bool k = 11; repeated string l = 12; bytes m = 13; fixed64 n = 14; float p = 15;
  map<int32, M> q = 16; repeated E r = 17; repeated sfixed32 s = 18; repeated M t = 19;
  double u = 2000; })",
    R"(syntax = "proto2"; enum E { ZERO = 0; TWO = 2; }
message M {
  required int32 a = 1; optional E b = 2; repeated E c = 3; repeated E d = 4 [packed = true];
  optional group G = 5 { optional int32 x = 1; repeated group H = 2 { optional M m = 1; } }
  map<bool, E> f = 6; optional M n = 7; repeated bytes h = 8; optional string i = 9; })"};

/// A struct says what a view of the same bytes says, in values and in faults; written again it is
/// what its own view is.
template <class Struct>
void fuzz_struct(const Schema& schema, const MessageReaderOptions& options,
                 std::span<const std::byte> bytes, const std::optional<value::Fault>& fault,
                 const value::View& view) {
  const auto& type = value::struct_type<Struct>();
  static const auto reader =
      *MessageStructReader::make(schema, *schema.find_message("M"), type, options);
  static const auto writer = *MessageStructWriter::make(schema, *schema.find_message("M"), type);
  static const value::StructViews views(type);
  value::Arena arena;
  Struct straight;
  Struct viewed;
  const auto found = reader.read(bytes, arena, &straight);
  auto wanted = fault;
  if (!wanted) {
    wanted = value::read_struct(view, type, &viewed, arena);
    if (wanted) wanted->path.insert(0, "M.");
  }
  if (found && found->kind == value::FaultKind::TooLarge) return;  // items that views lack
  LIMPET_ASSERT(found == wanted);
  if (found) return;
  std::array<std::string, 2> texts;
  for (std::size_t i = 0; i < 2; ++i) {
    value::View printed;
    LIMPET_ASSERT(!views.view(i == 0 ? &straight : &viewed, arena, printed));
    LIMPET_ASSERT(!value::append_json(printed, texts.at(i)));
  }
  LIMPET_ASSERT(texts[0] == texts[1]);
  value::View again;
  LIMPET_ASSERT(!views.view(&straight, arena, again));
  std::string by_view;
  const auto problem =
      MessageWriter::make(schema, *schema.find_message("M"))->append(again, by_view);
  std::string by_plan;
  LIMPET_ASSERT(writer.append(&straight, arena, by_plan) == problem);
  LIMPET_ASSERT(by_plan == by_view);
}

/// No crash, memory as the header says; read exactly when libprotobuf reads it, with the same
/// values; written again it says the same.
inline void fuzz_message(std::string_view input) {
  struct Prepared {
    explicit Prepared(std::string_view text)
        : schema(*parse(text, {.extensions = Extensions::Accept})),
          options{.utf8 = schema.file().syntax == Syntax::Proto3 ? value::Utf8Policy::Validate
                                                                 : value::Utf8Policy::Trust,
                  .check_required = false},
          reader(*MessageReader::make(schema, *schema.find_message("M"), options)),
          oracle(schema, *schema.find_message("M")) {}
    Schema schema;
    MessageReaderOptions options;
    MessageReader reader;
    testing::Oracle oracle;
  };
  static std::array<Prepared, 2> prepared{Prepared(kFuzzSchemas[0]), Prepared(kFuzzSchemas[1])};
  if (input.empty()) return;
  auto& [schema, options, reader, oracle] = prepared.at(static_cast<unsigned char>(input[0]) % 2);
  const auto bytes = input.substr(1);
  value::Arena arena;
  value::View view;
  const auto fault = reader.read(std::as_bytes(std::span(bytes)), arena, view);
  // A record of 20 fields for each two bytes, at most.
  LIMPET_ASSERT(arena.used() <= (64 + 21 * 8) * bytes.size() + 1024);
  const auto message = oracle.read(bytes);
  if (schema.file().syntax == Syntax::Proto3) {
    fuzz_struct<fuzz::Proto3>(schema, options, std::as_bytes(std::span(bytes)), fault, view);
  } else {
    fuzz_struct<fuzz::Proto2>(schema, options, std::as_bytes(std::span(bytes)), fault, view);
  }
  if (fault) {
    LIMPET_ASSERT(fault->offset <= bytes.size() && !fault->message.empty());
    LIMPET_ASSERT(message == nullptr || fault->message == "a tag is longer than 32 bits");
    return;
  }
  LIMPET_ASSERT(message != nullptr);
  LIMPET_ASSERT(testing::difference(*message, view).empty());
  std::string json;
  LIMPET_ASSERT(!value::append_json(view, json));
  const auto writer = *MessageWriter::make(schema, *schema.find_message("M"));
  std::string written;
  const auto problem = writer.append(view, written);
  if (problem) {
    LIMPET_ASSERT(problem->kind == value::FaultKind::MissingField ||
                  problem->kind == value::FaultKind::InvalidUtf8);
    return;
  }
  value::View again;
  LIMPET_ASSERT(!reader.read(std::as_bytes(std::span(written)), arena, again));
  std::string twice;
  LIMPET_ASSERT(!value::append_json(again, twice));
  LIMPET_ASSERT(twice == json);
}

}  // namespace limpet::protobuf
