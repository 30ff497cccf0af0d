// What the fuzzer of batches and the replay of its corpus run on one input.
#pragma once

#include "../columns/testing/check_array.h"

#include "limpet/base/assert.h"
#include "limpet/serde/batch_reader.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpet::serde {

/// A schema up to a zero byte (Protobuf if it begins with "syntax", Avro if it has "fields", else
/// JSON), then payloads, each behind a byte that is its length. Every message is a row or a
/// failure, in agreement with Deserializer, and the batch is whole.
inline void fuzz_batch(std::string_view input) {
  const auto end = std::min(input.find('\0'), input.size());
  const auto definition = input.substr(0, end);
  input.remove_prefix(std::min(end + 1, input.size()));
  const auto format = definition.starts_with("syntax") ? DataFormat::Protobuf
                      : definition.find("\"fields\"") != std::string_view::npos ? DataFormat::Avro
                                                                                : DataFormat::Json;
  constexpr std::uint64_t kMaxBytes = 1UL << 20;
  const auto source = std::make_shared<MemorySource>();
  const Uuid id(std::array<std::uint8_t, 16>{1});
  const auto schema =
      source->add({.id = id, .format = format, .definition = std::string(definition)});
  if (!schema) return;
  auto reader = BatchReader::make(source, *schema,
                                  {.limits = {.max_rows = 50, .max_bytes = kMaxBytes},
                                   .enum_numbers = definition.size() % 2 == 0});
  const auto views = Deserializer<value::View>::make(source);
  if (!reader) return;

  const auto finish = [&] {
    columns::Owned<ArrowSchema> names;
    columns::Owned<ArrowArray> array;
    const auto rows = reader->rows();
    LIMPET_ASSERT(reader->finish(names.get(), array.get()).has_value());
    LIMPET_ASSERT(array->length == static_cast<std::int64_t>(rows));
    columns::testing::check_array(*names, *array);
  };
  value::Arena arena(16UL << 20);
  while (!input.empty()) {
    const auto size = std::min<std::size_t>(static_cast<std::uint8_t>(input[0]), input.size() - 1);
    const auto header = glue_header(id);
    // In memory of its own size, so that a sanitizer sees a look beyond it.
    std::vector<std::byte> message(header.begin(), header.end());
    const auto payload = std::as_bytes(std::span(input.substr(1, size)));
    message.insert(message.end(), payload.begin(), payload.end());
    message.shrink_to_fit();
    input.remove_prefix(size + 1);

    auto rows = reader->rows();
    auto pushed = reader->push({}, message);
    if (pushed == Pushed::Full) {
      LIMPET_ASSERT(rows > 0 && reader->rows() == rows);
      finish();
      rows = 0;
      pushed = reader->push({}, message);
    }
    LIMPET_ASSERT(pushed != Pushed::Full);
    LIMPET_ASSERT(reader->rows() == rows + (pushed == Pushed::Row ? 1 : 0));
    LIMPET_ASSERT(reader->bytes() <= kMaxBytes);
    arena.reset();
    value::View view;
    const auto failure = views->read({}, message, arena, view);
    // Who can read it says the same; not all that can be read has columns.
    if (pushed == Pushed::Row) LIMPET_ASSERT(!failure || failure->kind == FailureKind::TooLarge);
    if (failure) LIMPET_ASSERT(pushed == Pushed::Refused || failure->kind == FailureKind::TooLarge);
  }
  finish();
}

}  // namespace limpet::serde
