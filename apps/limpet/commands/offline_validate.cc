// limpet schema validate: are these documents what a schema describes?
#include "groups.h"
#include "local.h"
#include "offline_definition.h"
#include "session.h"
#include "view.h"

#include "limpet/json/parse.h"
#include "limpet/json_schema/validate.h"
#include "limpet/protobuf/transcode.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <variant>

namespace limpet::app {
namespace {

constexpr int kValid = 0;
constexpr int kInvalid = 1;
constexpr int kNoVerdict = 2;

struct Options {
  std::string schema;
  std::string format;
  std::string message;
  bool formats = false;
  std::vector<std::string> data;
};

using Sentences = std::vector<std::string>;

/// What is wrong with one document; empty = valid. Throws CommandFailed when nobody can tell.
using Validator = std::function<Sentences(const std::string& text)>;

Validator json_validator(const json_schema::Schema& schema, const Options& options) {
  if (!options.message.empty()) throw CommandFailed{"--message is for PROTOBUF", kNoVerdict};
  auto plan = json_schema::compile(schema, {.assert_formats = options.formats});
  return [plan = std::move(plan)](const std::string& text) -> Sentences {
    const auto value = json::parse(text);
    if (!value) return {describe(value.error())};
    const auto errors = json_schema::validate(plan, *value);
    if (!errors) throw CommandFailed{describe(errors.error()), kNoVerdict};
    Sentences found;
    for (const auto& error : *errors) {
      found.push_back((error.instance_path.empty() ? "/" : error.instance_path) + ": " +
                      error.message + " (" + error.keyword_location + ")");
    }
    return found;
  };
}

Validator protobuf_validator(const protobuf::Schema& schema, const Options& options) {
  const protobuf::Message* message = nullptr;
  if (!options.message.empty()) {
    message = schema.find_message(options.message);
    if (message == nullptr) {
      throw CommandFailed{"the definition has no message " + options.message, kNoVerdict};
    }
  } else if (schema.file().messages.size() == 1) {
    message = &schema.file().messages.front();
  } else {
    throw CommandFailed{"the definition has not one message: give --message NAME", kNoVerdict};
  }
  return [schema, message](const std::string& text) -> Sentences {
    const auto bytes = protobuf::encode(schema, *message, text);
    if (bytes) return {};
    if (bytes.error().code != Code::InvalidInput) {
      throw CommandFailed{describe(bytes.error()), kNoVerdict};
    }
    return {describe(bytes.error())};
  };
}

int run(const Options& options) {
  if (options.schema == "-" && std::ranges::count(options.data, "-") > 0) {
    throw CommandFailed{"standard input can be read once", kNoVerdict};
  }
  const OfflineDefinition definition =
      load_offline(choose_format({options.schema}, options.format), options.schema);
  Validator validator;
  if (const auto* json = std::get_if<json_schema::Schema>(&definition.parsed.model())) {
    validator = json_validator(*json, options);
  } else if (const auto* proto = std::get_if<protobuf::Schema>(&definition.parsed.model())) {
    validator = protobuf_validator(*proto, options);
  } else {
    throw CommandFailed{
        "documents are not yet validated by AVRO definitions, only by JSON and "
        "PROTOBUF ones",
        kNoVerdict};
  }
  int status = kValid;
  for (const std::string& file : options.data) {
    const std::string name = printable(file == "-" ? "standard input" : file);
    const Sentences sentences = validator(read_text(file));
    if (sentences.empty()) std::cout << name << ": valid\n";
    for (const std::string& sentence : sentences) {
      std::cout << name << ": " << printable(sentence) << "\n";
      status = kInvalid;
    }
  }
  return status;
}

}  // namespace

void add_schema_validate_command(CLI::App& schema, int& status) {
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      schema, "validate",
      "Check that JSON documents are what a definition describes. Exit status 0: all are, 1: not "
      "all, 2: no verdict.",
      "limpet schema validate --schema order.json data.json\n"
      "  limpet schema validate --schema order.proto --message shop.Order data.json");
  command.add_option("--schema", options->schema, "File with the definition, JSON or PROTOBUF.")
      ->required()
      ->type_name("FILE");
  add_format_option(command, options->format);
  command.add_option("--message", options->message,
                     "PROTOBUF: full name of the message. Default: the only one of the file.");
  command.add_flag("--assert-formats", options->formats,
                   "JSON: treat \"format\" as a rule, not as a remark.");
  command.add_option("DATA", options->data, "JSON documents; - reads standard input.")->required();
  on_run_locally(command, status, [options] { return run(*options); });
}

}  // namespace limpet::app
