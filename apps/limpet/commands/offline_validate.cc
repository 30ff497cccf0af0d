// limpet schema validate: are these documents what a schema describes?
#include "groups.h"
#include "local.h"
#include "offline_definition.h"
#include "offline_imports.h"
#include "offline_places.h"
#include "offline_words.h"
#include "session.h"
#include "view.h"

#include "limpet/avro/validate_json.h"
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
  std::vector<std::string> imports;
  std::string message;
  bool formats = false;
  std::vector<std::string> data;
};

using Sentences = std::vector<std::string>;

constexpr json::ParseLimits kDataLimits{
    .max_bytes = 4UL << 20, .max_depth = 1100, .max_nodes = 2'000'000};

/// What is wrong with one document; empty = valid. Throws CommandFailed when nobody can tell.
using Validator = std::function<Sentences(const std::string& text)>;

std::string at_path(const std::string& path, const std::string& sentence) {
  return (path.empty() ? "/" : path) + ": " + sentence;
}

Validator avro_validator(const avro::Schema& schema) {
  return [schema](const std::string& text) -> Sentences {
    json::ParseLimits limits = kDataLimits;
    limits.distinct_names = true;  // Java refuses a field that is given twice
    const auto value = json::parse(text, limits);
    if (!value) return {describe_in(text, value.error())};
    const auto violations = avro::validate_json(schema, *value);
    if (!violations) throw CommandFailed{describe(violations.error()), kNoVerdict};
    Sentences found;
    for (const auto& violation : *violations) {
      found.push_back(at_path(violation.path, describe(violation)));
    }
    return found;
  };
}

Validator json_validator(const json_schema::Schema& schema, const Options& options) {
  auto plan = json_schema::compile(schema, {.assert_formats = options.formats});
  return [plan = std::move(plan)](const std::string& text) -> Sentences {
    const auto value = json::parse(text, kDataLimits);
    if (!value) return {describe_in(text, value.error())};
    const auto errors = json_schema::validate(plan, *value);
    if (!errors) throw CommandFailed{describe(errors.error()), kNoVerdict};
    Sentences found;
    for (const auto& error : *errors) {
      found.push_back(
          at_path(error.instance_path, error.message + " (" + error.keyword_location + ")"));
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
    return {describe_in(text, bytes.error())};
  };
}

Validator validator_for(const OfflineDefinition& definition, const Options& options) {
  const compat::Format format = definition.parsed.format();
  if (format != compat::Format::Protobuf && !options.message.empty()) {
    throw CommandFailed{"--message is for PROTOBUF", kNoVerdict};
  }
  if (format != compat::Format::Json && options.formats) {
    throw CommandFailed{"--assert-formats is for JSON", kNoVerdict};
  }
  const auto& model = definition.parsed.model();
  if (const auto* avro = std::get_if<avro::Schema>(&model)) return avro_validator(*avro);
  if (const auto* json = std::get_if<json_schema::Schema>(&model)) {
    return json_validator(*json, options);
  }
  return protobuf_validator(std::get<protobuf::Schema>(model), options);
}

struct Document {
  std::size_t line;  ///< where it begins, from 1
  std::string text;
};

/// The documents of a file of JSON lines, one on each line that is not blank; nothing when it is
/// no such file: one document, or what nobody can read.
std::vector<Document> json_lines(const std::string& text) {
  std::vector<Document> documents;
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    // A document over many lines has a first line that is none.
    if (documents.empty() && !json::parse(line, kDataLimits)) return {};
    documents.push_back({number + 1, std::move(line)});
  }
  if (documents.size() < 2) documents.clear();
  return documents;
}

/// Tells about one file; true = all that is in it is valid.
bool validate_file(const Validator& validator, const std::string& file) {
  const std::string name = printable(file == "-" ? "standard input" : file);
  const std::string text = read_text(file);
  const auto tell = [](const std::string& where, const Sentences& sentences) {
    for (const std::string& sentence : sentences) {
      std::cout << where << ": " << printable(sentence) << "\n";
    }
  };
  const std::vector<Document> lines = json_lines(text);
  if (lines.empty()) {
    const Sentences sentences = validator(text);
    if (sentences.empty()) std::cout << name << ": valid\n";
    tell(name, sentences);
    return sentences.empty();
  }
  std::size_t invalid = 0;
  for (const Document& document : lines) {
    const Sentences sentences = validator(document.text);
    tell(name + ":" + std::to_string(document.line), sentences);
    if (!sentences.empty()) ++invalid;
  }
  if (invalid == 0) {
    std::cout << name << ": valid (" << counted(lines.size(), "document") << ")\n";
  } else {
    std::cout << name << ": " << invalid << " of " << counted(lines.size(), "document")
              << " not valid\n";
  }
  return invalid == 0;
}

int run(const Options& options) {
  if (options.schema == "-" && std::ranges::count(options.data, "-") > 0) {
    throw CommandFailed{"standard input can be read once", kNoVerdict};
  }
  Imports imports(options.imports);
  const OfflineDefinition definition =
      load_with(imports, choose_format({options.schema}, options.format), options.schema);
  imports.require_used();
  const Validator validator = validator_for(definition, options);
  int status = kValid;
  for (const std::string& file : options.data) {
    if (!validate_file(validator, file)) status = kInvalid;
  }
  return status;
}

}  // namespace

void add_schema_validate_command(CLI::App& schema, int& status) {
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      schema, "validate",
      "Check that JSON documents are what a definition describes: one in a file, or one on each "
      "line. For AVRO they are in Avro's JSON encoding. Exit status 0: all are, 1: not all, 2: no "
      "verdict.",
      "limpet schema validate --schema order.json data.json\n"
      "  limpet schema validate --schema user.avsc users.jsonl\n"
      "  limpet schema validate --schema order.proto --message shop.Order data.json");
  command.add_option("--schema", options->schema, "File with the definition.")
      ->required()
      ->type_name("FILE");
  add_format_option(command, options->format);
  add_import_option(command, options->imports);
  command.add_option("--message", options->message,
                     "PROTOBUF: full name of the message. Default: the only one of the file.");
  command.add_flag("--assert-formats", options->formats,
                   "JSON: treat \"format\" as a rule, not as a remark.");
  command.add_option("DATA", options->data, "JSON documents; - reads standard input.")->required();
  on_run_locally(command, status, [options] { return run(*options); });
}

}  // namespace limpet::app
