// limpet export: everything of a registry as JSON lines.
#include "arguments.h"
#include "groups.h"
#include "session.h"
#include "transfer.h"
#include "view.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <memory>
#include <unistd.h>

namespace limpet::app {
namespace {

struct Options {
  std::vector<std::string> registries;
  std::string file;
};

/// A file that takes its name when it is whole and on disk.
class Target {
 public:
  explicit Target(const std::string& path) : path_(path), draft_(path + ".part") {
    if (path_.empty() || path_ == "-") return;
    file_.open(draft_, std::ios::binary | std::ios::trunc);
    if (!file_) fail(draft_);
  }
  ~Target() {
    if (file_.is_open() && !whole_) std::remove(draft_.c_str());
  }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  void write(std::string_view text) {
    if (!(out() << text)) fail(name());
  }
  void finish() {
    if (!out().flush()) fail(name());
    if (!file_.is_open()) return;
    // Before the rename: else a machine that fails may keep the new name and not what it names.
    const int descriptor = ::open(draft_.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
    if (descriptor >= 0) ::close(descriptor);
    if (!synced || std::rename(draft_.c_str(), path_.c_str()) != 0) fail(name());
    whole_ = true;
  }
  bool is_file() const { return file_.is_open(); }

 private:
  [[noreturn]] static void fail(const std::string& what) {
    throw CommandFailed{"cannot write " + what + ": " + std::strerror(errno)};
  }
  std::ostream& out() { return file_.is_open() ? static_cast<std::ostream&>(file_) : std::cout; }
  std::string name() const { return is_file() ? path_ : "standard output"; }

  std::string path_;
  std::string draft_;
  std::ofstream file_;
  bool whole_ = false;
};

void show(Session& session, const std::string& file, const ExportCounts& counts) {
  if (session.form() == OutputForm::Json) {
    session.show_json(json::Value::object({{"File", json::Value::string(file)},
                                           {"Registries", json::Value::integer(counts.registries)},
                                           {"Schemas", json::Value::integer(counts.schemas)},
                                           {"Versions", json::Value::integer(counts.versions)},
                                           {"Skipped", json::Value::integer(counts.skipped)}}));
    return;
  }
  session.say("wrote " + file + ": " + std::to_string(counts.registries) + " registries, " +
              std::to_string(counts.schemas) + " schemas, " + std::to_string(counts.versions) +
              " versions");
}

}  // namespace

void add_export_command(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      app, "export",
      "Write registries, schemas and versions with their ids, metadata and tags as JSON lines, for "
      "`limpet import`.",
      "limpet export -o registry.jsonl\n"
      "  limpet export --endpoint aws --registry orders -o orders.jsonl");
  command
      .add_option("--registry", options->registries, "Only this one; may be given several times.")
      ->allow_extra_args(false)
      ->type_name("NAME");
  command.add_option("-o,--file", options->file, "Where to. Default: standard output.")
      ->type_name("FILE");
  on_run(command, status, [options](Session& session) {
    ExportCounts counts;
    Target target(options->file);
    {
      Progress progress;
      target.write(export_head());
      counts = read_server(session, options->registries, progress,
                           [&](const Exported& item) { target.write(export_line(item)); });
      target.write(export_end(counts));
      target.finish();
    }
    if (target.is_file()) show(session, options->file, counts);
    if (counts.skipped > 0) {
      std::cerr << "limpet: " << counts.skipped
                << " versions that are PENDING or DELETING were left out" << std::endl;
    }
    return 0;
  });
}

}  // namespace limpet::app
