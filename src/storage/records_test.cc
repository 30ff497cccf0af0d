#include "limpet/storage/records.h"

#include "limpet/json/parse.h"
#include "limpet/json/writer.h"
#include "limpet/storage/change_log.h"
#include "limpet/storage/check.h"
#include "limpet/storage/document.h"
#include "limpet/storage/memory_store.h"

#include <gtest/gtest.h>

namespace limpet::storage {

struct Boat {
  std::string harbour;
  std::string name;
  std::string sail_number;
  std::int64_t length_metres = 0;
  std::map<std::string, std::string> tags = {};
  std::optional<std::string> owner = {};

  friend bool operator==(const Boat&, const Boat&) = default;
};

template <>
struct RecordType<Boat> {
  static constexpr std::string_view name = "boat";
  static constexpr int format = 2;
  static Key key(const Boat& boat) { return {boat.harbour, boat.name}; }
  static std::vector<IndexEntry> indexes(const Boat& boat) {
    std::vector<IndexEntry> entries = {
        {"by-sail", {boat.sail_number}, Unique::Yes},
        {"by-length", {boat.length_metres}},
    };
    if (boat.owner) entries.push_back({"by-owner", {*boat.owner}});
    return entries;
  }
  static json::Value encode(const Boat& boat) {
    auto document = json::Value::object(
        {{"harbour", json::Value::string(boat.harbour)},
         {"name", json::Value::string(boat.name)},
         {"sail", json::Value::string(boat.sail_number)},
         {"hull", json::Value::object({{"length", json::Value::integer(boat.length_metres)}})},
         {"tags", encode_text_map(boat.tags)}});
    if (boat.owner) document.set("owner", json::Value::string(*boat.owner));
    return document;
  }
  static Result<Boat> decode(const json::Value& document, int format_found) {
    Document in(document);
    Boat boat{.harbour = in.text("harbour"),
              .name = in.text("name"),
              .sail_number = in.text("sail"),
              .length_metres = 0};
    if (format_found == 1) {  // the first format kept the length outside of the hull
      boat.length_metres = in.integer("length");
    } else {
      Document hull = in.object("hull");
      boat.length_metres = hull.integer("length");
      LIMPET_CHECK(hull.status());
    }
    boat.tags = in.text_map("tags");
    boat.owner = in.optional_text("owner");
    LIMPET_CHECK(in.status());
    return boat;
  }
};

struct Password {
  std::string user;
  std::string secret;
};

template <>
struct RecordType<Password> {
  static constexpr std::string_view name = "password";
  static constexpr int format = 1;
  static constexpr bool scoped = false;
  static Key key(const Password& password) { return {password.user}; }
  static json::Value encode(const Password& password) {
    return json::Value::object({{"user", json::Value::string(password.user)},
                                {"secret", json::Value::string(password.secret)}});
  }
  static Result<Password> decode(const json::Value& document, int) {
    Document in(document);
    Password password{.user = in.text("user"), .secret = in.text("secret")};
    LIMPET_CHECK(in.status());
    return password;
  }
  static json::Value logged(const json::Value& document, LogSide) {
    return json::Value::object({{"user", *document.find("user")}});
  }
};

namespace {

const Boat kGull{.harbour = "kiel", .name = "gull", .sail_number = "GER-7", .length_metres = 9};
const Boat kTern{.harbour = "kiel", .name = "tern", .sail_number = "GER-8", .length_metres = 12};
const Boat kSkua{.harbour = "oslo", .name = "skua", .sail_number = "NOR-1", .length_metres = 9};

const std::string kRow = "aws!123456789012!eu-north-1!boat!kiel!gull";
const std::string kIndexRow = "aws!123456789012!eu-north-1!boat.by-sail!GER-7";

class RecordsTest : public testing::Test {
 protected:
  Context context(std::string request_id = "r-1") const {
    return {.scope = scope_,
            .now = *parse_iso8601("2024-02-29T12:00:00.000Z"),
            .ids = nullptr,
            .principal = "arn:aws:iam::123456789012:user/anna",
            .request_id = std::move(request_id)};
  }

  Status write(const std::function<Status(Records&)>& work) {
    return store_
        .write([&](Txn& txn) -> Status {
          Records records(txn, context(), "MoorBoat");
          LIMPET_CHECK(work(records));
          return records.finish();
        })
        .status();
  }
  Status put(const std::vector<Boat>& boats) {
    return write([&](Records& records) -> Status {
      for (const Boat& boat : boats) LIMPET_CHECK(records.put(boat));
      return {};
    });
  }
  void read(const std::function<Status(RecordReader&)>& work) {
    const auto status = store_.read([&](Reader& reader) {
      RecordReader records(reader, scope_);
      return work(records);
    });
    EXPECT_TRUE(status) << describe(status.error());
  }
  void plant(const std::string& key, const std::string& value) {
    ASSERT_TRUE(store_.write([&](Txn& txn) { return txn.put(key, value); }).status());
  }
  void uproot(const std::string& key) {
    ASSERT_TRUE(store_.write([&](Txn& txn) { return txn.erase(key); }).status());
  }
  std::string row(const std::string& key) {
    const auto rows = store_.rows();
    const auto at = rows.find(key);
    return at == rows.end() ? "(none)" : at->second;
  }
  std::vector<LogEntry> log() {
    std::vector<LogEntry> entries;
    const auto status = store_.read([&](Reader& reader) -> Status {
      LIMPET_TRY(entries, read_changes(reader, {.after = 0, .limit = 1000}));
      return {};
    });
    EXPECT_TRUE(status) << describe(status.error());
    return entries;
  }

  Scope scope_{.partition = "aws", .account = "123456789012", .region = "eu-north-1"};
  MemoryStore store_;
};

TEST_F(RecordsTest, StoresADocumentAndItsIndexRowsUnderReadableKeys) {
  ASSERT_TRUE(put({kGull}));
  EXPECT_EQ(
      row(kRow),
      R"({"_format":2,"harbour":"kiel","name":"gull","sail":"GER-7","hull":{"length":9},"tags":{}})");
  EXPECT_EQ(row(kIndexRow), kRow);
  EXPECT_EQ(row("aws!123456789012!eu-north-1!boat.by-length!00000000000000000009!kiel!gull"), kRow);
}

TEST_F(RecordsTest, GetsOneAndMany) {
  ASSERT_TRUE(put({kGull, kTern}));
  read([](RecordReader& records) -> Status {
    LIMPET_TRY(const auto gull, records.get<Boat>({"kiel", "gull"}));
    EXPECT_EQ(gull, kGull);
    LIMPET_TRY(const auto none, records.get<Boat>({"kiel", "auk"}));
    EXPECT_EQ(none, std::nullopt);
    const std::vector<Key> keys = {{"kiel", "tern"}, {"kiel", "auk"}, {"kiel", "gull"}};
    LIMPET_TRY(const auto many, records.get_many<Boat>(keys));
    EXPECT_EQ(many, (std::vector<std::optional<Boat>>{kTern, std::nullopt, kGull}));
    return {};
  });
}

TEST_F(RecordsTest, KeepsScopesApart) {
  ASSERT_TRUE(put({kGull}));
  for (Scope other :
       {Scope{"aws", "123456789012", "eu-north-2"}, Scope{"aws", "123456789013", "eu-north-1"},
        Scope{"aws-cn", "123456789012", "eu-north-1"}}) {
    const auto status = store_.read([&](Reader& reader) -> Status {
      RecordReader records(reader, other);
      LIMPET_TRY(const auto boat, records.get<Boat>({"kiel", "gull"}));
      EXPECT_EQ(boat, std::nullopt);
      LIMPET_TRY(const auto page, records.scan<Boat>({}));
      EXPECT_TRUE(page.records.empty());
      LIMPET_TRY(const auto found, records.find<Boat>("by-sail", {"GER-7"}));
      EXPECT_EQ(found, std::nullopt);
      return {};
    });
    EXPECT_TRUE(status);
  }
}

TEST_F(RecordsTest, PagesInEitherOrderUnderAPrefix) {
  ASSERT_TRUE(put({kGull, kTern, kSkua}));
  read([](RecordReader& records) -> Status {
    LIMPET_TRY(const auto all, records.scan<Boat>({}));
    EXPECT_EQ(all.records, (std::vector<Boat>{kGull, kTern, kSkua}));
    EXPECT_EQ(all.next, "");
    LIMPET_TRY(const auto kiel, records.scan<Boat>({.under = {"kiel"}}));
    EXPECT_EQ(kiel.records, (std::vector<Boat>{kGull, kTern}));
    LIMPET_TRY(const auto first, records.scan<Boat>({.limit = 2}));
    EXPECT_EQ(first.records, (std::vector<Boat>{kGull, kTern}));
    EXPECT_EQ(first.next, "kiel!tern");
    LIMPET_TRY(const auto second, records.scan<Boat>({.after = first.next, .limit = 2}));
    EXPECT_EQ(second.records, (std::vector<Boat>{kSkua}));
    EXPECT_EQ(second.next, "");
    LIMPET_TRY(const auto last,
               records.scan<Boat>({.under = {"kiel"}, .limit = 1, .order = Order::Descending}));
    EXPECT_EQ(last.records, (std::vector<Boat>{kTern}));
    LIMPET_TRY(
        const auto before,
        records.scan<Boat>(
            {.under = {"kiel"}, .after = last.next, .limit = 1, .order = Order::Descending}));
    EXPECT_EQ(before.records, (std::vector<Boat>{kGull}));
    EXPECT_EQ(before.next, "");
    LIMPET_TRY(const auto none, records.scan<Boat>({.limit = 0}));
    EXPECT_TRUE(none.records.empty());
    return {};
  });
}

TEST_F(RecordsTest, APositionHoldsWhileRecordsComeAndGo) {
  ASSERT_TRUE(put({kGull, kSkua}));
  ASSERT_TRUE(write([](Records& records) -> Status {
    LIMPET_CHECK(records.erase<Boat>({"kiel", "gull"}));  // the record that the position names
    return records.put(kTern);
  }));
  read([](RecordReader& records) -> Status {
    LIMPET_TRY(const auto rest, records.scan<Boat>({.after = "kiel!gull"}));
    EXPECT_EQ(rest.records, (std::vector<Boat>{kTern, kSkua}));
    return {};
  });
}

TEST_F(RecordsTest, APositionCannotLeaveItsPrefix) {
  ASSERT_TRUE(put({kGull, kSkua}));
  read([](RecordReader& records) -> Status {
    for (const char* forged : {"", "a", "kiel!", "\x01"}) {
      LIMPET_TRY(const auto page, records.scan<Boat>({.under = {"oslo"}, .after = forged}));
      EXPECT_EQ(page.records, (std::vector<Boat>{kSkua})) << forged;
    }
    LIMPET_TRY(const auto none, records.scan<Boat>({.under = {"kiel"}, .after = "zzz"}));
    EXPECT_TRUE(none.records.empty());
    return {};
  });
}

TEST_F(RecordsTest, FindsByIndexes) {
  ASSERT_TRUE(put({kGull, kTern, kSkua}));
  read([](RecordReader& records) -> Status {
    LIMPET_TRY(const auto found, records.find<Boat>("by-sail", {"NOR-1"}));
    EXPECT_EQ(found, kSkua);
    LIMPET_TRY(const auto none, records.find<Boat>("by-sail", {"NOR-2"}));
    EXPECT_EQ(none, std::nullopt);
    LIMPET_TRY(const auto nine, records.scan_index<Boat>("by-length", {.under = {9}}));
    EXPECT_EQ(nine.records, (std::vector<Boat>{kGull, kSkua}));
    LIMPET_TRY(const auto longest,
               records.scan_index<Boat>("by-length", {.limit = 1, .order = Order::Descending}));
    EXPECT_EQ(longest.records, (std::vector<Boat>{kTern}));
    LIMPET_TRY(
        const auto next,
        records.scan_index<Boat>("by-length", {.after = longest.next, .order = Order::Descending}));
    EXPECT_EQ(next.records, (std::vector<Boat>{kSkua, kGull}));
    return {};
  });
}

TEST_F(RecordsTest, RemovesStaleIndexRowsOnRewriteAndErase) {
  Boat gull = kGull;
  gull.owner = "anna";
  ASSERT_TRUE(put({gull}));
  ASSERT_NE(row("aws!123456789012!eu-north-1!boat.by-owner!anna!kiel!gull"), "(none)");
  gull.owner = std::nullopt;
  gull.sail_number = "GER-9";
  ASSERT_TRUE(put({gull}));
  EXPECT_EQ(row("aws!123456789012!eu-north-1!boat.by-owner!anna!kiel!gull"), "(none)");
  EXPECT_EQ(row(kIndexRow), "(none)");
  EXPECT_EQ(row("aws!123456789012!eu-north-1!boat.by-sail!GER-9"), kRow);
  ASSERT_TRUE(write([](Records& records) -> Status {
    LIMPET_TRY(const bool erased, records.erase<Boat>({"kiel", "gull"}));
    EXPECT_TRUE(erased);
    LIMPET_TRY(const bool again, records.erase<Boat>({"kiel", "gull"}));
    EXPECT_FALSE(again);
    return {};
  }));
  for (const auto& [key, value] : store_.rows()) EXPECT_EQ(key.find("boat"), std::string::npos);
}

TEST_F(RecordsTest, RefusesASecondHolderOfAUniqueEntry) {
  ASSERT_TRUE(put({kGull}));
  Boat thief = kTern;
  thief.sail_number = kGull.sail_number;
  const auto refused = put({thief});
  EXPECT_EQ(code_of(refused), Code::AlreadyExists);
  EXPECT_EQ(refused.error().where, kIndexRow);
  EXPECT_EQ(row("aws!123456789012!eu-north-1!boat!kiel!tern"), "(none)");
  // Handing it over within one transaction is fine.
  EXPECT_TRUE(write([&](Records& records) -> Status {
    LIMPET_CHECK(records.erase<Boat>({"kiel", "gull"}));
    return records.put(thief);
  }));
  EXPECT_EQ(row(kIndexRow), "aws!123456789012!eu-north-1!boat!kiel!tern");
}

TEST_F(RecordsTest, KeepsMembersOfANewerProgramOnRewrite) {
  ASSERT_TRUE(put({kGull}));
  plant(kRow, R"({"_format":2,"harbour":"kiel","name":"gull","sail":"GER-7","hull":{"length":9,)"
              R"("material":"oak"},"tags":{"old":"1"},"owner":"anna","crew":[{"name":"bo"}]})");
  Boat gull = kGull;
  gull.length_metres = 10;  // tags and owner are known members, now gone
  ASSERT_TRUE(put({gull}));
  EXPECT_EQ(row(kRow),
            R"({"_format":2,"harbour":"kiel","name":"gull","sail":"GER-7","hull":{"length":10,)"
            R"("material":"oak"},"tags":{},"crew":[{"name":"bo"}]})");
}

TEST_F(RecordsTest, ReadsAnOlderFormatAndRewritesItInItsOwn) {
  plant(kRow,
        R"({"_format":1,"harbour":"kiel","name":"gull","sail":"GER-7","length":9,"tags":{}})");
  read([](RecordReader& records) -> Status {
    LIMPET_TRY(const auto gull, records.get<Boat>({"kiel", "gull"}));
    EXPECT_EQ(gull, kGull);
    return {};
  });
  ASSERT_TRUE(put({kGull}));
  EXPECT_EQ(
      row(kRow),
      R"({"_format":2,"harbour":"kiel","name":"gull","sail":"GER-7","hull":{"length":9},"tags":{}})");
}

struct BadRow {
  std::string name;
  std::string text;
  Code code;
};

class BadRecordTest : public RecordsTest, public testing::WithParamInterface<BadRow> {};

TEST_P(BadRecordTest, IsRefusedByReadsAndWrites) {
  plant(kRow, GetParam().text);
  const auto read = store_.read([&](Reader& reader) -> Status {
    RecordReader records(reader, scope_);
    LIMPET_CHECK(records.get<Boat>({"kiel", "gull"}));
    return {};
  });
  EXPECT_EQ(code_of(read), GetParam().code);
  EXPECT_EQ(code_of(put({kGull})), GetParam().code);
  EXPECT_EQ(code_of(write([](Records& records) -> Status {
              LIMPET_CHECK(records.erase<Boat>({"kiel", "gull"}));
              return {};
            })),
            GetParam().code);
  EXPECT_EQ(row(kRow), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadRecordTest,
    testing::Values(BadRow{"NewerFormat", R"({"_format":3,"harbour":"kiel"})", Code::Unavailable},
                    BadRow{"NoFormat", R"({"harbour":"kiel"})", Code::Internal},
                    BadRow{"FormatIsText", R"({"_format":"2"})", Code::Internal},
                    BadRow{"FormatZero", R"({"_format":0})", Code::Internal},
                    BadRow{"NotJson", "harbour", Code::Internal},
                    BadRow{"NotAnObject", "[2]", Code::Internal},
                    BadRow{"MissingMember", R"({"_format":2,"harbour":"kiel"})", Code::Internal}),
    [](const auto& row) { return row.param.name; });

TEST_F(RecordsTest, RefusesADocumentThatIsTooLarge) {
  Boat boat = kGull;
  boat.tags["log"] = std::string(kRecordBytesMax, 'x');
  EXPECT_EQ(code_of(put({boat})), Code::LimitExceeded);
}

TEST_F(RecordsTest, LogsWhatChangedWithBeforeAndAfter) {
  ASSERT_TRUE(put({kGull}));
  Boat longer = kGull;
  longer.length_metres = 10;
  ASSERT_TRUE(put({longer, kTern}));
  ASSERT_TRUE(write([](Records& records) -> Status {
    LIMPET_CHECK(records.erase<Boat>({"kiel", "gull"}));
    return {};
  }));
  const auto entries = log();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].sequence, 1U);
  EXPECT_EQ(entries[0].operation, "MoorBoat");
  EXPECT_EQ(entries[0].principal, "arn:aws:iam::123456789012:user/anna");
  EXPECT_EQ(entries[0].request_id, "r-1");
  EXPECT_EQ(to_iso8601(entries[0].time), "2024-02-29T12:00:00.000Z");
  ASSERT_EQ(entries[0].changes.size(), 1U);
  EXPECT_EQ(entries[0].changes[0].type, "boat");
  EXPECT_EQ(entries[0].changes[0].key, kRow);
  EXPECT_TRUE(entries[0].changes[0].before.is_null());
  const std::string nine =
      R"({"_format":2,"harbour":"kiel","name":"gull","sail":"GER-7","hull":{"length":9},"tags":{}})";
  EXPECT_EQ(json::to_text(entries[0].changes[0].after), nine);
  ASSERT_EQ(entries[1].changes.size(), 2U);
  EXPECT_EQ(json::to_text(entries[1].changes[0].before), nine);
  EXPECT_EQ(json::to_text(entries[1].changes[0].after),
            json::to_text(entries[2].changes[0].before));
  EXPECT_TRUE(entries[2].changes[0].after.is_null());
  EXPECT_TRUE(store_.rows().contains("log!00000000000000000003"));
  const std::string format = R"({"_format":1,)";
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string stored = row("log!0000000000000000000" + std::to_string(i + 1));
    const std::string encoded = json::to_text(RecordType<LogEntry>::encode(entries[i]));
    EXPECT_EQ(stored, format + encoded.substr(1));
  }
}

TEST_F(RecordsTest, LogsNothingWhenNothingChanged) {
  ASSERT_TRUE(put({kGull}));
  const auto before = store_.rows();
  ASSERT_TRUE(put({kGull}));
  ASSERT_TRUE(write([](Records& records) -> Status {
    LIMPET_CHECK(records.put(kTern));
    LIMPET_CHECK(records.erase<Boat>({"kiel", "tern"}));
    LIMPET_CHECK(records.erase<Boat>({"kiel", "gull"}));
    LIMPET_CHECK(records.put(kGull));
    EXPECT_TRUE(records.changes().empty());
    return {};
  }));
  EXPECT_EQ(store_.rows(), before);
}

TEST_F(RecordsTest, LogsARecordOnceHoweverOftenItIsWritten) {
  ASSERT_TRUE(write([](Records& records) -> Status {
    Boat boat = kGull;
    LIMPET_CHECK(records.put(boat));
    boat.length_metres = 11;
    return records.put(boat);
  }));
  ASSERT_EQ(log().size(), 1U);
  ASSERT_EQ(log()[0].changes.size(), 1U);
  EXPECT_TRUE(log()[0].changes[0].before.is_null());
  EXPECT_EQ(log()[0].changes[0].after.find("hull")->find("length")->as_int64(), 11);
}

TEST_F(RecordsTest, LeavesNoTraceOfAFailedTransactionInTheLog) {
  EXPECT_EQ(code_of(write([](Records& records) -> Status {
              LIMPET_CHECK(records.put(kGull));
              LIMPET_CHECK(records.finish());
              return Error::conflict("after all");
            })),
            Code::Conflict);
  EXPECT_TRUE(store_.rows().empty());
  ASSERT_TRUE(put({kGull}));
  EXPECT_EQ(log()[0].sequence, 1U);
}

TEST_F(RecordsTest, LogsOnlyWhatATypeAllows) {
  ASSERT_TRUE(write([](Records& records) { return records.put(Password{"anna", "hunter2"}); }));
  EXPECT_TRUE(store_.rows().contains("password!anna"));
  EXPECT_EQ(json::to_text(log()[0].changes[0].after), R"({"user":"anna"})");
  ASSERT_TRUE(write([](Records& records) { return records.put(Password{"anna", "new"}); }));
  EXPECT_EQ(log().size(), 2U);  // that it changed is logged, not what it is
  EXPECT_EQ(row("log!00000000000000000002").find("new\""), std::string::npos);
}

TEST_F(RecordsTest, SplitsALargeTransactionIntoEntriesThatFollowEachOther) {
  ASSERT_TRUE(write([](Records& records) -> Status {
    for (int i = 0; i < 5; ++i) {
      Boat boat = kGull;
      boat.name += std::to_string(i);
      boat.sail_number += std::to_string(i);
      boat.tags["log"] = std::string(kLogEntryBytes / 2, 'x');
      LIMPET_CHECK(records.put(boat));
    }
    return {};
  }));
  const auto entries = log();
  ASSERT_EQ(entries.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(entries[i].sequence, i + 1);
    EXPECT_EQ(entries[i].continues, i < 2);
    EXPECT_EQ(entries[i].changes.size(), i < 2 ? 2U : 1U);
  }
}

TEST_F(RecordsTest, AHugeTransactionDoesNotKeepAllItsDocumentsInMemory) {
  constexpr int kBoats = 100;
  const auto boat_number = [](int i) {
    Boat boat = kGull;
    boat.name += std::to_string(i);
    boat.sail_number += std::to_string(i);
    return boat;
  };
  ASSERT_TRUE(write([&](Records& records) -> Status {
    std::size_t most = 0;
    for (int i = 0; i < kBoats; ++i) {
      Boat boat = boat_number(i);
      boat.tags["log"] = std::string(kLogEntryBytes / 2, 'x');
      LIMPET_CHECK(records.put(boat));
      most = std::max(most, records.changes().size());
    }
    EXPECT_LE(most, 16U);
    return {};
  }));
  ASSERT_TRUE(write([&](Records& records) -> Status {
    for (int i = 0; i < kBoats; ++i) {
      LIMPET_TRY(const bool erased, records.erase<Boat>(RecordType<Boat>::key(boat_number(i))));
      EXPECT_TRUE(erased);
      EXPECT_LE(records.changes().size(), 16U);
    }
    return {};
  }));
  // Two transactions, each told whole, in entries that follow each other up to the one that ends
  // it.
  const auto entries = log();
  std::vector<std::size_t> told(1);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].sequence, i + 1);
    for (const Change& change : entries[i].changes) {
      EXPECT_EQ(change.before.is_null(), told.size() == 1);
      EXPECT_EQ(change.after.is_null(), told.size() == 2);
    }
    told.back() += entries[i].changes.size();
    if (!entries[i].continues) told.push_back(0);
  }
  EXPECT_EQ(told, (std::vector<std::size_t>{kBoats, kBoats, 0}));
  ASSERT_TRUE(put({kTern}));
  EXPECT_EQ(log().back().sequence, entries.size() + 1);
}

TEST_F(RecordsTest, TrimsTheLogWithoutReusingNumbers) {
  ASSERT_TRUE(put({kGull}));
  ASSERT_TRUE(put({kTern}));
  using Sequences = std::vector<std::uint64_t>;
  const Timestamp same = *parse_iso8601("2024-02-29T12:00:00.000Z");
  const Timestamp later = *parse_iso8601("2024-03-01T00:00:00.000Z");
  const auto trimmed = store_.write([&](Txn& txn) -> Status {
    LIMPET_TRY(const auto none, due_changes(txn, same, 100));
    EXPECT_EQ(none, Sequences());
    LIMPET_TRY(const auto one, due_changes(txn, later, 1));
    EXPECT_EQ(one, Sequences{1});
    LIMPET_CHECK(erase_changes(txn, one));
    LIMPET_TRY(const auto rest, due_changes(txn, later, 9));
    EXPECT_EQ(rest, Sequences{2});
    LIMPET_CHECK(erase_changes(txn, rest));
    return erase_changes(txn, rest);
  });
  ASSERT_TRUE(trimmed.status());
  EXPECT_TRUE(log().empty());
  ASSERT_TRUE(put({kSkua}));
  EXPECT_EQ(log()[0].sequence, 3U);
}

TEST_F(RecordsTest, LogEntriesSurviveARoundTrip) {
  const LogEntry entry{.sequence = 12,
                       .time = *parse_iso8601("2024-02-29T12:00:00.001Z"),
                       .principal = "p",
                       .operation = "o",
                       .request_id = "r",
                       .continues = true,
                       .changes = {{.type = "boat",
                                    .key = kRow,
                                    .before = json::Value::integer(1),
                                    .after = json::Value()}}};
  const auto back = RecordType<LogEntry>::decode(RecordType<LogEntry>::encode(entry), 1);
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, entry);
}

TEST_F(RecordsTest, DocumentTellsTheFirstThingThatIsWrong) {
  const auto document =
      *json::parse(R"({"a":1,"b":"x","c":{"d":true},"t":"yesterday","l":["x",1]})");
  Document good(document);
  EXPECT_EQ(good.integer("a"), 1);
  EXPECT_EQ(good.text("b"), "x");
  EXPECT_TRUE(good.object("c").boolean("d"));
  EXPECT_EQ(good.optional_text("nothing"), std::nullopt);
  EXPECT_TRUE(good.status());
  Document inner = good.object("c");
  inner.text("e");
  EXPECT_EQ(inner.status().error(), Error::invalid_input("missing member", "/c/e"));
  Document bad(document);
  bad.text("a");
  bad.integer("b");
  EXPECT_EQ(bad.status().error(), Error::invalid_input("expected string, found number", "/a"));
  for (const auto& read : std::vector<std::function<void(Document&)>>{
           [](Document& in) { in.time("t"); }, [](Document& in) { in.texts("l"); },
           [](Document& in) { in.text_map("c"); },
           [](Document& in) { in.optional_integer("b"); }}) {
    Document in(document);
    read(in);
    EXPECT_EQ(code_of(in.status()), Code::InvalidInput);
  }
}

}  // namespace
}  // namespace limpet::storage
