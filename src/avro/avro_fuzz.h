// What the fuzzers and the replay of their corpora run on one input.
#pragma once

#include "limpet/avro/bundle.h"
#include "limpet/avro/fingerprint.h"
#include "limpet/avro/pair_check.h"
#include "limpet/avro/resolve.h"
#include "limpet/avro/schema.h"
#include "limpet/base/assert.h"

#include <string_view>
#include <vector>

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
  const PairCheck check{.reader = *reader, .writer = *writer, .max_pairs = 100'000};
  const auto found = check_pair(check);
  const auto again = check_pair(check);
  LIMPET_ASSERT(found.has_value() == again.has_value());
  if (!found) return;
  LIMPET_ASSERT(*found == *again && found->size() <= check.max_incompatibilities);
  for (const auto& one : *found) {
    LIMPET_ASSERT(one.location.starts_with('/') && one.message.size() <= kIncompatibilityBytes);
  }
}

/// A schema, then names and texts of imports, a line each: what is bundled is a schema by itself.
inline void fuzz_bundle(std::string_view input) {
  std::vector<std::string_view> lines;
  while (!input.empty()) {
    const auto end = input.find('\n');
    lines.push_back(input.substr(0, end));
    input = end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
  }
  if (lines.empty()) return;
  std::vector<NamedText> imports;
  for (std::size_t i = 2; i < lines.size(); i += 2) imports.push_back({lines[i - 1], lines[i]});
  const auto whole = bundle(lines[0], imports);
  if (!whole) {
    LIMPET_ASSERT(!whole.error().message.empty());
    LIMPET_ASSERT(whole.error().code == Code::InvalidInput ||
                  whole.error().code == Code::LimitExceeded);
    return;
  }
  LIMPET_ASSERT(parse(*whole).has_value());
  const auto again = bundle(*whole, {});
  LIMPET_ASSERT(again && *again == *whole);
}

}  // namespace limpet::avro
