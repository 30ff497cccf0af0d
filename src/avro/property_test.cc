// Laws that hold for every schema, over seeded random ones; and the fuzzers' corpora.
#include "avro_fuzz.h"
#include "datum_fuzz.h"
#include "testing/random_schema.h"

#include "limpet/avro/resolve.h"
#include "limpet/avro/schema.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace limpet::avro {
namespace {

constexpr std::uint64_t kSeeds = 2'000;

TEST(Property, FormsAreIdempotent) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto text = testing::RandomSchema(seed).text();
    const auto schema = parse(text);
    ASSERT_TRUE(schema) << text << describe(schema.error());
    const auto identity = identity_form(*schema);
    const auto again = parse(identity);
    ASSERT_TRUE(again) << identity << describe(again.error());
    ASSERT_EQ(identity_form(*again), identity);
    ASSERT_EQ(canonical_form(*again), canonical_form(*schema));
  }
}

TEST(Property, ASchemaReadsItsOwnData) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto text = testing::RandomSchema(seed, 20).text();
    const auto schema = parse(text);
    ASSERT_TRUE(schema) << text;
    const auto mismatches = resolve({.reader = *schema, .writer = *schema});
    ASSERT_TRUE(mismatches);
    ASSERT_TRUE(mismatches->empty()) << text << describe(mismatches->front());
  }
}

TEST(Property, StrictIsNeverMoreLenientAndVerdictsRepeat) {
  std::size_t compatible = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    testing::RandomSchema random(seed);
    const auto writer = parse(random.text());
    random.evolve();
    const auto reader = parse(random.text());
    ASSERT_TRUE(reader && writer);
    const auto strict =
        resolve({.reader = *reader, .writer = *writer, .options = {.record_names_matter = true}});
    const auto lenient =
        resolve({.reader = *reader, .writer = *writer, .options = {.enum_symbols_strict = false}});
    const auto repeated =
        resolve({.reader = *reader, .writer = *writer, .options = {.record_names_matter = true}});
    ASSERT_TRUE(strict && lenient && repeated);
    ASSERT_EQ(*strict, *repeated);
    ASSERT_LE(lenient->size(), strict->size());
    compatible += lenient->empty() ? 1 : 0;
  }
  EXPECT_GT(compatible, kSeeds / 20);  // the generator yields both verdicts
  EXPECT_LT(compatible, kSeeds * 9 / 10);
}

template <class Function>
std::size_t replay(const std::string& fuzzer, Function function) {
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(LIMPET_TESTDATA "/fuzz/" + fuzzer)) {
    SCOPED_TRACE(file.path());
    std::ifstream in(file.path(), std::ios::binary);
    function(std::string(std::istreambuf_iterator<char>(in), {}));
    ++files;
  }
  return files;
}

TEST(Fuzz, ReplaysTheSchemaCorpus) {
  EXPECT_GE(replay("schema", [](const std::string& text) { fuzz_schema(text); }), 5U);
}
TEST(Fuzz, ReplaysTheResolveCorpus) {
  EXPECT_GE(replay("resolve", [](const std::string& text) { fuzz_resolve(text); }), 5U);
}

TEST(Fuzz, ReplaysTheDatumCorpus) {
  EXPECT_GE(replay("datum", [](const std::string& text) { fuzz_datum(text); }), 8U);
}

}  // namespace
}  // namespace limpet::avro
