// What the fuzzer and the replay of its corpus run on one input.
#pragma once

#include "testing/messages.h"

#include "limpet/base/assert.h"
#include "limpet/serde/deserializer.h"
#include "limpet/serde/serializer.h"
#include "limpet/value/json_text.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace limpet::serde {

/// Three schemas, one of each format: ids 1, 2 and 3, the same as Confluent's.
inline std::shared_ptr<MemorySource> fuzz_source() {
  auto source = std::make_shared<MemorySource>();
  const auto add = [&source](std::uint32_t n, DataFormat format, std::string definition) {
    const auto added = source->add(RegisteredText{.id = testing::nth_id(n),
                                                  .format = format,
                                                  .definition = std::move(definition),
                                                  .confluent_id = static_cast<std::int32_t>(n)});
    LIMPET_ASSERT(static_cast<bool>(added));
  };
  add(1, DataFormat::Avro,
      R"({"type":"record","name":"L","fields":[{"name":"s","type":["null","string","double"]},)"
      R"({"name":"m","type":{"type":"map","values":{"type":"array","items":"int"}}},)"
      R"({"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]}},)"
      R"({"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},)"
      R"({"name":"next","type":["null","L"],"default":null}]})");
  add(2, DataFormat::Json, R"({"type":"object","properties":{"n":{"type":"integer"}}})");
  add(3, DataFormat::Protobuf,
      "syntax = \"proto3\";\nmessage M { string s = 1; repeated int32 n = 2; M m = 3; "
      "map<string, bytes> b = 4; message N { sint64 z = 1; } N o = 5; }\n");
  return source;
}

/// A byte of options, then a message: no crash, a bound on memory, the same answer from every kind
/// of target, and a record that was read can be written and is then the same.
inline void fuzz_serde(std::span<const std::byte> input) {
  static const auto kSource = fuzz_source();
  static const DeserializerOptions kOptions{.inflate = {.max_bytes = 100'000, .max_ratio = 100},
                                            .validate_json = true};
  static const auto kViews = *Deserializer<value::View>::make(kSource, kOptions);
  static const auto kTexts = *Deserializer<std::string>::make(kSource, kOptions);
  static const auto kPayloads = *Deserializer<Payload>::make(kSource, kOptions);
  if (input.empty()) return;
  // A frame that exists, so that the fuzzer need not guess ids.
  const auto flags = std::to_integer<std::uint32_t>(input[0]);
  std::string message;
  if (flags % 4 != 0) {
    message = testing::glue(testing::nth_id(flags % 4), "",
                            (flags & 4U) != 0 ? Compression::Zlib : Compression::None);
  }
  message.append(reinterpret_cast<const char*>(input.data() + 1), input.size() - 1);  // NOLINT

  constexpr std::size_t kArena = 16UL << 20;
  value::Arena arena(kArena);
  value::View view;
  ReadInfo info;
  const auto bytes = testing::as_bytes(message);
  const auto failure = kViews.read({}, bytes, arena, view, &info);
  LIMPET_ASSERT(arena.used() <= kArena);
  value::Arena others(kArena);
  Payload payload;
  const auto no_payload = kPayloads.read({}, bytes, others, payload);
  if (failure) {
    LIMPET_ASSERT(view.is_null() && !failure->message.empty() && !describe(*failure).empty());
    LIMPET_ASSERT(failure->kind != FailureKind::Internal);
    LIMPET_ASSERT(failure->place != Failure::Place::Message || failure->offset <= message.size());
    // What cannot be opened cannot be read.
    LIMPET_ASSERT(!no_payload || no_payload->kind == failure->kind);
    return;
  }
  LIMPET_ASSERT(!no_payload && std::ranges::equal(payload.bytes, info.payload));
  LIMPET_ASSERT(info.consumed <= info.payload.size());
  std::string text;
  std::string again;
  LIMPET_ASSERT(!kTexts.read({}, bytes, others, text));
  LIMPET_ASSERT(!value::append_json(view, again) && again == text);

  // Written and read again it says the same.
  const auto writer = Serializer<value::View>::make(
      nullptr, {.format = info.schema->format(),
                .definition = info.schema->definition(),
                .message = info.message == nullptr ? "" : info.message->full_name,
                .version = info.schema->id(),
                .validate_json = false});
  LIMPET_ASSERT(writer.has_value());
  codec::ByteBuffer out;
  if (const auto refused = writer->append({}, view, out)) {
    // What readers let go and writers do not: a decimal of too many digits.
    LIMPET_ASSERT(refused->kind != FailureKind::Internal && out.empty());
    return;
  }
  const auto failed = kTexts.read({}, out.bytes(), others, again);
  LIMPET_ASSERT(!failed && again == text);
}

}  // namespace limpet::serde
