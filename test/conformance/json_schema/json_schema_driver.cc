// Answers questions about JSON Schemas on standard output, one JSON line for each JSON line on
// standard input:
//
//   {"op":"bundle","root":TEXT,"imports":[{"name":NAME,"text":TEXT},…]} → {"ok":true,"text":…}
//   {"op":"validate","schema":TEXT,"values":[VALUE,…]}                → {"ok":true,"valid":[…]}
//
// What is no schema, or cannot be bundled, gives {"ok":false,"error":…,"where":…}.
#include "../answer_lines.h"

#include "limpet/json/parse.h"
#include "limpet/json/writer.h"
#include "limpet/json_schema/bundle.h"
#include "limpet/json_schema/schema.h"
#include "limpet/json_schema/validate.h"

#include <string>
#include <vector>

namespace {

using limpet::Error;
using limpet::Result;
namespace json = limpet::json;
namespace json_schema = limpet::json_schema;

Result<std::string> bundle(const json::Value& request) {
  std::vector<limpet::NamedText> imports;
  for (const auto& import : request.find("imports")->items()) {
    imports.push_back({import.find("name")->text(), import.find("text")->text()});
  }
  LIMPET_TRY(const auto whole, json_schema::bundle(request.find("root")->text(), imports));
  json::Writer out;
  return std::move(out.begin_object().key("ok").value(true).key("text").value(whole).end_object())
      .take();
}

Result<std::string> validate(const json::Value& request) {
  LIMPET_TRY(const auto schema, json_schema::parse(request.find("schema")->text()));
  const auto plan = json_schema::compile(schema);
  json::Writer out;
  out.begin_object().key("ok").value(true).key("valid").begin_array();
  for (const auto& value : request.find("values")->items()) {
    LIMPET_TRY(const bool valid, json_schema::is_valid(plan, value));
    out.value(valid);
  }
  return std::move(out.end_array().end_object()).take();
}

Result<std::string> answer(const std::string& line) {
  LIMPET_TRY(const auto request, json::parse(line));
  const auto* op = request.find("op");
  if (op != nullptr && op->is_string() && op->text() == "bundle") return bundle(request);
  if (op != nullptr && op->is_string() && op->text() == "validate") return validate(request);
  return Error::invalid_input("unknown op");
}

}  // namespace

int main() { return limpet::answer_lines(answer); }
