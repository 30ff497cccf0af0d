#include "offline_definition.h"

#include "arguments.h"
#include "session.h"

#include <algorithm>
#include <array>
#include <utility>

namespace limpet::app {
namespace {

constexpr std::array<std::pair<std::string_view, compat::Format>, 3> kExtensions{{
    {".avsc", compat::Format::Avro},
    {".json", compat::Format::Json},
    {".proto", compat::Format::Protobuf},
}};

CommandFailed wrong_use(std::string message) { return {std::move(message), 2}; }

std::string name_of(const std::string& file) { return file == "-" ? "standard input" : file; }

}  // namespace

std::string read_text(const std::string& file) {
  if (file.empty()) throw wrong_use("a file has a name");
  return *read_definition({.text = {}, .file = file});
}

std::optional<compat::Format> format_of_file(std::string_view file) {
  for (const auto& [extension, format] : kExtensions) {
    if (file.ends_with(extension)) return format;
  }
  return std::nullopt;
}

compat::Format choose_format(const std::vector<std::string>& files, const std::string& given) {
  if (std::ranges::count(files, "-") > 1) throw wrong_use("standard input can be read once");
  if (!given.empty()) {
    if (const auto format = compat::parse_format(given)) return *format;
    throw wrong_use("a format is AVRO, JSON or PROTOBUF, not \"" + given + "\"");
  }
  std::optional<compat::Format> chosen;
  std::string chooser;
  for (const std::string& file : files) {
    if (file == "-") continue;
    const auto format = format_of_file(file);
    if (!format) {
      throw wrong_use("the format of " + file +
                      " is not known from its name (.avsc, .json, .proto): give --format");
    }
    if (chosen && *chosen != *format) {
      throw wrong_use(chooser + " is " + std::string(compat::to_string(*chosen)) + ", " + file +
                      " is " + std::string(compat::to_string(*format)) +
                      ": definitions of one format can be compared");
    }
    chosen = format;
    chooser = file;
  }
  if (!chosen) throw wrong_use("give --format for standard input");
  return *chosen;
}

OfflineDefinition parse_offline(compat::Format format, std::string name, std::string text) {
  auto parsed = compat::parse_definition(format, text);
  if (!parsed) {
    throw wrong_use(name + " is not a valid " + std::string(compat::to_string(format)) +
                    " definition: " + compat::reason_invalid(parsed.error()));
  }
  return {std::move(name), std::move(text), *std::move(parsed)};
}

OfflineDefinition load_offline(compat::Format format, const std::string& file) {
  return parse_offline(format, name_of(file), read_text(file));
}

void add_format_option(CLI::App& command, std::string& format) {
  command
      .add_option("--format,--data-format", format,
                  "AVRO, JSON or PROTOBUF. Default: by extension, .avsc, .json or .proto.")
      ->check(CLI::IsMember({"AVRO", "JSON", "PROTOBUF"}).description(""))
      ->type_name("FORMAT");
}

}  // namespace limpet::app
