#include "limpet/client/naming.h"

#include <gtest/gtest.h>

namespace limpet::client {
namespace {

struct NamingRow {
  const char* name;
  NamingStrategy strategy;
  NamedRecord record;
  std::optional<std::string> expected;  ///< nullopt: InvalidInput
};

class NamingTest : public testing::TestWithParam<NamingRow> {};

TEST_P(NamingTest, Names) {
  const auto& row = GetParam();
  const auto name = schema_name(row.strategy, row.record);
  if (row.expected) {
    ASSERT_TRUE(name) << describe(name.error());
    EXPECT_EQ(*name, *row.expected);
  } else {
    EXPECT_EQ(code_of(name), Code::InvalidInput);
  }
}

const NamedRecord kValue{.topic = "orders", .record_name = "my.User"};
const NamedRecord kKey{.topic = "orders", .is_key = true, .record_name = "my.User"};
const NamedRecord kNameless{.topic = "orders"};
const auto kBySide = [](const NamedRecord& record) -> Result<std::string> {
  return std::string(record.is_key ? "" : "side");
};

INSTANTIATE_TEST_SUITE_P(
    Rows, NamingTest,
    testing::Values(
        NamingRow{"JavaValue", {}, kValue, "orders"}, NamingRow{"JavaKey", {}, kKey, "orders"},
        NamingRow{"JavaWithoutTopic", {}, {}, "default-stream"},
        NamingRow{"PythonValue", {.naming = Naming::PythonTopic}, kValue, "orders-value"},
        NamingRow{"PythonKey", {.naming = Naming::PythonTopic}, kKey, "orders-key"},
        NamingRow{"Record", {.naming = Naming::Record}, kValue, "my.User"},
        NamingRow{"RecordWithoutName", {.naming = Naming::Record}, kNameless, std::nullopt},
        NamingRow{"TopicRecord", {.naming = Naming::TopicRecord}, kKey, "orders-my.User"},
        NamingRow{
            "TopicRecordWithoutName", {.naming = Naming::TopicRecord}, kNameless, std::nullopt},
        NamingRow{
            "Fixed", {.fixed = "f", .naming = Naming::Record, .callback = kBySide}, kKey, "f"},
        NamingRow{"Callback", {.naming = Naming::Record, .callback = kBySide}, kValue, "side"},
        NamingRow{"CallbackGivesNone", {.callback = kBySide}, kKey, std::nullopt}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace limpet::client
