// limpet restore: make a backup the state of a data folder.
#include "copy_report.h"
#include "local_commands.h"
#include "system.h"

#include <memory>

namespace limpet::app {

void add_restore_command(CLI::App& app, int& status) {
  auto options = std::make_shared<CopyOptions>();
  auto& command = add_command(
      app, "restore",
      "Make a backup the state of a data folder that no server has open. The backup is verified "
      "first.",
      "limpet restore /backup/monday.db --data /var/lib/limpet");
  command.add_option("FILE", options->file, "A file that `limpet backup` wrote.")->required();
  add_data_option(command, options->folder);
  command.add_flag("--force", options->force,
                   "Also into a folder that has data; its database is kept beside under another "
                   "name.");
  add_output_option(command, options->form, "table (default), or json.");
  on_run_locally(command, status, [options] {
    Progress progress;
    const std::string folder = data_folder(options->folder);
    const auto report = storage::restore(options->file, folder,
                                         {.replace = options->force,
                                          .now = SystemClock().now(),
                                          .progress = copy_progress(progress)});
    if (!report) {
      const Error& error = report.error();
      const bool exists = error.code == Code::AlreadyExists;
      throw CommandFailed{
          describe(error) + (exists ? "; --force replaces it and keeps the old database" : ""),
          exists || error.code == Code::InvalidInput ? 2 : 1};
    }
    show_copy(*options, "restored " + folder, *report, progress.seconds());
    return 0;
  });
}

}  // namespace limpet::app
