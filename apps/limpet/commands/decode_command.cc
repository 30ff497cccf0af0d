// limpet decode: what one message is; without Kafka.
#include "groups.h"
#include "local.h"
#include "message_text.h"
#include "offline_definition.h"
#include "offline_imports.h"
#include "record_lines.h"
#include "record_reader.h"
#include "record_source.h"
#include "session.h"
#include "view.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <unistd.h>

namespace limpet::app {
namespace {

constexpr std::size_t kMessageBytesMax = 64U << 20U;

struct Options {
  std::vector<std::string> given;
  std::string file;
  bool hex = false;
  bool base64 = false;
  bool raw = false;
  bool is_key = false;
  bool frame_only = false;
  bool validate = false;
  std::vector<std::string> headers;
  std::string schema;
  std::string format;
  std::string message;
  std::vector<std::string> imports;
  RegistryOptions registry;
  std::string form = "pretty";
};

CommandFailed wrong_use(std::string message) { return {std::move(message), 2}; }

std::string from_hex_text(std::string_view text, const std::string& what) {
  auto bytes = message_from_hex(text);
  if (!bytes) {
    throw wrong_use(what + " is not hexadecimal: \"" + std::string(text.substr(0, 60)) +
                    "\" (for base64 give --base64, for a file of bytes --raw)");
  }
  return *std::move(bytes);
}

std::string decoded_text(std::string_view text, const Options& options) {
  if (!options.base64) return from_hex_text(text, "the message");
  auto bytes = message_from_base64(text);
  if (!bytes) throw wrong_use("the message is not base64");
  return *std::move(bytes);
}

std::string raw_bytes(const std::string& file) {
  std::ifstream opened;
  if (file != "-") {
    opened.open(file, std::ios::binary);
    if (!opened) throw wrong_use("cannot open " + file);
  }
  std::istream& in = file == "-" ? std::cin : opened;
  std::string bytes(std::istreambuf_iterator<char>(in), {});
  if (bytes.size() > kMessageBytesMax) throw wrong_use(file + " is larger than 64 MiB");
  return bytes;
}

std::vector<std::string> messages_of(const Options& options) {
  if (options.given.empty() && options.file.empty()) {
    throw wrong_use("give the message, --file FILE, or - for standard input");
  }
  if (options.hex + options.base64 + options.raw > 1) {
    throw wrong_use("--hex, --base64 and --raw exclude each other");
  }
  std::vector<std::string> files;
  std::vector<std::string> messages;
  for (const std::string& text : options.given) {
    if (text == "-") {
      files.push_back(text);
    } else if (options.raw) {
      throw wrong_use("--raw needs --file FILE, or - for standard input");
    } else {
      messages.push_back(decoded_text(text, options));
    }
  }
  if (!options.file.empty()) files.push_back(options.file);
  if (options.raw) {
    for (const std::string& file : files) messages.push_back(raw_bytes(file));
  } else if (!files.empty()) {
    LineReader lines(files);
    while (const Line* line = lines.next()) {
      if (line->text.find_first_not_of(" \t") == std::string_view::npos) continue;
      messages.push_back(decoded_text(line->text, options));
    }
  }
  return messages;
}

/// What there is to say about a message beside its value.
json::Value facts_of(const ReadPart& part) {
  auto facts = json::Value::object({});
  const auto say = [&](std::string_view name, std::string text) {
    facts.set(name, json::Value::string(std::move(text)));
  };
  const auto count = [&](std::string_view name, std::uint64_t number) {
    facts.set(name, json::Value::integer(static_cast<std::int64_t>(number)));
  };
  const serde::Frame& frame = part.frame;
  say("Framing",
      std::string(serde::to_string(frame.kind)) + (frame.in_header ? " in a header" : ""));
  if (frame.kind == serde::Framing::Glue) say("Version id", frame.version.to_string());
  if (frame.kind == serde::Framing::ConfluentGuid) say("Schema GUID", frame.version.to_string());
  if (frame.kind == serde::Framing::ConfluentId) {
    facts.set("Schema id", json::Value::integer(frame.id));
  }
  if (frame.kind == serde::Framing::AvroSingleObject) {
    std::string digits = "0x";
    for (int shift = 60; shift >= 0; shift -= 4) {
      digits += "0123456789abcdef"[frame.fingerprint >> static_cast<unsigned>(shift) & 15U];
    }
    say("Fingerprint", std::move(digits));
  }
  if (part.schema != nullptr) {
    if (!part.schema->name().empty()) say("Schema", part.schema->name());
    if (part.schema->version_number()) count("Version", *part.schema->version_number());
    say("Format", std::string(to_string(part.schema->format())));
  }
  if (!part.message.empty()) say("Message", std::string(part.message));
  if (frame.kind == serde::Framing::Glue) say("Compression", frame.zlib ? "zlib" : "none");
  count("Bytes", part.bytes.size());
  if (frame.fault == serde::FrameFault::None) count("Payload bytes", frame.body.size());
  return facts;
}

void append_json(const ReadPart& part, std::string& out) {
  out += R"({"schema":)";
  append_schema_facts(part, out);
  if (!part.message.empty()) {
    out += R"(,"message":)";
    append_quoted(part.message, out);
  }
  out += R"(,"value":)";
  append_part(part, false, out);
  if (part.failure) {
    out += R"(,"error":)";
    append_failure(*part.failure, out);
  }
  out += "}\n";
}

void append_text(const ReadPart& part, const std::string& form, std::string& out) {
  auto facts = facts_of(part);
  std::string value;
  if (part.failure) {
    facts.set("Error", json::Value::string(serde::describe(*part.failure)));
    append_part(part, false, value);
  } else {
    append_part(part, form == "pretty", value);
  }
  if (form == "table") {
    out += object_view(facts) + "Value  ";
    append_for_terminal(value, false, out);
  } else {
    const bool terminal = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
    out += object_view(facts);
    append_for_terminal(value, terminal, out);
  }
  out += '\n';
}

int run(const Options& options) {
  const auto messages = messages_of(options);
  std::vector<std::pair<std::string, std::string>> held;
  for (const std::string& pair : options.headers) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos) throw wrong_use("a header is NAME=HEX, not \"" + pair + "\"");
    held.emplace_back(pair.substr(0, equals),
                      from_hex_text(std::string_view(pair).substr(equals + 1), "the header"));
  }
  std::vector<serde::RecordHeader> headers;
  for (const auto& [name, value] : held) headers.push_back({name, kafka::as_bytes(value)});

  RecordReaderOptions reading{.validate_json = options.validate};
  std::shared_ptr<serde::SchemaSource> source;
  if (!options.schema.empty()) {
    const auto schema = schema_of_file(options.schema, options.format, options.imports);
    reading.unframed = schema;
    reading.unframed_message = options.message;
    reading.unframed_if_clear = true;  // frames name their message themselves
    source = fixed_source(schema);
  } else {
    if (!options.format.empty() || !options.message.empty() || !options.imports.empty()) {
      throw wrong_use("--format, --message and --import go with --schema");
    }
    source = registry_source(options.registry);
  }
  const RecordReader reader(source, reading);
  const serde::Context context{.is_key = options.is_key, .headers = headers};
  value::Arena arena;
  StandardOutput out;
  int status = 0;
  bool first = true;
  for (const std::string& message : messages) {
    ReadPart part;
    arena.reset();
    if (options.frame_only) {
      part.bytes = kafka::as_bytes(message);
      part.frame = serde::inspect(part.bytes, headers, reader.look(options.is_key));
      part.content = ReadPart::Content::Failed;
      if (!part.frame) part.failure = serde::to_failure(part.frame);
    } else {
      reader.read(context, kafka::as_bytes(message), arena, part);
    }
    if (part.failure) status = 1;
    if (options.form == "json") {
      append_json(part, out.text());
    } else {
      if (!first) out.text() += '\n';
      append_text(part, options.form, out.text());
    }
    first = false;
    out.flush_when(64U << 10U);
  }
  out.flush();
  return status;
}

}  // namespace

void add_decode_command(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  auto& command = add_command(
      app, "decode",
      "Show what a message is: its framing, its schema, its value. The schema comes from the "
      "registry that the message names it in, or from a file; Kafka is not needed. Exit status 0: "
      "decoded, 1: not all of them, 2: wrong use.",
      "limpet decode 0300b7b4a7f09c964e4aa687fb5de9ef0c63104a6f686e20446f650c12736f6d657468696e67\n"
      "  limpet decode --schema user.avsc --base64 AwC3tKfwnJZOSqaH+13p7wxjEEpvaG4gRG9lDBJ…\n"
      "  limpet decode --raw --file message.bin --output json");
  command
      .add_option("MESSAGE", options->given,
                  "The message in hexadecimal; several are decoded one by one. - reads standard "
                  "input, one message a line.")
      ->type_name("HEX");
  command.add_option("--file", options->file, "Messages of a file, one a line.")->type_name("FILE");
  command.add_flag("--hex", options->hex, "Messages are hexadecimal (the default).");
  command.add_flag("--base64", options->base64, "Messages are base64.");
  command.add_flag("--raw", options->raw, "The file is one message, as it is.");
  command.add_flag("--key", options->is_key, "The message is a record's key.");
  command
      .add_option("--header", options->headers,
                  "A header of the record, for frames that stand there (__value_schema_id).")
      ->type_name("NAME=HEX")
      ->allow_extra_args(false);
  command.add_flag("--frame-only", options->frame_only, "Do not look for the schema.");
  command.add_flag("--validate", options->validate, "Check JSON against its schema.");
  command
      .add_option("--schema", options->schema,
                  "Decode with the definition of this file, whatever the message names.")
      ->type_name("FILE");
  add_format_option(command, options->format);
  command.add_option("--message", options->message,
                     "PROTOBUF: full name of the message, when no frame tells.");
  add_import_option(command, options->imports);
  command.add_option("--output", options->form, "pretty (default), table, or json: a line each.")
      ->check(CLI::IsMember({"pretty", "table", "json"}).description(""))
      ->type_name("FORM");
  add_registry_options(command, options->registry);
  on_run_locally(command, status, [options] { return run(*options); });
}

}  // namespace limpet::app
