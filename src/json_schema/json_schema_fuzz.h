// What the fuzzers and the replay of their corpora run on one input.
#pragma once

#include "limpet/base/assert.h"
#include "limpet/json/parse.h"
#include "limpet/json_schema/compare.h"
#include "limpet/json_schema/schema.h"
#include "limpet/json_schema/validate.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace limpet::json_schema {

/// A schema and, behind a line feed, a value: no crash, counted work; the form is idempotent, a
/// schema never differs from itself, and both ways of validating agree.
inline void fuzz_schema(std::string_view input) {
  const auto cut = input.find('\n');
  const auto schema = parse(input.substr(0, cut));
  if (!schema) {
    LIMPET_ASSERT(!schema.error().message.empty());
    LIMPET_ASSERT(schema.error().code == Code::InvalidInput ||
                  schema.error().code == Code::LimitExceeded);
    return;
  }
  const auto identity = identity_form(*schema);
  if (const auto again = parse(identity)) LIMPET_ASSERT(identity_form(*again) == identity);
  const auto self =
      compare({.reader = *schema, .writer = *schema, .options = {.max_steps = 200'000}});
  LIMPET_ASSERT(!self || self->empty());
  if (cut == std::string_view::npos) return;
  const auto value = json::parse(input.substr(cut + 1));
  if (!value) return;
  const auto plan = compile(*schema, {.assert_formats = input.size() % 2 == 0});
  std::uint64_t used = 0;
  const ValidateOptions options{.max_steps = 200'000, .steps_used = &used};
  const auto quick = is_valid(plan, *value, options);
  LIMPET_ASSERT(used <= options.max_steps);
  const auto errors = validate(plan, *value, options);
  LIMPET_ASSERT(used <= options.max_steps);
  if (quick && errors) LIMPET_ASSERT(*quick == errors->empty());
}

/// Reader, writer and a value, split by line feeds: counted work, the same list each time.
inline void fuzz_compare(std::string_view input) {
  const auto cut = input.find('\n');
  if (cut == std::string_view::npos) return;
  const auto reader = parse(input.substr(0, cut));
  const auto writer = parse(input.substr(cut + 1));
  if (!reader || !writer) return;
  std::uint64_t left = 200'000;
  const auto first = compare({.reader = *reader, .writer = *writer, .steps_left = &left});
  LIMPET_ASSERT(left <= 200'000);
  left = 200'000;
  const auto second = compare({.reader = *reader, .writer = *writer, .steps_left = &left});
  LIMPET_ASSERT(first.has_value() == second.has_value());
  if (!first) return;
  LIMPET_ASSERT(*first == *second && first->size() <= CompareOptions{}.max_differences);
  for (const auto& difference : *first) LIMPET_ASSERT(!describe(difference).empty());
}

/// Each file of a folder through `run`.
inline void replay_corpus(const std::string& folder, void (*run)(std::string_view)) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    run(text);
    ++count;
  }
  LIMPET_ASSERT(count > 0);
}

}  // namespace limpet::json_schema
