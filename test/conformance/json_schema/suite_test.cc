// Runs the official JSON-Schema-Test-Suite: every required case must pass; of the optional ones
// exactly those fail that exceptions.json lists, each with a reason. And once more with each schema
// and its remote documents made one: every case must hold for the bundle; exactly those groups
// cannot be bundled that bundle_refusals.json lists.
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"
#include "limpet/json_schema/bundle.h"
#include "limpet/json_schema/schema.h"
#include "limpet/json_schema/validate.h"
#include "limpet/value/json_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace limpet::json_schema {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRemoteBase = "http://localhost:1234/";

struct SuiteDialect {
  std::string_view folder;
  Dialect dialect;
};
constexpr std::array kDialects{
    SuiteDialect{"draft4", Dialect::Draft4},
    SuiteDialect{"draft6", Dialect::Draft6},
    SuiteDialect{"draft7", Dialect::Draft7},
    SuiteDialect{"draft2019-09", Dialect::Draft201909},
    SuiteDialect{"draft2020-12", Dialect::Draft202012},
};

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

json::Value read_json(const fs::path& path) {
  auto value = json::parse(read_file(path));
  EXPECT_TRUE(value) << path << ": " << (value ? "" : describe(value.error()));
  return value ? *std::move(value) : json::Value();
}

std::optional<std::string> remote(std::string_view uri) {
  if (!uri.starts_with(kRemoteBase)) return std::nullopt;
  const auto path = fs::path(LIMPET_SUITE) / "remotes" / uri.substr(kRemoteBase.size());
  if (!fs::is_regular_file(path)) return std::nullopt;
  return read_file(path);
}

struct Count {
  int passed = 0;
  int total = 0;
};

class Suite {
 public:
  explicit Suite(const SuiteDialect& dialect) : dialect_(dialect) {}

  Count run(const fs::path& below, bool recursive) {
    Count count;
    const auto folder = fs::path(LIMPET_SUITE) / "tests" / dialect_.folder / below;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    for (const auto& file : files) run_file(file, below / file.filename(), count);
    if (recursive) {
      for (const auto& entry : fs::directory_iterator(folder)) {
        if (!entry.is_directory()) continue;
        const auto inner = run(below / entry.path().filename(), true);
        count.passed += inner.passed;
        count.total += inner.total;
      }
    }
    return count;
  }

  const std::vector<std::string>& failures() const { return failures_; }

  // The groups of all files whose schemas lead to remote documents, each made one document.
  Count run_bundled(const fs::path& below) {
    Count count;
    const auto folder = fs::path(LIMPET_SUITE) / "tests" / dialect_.folder / below;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      const auto groups = read_json(entry.path());
      for (const auto& group : groups.items()) {
        run_bundled_group(group, (below / entry.path().filename()).string(), count);
      }
    }
    return count;
  }

  /// "draft7/refRemote.json: base URI change" → message.
  const std::map<std::string, std::string>& refused() const { return refused_; }

 private:
  void run_bundled_group(const json::Value& group, const std::string& file, Count& count) {
    std::map<std::string, std::string> remotes;
    const auto supply = [&](std::string_view uri) {
      auto text = remote(uri);
      if (text) remotes.emplace(uri, *text);
      return text;
    };
    auto tree = *group.find("schema");
    if (tree.is_object() && tree.find("$schema") == nullptr) {
      tree.set("$schema", json::Value::string(std::string(uri_of(dialect_.dialect))));
    }
    const auto text = json::to_text(tree);
    if (!parse(text, {.supply = supply}) || remotes.empty()) return;
    std::vector<NamedText> imports;
    for (const auto& [name, import] : remotes) imports.push_back({name, import});
    const auto title =
        std::string(dialect_.folder) + "/" + file + ": " + group.find("description")->text();
    const auto whole = bundle(text, imports);
    if (!whole) {
      refused_.emplace(title, whole.error().message);
      return;
    }
    const auto schema = parse(*whole);
    for (const auto& test : group.find("tests")->items()) {
      ++count.total;
      const auto problem = check(schema, test, false);
      if (problem.empty()) {
        ++count.passed;
      } else {
        failures_.push_back(title + ": " + test.find("description")->text() + ": " + problem +
                            "\n" + *whole);
      }
    }
  }

  static std::string_view uri_of(Dialect dialect) {
    switch (dialect) {
      case Dialect::Draft4:
        return "http://json-schema.org/draft-04/schema#";
      case Dialect::Draft6:
        return "http://json-schema.org/draft-06/schema#";
      case Dialect::Draft7:
        return "http://json-schema.org/draft-07/schema#";
      case Dialect::Draft201909:
        return "https://json-schema.org/draft/2019-09/schema";
      case Dialect::Draft202012:
        return "https://json-schema.org/draft/2020-12/schema";
    }
    return "";
  }

  void run_file(const fs::path& file, const fs::path& name, Count& count) {
    const bool formats = name.string().find("/format/") != std::string::npos;
    const auto groups = read_json(file);
    for (const auto& group : groups.items()) {
      const auto title = name.string() + ": " + group.find("description")->text();
      // Written anew: the schema is a document of its own.
      const auto schema = parse(json::to_text(*group.find("schema")),
                                {.default_dialect = dialect_.dialect, .supply = remote});
      for (const auto& test : group.find("tests")->items()) {
        ++count.total;
        const auto problem = check(schema, test, formats);
        if (problem.empty()) {
          ++count.passed;
        } else {
          failures_.push_back(std::string(dialect_.folder) + "/" + title + ": " +
                              test.find("description")->text());
          if (std::getenv("LIMPET_VERBOSE") != nullptr) {
            std::printf("%s: %s\n", failures_.back().c_str(), problem.c_str());
          }
        }
      }
    }
  }

  static std::string check(const Result<Schema>& schema, const json::Value& test, bool formats) {
    if (!schema) return "schema refused: " + describe(schema.error());
    const auto plan = compile(*schema, {.assert_formats = formats});
    const auto& data = *test.find("data");
    const bool expected = test.find("valid")->as_bool();
    const auto quick = is_valid(plan, data);
    const auto errors = validate(plan, data);
    if (!quick || !errors) return "no verdict: " + describe(quick ? errors.error() : quick.error());
    if (*quick != errors->empty()) return "is_valid and validate disagree";
    // The same of a view, as records are checked.
    const auto text = json::to_text(data);
    value::Arena arena;
    value::View view;
    if (value::read_json(text, arena, view)) return "the view's reader refused " + text;
    const auto quick_view = is_valid(plan, view);
    const auto view_errors = validate(plan, view);
    if (!quick_view || !view_errors) return "no verdict on the view";
    if (*quick_view != *quick || view_errors->size() != errors->size()) return "the view differs";
    if (*quick == expected) return {};
    return expected ? "refused: " + errors->front().message : std::string("accepted");
  }

  SuiteDialect dialect_;
  std::vector<std::string> failures_;
  std::map<std::string, std::string> refused_;
};

std::set<std::string> listed_exceptions() {
  std::set<std::string> names;
  const auto list = read_json(LIMPET_EXCEPTIONS);
  for (const auto& row : list.items()) {
    EXPECT_FALSE(row.find("reason")->text().empty());
    for (const auto& name : row.find("cases")->items()) {
      EXPECT_TRUE(names.insert(name.text()).second) << "listed twice: " << name.text();
    }
  }
  return names;
}

TEST(JsonSchemaTestSuite, PassesForEveryDialect) {
  ASSERT_TRUE(fs::is_directory(fs::path(LIMPET_SUITE) / "tests"))
      << LIMPET_SUITE << " is missing: run third_party/fetch";
  auto exceptions = listed_exceptions();
  std::printf("%-14s %15s %15s %15s\n", "dialect", "required", "optional", "formats");
  for (const auto& dialect : kDialects) {
    Suite suite(dialect);
    const auto required = suite.run("", false);
    EXPECT_GT(required.total, 600);
    for (const auto& failure : suite.failures()) ADD_FAILURE() << "required: " << failure;
    Suite rest(dialect);
    const auto optional = rest.run("optional", false);
    const auto formats = rest.run("optional/format", false);
    const auto cell = [](const Count& count) {
      return std::to_string(count.passed) + "/" + std::to_string(count.total);
    };
    std::printf("%-14s %15s %15s %15s\n", std::string(to_string(dialect.dialect)).c_str(),
                cell(required).c_str(), cell(optional).c_str(), cell(formats).c_str());
    for (const auto& failure : rest.failures()) {
      EXPECT_EQ(exceptions.erase(failure), 1U) << "fails and is not listed: " << failure;
    }
  }
  for (const auto& name : exceptions) ADD_FAILURE() << "listed, and passes: " << name;
}

TEST(JsonSchemaTestSuite, HoldsForBundles) {
  std::map<std::string, std::string> listed;  // group → reason
  const auto list = read_json(LIMPET_BUNDLE_REFUSALS);
  for (const auto& row : list.items()) {
    for (const auto& name : row.find("groups")->items()) {
      listed.emplace(name.text(), row.find("reason")->text());
    }
  }
  for (const auto& dialect : kDialects) {
    Suite suite(dialect);
    const auto required = suite.run_bundled("");
    const auto optional = suite.run_bundled("optional");
    std::printf("%-14s %d/%d cases of bundles, %d of optional ones, %zu groups refused\n",
                std::string(to_string(dialect.dialect)).c_str(), required.passed, required.total,
                optional.passed, suite.refused().size());
    EXPECT_GT(required.total, 15);
    for (const auto& failure : suite.failures()) ADD_FAILURE() << failure;
    for (const auto& [group, message] : suite.refused()) {
      EXPECT_NE(message.find(listed[group]), std::string::npos) << group << ": " << message;
      EXPECT_FALSE(listed[group].empty())
          << "refused, and not listed: " << group << ": " << message;
      listed.erase(group);
    }
  }
  for (const auto& [group, reason] : listed) {
    ADD_FAILURE() << "listed, and not refused: " << group << ": " << reason;
  }
}

}  // namespace
}  // namespace limpet::json_schema
