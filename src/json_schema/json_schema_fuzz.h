// What the fuzzers and the replay of their corpora run on one input.
#pragma once

#include "limpet/base/assert.h"
#include "limpet/json/parse.h"
#include "limpet/json_schema/bundle.h"
#include "limpet/json_schema/compare.h"
#include "limpet/json_schema/confluent.h"
#include "limpet/json_schema/schema.h"
#include "limpet/json_schema/validate.h"
#include "limpet/value/json_reader.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

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
  const auto confluent_self =
      confluent_compare({.reader = *schema, .writer = *schema, .options = {.max_steps = 200'000}});
  LIMPET_ASSERT(!confluent_self || confluent_self->empty());
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
  value::Arena arena;
  value::View view;
  LIMPET_ASSERT(!value::read_json(input.substr(cut + 1), arena, view));
  const auto view_quick = is_valid(plan, view, options);
  const auto view_errors = validate(plan, view, options);
  if (quick && view_quick) LIMPET_ASSERT(*quick == *view_quick);
  if (view_quick && view_errors) LIMPET_ASSERT(*view_quick == view_errors->empty());
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
  left = 200'000;
  const auto found = confluent_compare({.reader = *reader, .writer = *writer, .steps_left = &left});
  LIMPET_ASSERT(left <= 200'000);
  left = 200'000;
  const auto again = confluent_compare({.reader = *reader, .writer = *writer, .steps_left = &left});
  LIMPET_ASSERT(found.has_value() == again.has_value());
  if (!found) return;
  LIMPET_ASSERT(*found == *again && found->size() <= CompareOptions{}.max_differences);
  for (const auto& one : *found) LIMPET_ASSERT(one.path.starts_with("#/"));
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
