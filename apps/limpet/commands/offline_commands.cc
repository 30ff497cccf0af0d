// limpet schema identity|fingerprint, and the list of what works without a server.
#include "groups.h"
#include "local.h"
#include "offline_definition.h"
#include "offline_imports.h"
#include "session.h"
#include "view.h"

#include "limpet/avro/fingerprint.h"
#include "limpet/base/hex.h"
#include "limpet/crypto/sha256.h"
#include "limpet/json/writer.h"

#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <variant>

namespace limpet::app {
namespace {

struct Options {
  std::string file;
  std::string format;
  std::vector<std::string> imports;
  bool show = false;
  std::string form = "table";
};

void add_file_options(CLI::App& command, Options& options) {
  command.add_option("FILE", options.file, "The definition; - reads standard input.")->required();
  add_format_option(command, options.format);
  add_import_option(command, options.imports);
  add_output_option(command, options.form, "table (default), or json.");
}

OfflineDefinition load(const Options& options) {
  Imports imports(options.imports);
  OfflineDefinition definition =
      load_with(imports, choose_format({options.file}, options.format), options.file);
  imports.require_used();
  return definition;
}

json::Value words(std::string_view text) { return json::Value::string(std::string(text)); }

int show_identity(const Options& options) {
  const OfflineDefinition definition = load(options);
  const std::string identity = definition.parsed.identity();
  const compat::Format format = definition.parsed.format();
  if (options.show && format == compat::Format::Protobuf) {
    throw CommandFailed{"the identity of a PROTOBUF definition is no text: leave --show out", 2};
  }
  const std::string digest = crypto::sha256_hex(identity);
  if (options.form == "json") {
    auto document = json::Value::object(
        {{"DataFormat", words(compat::to_string(format))}, {"Sha256", words(digest)}});
    if (options.show) document.set("Identity", words(identity));
    std::cout << json::to_pretty_text(document) << '\n';
  } else {
    std::cout << (options.show ? identity : digest) << '\n';
  }
  return 0;
}

int show_fingerprints(const Options& options) {
  const OfflineDefinition definition = load(options);
  const auto* schema = std::get_if<avro::Schema>(&definition.parsed.model());
  if (schema == nullptr) {
    throw CommandFailed{"fingerprints are AVRO's; a " +
                            std::string(compat::to_string(definition.parsed.format())) +
                            " definition has none (limpet schema identity)",
                        2};
  }
  const avro::Fingerprints prints = avro::fingerprints(*schema);
  std::array<char, 17> crc{};
  std::snprintf(crc.data(), crc.size(), "%016llx", static_cast<unsigned long long>(prints.crc64));
  const auto document = json::Value::object({{"CRC-64-AVRO", words(crc.data())},
                                             {"MD5", words(to_hex(prints.md5))},
                                             {"SHA-256", words(to_hex(prints.sha256))}});
  if (options.form == "json") {
    std::cout << json::to_pretty_text(document) << '\n';
  } else {
    std::cout << object_view(document);
  }
  return 0;
}

void add_identity(CLI::App& schema, int& status) {
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      schema, "identity",
      "Show the SHA-256 by which a registry tells definitions apart: equal for two texts of one "
      "schema.",
      "limpet schema identity order.avsc\n  limpet schema identity order.avsc --show");
  add_file_options(command, *options);
  command.add_flag("--show", options->show, "Show what it is the SHA-256 of (AVRO and JSON).");
  on_run_locally(command, status, [options] { return show_identity(*options); });
}

void add_fingerprint(CLI::App& schema, int& status) {
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      schema, "fingerprint",
      "Show the fingerprints of an Avro schema's Parsing Canonical Form: CRC-64-AVRO, MD5, "
      "SHA-256.",
      "limpet schema fingerprint order.avsc");
  add_file_options(command, *options);
  on_run_locally(command, status, [options] { return show_fingerprints(*options); });
}

}  // namespace

void add_offline_commands(CLI::App& schema, int& status) {
  add_schema_check_command(schema, status);
  add_schema_bundle_command(schema, status);
  add_schema_diff_command(schema, status);
  add_identity(schema, status);
  add_fingerprint(schema, status);
  add_schema_fmt_command(schema, status);
  add_schema_lint_command(schema, status);
  add_schema_validate_command(schema, status);
}

}  // namespace limpet::app
