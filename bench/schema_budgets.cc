#include "schema_budgets.h"

#include "timing.h"

#include "limpet/base/limits.h"
#include "limpet/compat/check.h"
#include "limpet/json/parse.h"
#include "limpet/json_schema/validate.h"

#include <array>
#include <cstring>
#include <fstream>
#include <malloc.h>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace limpet::bench {
namespace {

using compat::Format;

// ---- texts
// ----------------------------------------------------------------------------------------

/// part(0) part(1) … part(count - 1), with commas where asked for.
template <class Part>
std::string repeat(int count, Part part, std::string_view between = ",") {
  std::string text;
  for (int i = 0; i < count; ++i) {
    if (i > 0) text += between;
    text += part(i);
  }
  return text;
}

std::string number(int value) { return std::to_string(value); }

std::string times(std::string_view text, int count) {
  return repeat(count, [&](int) { return std::string(text); }, "");
}

/// Records that refer to earlier ones or to themselves, two fields each. Two such graphs of
/// different steps are compatible, and nearly every record of one meets every record of the other.
std::string avro_graph(int records, int step) {
  return R"({"type":"record","name":"Root","fields":[)" +
         repeat(records,
                [=](int i) {
                  const auto to = [=](int target) {
                    return R"("R)" + number(target < 0 ? i : target) + '"';
                  };
                  return R"({"name":"f)" + number(i) + R"(","type":{"type":"record","name":"R)" +
                         number(i) + R"(","fields":[{"name":"a","type":)" + to(i - step) +
                         R"(},{"name":"b","type":)" + to(i / 2 - step) + "}]}}";
                }) +
         "]}";
}

/// A union of records that differ in one field; of another name, so that each must be tried.
std::string avro_union(int records, std::string_view name, int shift) {
  return "[" +
         repeat(records,
                [&](int i) {
                  return R"({"type":"record","name":")" + std::string(name) + number(i) +
                         R"(","fields":[{"name":"f)" + number(i + shift) + R"(","type":"int"}]})";
                }) +
         "]";
}

std::string avro_enum(int symbols, int shift) {
  return R"({"type":"enum","name":"E","symbols":[)" +
         repeat(symbols, [=](int i) { return "\"S" + number(i + shift) + '"'; }) + "]}";
}

/// {"keyword": [part, …]}
template <class Part>
std::string json_list(std::string_view keyword, int count, Part part) {
  return "{\"" + std::string(keyword) + "\":[" + repeat(count, part) + "]}";
}

/// {"keyword": {name: schema, …}}
template <class Name>
std::string json_map(std::string_view keyword, int count, Name name, std::string_view schema) {
  return "{\"" + std::string(keyword) + "\":{" +
         repeat(count, [&](int i) { return "\"" + name(i) + "\":" + std::string(schema); }) + "}}";
}

/// Schemas that refer to each other; every way through them is long.
std::string json_graph(int changed) {
  constexpr int kNodes = 1500;
  const auto to = [](int target) { return R"({"$ref":"#/$defs/n)" + number(target) + "\"}"; };
  return R"({"$ref":"#/$defs/n0","$defs":{)" +
         repeat(kNodes,
                [&](int i) {
                  return "\"n" + number(i) + R"(":{"properties":{"a":)" +
                         (i == changed ? R"({"type":"string"})" : to((i + 1) % kNodes)) +
                         R"(,"b":)" + to((i * 7 + 3) % kNodes) + "}}";
                }) +
         "}}";
}

/// Each schema names the next one twice: 2^depth ways to the last.
std::string json_doubling(int depth, std::string_view last) {
  return R"({"$ref":"#/$defs/n0","$defs":{)" +
         repeat(depth,
                [&](int i) {
                  const auto next = R"({"$ref":"#/$defs/n)" + number(i + 1) + "\"}";
                  return "\"n" + number(i) + R"(":{"anyOf":[)" + next + R"(,{"allOf":[)" + next +
                         R"(],"maxLength":)" + number(i) + "}]}";
                }) +
         ",\"n" + number(depth) + "\":" + std::string(last) + "}}";
}

/// Names and regular expressions that match none of them.
std::string json_members(int names, int patterns, int min_length) {
  const auto schema = R"({"type":"string","minLength":)" + number(min_length) + "}";
  const auto member = [](std::string name, std::string_view of) {
    return "\"" + std::move(name) + "\":" + std::string(of);
  };
  return R"({"properties":{)" +
         repeat(names, [&](int i) { return member("abab" + number(i), schema); }) +
         R"(},"patternProperties":{)" +
         repeat(patterns, [&](int i) { return member("^(a|b)*" + number(i) + "c+", schema); }) +
         "}}";
}

/// a and b, as a fixed sequence of random bits says.
std::string letters(int count, int seed = 1) {
  auto state = static_cast<std::uint32_t>(seed) * 2654435761U;
  return repeat(
      count,
      [&](int) {
        state = state * 1664525 + 1013904223;
        return std::string(1, (state >> 31) != 0 ? 'a' : 'b');
      },
      "");
}

std::string proto_messages(int count, std::string_view type) {
  return "syntax = \"proto3\";\n" + repeat(
                                        count,
                                        [&](int i) {
                                          return "message M" + number(i) + " { " +
                                                 std::string(type) + " a = 1; M" +
                                                 number((i * 7 + 1) % count) + " b = 2; }";
                                        },
                                        "\n");
}

template <class Part>
std::string proto_message(int count, Part part) {
  return "syntax = \"proto3\"; message M {" + repeat(count, part, "") + "}";
}

// ---- what is measured
// -----------------------------------------------------------------------------

template <class T>
T need(Result<T> result, std::string_view what) {
  if (!result) throw std::runtime_error(std::string(what) + ": " + describe(result.error()));
  return *std::move(result);
}

std::string outcome_of(const Result<compat::Verdict>& verdict) {
  if (!verdict) return verdict.error().message;
  if (verdict->compatible()) return "compatible";
  return number(static_cast<int>(verdict->findings.size())) + " differences";
}

compat::ParsedDefinition parsed(Format format, const std::string& text) {
  if (text.size() > limits::kDefinitionCharacters) {
    throw std::runtime_error("a definition of " + std::to_string(text.size()) + " characters");
  }
  return need(compat::parse_definition(format, text), text.substr(0, 60));
}

class Inputs {
 public:
  explicit Inputs(Format format) : format_(format) {}

  /// The text is read and its identity taken.
  Inputs& text(const std::string& name, std::string definition) {
    add("text: " + name, [format = format_, definition = std::move(definition)] {
      if (definition.size() > limits::kDefinitionCharacters) {
        throw std::runtime_error("a definition of " + std::to_string(definition.size()) +
                                 " characters");
      }
      return [=]() -> std::string {
        const auto read = compat::parse_definition(format, definition);
        if (!read) return "refused: " + read.error().message;
        return "identity of " + std::to_string(read->identity().size()) + " bytes";
      };
    });
    return *this;
  }

  /// The two are compared both ways.
  Inputs& pair(const std::string& name, std::string first, std::string second) {
    add("pair: " + name, [format = format_, first = std::move(first), second = std::move(second)] {
      const compat::Baseline stored{.version = 1, .definition = parsed(format, first)};
      return [stored, candidate = parsed(format, second)] {
        return outcome_of(compat::check(compat::Mode::Full, {}, candidate, std::span(&stored, 1)));
      };
    });
    return *this;
  }

  /// The second is asked to read a thousand versions like the first; they are compatible, so that
  /// all are looked at, until the bound on judging is reached.
  Inputs& versions(const std::string& name, std::string first, std::string second) {
    add("1,000 versions: " + name,
        [format = format_, first = std::move(first), second = std::move(second)] {
          const std::vector<compat::Baseline> stored(
              1000, {.version = 1, .definition = parsed(format, first)});
          return [stored, candidate = parsed(format, second)] {
            return outcome_of(compat::check(compat::Mode::BackwardAll, {}, candidate, stored));
          };
        });
    return *this;
  }

  /// A value is checked against a schema.
  Inputs& value(const std::string& name, std::string schema, std::string value) {
    add("value: " + name, [schema = std::move(schema), value = std::move(value)] {
      return [plan = json_schema::compile(need(json_schema::parse(schema), schema.substr(0, 60))),
              read = need(json::parse(value), "value")]() -> std::string {
        const auto valid = json_schema::is_valid(plan, read);
        if (!valid) return valid.error().message;
        return *valid ? "valid" : "not valid";
      };
    });
    return *this;
  }

  std::vector<CostlyInput> take() { return std::move(inputs_); }

 private:
  void add(const std::string& name, std::function<std::function<std::string()>()> prepare) {
    inputs_.push_back({std::string(compat::to_string(format_)) + " " + name, std::move(prepare)});
  }

  Format format_;
  std::vector<CostlyInput> inputs_;
};

std::vector<CostlyInput> avro_inputs() {
  return Inputs(Format::Avro)
      .text("500 arrays within each other",
            times(R"({"type":"array","items":)", 500) + "\"int\"" + times("}", 500))
      .text("a record of 5,000 fields",
            R"({"type":"record","name":"R","fields":[)" +
                repeat(5000,
                       [](int i) { return R"({"name":"f)" + number(i) + R"(","type":"int"})"; }) +
                "]}")
      .text("an enum of 19,000 symbols", avro_enum(19'000, 0))
      .text("a default of 160,000 characters",
            R"({"type":"record","name":"R","fields":[{"name":"f","type":{"type":"array","items":)"
            R"("int"},"default":[)" +
                repeat(79'000, [](int) { return std::string("1"); }) + "]}]}")
      .pair("1,300 records that meet each other", avro_graph(1300, 1), avro_graph(1300, 3))
      .pair("unions of 2,000 records", avro_union(2000, "A", 0), avro_union(2000, "B", 1))
      .pair("enums of 19,000 symbols", avro_enum(19'000, 0), avro_enum(19'000, 1))
      .versions("records that meet each other", avro_graph(1300, 1), avro_graph(1300, 3))
      .take();
}

std::vector<CostlyInput> json_inputs() {
  const auto minimum = [](int shift) {
    return [=](int i) { return R"({"minimum":)" + number(i + shift) + "}"; };
  };
  const auto property_is = [](int shift) {
    return [=](int i) { return R"({"properties":{"a":{"const":)" + number(i + shift) + "}}}"; };
  };
  const auto required = [](int shift) {
    return [=](int i) { return R"({"required":["p)" + number(i + shift) + "\"]}"; };
  };
  const auto integer = [](int shift) { return [=](int i) { return number(i + shift); }; };
  const auto property = [](int shift) { return [=](int i) { return "p" + number(i + shift); }; };
  return Inputs(Format::Json)
      .text("500 schemas within each other", times(R"({"items":)", 500) + "{}" + times("}", 500))
      .text("an enum of 28,000 values", json_list("enum", 28'000, integer(0)))
      .text("a number of 160,000 digits", R"({"maximum":)" + times("9", 160'000) + "}")
      .text("900 regular expressions",
            json_map(
                "patternProperties", 900,
                [](int i) { return "^(a|b)*" + number(i) + "[c-x]{1,40}y{0,100}$"; }, "{}"))
      .text("regular expressions within each other",
            R"({"pattern":")" + times("(a{1,1000}){1,1000}", 100) + "\"}")
      .text("6,000 references",
            json_list("allOf", 6000, [](int) { return std::string(R"({"$ref":"#/$defs/n"})"); })
                .insert(1, R"("$defs":{"n":{}},)"))
      .pair("anyOf of 9,000", json_list("anyOf", 9000, minimum(0)),
            json_list("anyOf", 9000, minimum(1)))
      .pair("oneOf of 4,000", json_list("oneOf", 4000, property_is(0)),
            json_list("oneOf", 4000, property_is(1)))
      .pair("allOf of 6,000", json_list("allOf", 6000, required(0)),
            json_list("allOf", 6000, required(1)))
      .pair("enums of 28,000 values", json_list("enum", 28'000, integer(0)),
            json_list("enum", 28'000, integer(1)))
      .pair("6,000 properties", json_map("properties", 6000, property(0), R"({"type":"string"})"),
            json_map("properties", 6000, property(1), R"({"type":"string"})"))
      .pair("900 regular expressions, 4,000 names",
            json_map(
                "patternProperties", 900, [](int i) { return "^(a|b)*" + number(i) + "c+"; }, "{}"),
            json_map(
                "properties", 4000, [](int i) { return "abab" + number(i) + "cc"; },
                R"({"type":"string"})"))
      .pair("1,500 schemas that refer to each other", json_graph(-1), json_graph(77))
      .pair("2^60 ways to a schema", json_doubling(60, R"({"type":"string"})"),
            json_doubling(60, R"({"type":"string","minLength":1})"))
      .pair("500 schemas within each other", times(R"({"not":)", 500) + "{}" + times("}", 500),
            times(R"({"items":)", 500) + "{}" + times("}", 500))
      .versions("2,000 properties, 300 regular expressions", json_members(2000, 300, 2),
                json_members(2000, 300, 1))
      .value("2^60 ways to a schema", json_doubling(60, R"({"type":"integer"})"),
             "\"" + times("a", 100) + "\"")
      .value("backtracking", R"({"pattern":"^(?=a)(a|aa)+$"})", "\"" + times("a", 60'000) + "!\"")
      .value("backtracking again and again", R"({"items":{"pattern":"^(?=a)(a|aa)+$"}})",
             "[" + repeat(100'000, [](int) { return "\"" + times("a", 30) + "!\""; }) + "]")
      .value("an expression with many states on 10,000 texts",
             R"({"items":{"not":{"pattern":"(a|b)*a(a|b){14}c"}}})",
             "[" + repeat(10'000, [](int i) { return "\"" + letters(300, i) + "\""; }) + "]")
      .value("an expression with many states on 3 MiB", R"({"pattern":"(a|b)*a(a|b){14}c"})",
             "\"" + letters(3'000'000) + "\"")
      .value("190,000 items that differ", R"({"uniqueItems":true})",
             "[" + repeat(190'000, [](int i) { return number(i); }) + "]")
      .value("100 schemas for each of 190,000 items",
             R"({"items":)" + json_list("allOf", 100, minimum(-200)) + "}",
             "[" + repeat(190'000, [](int) { return std::string("1"); }) + "]")
      .take();
}

std::vector<CostlyInput> protobuf_inputs() {
  const auto field = [](std::string_view type) {
    return [=](int i) { return std::string(type) + " f" + number(i) + "=" + number(i + 1) + ";"; };
  };
  const auto value = [](char name) {
    return [=](int i) { return std::string(1, name) + number(i) + "=" + number(i) + ";"; };
  };
  const std::string enum_head = "syntax = \"proto3\"; enum E {";
  return Inputs(Format::Protobuf)
      .text("9,000 fields", proto_message(9000, field("int32")))
      .text("3,800 messages", proto_messages(3800, "int32"))
      .text("11,000 values", enum_head + repeat(11'000, value('V'), "") + "}")
      .text("31 messages within each other",
            "syntax = \"proto3\";" + times("message M {", 31) + times("}", 31))
      .text("10,000 messages within each other", times("message M {", 10'000))
      .text("9,000 reserved ranges",
            proto_message(9000, [](int i) { return "reserved " + number(2 * i + 1) + ";"; }))
      .text("5,000 custom options", proto_message(5000,
                                                  [](int i) {
                                                    return "int32 f" + number(i) + "=" +
                                                           number(i + 1) + "[deprecated=true];";
                                                  }))
      .pair("9,000 fields", proto_message(9000, field("int32")),
            proto_message(8500, field("string")))
      .pair("3,800 messages", proto_messages(3800, "int32"), proto_messages(3800, "string"))
      .pair("11,000 values", enum_head + repeat(11'000, value('V'), "") + "}",
            enum_head + repeat(11'000, value('W'), "") + "}")
      .pair("oneofs of 9,000 and 4,000",
            "syntax = \"proto3\"; message M { oneof o {" + repeat(9000, field("int32"), "") + "} }",
            proto_message(4000,
                          [](int i) {
                            return "oneof o" + number(i) + " { int32 f" + number(i) + "=" +
                                   number(i + 1) + "; }";
                          }))
      .versions("3,000 messages", proto_messages(3000, "int32"),
                proto_messages(3000, "bool c = 3; int32"))
      .take();
}

// ---- measuring
// ------------------------------------------------------------------------------------

/// What the child says through the pipe.
struct Report {
  double milliseconds = 0;
  double mebibytes = 0;
  std::array<char, 256> outcome{};
};

/// A line of /proc/self/status, in KiB.
double memory_kib(std::string_view name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name)) return std::stod(line.substr(name.size() + 1));
  }
  throw std::runtime_error("no " + std::string(name) + " in /proc/self/status");
}

Report run_here(const CostlyInput& input) {
  const auto run = input.prepare();
  malloc_trim(0);  // so that what the preparation freed is not used again unseen
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak begins anew
  const double before = memory_kib("VmRSS");
  const double start = processor_seconds();
  const auto outcome = run();
  Report report{.milliseconds = (processor_seconds() - start) * 1e3,
                .mebibytes = (memory_kib("VmHWM") - before) / 1024};
  outcome.copy(report.outcome.data(), report.outcome.size() - 1);
  return report;
}

}  // namespace

std::vector<CostlyInput> costly_inputs() {
  std::vector<CostlyInput> all;
  for (auto* inputs : {avro_inputs, json_inputs, protobuf_inputs}) {
    for (auto& input : inputs()) all.push_back(std::move(input));
  }
  return all;
}

Cost cost_of(const CostlyInput& input) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
  const auto child = fork();
  if (child < 0) throw std::runtime_error("no process");
  if (child == 0) {
    int status = 1;
    try {
      const auto report = run_here(input);
      status = write(ends[1], &report, sizeof(report)) == sizeof(report) ? 0 : 1;
    } catch (const std::exception& error) {
      const std::string words = input.name + ": " + error.what() + "\n";
      (void)!write(STDERR_FILENO, words.data(), words.size());
    }
    _exit(status);
  }
  close(ends[1]);
  Report report;
  const bool told = read(ends[0], &report, sizeof(report)) == sizeof(report);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!told || status != 0) throw std::runtime_error(input.name + ": the process died");
  return {report.milliseconds, report.mebibytes, report.outcome.data()};
}

}  // namespace limpet::bench
