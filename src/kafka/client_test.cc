// Consumer, Producer and Admin on librdkafka's mock cluster, when all is well.
#include "mock_cluster.h"

#include "limpet/kafka/admin.h"
#include "limpet/kafka/consumer.h"
#include "limpet/kafka/producer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

namespace limpet::kafka {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

template <class T>
T must(Result<T> result) {
  EXPECT_TRUE(result) << describe(result.error());
  return *std::move(result);
}
#define ASSERT_OK(...) \
  if (auto status = (__VA_ARGS__); !status) FAIL() << describe(status.error())

class Client : public testing::Test {
 protected:
  MockCluster cluster_;
  Config config_ = cluster_.config();
};

TEST_F(Client, WritesAndReadsEveryPartOfARecord) {
  cluster_.create("orders", 2);
  auto producer = must(Producer::make(config_));
  const Header headers[] = {{"a", as_bytes("1")},
                            {"empty", as_bytes("")},
                            {"null", std::nullopt},
                            {"a", as_bytes(std::string_view("2\0x", 3))}};
  const Timestamp time(milliseconds(1769846400123));
  const auto written = producer.send({.topic = "orders",
                                      .partition = 1,
                                      .key = as_bytes("k"),
                                      .value = as_bytes(std::string_view("v\0w", 3)),
                                      .headers = headers,
                                      .timestamp = time},
                                     kPatience);
  ASSERT_TRUE(written) << describe(written.error());
  EXPECT_EQ(written->partition, 1);
  EXPECT_EQ(written->offset, 0);

  auto consumer = must(Consumer::make(config_));
  ASSERT_OK(consumer.assign("orders", {1}, Position::earliest(), kPatience));
  auto received = must(consumer.poll(kPatience));
  ASSERT_TRUE(received);
  const Message& message = **received;
  EXPECT_EQ(message.topic, "orders");
  EXPECT_EQ(message.partition, 1);
  EXPECT_EQ(message.offset, 0);
  EXPECT_EQ(as_text(*message.key), "k");
  EXPECT_EQ(as_text(*message.value), std::string_view("v\0w", 3));
  const Headers read = message.headers();
  ASSERT_EQ(read.size(), 4U);
  EXPECT_EQ(read[0].name, "a");
  EXPECT_EQ(as_text(*read[0].value), "1");
  ASSERT_TRUE(read[1].value);
  EXPECT_EQ(read[1].value->size(), 0U);
  EXPECT_FALSE(read[2].value);
  EXPECT_EQ(as_text(*read.last("a")->value), std::string_view("2\0x", 3));
  EXPECT_FALSE(read.last("b"));
}

TEST_F(Client, KeepsNullAndEmptyApart) {
  cluster_.create("orders");
  auto producer = must(Producer::make(config_));
  ASSERT_TRUE(producer.send({.topic = "orders"}, kPatience));
  ASSERT_TRUE(producer.send({.topic = "orders", .key = as_bytes(""), .value = Bytes()}, kPatience));
  auto consumer = must(Consumer::make(config_));
  ASSERT_OK(consumer.assign("orders", {}, Position::earliest(), kPatience));
  const auto null = must(consumer.poll(kPatience));
  ASSERT_TRUE(null);
  EXPECT_FALSE((*null)->key);
  EXPECT_FALSE((*null)->value);
  EXPECT_TRUE((*null)->headers().empty());
  const auto empty = must(consumer.poll(kPatience));
  ASSERT_TRUE(empty);
  ASSERT_TRUE((*empty)->key && (*empty)->value);
  EXPECT_TRUE((*empty)->key->empty());
  EXPECT_TRUE((*empty)->value->empty());
}

// librdkafka's own second makes a reader that fell behind wait for what is there already.
TEST_F(Client, GoesOnFetchingAtOnce) {
  const auto backoff = [&](Config config) {
    const auto consumer = must(Consumer::make(config));
    std::array<char, 16> value{};
    std::size_t size = value.size();
    EXPECT_EQ(rd_kafka_conf_get(rd_kafka_conf(consumer.native_handle()), "fetch.queue.backoff.ms",
                                value.data(), &size),
              RD_KAFKA_CONF_OK);
    return std::string(value.data());
  };
  EXPECT_EQ(backoff(config_), "10");
  Config other = config_;
  other.properties.emplace_back("fetch.queue.backoff.ms", "250");
  EXPECT_EQ(backoff(other), "250");
}

TEST_F(Client, ReportsEveryDeliveryWithItsTag) {
  cluster_.create("orders");
  std::vector<std::uint64_t> tags;
  std::vector<std::int64_t> offsets;
  auto producer = must(Producer::make(config_, {.on_delivery = [&](const Delivery& report) {
                                        EXPECT_FALSE(report.error);
                                        EXPECT_EQ(report.topic, "orders");
                                        tags.push_back(report.tag);
                                        offsets.push_back(report.offset);
                                      }}));
  const std::uint64_t large = (std::uint64_t{1} << 63U) - 1;
  for (const std::uint64_t tag : {std::uint64_t{0}, std::uint64_t{7}, large}) {
    ASSERT_OK(producer.produce(
        {.topic = "orders", .partition = 0, .value = as_bytes("x"), .tag = tag}, kPatience));
  }
  EXPECT_EQ(code_of(producer.produce({.topic = "orders", .tag = large + 1}, kPatience)),
            Code::InvalidInput);
  ASSERT_OK(producer.flush(kPatience));
  EXPECT_EQ(producer.waiting(), 0U);
  EXPECT_THAT(tags, ElementsAre(0, 7, large));
  EXPECT_THAT(offsets, ElementsAre(0, 1, 2));
}

TEST_F(Client, KeysGoWhereJavasProducerPutsThem) {
  constexpr int kPartitions = 1000;
  cluster_.create("orders", kPartitions);
  // Hashes of Kafka's own test of murmur2 (UtilsTest), without their sign.
  const struct {
    std::string_view key;
    std::int32_t hash;
  } rows[] = {{"21", -973932308},
              {"foobar", -790332482},
              {"a-little-bit-long-string", -985981536},
              {"a-little-bit-longer-string", -1486304829},
              {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
              {"abc", 479470107}};
  auto producer = must(Producer::make(config_));
  for (const auto& row : rows) {
    const auto written = producer.send({.topic = "orders", .key = as_bytes(row.key)}, kPatience);
    ASSERT_TRUE(written) << describe(written.error());
    EXPECT_EQ(written->partition, (row.hash & 0x7fffffff) % kPartitions) << row.key;
  }
}

TEST_F(Client, SendsFromSeveralThreads) {
  cluster_.create("orders");
  auto producer = must(Producer::make(config_, {.linger = milliseconds(0)}));
  std::atomic<int> written{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 10; ++n) {
        if (producer.send({.topic = "orders", .value = as_bytes("x")}, kPatience)) ++written;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(written, 40);
}

TEST_F(Client, ABatchTakesWhatIsThere) {
  cluster_.create("orders");
  auto producer = must(Producer::make(config_));
  ASSERT_OK(write_values(producer, "orders", numbered("v", 0, 250)));
  auto consumer = must(Consumer::make(config_));
  ASSERT_OK(consumer.assign("orders", {}, Position::earliest(), kPatience));
  EXPECT_FALSE(consumer.at_end());
  EXPECT_THAT(read_values(consumer, 250), ElementsAreArray(numbered("v", 0, 250)));
  Batch batch;
  while (!consumer.at_end()) ASSERT_OK(consumer.poll(batch, 100, milliseconds(100)));
  EXPECT_TRUE(batch.empty());
  EXPECT_TRUE(consumer.at_end({"orders", 0}));
  EXPECT_EQ(consumer.known_watermarks({"orders", 0}), (Watermarks{0, 250}));

  ASSERT_OK(write_values(producer, "orders", {"more"}));
  EXPECT_THAT(read_values(consumer, 1), ElementsAre("more"));
  EXPECT_EQ(code_of(consumer.poll(batch, 0, milliseconds(0))), Code::InvalidInput);
}

TEST_F(Client, MessagesLiveAsLongAsTheirBatch) {
  cluster_.create("orders");
  auto producer = must(Producer::make(config_));
  ASSERT_OK(write_values(producer, "orders", numbered("v", 0, 10)));
  auto consumer = must(Consumer::make(config_));
  ASSERT_OK(consumer.assign("orders", {}, Position::earliest(), kPatience));
  Batch batch;
  while (batch.empty()) ASSERT_OK(consumer.poll(batch, 5, milliseconds(100)));
  Batch kept = std::move(batch);
  Batch other;
  ASSERT_OK(consumer.poll(other, 5, milliseconds(100)));
  EXPECT_EQ(as_text(*kept[0].value), "v0");
  kept = std::move(other);
  EXPECT_EQ(as_text(*kept[0].value), "v5");
  std::optional<Received> one;
  {
    auto gone = must(Consumer::make(config_));
    ASSERT_OK(gone.assign("orders", {}, Position::offset(7), kPatience));
    one = must(gone.poll(kPatience));
    ASSERT_OK(gone.assign("orders", {}, Position::offset(8), kPatience));
    while (kept.empty() || kept[0].offset != 8) ASSERT_OK(gone.poll(kept, 5, kPatience));
  }
  // They outlive even their consumer.
  EXPECT_EQ(as_text(*(*one)->value), "v7");
  EXPECT_EQ(as_text(*kept[0].value), "v8");
}

struct StartRow {
  const char* name;
  Position from;
  std::vector<std::string> reads;
};

class Starts : public Client, public testing::WithParamInterface<StartRow> {};

TEST_P(Starts, WhereItWasTold) {
  cluster_.create("orders");
  auto producer = must(Producer::make(config_));
  ASSERT_OK(write_values(producer, "orders", numbered("v", 0, 5)));
  auto consumer = must(Consumer::make(config_));
  ASSERT_OK(consumer.assign("orders", {}, GetParam().from, kPatience));
  ASSERT_OK(write_values(producer, "orders", {"new"}));
  EXPECT_THAT(read_values(consumer, GetParam().reads.size()), ElementsAreArray(GetParam().reads));

  // Seeking goes to the same places.
  ASSERT_OK(write_values(producer, "orders", {"newer"}));
  ASSERT_OK(consumer.seek(Position::tail(2), kPatience));
  EXPECT_THAT(read_values(consumer, 2), ElementsAre("new", "newer"));
  ASSERT_OK(consumer.seek({"orders", 0}, 1, kPatience));
  EXPECT_THAT(read_values(consumer, 6), ElementsAre("v1", "v2", "v3", "v4", "new", "newer"));
}

INSTANTIATE_TEST_SUITE_P(
    Positions, Starts,
    testing::Values(
        StartRow{"Earliest", Position::earliest(), {"v0", "v1", "v2", "v3", "v4", "new"}},
        StartRow{"Latest", Position::latest(), {"new"}},
        StartRow{"Offset", Position::offset(3), {"v3", "v4", "new"}},
        StartRow{"Tail", Position::tail(2), {"v3", "v4", "new"}},
        StartRow{"LongTail", Position::tail(100), {"v0", "v1", "v2", "v3", "v4", "new"}}),
    [](const auto& test) { return test.param.name; });

TEST_F(Client, AGroupCommitsAndAnotherGoesOn) {
  cluster_.create("orders", 2);
  auto producer = must(Producer::make(config_));
  ASSERT_OK(write_values(producer, "orders", numbered("v", 0, 6)));
  std::vector<PartitionOffset> assigned;
  std::vector<TopicPartition> revoked;
  {
    auto consumer = must(Consumer::make(
        config_,
        {.group = "billing",
         .on_assigned = [&](auto& partitions) { assigned = partitions; },
         .on_revoked = [&](auto partitions,
                           bool) { revoked.assign(partitions.begin(), partitions.end()); }}));
    ASSERT_OK(consumer.subscribe({"orders"}));
    Batch batch;
    while (batch.empty()) ASSERT_OK(consumer.poll(batch, 4, milliseconds(100)));
    EXPECT_EQ(assigned.size(), 2U);
    EXPECT_EQ(consumer.assignment().size(), 2U);
    while (batch.size() < 4) {  // the mock may hand out less at first
      ASSERT_OK(consumer.seek({"orders", 0}, 0, kPatience));
      ASSERT_OK(consumer.poll(batch, 4, kPatience));
    }
    ASSERT_OK(consumer.commit(kPatience));
    const auto committed = must(consumer.committed({{"orders", 0}, {"orders", 1}}, kPatience));
    EXPECT_THAT(committed,
                ElementsAre(PartitionOffset{"orders", 0, 4}, PartitionOffset{"orders", 1, -1001}));
    batch.clear();
    ASSERT_OK(consumer.close());
    EXPECT_EQ(revoked.size(), 2U);
    EXPECT_EQ(code_of(consumer.poll(batch, 1, milliseconds(0))), Code::InvalidInput);
  }
  // Another one goes on there. (The mock does not let it join a group that was left: test/kafka.)
  auto consumer = must(Consumer::make(config_, {.group = "billing"}));
  ASSERT_OK(consumer.assign("orders", {0}, Position::committed(), kPatience));
  EXPECT_THAT(read_values(consumer, 2), ElementsAre("v4", "v5"));
}

TEST_F(Client, AssignedOffsetsCanBeChosen) {
  cluster_.create("orders");
  auto producer = must(Producer::make(config_));
  ASSERT_OK(write_values(producer, "orders", numbered("v", 0, 5)));
  auto consumer = must(Consumer::make(config_, {.group = "g", .on_assigned = [](auto& partitions) {
                                                  for (auto& at : partitions) at.offset = 3;
                                                }}));
  ASSERT_OK(consumer.subscribe({"orders"}));
  EXPECT_THAT(read_values(consumer, 2), ElementsAre("v3", "v4"));
}

TEST_F(Client, NeedsAGroupToSubscribeAndCommit) {
  auto consumer = must(Consumer::make(config_));
  EXPECT_EQ(code_of(consumer.subscribe({"orders"})), Code::InvalidInput);
  EXPECT_EQ(code_of(consumer.commit({{"orders", 0, 1}}, kPatience)), Code::InvalidInput);
  EXPECT_EQ(code_of(consumer.group_metadata()), Code::InvalidInput);
  EXPECT_EQ(code_of(consumer.assign("orders", {}, Position::committed(), kPatience)),
            Code::NotFound);  // the topic comes first
}

TEST_F(Client, PausedPartitionsRest) {
  cluster_.create("orders", 2);
  auto producer = must(Producer::make(config_));
  ASSERT_OK(write_values(producer, "orders", {"zero"}));
  ASSERT_TRUE(
      producer.send({.topic = "orders", .partition = 1, .value = as_bytes("one")}, kPatience));
  auto consumer = must(Consumer::make(config_));
  ASSERT_OK(consumer.assign("orders", {}, Position::earliest(), kPatience));
  ASSERT_OK(consumer.pause({{"orders", 0}}));
  EXPECT_THAT(read_values(consumer, 1), ElementsAre("one"));
  ASSERT_OK(consumer.resume({{"orders", 0}}));
  EXPECT_THAT(read_values(consumer, 1), ElementsAre("zero"));
  EXPECT_EQ(code_of(consumer.pause({{"other", 0}})), Code::NotFound);
}

TEST_F(Client, WakeEndsAPoll) {
  cluster_.create("orders");
  auto consumer = must(Consumer::make(config_));
  ASSERT_OK(consumer.assign("orders", {}, Position::latest(), kPatience));
  std::thread waker([&] { consumer.wake(); });
  // Far longer than the test may last.
  const auto received = consumer.poll(std::chrono::hours(1));
  waker.join();
  ASSERT_TRUE(received);
  EXPECT_FALSE(*received);
}

TEST_F(Client, UnknownTopicsAndPartitionsAreNamed) {
  cluster_.create("orders");
  // The mock makes what it is asked for; a real one says so by itself (test/kafka).
  rd_kafka_mock_topic_set_error(cluster_.native(), "none", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  auto consumer = must(Consumer::make(config_));
  const auto topic = consumer.assign("none", {}, Position::earliest(), kPatience);
  ASSERT_EQ(code_of(topic), Code::NotFound);
  EXPECT_EQ(topic.error().where, "none");
  EXPECT_THAT(topic.error().message, HasSubstr("[UNKNOWN_TOPIC_OR_PART]"));
  const auto partition = consumer.assign("orders", {0, 9}, Position::earliest(), kPatience);
  ASSERT_EQ(code_of(partition), Code::NotFound);
  EXPECT_EQ(partition.error().where, "orders[9]");
}

TEST_F(Client, TellsStatisticsAndLogs) {
  cluster_.create("orders");
  std::atomic<int> lines{0};
  int statistics = 0;
  config_.on_log = [&](const LogLine&) { ++lines; };
  config_.on_statistics = [&](std::string_view json) {
    ++statistics;
    EXPECT_TRUE(json.starts_with("{"));
  };
  config_.properties.emplace_back("statistics.interval.ms", "10");
  config_.properties.emplace_back("debug", "conf");
  auto producer = must(Producer::make(config_));
  for (int i = 0; i < 100 && statistics == 0; ++i) producer.poll(milliseconds(100));
  EXPECT_GT(statistics, 0);
  EXPECT_GT(lines, 0);
}

TEST_F(Client, AdminDescribesTheCluster) {
  cluster_.create("orders", 3);
  cluster_.create("bills");
  auto producer = must(Producer::make(config_));
  ASSERT_OK(write_values(producer, "orders", numbered("v", 0, 4)));
  auto admin = must(Admin::make(config_));
  const auto cluster = must(admin.cluster(kPatience));
  EXPECT_EQ(cluster.brokers.size(), 1U);
  EXPECT_EQ(cluster.brokers[0].host, "127.0.0.1");
  const auto topics = must(admin.topics(kPatience));
  ASSERT_EQ(topics.size(), 2U);
  EXPECT_EQ(topics[0].name, "bills");
  const auto topic = must(admin.topic("orders", kPatience));
  ASSERT_EQ(topic.partitions.size(), 3U);
  EXPECT_EQ(topic.partitions[2].id, 2);
  EXPECT_EQ(topic.partitions[2].leader, 1);
  const auto marks = must(admin.watermarks({{"orders", 0}, {"orders", 1}}, kPatience));
  EXPECT_EQ(marks.at({"orders", 0}), (Watermarks{0, 4}));
  EXPECT_EQ(marks.at({"orders", 1}), (Watermarks{0, 0}));
  EXPECT_THAT(must(admin.offsets({{"orders", 0}}, Position::tail(3), kPatience)),
              ElementsAre(PartitionOffset{"orders", 0, 1}));
  EXPECT_EQ(code_of(admin.offsets({{"orders", 0}}, Position::committed(), kPatience)),
            Code::InvalidInput);
  EXPECT_EQ(code_of(admin.topic("", kPatience)), Code::InvalidInput);
}

}  // namespace
}  // namespace limpet::kafka
