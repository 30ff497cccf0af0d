// The rules: one table for the checks, the command line and the reference page.
#include "rule_ids.h"

#include "limpet/lint/lint.h"

#include <algorithm>
#include <array>
#include <utility>

namespace limpet::lint {
namespace {

using compat::Format;
constexpr auto kAvro = Format::Avro;
constexpr auto kJson = Format::Json;
constexpr auto kProtobuf = Format::Protobuf;
constexpr auto kWarning = Severity::Warning;
constexpr auto kInfo = Severity::Info;

constexpr std::array kRules{
    Rule{"avro-alias-shadows", kAvro, kWarning, true, "an alias that is also another name",
         "A reader renames what its aliases name. When the alias of one field is the name or an "
         "alias of another field of the record, or the alias of a type is the name of another "
         "type, data of two things would end up in one, and Avro Java throws."},
    Rule{"avro-broken-logical-type", kAvro, kWarning, true,
         "a logical type on a type that cannot carry it",
         "Readers ignore a logical type whose rules are broken (Avro specification, \"Logical "
         "Types\"): the values arrive as plain numbers, texts or bytes, and nobody says so."},
    Rule{"avro-duplicate-member", kAvro, kWarning, true, "one member name twice in an object",
         "Parsers keep one of them and forget the other."},
    Rule{"avro-enum-without-default", kAvro, kWarning, true, "an enum without a default",
         "A reader that meets a symbol that it does not know needs a default to read it as. "
         "Without one, no symbol can be added under FORWARD or FULL, and none removed under "
         "BACKWARD or FULL. (The default of a field is something else: it stands in for a field "
         "that is missing.)"},
    Rule{"avro-field-without-default", kAvro, kInfo, false, "a field without a default",
         "Such a field cannot be removed under FORWARD or FULL, nor added under BACKWARD or FULL. "
         "Fields that may be null have a rule of their own."},
    Rule{"avro-misplaced-logical-type", kAvro, kWarning, true,
         "\"logicalType\" beside a field's type instead of inside it",
         "Avro looks for it in the object of the type. On the field it is a property that "
         "nobody reads."},
    Rule{"avro-missing-doc", kAvro, kInfo, false, "a record, field or enum without \"doc\"",
         "The schema is where consumers look first."},
    Rule{"avro-misspelled-attribute", kAvro, kWarning, true,
         "an attribute whose name is nearly one of Avro's",
         "Avro keeps unknown attributes as properties without a meaning: a \"defualt\" is no "
         "default."},
    Rule{"avro-name-not-portable", kAvro, kWarning, true,
         "a name with letters outside A-Z, a-z, 0-9 and _",
         "Avro Java takes letters of any script; the specification does not, and parsers of other "
         "languages refuse the schema."},
    Rule{"avro-names-differ-by-case", kAvro, kWarning, true,
         "names that differ only in upper and lower case",
         "Fields become columns, and Athena, Hive, Redshift and Spark do not tell columns apart by "
         "case. Types become classes in files, which some file systems do not tell apart."},
    Rule{"avro-no-namespace", kAvro, kWarning, true, "a top-level type without a namespace",
         "Its full name is its simple name, which the next team may have chosen as well; generated "
         "Java classes land in the unnamed package, which no other package can import."},
    Rule{"avro-optional-without-default", kAvro, kWarning, true,
         "a field that may be null and has no default",
         "A reader needs the default, not the null, when a record lacks the field. Without it the "
         "field cannot be added under BACKWARD or FULL, nor removed under FORWARD or FULL."},
    Rule{"avro-unknown-logical-type", kAvro, kWarning, true,
         "a logical type that Avro 1.11 does not define",
         "Readers that do not know it see the plain type. Fine if all of them have a conversion of "
         "your own for it; a misspelling otherwise."},
    Rule{"avro-unusable-default", kAvro, kWarning, true, "a default that no reader can use",
         "Parsers accept a default that is no symbol of its enum; a reader that needs it fails."},
    Rule{"json-dialect-not-in-glue", kJson, kWarning, true, "a draft newer than AWS Glue's",
         "AWS Glue documents draft-04, draft-06 and draft-07. Limpet judges newer ones as well; "
         "AWS's own serializers and registry may not."},
    Rule{"json-duplicate-member", kJson, kWarning, true, "one member name twice in an object",
         "Parsers keep one of them and forget the other."},
    Rule{"json-format-not-asserted", kJson, kInfo, false, "a \"format\"",
         "Validators differ: many, and the newer drafts by default, take it as a remark that "
         "refuses nothing. What must hold needs a \"pattern\", or a validator told to assert "
         "formats."},
    Rule{"json-impossible-bounds", kJson, kWarning, true, "a lower bound above the upper one",
         "No value satisfies both."},
    Rule{"json-keyword-not-for-type", kJson, kWarning, true,
         "a keyword that says nothing about the declared type",
         "\"minimum\" speaks of numbers, \"minLength\" of strings, \"required\" of objects; for "
         "values of any other type they are true. Under such a \"type\" they have no effect."},
    Rule{"json-keyword-of-other-draft", kJson, kWarning, true,
         "a keyword that the schema's draft does not have",
         "A validator ignores what its draft does not define: \"const\" in draft-04, "
         "\"dependentRequired\" in draft-07, \"additionalItems\" in 2020-12."},
    Rule{"json-missing-description", kJson, kInfo, false, "a property without \"description\"",
         "The schema is where consumers look first."},
    Rule{"json-misspelled-format", kJson, kWarning, true,
         "a \"format\" whose name is nearly a known one",
         "Unknown formats are ignored, also by validators that assert formats."},
    Rule{"json-misspelled-keyword", kJson, kWarning, true,
         "a keyword whose name is nearly a known one",
         "Unknown keywords are ignored: a \"requried\" requires nothing."},
    Rule{
        "json-names-differ-by-case", kJson, kWarning, true,
        "properties whose names differ only in upper and lower case",
        "Properties become columns, and Athena, Hive, Redshift and Spark do not tell columns apart "
        "by case."},
    Rule{"json-no-dialect", kJson, kWarning, true, "no \"$schema\", or one that nobody knows",
         "Each validator then chooses a draft by itself, and the drafts give keywords different "
         "meanings. Limpet takes draft-07."},
    Rule{"json-open-content-model", kJson, kInfo, true,
         "an object that lets in members it does not describe",
         "Older documents may hold anything under the name of a property that a later version "
         "adds, so the addition is refused under BACKWARD and FULL, also when the property is "
         "optional. `\"additionalProperties\": false` closes the object: additions are then fine "
         "under BACKWARD but refused under FORWARD, whose older readers would not let them in. A "
         "server with `--glue-json-compatibility lenient` accepts additions to open objects."},
    Rule{"json-pattern-not-anchored", kJson, kInfo, true, "a pattern without ^ and $",
         "A pattern is satisfied when it matches anywhere: \"[A-Z]{3}\" takes \"xxABCDxx\"."},
    Rule{"json-ref-siblings", kJson, kWarning, true, "rules beside \"$ref\", up to draft-07",
         "Up to draft-07 everything that stands beside \"$ref\" is ignored; 2019-09 and 2020-12 "
         "heed it."},
    Rule{"json-required-not-described", kJson, kWarning, true,
         "a required property that \"properties\" does not have",
         "Either the name is misspelled, or nothing is said about what it holds; where no further "
         "members are allowed, no document is valid."},
    Rule{"json-value-of-other-type", kJson, kWarning, true,
         "an enum's value, a \"const\" or a \"default\" that is not of the declared type",
         "Such a value of an enum never occurs, such a const makes every value invalid, and such a "
         "default makes documents invalid when it is filled in."},
    Rule{"protobuf-enum-first-not-zero", kProtobuf, kWarning, true,
         "a proto2 enum whose first value is not 0",
         "The first value is the default of proto2 fields, 0 that of proto3. A file that moves to "
         "proto3, or is used by one, does not compile."},
    Rule{
        "protobuf-enum-zero-name", kProtobuf, kInfo, true,
        "a value 0 whose name is not …_UNSPECIFIED or …_UNKNOWN",
        "0 is also what a reader sees when the writer said nothing, or (proto2) wrote a value that "
        "the reader does not know. A value that means something cannot be told from that."},
    Rule{"protobuf-extensions-not-in-glue", kProtobuf, kWarning, true,
         "extensions, extension ranges or groups",
         "AWS Glue documents that it does not take them, and neither does Limpet: registering the "
         "definition is refused. Custom options are fine."},
    Rule{"protobuf-low-numbers-spent", kProtobuf, kInfo, false,
         "a message that has no number from 1 to 15 left",
         "Fields with these numbers take one byte less in each record; later fields cannot."},
    Rule{"protobuf-name-style", kProtobuf, kInfo, true,
         "a name that is not in the style of protobuf.dev",
         "Generators derive names from it: fields are lower_snake_case, messages and enums "
         "PascalCase, values of enums UPPER_SNAKE_CASE. The name of a field in JSON is derived as "
         "well, and later tidying changes it for every consumer of JSON."},
    Rule{"protobuf-names-collide", kProtobuf, kWarning, true,
         "fields that differ only in case and underscores",
         "They have one name in JSON, in generated code, or as columns of Athena, Hive, Redshift "
         "and Spark."},
    Rule{"protobuf-no-package", kProtobuf, kWarning, true, "no package",
         "Full names are then the bare names of the messages, which the next file may have chosen "
         "as well."},
    Rule{"protobuf-no-syntax", kProtobuf, kWarning, true, "no \"syntax\" statement",
         "The file is then proto2, which few who leave it out have in mind."},
    Rule{"protobuf-required-field", kProtobuf, kWarning, true, "a required field",
         "It can never be added nor removed without breaking readers or writers that have the "
         "other version (protobuf.dev, \"Required is strongly deprecated\")."},
};
static_assert(kRules.size() == static_cast<std::size_t>(RuleId::ProtobufRequiredField) + 1);
static_assert(std::ranges::is_sorted(kRules, {}, &Rule::id));

/// A sentence begins with a capital; ids and JSON names stay as they are.
std::string capital(std::string_view text) {
  std::string out(text);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 32);
  return out;
}

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

}  // namespace

std::span<const Rule> rules() { return kRules; }

std::string rules_markdown() {
  std::string out =
      "# Rules of `limpet schema lint`\n\n"
      "<!-- Made by `limpet schema lint --list-rules --output markdown`; a test compares. -->\n\n"
      "Advice on definitions that are valid. A warning makes the exit status 1, an info does not; "
      "a definition\nthat is not valid makes it 2. `--disable RULE` leaves a rule out, `--enable "
      "RULE` asks one that is off by\ndefault; both may be given many times.\n";
  constexpr std::array<std::pair<Format, std::string_view>, 3> kTitles{
      {{kAvro, "Avro"}, {kJson, "JSON Schema"}, {kProtobuf, "Protobuf"}}};
  for (const auto& [format, title] : kTitles) {
    out += "\n## " + std::string(title) + "\n\n| Rule | | Finds | Because |\n|---|---|---|---|\n";
    for (const Rule& rule : kRules) {
      if (rule.format != format) continue;
      out += "| `" + std::string(rule.id) + "` | " + std::string(to_string(rule.severity)) +
             (rule.by_default ? "" : ", off") + " | " + cell(capital(rule.finds)) + " | " +
             cell(rule.because) + " |\n";
    }
  }
  return out;
}

}  // namespace limpet::lint
