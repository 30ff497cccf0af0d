// Structs from JSON and back, by one binding.
#include "limpet/value/struct_view.h"

#include "limpet/value/json_reader.h"
#include "limpet/value/json_text.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <variant>
#include <vector>

namespace limpet::value {
namespace {

enum class Color : std::uint8_t { Red, Green = 5, Blue };

struct Line {
  std::string_view article;
  std::uint32_t count = 0;
};
struct Everything {
  bool yes = false;
  std::int32_t small = 0;
  std::int64_t large = 0;
  std::uint32_t natural = 0;
  std::uint64_t huge = 0;
  float real = 0;
  double precise = 0;
  std::string_view view;
  std::string text;
  std::span<const std::byte> raw;
  std::vector<std::byte> owned;
  std::array<std::byte, 2> fixed{};
  Color color = Color::Red;
  std::optional<std::string> remark;
  std::unique_ptr<Everything> next;
  std::vector<Line> lines;
  std::map<std::string, double> numbers;
  std::variant<std::monostate, std::int64_t, std::string> any;
  std::int32_t absent = 7;
};

}  // namespace

template <>
struct EnumBinding<Color> {
  static constexpr auto symbols =
      value::symbols<Color>({{"RED", Color::Red}, {"GREEN", Color::Green}});
};
template <>
struct Binding<Line> {
  static constexpr auto type =
      record("t.Line", field<"article">(&Line::article), field<"count">(&Line::count));
};
template <>
struct Binding<Everything> {
  using E = Everything;
  static constexpr auto type =
      record("t.Everything", field<"yes">(&E::yes), field<"small">(&E::small),
             field<"large">(&E::large), field<"natural">(&E::natural), field<"huge">(&E::huge),
             field<"real">(&E::real), field<"precise">(&E::precise), field<"view">(&E::view),
             field<"text">(&E::text), field<"raw">(&E::raw), field<"owned">(&E::owned),
             field<"fixed">(&E::fixed), field<"color">(&E::color), field<"remark">(&E::remark),
             field<"next">(&E::next), field<"lines">(&E::lines), field<"numbers">(&E::numbers),
             field<"any">(&E::any), field<"absent">(&E::absent, kMayBeAbsent));
};

namespace {

constexpr std::string_view kAll =
    R"({"yes":true,"small":-5,"large":9007199254740993,"natural":4294967295,)"
    R"("huge":18446744073709551615,"real":0.1,"precise":1e+300,"view":"äö","text":"x\ny",)"
    R"("raw":"AP8=","owned":"","fixed":"YWI=","color":"GREEN","remark":null,"next":null,)"
    R"("lines":[{"article":"a","count":1},{"article":"b","count":2}],)"
    R"("numbers":{"one":1.0,"two":2.5},"any":"text","absent":8})";

TEST(StructView, ReadsAndWritesEverything) {
  Arena arena;
  View view;
  ASSERT_FALSE(read_json(kAll, arena, view));
  Everything all;
  const auto fault = read_struct(view, all, arena);
  ASSERT_FALSE(fault) << describe(*fault);
  EXPECT_EQ(all.large, 9'007'199'254'740'993);
  EXPECT_EQ(all.color, Color::Green);
  EXPECT_EQ(all.lines.at(1).article, "b");
  EXPECT_EQ(std::get<std::string>(all.any), "text");
  const StructViews views(struct_type<Everything>());
  View back;
  ASSERT_FALSE(views.view(&all, arena, back));
  std::string text;
  ASSERT_FALSE(append_json(back, text));
  EXPECT_EQ(text, kAll);
  // A record serves as well as an object.
  Everything again;
  ASSERT_FALSE(read_struct(back, again, arena));
  View twice;
  ASSERT_FALSE(views.view(&again, arena, twice));
  text.clear();
  ASSERT_FALSE(append_json(twice, text));
  EXPECT_EQ(text, kAll);
}

struct Row {
  const char* name;
  const char* before;  // of kAll
  const char* after;   // instead
  const char* fault;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }
class StructFault : public testing::TestWithParam<Row> {};
TEST_P(StructFault, IsSaid) {
  const auto& row = GetParam();
  std::string text(kAll);
  const auto at = text.find(row.before);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, std::string_view(row.before).size(), row.after);
  Arena arena;
  View view;
  ASSERT_FALSE(read_json(text, arena, view));
  Everything all;
  const auto fault = read_struct(view, all, arena);
  EXPECT_EQ(fault ? describe(*fault) : "", row.fault);
}
INSTANTIATE_TEST_SUITE_P(
    Rows, StructFault,
    testing::Values(
        Row{"Fine", "\"yes\":true", "\"yes\":false", ""},
        Row{"Order", "{\"yes\":true,", "{\"absent\":3,\"more\":[1],\"yes\":true,", ""},
        Row{"AbsentMayBe", ",\"absent\":8", "", ""},
        Row{"NullMayBe", "\"absent\":8", "\"absent\":null", ""},
        Row{"OptionalMayBe", "\"remark\":null,", "", ""},
        Row{"WholeDouble", "\"small\":-5", "\"small\":-5.0", ""},
        Row{"Unpadded", "\"AP8=\"", "\"AP8\"", ""},
        Row{"Nested", "\"next\":null", R"("next":{"yes":1})",
            "field \"next.yes\": expected a value for bool, found long"},
        Row{"Missing", "\"yes\":true,", "", "field \"yes\": the field is missing"},
        Row{"Null", "\"small\":-5", "\"small\":null",
            "field \"small\": expected a value for std::int32_t, found null"},
        Row{"TooLarge", "\"small\":-5", "\"small\":2147483648",
            "byte 0, field \"small\": the number does not fit std::int32_t"},
        Row{"Fraction", "\"small\":-5", "\"small\":-5.5",
            "byte 0, field \"small\": the number does not fit std::int32_t"},
        Row{"Negative", "\"natural\":4294967295", "\"natural\":-1",
            "byte 0, field \"natural\": the number does not fit std::uint32_t"},
        Row{"Huge", "18446744073709551615", "18446744073709551616",
            "byte 0, field \"huge\": the number does not fit std::uint64_t"},
        Row{"NoBase64", "\"AP8=\"", "\"A\"",
            "field \"raw\": expected a value for std::span<const std::byte>, found string"},
        Row{"FixedSize", "\"YWI=\"", "\"YWJj\"", "field \"fixed\": expected 2 bytes, found 3"},
        Row{"Symbol", "GREEN", "BLUE", "byte 0, field \"color\": the enum has no symbol BLUE"},
        Row{"Item", "\"count\":2", "\"count\":\"2\"",
            "field \"lines[1].count\": expected a value for std::uint32_t, found string"},
        Row{"Entry", "2.5}", "\"x\"}",
            "field \"numbers.two\": expected a value for double, found string"},
        Row{"Variant", "\"any\":\"text\"", "\"any\":[]",
            "field \"any\": expected a value for std::variant<std::monostate, std::int64_t, "
            "std::string>, found array"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(StructView, RefusesEnumsWithoutSymbol) {
  Everything all;
  all.color = Color::Blue;
  const StructViews views(struct_type<Everything>());
  Arena arena;
  View view;
  const auto fault = views.view(&all, arena, view);
  ASSERT_TRUE(fault);
  EXPECT_EQ(describe(*fault), "byte 0, field \"color\": the enum has no symbol for 6");
}

TEST(StructView, IsBoundInDepthAndMemory) {
  Everything all;
  auto* last = &all;
  for (int i = 0; i < 600; ++i) {
    last->next = std::make_unique<Everything>();
    last = last->next.get();
  }
  const StructViews views(struct_type<Everything>());
  Arena arena;
  View view;
  EXPECT_EQ(views.view(&all, arena, view)->kind, FaultKind::TooDeep);
  all.next->next.reset();
  EXPECT_FALSE(views.view(&all, arena, view));
  Arena small(400);
  EXPECT_EQ(views.view(&all, small, view)->kind, FaultKind::TooLarge);
}

}  // namespace
}  // namespace limpet::value
