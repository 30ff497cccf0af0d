// Schemas follow themselves; a verdict does not depend on how many differences there is room for;
// what is compatible is so under the lenient policy too.
#include "testing/random_schema.h"

#include "limpet/json/writer.h"
#include "limpet/json_schema/confluent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace limpet::json_schema {
namespace {

TEST(ConfluentProperty, OnRandomPairs) {
  constexpr std::uint64_t kSeed = 20'261'123;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  int compatible = 0;
  int compared = 0;
  for (const auto dialect :
       {Dialect::Draft4, Dialect::Draft7, Dialect::Draft201909, Dialect::Draft202012}) {
    testing::RandomSchemas random(kSeed, dialect);
    for (int round = 0; round < 300; ++round) {
      const auto document = random.document();
      const auto writer_text = json::to_text(document);
      const auto reader_text = json::to_text(random.changed(document));
      const auto writer = parse(writer_text);
      const auto reader = parse(reader_text);
      if (!writer || !reader) continue;
      const auto self = confluent_compare({.reader = *writer, .writer = *writer});
      EXPECT_TRUE(self && self->empty()) << writer_text;
      const auto all = confluent_compare({.reader = *reader, .writer = *writer});
      const auto one = confluent_compare(
          {.reader = *reader, .writer = *writer, .options = {.max_differences = 1}});
      const auto lenient =
          confluent_compare({.reader = *reader, .writer = *writer, .options = {.lenient = true}});
      ASSERT_TRUE(all && one && lenient) << writer_text << reader_text;
      EXPECT_EQ(one->size(), std::min<std::size_t>(1, all->size())) << writer_text << reader_text;
      EXPECT_TRUE(one->empty() || one->front() == all->front()) << writer_text << reader_text;
      EXPECT_TRUE(lenient->empty() || !all->empty()) << writer_text << reader_text;
      ++compared;
      compatible += all->empty() ? 1 : 0;
    }
  }
  EXPECT_GT(compared, 800);
  EXPECT_GT(compatible, compared / 10);
  EXPECT_LT(compatible, compared * 9 / 10);
}

}  // namespace
}  // namespace limpet::json_schema
