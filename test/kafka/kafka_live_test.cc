// The kafka room on Apache Kafka. test_live.py starts the brokers and says where they are:
//   LIMPET_KAFKA          plain text
//   LIMPET_KAFKA_LOGIN    SASL over TLS (scripts/kafka --sasl --tls), authority LIMPET_KAFKA_CA
//   LIMPET_KAFKA_MSK      SASL whose OAUTHBEARER wants tokens of Amazon MSK (MskTokenCheck.java)
//   LIMPET_KAFKA_RESTART  a command that stops the first and starts it again
#include "limpet/kafka/admin.h"
#include "limpet/kafka/consumer.h"
#include "limpet/kafka/producer.h"
#include "limpet/kafka/transactional_producer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <set>
#include <thread>

namespace limpet::kafka {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

constexpr seconds kPatience{60};

template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << describe(result.error());
    std::abort();  // what follows has nothing to work on
  }
  return *std::move(result);
}
#define ASSERT_OK(...) \
  if (auto status = (__VA_ARGS__); !status) FAIL() << describe(status.error())

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) {
    ADD_FAILURE() << name << " is not set: start this with test/kafka/run";
    return "127.0.0.1:1";
  }
  return value;
}

Config plain() { return {.bootstrap = variable("LIMPET_KAFKA")}; }

std::vector<std::string> numbered(const std::string& stem, int from, int to) {
  std::vector<std::string> texts;
  for (int i = from; i < to; ++i) texts.push_back(stem + std::to_string(i));
  return texts;
}

Status write_values(Producer& producer, const std::string& topic,
                    const std::vector<std::string>& values) {
  for (const auto& value : values) {
    LIMPET_CHECK(
        producer.produce({.topic = topic, .partition = 0, .value = as_bytes(value)}, kPatience));
  }
  return producer.flush(kPatience);
}

/// What comes until every partition is at its end; the error instead, when there is one.
std::vector<std::string> read_all(Consumer& consumer) {
  std::vector<std::string> values;
  Batch batch;
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!consumer.at_end()) {
    const auto polled = consumer.poll(batch, 100, milliseconds(200));
    if (!polled) return {describe(polled.error())};
    for (const auto& message : batch) values.emplace_back(as_text(message.value.value_or(Bytes())));
    if (std::chrono::steady_clock::now() > end) return {"no end"};
  }
  return values;
}

std::vector<std::string> read_from(const Config& config, const std::string& topic,
                                   ConsumerOptions options = {}) {
  auto consumer = must(Consumer::make(config, std::move(options)));
  if (auto done = consumer.assign(topic, {}, Position::earliest(), kPatience); !done) {
    return {describe(done.error())};
  }
  return read_all(consumer);
}

class Live : public testing::Test {
 protected:
  Live()
      : topic_(std::string("t-") + testing::UnitTest::GetInstance()->current_test_info()->name()) {
    for (auto& c : topic_) c = c == '/' ? '-' : c;
    // A broker may be used for several runs.
    topic_ += "-" + std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
  }
  void create(std::int32_t partitions = 1,
              std::vector<std::pair<std::string, std::string>> settings = {}) {
    auto admin = must(Admin::make(plain()));
    ASSERT_OK(admin.create_topic(
        {.name = topic_, .partitions = partitions, .settings = std::move(settings)}, kPatience));
  }

  std::string topic_;
};

TEST_F(Live, TopicsAreMadeDescribedAndDeleted) {
  auto admin = must(Admin::make(plain()));
  const NewTopic wanted{.name = topic_, .partitions = 3, .settings = {{"retention.ms", "60000"}}};
  ASSERT_OK(admin.create_topic(wanted, kPatience));
  EXPECT_EQ(code_of(admin.create_topic(wanted, kPatience)), Code::AlreadyExists);
  EXPECT_EQ(code_of(admin.create_topic({.name = topic_ + "-x", .settings = {{"no.such", "1"}}},
                                       kPatience)),
            Code::InvalidInput);
  EXPECT_EQ(code_of(admin.create_topic({.name = "no/such"}, kPatience)), Code::InvalidInput);
  EXPECT_EQ(code_of(admin.create_topic({.name = topic_ + "-x", .replication = 5}, kPatience)),
            Code::InvalidInput);
  const auto topic = must(admin.topic(topic_, kPatience));
  ASSERT_EQ(topic.partitions.size(), 3U);
  EXPECT_THAT(topic.partitions[2].in_sync, ElementsAre(1));
  bool found = false;
  for (const auto& setting : must(admin.topic_settings(topic_, kPatience))) {
    if (setting.name != "retention.ms") continue;
    found = true;
    EXPECT_EQ(setting.value, "60000");
    EXPECT_FALSE(setting.is_default);
  }
  EXPECT_TRUE(found);
  ASSERT_OK(admin.delete_topic(topic_, kPatience));
  EXPECT_EQ(code_of(admin.topic(topic_, kPatience)), Code::NotFound);
  EXPECT_EQ(code_of(admin.topic_settings(topic_, kPatience)), Code::NotFound);
  EXPECT_EQ(code_of(admin.delete_topic(topic_, kPatience)), Code::NotFound);
  EXPECT_FALSE(must(admin.cluster(kPatience)).id.empty());
}

TEST_F(Live, AReaderMakesNoTopic) {
  auto consumer = must(Consumer::make(plain(), {.group = "g"}));
  EXPECT_EQ(code_of(consumer.assign("no-such-topic", {}, Position::earliest(), kPatience)),
            Code::NotFound);
  ASSERT_OK(consumer.subscribe({"no-such-topic"}));
  Batch batch;
  Status polled;
  for (int i = 0; i < 300 && polled; ++i) polled = consumer.poll(batch, 1, milliseconds(100));
  EXPECT_EQ(code_of(polled), Code::NotFound);
  auto admin = must(Admin::make(plain()));
  EXPECT_EQ(code_of(admin.topic("no-such-topic", kPatience)), Code::NotFound);
}

class Codecs : public Live, public testing::WithParamInterface<const char*> {};

TEST_P(Codecs, AreReadBack) {
  create();
  std::size_t failed = 0;
  auto producer = must(Producer::make(
      plain(), {.on_delivery = [&](const Delivery& report) { failed += report.error.has_value(); },
                .compression = GetParam()}));
  std::vector<std::string> values;
  for (int i = 0; i < 2000; ++i) values.push_back(std::to_string(i) + std::string(300, 'x'));
  ASSERT_OK(write_values(producer, topic_, values));
  EXPECT_EQ(failed, 0U);
  EXPECT_TRUE(read_from(plain(), topic_) == values);  // too long to be shown
}

INSTANTIATE_TEST_SUITE_P(All, Codecs, testing::Values("none", "gzip", "snappy", "lz4", "zstd"),
                         [](const auto& test) { return std::string(test.param); });

TEST_F(Live, ReadingBeginsAtATime) {
  create();
  auto producer = must(Producer::make(plain()));
  for (const int hour : {1, 2, 3}) {
    const std::string value = std::to_string(hour);
    ASSERT_OK(producer.produce({.topic = topic_,
                                .value = as_bytes(value),
                                .timestamp = Timestamp(std::chrono::hours(hour))},
                               kPatience));
  }
  ASSERT_OK(producer.flush(kPatience));
  auto consumer = must(Consumer::make(plain()));
  const auto values_at = [&](milliseconds time) {
    const auto done = consumer.assign(topic_, {}, Position::at(Timestamp(time)), kPatience);
    return done ? read_all(consumer) : std::vector{describe(done.error())};
  };
  EXPECT_THAT(values_at(std::chrono::hours(2)), ElementsAre("2", "3"));
  EXPECT_THAT(values_at(std::chrono::hours(2) + milliseconds(1)), ElementsAre("3"));
  EXPECT_THAT(values_at(milliseconds(0)), ElementsAre("1", "2", "3"));
  EXPECT_THAT(values_at(std::chrono::hours(9)), ElementsAre());
  ASSERT_OK(write_values(producer, topic_, {"new"}));
  const auto received = must(consumer.poll(kPatience));
  ASSERT_TRUE(received);
  EXPECT_EQ(as_text(*(*received)->value), "new");
  EXPECT_EQ((*received)->timestamp_type, TimestampType::CreateTime);
}

TEST_F(Live, ACommitIsWhatWasReadAlsoAfterASeek) {
  create();
  auto producer = must(Producer::make(plain()));
  ASSERT_OK(write_values(producer, topic_, numbered("v", 0, 6)));
  auto consumer = must(Consumer::make(plain(), {.group = topic_}));
  ASSERT_OK(consumer.subscribe({topic_}));
  Batch batch;
  std::size_t read = 0;
  while (read < 6) {
    ASSERT_OK(consumer.poll(batch, 10, kPatience));
    ASSERT_FALSE(batch.empty());
    read += batch.size();
  }
  ASSERT_OK(consumer.commit(kPatience));
  ASSERT_OK(consumer.seek({topic_, 0}, 1, kPatience));
  ASSERT_OK(consumer.poll(batch, 2, kPatience));
  ASSERT_FALSE(batch.empty());
  EXPECT_EQ(batch[0].offset, 1);
  const auto next = batch[batch.size() - 1].offset + 1;
  EXPECT_THAT(must(consumer.positions()), ElementsAre(PartitionOffset{topic_, 0, next}));
  ASSERT_OK(consumer.commit(kPatience));
  EXPECT_THAT(must(consumer.committed({{topic_, 0}}, kPatience)),
              ElementsAre(PartitionOffset{topic_, 0, next}));
}

TEST_F(Live, AGroupGoesOnWhereItWasAndItsLagIsKnown) {
  create(2);
  auto producer = must(Producer::make(plain()));
  ASSERT_OK(write_values(producer, topic_, numbered("v", 0, 10)));
  auto admin = must(Admin::make(plain()));
  EXPECT_EQ(code_of(admin.lag(topic_, {topic_}, kPatience)), Code::NotFound);
  EXPECT_EQ(code_of(admin.group(topic_, kPatience)), Code::NotFound);
  EXPECT_TRUE(must(admin.group_offsets(topic_, kPatience)).empty());
  {
    auto consumer = must(Consumer::make(plain(), {.group = topic_}));
    ASSERT_OK(consumer.subscribe({topic_}));
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(must(consumer.poll(kPatience)));
    ASSERT_OK(consumer.commit(kPatience));
    const auto group = must(admin.group(topic_, kPatience));
    EXPECT_EQ(group.state, "Stable");
    ASSERT_EQ(group.members.size(), 1U);
    EXPECT_EQ(group.members[0].client_id, "limpet");
    EXPECT_EQ(group.members[0].assignment.size(), 2U);
  }
  const auto lags = must(admin.lag(topic_, {topic_}, kPatience));
  ASSERT_EQ(lags.size(), 2U);
  EXPECT_EQ(lags[0].committed, 4);
  EXPECT_EQ(lags[0].lag, 6);
  EXPECT_EQ(lags[1].committed, std::nullopt);
  EXPECT_EQ(lags[1].lag, 0);
  EXPECT_EQ(must(admin.lag(topic_, {}, kPatience)).size(), 1U);
  bool listed = false;
  for (const auto& group : must(admin.groups(kPatience))) listed = listed || group.id == topic_;
  EXPECT_TRUE(listed);

  auto consumer = must(Consumer::make(plain(), {.group = topic_}));
  ASSERT_OK(consumer.subscribe({topic_}));
  EXPECT_THAT(read_all(consumer), ElementsAreArray(numbered("v", 4, 10)));
}

class Rebalance : public Live, public testing::WithParamInterface<const char*> {};

TEST_P(Rebalance, SharesPartitionsAndReadsEachRecordOnce) {
  create(4);
  Config config = plain();
  config.properties = {{"partition.assignment.strategy", GetParam()},
                       {"session.timeout.ms", "6000"},
                       {"heartbeat.interval.ms", "200"}};
  std::set<TopicPartition> revoked;
  auto first =
      must(Consumer::make(config, {.group = topic_, .on_revoked = [&](auto partitions, bool lost) {
                                     EXPECT_FALSE(lost);
                                     revoked.insert(partitions.begin(), partitions.end());
                                   }}));
  ASSERT_OK(first.subscribe({topic_}));
  Batch batch;
  const auto end = std::chrono::steady_clock::now() + kPatience;
  const auto in_time = [&] { return std::chrono::steady_clock::now() < end; };
  while (first.assignment().size() < 4 && in_time()) {
    ASSERT_OK(first.poll(batch, 10, milliseconds(100)));
  }
  auto second = must(Consumer::make(config, {.group = topic_}));
  ASSERT_OK(second.subscribe({topic_}));
  while ((first.assignment().size() != 2 || second.assignment().size() != 2) && in_time()) {
    ASSERT_OK(first.poll(batch, 10, milliseconds(20)));
    ASSERT_OK(second.poll(batch, 10, milliseconds(20)));
  }
  // Cooperative members keep what they need not give away.
  EXPECT_EQ(revoked.size(), std::string_view(GetParam()) == "cooperative-sticky" ? 2U : 4U);
  auto producer = must(Producer::make(plain()));
  for (int i = 0; i < 40; ++i) {
    ASSERT_OK(
        producer.produce({.topic = topic_, .partition = i % 4, .value = as_bytes("x")}, kPatience));
  }
  ASSERT_OK(producer.flush(kPatience));
  std::map<TopicPartition, std::int64_t> seen;
  ASSERT_TRUE(in_time());
  std::size_t total = 0;
  while (total < 40 && in_time()) {
    for (auto* consumer : {&first, &second}) {
      ASSERT_OK(consumer->poll(batch, 10, milliseconds(50)));
      for (const auto& message : batch) {
        EXPECT_EQ(message.offset, (seen[{std::string(message.topic), message.partition}]++));
      }
      total += batch.size();
    }
  }
  EXPECT_EQ(total, 40U);
}

INSTANTIATE_TEST_SUITE_P(Assignors, Rebalance, testing::Values("range", "cooperative-sticky"),
                         [](const auto& test) {
                           return std::string(test.param == std::string("range") ? "Eager"
                                                                                 : "Cooperative");
                         });

TEST_F(Live, TransactionsAreSeenWholeOrNotAtAll) {
  create();
  auto admin = must(Admin::make(plain()));
  const std::string source = topic_ + "-in";
  ASSERT_OK(admin.create_topic({.name = source}, kPatience));
  auto in_producer = must(Producer::make(plain()));
  ASSERT_OK(write_values(in_producer, source, numbered("v", 0, 3)));
  auto in = must(Consumer::make(plain(), {.group = topic_}));
  ASSERT_OK(in.subscribe({source}));
  EXPECT_EQ(read_all(in).size(), 3U);

  auto out = must(TransactionalProducer::make(plain(), {.id = topic_}));
  ASSERT_OK(out.init(kPatience));
  const auto put = [&](std::string_view value) {
    return out.producer().produce({.topic = topic_, .value = as_bytes(value)}, kPatience);
  };
  ASSERT_OK(out.begin());
  ASSERT_OK(put("aborted"));
  ASSERT_OK(out.producer().flush(kPatience));
  ASSERT_OK(out.abort(kPatience));
  ASSERT_OK(out.begin());
  ASSERT_OK(put("committed"));
  ASSERT_OK(out.send_offsets(must(in.positions()), must(in.group_metadata()), kPatience));
  ASSERT_OK(out.commit(kPatience));
  EXPECT_THAT(must(in.committed({{source, 0}}, kPatience)),
              ElementsAre(PartitionOffset{source, 0, 3}));
  ASSERT_OK(out.begin());
  ASSERT_OK(put("open"));
  ASSERT_OK(out.producer().flush(kPatience));
  EXPECT_THAT(read_from(plain(), topic_), ElementsAre("committed"));
  EXPECT_THAT(read_from(plain(), topic_, {.isolation = Isolation::ReadUncommitted}),
              ElementsAre("aborted", "committed", "open"));

  // Another one of the same id takes over; the first is fenced, its open transaction gone.
  auto heir = must(TransactionalProducer::make(plain(), {.id = topic_}));
  ASSERT_OK(heir.init(kPatience));
  const auto fenced = out.commit(kPatience);
  ASSERT_FALSE(fenced);
  EXPECT_EQ(fenced.advice(), Advice::Fatal);
  EXPECT_EQ(fenced.error().code, Code::Conflict);
  EXPECT_THAT(read_from(plain(), topic_), ElementsAre("committed"));
}

TEST_F(Live, ARecordTooLargeForTheTopicIsRefusedByTheBroker) {
  create(1, {{"max.message.bytes", "10000"}});
  auto producer = must(Producer::make(plain(), {.compression = "none"}));
  const std::string large(20'000, 'x');
  const auto sent = producer.send({.topic = topic_, .value = as_bytes(large)}, kPatience);
  EXPECT_EQ(code_of(sent), Code::LimitExceeded);
  EXPECT_TRUE(producer.send({.topic = topic_, .value = as_bytes("small")}, kPatience));
}

TEST_F(Live, ClientsOutliveTheirBroker) {
  create();
  std::size_t failed = 0;
  auto producer = must(Producer::make(plain(), {.on_delivery = [&](const Delivery& report) {
                                        failed += report.error.has_value();
                                      }}));
  auto consumer = must(Consumer::make(plain(), {.group = topic_}));
  ASSERT_OK(consumer.subscribe({topic_}));
  ASSERT_OK(write_values(producer, topic_, numbered("v", 0, 5)));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(must(consumer.poll(kPatience)));
  ASSERT_OK(consumer.commit(kPatience));
  ASSERT_EQ(std::system(variable("LIMPET_KAFKA_RESTART").c_str()), 0);
  ASSERT_OK(write_values(producer, topic_, numbered("v", 5, 10)));
  EXPECT_EQ(failed, 0U);
  std::vector<std::string> values;
  Batch batch;
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (values.size() < 5 && std::chrono::steady_clock::now() < end) {
    ASSERT_OK(consumer.poll(batch, 10, milliseconds(200)));
    for (const auto& message : batch) values.emplace_back(as_text(*message.value));
  }
  EXPECT_THAT(values, ElementsAreArray(numbered("v", 5, 10)));
  ASSERT_OK(consumer.commit(kPatience));
  EXPECT_THAT(must(consumer.committed({{topic_, 0}}, kPatience)),
              ElementsAre(PartitionOffset{topic_, 0, 10}));
}

// ---- logging in ---------------------------------------------------------------------------------

struct LoginRow {
  const char* name;
  SaslMechanism mechanism;
  const char* password;
  bool good;
};

class Login : public Live, public testing::WithParamInterface<LoginRow> {
 protected:
  static Config config(const LoginRow& row) {
    Config config{.bootstrap = variable("LIMPET_KAFKA_LOGIN"),
                  .sasl = row.mechanism,
                  .username = "limpet",
                  .password = row.password,
                  .tls = {.ca = variable("LIMPET_KAFKA_CA")}};
    if (row.mechanism == SaslMechanism::OAuthBearer) {
      config.username.clear();
      config.password.clear();
      config.properties = {{"enable.sasl.oauthbearer.unsecure.jwt", "true"},
                           {"sasl.oauthbearer.config", "principal=limpet scope=s"}};
    }
    return config;
  }
};

TEST_P(Login, IsLetInOrTold) {
  const auto& row = GetParam();
  auto admin = must(Admin::make(config(row)));
  const auto topics = admin.topics(kPatience);
  auto producer = must(Producer::make(config(row)));
  auto consumer = must(Consumer::make(config(row)));
  if (row.good) {
    ASSERT_TRUE(topics) << describe(topics.error());
    ASSERT_OK(admin.create_topic({.name = topic_}, kPatience));
    ASSERT_OK(write_values(producer, topic_, {"x"}));
    ASSERT_OK(consumer.assign(topic_, {}, Position::earliest(), kPatience));
    EXPECT_THAT(read_all(consumer), ElementsAre("x"));
    return;
  }
  ASSERT_EQ(code_of(topics), Code::AccessDenied) << describe(topics.error());
  EXPECT_THAT(topics.error().message, HasSubstr("uthentication"));
  EXPECT_THAT(describe(topics.error()), testing::Not(HasSubstr(row.password)));
  EXPECT_EQ(code_of(producer.send({.topic = topic_, .value = as_bytes("x")}, kPatience)),
            Code::AccessDenied);
  EXPECT_EQ(code_of(consumer.assign(topic_, {}, Position::earliest(), kPatience)),
            Code::AccessDenied);
}

INSTANTIATE_TEST_SUITE_P(
    Mechanisms, Login,
    testing::Values(LoginRow{"Plain", SaslMechanism::Plain, "limpet-secret", true},
                    LoginRow{"PlainWrong", SaslMechanism::Plain, "not-the-one", false},
                    LoginRow{"Scram256", SaslMechanism::ScramSha256, "limpet-secret", true},
                    LoginRow{"Scram256Wrong", SaslMechanism::ScramSha256, "not-the-one", false},
                    LoginRow{"Scram512", SaslMechanism::ScramSha512, "limpet-secret", true},
                    LoginRow{"Scram512Wrong", SaslMechanism::ScramSha512, "not-the-one", false},
                    LoginRow{"OAuthBearer", SaslMechanism::OAuthBearer, "", true}),
    [](const auto& test) { return test.param.name; });

TEST(Tls, AnAuthorityThatIsNotTrustedIsTold) {
  Config config{.bootstrap = variable("LIMPET_KAFKA_LOGIN"),
                .security = Security::SaslSsl,
                .sasl = SaslMechanism::Plain,
                .username = "limpet",
                .password = "limpet-secret"};
  auto admin = must(Admin::make(config));
  const auto topics = admin.topics(seconds(3));
  ASSERT_EQ(code_of(topics), Code::Unavailable);
  EXPECT_THAT(topics.error().message, HasSubstr("certificate"));
}

/// The machine's clock, some time off.
class Shifted : public Clock {
 public:
  explicit Shifted(seconds by) : by_(by) {}
  Timestamp now() const override {
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()) + by_;
  }

 private:
  seconds by_;
};

Config msk(const Clock& clock, std::atomic<int>& asked, const std::string& secret) {
  Config config{.bootstrap = variable("LIMPET_KAFKA_MSK"), .security = Security::SaslPlaintext};
  config.msk_iam = MskIam{.credentials = [&asked, secret]() -> Result<aws::Credentials> {
                            ++asked;
                            return aws::Credentials{"AKIDEXAMPLE", secret, "SESSION/TOKEN+EX=="};
                          },
                          .clock = &clock,
                          .region = "eu-west-1"};
  return config;
}
constexpr const char* kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

TEST(Msk, ATokenIsTakenAndRenewedThoughNobodyPolls) {
  // Tokens that end in ten seconds are renewed after eight; the client is left alone meanwhile.
  const Shifted clock(seconds(-890));
  std::atomic<int> asked{0};
  auto admin = must(Admin::make(msk(clock, asked, kSecret)));
  const auto topics = admin.topics(kPatience);
  ASSERT_TRUE(topics) << describe(topics.error());
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (asked < 2 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(milliseconds(50));  // waits for the condition, not for a time
  }
  EXPECT_GE(asked, 2);
  const auto again = admin.topics(kPatience);
  EXPECT_TRUE(again) << describe(again.error());
}

TEST(Msk, AWrongSignatureIsRefused) {
  const Shifted clock(seconds(0));
  std::atomic<int> asked{0};
  auto admin = must(Admin::make(msk(clock, asked, "another secret")));
  const auto topics = admin.topics(kPatience);
  ASSERT_EQ(code_of(topics), Code::AccessDenied) << describe(topics.error());
}

}  // namespace
}  // namespace limpet::kafka
