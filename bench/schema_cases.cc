#include "schema_cases.h"

#include "timing.h"

#include "limpet/compat/check.h"
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"
#include "limpet/json_schema/validate.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace limpet::bench {
namespace {

using compat::Format;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

template <class T>
T need(Result<T> result, std::string_view what) {
  if (!result) throw std::runtime_error(std::string(what) + ": " + describe(result.error()));
  return *std::move(result);
}

compat::ParsedDefinition parsed(Format format, std::string_view text) {
  return need(compat::parse_definition(format, text), compat::to_string(format));
}

bool may_follow(compat::Mode mode, const compat::ParsedDefinition& candidate,
                std::span<const compat::Baseline> baselines) {
  return need(compat::check(mode, {}, candidate, baselines), "check").compatible();
}

/// The same schema in words of its own: "What a customer ordered." of all texts gets a number.
std::string renumbered(std::string text, std::size_t number) {
  static constexpr std::string_view kWords = "What a customer ordered";
  const auto at = text.find(kWords);
  if (at == std::string::npos) throw std::runtime_error("a definition without its sentence");
  return text.insert(at + kWords.size(), " " + std::to_string(number));
}

struct Documents {
  Format format;
  std::string first, next;
  std::vector<compat::Baseline> versions;

  std::span<const compat::Baseline> one() const { return std::span(versions).first(1); }
};

void add_format(std::vector<SchemaCase>& cases, const std::filesystem::path& folder, Format format,
                const std::string& extension, std::size_t versions) {
  const auto documents =
      std::make_shared<Documents>(Documents{format,
                                            read_file(folder / ("order." + extension)),
                                            read_file(folder / ("order-next." + extension)),
                                            {}});
  for (std::size_t i = 1; i <= versions; ++i) {
    documents->versions.push_back({.version = static_cast<std::int64_t>(i),
                                   .definition = parsed(format, renumbered(documents->first, i))});
  }
  const auto candidate = parsed(format, documents->next);
  if (!may_follow(compat::Mode::BackwardAll, candidate, documents->versions)) {
    throw std::runtime_error("order-next." + extension + " may not follow order." + extension);
  }
  const auto add = [&](const char* what, std::function<void()> run, double units = 1) {
    cases.push_back({std::string(compat::to_string(format)) + " " + what, std::move(run), units});
  };
  add("parse", [=] { keep(compat::parse_definition(format, documents->next)); });
  add("identity", [=] { keep(candidate.identity()); });
  add("pair", [=, at = std::size_t{0}]() mutable {
    at = (at + 1) % documents->versions.size();
    keep(may_follow(compat::Mode::BackwardAll, candidate,
                    std::span(documents->versions).subspan(at, 1)));
  });
  add("register", [=] {
    const auto definition = parsed(format, documents->next);
    keep(definition.identity());
    keep(may_follow(compat::Mode::Backward, definition, documents->one()));
  });
  add(
      "versions",
      [=] { keep(may_follow(compat::Mode::BackwardAll, candidate, documents->versions)); },
      static_cast<double>(versions));
}

void add_values(std::vector<SchemaCase>& cases, const std::filesystem::path& path) {
  const auto file = need(json::parse(read_file(path)), path.string());
  const auto plan = json_schema::compile(
      need(json_schema::parse(json::to_text(*file.find("schema"))), path.string()));
  const auto name = path.stem().string().substr(0, path.stem().string().find("-values"));
  const auto values_of = [&](const char* member, bool valid) {
    std::vector<json::Value> values;
    for (const auto& value : file.find(member)->items()) {
      if (need(json_schema::is_valid(plan, value), path.string()) != valid) {
        throw std::runtime_error(path.string() + ": the verdict on " + json::to_text(value));
      }
      values.push_back(value);
    }
    return values;
  };
  for (const bool valid : {true, false}) {
    const auto values = values_of(valid ? "valid" : "invalid", valid);
    const auto units = static_cast<double>(values.size());
    cases.push_back({name + (valid ? " valid" : " invalid"),
                     [=] {
                       for (const auto& value : values) keep(json_schema::is_valid(plan, value));
                     },
                     units});
    if (!valid) {
      cases.push_back({name + " explained",
                       [=] {
                         for (const auto& value : values) keep(json_schema::validate(plan, value));
                       },
                       units});
      continue;
    }
    std::vector<std::string> texts;
    for (const auto& value : values) texts.push_back(json::to_text(value));
    cases.push_back({name + " valid, text",
                     [=] {
                       for (const auto& text : texts) {
                         keep(json_schema::is_valid(plan, *json::parse(text)));
                       }
                     },
                     units});
  }
}

}  // namespace

std::vector<SchemaCase> schema_cases(const std::filesystem::path& folder, std::size_t versions) {
  std::vector<SchemaCase> cases;
  add_format(cases, folder, Format::Avro, "avsc", versions);
  add_format(cases, folder, Format::Json, "json", versions);
  add_format(cases, folder, Format::Protobuf, "proto", versions);
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().filename().string().ends_with("-values.json")) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  for (const auto& path : paths) add_values(cases, path);
  return cases;
}

}  // namespace limpet::bench
