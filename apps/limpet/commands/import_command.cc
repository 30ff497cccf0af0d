// limpet import: registries, schemas and versions of AWS, of another server or of an export, with
// the ids and numbers that they have there, so that topics stay readable.
#include "arguments.h"
#include "groups.h"
#include "importer.h"
#include "session.h"
#include "transfer.h"
#include "view.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>

namespace limpet::app {
namespace {

struct Options {
  std::string from;
  std::string from_profile;
  std::string from_region;
  bool from_no_sign = false;
  std::vector<std::string> registries;
  bool dry_run = false;
};

bool is_server(const std::string& from) {
  return from == "aws" || from.starts_with("http://") || from.starts_with("https://");
}

/// Of a file, only the registries that were asked for.
bool is_wanted(const std::vector<std::string>& registries, const Exported& item) {
  if (registries.empty()) return true;
  const std::string& name = std::visit(
      [](const auto& one) -> const std::string& {
        if constexpr (requires { one.registry; }) {
          return one.registry;
        } else {
          return one.name;
        }
      },
      item);
  return std::ranges::find(registries, name) != registries.end();
}

void read_file(const Options& options, const Visit& visit) {
  std::ifstream file;
  if (options.from != "-") {
    file.open(options.from, std::ios::binary);
    if (!file) throw CommandFailed{"cannot read " + options.from, 2};
  }
  std::istream& in = options.from == "-" ? std::cin : file;
  const auto read = read_export(in, [&](const Exported& item) {
    if (is_wanted(options.registries, item)) visit(item);
  });
  if (!read) throw CommandFailed{options.from + ": " + describe(read.error())};
}

std::int64_t read_source(const Options& options, Progress& progress, const Visit& visit) {
  if (!is_server(options.from)) {
    read_file(options, visit);
    return 0;
  }
  ConnectionOptions connection;
  connection.arguments.endpoint = options.from;
  connection.arguments.profile = options.from_profile;
  connection.arguments.region = options.from_region;
  connection.no_sign = options.from_no_sign;
  std::int64_t skipped = 0;
  with_session(connection, [&](Session& source) {
    skipped = read_server(source, options.registries, progress, visit).skipped;
    return 0;
  });
  return skipped;
}

}  // namespace

void add_import_command(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      app, "import",
      "Bring registries, schemas and versions to a Limpet server, with the ids they have, so that "
      "existing topics stay readable. What is there already is left as it is: repeat it at will.",
      "limpet import --from aws --from-profile work --dry-run\n"
      "  limpet import --from http://old:8484 --registry orders\n"
      "  limpet import --from registry.jsonl");
  command
      .add_option("--from", options->from,
                  "\"aws\", the address of a server, or a file that `limpet export` wrote (\"-\": "
                  "standard input).")
      ->required()
      ->type_name("SOURCE");
  command
      .add_option("--registry", options->registries, "Only this one; may be given several times.")
      ->allow_extra_args(false)
      ->type_name("NAME");
  command.add_flag("--dry-run", options->dry_run,
                   "Change nothing; tell what would be made, and what is in the way.");
  command.add_option("--from-profile", options->from_profile, "Profile for the source.");
  command.add_option("--from-region", options->from_region, "Region of the source.");
  command.add_flag("--from-no-sign", options->from_no_sign, "Send the source no signature.");
  on_run(command, status, [options](Session& target) {
    Importer importer(target, options->dry_run);
    {
      Progress progress;
      importer.skipped(
          read_source(*options, progress, [&](const Exported& item) { importer.take(item); }));
      importer.finish();
    }
    importer.show();
    return importer.problems() == 0 ? 0 : 1;
  });
}

}  // namespace limpet::app
