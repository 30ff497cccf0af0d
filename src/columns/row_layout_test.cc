#include "limpet/columns/row_layout.h"

#include <gtest/gtest.h>

namespace limpet::columns {
namespace {

// "a(b c(d))": a name and, unless all of it is wanted, what is wanted below.
std::string words(const Projection& projection) {
  std::string out;
  for (const auto& [name, below] : projection.fields) {
    out += (out.empty() ? "" : " ") + name;
    if (!below.takes_all()) out += "(" + words(below) + ")";
  }
  return out;
}

struct ProjectionRow {
  std::string_view name;
  std::vector<std::string> paths;
  std::string_view wanted;
  friend std::ostream& operator<<(std::ostream& out, const ProjectionRow& row) {
    return out << row.name;
  }
};

class ProjectionTest : public testing::TestWithParam<ProjectionRow> {};

TEST_P(ProjectionTest, TellsWhatIsWanted) {
  const auto parsed = Projection::parse(GetParam().paths);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(words(*parsed), GetParam().wanted);
}

INSTANTIATE_TEST_SUITE_P(Paths, ProjectionTest,
                         testing::Values(ProjectionRow{"Nothing", {}, ""},
                                         ProjectionRow{"Names", {"b", "a"}, "a b"},
                                         ProjectionRow{"Below", {"a.c", "a.b.d"}, "a(b(d) c)"},
                                         ProjectionRow{"ShorterFirst", {"a", "a.b"}, "a"},
                                         ProjectionRow{"ShorterLast", {"a.b.c", "a.b", "a"}, "a"},
                                         ProjectionRow{"Twice", {"a.b", "a.b"}, "a(b)"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ProjectionTest, RefusesEmptyNames) {
  for (const std::string path : {"", ".", "a.", ".a", "a..b"}) {
    EXPECT_EQ(code_of(Projection::parse(std::vector{path})), Code::InvalidInput) << path;
  }
}

TEST(ProjectionTest, FindsWhatIsBelow) {
  const auto parsed = Projection::parse(std::vector<std::string>{"a.b", "c"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->find("x"), nullptr);
  EXPECT_FALSE(parsed->find("a")->takes_all());
  EXPECT_EQ(parsed->find("a")->find("c"), nullptr);
  EXPECT_TRUE(parsed->find("a")->find("b")->takes_all());
  EXPECT_TRUE(parsed->find("c")->find("whatever")->takes_all());
}

TEST(RowLayoutTest, JsonIsArrowsExtension) {
  ColumnType type{.name = "x"};
  mark_as_json(type);
  EXPECT_EQ(arrow_format(type), "u");
  ASSERT_EQ(type.metadata.size(), 2U);
  EXPECT_EQ(type.metadata[0].second, "arrow.json");
}

}  // namespace
}  // namespace limpet::columns
