#include "answer_cache.h"

#include "testing_service.h"

#include "limpet/storage/memory_store.h"

#include <gtest/gtest.h>

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
    std::vector<RowChanges::Slot> changing;
    ASSERT_TRUE(store_
                    .write([&](storage::Txn& txn) {
                      WatchedTxn watched(changes_, txn, changing);
                      return watched.put(key, value);
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

TEST_F(AnswerCacheTest, DoesNotKeepScans) {
  ReadRows rows(changes_);
  ASSERT_TRUE(store_.read([&](storage::Reader& reader) -> Status {
    rows.attach(reader);
    LIMPET_CHECK(rows.scan({}));
    return {};
  }));
  cache_.put({kScope, &kOperation, "ask"}, rows, {.resources = {}, .body = text("x")});
  EXPECT_EQ(find("ask"), "-");
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

// A reader that has seen the new value must never get the old one from the cache afterwards.
TEST(AnswerCache, NeverGoesBackInTime) {
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
                        return watched.put("a", std::to_string(i));
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
          LIMPET_TRY(const auto found, rows.get("a"));
          value = std::stoi(found.value_or("0"));
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
