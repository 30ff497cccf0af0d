#include "record_lines.h"

#include "session.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace limpet::app {
namespace {

class LineReaderTest : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) {
    const auto path = folder_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("limpet-lines-" + std::to_string(::getpid()));
};

TEST_F(LineReaderTest, NumbersLinesOfEachFile) {
  const std::string first = file("a", "one\r\n\ntwo");
  const std::string second = file("b", "");
  const std::string third = file("c", "three\n");
  LineReader lines({first, second, third});
  std::string seen;
  while (const Line* line = lines.next()) {
    seen += std::filesystem::path(line->file).filename().string() + std::to_string(line->number) +
            "=" + std::string(line->text) + " ";
  }
  EXPECT_EQ(seen, "a1=one a2= a3=two c1=three ");
  EXPECT_EQ(lines.next(), nullptr);
}

TEST_F(LineReaderTest, OneFileNeedsNoName) {
  LineReader lines({file("a", "one\n")});
  EXPECT_EQ(lines.next()->file, "");
}

TEST_F(LineReaderTest, LinesLongerThanAPiece) {
  const std::string longer(1'000'000, 'x');
  LineReader lines({file("a", longer + "\n" + longer + "y\nz")});
  EXPECT_EQ(lines.next()->text, longer);
  EXPECT_EQ(lines.next()->text, longer + "y");
  EXPECT_EQ(lines.next()->text, "z");
  EXPECT_EQ(lines.next(), nullptr);
}

TEST_F(LineReaderTest, AFileThatIsNotThere) {
  LineReader lines({(folder_ / "none").string()});
  try {
    lines.next();
    FAIL() << "it was read";
  } catch (const CommandFailed& failed) {
    EXPECT_EQ(failed.status, 2);
    EXPECT_TRUE(failed.message.starts_with("cannot open ")) << failed.message;
  }
}

}  // namespace
}  // namespace limpet::app
