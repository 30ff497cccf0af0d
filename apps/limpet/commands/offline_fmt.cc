// limpet schema fmt: a definition in one layout.
#include "offline_fmt.h"

#include "groups.h"
#include "local.h"
#include "session.h"
#include "view.h"

#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <unistd.h>
#include <variant>

namespace limpet::app {
namespace {

struct Options {
  std::string file;
  std::string format;
  bool write = false;
};

/// Beside the file and then in its place, so that a full disk costs nothing.
void replace_file(const std::string& file, const std::string& text) {
  std::error_code error;
  const auto target = std::filesystem::canonical(file, error);
  if (error) throw CommandFailed{"cannot find " + file + ": " + error.message(), 2};
  auto fresh = target;
  fresh += ".limpet-" + std::to_string(::getpid());
  {
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out << text << std::flush;
    if (!out) error = std::make_error_code(std::errc::io_error);
  }
  if (!error) {
    std::filesystem::permissions(fresh, std::filesystem::status(target).permissions(), error);
  }
  if (!error) std::filesystem::rename(fresh, target, error);
  if (error) {
    std::error_code ignored;
    std::filesystem::remove(fresh, ignored);
    throw CommandFailed{"cannot write " + file + ": " + error.message(), 2};
  }
}

int run(const Options& options) {
  if (options.write && options.file == "-") {
    throw CommandFailed{"--write needs a file", 2};
  }
  const compat::Format format = choose_format({options.file}, options.format);
  const OfflineDefinition definition = load_offline(format, options.file);
  const std::string text = formatted(definition);
  const bool comments = format == compat::Format::Protobuf && has_comments(definition.text);
  if (!options.write) {
    std::cout << text;
    if (comments) std::cerr << "limpet: comments are not kept" << std::endl;
    return 0;
  }
  if (text == definition.text) return 0;
  if (comments) {
    throw CommandFailed{definition.name + " has comments, which would be lost; it is as it was", 2};
  }
  replace_file(options.file, text);
  return 0;
}

}  // namespace

std::string formatted(const OfflineDefinition& definition) {
  if (definition.parsed.format() == compat::Format::Protobuf) {
    std::string text =
        protobuf::canonical_text(std::get<protobuf::Schema>(definition.parsed.model()));
    if (!text.ends_with('\n')) text += '\n';
    return text;
  }
  const auto document = json::parse(
      definition.text, {.max_bytes = 4UL << 20, .max_depth = 1100, .max_nodes = 2'000'000});
  if (!document) throw CommandFailed{describe(document.error()), 2};
  return json::to_pretty_text(*document) + "\n";
}

bool has_comments(std::string_view proto) {
  char quote = '\0';
  for (std::size_t at = 0; at < proto.size(); ++at) {
    const char c = proto[at];
    if (quote != '\0') {
      if (c == '\\') {
        ++at;
      } else if (c == quote) {
        quote = '\0';
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '/' && at + 1 < proto.size() &&
               (proto[at + 1] == '/' || proto[at + 1] == '*')) {
      return true;
    }
  }
  return false;
}

void add_schema_fmt_command(CLI::App& schema, int& status) {
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      schema, "fmt",
      "Lay a definition out: JSON by two spaces, order and numbers kept; Protobuf in canonical "
      "form, without comments.",
      "limpet schema fmt order.avsc\n  limpet schema fmt order.proto --write");
  command.add_option("FILE", options->file, "The definition; - reads standard input.")->required();
  add_format_option(command, options->format);
  command.add_flag("--write", options->write,
                   "Write it into the file; refused when comments would be lost.");
  on_run_locally(command, status, [options] { return run(*options); });
}

}  // namespace limpet::app
