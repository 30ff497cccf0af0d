// limpet schema fmt: a definition in one layout.
#include "offline_fmt.h"

#include "groups.h"
#include "local.h"
#include "offline_imports.h"
#include "offline_places.h"
#include "session.h"
#include "view.h"

#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <algorithm>
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
  std::vector<std::string> imports;
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

/// The definition's own text, though what it imports is needed to read it.
OfflineDefinition load(compat::Format format, const Options& options) {
  Imports imports(options.imports);
  if (imports.empty()) return load_offline(format, options.file);
  const std::string name = options.file == "-" ? "standard input" : options.file;
  std::string text = read_text(options.file);
  std::string bundle = imports.bundle(format, name, text);
  imports.require_used();
  OfflineDefinition whole = parse_offline(format, name, std::move(bundle));
  if (format == compat::Format::Protobuf) {
    const std::vector<NamedText> texts = imports.texts();
    const auto import = [&](std::string_view path) -> std::optional<std::string> {
      const auto found = std::ranges::find(texts, path, &NamedText::name);
      if (found == texts.end()) return std::nullopt;
      return std::string(found->text);
    };
    auto schema = protobuf::parse(text, {.imports = import});
    if (!schema) throw CommandFailed{name + ": " + describe(schema.error()), 2};
    whole.parsed = compat::ParsedDefinition(*std::move(schema), text.size());
  }
  whole.text = std::move(text);
  return whole;
}

int run(const Options& options) {
  if (options.write && options.file == "-") {
    throw CommandFailed{"--write needs a file", 2};
  }
  const compat::Format format = choose_format({options.file}, options.format);
  const OfflineDefinition definition = load(format, options);
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
  const auto document =
      json::parse(definition.text, {.max_bytes = 4UL << 20,
                                    .max_depth = 1100,
                                    .max_nodes = 2'000'000,
                                    .distinct_names = true});  // one of them would be lost
  if (!document) {
    throw CommandFailed{definition.name + ": " + describe_in(definition.text, document.error()), 2};
  }
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
  add_import_option(command, options->imports);
  command.add_flag("--write", options->write,
                   "Write it into the file; refused when comments would be lost.");
  on_run_locally(command, status, [options] { return run(*options); });
}

}  // namespace limpet::app
