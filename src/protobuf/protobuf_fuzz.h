// What the fuzzer and the replay of its corpus run on one input.
#pragma once

#include "limpet/base/assert.h"
#include "limpet/protobuf/bundle.h"
#include "limpet/protobuf/compare.h"
#include "limpet/protobuf/message_index.h"
#include "limpet/protobuf/schema.h"
#include "limpet/protobuf/transcode.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace limpet::protobuf {

/// Any text: no crash; what is a schema has idempotent forms and reads its own data.
inline std::optional<Schema> fuzz_schema(std::string_view text) {
  auto schema = parse(text, {.extensions = Extensions::Accept});
  if (!schema) {
    LIMPET_ASSERT(schema.error().code == Code::InvalidInput && !schema.error().message.empty());
    return std::nullopt;
  }
  const auto canonical = canonical_text(*schema);
  // The canonical text is longer where it spells out full names; then a limit may refuse it.
  if (const auto again = parse(canonical, {.extensions = Extensions::Accept})) {
    LIMPET_ASSERT(canonical_text(*again) == canonical);
    LIMPET_ASSERT(identity_form(*again) == identity_form(*schema));
  } else {
    LIMPET_ASSERT(canonical.size() > (1UL << 20));
  }
  const auto differences = compare({.reader = *schema, .writer = *schema});
  LIMPET_ASSERT(!differences || differences->empty());
  for (const auto* message : schema->messages()) {
    LIMPET_ASSERT(message_at(*schema, message_path(*message)) == message);
    LIMPET_ASSERT(message_at(*schema, *glue_index(*schema, message->full_name)) == message);
  }
  return *std::move(schema);
}

/// A schema that may import the other text as a.proto: a bundle is a schema, in canonical form,
/// and has all messages of the root.
inline void fuzz_bundle(std::string_view root, std::string_view import) {
  const std::array<NamedText, 1> imports{{{"a.proto", import}}};
  const auto whole = bundle(root, imports);
  if (!whole) {
    LIMPET_ASSERT(whole.error().code != Code::Internal && !whole.error().message.empty());
    return;
  }
  const auto bundled = fuzz_schema(*whole);
  LIMPET_ASSERT(bundled && canonical_text(*bundled) == *whole);
  const auto separate =
      parse(root, {.imports = [import](std::string_view path) {
              return path == "a.proto" ? std::optional<std::string>(import) : std::nullopt;
            }});
  LIMPET_ASSERT(separate);
  for (const auto* message : separate->messages()) {
    const auto* same = bundled->find_message(message->full_name);
    LIMPET_ASSERT(same != nullptr && same->fields.size() == message->fields.size());
  }
}

/// Two schemas and a message's bytes, split by NUL: no crash, bounded work, the same list each
/// time; JSON that decoding gives can be encoded again.
inline void fuzz_protobuf(std::string_view input) {
  const auto next = [&input] {
    const auto part = input.substr(0, input.find('\0'));
    input.remove_prefix(std::min(part.size() + 1, input.size()));
    return part;
  };
  const auto first = next();
  const auto second = next();
  if (first.find("a.proto") != std::string_view::npos) fuzz_bundle(first, second);
  const auto reader = fuzz_schema(first);
  if (!reader) return;
  if (const auto writer = parse(second)) {
    const CompareOptions options{.harmless = true, .max_pairs = 100'000};
    const auto list = compare({.reader = *reader, .writer = *writer, .options = options});
    const auto again = compare({.reader = *reader, .writer = *writer, .options = options});
    LIMPET_ASSERT(list.has_value() == again.has_value());
    if (list) {
      LIMPET_ASSERT(*list == *again && list->size() <= options.max_differences);
      for (const auto& difference : *list) {
        LIMPET_ASSERT(difference.path.starts_with("#/") && !describe(difference).empty());
      }
    }
  }
  const auto* message = message_at(*reader, 0U);
  if (message == nullptr) return;
  const auto decoded = decode(*reader, *message, input);
  if (!decoded) return;
  if (const auto encoded = encode(*reader, *message, decoded->json)) {
    const auto again = decode(*reader, *message, *encoded);
    LIMPET_ASSERT(again && again->unknown_count == 0);
  }
}

}  // namespace limpet::protobuf
