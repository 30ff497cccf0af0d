#include "answer_cache.h"

#include "testing_service.h"

#include "limpet/storage/keys.h"
#include "limpet/storage/memory_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>

namespace limpet::glue_api {
namespace {

const Scope kScope{.partition = "aws", .account = "123456789012", .region = "us-east-1"};
const Scope kElsewhere{.partition = "aws", .account = "123456789012", .region = "eu-west-1"};
const int kOperation = 1, kOther = 2;

std::shared_ptr<const std::string> text(std::string value) {
  return std::make_shared<const std::string>(std::move(value));
}

/// A cache over a store with the row "a".
class AnswerCacheTest : public testing::Test {
 protected:
  AnswerCacheTest() { write("a", "1"); }

  void write(const std::string& key, const std::string& value) {
    write([&](storage::Txn& txn) { return txn.put(key, value); });
  }
  void erase(const std::string& key) {
    write([&](storage::Txn& txn) { return txn.erase(key); });
  }
  void write(const storage::WriteWork& work) {
    std::vector<RowChanges::Slot> changing;
    ASSERT_TRUE(store_
                    .write([&](storage::Txn& txn) {
                      WatchedTxn watched(changes_, txn, changing);
                      return work(watched);
                    })
                    .status());
    for (const auto slot : changing) changes_.end(slot);
  }

  /// Reads the row `key` as an operation would, and keeps the answer under `asked`.
  void answer(const std::string& asked, const std::string& key, const Scope& scope = kScope,
              std::function<void()> meanwhile = {}) {
    ReadRows rows(changes_);
    std::string value;
    ASSERT_TRUE(store_.read([&](storage::Reader& reader) -> Status {
      rows.attach(reader);
      LIMPET_TRY(const auto found, rows.get(key));
      value = found.value_or("none");
      return {};
    }));
    if (meanwhile) meanwhile();
    cache_.put({scope, &kOperation, asked}, rows, {.resources = {}, .body = text(value)});
  }

  /// Reads the rows of `range` as an operation would, and keeps their keys under `asked`.
  void list(const std::string& asked, const storage::Range& range,
            std::function<void()> meanwhile = {}) {
    ReadRows rows(changes_);
    std::string keys;
    ASSERT_TRUE(store_.read([&](storage::Reader& reader) -> Status {
      rows.attach(reader);
      LIMPET_TRY(const auto found, rows.scan(range));
      for (const auto& row : found) keys += row.key + " ";
      return {};
    }));
    if (meanwhile) meanwhile();
    cache_.put({kScope, &kOperation, asked}, rows, {.resources = {}, .body = text(keys)});
  }

  std::string find(const std::string& asked, const Scope& scope = kScope,
                   const void* operation = &kOperation) {
    const auto found = cache_.find({scope, operation, asked});
    return found ? *found->body : "-";
  }

  storage::MemoryStore store_;
  RowChanges changes_;
  AnswerCache cache_{changes_, 1 << 20};
};

TEST_F(AnswerCacheTest, KeepsAnswersByScopeOperationAndBody) {
  EXPECT_EQ(find("ask"), "-");
  answer("ask", "a");
  EXPECT_EQ(find("ask"), "1");
  EXPECT_EQ(find("ask "), "-");
  EXPECT_EQ(find("ask", kElsewhere), "-");
  EXPECT_EQ(find("ask", kScope, &kOther), "-");
}

TEST_F(AnswerCacheTest, ForgetsWhenARowChanges) {
  answer("ask", "a");
  write("b", "1");
  EXPECT_EQ(find("ask"), "1");
  write("a", "2");
  EXPECT_EQ(find("ask"), "-");
  answer("ask", "a");
  EXPECT_EQ(find("ask"), "2");
}

TEST_F(AnswerCacheTest, ForgetsWhenAnAbsentRowAppears) {
  answer("ask", "c");
  EXPECT_EQ(find("ask"), "none");
  write("c", "1");
  EXPECT_EQ(find("ask"), "-");
}

TEST_F(AnswerCacheTest, AnswersNothingWhileARowChanges) {
  answer("ask", "a");
  const auto slot = RowChanges::slot_of("a");
  changes_.begin(slot);
  EXPECT_EQ(find("ask"), "-");
  answer("ask", "a");
  EXPECT_EQ(find("ask"), "-");
  changes_.end(slot);
  EXPECT_EQ(find("ask"), "-");
  answer("ask", "a");
  EXPECT_EQ(find("ask"), "1");
}

TEST_F(AnswerCacheTest, DoesNotKeepWhatChangedSinceItsSnapshot) {
  answer("ask", "a", kScope, [&] { write("a", "2"); });
  EXPECT_EQ(find("ask"), "-");
}

TEST_F(AnswerCacheTest, KeepsAListWhileNoRowComesOrGoes) {
  const auto range = storage::prefix_range({"p", "q"});
  write("p!q!1", "x");
  list("ask", range);
  EXPECT_EQ(find("ask"), "p!q!1 ");
  write("p!r!1", "x");
  write("p!q", "x");
  write("p!qq!1", "x");
  EXPECT_EQ(find("ask"), "p!q!1 ");
  write("p!q!2", "x");
  EXPECT_EQ(find("ask"), "-");
  list("ask", range);
  EXPECT_EQ(find("ask"), "p!q!1 p!q!2 ");
  erase("p!q!1");
  EXPECT_EQ(find("ask"), "-");
  list("ask", range);
  write("p!q!2", "y");
  EXPECT_EQ(find("ask"), "-");
  list("ask", range);
  write("p!q!3!deeper", "x");
  EXPECT_EQ(find("ask"), "-");
}

TEST_F(AnswerCacheTest, ForgetsAnEmptyListWhenItsFirstRowAppears) {
  list("ask", storage::prefix_range({"p"}));
  EXPECT_EQ(find("ask"), "");
  write("p!1", "x");
  EXPECT_EQ(find("ask"), "-");
}

TEST_F(AnswerCacheTest, DoesNotKeepAListThatChangedSinceItsSnapshot) {
  list("ask", storage::prefix_range({"p"}), [&] { write("p!1", "x"); });
  EXPECT_EQ(find("ask"), "-");
}

TEST_F(AnswerCacheTest, AnswersNoListWhileARowOfItChanges) {
  list("ask", storage::prefix_range({"p"}));
  write([&](storage::Txn& txn) -> Status {
    LIMPET_CHECK(txn.put("p!1", "x"));
    EXPECT_EQ(find("ask"), "-");
    return {};
  });
  EXPECT_EQ(find("ask"), "-");
}

TEST_F(AnswerCacheTest, DoesNotKeepWhatRestsOnTheWholeStore) {
  for (const auto& range : {storage::Range{}, storage::Range{.from = "p!", .to = ""},
                            storage::Range{.from = "p!1", .to = "q!1"}}) {
    list("ask", range);
    EXPECT_EQ(find("ask"), "-") << range.from;
  }
}

// Every key of a range has the range's group among its own.
TEST(RowChanges, GroupsHoldTheirRanges) {
  const std::vector<std::string> keys = {"a!b!1",  "a!b!1!x", "a!b!2", "a!b",     "a!c!1",
                                         "a\"21b", "a!bb!1",  "a!",    "a!b\"21", "b!a!1"};
  const auto holds = [](std::string_view group, const std::string& key) {
    std::vector<RowChanges::Slot> slots;
    RowChanges::add_slots(key, slots);
    return std::ranges::find(slots, RowChanges::slot_of_group(group)) != slots.end();
  };
  EXPECT_EQ(group_of(storage::prefix_range({"a", "b"})), "a!b!");
  EXPECT_EQ(group_of({.from = "a!b!1", .to = "a!b\""}), "a!b!");
  EXPECT_EQ(group_of({.from = "a!b!1", .to = "a!b!3"}), "a!b!");
  EXPECT_EQ(group_of({.from = "a!b!1", .to = "a!c!3"}), "a!");
  EXPECT_EQ(group_of({.from = "a!b!1", .to = "b!a!3"}), "");
  for (const auto& from : keys) {
    for (const auto& to : keys) {
      const storage::Range range{.from = from, .to = to};
      const auto group = group_of(range);
      if (group.empty()) continue;
      for (const auto& key : keys) {
        const bool inside = from <= key && key < to;
        EXPECT_TRUE(!inside || holds(group, key)) << from << " " << to << " " << key;
      }
    }
  }
}

TEST(WatchedTxn, BeginsEachSlotOnceHoweverManyItWrites) {
  storage::MemoryStore store;
  RowChanges changes;
  std::vector<RowChanges::Slot> changing;
  ASSERT_TRUE(store
                  .write([&](storage::Txn& txn) -> Status {
                    WatchedTxn watched(changes, txn, changing);
                    for (int i = 0; i < 500; ++i) {
                      LIMPET_CHECK(watched.put("p!" + std::to_string(i % 250), "x"));
                    }
                    return {};
                  })
                  .status());
  auto once = changing;
  std::ranges::sort(once);
  EXPECT_EQ(std::ranges::adjacent_find(once), once.end());
  for (const auto slot : changing) {
    EXPECT_FALSE(changes.stands(slot, ~std::uint64_t{0}));
    changes.end(slot);
  }
  for (const auto slot : changing) EXPECT_TRUE(changes.stands(slot, changes.now()));
}

TEST_F(AnswerCacheTest, ForgetsEverythingAtOnce) {
  answer("ask", "a");
  changes_.everything_changed();
  EXPECT_EQ(find("ask"), "-");
}

TEST_F(AnswerCacheTest, StaysInItsBound) {
  const std::string large(8000, 'x');
  write("large", large);
  for (int i = 0; i < 1000; ++i) answer("ask" + std::to_string(i), "large");
  const auto stats = cache_.stats();
  EXPECT_LE(stats.bytes, 1U << 20);
  EXPECT_GT(stats.entries, 50U);
  EXPECT_LT(stats.entries, 131U);
  EXPECT_EQ(find("ask999"), large);
}

TEST_F(AnswerCacheTest, DoesNotKeepWhatIsLargerThanAShard) {
  write("large", std::string((1 << 20) / 16, 'x'));
  answer("ask", "large");
  EXPECT_EQ(find("ask"), "-");
}

TEST(AnswerCache, OfNoBytesKeepsNothing) {
  RowChanges changes;
  AnswerCache cache(changes, 0);
  const ReadRows rows(changes);
  cache.put({kScope, &kOperation, "ask"}, rows, {.resources = {}, .body = text("x")});
  EXPECT_FALSE(cache.find({kScope, &kOperation, "ask"}));
}

// A reader that has seen the new state must never get the old one from the cache afterwards: `ask`
// answers the number that `read` finds, and the writer writes one row more each time.
void never_goes_back(const std::function<Status(storage::Txn&, int)>& put,
                     const std::function<Result<int>(storage::Reader&)>& ask) {
  storage::MemoryStore store;
  RowChanges changes;
  AnswerCache cache(changes, 1 << 20);
  constexpr int kWrites = 2000;
  std::atomic<bool> stop = false;
  std::atomic<int> committed = 0;
  std::thread writer([&] {
    for (int i = 1; i <= kWrites; ++i) {
      std::vector<RowChanges::Slot> changing;
      EXPECT_TRUE(store
                      .write([&](storage::Txn& txn) {
                        WatchedTxn watched(changes, txn, changing);
                        return put(watched, i);
                      })
                      .status());
      for (const auto slot : changing) changes.end(slot);
      committed = i;
    }
    stop = true;
  });
  const auto read = [&] {
    int last = 0;
    while (!stop) {
      const int acknowledged = committed;
      int value = 0;
      if (const auto kept = cache.find({kScope, &kOperation, "ask"})) {
        value = std::stoi(*kept->body);
      } else {
        ReadRows rows(changes);
        ASSERT_TRUE(store.read([&](storage::Reader& reader) -> Status {
          rows.attach(reader);
          LIMPET_TRY(value, ask(rows));
          return {};
        }));
        cache.put({kScope, &kOperation, "ask"}, rows,
                  {.resources = {}, .body = text(std::to_string(value))});
      }
      ASSERT_GE(value, last);
      ASSERT_GE(value, acknowledged);
      last = value;
    }
  };
  std::thread other(read);
  read();
  writer.join();
  other.join();
}

TEST(AnswerCache, NeverGoesBackInTime) {
  never_goes_back([](storage::Txn& txn, int i) { return txn.put("a", std::to_string(i)); },
                  [](storage::Reader& reader) -> Result<int> {
                    LIMPET_TRY(const auto found, reader.get("a"));
                    return std::stoi(found.value_or("0"));
                  });
}

TEST(AnswerCache, NeverForgetsARowOfAList) {
  never_goes_back([](storage::Txn& txn,
                     int i) { return txn.put(storage::Key("list", i).text(), std::to_string(i)); },
                  [](storage::Reader& reader) -> Result<int> {
                    auto newest = storage::prefix_range({"list"}, 1, storage::Order::Descending);
                    LIMPET_TRY(const auto found, reader.scan(newest));
                    return found.empty() ? 0 : std::stoi(found.front().value);
                  });
}

// Through the service: the same question gets the answer of now.

TEST(CachedAnswers, AreTheAnswersOfNow) {
  TestService service;
  ASSERT_EQ(service.call("AWSGlue.CreateRegistry", R"({"RegistryName":"r"})").status, 200);
  const std::string create =
      R"({"RegistryId":{"RegistryName":"r"},"SchemaName":"s","DataFormat":"AVRO",)"
      R"("Compatibility":"NONE","SchemaDefinition":"\"int\""})";
  const Answer created = service.call("AWSGlue.CreateSchema", create);
  const std::string get = R"({"SchemaVersionId":")" + created.text("SchemaVersionId") + "\"}";
  const std::string known =
      R"({"SchemaId":{"RegistryName":"r","SchemaName":"s"},"SchemaDefinition":"\"int\""})";
  const auto before = service.service.cache_stats().hits;
  for (const char* operation : {"AWSGlue.GetSchemaByDefinition", "AWSGlue.RegisterSchemaVersion"}) {
    const Answer first = service.call(operation, known);
    const Answer second = service.call(operation, known);
    EXPECT_EQ(first.status, 200);
    EXPECT_EQ(second.body, first.body);
    EXPECT_NE(second.header("x-amzn-RequestId"), first.header("x-amzn-RequestId"));
  }
  EXPECT_EQ(service.call("AWSGlue.GetSchemaVersion", get).text("SchemaDefinition"), "\"int\"");
  EXPECT_EQ(service.call("AWSGlue.GetSchemaVersion", get).text("SchemaDefinition"), "\"int\"");
  EXPECT_EQ(service.service.cache_stats().hits, before + 3);
  // Another region has never heard of it.
  EXPECT_EQ(service.call_in("eu-west-1", "AWSGlue.GetSchemaVersion", get).status, 400);

  const std::string schema = R"({"SchemaId":{"RegistryName":"r","SchemaName":"s"}})";
  ASSERT_EQ(service.call("AWSGlue.DeleteSchema", schema).status, 200);
  EXPECT_EQ(service.call("AWSGlue.GetSchemaVersion", get).type(), "EntityNotFoundException");
  EXPECT_EQ(service.call("AWSGlue.GetSchemaByDefinition", known).type(), "EntityNotFoundException");
  EXPECT_EQ(service.call("AWSGlue.RegisterSchemaVersion", known).type(), "EntityNotFoundException");
  const Answer again = service.call("AWSGlue.CreateSchema", create);
  ASSERT_EQ(again.status, 200);
  EXPECT_EQ(service.call("AWSGlue.GetSchemaByDefinition", known).text("SchemaVersionId"),
            again.text("SchemaVersionId"));
}

TEST(CachedAnswers, OfListsAreTheAnswersOfNow) {
  TestService service;
  const auto list = [&](const char* operation, const std::string& body) {
    const Answer first = service.call(operation, body);
    const auto hits = service.service.cache_stats().hits;
    EXPECT_EQ(service.call(operation, body).body, first.body);
    EXPECT_EQ(service.service.cache_stats().hits, hits + 1) << operation;
    return first.body;
  };
  const auto call = [&](const char* operation, const std::string& body) {
    const Answer answer = service.call(operation, body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer;
  };
  const auto has = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  const std::string schema = R"({"SchemaId":{"RegistryName":"r","SchemaName":"s1"}})";
  const std::string in_r = R"({"RegistryId":{"RegistryName":"r"}})";
  const auto create = [&](const std::string& name) {
    call("AWSGlue.CreateSchema",
         R"({"RegistryId":{"RegistryName":"r"},"SchemaName":")" + name +
             R"(","DataFormat":"AVRO","Compatibility":"NONE","SchemaDefinition":"\"int\""})");
  };
  EXPECT_FALSE(has(list("AWSGlue.ListRegistries", "{}"), "\"r\""));
  call("AWSGlue.CreateRegistry", R"({"RegistryName":"r"})");
  EXPECT_TRUE(has(list("AWSGlue.ListRegistries", "{}"), "\"r\""));
  EXPECT_FALSE(has(list("AWSGlue.ListSchemas", in_r), "\"s1\""));
  create("s1");
  EXPECT_TRUE(has(list("AWSGlue.ListSchemas", in_r), "\"s1\""));
  EXPECT_FALSE(has(list("AWSGlue.ListSchemas", "{}"), "\"s2\""));
  create("s2");
  EXPECT_TRUE(has(list("AWSGlue.ListSchemas", in_r), "\"s2\""));
  EXPECT_TRUE(has(list("AWSGlue.ListSchemas", "{}"), "\"s2\""));

  EXPECT_FALSE(has(list("AWSGlue.ListSchemaVersions", schema), "\"VersionNumber\":2"));
  call("AWSGlue.RegisterSchemaVersion",
       R"({"SchemaId":{"RegistryName":"r","SchemaName":"s1"},"SchemaDefinition":"\"long\""})");
  EXPECT_TRUE(has(list("AWSGlue.ListSchemaVersions", schema), "\"VersionNumber\":2"));
  call("AWSGlue.DeleteSchemaVersions",
       R"({"SchemaId":{"RegistryName":"r","SchemaName":"s1"},"Versions":"2"})");
  EXPECT_FALSE(has(list("AWSGlue.ListSchemaVersions", schema), "\"VersionNumber\":2"));

  call("AWSGlue.DeleteSchema", schema);
  EXPECT_FALSE(has(list("AWSGlue.ListSchemas", in_r), "\"s1\""));
  EXPECT_FALSE(has(list("AWSGlue.ListSchemas", "{}"), "\"s1\""));
  EXPECT_EQ(service.call("AWSGlue.ListSchemaVersions", schema).type(), "EntityNotFoundException");
  call("AWSGlue.DeleteRegistry", in_r);
  EXPECT_FALSE(has(list("AWSGlue.ListRegistries", "{}"), "\"r\""));
  EXPECT_EQ(service.call("AWSGlue.ListSchemas", in_r).type(), "EntityNotFoundException");
}

TEST(CachedAnswers, OfPagesHaveTokensThatGoOn) {
  TestService service;
  for (const char* name : {"a", "b", "c"}) {
    ASSERT_EQ(
        service.call("AWSGlue.CreateRegistry", std::string(R"({"RegistryName":")") + name + "\"}")
            .status,
        200);
  }
  const std::string first = R"({"MaxResults":2})";
  const auto token = service.call("AWSGlue.ListRegistries", first).text("NextToken");
  EXPECT_EQ(service.call("AWSGlue.ListRegistries", first).text("NextToken"), token);
  const std::string next = R"({"MaxResults":2,"NextToken":")" + token + "\"}";
  const Answer second = service.call("AWSGlue.ListRegistries", next);
  EXPECT_NE(second.body.find("\"c\""), std::string::npos);
  ASSERT_EQ(service.call("AWSGlue.CreateRegistry", R"({"RegistryName":"bb"})").status, 200);
  EXPECT_NE(service.call("AWSGlue.ListRegistries", next).body.find("\"bb\""), std::string::npos);
}

TEST(CachedAnswers, AreOnlyForRequestsThatAreWhole) {
  TestService service;
  ASSERT_EQ(service.call("AWSGlue.CreateRegistry", R"({"RegistryName":"r"})").status, 200);
  const Answer created =
      service.call("AWSGlue.CreateSchema",
                   R"({"RegistryId":{"RegistryName":"r"},"SchemaName":"s","DataFormat":"AVRO",)"
                   R"("Compatibility":"NONE","SchemaDefinition":"\"int\""})");
  const std::string get = R"({"SchemaVersionId":")" + created.text("SchemaVersionId") + "\"}";
  ASSERT_EQ(service.call("AWSGlue.GetSchemaVersion", get).status, 200);
  auto request = api_request("AWSGlue.GetSchemaVersion", get);
  request.headers.set("Content-Type", "text/plain");
  EXPECT_EQ(service.send(request).type(), "SerializationException");
  request.target = "/elsewhere";
  EXPECT_EQ(service.send(request).status, 404);
}

TEST(CachedAnswers, AreForThoseWhoMaySeeThem) {
  TestService service(signed_settings(kCallerKey));
  const auto call = [&](const char* operation, const std::string& body) {
    return service.call_signed(kCallerKey, kRegion, operation, body);
  };
  ASSERT_EQ(call("AWSGlue.CreateRegistry", R"({"RegistryName":"r"})").status, 200);
  const Answer created =
      call("AWSGlue.CreateSchema",
           R"({"RegistryId":{"RegistryName":"r"},"SchemaName":"s","DataFormat":"AVRO",)"
           R"("Compatibility":"NONE","SchemaDefinition":"\"int\""})");
  const std::string get = R"({"SchemaVersionId":")" + created.text("SchemaVersionId") + "\"}";
  EXPECT_EQ(call("AWSGlue.GetSchemaVersion", get).status, 200);
  EXPECT_EQ(call("AWSGlue.GetSchemaVersion", get).status, 200);
  EXPECT_EQ(service.call("AWSGlue.GetSchemaVersion", get).status, 400);
  auto wrong = kCallerKey;
  wrong.secret_access_key = "wrong";
  EXPECT_EQ(service.call_signed(wrong, kRegion, "AWSGlue.GetSchemaVersion", get).type(),
            "InvalidSignatureException");
}

}  // namespace
}  // namespace limpet::glue_api
