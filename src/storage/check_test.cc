#include "limpet/storage/check.h"

#include "limpet/crypto/sha256.h"
#include "limpet/storage/change_log.h"
#include "limpet/storage/content.h"
#include "limpet/storage/document.h"
#include "limpet/storage/memory_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace limpet::storage {

struct Chart {
  std::string name;
  std::string sea;
  std::string hash;
};

template <>
struct RecordType<Chart> {
  static constexpr std::string_view name = "chart";
  static constexpr int format = 1;
  static Key key(const Chart& chart) { return {chart.name}; }
  static std::vector<IndexEntry> indexes(const Chart& chart) {
    return {{"by-sea", {chart.sea}}, {"by-hash", {chart.hash}, Unique::Yes}};
  }
  static json::Value encode(const Chart& chart) {
    return json::Value::object({{"name", json::Value::string(chart.name)},
                                {"sea", json::Value::string(chart.sea)},
                                {"hash", json::Value::string(chart.hash)}});
  }
  static Result<Chart> decode(const json::Value& document, int) {
    Document in(document);
    Chart chart{.name = in.text("name"), .sea = in.text("sea"), .hash = in.text("hash")};
    LIMPET_CHECK(in.status());
    return chart;
  }
};

namespace {

/// A problem without its advice.
using Told = std::pair<std::string, std::string>;
Told told(const Problem& problem) { return {problem.key, problem.message}; }
std::vector<Told> told(const std::vector<Problem>& problems) {
  std::vector<Told> all;
  for (const Problem& problem : problems) all.push_back(told(problem));
  return all;
}

const std::string kScope = "aws!123456789012!eu-north-1!";
const std::string kDepths = "12 14 9";

class CheckTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(write([this](Records& records) -> Status {
      for (const char* name : {"a", "b"}) {
        const Chart chart{.name = name, .sea = "baltic", .hash = hash_ + name};
        LIMPET_CHECK(records.put(chart));
        LIMPET_CHECK(hold_text(records, hash_, kDepths, text_user(chart)));
      }
      return {};
    }));
  }

  Status write(const std::function<Status(Records&)>& work) {
    const Context context{
        .scope = {.partition = "aws", .account = "123456789012", .region = "eu-north-1"},
        .now = {},
        .ids = nullptr,
        .principal = "anna",
        .request_id = "r"};
    return store_
        .write([&](Txn& txn) -> Status {
          Records records(txn, context, "Draw");
          LIMPET_CHECK(work(records));
          return records.finish();
        })
        .status();
  }
  void plant(const std::string& key, const std::string& value) {
    ASSERT_TRUE(store_.write([&](Txn& txn) { return txn.put(key, value); }).status());
  }
  void uproot(const std::string& key) {
    ASSERT_TRUE(store_.rows().contains(key)) << key;
    ASSERT_TRUE(store_.write([&](Txn& txn) { return txn.erase(key); }).status());
  }
  CheckReport check() {
    CheckReport report;
    const auto status = store_.read([&](Reader& reader) -> Status {
      LIMPET_TRY(report, check_records(reader, {kind_of<Chart>()}));
      return {};
    });
    EXPECT_TRUE(status);
    return report;
  }
  // The one problem there is.
  Problem only_problem() {
    const auto report = check();
    EXPECT_EQ(report.problems.size(), 1U);
    return report.problems.empty() ? Problem{} : report.problems.front();
  }

  std::string hash_ = crypto::sha256_hex(kDepths);
  MemoryStore store_;
};

TEST_F(CheckTest, FindsNothingWrongWithASoundStore) {
  const auto report = check();
  EXPECT_EQ(report.problems, std::vector<Problem>());
  EXPECT_EQ(report.index_rows, 4U);
  EXPECT_EQ(report.records, 2U + 1 + 2 + 1 + 1);  // charts, text, uses, log entry, counter
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.log_first, 1U);
  EXPECT_EQ(report.log_last, 1U);
  EXPECT_EQ(report.scopes,
            (std::vector<Scope>{
                {.partition = "aws", .account = "123456789012", .region = "eu-north-1"}}));
}

TEST_F(CheckTest, EveryProblemComesWithAdvice) {
  plant(kScope + "chart.by-sea!it's!x", kScope + "chart!x");
  uproot(kScope + "chart.by-sea!baltic!a");
  plant(kScope + "chart!c", "nonsense");
  plant("counter!log", R"({"_format":1,"name":"log","value":0})");
  const auto report = check();
  ASSERT_EQ(report.problems.size(), 4U);
  EXPECT_THAT(report.problems[0].advice, testing::HasSubstr("WHERE key = '" + kScope + "chart!c'"));
  EXPECT_EQ(report.problems[1].advice,
            "Stop the server and write the row with sqlite3: INSERT OR REPLACE INTO kv VALUES('" +
                kScope + "chart.by-sea!baltic!a', '" + kScope + "chart!a');");
  EXPECT_THAT(report.problems[2].advice, testing::HasSubstr("DELETE FROM kv WHERE key = '" +
                                                            kScope + "chart.by-sea!it''s!x';"));
  EXPECT_THAT(report.problems[3].advice, testing::HasSubstr("json_set(value, '$.value', 1)"));
}

TEST_F(CheckTest, SaysHowFarItIs) {
  std::vector<std::uint64_t> told_rows;
  ASSERT_TRUE(store_.read([&](Reader& reader) -> Status {
    LIMPET_CHECK(check_records(reader, {kind_of<Chart>()},
                               [&](std::uint64_t rows) { told_rows.push_back(rows); }));
    return {};
  }));
  ASSERT_FALSE(told_rows.empty());
  EXPECT_EQ(told_rows.back(), store_.rows().size());
}

TEST_F(CheckTest, FindsALostIndexRow) {
  uproot(kScope + "chart.by-sea!baltic!a");
  EXPECT_EQ(told(only_problem()),
            (Told{kScope + "chart.by-sea!baltic!a", "missing index row of " + kScope + "chart!a"}));
}

TEST_F(CheckTest, FindsAnExtraIndexRow) {
  plant(kScope + "chart.by-sea!north!a", kScope + "chart!a");
  EXPECT_EQ(told(only_problem()),
            (Told{kScope + "chart.by-sea!north!a",
                  "index row that its record does not have: " + kScope + "chart!a"}));
}

TEST_F(CheckTest, FindsAnIndexRowOfAnUnknownIndex) {
  plant(kScope + "chart.by-moon!full!a", kScope + "chart!a");
  EXPECT_EQ(only_problem().key, kScope + "chart.by-moon!full!a");
}

TEST_F(CheckTest, FindsAnIndexRowThatNamesNothing) {
  plant(kScope + "chart.by-sea!north!x", kScope + "chart!x");
  EXPECT_EQ(only_problem().message,
            "index row names a record that does not exist: " + kScope + "chart!x");
}

TEST_F(CheckTest, FindsAnIndexRowThatCrossesScopes) {
  plant("aws!210987654321!eu-north-1!chart.by-sea!baltic!a", kScope + "chart!a");
  EXPECT_EQ(only_problem().message,
            "index row names something of another type or scope: " + kScope + "chart!a");
}

TEST_F(CheckTest, FindsAMisdirectedUniqueRow) {
  plant(kScope + "chart.by-hash!" + hash_ + "a", kScope + "chart!b");
  const auto report = check();
  ASSERT_EQ(report.problems.size(), 2U);  // a's row is wrong, and b does not have it
  EXPECT_EQ(report.problems[0].key, kScope + "chart.by-hash!" + hash_ + "a");
  EXPECT_EQ(report.problems[1].key, kScope + "chart.by-hash!" + hash_ + "a");
}

TEST_F(CheckTest, FindsARecordUnderAWrongKey) {
  plant(kScope + "chart!c", store_.rows().at(kScope + "chart!a"));
  EXPECT_EQ(told(only_problem()),
            (Told{kScope + "chart!c", "the record's own key is " + kScope + "chart!a"}));
}

TEST_F(CheckTest, FindsWhatCannotBeRead) {
  plant(kScope + "chart!c", R"({"_format":9})");
  plant(kScope + "chart!d", "nonsense");
  const auto report = check();
  ASSERT_EQ(report.problems.size(), 2U);
  EXPECT_EQ(report.problems[0].message,
            "record has format 9, newer than the 1 that this program knows");
  EXPECT_NE(report.problems[1].message.find("cannot be parsed"), std::string::npos);
}

TEST_F(CheckTest, FindsRowsOfNoKnownType) {
  plant("stray", "x");
  plant(kScope + "whale!moby", "{}");
  plant("a\"zz!b", "x");
  EXPECT_EQ(told(check().problems),
            (std::vector<Told>{{"a\"zz!b", "a row of no known type"},
                               {kScope + "whale!moby", "a row of no known type"},
                               {"stray", "a row of no known type"}}));
}

TEST_F(CheckTest, FindsAGapInTheLog) {
  for (const char* name : {"x", "y"}) {
    ASSERT_TRUE(write([&](Records& records) {
      return records.put(Chart{.name = name, .sea = "north", .hash = name});
    }));
  }
  uproot("log!00000000000000000002");
  EXPECT_EQ(told(only_problem()),
            (Told{"log!00000000000000000003", "the log has a gap before this entry"}));
}

TEST_F(CheckTest, ATrimmedLogIsSound) {
  for (const char* name : {"x", "y"}) {
    ASSERT_TRUE(write([&](Records& records) {
      return records.put(Chart{.name = name, .sea = "north", .hash = name});
    }));
  }
  for (const char* row : {"log!00000000000000000001", "log!00000000000000000002"}) {
    uproot(row);
    EXPECT_EQ(told(check().problems), std::vector<Told>());
  }
  EXPECT_EQ(check().log_first, 3U);
  uproot("log!00000000000000000003");
  EXPECT_EQ(told(check().problems), std::vector<Told>());
}

TEST_F(CheckTest, FindsThatTheLogsEndIsMissing) {
  ASSERT_TRUE(write([&](Records& records) {
    return records.put(Chart{.name = "x", .sea = "north", .hash = "x"});
  }));
  uproot("log!00000000000000000002");
  EXPECT_EQ(told(only_problem()),
            (Told{"log!00000000000000000002", "the log's newest entries are missing, from 2 on"}));
}

TEST_F(CheckTest, FindsACounterBehindTheLog) {
  plant("counter!log", R"({"_format":1,"name":"log","value":0})");
  EXPECT_EQ(only_problem().key, "counter!log");
}

TEST_F(CheckTest, FindsTextsAndUsersThatDoNotMatch) {
  uproot(kScope + "text!" + hash_);
  EXPECT_EQ(check().problems.size(), 2U);  // both uses
  plant(kScope + "text!" + hash_, R"({"_format":1,"hash":")" + hash_ + R"(","text":"other"})");
  EXPECT_EQ(only_problem().message, "the text has another hash");
}

TEST_F(CheckTest, FindsATextThatNobodyUses) {
  ASSERT_TRUE(write([](Records& records) -> Status {
    return records.put(Text{crypto::sha256_hex("left"), "left"});
  }));
  EXPECT_EQ(only_problem().message, "a text that nobody uses");
}

TEST_F(CheckTest, FindsAUserThatDoesNotExist) {
  ASSERT_TRUE(write([](Records& records) -> Status {
    LIMPET_CHECK(records.erase<Chart>({"a"}));
    return {};
  }));
  EXPECT_EQ(only_problem().message,
            "a text is used by a record that does not exist: " + kScope + "chart!a");
}

TEST_F(CheckTest, ListsABoundedNumberOfProblems) {
  ASSERT_TRUE(store_
                  .write([](Txn& txn) -> Status {
                    for (std::size_t i = 0; i < kProblemsMax + 5; ++i) {
                      LIMPET_CHECK(txn.put("stray" + std::to_string(i), "x"));
                    }
                    return {};
                  })
                  .status());
  const auto report = check();
  EXPECT_EQ(report.problems.size(), kProblemsMax);
  EXPECT_FALSE(report.complete);
}

TEST_F(CheckTest, AnUnsoundIndexIsAnErrorForReadersToo) {
  plant(kScope + "chart.by-hash!lost", kScope + "chart!lost");
  const auto status = store_.read([](Reader& reader) -> Status {
    RecordReader records(reader,
                         {.partition = "aws", .account = "123456789012", .region = "eu-north-1"});
    LIMPET_CHECK(records.find<Chart>("by-hash", {"lost"}));
    return {};
  });
  EXPECT_EQ(code_of(status), Code::Internal);
}

TEST_F(CheckTest, ATextIsStoredOnceAndGoesWithItsLastUser) {
  const std::string row = kScope + "text!" + hash_;
  const auto release = [&](const char* name) {
    return write([&](Records& records) -> Status {
      LIMPET_CHECK(records.erase<Chart>({name}));
      return release_text(records, hash_, Key("chart", name));
    });
  };
  ASSERT_TRUE(release("a"));
  EXPECT_TRUE(store_.rows().contains(row));
  ASSERT_TRUE(release("a"));  // again: nothing happens
  EXPECT_TRUE(store_.rows().contains(row));
  ASSERT_TRUE(release("b"));
  EXPECT_FALSE(store_.rows().contains(row));
  EXPECT_EQ(check().problems, std::vector<Problem>());
}

TEST_F(CheckTest, TextsAreReadByHash) {
  const auto status = store_.read([&](Reader& reader) -> Status {
    RecordReader records(reader,
                         {.partition = "aws", .account = "123456789012", .region = "eu-north-1"});
    LIMPET_TRY(const auto text, get_text(records, hash_));
    EXPECT_EQ(text, kDepths);
    LIMPET_TRY(const auto texts, get_texts(records, std::vector<std::string>{"0", hash_}));
    EXPECT_EQ(texts, (std::vector<std::optional<std::string>>{std::nullopt, kDepths}));
    return {};
  });
  EXPECT_TRUE(status);
}

TEST_F(CheckTest, TwoTextsOfOneHashAreRefused) {
  EXPECT_EQ(code_of(write([&](Records& records) {
              return hold_text(records, hash_, "forged", Key("chart", "a"));
            })),
            Code::Internal);
}

TEST_F(CheckTest, TheLogTellsATextsCharactersOnlyAtItsEnd) {
  const auto entry = [&](std::uint64_t after) {
    std::vector<LogEntry> entries;
    EXPECT_TRUE(store_.read([&](Reader& reader) -> Status {
      LIMPET_TRY(entries, read_changes(reader, {.after = after, .limit = 1}));
      return {};
    }));
    return entries.at(0);
  };
  const auto change_of = [](const LogEntry& from) {
    for (const Change& change : from.changes) {
      if (change.type == "text") return change;
    }
    return Change{};
  };
  const Change born = change_of(entry(0));
  EXPECT_EQ(born.after.find("hash")->text(), hash_);
  EXPECT_EQ(born.after.find("text"), nullptr);
  ASSERT_TRUE(write([&](Records& records) -> Status {
    LIMPET_CHECK(release_text(records, hash_, Key("chart", "a")));
    return release_text(records, hash_, Key("chart", "b"));
  }));
  const Change gone = change_of(entry(1));
  EXPECT_EQ(gone.before.find("text")->text(), kDepths);
  EXPECT_TRUE(gone.after.is_null());
}

}  // namespace
}  // namespace limpet::storage
