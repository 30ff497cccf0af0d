#include "version_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

namespace limpet::client {
namespace {

Uuid id(std::uint32_t number) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 4; ++i) bytes.at(15 - i) = static_cast<std::uint8_t>(number >> 8 * i);
  return Uuid(bytes);
}

SchemaPointer schema(std::uint32_t number, std::size_t size = 10) {
  return std::make_shared<const RegisteredSchema>(
      RegisteredSchema{.version_id = id(number),
                       .definition = std::string(size, 'x'),
                       .schema_name = {},
                       .schema_arn = {},
                       .version_number = number});
}

const RegisteredSchema* find(VersionTable& table, std::uint32_t number) {
  const SchemaPointer* found = table.find(id(number));
  return found == nullptr ? nullptr : found->get();
}

TEST(VersionTable, FindsWhatItHolds) {
  VersionTable table({});
  EXPECT_EQ(find(table, 0), nullptr);
  for (std::uint32_t i = 0; i < 1'000; ++i) table.put(schema(i));
  for (int round = 0; round < 3; ++round) {
    for (std::uint32_t i = 0; i < 1'000; ++i) {
      const auto* found = find(table, i);
      ASSERT_NE(found, nullptr);
      ASSERT_EQ(found->version_number, i);
    }
  }
  EXPECT_EQ(find(table, 1'000), nullptr);
  EXPECT_EQ(table.counts().entries, 1'000U);
  EXPECT_EQ(table.all().size(), 1'000U);
}

TEST(VersionTable, TheFirstAnswerStays) {
  VersionTable table({});
  const auto first = schema(1);
  table.put(first);
  table.put(schema(1, 99));
  EXPECT_EQ(find(table, 1), first.get());
  EXPECT_EQ(table.counts().bytes, bytes_of(*first));
}

TEST(VersionTable, HoldsNoMoreThanItMay) {
  VersionTable table({.entries_max = 100, .bytes_max = 1 << 20});
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    table.put(schema(i));
    EXPECT_LE(table.counts().entries, 100U);
    EXPECT_EQ(find(table, i)->version_number, i);  // the newest is never the one that goes
  }
  EXPECT_EQ(table.counts().evictions, 900U);

  VersionTable small({.entries_max = 100, .bytes_max = 5'000});
  for (std::uint32_t i = 0; i < 100; ++i) {
    small.put(schema(i, 1'000));
    EXPECT_LE(small.counts().bytes, 5'000U);
  }
  EXPECT_EQ(small.counts().entries, 3U);
  small.put(schema(1'000, 5'000));  // larger than all together
  EXPECT_EQ(find(small, 1'000), nullptr);
}

TEST(VersionTable, WhatIsUsedStays) {
  VersionTable table({.entries_max = 64, .bytes_max = 1 << 20});
  for (std::uint32_t i = 0; i < 5'000; ++i) {
    table.put(schema(i));
    for (std::uint32_t kept = 0; kept < std::min(i + 1, 10U); ++kept) {
      ASSERT_NE(find(table, kept), nullptr) << kept << " is gone after " << i;
    }
  }
}

TEST(VersionTable, AFoundSchemaOutlivesItsEviction) {
  VersionTable table({.entries_max = 1, .bytes_max = 1 << 20});
  table.put(schema(0));
  const SchemaPointer* found = table.find(id(0));
  ASSERT_NE(found, nullptr);
  std::thread([&] {
    for (std::uint32_t i = 1; i < 100; ++i) {
      table.put(schema(i));
      find(table, i);
    }
  }).join();
  EXPECT_EQ((*found)->version_number, 0U);
  EXPECT_EQ((*found)->definition, std::string(10, 'x'));
}

TEST(VersionTable, ManyTablesOnOneThread) {
  std::vector<std::unique_ptr<VersionTable>> tables;
  for (std::uint32_t i = 0; i < 10; ++i) {
    tables.push_back(std::make_unique<VersionTable>(TableBounds{}));
    tables.back()->put(schema(7, i));
  }
  for (int round = 0; round < 3; ++round) {
    for (std::uint32_t i = 0; i < 10; ++i) {
      EXPECT_EQ(find(*tables[i], 7)->definition.size(), i);
      EXPECT_EQ(find(*tables[i], 8), nullptr);
    }
  }
  tables.erase(tables.begin() + 3);
  EXPECT_EQ(find(*tables[3], 7)->definition.size(), 4U);
}

TEST(VersionTable, ManyThreadsReadWhileOthersWrite) {
  VersionTable table({.entries_max = 500, .bytes_max = 1 << 20});
  std::atomic<bool> stop = false;
  std::atomic<std::uint64_t> found = 0;
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 14; ++seed) {
    threads.emplace_back([&, seed] {
      std::minstd_rand random(seed + 1);
      while (!stop) {
        const auto number = static_cast<std::uint32_t>(random() % 1'000);
        if (const auto* schema = find(table, number)) {
          if (schema->version_number != number) std::abort();
          ++found;
        }
      }
    });
  }
  for (unsigned seed = 0; seed < 2; ++seed) {
    threads.emplace_back([&, seed] {
      std::minstd_rand random(seed + 100);
      for (int i = 0; i < 5'000; ++i)
        table.put(schema(static_cast<std::uint32_t>(random() % 1'000)));
    });
  }
  threads[14].join();
  threads[15].join();
  while (found < 10'000) std::this_thread::yield();
  stop = true;
  for (std::size_t i = 0; i < 14; ++i) threads[i].join();
  EXPECT_LE(table.counts().entries, 500U);
}

}  // namespace
}  // namespace limpet::client
