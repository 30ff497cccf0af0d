#include "mock_cluster.h"

#include "limpet/kafka/transactional_producer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace limpet::kafka {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAreArray;

template <class T>
T must(Result<T> result) {
  EXPECT_TRUE(result) << describe(result.error());
  return *std::move(result);
}
#define ASSERT_OK(...) \
  if (auto status = (__VA_ARGS__); !status) FAIL() << describe(status.error())

class Transaction : public testing::Test {
 protected:
  void SetUp() override { cluster_.create("orders"); }
  TransactionalProducer make() {
    return must(TransactionalProducer::make(cluster_.config(), {.id = "billing-0"}));
  }
  Status produce(TransactionalProducer& out, std::string_view value) {
    return out.producer().produce({.topic = "orders", .partition = 0, .value = as_bytes(value)},
                                  kPatience);
  }

  MockCluster cluster_;
};

TEST_F(Transaction, CommitsRecordsAndOffsetsTogether) {
  auto in_producer = must(Producer::make(cluster_.config()));
  cluster_.create("in");
  ASSERT_OK(write_values(in_producer, "in", numbered("v", 0, 3)));
  auto in = must(Consumer::make(cluster_.config(), {.group = "billing"}));
  ASSERT_OK(in.subscribe({"in"}));
  EXPECT_THAT(read_values(in, 3), ElementsAreArray(numbered("v", 0, 3)));

  auto out = make();
  ASSERT_OK(out.init(kPatience));
  ASSERT_OK(out.begin());
  ASSERT_OK(produce(out, "sum"));
  const auto group = must(in.group_metadata());
  ASSERT_OK(out.send_offsets(must(in.positions()), group, kPatience));
  ASSERT_OK(out.commit(kPatience));
  // The mock forgets the offsets (test/kafka asks a real broker). The next one.
  ASSERT_OK(out.begin());
  ASSERT_OK(out.abort(kPatience));
}

TEST_F(Transaction, NeedsItsCallsInOrder) {
  EXPECT_EQ(code_of(TransactionalProducer::make(cluster_.config(), {.id = ""})),
            Code::InvalidInput);
  auto out = make();
  const auto early = out.begin();
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, Code::InvalidInput);
  ASSERT_OK(out.init(kPatience));
  const auto commit = out.commit(kPatience);
  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().code, Code::InvalidInput);
  EXPECT_EQ(commit.advice(), Advice::Fatal);
  EXPECT_EQ(code_of(produce(out, "outside")), Code::InvalidInput);
}

TEST_F(Transaction, InitIsRetriedByItself) {
  rd_kafka_mock_push_request_errors(cluster_.native(), kInitProducerId, 2,
                                    RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
                                    RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS);
  auto out = make();
  ASSERT_OK(out.init(kPatience));
  ASSERT_OK(out.begin());
}

TEST_F(Transaction, InitWithoutABrokerAdvisesToRetry) {
  auto out = make();
  rd_kafka_mock_broker_set_down(cluster_.native(), 1);
  const auto begun = out.init(milliseconds(200));
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.advice(), Advice::Retry);
  EXPECT_EQ(begun.error().code, Code::Unavailable);
  rd_kafka_mock_broker_set_up(cluster_.native(), 1);
  ASSERT_OK(out.init(kPatience));
}

TEST_F(Transaction, ARecordThatFailsAdvisesToAbort) {
  auto out = make();
  ASSERT_OK(out.init(kPatience));
  ASSERT_OK(out.begin());
  rd_kafka_mock_push_request_errors(cluster_.native(), kProduce, 1,
                                    RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  ASSERT_OK(produce(out, "x"));
  const auto done = out.commit(kPatience);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.advice(), Advice::Abort);
  ASSERT_OK(out.abort(kPatience));
  ASSERT_OK(out.begin());
  ASSERT_OK(out.abort(kPatience));
}

TEST_F(Transaction, OffsetsThatAreRefusedAdviseToAbort) {
  auto out = make();
  ASSERT_OK(out.init(kPatience));
  ASSERT_OK(out.begin());
  auto in = must(Consumer::make(cluster_.config(), {.group = "billing"}));
  const auto group = must(in.group_metadata());
  ASSERT_OK(produce(out, "x"));
  rd_kafka_mock_push_request_errors(cluster_.native(), kTxnOffsetCommit, 1,
                                    RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
  const auto sent = out.send_offsets({{"orders", 0, 5}}, group, kPatience);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.advice(), Advice::Abort);
  EXPECT_EQ(sent.error().code, Code::AccessDenied);
  ASSERT_OK(out.abort(kPatience));
}

TEST_F(Transaction, AFencedProducerIsDone) {
  auto out = make();
  ASSERT_OK(out.init(kPatience));
  ASSERT_OK(out.begin());
  ASSERT_OK(produce(out, "x"));
  rd_kafka_mock_push_request_errors(cluster_.native(), kEndTxn, 1,
                                    RD_KAFKA_RESP_ERR_PRODUCER_FENCED);
  const auto done = out.commit(kPatience);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.advice(), Advice::Fatal);
  EXPECT_EQ(done.error().code, Code::Conflict);
  ASSERT_TRUE(out.producer().fatal_error());
  EXPECT_EQ(code_of(produce(out, "y")), Code::Conflict);
}

}  // namespace
}  // namespace limpet::kafka
