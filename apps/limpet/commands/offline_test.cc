#include "offline_definition.h"
#include "offline_fmt.h"
#include "offline_lint_report.h"
#include "offline_places.h"
#include "offline_report.h"
#include "session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace limpet::app {
namespace {

using compat::Format;
using compat::Mode;

constexpr const char* kFirst = R"({"type": "record", "name": "User", "fields": [
  {"name": "name", "type": "string"},
  {"name": "age", "type": "int"}
]})";
constexpr const char* kThird = R"({"type": "record", "name": "User", "fields": [
  {"name": "height", "type": "int"},
  {"name": "name", "type": "string"},
  {"name": "age", "type": "string"}
]})";

CheckReport avro_report(Mode mode) {
  return judge(mode, parse_offline(Format::Avro, "new.avsc", kThird),
               {{.version = 1, .definition = parse_offline(Format::Avro, "old.avsc", kFirst)}});
}

TEST(OfflineDefinition, FormatsComeFromExtensionsOfOneKind) {
  EXPECT_EQ(choose_format({"a.avsc", "-"}, ""), Format::Avro);
  EXPECT_EQ(choose_format({"a.json", "b.json"}, ""), Format::Json);
  EXPECT_EQ(choose_format({"a.proto"}, ""), Format::Protobuf);
  EXPECT_EQ(choose_format({"a.json"}, "AVRO"), Format::Avro);
  for (const std::vector<std::string>& files :
       {std::vector<std::string>{"a.avsc", "b.proto"}, {"a.txt"}, {"-"}, {"-", "a.avsc", "-"}}) {
    try {
      choose_format(files, "");
      ADD_FAILURE() << files.front();
    } catch (const CommandFailed& failed) {
      EXPECT_EQ(failed.status, 2);
    }
  }
}

TEST(OfflinePlaces, FieldsAreFoundByNameOnTheOtherSide) {
  const CheckReport report = avro_report(Mode::Backward);
  ASSERT_EQ(report.verdict.findings.size(), 2U);
  const auto& stored = report.stored[0].definition;
  const Sides added = find_places(report.verdict.findings[0], report.candidate, stored);
  EXPECT_EQ(added.candidate, (Place{.line = 2, .column = 3, .exact = true}));
  EXPECT_EQ(added.stored, (Place{.line = 1, .column = 46, .exact = false}));
  const Sides changed = find_places(report.verdict.findings[1], report.candidate, stored);
  EXPECT_EQ(changed.candidate, (Place{.line = 4, .column = 27, .exact = true}));
  EXPECT_EQ(changed.stored, (Place{.line = 3, .column = 27, .exact = true}));
}

TEST(OfflinePlaces, StringsThatLookLikeStructureAreStepped) {
  const auto definition = [](const std::string& minimum) {
    return parse_offline(Format::Json, "s",
                         R"({"title": "},]{\\\"", "properties": {"a/b": {"enum": ["\"[", 1],
 "minimum": )" + minimum + "}}}");
  };
  const CheckReport report =
      judge(Mode::Backward, definition("2"), {{.version = 1, .definition = definition("1")}});
  ASSERT_EQ(report.verdict.findings.size(), 1U);
  EXPECT_EQ(report.verdict.findings[0].path, "/properties/a~1b/minimum");
  const Sides sides =
      find_places(report.verdict.findings[0], report.candidate, report.stored[0].definition);
  EXPECT_EQ(sides.candidate, (Place{.line = 2, .column = 13, .exact = true}));
  EXPECT_EQ(sides.stored, sides.candidate);
}

TEST(OfflinePlaces, ProtobufFieldsHaveTheirLines) {
  const auto candidate = parse_offline(
      Format::Protobuf, "new.proto", "syntax = \"proto3\";\nmessage A {\n\n  string id = 1;\n}\n");
  const CheckReport report = judge(
      Mode::Backward, candidate,
      {{.version = 1,
        .definition = parse_offline(Format::Protobuf, "old.proto",
                                    "syntax = \"proto3\";\nmessage A {\n  int32 id = 1;\n}")}});
  ASSERT_EQ(report.verdict.findings.size(), 1U);
  const Sides sides =
      find_places(report.verdict.findings[0], report.candidate, report.stored[0].definition);
  EXPECT_EQ(sides.candidate, (Place{.line = 4, .column = 3, .exact = true}));
  EXPECT_EQ(sides.stored, (Place{.line = 3, .column = 3, .exact = true}));
}

TEST(OfflinePlaces, PointersAndErrorsHaveTheirPlaces) {
  constexpr const char* kText = "{\"a\": [1,\n  {\"b/c\": true}]}";
  EXPECT_EQ(find_place(kText, "/a/1/b~1c"), (Place{.line = 2, .column = 11, .exact = true}));
  EXPECT_EQ(find_place(kText, "/a/2/x"), (Place{.line = 1, .column = 7, .exact = false}));
  EXPECT_EQ(find_place(kText, ""), (Place{.line = 1, .column = 1, .exact = true}));
  EXPECT_EQ(find_place("{", ""), std::nullopt);
  EXPECT_EQ(describe_in(kText, Error::invalid_input("no", "byte 12")), "no (line 2, column 3)");
  EXPECT_EQ(describe_in(kText, Error::invalid_input("no", "byte 99")), "no (at byte 99)");
  EXPECT_EQ(describe_in(kText, Error::invalid_input("no", "/a")), "no (at /a)");
}

TEST(OfflinePlaces, AnExcerptMarksItsColumnAndIsShort) {
  EXPECT_EQ(excerpt("a\r\n\tb c\n", {.line = 2, .column = 4}), "    2 |  b c\n      |    ^\n");
  const std::string line = std::string(500, 'a') + "X" + std::string(500, 'b');
  const std::string shown = excerpt(line, {.line = 1, .column = 501});
  const std::size_t mark = shown.find('^') - shown.find('\n') - 1;
  EXPECT_EQ(shown.find('X') - std::string("…").size() + 1, mark);
  EXPECT_LT(shown.size(), 230U);
}

TEST(OfflineReport, WhatTextsSayStaysWithinTheirPlaces) {
  CheckReport report = avro_report(Mode::Backward);
  report.candidate.name =
      "a,b:c\n::set-output<&\"\x01"
      ".avsc";
  const std::string github = github_report(report);
  EXPECT_TRUE(github.starts_with("::error file=a%2Cb%3Ac %3A%3Aset-output<&\"..avsc,line=2"))
      << github;
  EXPECT_EQ(std::ranges::count(github, '\n'), 2);
  EXPECT_NE(junit_report(report).find("classname=\"a,b:c ::set-output&lt;&amp;&quot;..avsc\""),
            std::string::npos);
}

TEST(OfflineReport, ModesLookAtTheVersionsThatTheyName) {
  const auto first = parse_offline(Format::Avro, "1", R"("int")");
  const auto second = parse_offline(Format::Avro, "2", R"("long")");
  const std::vector<StoredDefinition> stored{{.version = 1, .definition = first},
                                             {.version = 2, .definition = second}};
  const CheckReport last = judge(Mode::Forward, second, stored);
  EXPECT_TRUE(last.verdict.compatible());
  EXPECT_FALSE(last.stored[0].compared);
  EXPECT_TRUE(last.stored[1].compared);
  const CheckReport all = judge(Mode::ForwardAll, second, stored);
  EXPECT_EQ(all.against(1).size(), 1U);
  EXPECT_TRUE(all.against(2).empty());
  EXPECT_TRUE(judge(Mode::None, first, stored).verdict.compatible());
  EXPECT_FALSE(judge(Mode::Disabled, second, stored).verdict.compatible());
  EXPECT_TRUE(judge(Mode::Disabled, second, {}).verdict.compatible());
}

TEST(OfflineLint, ReferencePageIsUpToDate) {
  std::ifstream in(LIMPET_SOURCE_DIR "/docs/reference/lint.md");
  std::ostringstream page;
  page << in.rdbuf();
  EXPECT_EQ(page.str(), lint::rules_markdown())
      << "write it anew: limpet schema lint --list-rules --output markdown > "
         "docs/reference/lint.md";
}

TEST(OfflineLint, WhatTextsSayStaysWithinTheirPlaces) {
  constexpr const char* kText = R"({"$schema":"http://json-schema.org/draft-07/schema#",)"
                                R"("requrie<d\n::x":1,"pattern":"::set-output\n]]>"})";
  auto definition = parse_offline(Format::Json, "a,b:c\n.json", kText);
  auto advice = lint::lint(definition.parsed, definition.text);
  ASSERT_TRUE(advice && advice->size() == 1);
  const LintReport report{{std::move(definition), *std::move(advice)}};
  const std::string github = lint_github(report);
  EXPECT_TRUE(github.starts_with("::notice file=a%2Cb%3Ac .json,line=1,")) << github;
  EXPECT_EQ(std::ranges::count(github, '\n'), 1);
  EXPECT_NE(lint_junit(report, {}).find("::set-output ]]&gt;"), std::string::npos);
  EXPECT_EQ(warning_count(report), 0U);
}

TEST(OfflineFmt, ATextWithOneNameTwiceIsRefused) {
  const auto definition = parse_offline(Format::Json, "s", R"({"a":1,"a":2})");
  EXPECT_THROW(formatted(definition), CommandFailed);
}

TEST(OfflineFmt, JsonKeepsOrderAndNumbers) {
  EXPECT_EQ(formatted(parse_offline(Format::Json, "s", R"({"minimum":1.50,"a":1e2})")),
            "{\n  \"minimum\": 1.50,\n  \"a\": 1e2\n}\n");
}

TEST(OfflineFmt, CommentsAreNotStrings) {
  EXPECT_TRUE(has_comments("message A {} // a"));
  EXPECT_TRUE(has_comments("/* a */"));
  EXPECT_FALSE(has_comments(R"(option a = "http://b"; option c = '\'//';)"));
}

}  // namespace
}  // namespace limpet::app
