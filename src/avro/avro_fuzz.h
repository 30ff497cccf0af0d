// What the fuzzers and the replay of their corpora run on one input.
#pragma once

#include "limpet/avro/fingerprint.h"
#include "limpet/avro/resolve.h"
#include "limpet/avro/schema.h"
#include "limpet/base/assert.h"

#include <string_view>

namespace limpet::avro {

/// Any text: no crash; what is a schema has idempotent forms and reads its own data.
inline void fuzz_schema(std::string_view input) {
  const auto schema = parse(input);
  if (!schema) {
    LIMPET_ASSERT(schema.error().code == Code::InvalidInput && !schema.error().message.empty());
    return;
  }
  fingerprints(*schema);
  const auto identity = identity_form(*schema);
  // Wrapped primitives become bare words, so the form is hardly ever longer than the text; where
  // full names make it too long to be parsed again there is nothing to compare.
  if (const auto again = parse(identity)) {
    LIMPET_ASSERT(identity_form(*again) == identity);
    LIMPET_ASSERT(canonical_form(*again) == canonical_form(*schema));
  } else {
    LIMPET_ASSERT(identity.size() > (1UL << 20));
  }
  constexpr ResolveOptions kOptions{.max_pairs = 100'000};
  const auto mismatches = resolve({.reader = *schema, .writer = *schema, .options = kOptions});
  LIMPET_ASSERT(!mismatches || mismatches->empty());
}

/// Two schemas split by a line feed: no crash, bounded work, the same list each time.
inline void fuzz_resolve(std::string_view input) {
  const auto cut = input.find('\n');
  if (cut == std::string_view::npos) return;
  const auto reader = parse(input.substr(0, cut));
  const auto writer = parse(input.substr(cut + 1));
  if (!reader || !writer) return;
  const ResolveOptions options{.record_names_matter = input.size() % 2 == 0, .max_pairs = 100'000};
  const auto first = resolve({.reader = *reader, .writer = *writer, .options = options});
  const auto second = resolve({.reader = *reader, .writer = *writer, .options = options});
  LIMPET_ASSERT(first.has_value() == second.has_value());
  if (!first) return;
  LIMPET_ASSERT(*first == *second && first->size() <= options.max_mismatches);
  for (const auto& mismatch : *first) {
    LIMPET_ASSERT(mismatch.path.starts_with('/') && !describe(mismatch).empty());
  }
}

}  // namespace limpet::avro
