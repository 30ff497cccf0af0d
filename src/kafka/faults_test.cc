// What becomes of calls when brokers misbehave: librdkafka's mock cluster does it on demand.
#include "mock_cluster.h"
#include "native.h"

#include "limpet/kafka/admin.h"
#include "limpet/kafka/consumer.h"
#include "limpet/kafka/producer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

namespace limpet::kafka {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAreArray;
using testing::HasSubstr;

template <class T>
T must(Result<T> result) {
  EXPECT_TRUE(result) << describe(result.error());
  return *std::move(result);
}
#define ASSERT_OK(...) \
  if (auto status = (__VA_ARGS__); !status) FAIL() << describe(status.error())

TEST(Fault, ABrokerThatIsDownIsUnavailable) {
  MockCluster cluster;
  cluster.create("orders");
  rd_kafka_mock_broker_set_down(cluster.native(), 1);
  auto admin = must(Admin::make(cluster.config()));
  const auto topics = admin.topics(milliseconds(300));
  ASSERT_EQ(code_of(topics), Code::Unavailable);
  EXPECT_TRUE(retriable(topics.error()));
  EXPECT_THAT(topics.error().message, HasSubstr("refused"));
  auto producer = must(Producer::make(cluster.config()));
  const auto sent = producer.send({.topic = "orders", .value = as_bytes("x")}, milliseconds(300));
  EXPECT_EQ(code_of(sent), Code::Unavailable);
  EXPECT_EQ(code_of(producer.flush(milliseconds(100))), Code::Unavailable);
  EXPECT_EQ(producer.waiting(), 1U);
  ASSERT_OK(producer.purge());
  ASSERT_OK(producer.flush(kPatience));

  auto consumer = must(Consumer::make(cluster.config()));
  EXPECT_EQ(code_of(consumer.assign("orders", {}, Position::earliest(), milliseconds(300))),
            Code::Unavailable);
}

TEST(Fault, ClientsGoOnWhenTheBrokerIsBack) {
  MockCluster cluster;
  cluster.create("orders");
  auto producer = must(Producer::make(cluster.config()));
  ASSERT_OK(write_values(producer, "orders", numbered("v", 0, 5)));
  auto consumer = must(Consumer::make(cluster.config()));
  ASSERT_OK(consumer.assign("orders", {}, Position::earliest(), kPatience));
  EXPECT_THAT(read_values(consumer, 5), ElementsAreArray(numbered("v", 0, 5)));

  rd_kafka_mock_broker_set_down(cluster.native(), 1);
  Batch batch;
  // A broker that is gone ends no poll.
  for (int i = 0; i < 3; ++i) ASSERT_OK(consumer.poll(batch, 10, milliseconds(100)));
  ASSERT_OK(
      producer.produce({.topic = "orders", .partition = 0, .value = as_bytes("v5")}, kPatience));
  rd_kafka_mock_broker_set_up(cluster.native(), 1);
  ASSERT_OK(producer.flush(kPatience));
  EXPECT_THAT(read_values(consumer, 1), ElementsAreArray(numbered("v", 5, 6)));
}

TEST(Fault, ALeaderThatMovesIsFollowed) {
  MockCluster cluster(2);
  cluster.create("orders", 1, 2);
  rd_kafka_mock_partition_set_leader(cluster.native(), "orders", 0, 1);
  auto producer = must(Producer::make(cluster.config()));
  auto consumer = must(Consumer::make(cluster.config()));
  ASSERT_OK(write_values(producer, "orders", numbered("v", 0, 5)));
  ASSERT_OK(consumer.assign("orders", {}, Position::earliest(), kPatience));
  EXPECT_THAT(read_values(consumer, 5), ElementsAreArray(numbered("v", 0, 5)));
  rd_kafka_mock_partition_set_leader(cluster.native(), "orders", 0, 2);
  ASSERT_OK(write_values(producer, "orders", numbered("v", 5, 10)));
  EXPECT_THAT(read_values(consumer, 5), ElementsAreArray(numbered("v", 5, 10)));
  auto admin = must(Admin::make(cluster.config()));
  EXPECT_EQ(must(admin.topic("orders", kPatience)).partitions[0].leader, 2);
}

TEST(Fault, ASlowBrokerIsWaitedForUntilTheDeadline) {
  MockCluster cluster;
  cluster.create("orders");
  auto producer = must(Producer::make(cluster.config(), {.linger = milliseconds(0)}));
  ASSERT_TRUE(producer.send({.topic = "orders", .value = as_bytes("a")}, kPatience));
  rd_kafka_mock_broker_set_rtt(cluster.native(), 1, 400);
  EXPECT_EQ(code_of(producer.send({.topic = "orders", .value = as_bytes("b")}, milliseconds(50))),
            Code::Unavailable);
  ASSERT_TRUE(producer.send({.topic = "orders", .value = as_bytes("c")}, kPatience));
  rd_kafka_mock_broker_set_rtt(cluster.native(), 1, 0);
  // The one that was given up waiting for was written all the same, and once.
  auto consumer = must(Consumer::make(cluster.config()));
  ASSERT_OK(consumer.assign("orders", {}, Position::earliest(), kPatience));
  EXPECT_THAT(read_values(consumer, 3), ElementsAreArray({"a", "b", "c"}));
}

TEST(Fault, ARecordThatIsTooLargeIsRefusedBeforeItIsSent) {
  MockCluster cluster;
  cluster.create("orders");
  auto producer = must(Producer::make(cluster.config()));
  const std::string large(1'100'000, 'x');  // message.max.bytes is 1,000,000
  const auto sent = producer.send({.topic = "orders", .value = as_bytes(large)}, kPatience);
  ASSERT_EQ(code_of(sent), Code::LimitExceeded);
  EXPECT_THAT(sent.error().message, HasSubstr("[MSG_SIZE_TOO_LARGE]"));
  EXPECT_FALSE(retriable(sent.error()));
}

struct RefusedRow {
  const char* name;
  rd_kafka_resp_err_t error;
  Code code;
};

class RefusedWrites : public testing::TestWithParam<RefusedRow> {};

TEST_P(RefusedWrites, HaveTheirCode) {
  MockCluster cluster;
  cluster.create("orders");
  std::vector<Delivery> reports;
  auto producer = must(Producer::make(
      cluster.config(), {.on_delivery = [&](const Delivery& report) { reports.push_back(report); },
                         .idempotent = false}));
  rd_kafka_mock_push_request_errors(cluster.native(), kProduce, 1, GetParam().error);
  ASSERT_OK(producer.produce({.topic = "orders", .partition = 0, .value = as_bytes("x"), .tag = 5},
                             kPatience));
  ASSERT_OK(producer.flush(kPatience));
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].tag, 5U);
  EXPECT_EQ(reports[0].offset, -1);
  ASSERT_TRUE(reports[0].error);
  EXPECT_EQ(reports[0].error->code, GetParam().code);
  EXPECT_EQ(reports[0].error->where, "orders[0]");
  EXPECT_THAT(reports[0].error->message, HasSubstr("["));
}

INSTANTIATE_TEST_SUITE_P(
    Errors, RefusedWrites,
    testing::Values(
        RefusedRow{"TooLarge", RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, Code::LimitExceeded},
        RefusedRow{"NotAllowed", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, Code::AccessDenied},
        RefusedRow{"BadRecord", RD_KAFKA_RESP_ERR_INVALID_RECORD, Code::InvalidInput}),
    [](const auto& test) { return test.param.name; });

TEST(Fault, ErrorsThatPassAreTriedAgain) {
  MockCluster cluster;
  cluster.create("orders");
  auto producer = must(Producer::make(cluster.config()));
  rd_kafka_mock_push_request_errors(
      cluster.native(), kProduce, 3, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE);
  const auto sent = producer.send({.topic = "orders", .value = as_bytes("x")}, kPatience);
  ASSERT_TRUE(sent) << describe(sent.error());
  rd_kafka_mock_push_request_errors(cluster.native(), kFetch, 2,
                                    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
                                    RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR);
  auto consumer = must(Consumer::make(cluster.config()));
  ASSERT_OK(consumer.assign("orders", {}, Position::earliest(), kPatience));
  EXPECT_THAT(read_values(consumer, 1), ElementsAreArray({"x"}));
}

TEST(Fault, AReaderThatIsNotAllowedIsTold) {
  MockCluster cluster;
  cluster.create("orders");
  auto producer = must(Producer::make(cluster.config()));
  ASSERT_OK(write_values(producer, "orders", {"x"}));
  rd_kafka_mock_push_request_errors(cluster.native(), kFetch, 1,
                                    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  auto consumer = must(Consumer::make(cluster.config()));
  ASSERT_OK(consumer.assign("orders", {}, Position::earliest(), kPatience));
  Batch batch;
  Status polled;
  for (int i = 0; i < 100 && polled && batch.empty(); ++i) {
    polled = consumer.poll(batch, 10, milliseconds(100));
  }
  ASSERT_EQ(code_of(polled), Code::AccessDenied);
  EXPECT_EQ(polled.error().where, "orders[0]");
}

TEST(Fault, AnOffsetThatIsGoneIsAnErrorOnlyWhenAskedFor) {
  MockCluster cluster;
  cluster.create("orders");
  auto producer = must(Producer::make(cluster.config()));
  ASSERT_OK(write_values(producer, "orders", {"a", "b"}));
  auto strict = must(Consumer::make(cluster.config(), {.reset = Position::Kind::Committed}));
  ASSERT_OK(strict.assign("orders", {}, Position::offset(50), kPatience));
  Batch batch;
  Status polled;
  for (int i = 0; i < 100 && polled; ++i) polled = strict.poll(batch, 10, milliseconds(100));
  EXPECT_EQ(code_of(polled), Code::NotFound);
  auto lenient = must(Consumer::make(cluster.config()));
  ASSERT_OK(lenient.assign("orders", {}, Position::offset(50), kPatience));
  EXPECT_THAT(read_values(lenient, 2), ElementsAreArray({"a", "b"}));
}

TEST(Fault, AFullQueuePushesBackUntilThereIsRoom) {
  MockCluster cluster;
  cluster.create("orders");
  int reported = 0;
  auto producer = must(Producer::make(
      cluster.config(), {.on_delivery = [&](const Delivery& report) { reported += !report.error; },
                         .queue_messages_max = 10}));
  ASSERT_TRUE(producer.send({.topic = "orders", .value = as_bytes("x")}, kPatience));
  rd_kafka_mock_broker_set_down(cluster.native(), 1);
  const auto produce = [&](milliseconds patience) {
    return producer.produce({.topic = "orders", .partition = 0, .value = as_bytes("x")}, patience);
  };
  for (int i = 0; i < 10; ++i) ASSERT_OK(produce(milliseconds(0)));
  const auto full = produce(milliseconds(50));
  ASSERT_EQ(code_of(full), Code::Throttled);
  EXPECT_TRUE(retriable(full.error()));
  rd_kafka_mock_broker_set_up(cluster.native(), 1);
  ASSERT_OK(produce(kPatience));  // waits for room, and gets it
  ASSERT_OK(producer.flush(kPatience));
  EXPECT_EQ(reported, 11);
}

TEST(Fault, ACommitThatTheGroupRefusesIsAConflict) {
  MockCluster cluster;
  cluster.create("orders");
  auto producer = must(Producer::make(cluster.config()));
  ASSERT_OK(write_values(producer, "orders", {"a"}));
  auto consumer = must(Consumer::make(cluster.config(), {.group = "g"}));
  ASSERT_OK(consumer.subscribe({"orders"}));
  EXPECT_THAT(read_values(consumer, 1), ElementsAreArray({"a"}));
  rd_kafka_mock_push_request_errors(cluster.native(), kOffsetCommit, 1,
                                    RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION);
  EXPECT_EQ(code_of(consumer.commit(kPatience)), Code::Conflict);
}

TEST(MskIam, ATokenThatCannotBeMadeIsToldToWhoeverWaits) {
  class Fixed : public Clock {
   public:
    Timestamp now() const override { return Timestamp{}; }
  };
  const Fixed clock;
  MockCluster cluster;
  cluster.create("orders");
  Config config = cluster.config();
  std::atomic<int> asked{0};
  config.security = Security::SaslPlaintext;
  config.msk_iam = MskIam{.credentials = [&]() -> Result<aws::Credentials> {
                            ++asked;
                            return Error::access_denied("the role may not be assumed");
                          },
                          .clock = &clock,
                          .region = "eu-west-1"};
  // Nobody polls these: librdkafka's own thread asks for the token.
  auto admin = must(Admin::make(config));
  const auto topics = admin.topics(kPatience);
  ASSERT_EQ(code_of(topics), Code::AccessDenied);
  EXPECT_THAT(topics.error().message, HasSubstr("the role may not be assumed"));
  EXPECT_GT(asked, 0);
  auto consumer = must(Consumer::make(config));
  EXPECT_EQ(code_of(consumer.assign("orders", {}, Position::earliest(), kPatience)),
            Code::AccessDenied);
  auto producer = must(Producer::make(config));
  ASSERT_OK(producer.produce({.topic = "orders", .value = as_bytes("x")}, kPatience));
  EXPECT_EQ(code_of(producer.flush(kPatience)), Code::AccessDenied);
}

TEST(Errors, HaveOneCodeEach) {
  const struct {
    rd_kafka_resp_err_t error;
    Code code;
  } rows[] = {{RD_KAFKA_RESP_ERR__TRANSPORT, Code::Unavailable},
              {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, Code::Unavailable},
              {RD_KAFKA_RESP_ERR__SSL, Code::Unavailable},
              {RD_KAFKA_RESP_ERR__AUTHENTICATION, Code::AccessDenied},
              {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, Code::AccessDenied},
              {RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, Code::AlreadyExists},
              {RD_KAFKA_RESP_ERR__FENCED, Code::Conflict},
              {RD_KAFKA_RESP_ERR__QUEUE_FULL, Code::Throttled},
              {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, Code::NotFound},
              {RD_KAFKA_RESP_ERR_UNKNOWN, Code::Internal}};
  for (const auto& row : rows) {
    EXPECT_EQ(code_of_native(row.error), row.code) << rd_kafka_err2name(row.error);
    EXPECT_THAT(make_error(row.error).message, HasSubstr(rd_kafka_err2name(row.error)));
  }
}

}  // namespace
}  // namespace limpet::kafka
