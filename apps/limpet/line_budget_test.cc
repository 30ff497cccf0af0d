#include "line_budget.h"

#include <gtest/gtest.h>

namespace limpet::app {
namespace {

using namespace std::chrono_literals;

TEST(LineBudgetTest, WritesSoManyASecondAndCountsTheRest) {
  LineBudget budget(2);
  EXPECT_EQ(budget.take(10s), 0U);
  EXPECT_EQ(budget.take(10s), 0U);
  EXPECT_EQ(budget.take(10s + 500ms), std::nullopt);
  EXPECT_EQ(budget.take(10s + 999ms), std::nullopt);
  EXPECT_EQ(budget.take(11s), 2U);
  EXPECT_EQ(budget.take(11s), 0U);
  EXPECT_EQ(budget.take(11s), std::nullopt);
  EXPECT_EQ(budget.take(60s), 1U);
}

}  // namespace
}  // namespace limpet::app
