#include "collector.h"

#include "limpet/base/utf8.h"
#include "limpet/json/parse.h"
#include "limpet/json/writer.h"

#include <charconv>
#include <utility>

namespace limpet::lint {
namespace {

constexpr std::size_t kShownBytes = 80;
// No text that an engine takes is beyond these.
constexpr json::ParseLimits kTextLimits{
    .max_bytes = 4UL << 20, .max_depth = 2'000, .max_nodes = 2'000'000};

std::string shortened(std::string_view text) {
  if (text.size() <= kShownBytes) return std::string(text);
  return std::string(truncate_utf8(text, kShownBytes)) + "…";
}

}  // namespace

Collector::Collector(const Options& options) : max_advice_(options.max_advice) {
  for (const Rule& rule : rules()) on_.push_back(is_asked(rule, options));
}

void Collector::add(RuleId id, std::string path, std::string message, std::string fix) {
  if (!wants(id)) return;
  advice_.push_back({&rules()[static_cast<std::size_t>(id)], std::move(path), std::nullopt,
                     std::move(message), std::move(fix)});
}

void Collector::add_at(RuleId id, std::size_t byte, std::string path, std::string message,
                       std::string fix) {
  if (!wants(id)) return;
  add(id, std::move(path), std::move(message), std::move(fix));
  advice_.back().byte = byte;
}

Result<json::Value> read_json(std::string_view text, RuleId id, Collector& out) {
  json::ParseLimits strict = kTextLimits;
  strict.distinct_names = true;
  auto document = json::parse(text, strict);
  if (document) return document;
  auto lenient = json::parse(text, kTextLimits);
  if (!lenient) return lenient;
  constexpr std::string_view kByte = "byte ";
  const std::string_view where = std::string_view(document.error().where).substr(kByte.size());
  std::size_t byte = 0;
  std::from_chars(where.data(), where.data() + where.size(), byte);
  out.add_at(id, byte, "", document.error().message + ", and only the last one counts",
             "remove or rename one of them");
  return lenient;
}

std::string step(const std::string& path, std::string_view name) {
  std::string out = path + "/";
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::string step(const std::string& path, std::size_t index) {
  return path + "/" + std::to_string(index);
}

std::string quoted(std::string_view text) { return '"' + shortened(text) + '"'; }

std::string shown(const json::Value& value) {
  if (value.is_array()) return "an array";
  if (value.is_object()) return "an object";
  return shortened(json::to_text(value));
}

std::string folded(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace limpet::lint
