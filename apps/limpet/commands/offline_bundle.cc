// limpet schema bundle: one self-contained definition of several files.
#include "groups.h"
#include "local.h"
#include "offline_definition.h"
#include "offline_imports.h"
#include "session.h"

#include "limpet/compat/bundle.h"

#include <iostream>
#include <memory>

namespace limpet::app {
namespace {

struct Options {
  std::string file;
  std::string format;
  std::vector<std::string> imports;
};

int run(const Options& options) {
  const compat::Format format = choose_format({options.file}, options.format);
  const Imports imports(options.imports);
  const std::string text = read_text(options.file);
  const auto bundled = compat::bundle_definition(format, text, imports.texts());
  if (!bundled) {
    throw CommandFailed{"cannot bundle " + options.file + ": " + describe(bundled.error()), 2};
  }
  const OfflineDefinition whole = parse_offline(format, options.file, *bundled);
  std::cout << whole.text << (whole.text.ends_with('\n') ? "" : "\n");
  return 0;
}

}  // namespace

void add_schema_bundle_command(CLI::App& schema, int& status) {
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      schema, "bundle",
      "Print one self-contained definition made of a definition and the files that it uses, as a "
      "registry makes it of references.",
      "limpet schema bundle order.avsc --import shop.Address=address.avsc\n"
      "  limpet schema bundle order.proto --import common/address.proto=protos/address.proto");
  command.add_option("FILE", options->file, "The definition; - reads standard input.")->required();
  add_format_option(command, options->format);
  add_import_option(command, options->imports);
  on_run_locally(command, status, [options] { return run(*options); });
}

}  // namespace limpet::app
