// What the fuzzer of the reader and writer of messages, and the replay of its corpus, run on one
// input: a byte that chooses a schema, and a message.
#pragma once

#include "testing/wire_oracle.h"

#include "limpet/base/assert.h"
#include "limpet/protobuf/message_reader.h"
#include "limpet/protobuf/message_writer.h"
#include "limpet/protobuf/schema.h"
#include "limpet/value/json_text.h"

#include <array>
#include <string>
#include <string_view>

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

/// No crash, memory as the header says; read exactly when libprotobuf reads it, with the same
/// values; written again it says the same.
inline void fuzz_message(std::string_view input) {
  struct Prepared {
    explicit Prepared(std::string_view text)
        : schema(*parse(text, {.extensions = Extensions::Accept})),
          reader(*MessageReader::make(
              schema, *schema.find_message("M"),
              {.utf8 = schema.file().syntax == Syntax::Proto3 ? value::Utf8Policy::Validate
                                                              : value::Utf8Policy::Trust,
               .check_required = false})),
          oracle(schema, *schema.find_message("M")) {}
    Schema schema;
    MessageReader reader;
    testing::Oracle oracle;
  };
  static std::array<Prepared, 2> prepared{Prepared(kFuzzSchemas[0]), Prepared(kFuzzSchemas[1])};
  if (input.empty()) return;
  auto& [schema, reader, oracle] = prepared.at(static_cast<unsigned char>(input[0]) % 2);
  const auto bytes = input.substr(1);
  value::Arena arena;
  value::View view;
  const auto fault = reader.read(std::as_bytes(std::span(bytes)), arena, view);
  // A record of 20 fields for each two bytes, at most.
  LIMPET_ASSERT(arena.used() <= (64 + 21 * 8) * bytes.size() + 1024);
  const auto message = oracle.read(bytes);
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
