#include "limpet/client/schema_source.h"

#include "scripted_testing.h"

#include "limpet/codec/byte_buffer.h"
#include "limpet/serde/deserializer.h"
#include "limpet/serde/serializer.h"

#include <gmock/gmock.h>

namespace limpet::client {
namespace {

using namespace std::chrono_literals;
using serde::FailureKind;

const std::string kIntText = "\"int\"";
const Turn kThrottled{"GetSchemaVersion", refused("ThrottlingException", "Rate exceeded")};
const Turn kNotExplained{"ExplainSchemaVersion", refused("UnknownOperationException", "no")};

std::shared_ptr<RegistrySource> source_of(SchemaRegistryOptions options) {
  auto opened = SchemaRegistry::open(std::move(options));
  EXPECT_TRUE(opened) << describe(opened.error());
  return std::make_shared<RegistrySource>(*std::move(opened));
}

TEST(RegistrySource, ReadsAndWritesWithOneCallEach) {
  Script script({{"GetSchemaByDefinition", by_definition()}, {"GetSchemaVersion", version()}});
  const auto source = source_of(script.options());
  const auto writer = serde::Serializer<std::string_view>::make(
      source, {.definition = kIntText, .utf8 = value::Utf8Policy::Validate});
  ASSERT_TRUE(writer) << describe(writer.error());
  const auto reader = serde::Deserializer<value::View>::make(source);
  ASSERT_TRUE(reader);
  value::Arena arena;
  for (int i = 0; i < 3; ++i) {
    codec::ByteBuffer out;
    const auto refused = writer->append({.topic = "orders"}, "7", out);
    ASSERT_FALSE(refused) << serde::describe(*refused);
    value::View view;
    const auto failed = reader->read({.topic = "orders"}, out.bytes(), arena, view);
    ASSERT_FALSE(failed) << serde::describe(*failed);
    EXPECT_EQ(view.as_long(), 7);
  }
  EXPECT_TRUE(script.finished());
}

TEST(RegistrySource, CompilesOnceForAll) {
  Script script({{"GetSchemaVersion", version()}});
  const auto source = source_of(script.options());
  const auto first = source->by_version(kId);
  ASSERT_TRUE(first);
  EXPECT_EQ((*first)->name(), "orders");
  EXPECT_EQ((*first)->version_number(), 3U);
  EXPECT_TRUE((*first)->available());
  EXPECT_EQ(source->by_version(kId)->get(), first->get());
}

struct FailureRow {
  const char* name;
  std::vector<Turn> turns;
  FailureKind kind;
  bool retryable;
  bool require_available = false;
};
void PrintTo(const FailureRow& row, std::ostream* out) { *out << row.name; }

class ReadingFails : public testing::TestWithParam<FailureRow> {};

TEST_P(ReadingFails, WithItsKind) {
  const auto& row = GetParam();
  Script script(row.turns);
  auto options = script.options();
  options.require_available = row.require_available;
  const auto answer = source_of(std::move(options))->by_version(kId);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.failure().kind, row.kind) << serde::describe(answer.failure());
  EXPECT_EQ(answer.failure().retryable, row.retryable);
  EXPECT_TRUE(script.finished());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ReadingFails,
    testing::Values(
        FailureRow{"Unknown",
                   {{"GetSchemaVersion", refused("EntityNotFoundException", "no such")}},
                   FailureKind::UnknownSchema,
                   false},
        FailureRow{"Denied",
                   {{"GetSchemaVersion", refused("AccessDeniedException", "denied")}},
                   FailureKind::AccessDenied,
                   false},
        FailureRow{"Throttled",
                   {kThrottled, kThrottled, kThrottled, kThrottled},
                   FailureKind::Throttled,
                   true},
        FailureRow{"NoConnection",
                   {{"GetSchemaVersion", Error::unavailable("refused")},
                    {"GetSchemaVersion", Error::unavailable("refused")},
                    {"GetSchemaVersion", Error::unavailable("refused")},
                    {"GetSchemaVersion", Error::unavailable("refused")}},
                   FailureKind::Transport,
                   true},
        FailureRow{"CallRefused",
                   {{"GetSchemaVersion", refused("InvalidInputException", "bad id")}},
                   FailureKind::Config,
                   false},
        FailureRow{"NotAvailable",
                   {{"GetSchemaVersion", version("FAILURE")}},
                   FailureKind::SchemaNotAvailable,
                   false,
                   true},
        FailureRow{"NoAvro",
                   {{"GetSchemaVersion",
                     ok(R"({"SchemaVersionId":")" + kIdText +
                        R"(","SchemaDefinition":"{","DataFormat":"AVRO","SchemaArn":")" + kArn +
                        R"(","VersionNumber":3,"Status":"AVAILABLE"})")}},
                   FailureKind::BadSchema,
                   false}),
    [](const auto& row) { return std::string(row.param.name); });

class WritingFails : public testing::TestWithParam<FailureRow> {};

TEST_P(WritingFails, WithItsKind) {
  const auto& row = GetParam();
  Script script(row.turns);
  auto options = script.options();
  options.auto_register = row.require_available;  // the row's flag, here for this option
  options.deadline = 60s;
  const auto source = source_of(std::move(options));
  const auto slot = source->slot({.schema_name = "orders", .definition = kIntText, .topic = "t"});
  const auto answer = slot->get();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.failure().kind, row.kind) << serde::describe(answer.failure());
  EXPECT_EQ(answer.failure().retryable, row.retryable);
  serde::SchemaIds ids;
  EXPECT_FALSE(slot->peek(ids));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, WritingFails,
    testing::Values(FailureRow{"NotRegistered",
                               {{"GetSchemaByDefinition", refused("EntityNotFoundException",
                                                                  "Schema version is not found.")}},
                               FailureKind::NotRegistered,
                               false},
                    FailureRow{"FoundRefused",
                               {{"GetSchemaByDefinition", by_definition("FAILURE")}, kNotExplained},
                               FailureKind::Incompatible,
                               false},
                    FailureRow{"Incompatible",
                               {{"GetSchemaByDefinition", refused("EntityNotFoundException",
                                                                  "Schema version is not found.")},
                                {"RegisterSchemaVersion", registered("FAILURE")},
                                {"GetSchemaVersion", version("FAILURE")},
                                kNotExplained},
                               FailureKind::Incompatible,
                               false,
                               true},
                    FailureRow{"Deleting",
                               {{"GetSchemaByDefinition", by_definition("DELETING")}},
                               FailureKind::SchemaNotAvailable,
                               false},
                    FailureRow{"Pending",
                               {{"GetSchemaByDefinition", by_definition("PENDING")}},
                               FailureKind::Transport,
                               true},
                    FailureRow{
                        "Denied",
                        {{"GetSchemaByDefinition", refused("AccessDeniedException", "denied")}},
                        FailureKind::AccessDenied,
                        false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RegistrySource, TellsTimeThatRanOut) {
  Script script({{"GetSchemaVersion", Error::unavailable("refused")}});
  auto options = script.options();
  options.deadline = 1ms;  // the pause before the second attempt is longer
  options.retry.attempts = 4;
  const auto answer = source_of(std::move(options))->by_version(kId);
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.failure().retryable);
  EXPECT_THAT(answer.failure().kind, testing::AnyOf(FailureKind::Timeout, FailureKind::Transport));
}

TEST(RegistrySource, KnowsNoConfluentIds) {
  Script script(std::vector<Turn>{});
  const auto source = source_of(script.options());
  EXPECT_EQ(source->by_confluent_id(1).failure().kind, FailureKind::Unsupported);
  EXPECT_EQ(source->by_fingerprint(1).failure().kind, FailureKind::Unsupported);
}

}  // namespace
}  // namespace limpet::client
