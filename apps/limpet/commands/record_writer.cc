#include "record_writer.h"

#include "offline_places.h"
#include "session.h"

#include "limpet/json/parse.h"
#include "limpet/json/writer.h"
#include "limpet/json_schema/validate.h"
#include "limpet/protobuf/message_index.h"
#include "limpet/protobuf/transcode.h"

#include <utility>

namespace limpet::app {
namespace {

constexpr json::ParseLimits kRecordLimits{
    .max_bytes = 64UL << 20, .max_depth = 1100, .max_nodes = 10'000'000, .distinct_names = true};

const json::Value* find(const FieldPath& path, const json::Value& value) {
  const json::Value* at = &value;
  for (const FieldPath::Step& step : path.steps()) {
    if (step.index) {
      if (*step.index >= at->items().size()) return nullptr;
      at = &at->items()[*step.index];
    } else {
      at = at->find(step.name);
      if (at == nullptr) return nullptr;
    }
  }
  return at;
}

std::optional<std::string> key_text(const json::Value* value, bool as_json) {
  if (value == nullptr) return std::nullopt;
  if (as_json) return json::to_text(*value);
  if (value->is_string() || value->is_number()) return value->text();
  if (value->is_bool()) return value->as_bool() ? "true" : "false";
  return std::nullopt;
}

/// Nothing to do with the record: a limit of ours, say.
RecordProblem no_verdict(const Error& error) {
  return {.path = error.where.starts_with('/') ? error.where : "", .reason = describe(error)};
}

}  // namespace

std::string sentence(const RecordProblem& problem) {
  return (problem.path.empty() ? "/" : problem.path) + ": " + problem.reason;
}

std::string pointer_to(const FieldPath& path) {
  std::string text;
  for (const FieldPath::Step& step : path.steps()) {
    text += '/';
    if (step.index) text += std::to_string(*step.index);
    for (const char c : step.name) {
      if (c == '~') {
        text += "~0";
      } else if (c == '/') {
        text += "~1";
      } else {
        text += c;
      }
    }
  }
  return text;
}

RecordWriter::RecordWriter(serde::SchemaPointer schema, RecordWriterOptions options)
    : schema_(std::move(schema)), options_(std::move(options)) {
  const auto wrong = [](std::string text) { return CommandFailed{std::move(text), 2}; };
  if (options_.avro_json && schema_->avro() == nullptr) throw wrong("--avro-json is for AVRO");
  if (options_.ignore_unknown && (schema_->avro() == nullptr || options_.avro_json)) {
    throw wrong("--ignore-unknown is for AVRO and plain JSON");
  }
  const protobuf::Schema* protobuf = schema_->protobuf();
  if (protobuf == nullptr) {
    if (!options_.message.empty())
      throw wrong(std::string(options_.message_option) + " is for PROTOBUF");
    if (schema_->avro() != nullptr) record_name_ = schema_->avro()->root().name.full;
    return;
  }
  if (!options_.message.empty()) {
    message_ = protobuf->find_message(options_.message);
    if (message_ == nullptr) throw wrong("the definition has no message " + options_.message);
  } else if (protobuf->file().messages.size() == 1) {
    message_ = &protobuf->file().messages.front();
  } else {
    throw wrong(std::string("the definition has not one message: give ") + options_.message_option +
                " NAME");
  }
  record_name_ = message_->full_name;
  index_ = protobuf::encode_glue_index(*protobuf::glue_index(*protobuf, record_name_));
}

std::vector<RecordProblem> RecordWriter::append(std::string_view text, codec::ByteBuffer& out,
                                                FoundKey* key) const {
  const auto value = json::parse(text, kRecordLimits);
  if (!value) return {{.path = "", .reason = "not JSON: " + describe_in(text, value.error())}};
  const std::size_t before = out.size();
  std::vector<RecordProblem> problems;
  if (schema_->avro() != nullptr) {
    problems = append_avro(*value, out);
  } else if (schema_->json() != nullptr) {
    problems = append_json(*value, out);
  } else {
    problems = append_protobuf(text, out);
  }
  if (key != nullptr && key->path != nullptr) {
    key->text = key_text(find(*key->path, *value), key->as_json);
    if (!key->text) {
      problems.push_back({.path = pointer_to(*key->path),
                          .reason = key->as_json ? "expected the key"
                                                 : "expected a text or a number, for the key"});
    }
  }
  if (!problems.empty()) out.shrink(before);
  return problems;
}

std::vector<RecordProblem> RecordWriter::append_avro(const json::Value& value,
                                                     codec::ByteBuffer& out) const {
  avro::WriteJsonOptions options{.missing = avro::MissingFields::FillDefaults};
  if (options_.avro_json) {
    options = {.style = avro::JsonStyle::Avro, .missing = avro::MissingFields::Refuse};
  }
  if (options_.ignore_unknown) options.unknown = avro::UnknownFields::Ignore;
  auto violations = avro::write_json(*schema_->avro(), value, options, out);
  if (!violations) return {no_verdict(violations.error())};
  std::vector<RecordProblem> problems;
  for (auto& violation : *violations) {
    problems.push_back({.path = std::move(violation.path), .reason = avro::describe(violation)});
  }
  return problems;
}

std::vector<RecordProblem> RecordWriter::append_json(const json::Value& value,
                                                     codec::ByteBuffer& out) const {
  auto errors = json_schema::validate(schema_->json()->plan, value);
  if (!errors) return {no_verdict(errors.error())};
  std::vector<RecordProblem> problems;
  for (auto& error : *errors) {
    problems.push_back({.path = std::move(error.instance_path),
                        .reason = error.message + " (" + error.keyword_location + ")"});
  }
  if (problems.empty()) out.append(json::to_text(value));
  return problems;
}

std::vector<RecordProblem> RecordWriter::append_protobuf(std::string_view text,
                                                         codec::ByteBuffer& out) const {
  const auto bytes = protobuf::encode(*schema_->protobuf(), *message_, text);
  if (!bytes) {
    return {{.path = "",
             .reason = bytes.error().code == Code::InvalidInput ? describe_in(text, bytes.error())
                                                                : describe(bytes.error())}};
  }
  out.append(index_);
  out.append(*bytes);
  return {};
}

}  // namespace limpet::app
