#include "copy_report.h"

#include "view.h"

#include "limpet/json/writer.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>

namespace limpet::app {

storage::CopyProgress copy_progress(Progress& progress) {
  return [&progress](std::string_view step, std::uint64_t bytes, std::uint64_t expected) {
    std::string line = std::string(step) + ": " + readable_bytes(bytes);
    if (expected > 0 && step == "copying") {
      line += ", " + std::to_string(std::min<std::uint64_t>(100 * bytes / expected, 100)) + " %";
    }
    progress.show(line);
  };
}

void show_copy(const CopyOptions& options, const std::string& done,
               const storage::CopyReport& report, double seconds) {
  if (options.form == "json") {
    const auto number = [](std::uint64_t value) {
      return json::Value::integer(static_cast<std::int64_t>(value));
    };
    auto document =
        json::Value::object({{"File", json::Value::string(options.file)},
                             {"Records", number(report.records)},
                             {"Bytes", number(report.bytes)},
                             {"Milliseconds", number(static_cast<std::uint64_t>(seconds * 1000))}});
    if (!report.kept.empty()) document.set("Kept", json::Value::string(report.kept.string()));
    std::cout << json::to_pretty_text(document) << '\n';
    return;
  }
  std::array<char, 32> time{};
  std::snprintf(time.data(), time.size(), "%.1f s", seconds);
  std::cout << printable(done) << ": " << grouped(report.records) << " records, "
            << readable_bytes(report.bytes) << ", " << time.data() << '\n';
  if (!report.kept.empty()) {
    std::cout << "the earlier database is " << printable(report.kept.string()) << '\n';
  }
}

}  // namespace limpet::app
