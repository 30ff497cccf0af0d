// The whole service over the store that servers use: the same conversations, many callers at once,
// and everything read back by the next process.
#include "testing_transcript.h"

#include "limpet/registry/check_invariants.h"
#include "limpet/storage_sqlite/sqlite_store.h"

#include <gtest/gtest.h>

#include <barrier>
#include <filesystem>
#include <set>
#include <thread>

namespace limpet::glue_api {
namespace {

class SqliteServiceTest : public testing::Test {
 protected:
  SqliteServiceTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "limpet-api-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    open();
  }
  ~SqliteServiceTest() override {
    store.reset();
    std::filesystem::remove_all(folder_);
  }

  void open() {
    auto opened = storage::SqliteStore::open(folder_ / "data", {});
    if (!opened) throw std::runtime_error(describe(opened.error()));
    store = *std::move(opened);
  }

  std::unique_ptr<storage::SqliteStore> store;

 private:
  std::filesystem::path folder_;
};

TEST_F(SqliteServiceTest, GoldenTranscripts) {
  for (const World& world :
       load_worlds(LIMPET_TESTDATA "/../../../test/conformance/registry/transcripts.json")) {
    SCOPED_TRACE(world.name);
    Settings settings = open_settings();
    if (world.aws_quotas) settings.registry.quotas = registry::Quotas::aws();
    TestService service(*store, std::move(settings));
    Replay(service, world.aws_quotas ? "us-west-1" : "us-west-2").run(world);
  }
}

TEST_F(SqliteServiceTest, ManyCallersAtOnceThenTheNextProcess) {
  constexpr int kCallers = 32;
  std::vector<Answer> answers(kCallers);
  {
    TestService service(*store, open_settings());
    ASSERT_EQ(service
                  .call("AWSGlue.CreateSchema",
                        R"({"SchemaName":"s","DataFormat":"AVRO","Compatibility":"BACKWARD",
                            "SchemaDefinition":"\"int\""})")
                  .status,
              200);
    std::barrier start(kCallers);
    std::vector<std::jthread> callers;
    for (int i = 0; i < kCallers; ++i) {
      callers.emplace_back([&, i] {
        start.arrive_and_wait();
        answers[static_cast<std::size_t>(i)] =
            service.call("AWSGlue.RegisterSchemaVersion",
                         R"({"SchemaId":{"RegistryName":"default-registry","SchemaName":"s"},
                             "SchemaDefinition":"\"long\""})");
      });
    }
  }
  std::set<std::string> ids;
  for (const Answer& answer : answers) {
    EXPECT_EQ(answer.number("VersionNumber"), 2) << answer.body;
    ids.insert(answer.text("SchemaVersionId"));
  }
  ASSERT_EQ(ids.size(), 1U);

  store.reset();
  open();
  TestService next(*store, open_settings());
  const Answer read =
      next.call("AWSGlue.GetSchemaVersion", R"({"SchemaVersionId":")" + *ids.begin() + "\"}");
  EXPECT_EQ(read.text("SchemaDefinition"), "\"long\"");
  EXPECT_EQ(read.text("Status"), "AVAILABLE");
  const Scope scope{.partition = "aws", .account = std::string(kAccount), .region = "us-east-1"};
  EXPECT_TRUE(store->read([&](storage::Reader& reader) -> Status {
    LIMPET_TRY(const auto violations, registry::check_invariants(reader, scope));
    EXPECT_EQ(violations, std::vector<std::string>());
    return {};
  }));
}

}  // namespace
}  // namespace limpet::glue_api
