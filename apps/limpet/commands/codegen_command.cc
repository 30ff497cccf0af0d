// limpet codegen: C++ from a schema.
#include "groups.h"
#include "local.h"
#include "offline_definition.h"
#include "offline_imports.h"
#include "session.h"

#include "limpet/codegen/cpp.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <variant>

namespace limpet::app {
namespace {

struct Options {
  std::string file;
  std::string format;
  std::vector<std::string> imports;
  std::string output;
  std::string name_space;
  std::string name;
  bool views = false;
};

void write_file(const std::string& path, const std::string& text) {
  // Whole or not at all: a build may be looking.
  const std::string temporary = path + ".new";
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  std::error_code failed;
  if (out) std::filesystem::rename(temporary, path, failed);
  if (!out || failed) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw CommandFailed{"cannot write " + path, 2};
  }
}

int run(const Options& options) {
  Imports imports(options.imports);
  const OfflineDefinition definition =
      load_with(imports, choose_format({options.file}, options.format), options.file);
  imports.require_used();
  const codegen::CppOptions cpp{
      .source = options.file == "-" ? "" : std::filesystem::path(options.file).filename().string(),
      .name_space = options.name_space,
      .strings = options.views ? codegen::Strings::Views : codegen::Strings::Owned,
      .root_name = options.name};
  const auto header = std::visit(
      [&](const auto& schema) { return codegen::cpp_header(schema, definition.text, cpp); },
      definition.parsed.model());
  if (!header) {
    throw CommandFailed{"no C++ for " + options.file + ": " + describe(header.error()), 1};
  }
  if (options.output.empty() || options.output == "-") {
    std::cout << *header;
  } else {
    write_file(options.output, *header);
  }
  return 0;
}

}  // namespace

void add_codegen_command(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      app, "codegen",
      "Make a C++20 header from a schema: structs, what binds them to the schema and, for AVRO, a "
      "straight-line reader and writer.",
      "limpet codegen user.avsc -o user.h\n"
      "  limpet codegen order.proto --namespace shop::v1 -o order.h\n"
      "  limpet codegen order.json --name Order -o order.h");
  command.add_option("FILE", options->file, "The definition; - reads standard input.")->required();
  add_format_option(command, options->format);
  add_import_option(command, options->imports);
  command.add_option("-o,--out", options->output, "The header. [standard output]");
  command.add_option("--namespace", options->name_space,
                     "C++ namespace of every type, as a::b. [those of the schema]");
  command.add_option("--name", options->name,
                     "JSON: name of the outermost struct. [its title, else Root]");
  command.add_flag("--views", options->views,
                   "Texts and bytes as views of what was read, instead of strings of their own.");
  on_run_locally(command, status, [options] { return run(*options); });
}

}  // namespace limpet::app
