// One fuzz input as what people and files hand to the commands on records. See command_fuzz.cc.
#pragma once

#include "message_text.h"
#include "record_filter.h"
#include "transfer.h"

#include "limpet/base/assert.h"
#include "limpet/base/hex.h"
#include "limpet/crypto/base64.h"
#include "limpet/kafka/config.h"
#include "limpet/kafka/types.h"
#include "limpet/value/json_reader.h"

#include <sstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace limpet::app {

/// What is accepted means the same when it is written again.
inline void fuzz_export(std::string_view input) {
  std::vector<Exported> items;
  std::string text = export_head();
  std::istringstream in{std::string(input)};
  const auto read = read_export(in, [&](const Exported& item) {
    items.push_back(item);
    text += export_line(item);
  });
  if (!read) {
    LIMPET_ASSERT(!read.error().message.empty());
    return;
  }
  text += export_end(*read);
  std::size_t at = 0;
  std::istringstream again{text};
  const auto counts = read_export(again, [&](const Exported& item) {
    LIMPET_ASSERT(at < items.size() && items[at] == item);
    ++at;
  });
  LIMPET_ASSERT(counts && *counts == *read && at == items.size());
}

/// The first line is a condition, the rest a record in JSON.
inline void fuzz_where(std::string_view input) {
  const std::size_t end = input.find('\n');
  const auto filter = RecordFilter::parse({std::string(input.substr(0, end))});
  if (!filter) {
    LIMPET_ASSERT(filter.error().code == Code::InvalidInput);
    return;
  }
  value::Arena arena;
  value::View record;
  if (end != std::string_view::npos &&
      value::read_json(input.substr(end + 1), arena, record) != std::nullopt) {
    return;
  }
  const bool matches = filter->matches(record, {.key = record, .schema = "s", .version = 1});
  LIMPET_ASSERT(matches == filter->matches(record, {.key = record, .schema = "s", .version = 1}));
}

/// The first byte chooses the reader, the rest is what it reads.
inline void fuzz_command(std::string_view input) {
  if (input.empty()) return;
  const char kind = input.front();
  input.remove_prefix(1);
  switch (kind) {
    case 'h':
      if (const auto bytes = message_from_hex(input)) {
        LIMPET_ASSERT(bytes->size() <= input.size() / 2);
        LIMPET_ASSERT(message_from_hex(to_hex(*bytes)) == bytes);
      }
      break;
    case 'b':
      if (const auto bytes = message_from_base64(input)) {
        LIMPET_ASSERT(message_from_base64(crypto::base64_encode(*bytes)) == bytes);
        LIMPET_ASSERT(message_from_base64(crypto::base64url_encode(*bytes)) == bytes);
      }
      break;
    case 'w':
      fuzz_where(input);
      break;
    case 'e':
      fuzz_export(input);
      break;
    case 'p':
      if (const auto position = kafka::parse_position(input)) {
        LIMPET_ASSERT(position->kind != kafka::Position::Kind::Offset || position->value >= 0);
        LIMPET_ASSERT(position->kind != kafka::Position::Kind::Tail || position->value >= 0);
      }
      break;
    case 'k':
      if (const auto properties = kafka::parse_properties(input)) {
        for (const auto& [name, value] : *properties) LIMPET_ASSERT(!name.empty());
      }
      break;
    default:
      break;
  }
}

}  // namespace limpet::app
