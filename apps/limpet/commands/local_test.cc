#include "local.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace limpet::app {
namespace {

TEST(Grouped, PutsACommaBeforeEveryThreeDigits) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(UINT64_MAX), "18,446,744,073,709,551,615");
}

TEST(ReadableBytes, TakesTheLargestUnitThatFits) {
  EXPECT_EQ(readable_bytes(0), "0 bytes");
  EXPECT_EQ(readable_bytes(1023), "1023 bytes");
  EXPECT_EQ(readable_bytes(1024), "1.0 KiB");
  EXPECT_EQ(readable_bytes(3 << 20), "3.0 MiB");
  EXPECT_EQ(readable_bytes(UINT64_MAX), "16777216.0 TiB");
}

TEST(DataFolder, IsTheOneGivenOrTheServersOwn) {
  ::unsetenv("LIMPET_DATA");
  EXPECT_EQ(data_folder("given"), "given");
  EXPECT_EQ(data_folder(""), "./limpet-data");
  ::setenv("LIMPET_DATA", "/from/environment", 1);
  EXPECT_EQ(data_folder(""), "/from/environment");
  EXPECT_EQ(data_folder("given"), "given");
  ::unsetenv("LIMPET_DATA");
}

}  // namespace
}  // namespace limpet::app
