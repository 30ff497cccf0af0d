#include "log.h"

#include "limpet/json/parse.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace limpet::app {
namespace {

using namespace std::chrono_literals;

const Timestamp kTime(1636303348617ms);

class FixedClock final : public Clock {
 public:
  Timestamp now() const override { return kTime; }
};

std::string text(const LogFields& fields) {
  return format_line(LogFormat::Text, kTime, LogLevel::Info, fields);
}

TEST(LogLine, IsKeyAndValue) {
  EXPECT_EQ(text(LogFields("call_finished")
                     .add("op", "CreateSchema")
                     .add("status", 200)
                     .add("code", "")
                     .add_milliseconds("ms", 1234567ns)
                     .add("message", "two words")),
            "ts=2021-11-07T16:42:28.617Z level=info event=call_finished op=CreateSchema status=200 "
            "ms=1.235 message=\"two words\"");
}

TEST(LogLine, IsJson) {
  EXPECT_EQ(format_line(LogFormat::Json, kTime, LogLevel::Error,
                        LogFields("trouble").add("status", 200).add("message", "a \"b\"")),
            R"({"ts":"2021-11-07T16:42:28.617Z","level":"error","event":"trouble","status":200,)"
            R"("message":"a \"b\""})");
}

TEST(LogLine, StaysOneLineWhateverIsInIt) {
  using namespace std::literals;
  const std::string hostile("a\nlevel=error\r\t\0\x7F\xFF\x1b[31m \xC3\xA9"sv);
  for (const auto format : {LogFormat::Text, LogFormat::Json}) {
    const auto line =
        format_line(format, kTime, LogLevel::Info, LogFields("call_finished").add("op", hostile));
    for (const char c : line) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << line;
    EXPECT_NE(line.find("\\u000alevel=error"), std::string::npos) << line;
    EXPECT_NE(line.find("\xEF\xBF\xBD"), std::string::npos) << line;
    if (format == LogFormat::Json) {
      EXPECT_TRUE(json::parse(line).has_value()) << line;
    }
  }
}

TEST(LogLine, CutsLongValues) {
  const auto line = text(LogFields("call_finished").add("message", std::string(100'000, 'm')));
  EXPECT_LT(line.size(), 5000U);
  EXPECT_NE(line.find("…"), std::string::npos);
}

TEST(Log, KeepsItsLevelAndReopensItsFile) {
  const FixedClock clock;
  const std::string name =
      testing::TempDir() + "limpet-log-test-" + std::to_string(getpid()) + ".log";
  std::filesystem::remove(name);
  const auto content = [](const std::string& file) {
    std::ostringstream out;
    out << std::ifstream(file).rdbuf();
    return out.str();
  };
  auto log =
      Log::open({.format = LogFormat::Text, .level = LogLevel::Warning, .file = name}, clock);
  ASSERT_TRUE(log.has_value());
  EXPECT_FALSE((*log)->enabled(LogLevel::Info));
  (*log)->write(LogLevel::Info, LogFields("hidden"));
  (*log)->write(LogLevel::Warning, LogFields("first"));
  std::filesystem::rename(name, name + ".1");
  ASSERT_TRUE((*log)->reopen());
  (*log)->set_level(LogLevel::Info);
  (*log)->write(LogLevel::Info, LogFields("second"));
  EXPECT_EQ(content(name + ".1"), "ts=2021-11-07T16:42:28.617Z level=warning event=first\n");
  EXPECT_EQ(content(name), "ts=2021-11-07T16:42:28.617Z level=info event=second\n");
  std::filesystem::remove(name);
  std::filesystem::remove(name + ".1");
}

TEST(Log, SaysThatItCannotOpenItsFile) {
  const FixedClock clock;
  const std::string folder = testing::TempDir();
  EXPECT_EQ(code_of(Log::open({.format = {}, .level = {}, .file = folder}, clock)),
            Code::Unavailable);
}

}  // namespace
}  // namespace limpet::app
