#include "commands/kafka_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace limpet::app {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::Pair;

/// A variable of the environment, as long as this lives.
class Variable {
 public:
  Variable(std::string name, const char* value) : name_(std::move(name)) {
    if (const char* old = std::getenv(name_.c_str())) old_ = old;
    value == nullptr ? ::unsetenv(name_.c_str()) : ::setenv(name_.c_str(), value, 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { old_ ? ::setenv(name_.c_str(), old_->c_str(), 1) : ::unsetenv(name_.c_str()); }

 private:
  std::string name_;
  std::optional<std::string> old_;
};

class KafkaFlagsTest : public testing::Test {
 protected:
  /// Parses a command line and makes the configuration; a refusal's text in `refused_`.
  kafka::Config config(const std::string& line) {
    CLI::App app;
    KafkaFlags flags;
    client::Arguments aws;
    add_kafka_options(app, flags);
    add_msk_options(app, aws);
    app.parse(line);
    try {
      return kafka_config(flags, aws);
    } catch (const CommandFailed& failed) {
      EXPECT_EQ(failed.status, 2);
      refused_ = failed.message;
      return {};
    }
  }
  std::string file(const std::string& text) {
    const std::string name = testing::TempDir() + "kafka_flags_test.properties";
    std::ofstream(name) << text;
    return name;
  }

  Variable limpet_{"LIMPET_BOOTSTRAP", nullptr};
  Variable kafka_{"KAFKA_BOOTSTRAP_SERVERS", nullptr};
  std::string refused_;
};

TEST_F(KafkaFlagsTest, BrokersComeFromTheNearestPlace) {
  EXPECT_EQ(config("").bootstrap, "127.0.0.1:9092");
  const Variable kafka("KAFKA_BOOTSTRAP_SERVERS", "k:1");
  EXPECT_EQ(config("").bootstrap, "k:1");
  const Variable limpet("LIMPET_BOOTSTRAP", "l:1");
  EXPECT_EQ(config("").bootstrap, "l:1");
  const std::string named = file("bootstrap.servers=f:1\n");
  EXPECT_EQ(config("--kafka-config " + named).bootstrap, "f:1");
  EXPECT_EQ(config("--kafka-config " + named + " -X bootstrap.servers=x:1").bootstrap, "x:1");
  EXPECT_EQ(config("-X bootstrap.servers=x:1 --bootstrap b:1,b:2").bootstrap, "b:1,b:2");
}

TEST_F(KafkaFlagsTest, PropertiesGoWhereTheyBelong) {
  const auto made = config(
      "-X sasl.mechanism=PLAIN -X sasl.username=u -X sasl.password=a=b "
      "-X fetch.min.bytes=5 --timeout 1.5");
  EXPECT_EQ(made.sasl, kafka::SaslMechanism::Plain);
  EXPECT_EQ(made.password, "a=b");
  EXPECT_THAT(made.properties, testing::ElementsAre(Pair("fetch.min.bytes", "5")));
  EXPECT_FALSE(made.on_log);
  EXPECT_TRUE(config("-X debug=broker").on_log);
}

TEST_F(KafkaFlagsTest, WhatIsWrongIsToldWithoutItsValue) {
  config("-X hunter2");
  EXPECT_EQ(refused_, "-X: want KEY=VALUE");
  config("-X sasl.jaas.config=hunter2");
  EXPECT_THAT(refused_, HasSubstr("sasl.username"));
  EXPECT_THAT(refused_, Not(HasSubstr("hunter2")));
  config("--kafka-config /no/such/file");
  EXPECT_EQ(refused_, "cannot read /no/such/file");
  config("--kafka-config " + file("a=1\nhunter2\n"));
  EXPECT_THAT(refused_, HasSubstr("line 2"));
  EXPECT_THAT(refused_, Not(HasSubstr("hunter2")));
}

TEST_F(KafkaFlagsTest, MskIamTakesTheKeyOfTheEnvironment) {
  const Variable id("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  const Variable secret("AWS_SECRET_ACCESS_KEY", "secret");
  const Variable token("AWS_SESSION_TOKEN", "token");
  const Variable region("AWS_REGION", "eu-north-1");
  const Variable profile("AWS_PROFILE", nullptr);
  const auto made = config("--msk-iam --bootstrap b-1.x.kafka.eu-west-1.amazonaws.com:9098");
  ASSERT_TRUE(made.msk_iam) << refused_;
  EXPECT_EQ(made.msk_iam->region, "eu-west-1");
  const auto keys = made.msk_iam->credentials();
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->access_key_id, "AKIDEXAMPLE");
  EXPECT_EQ(keys->session_token, "token");
  EXPECT_EQ(config("--msk-iam").msk_iam->region, "eu-north-1");
  EXPECT_EQ(config("--msk-iam --region us-west-2").msk_iam->region, "us-west-2");
}

TEST(From, IsReadOrRefused) {
  EXPECT_EQ(position("earliest"), kafka::Position::earliest());
  EXPECT_EQ(position("-5"), kafka::Position::tail(5));
  try {
    position("yesterday");
    FAIL();
  } catch (const CommandFailed& failed) {
    EXPECT_EQ(failed.status, 2);
    EXPECT_THAT(failed.message, HasSubstr("--from: "));
  }
}

TEST(Fail, TellsWrongUseFromFailure) {
  const auto status_of = [](const Error& error) {
    try {
      fail(error);
    } catch (const CommandFailed& failed) {
      EXPECT_EQ(failed.message, "orders: text");
      return failed.status;
    }
  };
  EXPECT_EQ(status_of(Error{Code::InvalidInput, "text", "orders"}), 2);
  EXPECT_EQ(status_of(Error{Code::Unavailable, "text", "orders"}), 1);
}

}  // namespace
}  // namespace limpet::app
