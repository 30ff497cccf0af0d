// limpet check: verify a data folder, beside its server or without one, or a backup.
#include "check_store.h"
#include "local.h"
#include "local_commands.h"
#include "view.h"

#include "limpet/json/writer.h"
#include "limpet/storage_sqlite/sqlite_snapshot.h"

#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

namespace limpet::app {
namespace {

constexpr int kSound = 0;
constexpr int kFindings = 1;
constexpr int kCannotRead = 2;

constexpr const char* kDamageAdvice =
    "The disk or the file system has damaged the file: stop the server, keep a copy of the folder, "
    "restore a backup in which `limpet check` finds nothing, and look after the disk.";

struct Checked {
  std::string file;
  int format = 0;  // 0: it could not be told
  StoreReport report;
  double seconds = 0;
};

void add_damage(StoreReport& report, const std::string& file, const std::string& what) {
  report.problems.push_back({file, what, kDamageAdvice});
}

Checked check(const std::string& path) {
  Progress progress;
  Checked checked{.file = path, .format = 0, .report = {}, .seconds = 0};
  auto opened = storage::SqliteSnapshot::open(path);
  if (!opened) {
    if (opened.error().code != Code::Internal) {
      throw CommandFailed{describe(opened.error()), kCannotRead};
    }
    add_damage(checked.report, path, opened.error().message);
    checked.report.complete = false;
    return checked;
  }
  auto& snapshot = **opened;
  checked.file = snapshot.file().string();
  checked.format = snapshot.format();
  const auto damage = snapshot.check_pages(storage::PageCheck::Full, [&] {
    progress.show("checking the pages of " + readable_bytes(snapshot.bytes()));
  });
  if (!damage) throw CommandFailed{describe(damage.error()), kCannotRead};

  auto walked = check_store(snapshot.reader(), [&](std::string_view step, std::uint64_t rows) {
    progress.show("checking " + std::string(step) + ": " + grouped(rows) + " rows");
  });
  if (!walked) throw CommandFailed{describe(walked.error()), kCannotRead};
  checked.report = *std::move(walked);
  std::vector<storage::Problem> found = std::exchange(checked.report.problems, {});
  for (const auto& sentence : *damage) add_damage(checked.report, checked.file, sentence);
  for (auto& problem : found) checked.report.problems.push_back(std::move(problem));
  checked.seconds = progress.seconds();
  return checked;
}

json::Value document_of(const Checked& checked) {
  const auto number = [](std::uint64_t value) {
    return json::Value::integer(static_cast<std::int64_t>(value));
  };
  const StoreReport& report = checked.report;
  std::vector<json::Value> problems;
  for (const auto& problem : report.problems) {
    problems.push_back(json::Value::object({{"Key", json::Value::string(problem.key)},
                                            {"Message", json::Value::string(problem.message)},
                                            {"Advice", json::Value::string(problem.advice)}}));
  }
  return json::Value::object(
      {{"File", json::Value::string(checked.file)},
       {"Format", json::Value::integer(checked.format)},
       {"Sound", json::Value::boolean(report.problems.empty())},
       {"Complete", json::Value::boolean(report.complete)},
       {"Registries", number(report.registries)},
       {"Schemas", number(report.schemas)},
       {"SchemaVersions", number(report.versions)},
       {"Records", number(report.records)},
       {"IndexRows", number(report.index_rows)},
       {"ChangeLog", json::Value::object(
                         {{"First", number(report.log_first)}, {"Last", number(report.log_last)}})},
       {"Milliseconds", number(static_cast<std::uint64_t>(checked.seconds * 1000))},
       {"Problems", json::Value::array(std::move(problems))}});
}

std::string one_decimal(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", seconds);
  return text;
}

void show(const Checked& checked, std::ostream& out) {
  const StoreReport& report = checked.report;
  for (const auto& problem : report.problems) {
    out << printable(problem.key) << "\n  problem: " << printable(problem.message)
        << "\n  do:      " << printable(problem.advice) << "\n";
  }
  const std::size_t count = report.problems.size();
  out << printable(checked.file) << ": "
      << (count == 0   ? "sound"
          : count == 1 ? "1 problem"
                       : grouped(count) + " problems")
      << (report.complete ? "" : " at least") << "; " << grouped(report.registries)
      << " registries, " << grouped(report.schemas) << " schemas, " << grouped(report.versions)
      << " versions; " << grouped(report.records) << " records and " << grouped(report.index_rows)
      << " index rows in " << one_decimal(checked.seconds) << " s\n";
}

}  // namespace

void add_check_command(CLI::App& app, int& status) {
  struct Options {
    std::string file;
    std::string folder;
    std::string form = "table";
  };
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      app, "check",
      "Verify a data folder, also beside its running server, or a backup. Exit status 0: sound, 1: "
      "problems, 2: it cannot be read.",
      "limpet check --data /var/lib/limpet\n  limpet check /backup/monday.db --output json");
  auto* file = command.add_option("FILE", options->file, "A backup, or a database file.");
  add_data_option(command, options->folder)->excludes(file);
  add_output_option(command, options->form, "table (default), or json.");
  on_run_locally(command, status, [options] {
    const Checked checked =
        check(options->file.empty() ? data_folder(options->folder) : options->file);
    if (options->form == "json") {
      std::cout << json::to_pretty_text(document_of(checked)) << '\n';
    } else {
      show(checked, std::cout);
    }
    return checked.report.problems.empty() && checked.report.complete ? kSound : kFindings;
  });
}

}  // namespace limpet::app
