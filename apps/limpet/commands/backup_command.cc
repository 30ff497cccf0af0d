// limpet backup: a consistent copy of a data folder, also beside its running server.
#include "copy_report.h"
#include "local_commands.h"

#include <memory>

namespace limpet::app {

void add_backup_command(CLI::App& app, int& status) {
  auto options = std::make_shared<CopyOptions>();
  auto& command =
      add_command(app, "backup",
                  "Copy a data folder to one file, also while its server runs. Everything "
                  "acknowledged before is in the copy.",
                  "limpet backup /backup/monday.db --data /var/lib/limpet");
  command.add_option("FILE", options->file, "The file to write.")->required();
  add_data_option(command, options->folder);
  command.add_flag("--force", options->force, "Replace FILE when it exists.");
  add_output_option(command, options->form, "table (default), or json.");
  on_run_locally(command, status, [options] {
    Progress progress;
    const auto report =
        storage::back_up(data_folder(options->folder), options->file,
                         {.replace = options->force, .progress = copy_progress(progress)});
    if (!report) {
      const Error& error = report.error();
      const bool exists = error.code == Code::AlreadyExists;
      throw CommandFailed{describe(error) + (exists ? "; --force replaces it" : ""),
                          exists || error.code == Code::InvalidInput ? 2 : 1};
    }
    show_copy(*options, "wrote " + options->file, *report, progress.seconds());
    return 0;
  });
}

}  // namespace limpet::app
