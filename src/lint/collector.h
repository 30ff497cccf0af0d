// Collector: takes what the rules find, as far as the options ask for it.
#pragma once

#include "rule_ids.h"

#include "limpet/json/value.h"
#include "limpet/lint/lint.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace limpet::lint {

class Collector {
 public:
  explicit Collector(const Options& options);

  /// Is it worth looking? False also when enough was found.
  bool wants(RuleId id) const { return !full() && on_[static_cast<std::size_t>(id)]; }
  bool full() const { return advice_.size() >= max_advice_; }

  void add(RuleId id, std::string path, std::string message, std::string fix);
  void add_at(RuleId id, std::size_t byte, std::string path, std::string message, std::string fix);
  std::vector<Advice> take() && { return std::move(advice_); }

 private:
  std::vector<bool> on_;
  std::size_t max_advice_;
  std::vector<Advice> advice_;
};

/// The text as JSON, with the first member name that an object gives twice as advice by `id`.
Result<json::Value> read_json(std::string_view text, RuleId id, Collector& out);

/// `path` and one more step, escaped as JSON pointers are.
std::string step(const std::string& path, std::string_view name);
std::string step(const std::string& path, std::size_t index);

/// A name or a piece of JSON in a sentence: short, in quotes where it is text.
std::string quoted(std::string_view text);
std::string shown(const json::Value& value);

/// Letters of ASCII in lower case; the rest as it is.
std::string folded(std::string_view name);

void lint_avro(const avro::Schema& schema, const json::Value& document, Collector& out);
void lint_json(const json_schema::Schema& schema, const json::Value& document, Collector& out);
void lint_protobuf(const protobuf::Schema& schema, std::string_view text, Collector& out);

}  // namespace limpet::lint
